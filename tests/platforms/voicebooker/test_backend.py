"""The reference backend: thirteen actions on an appointment book that never double-books."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Final

import httpx
import pytest
from hypothesis import given, settings as effort, strategies as some
from jsonschema import Draft202012Validator

from emulator.app import create_app
from emulator.settings import Settings
from tests.cases import each_case_alone
from tests.effort import examples
from tests.openapi.documents import by_webhook
from tests.platforms.samples import FOLDER, PAGE, cut
from tests.platforms.voicebooker.support import (
    ADA,
    BERLIN,
    ENTITY,
    MASSAGE,
    ask,
    asked,
    booking_of,
    finished,
    slots,
)
from tests.support import Json, World

MONDAY: Final = "2026-01-05"
SAMPLES: Final = sorted(path.name for path in FOLDER.glob("*.json"))
UNKNOWN: Final = "nope"


def sample(name: str) -> Json:
    return json.loads((FOLDER / name).read_text())


def test_samples_are_excerpts_of_the_page() -> None:
    """Every file is an exact excerpt of the page, and every sample of the page has a file."""
    assert {name: (FOLDER / name).read_text() for name in SAMPLES} == cut(PAGE.read_text())


@pytest.mark.parametrize("settings", [{"clock": {"now": "2024-09-15T10:00:00Z"}}], ids=["2024"])
@pytest.mark.parametrize(
    ("action", "status", "error"),
    [
        pytest.param("bookAppointment", 404, "there is no slot abcProductTypeId", id="book"),
        pytest.param("modifyAppointment", 404, "there is no slot abcSlotIdNew", id="modify"),
        pytest.param("cancelAppointment", 400, "start is not the start of this slot", id="cancel"),
        pytest.param(
            "findExistingUser",
            400,
            "participant must have at least one field of the user",
            id="find",
        ),
    ],
)
async def test_incomplete_requests_of_the_page_are_refused(
    world: World, action: str, status: int, error: str
) -> None:
    """Requests of the page with unknown ids or without content are refused."""
    response = await world.http.post(
        "/voicebooker/webhook",
        json=sample(f"{action}.request.json"),
        headers={"X-Emulator-World": world.name},
    )

    assert (response.status_code, response.json()) == (status, {"error": error})


@pytest.mark.parametrize("settings", [{"clock": {"now": "2024-09-15T10:00:00Z"}}], ids=["2024"])
async def test_slot_of_the_page_can_be_booked(world: World) -> None:
    """The day of the page's samples has a slot at the time of the page's samples."""
    start = sample("bookAppointment.request.json")["start"]
    found = await slots(world, sample("getSlots.request.json")["dateTime"], "abcAgentId")

    (slot,) = [each for each in found if each["start"] == start]

    assert set(slot) == {"id", "start", "end", "agentId"}
    booked = await asked(world, **booking_of(slot))
    assert (booked["start"], booked["slotId"]) == (start, slot["id"])


async def test_backend_describes_the_demo_business(world: World) -> None:
    """From the number to the products, in the order of a call."""
    own = world.made["credentials"]["voicebooker"]["sip_id"]
    entity = {"entityId": ENTITY}

    assert await asked(world, "getEntityForSipId", sipId=own) == entity
    assert await asked(world, "getBusinessName", **entity) == {
        "name": "Physiotherapie Gleichgewicht"
    }
    types = await asked(world, "getAppointmentTypes", **entity)
    together = await asked(world, "getAppointmentTypesWithProducts", **entity)
    for each, whole in zip(types, together, strict=True):
        of_type = {"appointmentTypeId": each["id"], **entity}
        products = await asked(world, "getProducts", **of_type)
        assert await asked(world, "getAgents", **of_type)
        assert whole == each | {"products": products}


async def test_slots_follow_the_opening_hours(world: World) -> None:
    """Slots start every half hour within the opening hours, without the lunch break."""
    starts = [each["start"][11:16] for each in await slots(world, MONDAY)]

    whole = [f"{hour:02}:{minute:02}" for hour in range(8, 18) for minute in (0, 30)]
    assert starts == [each for each in whole if not each.startswith("12")]
    assert await slots(world, "2026-01-04") == []


async def test_slots_start_at_the_requested_time(world: World) -> None:
    """``dateTime`` may be a time, with an offset or in the requested time zone."""
    for moment in (f"{MONDAY}T16:15", f"{MONDAY}T15:15:00Z", f"{MONDAY}T16:15:00+01:00"):
        starts = [each["start"][11:16] for each in await slots(world, moment)]
        assert starts == ["16:30", "17:00", "17:30"], moment


async def test_slots_are_in_the_requested_time_zone(world: World) -> None:
    """Times and the day are those of the requested time zone, not of the business."""
    here = await slots(world, MONDAY)
    there = await slots(world, MONDAY, timezone="America/New_York")

    assert there[0]["start"] == f"{MONDAY}T02:00:00.000-05:00"
    assert [each["id"] for each in there] == [each["id"] for each in here]
    far = await slots(world, MONDAY, timezone="Pacific/Auckland")
    assert {each["start"][:10] for each in far} == {MONDAY}
    assert far[0]["start"].startswith(f"{MONDAY}T00:00:00.000+13:00") is False


async def test_past_slots_are_not_offered(world: World) -> None:
    """No slot of an earlier day, or earlier today, is offered."""
    await world.control("POST", "/clock/advance", json={"to": f"{MONDAY}T09:10:00Z"})

    assert await slots(world, "2026-01-02") == []
    assert (await slots(world, MONDAY))[0]["start"] == f"{MONDAY}T10:30:00.000+01:00"


NIGHTS: Final = {
    "name": "Never closed",
    "sip_ids": ["night"],
    "hours": {"sun": [["00:00", "06:00"]]},
    "grid": 60,
    "agents": [{"id": "owl", "name": "Owl"}],
    "products": [{"id": "hour", "name": "An hour", "duration": 60}],
    "appointment_types": [
        {"id": "watch", "name": "Watch", "agents": ["owl"], "products": ["hour"]}
    ],
}


@pytest.mark.parametrize(
    ("day", "starts"),
    [
        pytest.param(
            "2026-03-29",
            ["00:00+01:00", "01:00+01:00", "03:00+02:00", "04:00+02:00", "05:00+02:00"],
            id="spring",
        ),
        pytest.param(
            "2026-10-25",
            [
                *("00:00+02:00", "01:00+02:00", "02:00+02:00"),
                *("02:00+01:00", "03:00+01:00", "04:00+01:00", "05:00+01:00"),
            ],
            id="autumn",
        ),
    ],
)
async def test_slots_follow_changes_of_the_clocks(
    world: World, day: str, starts: list[str]
) -> None:
    """Skipped local times have no slot, repeated ones two; all slots can be booked."""
    made = await world.control("PUT", "/voicebooker/businesses/night", json=NIGHTS)
    assert made.status_code == 201, made.text
    night = {"appointmentTypeId": "watch", "productId": "hour"}

    found = await slots(world, day, **night)

    assert [each["start"][11:16] + each["start"][-6:] for each in found] == starts
    for each in found:
        assert (await ask(world, **booking_of(each) | night)).status_code == 200
    assert await slots(world, day, **night) == []


async def test_slot_is_booked_once(world: World) -> None:
    """A booked slot is not offered any more and gets 409; another agent's slot is offered."""
    first = (await slots(world, MONDAY))[0]
    await asked(world, **booking_of(first))

    again = await ask(world, **booking_of(first))

    assert (again.status_code, again.json()) == (409, {"error": "the slot is taken"})
    assert first["id"] not in [each["id"] for each in await slots(world, MONDAY)]
    second = (await slots(world, MONDAY))[0]
    assert (second["start"], second["agentId"]) == (first["start"], "agentJonas")
    await asked(world, **booking_of(second))
    third = (await slots(world, MONDAY))[0]
    assert third["start"] > first["start"]


async def test_hundred_simultaneous_bookings_fill_exactly_ten_slots(world: World) -> None:
    """Simultaneous requests book each slot once."""
    found = (await slots(world, MONDAY, "abcAgentId"))[:10]
    bodies = [
        booking_of(found[number % 10], ADA | {"firstname": f"Ada{number}"}) for number in range(100)
    ]

    answers = await asyncio.gather(*(ask(world, **body) for body in bodies))

    assert sorted(answer.status_code for answer in answers) == [200] * 10 + [409] * 90
    left = await slots(world, MONDAY, "abcAgentId")
    assert not {each["id"] for each in left} & {each["id"] for each in found}


async def test_cancelled_slot_is_free_again(world: World) -> None:
    """A cancelled slot is offered under the same id and can be booked."""
    before = await slots(world, MONDAY)
    booked = await asked(world, **booking_of(before[3]))
    names = {"bookingId": booked["bookingId"], "slotId": booked["slotId"]}

    await asked(world, "cancelAppointment", **names, start=booked["start"])

    assert await slots(world, MONDAY) == before
    again = await ask(world, "cancelAppointment", **names, start=booked["start"])
    assert (again.status_code, again.json()) == (409, {"error": "the booking is already cancelled"})
    await asked(world, **booking_of(before[3]))


async def test_moved_booking_frees_its_slot_and_takes_the_other(world: World) -> None:
    """The book shows the booking only at its new time."""
    before = await slots(world, MONDAY)
    booked = await asked(world, **booking_of(before[0]))
    new = before[5]
    move = {
        "bookingId": booked["id"],
        "slotIdOld": booked["slotId"],
        "slotIdNew": new["id"],
        "start": new["start"],
    }

    moved = await asked(world, "modifyAppointment", **move)

    assert (moved["id"], moved["slotId"], moved["start"]) == (
        booked["id"],
        new["id"],
        new["start"],
    )
    lena = [each for each in await slots(world, MONDAY) if each["agentId"] == "abcAgentId"]
    assert lena == [each for each in before if each["id"] != new["id"]]
    again = await ask(world, "modifyAppointment", **move)
    assert (again.status_code, again.json()["error"]) == (
        400,
        "slotIdOld is not the slot of this booking",
    )


async def test_booking_can_be_moved_within_its_own_time(world: World) -> None:
    """A longer appointment may move by less than its length."""
    long = MASSAGE | {"productId": "productMassage45"}
    first, second, *_ = await slots(world, MONDAY, "abcAgentId", **long)
    booked = await asked(world, **booking_of(first) | long)
    move = {"slotIdOld": first["id"], "slotIdNew": second["id"], "start": second["start"]}

    moved = await asked(world, "modifyAppointment", bookingId=booked["id"], **move)

    assert moved["start"] == second["start"]


async def test_participant_is_found_with_future_appointments(world: World) -> None:
    """A new participant becomes a user; one with a known name and birthday stays the same user."""
    first, second = (await slots(world, MONDAY))[:2]
    await asked(world, **booking_of(first))
    await asked(world, **booking_of(second, ADA | {"email": "ada@example.com"}))

    (user,) = await asked(world, "findExistingUser", participant={"lastname": "byron"})

    assert user == {"id": user["id"], **ADA, "email": "ada@example.com"}
    found = await asked(world, "findExistingBooking", id=user["id"])
    assert [each["start"] for each in found] == [first["start"], second["start"]]
    await world.control("POST", "/clock/advance", json={"to": f"{MONDAY}T07:10:00Z"})
    (left,) = await asked(world, "findExistingBooking", id=user["id"])
    assert left["start"] == second["start"]


@each_case_alone(
    ("participant", "found"),
    [
        pytest.param({"firstname": "Thomas", "lastname": "Müller"}, 2, id="two"),
        pytest.param({"firstName": "THOMAS", "surname": "muller"}, 2, id="other-spelling"),
        pytest.param({"lastname": "Müller", "dateOfBirth": "03.11.1958"}, 1, id="german-date"),
        pytest.param({"phone": "+49 351 5550101"}, 1, id="phone"),
        pytest.param({"lastname": "Müller", "email": "t@example.com"}, 2, id="not-known"),
        pytest.param({"firstname": "Thomas", "lastname": "Nobody"}, 0, id="other-name"),
        pytest.param({"shoeSize": "44"}, 0, id="unknown-field"),
    ],
)
async def test_users_are_found_by_known_fields(world: World, participant: Json, found: int) -> None:
    """At least one field must agree; fields that a user lacks do not matter."""
    assert len(await asked(world, "findExistingUser", participant=participant)) == found


@pytest.mark.parametrize(
    ("value", "is_value"),
    [
        pytest.param("Ë`:", True, id="accent"),
        pytest.param("李", True, id="script"),
        pytest.param("7", True, id="digit"),
        pytest.param(1.0, True, id="number"),
        pytest.param(False, True, id="boolean"),
        pytest.param("", False, id="blank"),
        pytest.param("?!", False, id="punctuation"),
        pytest.param(None, False, id="null"),
        pytest.param(["Ada"], False, id="list"),
    ],
)
async def test_users_are_sought_by_what_the_document_calls_a_value(
    world: World, value: Json, *, is_value: bool
) -> None:
    """A name in any script is one, for the document as for the backend."""
    participant = {"lastname": value}
    body = {"action": "findExistingUser", "participant": participant}
    schema = by_webhook("voicebooker", "findExistingUser", "request")

    response = await ask(world, "findExistingUser", participant=participant)

    assert response.status_code == (200 if is_value else 400), response.text
    assert Draft202012Validator(schema).is_valid(body) == is_value


WRONG: Final[list[Any]] = [
    pytest.param({"action": "getEntityForSipId"}, 400, "sipId is required", id="missing"),
    pytest.param({"action": "getEntityForSipId", "sipId": 7}, 400, "sipId must be", id="type"),
    pytest.param({"action": "getEntityForSipId", "sipId": " "}, 400, "sipId must", id="blank"),
    pytest.param(
        {"action": "getEntityForSipId", "sipId": UNKNOWN}, 404, "there is no sipId nope", id="sip"
    ),
    pytest.param(
        {"action": "getBusinessName", "entityId": UNKNOWN},
        404,
        "there is no business nope",
        id="entity",
    ),
    pytest.param(
        {"action": "getAgents", "entityId": ENTITY, "appointmentTypeId": UNKNOWN},
        404,
        "there is no appointment type nope",
        id="type-id",
    ),
    pytest.param(
        {"action": "getSlots", **MASSAGE, "agentId": UNKNOWN, "dateTime": MONDAY},
        404,
        "there is no agent for Massage nope",
        id="agent",
    ),
    pytest.param(
        {"action": "getSlots", **MASSAGE, "productId": UNKNOWN, "dateTime": MONDAY},
        404,
        "there is no product nope",
        id="product",
    ),
    pytest.param(
        {"action": "getSlots", **MASSAGE, "productId": "productFirstVisit", "dateTime": MONDAY},
        404,
        "there is no product of Massage productFirstVisit",
        id="product-of-another",
    ),
    *(
        pytest.param(
            {"action": "getSlots", **MASSAGE, "dateTime": moment},
            400,
            "dateTime must be a date or time such as 2024-09-16",
            id=f"moment-{number}",
        )
        for number, moment in enumerate(
            ["", "soon", "2026-02-30", "0001-01-01", "9999-12-31", "2026-01-05T25:00"]
        )
    ),
    *(
        pytest.param(
            {"action": "getSlots", **MASSAGE, "dateTime": MONDAY, "timezone": zone},
            400,
            "timezone must be a time zone such as Europe/Berlin",
            id=f"zone-{number}",
        )
        for number, zone in enumerate(
            ["", "Europe", "../../etc/passwd", "/etc/passwd", "Mars/Base", "Ü", "\x00", "zone.tab"]
        )
    ),
    pytest.param(
        {"action": "getRequiredInfo", "productId": UNKNOWN}, 404, "there is no product", id="info"
    ),
    pytest.param(
        {"action": "findExistingBooking", "id": UNKNOWN}, 404, "there is no user nope", id="user"
    ),
    pytest.param(
        {"action": "findExistingUser", "participant": []},
        400,
        "participant must be an object",
        id="participant",
    ),
    pytest.param(
        {"action": "findExistingUser", "participant": {"note": "x" * 20_000}},
        400,
        "participant must have at most 50 fields and 10000 bytes",
        id="large-user",
    ),
    pytest.param(
        {"action": "cancelAppointment", "bookingId": UNKNOWN, "slotId": "s", "start": MONDAY},
        404,
        "there is no booking nope",
        id="booking",
    ),
    pytest.param({"action": "dance"}, 400, "action must be one of getEntityForSipId,", id="action"),
    pytest.param({"action": None}, 400, "action must be one of", id="null-action"),
    pytest.param({}, 400, "action must be one of", id="no-action"),
    pytest.param([], 400, "the body must be an object", id="array"),
]


@each_case_alone(("body", "status", "error"), WRONG)
async def test_invalid_request_gets_a_clear_error(
    world: World, body: Json, status: int, error: str
) -> None:
    """Unknown actions and ids, and invalid fields, are named."""
    response = await world.http.post(
        "/voicebooker/webhook", json=body, headers={"X-Emulator-World": world.name}
    )

    assert response.status_code == status, response.text
    assert set(response.json()) == {"error"}
    assert response.json()["error"].startswith(error)


@each_case_alone(
    ("change", "status", "error"),
    [
        pytest.param({"slotId": UNKNOWN}, 404, "there is no slot nope", id="slot"),
        pytest.param({"slotId": "YQ.0000000000"}, 404, "there is no slot YQ", id="forged"),
        pytest.param({"slotId": "é"}, 404, "there is no slot", id="not-base64"),
        pytest.param(
            {"start": f"{MONDAY}T08:01:00+01:00"},
            400,
            "start is not the start of this slot",
            id="start",
        ),
        pytest.param({"start": "soon"}, 400, "start must be a date or time", id="no-time"),
        pytest.param(
            {"productId": "productMassage45"},
            400,
            "slotId is a slot of another appointment type or product",
            id="product",
        ),
        pytest.param(
            {"participant": {"firstname": "Ada"}}, 400, "participant.lastname is required", id="who"
        ),
        pytest.param(
            {"booker": {}, "participant": {"lastname": " "}},
            400,
            "booker.firstname is required; booker.lastname is required",
            id="booker",
        ),
    ],
)
async def test_impossible_booking_is_refused(
    world: World, change: Json, status: int, error: str
) -> None:
    """Nothing is booked and no user is added unless the whole request is valid."""
    before = await slots(world, MONDAY)

    response = await ask(world, **booking_of(before[0]) | change)

    assert response.status_code == status, response.text
    assert response.json()["error"].startswith(error)
    assert await slots(world, MONDAY) == before
    assert await asked(world, "findExistingUser", participant={"firstname": "Ada"}) == []


async def test_slot_of_another_world_is_unknown(world: World, http: httpx.AsyncClient) -> None:
    """The id of a slot is signed by the world that has offered it."""
    made = (await http.post("/_emulator/worlds", json={"seed": 99})).json()
    (foreign, *_) = await slots(World(http, made), MONDAY)

    response = await ask(world, **booking_of(foreign))

    assert response.status_code == 404
    await http.delete(f"/_emulator/worlds/{made['name']}")


async def test_past_slot_cannot_be_booked(world: World) -> None:
    """An offered slot cannot be booked after its start."""
    (first, *_) = await slots(world, MONDAY)
    await world.control("POST", "/clock/advance", json={"to": f"{MONDAY}T07:00:00Z"})

    response = await ask(world, **booking_of(first))

    assert (response.status_code, response.json()) == (409, {"error": "the slot is in the past"})


async def test_past_appointment_does_not_change(world: World) -> None:
    """A past appointment can be neither moved nor cancelled."""
    first, second = (await slots(world, MONDAY))[:2]
    booked = await asked(world, **booking_of(first))
    await world.control("POST", "/clock/advance", json={"to": f"{MONDAY}T07:10:00Z"})
    refused = {"error": "the appointment is in the past"}
    ids = {"bookingId": booked["id"]}

    cancelled = await ask(
        world, "cancelAppointment", **ids, slotId=first["id"], start=first["start"]
    )
    moved = await ask(
        world,
        "modifyAppointment",
        **ids,
        slotIdOld=first["id"],
        slotIdNew=second["id"],
        start=second["start"],
    )

    assert [(each.status_code, each.json()) for each in (cancelled, moved)] == [(409, refused)] * 2


async def test_open_world_needs_no_credential(http: httpx.AsyncClient) -> None:
    """The backend of an open default world accepts a plain request."""
    body = {"action": "getBusinessName", "entityId": ENTITY}

    response = await http.post("/voicebooker/webhook", json=body)

    assert response.json() == {"name": "Physiotherapie Gleichgewicht"}


@pytest.mark.parametrize("settings", [{"auth": "strict"}], ids=["strict"])
async def test_strict_world_needs_its_token(world: World) -> None:
    """In a strict world the backend accepts only the world's token, which the bot sends."""
    body = {"action": "getBusinessName", "entityId": ENTITY}
    token = world.made["credentials"]["voicebooker"]["token"]

    refused = [
        await world.http.post(
            "/voicebooker/webhook", json=body, headers={"X-Emulator-World": world.name} | more
        )
        for more in ({}, {"Token": "wrong"})
    ]
    taken = await world.http.post("/voicebooker/webhook", json=body, headers={"Token": token})

    assert [(each.status_code, each.json()) for each in refused] == [
        (401, {"error": "unauthorized"})
    ] * 2
    assert taken.status_code == 200
    made = await world.control("POST", "/calls", json={"platform": "voicebooker"})
    await world.advance()
    placed = (await world.control("GET", f"/calls/{made.json()['id']}")).json()
    assert placed["outcome"] == "booked"


STEPS: Final = some.lists(
    some.tuples(
        some.sampled_from(["book", "move", "cancel"]),
        some.integers(0, 200),
        some.integers(0, 200),
        some.sampled_from(["abcProductTypeId", "productMassage45"]),
    ),
    max_size=25,
)


async def live_through(steps: list[tuple[str, int, int, str]]) -> None:
    app = create_app(Settings())
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as http:
        world = World(http, (await http.post("/_emulator/worlds")).json())
        seen: list[Json] = []
        held: list[Json] = []
        for step, one, other, product in steps:
            wanted = MASSAGE | {"productId": product}
            seen += await slots(world, MONDAY, **wanted)
            slot = seen[one % len(seen)]
            booked = held[other % len(held)] if held else {"id": "none", "slotId": "none"}
            if step == "book":
                kind = {"productId": product_of(slot, product)}
                answer = await ask(world, **booking_of(slot) | kind)
                held += [answer.json()] if answer.is_success else []
            elif step == "move":
                answer = await ask(
                    world,
                    "modifyAppointment",
                    bookingId=booked["id"],
                    slotIdOld=booked["slotId"],
                    slotIdNew=slot["id"],
                    start=slot["start"],
                )
                if answer.is_success:
                    held = [each for each in held if each is not booked] + [answer.json()]
            else:
                answer = await ask(
                    world,
                    "cancelAppointment",
                    bookingId=booked["id"],
                    slotId=booked["slotId"],
                    start=booked.get("start", MONDAY),
                )
                if answer.is_success:
                    held = [each for each in held if each is not booked]
            assert answer.status_code in {200, 400, 404, 409}, answer.text
        await check_book(world, held)
    await app.worlds.stop()


def product_of(slot: Json, otherwise: str) -> str:
    length = moment(slot["end"]) - moment(slot["start"])
    lengths = {
        timedelta(minutes=30): "abcProductTypeId",
        timedelta(minutes=45): "productMassage45",
    }
    return lengths.get(length, otherwise)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


async def check_book(world: World, held: list[Json]) -> None:
    """Check that the book shows exactly the accepted bookings, without overlaps."""
    shown = await world.control("GET", f"/voicebooker/book?day={MONDAY}")
    (day,) = shown.json()["days"]
    standing = [each for each in day["bookings"] if each["status"] == "booked"]
    assert {each["id"] for each in standing} == {each["id"] for each in held}
    for agent in ("abcAgentId", "agentJonas"):
        spans = sorted(
            (moment(each["start"]), moment(each["end"]))
            for each in standing
            if each["agentId"] == agent
        )
        assert all(one[1] <= two[0] for one, two in pairwise(spans))
        for each in await slots(world, MONDAY, agent):
            start, end = moment(each["start"]), moment(each["end"])
            assert all(stop <= start or end <= begin for begin, stop in spans)


@effort(max_examples=examples(8))
@given(steps=STEPS)
def test_appointments_of_an_agent_never_overlap(steps: list[tuple[str, int, int, str]]) -> None:
    """Bookings, moves and cancellations in any order cause no overlap."""
    asyncio.run(live_through(steps))


async def test_responses_are_short_enough_for_the_bot(world: World) -> None:
    """The lists of a large business are cut off where the bot stops reading, and calls succeed."""
    ids = {name: name[0] * 64 for name in ("agent", "product", "type")}
    large = {
        "name": "Round the clock",
        "sip_ids": ["large"],
        "hours": {"mon": [["00:00", "24:00"]]},
        "grid": 5,
        "agents": [{"id": ids["agent"], "name": "A"}],
        "products": [{"id": ids["product"], "name": "P", "duration": 5}],
        "appointment_types": [
            {"id": ids["type"], "name": "T", "agents": [ids["agent"]], "products": [ids["product"]]}
        ],
    }
    await world.control("PUT", "/voicebooker/businesses/large", json=large)

    wanted = {"appointmentTypeId": ids["type"], "productId": ids["product"]}
    found = await ask(world, "getSlots", **wanted, agentId=None, dateTime=MONDAY, timezone=BERLIN)
    placed = await finished(world, sip_id="large", wishes={"day": MONDAY})

    assert 50_000 < len(found.content) < 65_536
    assert placed["outcome"] == "booked"
