"""The appointment book in the control API."""

from typing import Any

import pytest

from tests.cases import each_case_alone
from tests.platforms.voicebooker.support import (
    ADA,
    ENTITY,
    SALON,
    ask,
    asked,
    booking_of,
    finished,
    slots,
)
from tests.support import Json, World

MONDAY = "2026-01-05"
PATH = "/voicebooker/businesses/salon"
BY_HAND: dict[str, Any] = {
    "appointment_type_id": "abcAppointmentTypeId",
    "product_id": "abcProductTypeId",
    "agent_id": "agentJonas",
    "start": f"{MONDAY}T08:00:00+01:00",
    "participant": ADA,
}


async def put(world: World, body: Json, path: str = PATH) -> Any:
    return await world.control("PUT", path, json=body)


async def book(world: World, query: str = "") -> Json:
    response = await world.control("GET", f"/voicebooker/book{query}")
    assert response.status_code == 200, response.text
    return response.json()


async def test_new_business_takes_calls(world: World) -> None:
    """A business is returned as it was put, and calls reach it by its number."""
    made = await put(world, SALON)
    again = await put(world, SALON)

    placed = await finished(world, sip_id="salon", wishes={"day": MONDAY})

    assert (made.status_code, again.status_code) == (201, 200)
    shown = (await world.control("GET", PATH)).json()
    assert shown["hours"] == SALON["hours"]
    assert shown["products"][0] | SALON["products"][0] == shown["products"][0]
    listed = (await world.control("GET", "/voicebooker/businesses")).json()
    assert [each["id"] for each in listed] == [ENTITY, "salon"]
    assert (placed["outcome"], placed["details"]["business"]) == ("booked", "Salon")


async def test_business_with_bookings_is_not_deleted(world: World) -> None:
    """A business without bookings is deleted, and its number is free."""
    await put(world, SALON)
    assert (await world.control("DELETE", PATH)).status_code == 204
    assert (await ask(world, "getEntityForSipId", sipId="salon")).status_code == 404
    assert (await world.control("DELETE", PATH)).status_code == 404

    kept = await world.control("DELETE", f"/voicebooker/businesses/{ENTITY}")

    assert (kept.status_code, kept.json()["detail"]) == (
        409,
        "business Physiotherapie Gleichgewicht has bookings, so it cannot be deleted",
    )


@each_case_alone(
    ("change", "field", "detail"),
    [
        pytest.param({"name": ""}, "name", "must not be empty", id="name"),
        pytest.param({"colour": 1}, "colour", "is not a field of this request", id="extra"),
        pytest.param(
            {"timezone": "Mars"},
            "timezone",
            "must be a time zone such as Europe/Berlin",
            id="zone",
        ),
        pytest.param(
            {"hours": {"mon": [["9", "12:00"]]}},
            "hours.mon[0][0]",
            "must be a time such as 08:30",
            id="time",
        ),
        pytest.param(
            {"hours": {"mon": [["12:00", "09:00"]]}},
            "hours.mon",
            "must be in ascending order and must not overlap",
            id="order",
        ),
        pytest.param(
            {"hours": {"mon": [["09:00"]]}},
            "hours.mon",
            "must be pairs of from and until",
            id="pair",
        ),
        pytest.param(
            {"hours": {"monday": []}},
            "the body",
            "has hours for monday; the days are mon, tue, wed, thu, fri, sat, sun",
            id="day",
        ),
        pytest.param(
            {"closed": ["soon"]}, "closed[0]", "must be a day such as 2026-01-05", id="closed"
        ),
        pytest.param({"agents": []}, "agents", "must not be empty", id="agents"),
        pytest.param({"grid": 1}, "grid", "must be at least 5, not 1", id="grid"),
        pytest.param(
            {"appointment_types": [SALON["appointment_types"][0] | {"agents": ["nobody"]}]},
            "the body",
            "has no nobody, which hair refers to",
            id="agent",
        ),
        pytest.param(
            {"agents": [*SALON["agents"], *SALON["agents"]]},
            "the body",
            "repeats an id in agents",
            id="twice",
        ),
    ],
)
async def test_invalid_business_is_refused(
    world: World, change: Json, field: str, detail: str
) -> None:
    """The problem is named, and nothing is saved."""
    response = await put(world, SALON | change)

    assert response.status_code == 400, response.text
    assert response.json()["errors"] == [{"field": field, "detail": detail}]
    assert (await world.control("GET", PATH)).status_code == 404


@pytest.mark.parametrize(
    ("change", "what"),
    [
        pytest.param({"sip_ids": ["phoneSipId12345678"]}, "sipId phoneSipId12345678", id="sip"),
        pytest.param(
            {
                "products": [SALON["products"][0] | {"id": "abcProductTypeId"}],
                "appointment_types": [
                    SALON["appointment_types"][0] | {"products": ["abcProductTypeId"]}
                ],
            },
            "product abcProductTypeId",
            id="product",
        ),
    ],
)
async def test_id_belongs_to_one_business(world: World, change: Json, what: str) -> None:
    """Types, products and numbers are unique, as webhooks name only their ids."""
    response = await put(world, SALON | change)

    assert (response.status_code, response.json()["detail"]) == (
        409,
        f"the {what} belongs to another business",
    )


async def test_business_needs_a_plain_id(world: World) -> None:
    """The id of a business is part of a URL."""
    response = await put(world, SALON, "/voicebooker/businesses/a%20b")

    assert (response.status_code, response.json()["errors"][0]["field"]) == (400, "business_id")


async def test_book_shows_a_day(world: World) -> None:
    """The book has opening hours, bookings and the free times of every agent."""
    (first, *_) = await slots(world, MONDAY, "abcAgentId")
    booked = await asked(world, **booking_of(first))

    shown = await book(world, f"?business_id={ENTITY}&day={MONDAY}")

    assert (shown["business"], shown["timezone"]) == (
        "Physiotherapie Gleichgewicht",
        "Europe/Berlin",
    )
    (day,) = shown["days"]
    assert day["open"] == [
        {"from": f"{MONDAY}T08:00:00.000+01:00", "until": f"{MONDAY}T12:00:00.000+01:00"},
        {"from": f"{MONDAY}T13:00:00.000+01:00", "until": f"{MONDAY}T18:00:00.000+01:00"},
    ]
    (booking,) = day["bookings"]
    assert booking.items() >= booked.items()
    assert (booking["status"], booking["participant"]["firstname"]) == ("booked", "Ada")
    assert {agent: len(times) for agent, times in day["free"].items()} == {
        "abcAgentId": 17,
        "agentJonas": 18,
        "agentMiriam": 18,
    }


async def test_book_starts_today_with_the_first_business(world: World) -> None:
    """Without a query the book shows today in the business's time zone."""
    shown = await book(world, "?days=9")

    assert [day["day"] for day in shown["days"]][:2] == ["2026-01-01", "2026-01-02"]
    assert [each["id"] for day in shown["days"] for each in day["bookings"]] == [
        "abcBookingId",
        "bookingThomas",
    ]


@each_case_alone(
    "query",
    ["?day=tomorrow", "?days=0", "?days=32", "?day=2026-13-01", "?colour=1", "?day=99999-01-01"],
)
async def test_invalid_days_are_refused(world: World, query: str) -> None:
    """A day has one form, and at most 31 days are shown."""
    response = await world.control("GET", f"/voicebooker/book{query}")

    assert response.status_code == 400


async def test_control_api_books_and_cancels(world: World) -> None:
    """A booking takes its slot; cancelling frees it."""
    made = await world.control("POST", "/voicebooker/bookings", json=BY_HAND)
    taken = await world.control("POST", "/voicebooker/bookings", json=BY_HAND)

    assert (made.status_code, taken.status_code) == (201, 409)
    path = f"/voicebooker/bookings/{made.json()['id']}"
    assert (await world.control("GET", path)).json() == made.json()
    assert len(await slots(world, MONDAY, "agentJonas")) == 17
    cancelled = await world.control("DELETE", path)
    assert cancelled.json()["status"] == "cancelled"
    assert (await world.control("DELETE", path)).status_code == 409
    assert len(await slots(world, MONDAY, "agentJonas")) == 18


@each_case_alone(
    ("change", "status"),
    [
        pytest.param({"start": "soon"}, 400, id="start"),
        pytest.param({"start": f"{MONDAY}T08:00:00"}, 400, id="no-offset"),
        pytest.param({"start": "0001-01-01T00:00:00+14:00"}, 400, id="long-ago"),
        pytest.param({"start": f"{MONDAY}T12:15:00+01:00"}, 409, id="closed"),
        pytest.param({"agent_id": "agentMiriam"}, 409, id="agent"),
        pytest.param({"product_id": "productFirstVisit"}, 404, id="product"),
    ],
)
async def test_impossible_booking_is_refused(world: World, change: Json, status: int) -> None:
    """The control API, too, books only free slots within opening hours."""
    response = await world.control("POST", "/voicebooker/bookings", json=BY_HAND | change)

    assert response.status_code == status, response.text


async def test_users_are_created_listed_and_updated(world: World) -> None:
    """Fields are added and removed, and a user is found by the present ones."""
    made = await world.control("POST", "/voicebooker/users", json={"fields": ADA})
    path = f"/voicebooker/users/{made.json()['id']}"
    change = {"fields": {"lastname": "Lovelace", "phone": None}}

    changed = await world.control("PATCH", path, json=change)

    assert made.status_code == 201
    left = {name: ADA[name] for name in ("firstname", "dateOfBirth")} | {"lastname": "Lovelace"}
    assert changed.json() == {"id": made.json()["id"]} | left
    assert await asked(world, "findExistingUser", participant={"lastname": "Byron"}) == []
    assert len(await asked(world, "findExistingUser", participant={"lastname": "Lovelace"})) == 1
    assert (await world.control("GET", path)).json() == changed.json() | {"bookings": []}
    listed = await world.control("GET", "/voicebooker/users?limit=2")
    assert [each["id"] for each in listed.json()] == [made.json()["id"], "userAylin"]
    assert listed.headers["X-Total-Count"] == "5"


async def test_user_has_cancelled_bookings_too(world: World) -> None:
    """A user is shown with every booking."""
    await world.control("DELETE", "/voicebooker/bookings/abcBookingId")

    shown = (await world.control("GET", "/voicebooker/users/abcUserId")).json()

    assert [(each["id"], each["status"]) for each in shown["bookings"]] == [
        ("abcBookingId", "cancelled")
    ]


async def test_id_of_a_user_cannot_be_set(world: World) -> None:
    """The world assigns ids."""
    response = await world.control("POST", "/voicebooker/users", json={"fields": {"id": "mine"}})

    assert response.status_code == 400


async def test_changed_hours_apply_to_offered_slots(world: World) -> None:
    """An offered slot cannot be booked when the business has closed then; bookings stay."""
    await put(world, SALON)
    salon = {"appointmentTypeId": "hair", "productId": "cut"}
    first, second = (await slots(world, MONDAY, **salon))[:2]
    await asked(world, **booking_of(first) | salon)
    await put(world, SALON | {"hours": {"tue": [["09:00", "10:00"]]}, "timezone": "Asia/Tokyo"})

    refused = await ask(world, **booking_of(second) | salon)

    assert (refused.status_code, refused.json()) == (
        409,
        {"error": "Salon is closed at that time"},
    )
    assert await slots(world, MONDAY, **salon) == []
    (day,) = (await book(world, f"?business_id=salon&day={MONDAY}"))["days"]
    assert [each["start"] for each in day["bookings"]] == [f"{MONDAY}T18:00:00.000+09:00"]


async def test_business_can_be_put_as_it_was_returned(world: World) -> None:
    """PUT accepts what GET returns, with the same id; another id is refused."""
    path = f"/voicebooker/businesses/{ENTITY}"
    shown = (await world.control("GET", path)).json()

    same = await world.control("PUT", path, json=shown | {"name": "Renamed"})
    other = await world.control("PUT", path, json=shown | {"id": "other"})

    assert (same.status_code, same.json()) == (200, shown | {"name": "Renamed"})
    assert (other.status_code, "id" in other.text) == (400, True)
    assert (await world.control("GET", path)).json()["name"] == "Renamed"
