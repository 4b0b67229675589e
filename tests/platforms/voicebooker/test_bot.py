"""The bot's conversations: the documented sequence, what it skips and asks, how it ends."""

from itertools import pairwise
from typing import Any

import httpx
import pytest

from emulator.app import create_app
from emulator.platforms.voicebooker import examples
from emulator.settings import Settings
from tests.cases import each_case_alone
from tests.platforms.diary import Diary, served
from tests.platforms.voicebooker.support import (
    ADA,
    BERLIN,
    ENTITY,
    MASSAGE,
    actions,
    call,
    finished,
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
    """Each request has the documented fields, filled from earlier responses."""
    wishes = {"appointmentType": "massage", "agent": "Lea", "product": "30 minutes"}
    placed = await finished(
        world,
        intent="book",
        sip_id="phoneSipId12345678",
        persona=ADA,
        wishes=wishes | {"day": MONDAY, "time": "10:00"},
    )

    names = {"firstname": "Ada", "lastname": "Byron"}
    entity, _, types, agents, products, asked, info, booked = await requests(world, placed)
    assert placed["outcome"] == placed["details"]["outcome"] == "booked"
    assert actions(placed) == BOOKING
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


async def test_call_without_wishes_books(world: World) -> None:
    """Every field of a call has a default, and the caller has no preference."""
    placed = await finished(world)

    assert (placed["outcome"], actions(placed)) == ("booked", BOOKING)
    assert (await requests(world, placed))[5]["agentId"] is None
    assert placed["to"] == world.made["credentials"]["voicebooker"]["sip_id"]


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
    """To modify or cancel, the bot finds the user, then the appointment, then changes it."""
    placed = await finished(world, intent=intent)

    bodies = await requests(world, placed)
    assert (placed["outcome"], actions(placed)) == (outcome, FINDING + then)
    names = {"firstname": "Erika", "lastname": "Mustermann"}
    assert bodies[2] == {"action": "findExistingUser", "participant": names}
    assert bodies[3] == {"action": "findExistingBooking", "id": "abcUserId"}
    assert bodies[-1]["bookingId"] == "abcBookingId"


async def test_move_refers_to_both_slots(world: World) -> None:
    """``modifyAppointment`` has the old slot, the new one, and the new one's start."""
    placed = await finished(world, intent="modify", wishes={"day": MONDAY, "time": "09:00"})

    (_, _, _, found, asked, moved) = await requests(world, placed)
    assert found["id"] == "abcUserId"
    assert asked["dateTime"] == MONDAY
    assert set(moved) == {"action", "bookingId", "slotIdOld", "slotIdNew", "start"}
    assert moved["slotIdOld"] != moved["slotIdNew"]
    assert moved["start"] == f"{MONDAY}T09:00:00.000+01:00"


async def test_cancelling_twice_finds_nothing_the_second_time(world: World) -> None:
    """A cancelled appointment is not found any more."""
    await finished(world, intent="cancel")

    placed = await finished(world, intent="cancel")

    assert (placed["outcome"], actions(placed)) == ("not_found", FINDING)
    assert said(placed)[-2] == "bot: I am sorry, you have no appointment ahead. Goodbye."


async def test_questions_with_one_option_are_skipped(world: World) -> None:
    """With one product the bot does not ask; with several the caller chooses."""
    one = said(await finished(world, wishes={"appointmentType": "typeFirstVisit"}))
    several = said(await finished(world, wishes={"appointmentType": "Massage"}))

    assert not any("Which of these" in line for line in one)
    assert not any("With whom" in line for line in one)
    assert any("Which of these" in line for line in several)


async def test_required_information_is_asked_for_by_name(world: World) -> None:
    """Every field of ``getRequiredInfo`` is asked for once and sent under its name."""
    placed = await finished(world, persona=ADA, wishes={"appointmentType": "First consultation"})

    booked = (await requests(world, placed))[-1]
    assert booked["booker"] == {"firstname": "Ada", "lastname": "Byron"}
    assert booked["participant"].items() >= ADA.items()
    assert set(booked["participant"]) == {*ADA, "email"}
    lines = said(placed)
    assert lines.count("bot: May I have your first name, please?") == 1
    assert "bot: May I have your date of birth, please?" in lines
    assert "caller: 1995-12-10." in lines


async def test_booker_can_differ_from_the_participant(world: World) -> None:
    """A booker with another name is asked for and sent beside the participant."""
    placed = await finished(
        world, persona=ADA, booker={"firstname": "Anne", "lastname": "Noel"}, wishes=MASSAGE_ONLY
    )

    booked = (await requests(world, placed))[-1]
    assert booked["booker"] == {"firstname": "Anne", "lastname": "Noel"}
    assert booked["participant"] == {"firstname": "Ada", "lastname": "Byron"}
    assert "caller: No, I am calling for someone else." in said(placed)


async def test_another_day_is_agreed_on_when_nothing_is_free(world: World) -> None:
    """On a closed day the bot proposes the next one; wishes for a time are respected."""
    placed = await finished(world, wishes=MASSAGE_ONLY | {"day": "2026-01-03", "time": "16:45"})

    days = [each["dateTime"] for each in await requests(world, placed) if "dateTime" in each]
    assert days == ["2026-01-03", "2026-01-04", "2026-01-05"]
    assert placed["outcome"] == "booked"
    assert (await requests(world, placed))[-1]["start"] == f"{MONDAY}T17:00:00.000+01:00"


async def test_bot_gives_up_after_the_maximum_of_days(world: World) -> None:
    """Without a slot the call ends politely, after as many rounds as the option says."""
    await options(world, most_days=3)

    placed = await finished(world, wishes={"time": "23:00"})

    assert placed["outcome"] == "no_slot"
    assert actions(placed).count("getSlots") == 3
    assert "cannot find a free time" in said(placed)[-2]


async def test_unmatched_wish_is_replaced_by_an_offer(world: World) -> None:
    """A caller whose wish is not offered takes something else, and this is recorded."""
    placed = await finished(world, wishes={"appointmentType": "Sauna", "agent": "Nobody"})

    notes = [note for each in placed["details"]["webhooks"] for note in each["deviations"]]
    assert placed["outcome"] == "booked"
    assert "no appointmentType is called Sauna" in notes
    assert "no agent is called Nobody" in notes


async def test_date_of_birth_distinguishes_users_of_one_name(world: World) -> None:
    """Of several users, the next attribute selects one."""
    who = {"firstname": "Thomas", "lastname": "Müller", "dateOfBirth": "23.07.1991"}

    placed = await finished(world, intent="cancel", persona=who)

    assert placed["outcome"] == "cancelled"
    assert (await requests(world, placed))[3]["id"] == "userThomasJunior"
    assert any("several entries" in line and "date of birth" in line for line in said(placed))


async def test_wrong_date_of_birth_finds_no_user(world: World) -> None:
    """A caller who is none of the users found is not found."""
    who = {"firstname": "Thomas", "lastname": "Müller", "dateOfBirth": "1990-01-01"}

    placed = await finished(world, intent="cancel", persona=who)

    assert (placed["outcome"], actions(placed)) == ("not_found", FINDING[:3])


async def test_caller_chooses_one_of_several_appointments(world: World) -> None:
    """With several future appointments the bot asks which one."""
    aylin = {"firstname": "Aylin", "lastname": "Yilmaz"}

    placed = await finished(
        world, intent="cancel", persona=aylin, wishes={"booking": "bookingAylinLater"}
    )

    assert placed["outcome"] == "cancelled"
    assert (await requests(world, placed))[-1]["bookingId"] == "bookingAylinLater"
    assert any("Which one is it about?" in line for line in said(placed))


async def test_unknown_caller_is_not_found(world: World) -> None:
    """If no user has the caller's name, the bot says so and ends the call."""
    placed = await finished(world, intent="modify", persona={"firstname": "No", "lastname": "One"})

    assert (placed["outcome"], actions(placed)) == ("not_found", FINDING[:3])


@each_case_alone("number", [pytest.param(number, id=str(number)) for number in range(6)])
async def test_caller_hangs_up_midway(world: World, number: int) -> None:
    """The caller hangs up at one of the first three replies, and nothing is booked."""
    placed = await finished(world, scenario="hung_up", **{"from": f"+4935155500{number}"})

    assert (placed["status"], placed["outcome"]) == ("completed", "hung_up")
    assert "bookAppointment" not in actions(placed)
    assert sum(line.startswith("caller") for line in said(placed)) < 3


async def test_caller_hangs_up_after_the_talk_time(world: World) -> None:
    """A scenario's talk time decides; the transcript has only what was said before."""
    placed = await finished(world, scenario={"behavior": "hung_up", "talk_seconds": 8})

    assert (placed["outcome"], placed["talk_seconds"]) == ("hung_up", 8.0)
    assert [turn["until"] for turn in placed["details"]["transcript"]][-1] == placed["ended_at"]
    assert len(said(placed)) == 2


async def test_magic_number_selects_the_scenario(world: World) -> None:
    """The caller's number selects the scenario: a silent caller is asked, then the call ends."""
    placed = await finished(world, **{"from": "+493515599000"})

    assert placed["outcome"] == "hung_up"
    assert said(placed)[1:] == [
        "bot: Are you still there?",
        "bot: I am sorry, I cannot hear you.",
    ]


@pytest.mark.parametrize("scenario", ["busy", "no_answer", "failed"])
async def test_unanswered_call_sends_no_webhook(world: World, scenario: str) -> None:
    """A call that is not answered sends no webhook."""
    placed = await finished(world, scenario=scenario)

    assert (placed["status"], placed["details"]["webhooks"], said(placed)) == (scenario, [], [])
    assert placed["ended_at"]


async def test_call_ended_by_the_control_api_is_over(world: World) -> None:
    """It sends no more webhooks, and its transcript ends there."""
    made = await call(world)
    await world.advance(20)
    moved = await world.control("POST", f"/calls/{made['id']}/move", json={"status": "completed"})
    before = await shown(world, made)

    await world.advance()

    assert moved.json()["outcome"] == "hung_up"
    assert await shown(world, made) == before
    assert before["details"]["outcome"] == "hung_up"
    assert max(turn["until"] for turn in before["details"]["transcript"]) <= before["ended_at"]


async def test_call_answered_by_the_control_api_is_a_conversation(world: World) -> None:
    """A call that would not have been answered runs to its end after that."""
    made = await call(world, scenario="no_answer")
    await world.control("POST", f"/calls/{made['id']}/move", json={"status": "in_progress"})
    await world.advance()

    placed = await shown(world, made)

    assert (placed["status"], placed["outcome"]) == ("completed", "booked")


async def test_turns_and_requests_follow_each_other(world: World) -> None:
    """Turns do not overlap, and a request leaves after the turn before it."""
    placed = await finished(world)

    turns = placed["details"]["transcript"]
    assert all(one["until"] <= two["at"] for one, two in pairwise(turns))
    ends = {turn["until"] for turn in turns} | {placed["answered_at"]}
    assert {each["asked_at"] for each in placed["details"]["webhooks"]} <= ends
    assert placed["ended_at"] == turns[-1]["until"]


async def test_transcript_of_an_active_call_ends_now(world: World) -> None:
    """During the call the transcript has the turns so far, and there is no outcome."""
    made = await call(world)
    await world.advance(15)

    placed = await shown(world, made)

    now = (await world.control("GET", "/clock")).json()["now"]
    turns = placed["details"]["transcript"]
    assert turns
    assert all(turn["at"] < now and turn["until"] <= now for turn in turns)
    assert placed["details"]["outcome"] is None


async def test_types_with_products_replace_get_products(world: World) -> None:
    """With the option one request replaces two, and ``getProducts`` is not sent."""
    placed = await finished(world, types_with_products=True)

    assert placed["outcome"] == "booked"
    rare = [name for name in BOOKING if name != "getProducts"]
    rare[2] = "getAppointmentTypesWithProducts"
    assert actions(placed) == rare


async def test_entity_is_sent_with_every_webhook(world: World) -> None:
    """With the option, webhooks that do not list ``entityId`` have it, too."""
    await options(world, entity_id_everywhere=True)

    placed = await finished(world)

    assert all(each["entityId"] == ENTITY for each in (await requests(world, placed))[1:])


async def test_option_sets_the_webhook_of_calls(world: World) -> None:
    """The option's URL and headers are used by calls that name none."""
    await world.control("PUT", "/inboxes/bot", json={"answers": [500]})
    await options(
        world, webhook_url=world.inbox_url + "bot", webhook_headers={"X-Secret": "open sesame"}
    )

    placed = await finished(world)

    (message,) = await world.inbox("bot")
    assert message["json"] == {"action": "getEntityForSipId", "sipId": placed["to"]}
    headers = {name.lower(): value for name, value in dict(message["headers"]).items()}
    assert (headers["x-secret"], headers.get("token")) == ("open sesame", None)
    assert placed["outcome"] == "webhook_failed"


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
async def test_flow_runs_against_another_backend(
    world: World, fields: dict[str, Any], outcome: str, last: str
) -> None:
    """A backend with other names and shapes is understood, without deviations."""
    diary = Diary()
    with served(diary) as url:
        placed = await finished(world, sip_id="salon", webhook_url=url, **fields)

    assert placed["outcome"] == outcome
    assert [each["action"] for each in diary.requests] == actions(placed)
    assert diary.requests == await requests(world, placed)
    assert diary.requests[-1]["action"] == last
    assert [
        each["deviations"] for each in placed["details"]["webhooks"] if each["deviations"]
    ] == []


async def test_hundred_calls_for_ten_slots_book_exactly_ten(http: httpx.AsyncClient) -> None:
    """Of calls that want the same ten slots, ten succeed; the others find no slot."""
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
    """Run the three flows against a backend on a socket and the reference backend."""
    app = create_app(Settings())
    transport = httpx.ASGITransport(app=app)
    base_url = app.worlds.settings.base_url
    async with httpx.AsyncClient(transport=transport, base_url=base_url) as http:
        world = World(http, (await http.post("/_emulator/worlds", json={"seed": seed})).json())
        placed: list[bytes] = []
        with served(Diary()) as url:
            for intent in ("book", "modify", "cancel"):
                there = {"sip_id": "salon", "persona": JO, "webhook_url": url}
                for fields in ({}, there):
                    made = await call(world, intent=intent, **fields)
                    await world.advance()
                    read = await world.control("GET", f"/calls/{made['id']}")
                    placed.append(read.content.replace(url.encode(), b"url"))
                    placed += [repr(each).encode() for each in await requests(world, read.json())]
    await app.worlds.stop()
    return placed


async def test_flows_give_the_same_bytes_twice() -> None:
    """The same seed gives the same ids, times, words and requests; another seed does not."""
    first, again, other = await flows(3), await flows(3), await flows(4)

    assert first == again
    assert first != other


@pytest.mark.parametrize("day", ["2025-12-31", "2020-02-29"])
async def test_past_day_cannot_be_wished_for(world: World, day: str) -> None:
    """The wish is refused, and no call is placed."""
    body = {"platform": "voicebooker", "wishes": {"day": day}}

    refused = await world.control("POST", "/calls", json=body)

    assert refused.status_code == 400
    assert "wishes.day is in the past" in refused.text
    assert (await world.control("GET", "/calls")).json() == []


async def test_today_is_in_the_time_zone_of_the_bot(world: World) -> None:
    """In a zone where it is still yesterday, yesterday can be wished for."""
    placed = await finished(world, timezone="America/New_York", wishes={"day": "2025-12-31"})

    assert "2025-12-31" in [each.get("dateTime") for each in await requests(world, placed)]
