"""How the bot reads answers: tolerantly, and telling exactly what was wrong with them."""

import asyncio
from gzip import compress
from typing import Any

import httpx
import pytest

from emulator.app import create_app
from emulator.settings import Settings
from tests.platforms.voicebooker.support import ADA, actions, call, heard, requests, said, shown
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
    """Have somebody call a bot whose webhook gives these answers, one after another."""
    script = [each if isinstance(each, Raw) else Raw(each) for each in answers]
    body = {"answers": [each.said for each in script]}
    response = await world.control("PUT", "/inboxes/bot", json=body)
    assert response.status_code == 200, response.text
    given = {"persona": ADA, "wishes": WISHES, "webhook_url": world.inbox_url + "bot"} | fields
    return await heard(world, **given)


class Raw:
    """An answer: JSON with 200, or whatever is said."""

    def __init__(self, value: Json = None, **said: Any) -> None:
        self.said = said or {"status": 200, "json": value}


def deviations(told: Json) -> list[str]:
    """Everything that was noted, in order."""
    return [note for each in told["details"]["webhooks"] for note in each["deviations"]]


def failure(told: Json) -> tuple[str, str, Any]:
    """How it ended, at which action, and why."""
    last = told["details"]["webhooks"][-1]
    return told["outcome"], last["action"], last["failure"]


@pytest.mark.parametrize(
    ("intent", "answers", "outcome"),
    [
        pytest.param("book", BOOK, "booked", id="book"),
        pytest.param("modify", MODIFY, "modified", id="modify"),
        pytest.param("cancel", CANCEL, "cancelled", id="cancel"),
    ],
)
async def test_plain_answers_leave_nothing_to_note(
    world: World, intent: str, answers: dict[str, Json], outcome: str
) -> None:
    """Answers in the recommended shape lead through, without a deviation."""
    told = await scripted(world, list(answers.values()), intent=intent)

    assert (told["outcome"], actions(told)) == (outcome, list(answers))
    assert deviations(told) == []


@pytest.mark.parametrize(
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
            ["s0 has no start", "s9 has the start soon, which is no time"],
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
async def test_answer_that_deviates_is_read_and_noted(
    world: World, action: str, said_instead: Json, notes: list[str]
) -> None:
    """What can be understood is acted on; what was not as expected is in the record."""
    answers = list((BOOK | {action: said_instead}).values())

    told = await scripted(world, answers)

    assert told["outcome"] == "booked", told["details"]
    assert deviations(told) == notes


async def test_receipt_that_is_not_json_is_noted(world: World) -> None:
    """A 2xx books whatever its body says, but the body is no JSON."""
    receipt = Raw(status=200, body="done", content_type="text/plain")

    told = await scripted(world, [*list(BOOK.values())[:-1], receipt])

    assert told["outcome"] == "booked"
    (note,) = deviations(told)
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


@pytest.mark.parametrize(("wrong", "reason"), FAILURES)
@pytest.mark.parametrize("place", [pytest.param(n, id=name) for n, name in enumerate(BOOK)][:-1])
async def test_answer_of_no_use_ends_the_call(
    world: World, place: int, wrong: Json, reason: str
) -> None:
    """At whichever action: the bot apologises and parts, and the reason is in the record."""
    answers = [*list(BOOK.values())[:place], wrong]

    told = await scripted(world, answers)

    outcome, action, why = failure(told)
    assert (outcome, action) == ("webhook_failed", list(BOOK)[place])
    assert why.startswith(reason)
    assert "something has gone wrong" in " ".join(said(told)[-2:])


@pytest.mark.parametrize(
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
async def test_answer_of_the_wrong_shape_ends_the_call(
    world: World, answers: list[Json], intent: str, reason: str
) -> None:
    """An object for an array, things without ids: the bot cannot go on, and says why."""
    told = await scripted(world, answers, intent=intent)

    assert (told["outcome"], failure(told)[2]) == ("webhook_failed", reason)


@pytest.mark.parametrize(
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
    """An empty list is an answer: there is nothing of the kind, and no failure is noted."""
    told = await scripted(world, answers, intent=intent)

    assert (told["outcome"], failure(told)[2]) == (outcome, None)
    assert len(told["details"]["webhooks"]) == len(answers)
    assert "sorry" in said(told)[-2]


@pytest.mark.parametrize("before", [pytest.param(2, id="types"), pytest.param(4, id="products")])
async def test_empty_list_that_ends_a_booking_is_noted(world: World, before: int) -> None:
    """Where nothing can be booked, the record says which answer named nothing."""
    told = await scripted(world, [*list(BOOK.values())[:before], []])

    assert (told["outcome"], deviations(told)) == ("no_slot", ["the list is empty"])


async def test_slot_that_is_gone_is_negotiated_again(world: World) -> None:
    """A booking answered 409 leads back to the slots of the day, and asks for nothing twice."""
    answers = [*list(BOOK.values())[:7], Raw(status=409, json={}), [SLOT, LATER], {}]

    told = await scripted(world, answers)

    assert told["outcome"] == "booked"
    assert actions(told) == [*BOOK, "getSlots", "bookAppointment"]
    assert told["details"]["webhooks"][7]["failure"] == "status 409: the slot has gone"
    bodies = await requests(world, told)
    assert bodies[5] == bodies[8]
    assert (bodies[7]["participant"], bodies[7]["booker"]) == (
        bodies[9]["participant"],
        bodies[9]["booker"],
    )


async def test_slots_that_are_always_gone_end_without_one(world: World) -> None:
    """Whoever is always too late is told so after ten rounds."""
    rounds = [[SLOT], Raw(status=409, json={})]
    first = [*list(BOOK.values())[:7], Raw(status=409, json={})]

    told = await scripted(world, [*first, *rounds * 9])

    assert (told["outcome"], actions(told).count("bookAppointment")) == ("no_slot", 10)


async def test_unknown_fields_do_no_harm_and_users_are_told_apart_by_them(world: World) -> None:
    """Whatever attribute differs is asked for, also one that no page names."""
    users = [
        USER | {"id": f"u{number}", "vip": True, "memberNumber": f"00{number}"}
        for number in range(3)
    ]
    answers = [*list(FIND.values())[:2], users, [BOOKING], {}]
    persona = ADA | {"memberNumber": "002"}

    told = await scripted(world, answers, intent="cancel", persona=persona)

    assert told["outcome"] == "cancelled"
    assert (await requests(world, told))[3]["id"] == "u2"
    assert "bot: There are several entries. May I have your member number, please?" in said(told)


async def test_users_that_nothing_tells_apart_are_asked_for_again(world: World) -> None:
    """Where the answer has no telling attribute, the date of birth is asked and sent along."""
    twins = [{"id": "u1"}, {"id": "u2"}]
    answers = [*list(FIND.values())[:2], twins, [USER], [BOOKING], {}]

    told = await scripted(world, answers, intent="cancel")

    assert told["outcome"] == "cancelled"
    bodies = await requests(world, told)
    names = {"firstname": "Ada", "lastname": "Byron"}
    assert bodies[2]["participant"] == names
    assert bodies[3]["participant"] == names | {"dateOfBirth": "1995-12-10"}


async def test_users_that_stay_alike_are_not_found(world: World) -> None:
    """Two users whom not even the date of birth tells apart end the call."""
    twins = [{"id": "u1"}, {"id": "u2"}]
    answers = [*list(FIND.values())[:2], twins, twins]

    told = await scripted(world, answers, intent="cancel")

    assert (told["outcome"], len(actions(told))) == ("not_found", 4)


@pytest.mark.parametrize("name", ["id", "slotId"])
async def test_booking_may_hold_its_slot(world: World, name: str) -> None:
    """A booking that names its slot as an object is understood."""
    nested = {"bookingId": "b1", "slot": {name: "s0", "start": BOOKING["start"]}}
    answers = [*list(FIND.values())[:3], [nested], {}]

    told = await scripted(world, answers, intent="cancel")

    cancelled = (await requests(world, told))[-1]
    assert (cancelled["bookingId"], cancelled["slotId"]) == ("b1", "s0")
    assert deviations(told) == []


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
async def test_appointment_that_does_not_say_what_it_is_is_asked_about(
    world: World, names: Json, more: list[Json], asks: list[str]
) -> None:
    """Type and product are optional in a booking; to move it the caller says what is missing."""
    answers = [*list(FIND.values())[:3], [BARE | names], *more, [SLOT], {}]
    wishes = WISHES | {"appointmentType": "Colour", "product": "Long"}

    told = await scripted(world, answers, intent="modify", wishes=wishes)

    assert (told["outcome"], actions(told)) == (
        "modified",
        [*FIND, *asks, "getSlots", "modifyAppointment"],
    )
    asked = (await requests(world, told))[-2]
    assert (asked["appointmentTypeId"], asked["productId"]) == ("t2", "p2")
    assert asked["agentId"] is None


async def test_types_with_products_say_what_an_appointment_is(world: World) -> None:
    """In the rare case one more request tells both the type and the product."""
    types = [TYPES[0] | {"products": PRODUCTS[:1]}]
    answers = [*list(FIND.values())[:3], [BARE], types, [SLOT], {}]

    told = await scripted(world, answers, intent="modify", types_with_products=True)

    assert told["outcome"] == "modified"
    asked = (await requests(world, told))[-2]
    assert (asked["appointmentTypeId"], asked["productId"]) == ("t1", "p1")


async def test_appointment_that_nothing_can_be_found_out_about_stays(world: World) -> None:
    """Where no type is listed the call ends politely, and the appointment is left alone."""
    told = await scripted(world, [*list(FIND.values())[:3], [BARE], []], intent="modify")

    assert told["outcome"] == "no_slot"
    assert "Your appointment stays as it is." in said(told)[-2]


@pytest.mark.parametrize(
    "ahead",
    [
        pytest.param([BOOKING], id="one"),
        pytest.param([BOOKING, BOOKING | {"id": "b2"}], id="several"),
    ],
)
@pytest.mark.parametrize("intent", ["cancel", "modify"])
async def test_appointment_that_is_not_there_is_not_found(
    world: World, intent: str, ahead: Json
) -> None:
    """Whoever means an appointment that is not listed never loses another one instead."""
    answers = [*list(FIND.values())[:3], ahead]

    told = await scripted(world, answers, intent=intent, wishes={"booking": "2026-03-01"})

    assert (told["outcome"], actions(told)) == ("not_found", list(FIND))
    assert deviations(told) == ["no appointment matches 2026-03-01"]
    assert "sorry" in said(told)[-2]


async def test_appointment_is_found_by_its_moment_without_an_offset(world: World) -> None:
    """A start without an offset is a time of the bot's zone."""
    bare = BOOKING | {"start": "2026-01-06T09:00:00"}
    answers = [*list(FIND.values())[:3], [bare], None]

    wishes = {"booking": "2026-01-06T08:00:00Z"}
    told = await scripted(world, answers, intent="cancel", wishes=wishes)

    assert told["outcome"] == "cancelled"


async def test_answer_too_large_to_read_is_no_answer(world: World) -> None:
    """More than 64 KiB are not read, and the record says so."""
    large = [{"id": f"t{number}", "name": "x" * 60} for number in range(1000)]

    told = await scripted(world, [*list(BOOK.values())[:2], large])

    assert failure(told)[2] == "the response has 65536 bytes or more; no more of it is read"


@pytest.mark.parametrize(
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
async def test_webhook_that_is_not_heard_ends_the_call(
    said_instead: bytes | None, reason: str
) -> None:
    """A time-out, a broken connection and bad JSON are failures of their own; no retry is made."""
    app = create_app(Settings(callback_timeout=0.2))
    transport = httpx.ASGITransport(app=app)
    base_url = app.worlds.settings.base_url
    async with (
        listening() as receiver,
        httpx.AsyncClient(transport=transport, base_url=base_url) as http,
    ):
        world = World(http, (await http.post("/_emulator/worlds")).json())
        if said_instead == b"":
            receiver.gate.clear()
        receiver.answers.append(said_instead)

        told = await heard(world, webhook_url=receiver.url)

        outcome, action, why = failure(told)
        assert (outcome, action) == ("webhook_failed", "getEntityForSipId")
        assert why.startswith(reason)
        assert len(receiver.requests) == 1
        receiver.gate.set()
    await app.worlds.stop()


async def test_webhook_that_may_not_leave_ends_the_call(world: World) -> None:
    """A public address is not called unless that is allowed, and the record names the flag."""
    told = await heard(world, webhook_url="http://93.184.216.34/webhook")

    outcome, _, why = failure(told)
    assert outcome == "webhook_failed"
    assert "--allow-public-callbacks" in why


@pytest.mark.parametrize(
    "wish",
    ["b2", "2026-01-07", "2026-01-07T08:00:00Z", "Wednesday 7 January"],
    ids=["id", "day", "moment", "words"],
)
async def test_appointment_is_named_in_many_ways(world: World, wish: str) -> None:
    """By its id, by how its start begins, by the same moment, or as the bot says it."""
    later = BOOKING | {"id": "b2", "start": "2026-01-07T09:00:00.000+01:00"}
    answers = [*list(FIND.values())[:3], [BOOKING, later], {}]

    told = await scripted(world, answers, intent="cancel", wishes={"booking": wish})

    assert told["outcome"] == "cancelled"
    assert (await requests(world, told))[-1]["bookingId"] == "b2"


async def test_answer_after_the_end_is_noted(world: World) -> None:
    """An answer that comes when the call has ended changes nothing, and the record says so."""
    async with listening() as receiver:
        receiver.gate.clear()
        made = await call(world, webhook_url=receiver.url)
        passing = asyncio.create_task(world.advance(60))
        await receiver.came()
        await world.control("POST", f"/calls/{made['id']}/move", json={"status": "completed"})
        receiver.gate.set()
        await passing

        told = await shown(world, made)

    assert told["outcome"] == "hung_up"
    assert deviations(told) == ["the response came after the call had ended"]


@pytest.mark.parametrize(
    "persona",
    [
        pytest.param({"firstName": "Jane", "lastName": "Doe"}, id="camel-case"),
        pytest.param({"first_name": "Jane", "last_name": "Doe"}, id="snake-case"),
        pytest.param({"Vorname": "Jane", "Nachname": "Doe"}, id="german"),
    ],
)
async def test_persona_is_who_it_says_under_whatever_spelling(
    world: World, persona: dict[str, str]
) -> None:
    """What is given of a caller is told, and nothing that is made up speaks against it."""
    info = {"bookerInfo": [], "participantInfo": ["firstname", "lastname", "email", "address"]}
    answers = list((BOOK | {"getRequiredInfo": info}).values())

    told = await scripted(world, answers, persona=persona | {"Straße": "Am Hang 1", "plz": "80331"})

    booked = (await requests(world, told))[-1]["participant"]
    assert (booked["firstname"], booked["lastname"]) == ("Jane", "Doe")
    assert booked["email"] == "jane.doe@example.com"
    assert booked["address"] == "Am Hang 1, 80331 Dresden"


async def test_address_that_is_given_is_the_only_one(world: World) -> None:
    """A street that nobody has named is not made up beside an address."""
    info = {"bookerInfo": [], "participantInfo": ["address", "street"]}
    answers = list((BOOK | {"getRequiredInfo": info}).values())

    told = await scripted(world, answers, persona=ADA | {"address": "Am Hang 1, München"})

    booked = (await requests(world, told))[-1]["participant"]
    assert booked == {"address": "Am Hang 1, München"}
    assert deviations(told) == ["the caller does not know: street"]


HOMES: Json = [
    {"street": "Hauptstraße 12", "zip": "01067", "city": "Dresden"},
    {"street": "Am Hang 1", "zip": "80331", "city": "München"},
]


async def test_address_that_is_an_object_tells_users_apart(world: World) -> None:
    """An address may come in parts; what a webhook keeps for itself is never asked for."""
    users = [
        USER | {"id": f"u{place}", "address": home, "createdAt": f"2025-01-0{place + 1}T08:00:00Z"}
        for place, home in enumerate(HOMES)
    ]
    answers = [*list(FIND.values())[:2], users, [BOOKING], None]

    told = await scripted(world, answers, intent="cancel", persona=ADA)

    assert told["outcome"] == "cancelled"
    assert (await requests(world, told))[3]["id"] == "u0"
    assert not any("created" in line for line in said(told))
    assert sum("May I have your address" in line for line in said(told)) == 1


async def test_question_that_cannot_be_answered_is_put_once(world: World) -> None:
    """Asked again with the date of birth, the same users lead to no question that was put."""
    users = [
        USER | {"id": f"u{place}", "memberNumber": f"00{place}", "updated_at": f"{place}"}
        for place in range(2)
    ]
    answers = [*list(FIND.values())[:2], users, users]

    told = await scripted(world, answers, intent="cancel")

    assert told["outcome"] == "not_found"
    lines = said(told)
    assert sum("member number" in line for line in lines) == 1
    assert not any("updated" in line for line in lines)


async def test_date_of_birth_by_another_name_is_asked_for_once(world: World) -> None:
    """A webhook may call it otherwise: it has been asked for all the same."""
    users = [USER | {"id": f"u{place}", "geburtsdatum": "1995-12-10"} for place in range(2)]
    users.append(USER | {"id": "u2", "geburtsdatum": "1990-01-01"})
    answers = [*list(FIND.values())[:2], users]

    told = await scripted(world, answers, intent="cancel")

    assert (told["outcome"], len(actions(told))) == ("not_found", 3)
    assert sum("date of birth" in line for line in said(told)) == 1
