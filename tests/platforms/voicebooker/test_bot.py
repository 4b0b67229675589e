"""The bot's conversations: the documented sequence, what it skips, what it asks, how it ends."""

from itertools import pairwise
from typing import Any

import httpx
import pytest

from emulator.app import create_app
from emulator.platforms.voicebooker import examples
from emulator.settings import Settings
from tests.platforms.diary import Diary, served
from tests.platforms.voicebooker.support import (
    ADA,
    BERLIN,
    ENTITY,
    MASSAGE,
    actions,
    call,
    heard,
    options,
    requests,
    said,
    shown,
    slots,
)
from tests.support import World

BOOKING = list(examples.BOOKING_ACTIONS)
FINDING = ["getEntityForSipId", "getBusinessName", "findExistingUser", "findExistingBooking"]
EVA = {"firstname": "Eva", "lastname": "Lang"}
JO = {"firstname": "Jo", "lastname": "Roth"}
MONDAY = "2026-01-05"
MASSAGE_ONLY = {"appointmentType": "Massage"}
SMALL = {
    "name": "One chair",
    "sip_ids": ["small"],
    "hours": {"fri": [["09:00", "14:00"]]},
    "closed": ["2026-01-09"],
    "agents": [{"id": "one", "name": "The barber"}],
    "products": [{"id": "small-cut", "name": "Cut", "duration": 30}],
    "appointment_types": [
        {"id": "small-hair", "name": "Hair", "agents": ["one"], "products": ["small-cut"]}
    ],
}


async def test_booking_is_the_documented_sequence(world: World) -> None:
    """Each request has the documented fields, and carries what was answered before."""
    wishes = {"appointmentType": "massage", "agent": "Lea", "product": "30 minutes"}
    told = await heard(
        world,
        intent="book",
        sip_id="phoneSipId12345678",
        persona=ADA,
        wishes=wishes | {"day": MONDAY, "time": "10:00"},
    )

    names = {"firstname": "Ada", "lastname": "Byron"}
    entity, _, types, agents, products, asked, info, booked = await requests(world, told)
    assert told["outcome"] == told["details"]["outcome"] == "booked"
    assert actions(told) == BOOKING
    assert entity == {"action": "getEntityForSipId", "sipId": "phoneSipId12345678"}
    assert types == {"action": "getAppointmentTypes", "entityId": ENTITY}
    of_type = {"entityId": ENTITY, "appointmentTypeId": MASSAGE["appointmentTypeId"]}
    assert agents == {"action": "getAgents"} | of_type
    assert products == {"action": "getProducts"} | of_type
    day = {"agentId": "abcAgentId", "dateTime": MONDAY, "timezone": BERLIN}
    assert asked == {"action": "getSlots", **MASSAGE, **day}
    assert info == {"action": "getRequiredInfo", "productId": MASSAGE["productId"]}
    slot = booked.pop("slotId")
    assert slot
    assert booked == {
        "action": "bookAppointment",
        **MASSAGE,
        "start": f"{MONDAY}T10:00:00.000+01:00",
        "booker": names,
        "participant": names,
    }
    assert slot not in [each["id"] for each in await slots(world, MONDAY)]


async def test_whoever_says_nothing_books_all_the_same(world: World) -> None:
    """Every field has a default, and the caller has no preference for anybody."""
    told = await heard(world)

    assert (told["outcome"], actions(told)) == ("booked", BOOKING)
    assert (await requests(world, told))[5]["agentId"] is None
    assert told["to"] == world.made["credentials"]["voicebooker"]["sip_id"]


@pytest.mark.parametrize(
    ("intent", "outcome", "then"),
    [
        pytest.param("modify", "modified", ["getSlots", "modifyAppointment"], id="modify"),
        pytest.param("cancel", "cancelled", ["cancelAppointment"], id="cancel"),
    ],
)
async def test_appointment_of_the_demo_patient_is_changed(
    world: World, intent: str, outcome: str, then: list[str]
) -> None:
    """Modifying and cancelling find the user, then the appointment, then do as was asked."""
    told = await heard(world, intent=intent)

    bodies = await requests(world, told)
    assert (told["outcome"], actions(told)) == (outcome, FINDING + then)
    names = {"firstname": "Erika", "lastname": "Mustermann"}
    assert bodies[2] == {"action": "findExistingUser", "participant": names}
    assert bodies[3] == {"action": "findExistingBooking", "id": "abcUserId"}
    assert bodies[-1]["bookingId"] == "abcBookingId"


async def test_move_refers_to_both_slots(world: World) -> None:
    """``modifyAppointment`` names the old slot, the new one, and the new one's start."""
    told = await heard(world, intent="modify", wishes={"day": MONDAY, "time": "09:00"})

    (_, _, _, found, asked, moved) = await requests(world, told)
    assert found["id"] == "abcUserId"
    assert asked["dateTime"] == MONDAY
    assert set(moved) == {"action", "bookingId", "slotIdOld", "slotIdNew", "start"}
    assert moved["slotIdOld"] != moved["slotIdNew"]
    assert moved["start"] == f"{MONDAY}T09:00:00.000+01:00"


async def test_cancelling_twice_finds_nothing_the_second_time(world: World) -> None:
    """An appointment that was cancelled is not there any more."""
    await heard(world, intent="cancel")

    told = await heard(world, intent="cancel")

    assert (told["outcome"], actions(told)) == ("not_found", FINDING)
    assert said(told)[-2] == "bot: I am sorry, you have no appointment ahead. Goodbye."


async def test_questions_are_skipped_where_there_is_no_choice(world: World) -> None:
    """With one product nothing is asked about it; with several, the caller chooses."""
    one = said(await heard(world, wishes={"appointmentType": "typeFirstVisit"}))
    several = said(await heard(world, wishes={"appointmentType": "Massage"}))

    assert not any("Which of these" in line for line in one)
    assert not any("With whom" in line for line in one)
    assert any("Which of these" in line for line in several)


async def test_required_information_is_asked_for_by_name(world: World) -> None:
    """What ``getRequiredInfo`` lists is asked once each, and sent under the names it has."""
    told = await heard(world, persona=ADA, wishes={"appointmentType": "First consultation"})

    booked = (await requests(world, told))[-1]
    assert booked["booker"] == {"firstname": "Ada", "lastname": "Byron"}
    assert booked["participant"].items() >= ADA.items()
    assert set(booked["participant"]) == {*ADA, "email"}
    lines = said(told)
    assert lines.count("bot: May I have your first name, please?") == 1
    assert "bot: May I have your date of birth, please?" in lines
    assert "caller: 1995-12-10." in lines


async def test_somebody_else_can_book_for_the_participant(world: World) -> None:
    """A booker of another name is asked for, and sent, beside the participant."""
    told = await heard(
        world, persona=ADA, booker={"firstname": "Anne", "lastname": "Noel"}, wishes=MASSAGE_ONLY
    )

    booked = (await requests(world, told))[-1]
    assert booked["booker"] == {"firstname": "Anne", "lastname": "Noel"}
    assert booked["participant"] == {"firstname": "Ada", "lastname": "Byron"}
    assert "caller: No, I am calling for somebody else." in said(told)


async def test_another_day_is_agreed_on_when_nothing_is_free(world: World) -> None:
    """On a closed day the bot proposes the next, until one fits; time wishes are heeded."""
    told = await heard(world, wishes=MASSAGE_ONLY | {"day": "2026-01-03", "time": "16:45"})

    days = [each["dateTime"] for each in await requests(world, told) if "dateTime" in each]
    assert days == ["2026-01-03", "2026-01-04", "2026-01-05"]
    assert told["outcome"] == "booked"
    assert (await requests(world, told))[-1]["start"] == f"{MONDAY}T17:00:00.000+01:00"


async def test_bot_gives_up_after_so_many_days(world: World) -> None:
    """Without a slot the negotiation ends politely, after as many rounds as the option says."""
    await options(world, most_days=3)

    told = await heard(world, wishes={"time": "23:00"})

    assert told["outcome"] == "no_slot"
    assert actions(told).count("getSlots") == 3
    assert "cannot find a free time" in said(told)[-2]


async def test_unmatched_wish_is_settled_for_something_else(world: World) -> None:
    """Whoever wishes for what there is not takes what there is; the record says so."""
    told = await heard(world, wishes={"appointmentType": "Sauna", "agent": "Nobody"})

    notes = [note for each in told["details"]["webhooks"] for note in each["deviations"]]
    assert told["outcome"] == "booked"
    assert "no appointmentType is called Sauna" in notes
    assert "no agent is called Nobody" in notes


async def test_date_of_birth_tells_two_of_one_name_apart(world: World) -> None:
    """Of several users the one is meant of whom the next attribute is true."""
    who = {"firstname": "Thomas", "lastname": "Müller", "dateOfBirth": "23.07.1991"}

    told = await heard(world, intent="cancel", persona=who)

    assert told["outcome"] == "cancelled"
    assert (await requests(world, told))[3]["id"] == "userThomasJunior"
    assert any("several entries" in line and "date of birth" in line for line in said(told))


async def test_wrong_date_of_birth_finds_nobody(world: World) -> None:
    """Whoever is none of those found is told so."""
    who = {"firstname": "Thomas", "lastname": "Müller", "dateOfBirth": "1990-01-01"}

    told = await heard(world, intent="cancel", persona=who)

    assert (told["outcome"], actions(told)) == ("not_found", FINDING[:3])


async def test_caller_says_which_of_several_appointments(world: World) -> None:
    """With more than one appointment ahead the bot asks which."""
    aylin = {"firstname": "Aylin", "lastname": "Yilmaz"}

    told = await heard(
        world, intent="cancel", persona=aylin, wishes={"booking": "bookingAylinLater"}
    )

    assert told["outcome"] == "cancelled"
    assert (await requests(world, told))[-1]["bookingId"] == "bookingAylinLater"
    assert any("Which one is it about?" in line for line in said(told))


async def test_unknown_caller_is_not_found(world: World) -> None:
    """Nobody of that name: the bot says so and parts."""
    told = await heard(world, intent="modify", persona={"firstname": "No", "lastname": "One"})

    assert (told["outcome"], actions(told)) == ("not_found", FINDING[:3])


@pytest.mark.parametrize("number", [pytest.param(number, id=str(number)) for number in range(6)])
async def test_caller_hangs_up_midway(world: World, number: int) -> None:
    """A caller who hangs up leaves at one of the first three replies, and nothing is booked."""
    told = await heard(world, scenario="hung_up", **{"from": f"+4935155500{number}"})

    assert (told["status"], told["outcome"]) == ("completed", "hung_up")
    assert "bookAppointment" not in actions(told)
    assert sum(line.startswith("caller") for line in said(told)) < 3


async def test_caller_hangs_up_at_the_second_that_is_set(world: World) -> None:
    """A scenario's talk time says when; what was not said any more is not in the transcript."""
    told = await heard(world, scenario={"answer": "hung_up", "talk_seconds": 8})

    assert (told["outcome"], told["talk_seconds"]) == ("hung_up", 8.0)
    assert [turn["until"] for turn in told["details"]["transcript"]][-1] == told["ended_at"]
    assert len(said(told)) == 2


async def test_magic_number_of_the_caller_decides(world: World) -> None:
    """The scenario follows from the caller's number: silent callers are asked, then let go."""
    told = await heard(world, **{"from": "+493515599000"})

    assert told["outcome"] == "hung_up"
    assert said(told)[1:] == [
        "bot: Are you still there?",
        "bot: I am sorry, I cannot hear you.",
    ]


@pytest.mark.parametrize("scenario", ["busy", "no_answer", "failed"])
async def test_unanswered_call_asks_for_nothing(world: World, scenario: str) -> None:
    """A call that the bot never takes sends no webhook."""
    told = await heard(world, scenario=scenario)

    assert (told["status"], told["details"]["webhooks"], said(told)) == (scenario, [], [])
    assert told["ended_at"]


async def test_call_moved_by_hand_is_over(world: World) -> None:
    """Ended by hand it asks for nothing more, and the transcript ends there."""
    made = await call(world)
    await world.advance(20)
    moved = await world.control("POST", f"/calls/{made['id']}/move", json={"status": "completed"})
    before = await shown(world, made)

    await world.advance()

    assert moved.json()["outcome"] == "hung_up"
    assert await shown(world, made) == before
    assert before["details"]["outcome"] == "hung_up"
    assert max(turn["until"] for turn in before["details"]["transcript"]) <= before["ended_at"]


async def test_call_answered_by_hand_is_a_conversation(world: World) -> None:
    """A call that nobody would have answered runs to its end once it is answered by hand."""
    made = await call(world, scenario="no_answer")
    await world.control("POST", f"/calls/{made['id']}/move", json={"status": "in_progress"})
    await world.advance()

    told = await shown(world, made)

    assert (told["status"], told["outcome"]) == ("completed", "booked")


async def test_turns_and_requests_follow_each_other(world: World) -> None:
    """Nobody speaks over anybody, and a request leaves when what led to it has been said."""
    told = await heard(world)

    turns = told["details"]["transcript"]
    assert all(one["until"] <= two["at"] for one, two in pairwise(turns))
    ends = {turn["until"] for turn in turns} | {told["answered_at"]}
    assert {each["asked_at"] for each in told["details"]["webhooks"]} <= ends
    assert told["ended_at"] == turns[-1]["until"]


async def test_transcript_of_a_call_under_way_ends_now(world: World) -> None:
    """While the call goes on the transcript tells what has begun, and no outcome."""
    made = await call(world)
    await world.advance(15)

    told = await shown(world, made)

    now = (await world.control("GET", "/clock")).json()["now"]
    turns = told["details"]["transcript"]
    assert turns
    assert all(turn["at"] < now and turn["until"] <= now for turn in turns)
    assert told["details"]["outcome"] is None


async def test_types_with_products_are_asked_where_wanted(world: World) -> None:
    """In the rare case the one request stands for both, and ``getProducts`` is not sent."""
    told = await heard(world, types_with_products=True)

    assert told["outcome"] == "booked"
    rare = [name for name in BOOKING if name != "getProducts"]
    rare[2] = "getAppointmentTypesWithProducts"
    assert actions(told) == rare


async def test_entity_is_sent_everywhere_where_wanted(world: World) -> None:
    """With the option, the webhooks that do not list ``entityId`` carry it too."""
    await options(world, entity_id_everywhere=True)

    told = await heard(world)

    assert all(each["entityId"] == ENTITY for each in (await requests(world, told))[1:])


async def test_world_sends_its_calls_where_the_option_says(world: World) -> None:
    """The option's address and headers hold for calls that name none of their own."""
    await world.control("PUT", "/inboxes/bot", json={"answers": [500]})
    await options(
        world, webhook_url=world.inbox_url + "bot", webhook_headers={"X-Secret": "open sesame"}
    )

    told = await heard(world)

    (message,) = await world.inbox("bot")
    assert message["json"] == {"action": "getEntityForSipId", "sipId": told["to"]}
    headers = {name.lower(): value for name, value in dict(message["headers"]).items()}
    assert (headers["x-secret"], headers.get("token")) == ("open sesame", None)
    assert told["outcome"] == "webhook_failed"


@pytest.mark.parametrize(
    ("fields", "outcome", "last"),
    [
        pytest.param({"persona": EVA}, "booked", "bookAppointment", id="book"),
        pytest.param(
            {"intent": "modify", "persona": EVA | {"dateOfBirth": "1990-05-05"}},
            "modified",
            "modifyAppointment",
            id="modify",
        ),
        pytest.param(
            {"intent": "cancel", "persona": JO, "wishes": {"booking": "b3"}},
            "cancelled",
            "cancelAppointment",
            id="cancel",
        ),
    ],
)
async def test_flow_runs_against_a_backend_of_another_make(
    world: World, fields: dict[str, Any], outcome: str, last: str
) -> None:
    """A backend with names and shapes of its own is understood, and nothing is found amiss."""
    diary = Diary()
    with served(diary) as url:
        told = await heard(world, sip_id="salon", webhook_url=url, **fields)

    assert told["outcome"] == outcome
    assert [each["action"] for each in diary.requests] == actions(told)
    assert diary.requests == await requests(world, told)
    assert diary.requests[-1]["action"] == last
    assert [each["deviations"] for each in told["details"]["webhooks"] if each["deviations"]] == []


async def test_hundred_calls_for_ten_slots_book_exactly_ten(http: httpx.AsyncClient) -> None:
    """Calls that all want the same ten slots get one each; the others are told there is none."""
    made = await http.post("/_emulator/worlds", json={"seed": 11})
    world = World(http, made.json())
    await world.control("PUT", "/voicebooker/businesses/small", json=SMALL)

    calls = [await call(world, sip_id="small", persona=ADA) for _ in range(100)]
    await world.advance()

    outcomes = [(await shown(world, each))["outcome"] for each in calls]
    assert {outcome: outcomes.count(outcome) for outcome in outcomes} == {
        "booked": 10,
        "no_slot": 90,
    }
    days = (
        await world.control("GET", "/voicebooker/book?business_id=small&day=2026-01-02&days=31")
    ).json()["days"]
    starts = [each["start"] for day in days for each in day["bookings"]]
    assert len(starts) == len(set(starts)) == 10
    await http.delete(f"/_emulator/worlds/{world.name}")


async def flows(seed: int) -> list[bytes]:
    """Live through the three flows against a backend on a socket and the reference backend."""
    app = create_app(Settings())
    transport = httpx.ASGITransport(app=app)
    base_url = app.worlds.settings.base_url
    async with httpx.AsyncClient(transport=transport, base_url=base_url) as http:
        world = World(http, (await http.post("/_emulator/worlds", json={"seed": seed})).json())
        told: list[bytes] = []
        with served(Diary()) as url:
            for intent in ("book", "modify", "cancel"):
                there = {"sip_id": "salon", "persona": JO, "webhook_url": url}
                for fields in ({}, there):
                    made = await call(world, intent=intent, **fields)
                    await world.advance()
                    read = await world.control("GET", f"/calls/{made['id']}")
                    told.append(read.content.replace(url.encode(), b"url"))
                    told += [repr(each).encode() for each in await requests(world, read.json())]
    await app.worlds.stop()
    return told


async def test_flows_tell_the_same_bytes_twice() -> None:
    """The same seed gives the same ids, times, words and requests; another does not."""
    first, again, other = await flows(3), await flows(3), await flows(4)

    assert first == again
    assert first != other


@pytest.mark.parametrize("day", ["2025-12-31", "2020-02-29"])
async def test_day_that_has_passed_cannot_be_wished_for(world: World, day: str) -> None:
    """Nobody calls about yesterday: the wish is refused, and nobody has called."""
    body = {"platform": "voicebooker", "wishes": {"day": day}}

    refused = await world.control("POST", "/calls", json=body)

    assert refused.status_code == 400
    assert "wishes.day is in the past" in refused.text
    assert (await world.control("GET", "/calls")).json() == []


async def test_day_it_is_is_that_of_the_bot(world: World) -> None:
    """Where it is still yesterday, yesterday can be wished for."""
    told = await heard(world, timezone="America/New_York", wishes={"day": "2025-12-31"})

    assert "2025-12-31" in [each.get("dateTime") for each in await requests(world, told)]
