"""How the bot reads responses: tolerantly, and with a note of every deviation."""

import asyncio
from gzip import compress
from typing import Any

import httpx
import pytest

from emulator.app import create_app
from emulator.settings import Settings
from tests.cases import each_case, each_case_alone
from tests.limits import LIMIT_SECONDS
from tests.platforms.voicebooker.support import ADA, actions, call, finished, requests, said, shown
from tests.receiver import answer, listening
from tests.support import Json, World

MONDAY = "2026-01-05"
SLOT = {"id": "s1", "start": f"{MONDAY}T09:00:00.000+01:00"}
LATER = {"id": "s2", "start": f"{MONDAY}T10:00:00.000+01:00"}
USER = {"id": "u1", "firstname": "Ada", "lastname": "Byron"}
BOOKING = {
    "id": "b1",
    "slotId": "s0",
    "start": "2026-01-06T09:00:00.000+01:00",
    "appointmentTypeId": "t1",
    "productId": "p1",
    "agentId": "a1",
}
BOOK: dict[str, Json] = {
    "getEntityForSipId": {"entityId": "e1"},
    "getBusinessName": {"name": "Salon"},
    "getAppointmentTypes": [{"id": "t1", "name": "Cut"}],
    "getAgents": [{"id": "a1", "name": "Mia"}],
    "getProducts": [{"id": "p1", "name": "Short"}],
    "getSlots": [SLOT],
    "getRequiredInfo": {"bookerInfo": ["firstname"], "participantInfo": ["lastname"]},
    "bookAppointment": {},
}
FIND: dict[str, Json] = {
    "getEntityForSipId": {"entityId": "e1"},
    "getBusinessName": {"name": "Salon"},
    "findExistingUser": [USER],
    "findExistingBooking": [BOOKING],
}
CANCEL = FIND | {"cancelAppointment": None}
MODIFY = FIND | {"getSlots": [SLOT], "modifyAppointment": {}}
WISHES = {"day": MONDAY}


async def scripted(world: World, answers: list[Json], **fields: Any) -> Json:
    """Place a call to a bot whose webhook responds with these in order; return the call."""
    script = [each if isinstance(each, Raw) else Raw(each) for each in answers]
    body = {"answers": [each.said for each in script]}
    response = await world.control("PUT", "/inboxes/bot", json=body)
    assert response.status_code == 200, response.text
    given = {"persona": ADA, "wishes": WISHES, "webhook_url": world.inbox_url + "bot"} | fields
    return await finished(world, **given)


class Raw:
    """A response: JSON with 200 unless stated otherwise."""

    def __init__(self, value: Json = None, **said: Any) -> None:
        self.said = said or {"status": 200, "json": value}


def deviations(placed: Json) -> list[str]:
    """Return all deviations in order."""
    return [note for each in placed["details"]["webhooks"] for note in each["deviations"]]


def failure(placed: Json) -> tuple[str, str, Any]:
    """Return the outcome, the action at which the call ended, and the reason."""
    last = placed["details"]["webhooks"][-1]
    return placed["outcome"], last["action"], last["failure"]


@pytest.mark.parametrize(
    ("intent", "answers", "outcome"),
    [
        pytest.param("book", BOOK, "booked", id="book"),
        pytest.param("modify", MODIFY, "modified", id="modify"),
        pytest.param("cancel", CANCEL, "cancelled", id="cancel"),
    ],
)
async def test_recommended_responses_have_no_deviations(
    world: World, intent: str, answers: dict[str, Json], outcome: str
) -> None:
    """Responses in the recommended shape are read without a deviation."""
    placed = await scripted(world, list(answers.values()), intent=intent)

    assert (placed["outcome"], actions(placed)) == (outcome, list(answers))
    assert deviations(placed) == []


@each_case_alone(
    ("action", "said_instead", "notes"),
    [
        pytest.param(
            "getEntityForSipId",
            {"id": "e1"},
            ["the id is in the field id, not in entityId"],
            id="entity-id",
        ),
        pytest.param(
            "getBusinessName", {"title": "Salon"}, ["the name is not in the field name"], id="title"
        ),
        pytest.param(
            "getBusinessName", {}, ["the response has neither name nor title"], id="no-name"
        ),
        pytest.param(
            "getAppointmentTypes", [{"appointmentTypeId": "t1", "title": "Cut"}], [], id="aliases"
        ),
        pytest.param(
            "getAppointmentTypes",
            [{"id": 7, "name": "Cut"}],
            ["[0].id is a number, not a string"],
            id="number",
        ),
        pytest.param(
            "getAppointmentTypes",
            [{"id": "t1"}],
            ["[0] has neither name nor title"],
            id="nameless",
        ),
        pytest.param(
            "getAppointmentTypes",
            ["Cut", {"name": "?"}, {"id": "t1", "name": "Cut", "colour": "red"}],
            ["[0] is a text, not an object", "[1] has no id and no appointmentTypeId"],
            id="some-unusable",
        ),
        pytest.param(
            "getAgents",
            [{"agentId": "a1", "firstname": "Mia", "lastname": "Kraft"}],
            [],
            id="two-names",
        ),
        pytest.param("getAgents", [], ["the list is empty"], id="no-agents"),
        pytest.param(
            "getProducts",
            [{"id": "p1", "name": "A"}, {"id": "p1", "name": "B"}],
            ["two entries have the same id"],
            id="same-id",
        ),
        pytest.param(
            "getSlots",
            [{"id": "s0"}, {"id": "s9", "start": "soon"}, SLOT],
            ["s0 has no start", "s9 has the start soon, which is not a time"],
            id="slots-without-start",
        ),
        pytest.param(
            "getSlots",
            [{"slotId": "s0", "start": f"{MONDAY}T09:00:00"}],
            [f"s0 has the start {MONDAY}T09:00:00 without an offset"],
            id="no-offset",
        ),
        pytest.param(
            "getSlots",
            [{"id": "s0", "start": "2025-12-01T09:00:00+01:00"}, SLOT],
            ["s0 is in the past"],
            id="past-slot",
        ),
        pytest.param(
            "getSlots",
            [{"id": "s0", "start": "2026-01-03T09:00:00+01:00"}, SLOT],
            ["s0 is not on the requested day"],
            id="early-slot",
        ),
        pytest.param(
            "getSlots",
            [{"id": "s0", "start": "2026-01-20T09:00:00+01:00"}, SLOT],
            ["s0 is not on the requested day"],
            id="late-slot",
        ),
        pytest.param(
            "getRequiredInfo",
            {"participantInfo": [{"name": "lastname", "label": "Name"}, {"id": "first_name"}, 5]},
            ["bookerInfo is missing", "participantInfo[2] names no field"],
            id="info-objects",
        ),
        pytest.param(
            "getRequiredInfo",
            {"bookerInfo": [], "participantInfo": ["insuranceNumber"]},
            ["the caller does not know: insuranceNumber"],
            id="unknown-info",
        ),
        pytest.param(
            "bookAppointment",
            Raw(status=204, body="", content_type="text/plain"),
            [],
            id="empty-receipt",
        ),
        pytest.param(
            "getBusinessName",
            Raw(status=200, body='{"name": "Salon"}', content_type="text/html"),
            ["the content type is text/html; charset=utf-8, not application/json"],
            id="content-type",
        ),
    ],
)
async def test_deviating_response_is_read_and_noted(
    world: World, action: str, said_instead: Json, notes: list[str]
) -> None:
    """Usable responses are used; what was not as expected is recorded."""
    answers = list((BOOK | {action: said_instead}).values())

    placed = await scripted(world, answers)

    assert placed["outcome"] == "booked", placed["details"]
    assert deviations(placed) == notes


async def test_receipt_that_is_not_json_is_noted(world: World) -> None:
    """Any 2xx books, but a body that is not JSON is noted."""
    receipt = Raw(status=200, body="done", content_type="text/plain")

    placed = await scripted(world, [*list(BOOK.values())[:-1], receipt])

    assert placed["outcome"] == "booked"
    (note,) = deviations(placed)
    assert note.startswith("the response is not JSON")


FAILURES = [
    pytest.param(Raw(status=500, json={}), "status 500", id="500"),
    pytest.param(Raw(status=404, json={}), "status 404", id="404"),
    pytest.param(
        Raw(status=302, json={}),
        "status 302",
        id="redirect",
    ),
    pytest.param(
        Raw(status=200, body="", content_type="application/json"),
        "the response is empty",
        id="empty",
    ),
    pytest.param("text", "the response is a text, not an ", id="text"),
    pytest.param(None, "the response is null, not an ", id="null"),
    pytest.param(7, "the response is a number, not an ", id="number"),
]


@each_case(("wrong", "reason"), FAILURES)
@each_case_alone("place", [pytest.param(n, id=name) for n, name in enumerate(BOOK)][:-1])
async def test_unusable_response_ends_the_call(
    world: World, place: int, wrong: Json, reason: str
) -> None:
    """At any action the bot apologizes and ends the call, and the reason is recorded."""
    answers = [*list(BOOK.values())[:place], wrong]

    placed = await scripted(world, answers)

    outcome, action, why = failure(placed)
    assert (outcome, action) == ("webhook_failed", list(BOOK)[place])
    assert why.startswith(reason)
    assert "something has gone wrong" in " ".join(said(placed)[-2:])


@each_case_alone(
    ("answers", "intent", "reason"),
    [
        pytest.param([[]], "book", "the response is an array, not an object", id="entity-array"),
        pytest.param([{"entity": "e1"}], "book", "the response has no entityId", id="no-entity"),
        pytest.param(
            [*list(BOOK.values())[:2], {"types": []}],
            "book",
            "the response is an object, not an array",
            id="wrapped",
        ),
        pytest.param(
            [*list(BOOK.values())[:2], [{"name": "Cut"}]],
            "book",
            "none of the 1 entries has an id: [0] has no id and no appointmentTypeId",
            id="no-ids",
        ),
        pytest.param(
            [*list(BOOK.values())[:6], {"bookerInfo": {}, "participantInfo": []}],
            "book",
            "bookerInfo is an object, not an array",
            id="info-shape",
        ),
        pytest.param(
            [*list(CANCEL.values())[:4], Raw(status=422, json={})],
            "cancel",
            "status 422",
            id="refused-cancellation",
        ),
        pytest.param(
            [*list(CANCEL.values())[:2], {"users": []}],
            "cancel",
            "the response is an object, not an array",
            id="users-shape",
        ),
    ],
)
async def test_response_of_the_wrong_shape_ends_the_call(
    world: World, answers: list[Json], intent: str, reason: str
) -> None:
    """An object instead of an array, or entries without ids, end the call with the reason."""
    placed = await scripted(world, answers, intent=intent)

    assert (placed["outcome"], failure(placed)[2]) == ("webhook_failed", reason)


@each_case_alone(
    ("answers", "intent", "outcome"),
    [
        pytest.param([*list(BOOK.values())[:2], []], "book", "no_slot", id="types"),
        pytest.param([*list(BOOK.values())[:4], []], "book", "no_slot", id="products"),
        pytest.param([*list(BOOK.values())[:5], *[[]] * 10], "book", "no_slot", id="slots"),
        pytest.param([*list(FIND.values())[:2], []], "cancel", "not_found", id="users"),
        pytest.param([*list(FIND.values())[:3], []], "modify", "not_found", id="bookings"),
        pytest.param(
            [*list(FIND.values())[:3], [BOOKING | {"start": "2025-01-01T09:00:00Z"}]],
            "modify",
            "not_found",
            id="past-bookings",
        ),
        pytest.param([*FIND.values(), *[[]] * 10], "modify", "no_slot", id="no-new-slot"),
    ],
)
async def test_empty_list_leads_to_a_polite_end(
    world: World, answers: list[Json], intent: str, outcome: str
) -> None:
    """An empty list is a valid response: the call ends politely, without a failure."""
    placed = await scripted(world, answers, intent=intent)

    assert (placed["outcome"], failure(placed)[2]) == (outcome, None)
    assert len(placed["details"]["webhooks"]) == len(answers)
    assert "sorry" in said(placed)[-2]


@pytest.mark.parametrize("before", [pytest.param(2, id="types"), pytest.param(4, id="products")])
async def test_empty_list_that_ends_a_booking_is_noted(world: World, before: int) -> None:
    """If nothing can be booked, the record says which list was empty."""
    placed = await scripted(world, [*list(BOOK.values())[:before], []])

    assert (placed["outcome"], deviations(placed)) == ("no_slot", ["the list is empty"])


async def test_taken_slot_is_replaced_by_another(world: World) -> None:
    """After a 409 the bot asks for the slots of the day again, and repeats no question."""
    answers = [*list(BOOK.values())[:7], Raw(status=409, json={}), [SLOT, LATER], {}]

    placed = await scripted(world, answers)

    assert placed["outcome"] == "booked"
    assert actions(placed) == [*BOOK, "getSlots", "bookAppointment"]
    assert placed["details"]["webhooks"][7]["failure"] == "status 409: the slot has gone"
    bodies = await requests(world, placed)
    assert bodies[5] == bodies[8]
    assert (bodies[7]["participant"], bodies[7]["booker"]) == (
        bodies[9]["participant"],
        bodies[9]["booker"],
    )


async def test_call_ends_when_every_slot_is_taken(world: World) -> None:
    """After ten rounds the bot gives up."""
    rounds = [[SLOT], Raw(status=409, json={})]
    first = [*list(BOOK.values())[:7], Raw(status=409, json={})]

    placed = await scripted(world, [*first, *rounds * 9])

    assert (placed["outcome"], actions(placed).count("bookAppointment")) == ("no_slot", 10)


async def test_unknown_fields_distinguish_users(world: World) -> None:
    """Any attribute that differs is asked for, even one that no page names."""
    users = [
        USER | {"id": f"u{number}", "vip": True, "memberNumber": f"00{number}"}
        for number in range(3)
    ]
    answers = [*list(FIND.values())[:2], users, [BOOKING], {}]
    persona = ADA | {"memberNumber": "002"}

    placed = await scripted(world, answers, intent="cancel", persona=persona)

    assert placed["outcome"] == "cancelled"
    assert (await requests(world, placed))[3]["id"] == "u2"
    assert "bot: There are several entries. May I have your member number, please?" in said(placed)


async def test_date_of_birth_is_sent_when_users_look_alike(world: World) -> None:
    """If no attribute differs, the date of birth is asked for and sent along."""
    twins = [{"id": "u1"}, {"id": "u2"}]
    answers = [*list(FIND.values())[:2], twins, [USER], [BOOKING], {}]

    placed = await scripted(world, answers, intent="cancel")

    assert placed["outcome"] == "cancelled"
    bodies = await requests(world, placed)
    names = {"firstname": "Ada", "lastname": "Byron"}
    assert bodies[2]["participant"] == names
    assert bodies[3]["participant"] == names | {"dateOfBirth": "1995-12-10"}


async def test_users_that_stay_alike_are_not_found(world: World) -> None:
    """Two users whom the date of birth does not distinguish end the call."""
    twins = [{"id": "u1"}, {"id": "u2"}]
    answers = [*list(FIND.values())[:2], twins, twins]

    placed = await scripted(world, answers, intent="cancel")

    assert (placed["outcome"], len(actions(placed))) == ("not_found", 4)


@pytest.mark.parametrize("name", ["id", "slotId"])
async def test_booking_may_hold_its_slot(world: World, name: str) -> None:
    """A booking may contain its slot as an object."""
    nested = {"bookingId": "b1", "slot": {name: "s0", "start": BOOKING["start"]}}
    answers = [*list(FIND.values())[:3], [nested], {}]

    placed = await scripted(world, answers, intent="cancel")

    cancelled = (await requests(world, placed))[-1]
    assert (cancelled["bookingId"], cancelled["slotId"]) == ("b1", "s0")
    assert deviations(placed) == []


BARE: Json = {name: BOOKING[name] for name in ("id", "slotId", "start")}
TYPES: Json = [{"id": "t1", "name": "Cut"}, {"id": "t2", "name": "Colour"}]
PRODUCTS: Json = [{"id": "p1", "name": "Short"}, {"id": "p2", "name": "Long"}]


@pytest.mark.parametrize(
    ("names", "more", "asks"),
    [
        pytest.param(
            {}, [TYPES, PRODUCTS], ["getAppointmentTypes", "getProducts"], id="neither-of-them"
        ),
        pytest.param({"appointmentTypeId": "t2"}, [PRODUCTS], ["getProducts"], id="no-product"),
        pytest.param({"productId": "p2"}, [TYPES], ["getAppointmentTypes"], id="no-type"),
    ],
)
async def test_missing_type_and_product_are_asked_for(
    world: World, names: Json, more: list[Json], asks: list[str]
) -> None:
    """A booking need not have type and product; to move it the caller tells them."""
    answers = [*list(FIND.values())[:3], [BARE | names], *more, [SLOT], {}]
    wishes = WISHES | {"appointmentType": "Colour", "product": "Long"}

    placed = await scripted(world, answers, intent="modify", wishes=wishes)

    assert (placed["outcome"], actions(placed)) == (
        "modified",
        [*FIND, *asks, "getSlots", "modifyAppointment"],
    )
    asked = (await requests(world, placed))[-2]
    assert (asked["appointmentTypeId"], asked["productId"]) == ("t2", "p2")
    assert asked["agentId"] is None


async def test_types_with_products_complete_an_appointment(world: World) -> None:
    """With the option one request returns both the type and the product."""
    types = [TYPES[0] | {"products": PRODUCTS[:1]}]
    answers = [*list(FIND.values())[:3], [BARE], types, [SLOT], {}]

    placed = await scripted(world, answers, intent="modify", types_with_products=True)

    assert placed["outcome"] == "modified"
    asked = (await requests(world, placed))[-2]
    assert (asked["appointmentTypeId"], asked["productId"]) == ("t1", "p1")


async def test_appointment_without_any_type_is_not_changed(world: World) -> None:
    """If no type is listed, the call ends politely and the appointment stays."""
    placed = await scripted(world, [*list(FIND.values())[:3], [BARE], []], intent="modify")

    assert placed["outcome"] == "no_slot"
    assert "Your appointment stays as it is." in said(placed)[-2]


@each_case(
    "ahead",
    [
        pytest.param([BOOKING], id="one"),
        pytest.param([BOOKING, BOOKING | {"id": "b2"}], id="several"),
    ],
)
@each_case_alone("intent", ["cancel", "modify"])
async def test_wished_appointment_that_is_not_listed_is_not_found(
    world: World, intent: str, ahead: Json
) -> None:
    """A caller whose appointment is not listed does not lose another one."""
    answers = [*list(FIND.values())[:3], ahead]

    placed = await scripted(world, answers, intent=intent, wishes={"booking": "2026-03-01"})

    assert (placed["outcome"], actions(placed)) == ("not_found", list(FIND))
    assert deviations(placed) == ["no appointment matches 2026-03-01"]
    assert "sorry" in said(placed)[-2]


async def test_start_without_an_offset_is_in_the_bot_zone(world: World) -> None:
    """A start without an offset is in the bot's time zone."""
    bare = BOOKING | {"start": "2026-01-06T09:00:00"}
    answers = [*list(FIND.values())[:3], [bare], None]

    wishes = {"booking": "2026-01-06T08:00:00Z"}
    placed = await scripted(world, answers, intent="cancel", wishes=wishes)

    assert placed["outcome"] == "cancelled"


async def test_too_large_response_is_unusable(world: World) -> None:
    """At most 64 KiB are read, and the record says so."""
    large = [{"id": f"t{number}", "name": "x" * 60} for number in range(1000)]

    placed = await scripted(world, [*list(BOOK.values())[:2], large])

    assert failure(placed)[2] == "the response has 65536 bytes or more; no more of it is read"


@each_case(
    ("said_instead", "reason"),
    [
        pytest.param(b"", "timeout", id="time-out"),
        pytest.param(None, "connection closed without a response", id="broken-off"),
        pytest.param(answer(200, b"[{]"), "the response is not JSON", id="bad-json"),
        pytest.param(answer(200, b'{"entityId": NaN}'), "the response is not JSON", id="nan"),
        pytest.param(
            answer(200, b'\xef\xbb\xbf{"entityId": "e1"}'),
            "the response begins with a byte order mark, which JSON does not allow",
            id="byte-order-mark",
        ),
        pytest.param(
            answer(200, compress(b'{"entityId": "e1"}'), "Content-Encoding: gzip"),
            "the response is compressed (gzip), which the request does not accept",
            id="gzip",
        ),
        pytest.param(
            answer(200, compress(b'{"entityId": "e1"}')),
            "the response is compressed (gzip), which the request does not accept",
            id="gzip-untold",
        ),
        pytest.param(
            answer(200, b'{"entityId": "e1"}')[:-5],
            "connection closed in the middle of the response",
            id="cut-short",
        ),
    ],
)
async def test_failed_webhook_ends_the_call(said_instead: bytes | None, reason: str) -> None:
    """A time-out, a broken connection and bad JSON are different failures; there is no retry."""
    times_out = said_instead == b""
    app = create_app(Settings(callback_timeout=1 if times_out else LIMIT_SECONDS))
    transport = httpx.ASGITransport(app=app)
    base_url = app.worlds.settings.base_url
    async with (
        listening() as receiver,
        httpx.AsyncClient(transport=transport, base_url=base_url) as http,
    ):
        world = World(http, (await http.post("/_emulator/worlds")).json())
        if times_out:
            receiver.gate.clear()
        receiver.answers.append(said_instead)

        placed = await finished(world, webhook_url=receiver.url)

        outcome, action, why = failure(placed)
        assert (outcome, action) == ("webhook_failed", "getEntityForSipId")
        assert why.startswith(reason)
        assert len(receiver.requests) == 1
        receiver.gate.set()
    await app.worlds.stop()


async def test_refused_webhook_ends_the_call(world: World) -> None:
    """A public host is not called unless allowed, and the record names the flag."""
    placed = await finished(world, webhook_url="http://93.184.216.34/webhook")

    outcome, _, why = failure(placed)
    assert outcome == "webhook_failed"
    assert "--allow-public-callbacks" in why


@each_case_alone(
    "wish",
    ["b2", "2026-01-07", "2026-01-07T08:00:00Z", "Wednesday 7 January"],
    ids=["id", "day", "moment", "words"],
)
async def test_wish_for_an_appointment_has_several_forms(world: World, wish: str) -> None:
    """By its id, the beginning of its start, the same moment, or the bot's words."""
    later = BOOKING | {"id": "b2", "start": "2026-01-07T09:00:00.000+01:00"}
    answers = [*list(FIND.values())[:3], [BOOKING, later], {}]

    placed = await scripted(world, answers, intent="cancel", wishes={"booking": wish})

    assert placed["outcome"] == "cancelled"
    assert (await requests(world, placed))[-1]["bookingId"] == "b2"


async def test_response_after_the_end_is_noted(world: World) -> None:
    """A response after the end of the call changes nothing and is recorded."""
    async with listening() as receiver:
        receiver.gate.clear()
        made = await call(world, webhook_url=receiver.url)
        passing = asyncio.create_task(world.advance(60))
        await receiver.came()
        await world.control("POST", f"/calls/{made['id']}/move", json={"status": "completed"})
        receiver.gate.set()
        await passing

        placed = await shown(world, made)

    assert placed["outcome"] == "hung_up"
    assert deviations(placed) == ["the response came after the call had ended"]


@pytest.mark.parametrize(
    "persona",
    [
        pytest.param({"firstName": "Jane", "lastName": "Doe"}, id="camel-case"),
        pytest.param({"first_name": "Jane", "last_name": "Doe"}, id="snake-case"),
        pytest.param({"Vorname": "Jane", "Nachname": "Doe"}, id="german"),
    ],
)
async def test_given_persona_wins_under_any_field_name(
    world: World, persona: dict[str, str]
) -> None:
    """Given fields are told, and no invented field contradicts them."""
    info = {"bookerInfo": [], "participantInfo": ["firstname", "lastname", "email", "address"]}
    answers = list((BOOK | {"getRequiredInfo": info}).values())

    placed = await scripted(
        world, answers, persona=persona | {"Straße": "Am Hang 1", "plz": "80331"}
    )

    booked = (await requests(world, placed))[-1]["participant"]
    assert (booked["firstname"], booked["lastname"]) == ("Jane", "Doe")
    assert booked["email"] == "jane.doe@example.com"
    assert booked["address"] == "Am Hang 1, 80331 Dresden"


async def test_given_address_is_the_only_one(world: World) -> None:
    """No street is invented beside a given address."""
    info = {"bookerInfo": [], "participantInfo": ["address", "street"]}
    answers = list((BOOK | {"getRequiredInfo": info}).values())

    placed = await scripted(world, answers, persona=ADA | {"address": "Am Hang 1, München"})

    booked = (await requests(world, placed))[-1]["participant"]
    assert booked == {"address": "Am Hang 1, München"}
    assert deviations(placed) == ["the caller does not know: street"]


HOMES: Json = [
    {"street": "Hauptstraße 12", "zip": "01067", "city": "Dresden"},
    {"street": "Am Hang 1", "zip": "80331", "city": "München"},
]


async def test_address_object_distinguishes_users(world: World) -> None:
    """An address may have parts; internal fields are never asked for."""
    users = [
        USER | {"id": f"u{place}", "address": home, "createdAt": f"2025-01-0{place + 1}T08:00:00Z"}
        for place, home in enumerate(HOMES)
    ]
    answers = [*list(FIND.values())[:2], users, [BOOKING], None]

    placed = await scripted(world, answers, intent="cancel", persona=ADA)

    assert placed["outcome"] == "cancelled"
    assert (await requests(world, placed))[3]["id"] == "u0"
    assert not any("created" in line for line in said(placed))
    assert sum("May I have your address" in line for line in said(placed)) == 1


async def test_question_without_an_answer_is_asked_once(world: World) -> None:
    """The bot does not repeat a question that the caller could not answer."""
    users = [
        USER | {"id": f"u{place}", "memberNumber": f"00{place}", "updated_at": f"{place}"}
        for place in range(2)
    ]
    answers = [*list(FIND.values())[:2], users, users]

    placed = await scripted(world, answers, intent="cancel")

    assert placed["outcome"] == "not_found"
    lines = said(placed)
    assert sum("member number" in line for line in lines) == 1
    assert not any("updated" in line for line in lines)


async def test_date_of_birth_by_another_name_is_asked_for_once(world: World) -> None:
    """The date of birth under another field name is not asked for again."""
    users = [USER | {"id": f"u{place}", "geburtsdatum": "1995-12-10"} for place in range(2)]
    users.append(USER | {"id": "u2", "geburtsdatum": "1990-01-01"})
    answers = [*list(FIND.values())[:2], users]

    placed = await scripted(world, answers, intent="cancel")

    assert (placed["outcome"], len(actions(placed))) == ("not_found", 3)
    assert sum("date of birth" in line for line in said(placed)) == 1
