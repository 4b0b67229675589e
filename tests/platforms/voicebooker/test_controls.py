"""Reading and changing the appointment book through the control API."""

from typing import Any

import pytest

from tests.platforms.voicebooker.support import (
    ADA,
    ENTITY,
    SALON,
    ask,
    asked,
    booking_of,
    heard,
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


async def test_business_of_one_s_own_takes_calls(world: World) -> None:
    """A business that is put is shown as it was given, and its number reaches it."""
    made = await put(world, SALON)
    again = await put(world, SALON)

    told = await heard(world, sip_id="salon", wishes={"day": MONDAY})

    assert (made.status_code, again.status_code) == (201, 200)
    shown = (await world.control("GET", PATH)).json()
    assert shown["hours"] == SALON["hours"]
    assert shown["products"][0] | SALON["products"][0] == shown["products"][0]
    listed = (await world.control("GET", "/voicebooker/businesses")).json()
    assert [each["id"] for each in listed] == [ENTITY, "salon"]
    assert (told["outcome"], told["details"]["business"]) == ("booked", "Salon")


async def test_business_in_use_is_kept(world: World) -> None:
    """A business with bookings cannot be taken out; one without can, and its number is free."""
    await put(world, SALON)
    assert (await world.control("DELETE", PATH)).status_code == 204
    assert (await ask(world, "getEntityForSipId", sipId="salon")).status_code == 404
    assert (await world.control("DELETE", PATH)).status_code == 404

    kept = await world.control("DELETE", f"/voicebooker/businesses/{ENTITY}")

    assert (kept.status_code, kept.json()["detail"]) == (
        409,
        "Physiotherapie Gleichgewicht has bookings",
    )


@pytest.mark.parametrize(
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
            "must be in order and must not overlap",
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
        pytest.param({"grid": 1}, "grid", "must be at least 5", id="grid"),
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
async def test_business_that_does_not_fit_is_refused(
    world: World, change: Json, field: str, detail: str
) -> None:
    """What does not fit is named, and nothing is kept."""
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
    """The webhooks know types, products and numbers by their ids alone, so these are unique."""
    response = await put(world, SALON | change)

    assert (response.status_code, response.json()["detail"]) == (
        409,
        f"the {what} belongs to another business",
    )


async def test_business_needs_a_plain_id(world: World) -> None:
    """The id of a business is part of an address."""
    response = await put(world, SALON, "/voicebooker/businesses/a%20b")

    assert (response.status_code, response.json()["errors"][0]["field"]) == (400, "business_id")


async def test_book_shows_a_day(world: World) -> None:
    """Hours, bookings and what is left of each agent's day."""
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


async def test_book_begins_today_with_the_first_business(world: World) -> None:
    """Without a query it is about today, by the business's own clock; days follow each other."""
    shown = await book(world, "?days=9")

    assert [day["day"] for day in shown["days"]][:2] == ["2026-01-01", "2026-01-02"]
    assert [each["id"] for day in shown["days"] for each in day["bookings"]] == [
        "abcBookingId",
        "bookingThomas",
    ]


@pytest.mark.parametrize(
    "query",
    ["?day=tomorrow", "?days=0", "?days=32", "?day=2026-13-01", "?colour=1", "?day=99999-01-01"],
)
async def test_book_of_no_day_is_refused(world: World, query: str) -> None:
    """A day is written as one, and at most 31 are shown."""
    response = await world.control("GET", f"/voicebooker/book{query}")

    assert response.status_code == 400


async def test_practice_writes_into_its_book(world: World) -> None:
    """A booking made by hand takes its slot; cancelled by hand it gives it back."""
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


@pytest.mark.parametrize(
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
async def test_booking_that_cannot_be_is_refused(world: World, change: Json, status: int) -> None:
    """By hand, too, only what is open and on offer can be booked."""
    response = await world.control("POST", "/voicebooker/bookings", json=BY_HAND | change)

    assert response.status_code == status, response.text


async def test_users_are_kept_listed_and_changed(world: World) -> None:
    """What is known of a user can be added to and forgotten, and is found by what it is now."""
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


async def test_user_shows_cancelled_bookings_too(world: World) -> None:
    """A user's record has every booking there ever was."""
    await world.control("DELETE", "/voicebooker/bookings/abcBookingId")

    shown = (await world.control("GET", "/voicebooker/users/abcUserId")).json()

    assert [(each["id"], each["status"]) for each in shown["bookings"]] == [
        ("abcBookingId", "cancelled")
    ]


async def test_id_of_a_user_cannot_be_set(world: World) -> None:
    """The id is the world's."""
    response = await world.control("POST", "/voicebooker/users", json={"fields": {"id": "mine"}})

    assert response.status_code == 400


async def test_changed_hours_hold_for_slots_and_bookings(world: World) -> None:
    """A slot that was offered cannot be booked once the business is closed then; bookings stay."""
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


async def test_business_can_be_put_back_as_it_is_shown(world: World) -> None:
    """What GET shows PUT takes, with the same id; another id is refused, and nothing changes."""
    path = f"/voicebooker/businesses/{ENTITY}"
    shown = (await world.control("GET", path)).json()

    same = await world.control("PUT", path, json=shown | {"name": "Renamed"})
    other = await world.control("PUT", path, json=shown | {"id": "other"})

    assert (same.status_code, same.json()) == (200, shown | {"name": "Renamed"})
    assert (other.status_code, "id" in other.text) == (400, True)
    assert (await world.control("GET", path)).json()["name"] == "Renamed"
