"""Links: what happens at one platform of a world starts something at another."""

from typing import Any, Final

import httpx
import pytest

from emulator.cli.demo_data import clinic_document
from emulator.control.seed_file.worlds import load
from emulator.platforms import discover
from tests.cases import each_case_alone
from tests.support import Json, World

REMINDER: Final = {
    "source": "voicebooker.appointment",
    "target": "intron.reminder",
    "when": {"hours_before": 24},
}
ANSWERED: Final = {
    "source": "exotel.number",
    "target": "bimpe.agent",
    "when": {"number": "+918047100100"},
}
BOOKED: Final = {
    "source": "bimpe.action",
    "target": "voicebooker.booking",
    "when": {"words": ["book", "appointment"]},
}
PATIENT: Final = {"firstname": "Ada", "lastname": "Obi", "phone": "+2348055599001"}


async def link(world: World, *links: Json) -> None:
    response = await world.control("PUT", "/links", json=list(links))
    assert response.status_code == 200, response.text


async def links(world: World) -> Json:
    return (await world.control("GET", "/links")).json()


async def calls(world: World, platform: str) -> list[Json]:
    found = (await world.control("GET", "/calls", params={"platform": platform})).json()
    return list(found)


async def slots(world: World, day: str) -> list[Json]:
    """Return what books each free slot of a day of the practice that every world has."""
    book = (await world.control("GET", "/voicebooker/businesses")).json()[0]
    kind = book["appointment_types"][0]
    named = {"appointmentTypeId": kind["id"], "productId": kind["products"][0]}
    free = await webhook(
        world, "getSlots", entityId=book["id"], dateTime=day, timezone="UTC", **named
    )
    return [named | {"slotId": each["id"], "start": each["start"]} for each in free]


async def webhook(world: World, action: str, **fields: Any) -> Any:
    token = world.made["credentials"]["voicebooker"]["token"]
    response = await world.http.post(
        "/voicebooker/webhook", json={"action": action, **fields}, headers={"Token": token}
    )
    assert response.status_code == 200, response.text
    return response.json()


async def booked(world: World, slot: Json) -> Json:
    return await webhook(world, "bookAppointment", booker=PATIENT, participant=PATIENT, **slot)


async def test_appointment_is_reminded_of_a_day_before(world: World) -> None:
    """The reminder is dialed 24 hours before the appointment, with its facts, on the clock."""
    await link(world, REMINDER)
    slot = (await slots(world, "2026-01-05"))[0]
    await booked(world, slot)

    await world.advance()

    (call,) = await calls(world, "intron")
    shown = (await world.control("GET", f"/calls/{call['id']}")).json()
    assert shown["created_at"][:10] == "2026-01-04"
    assert shown["details"]["message"].startswith("Hello Ada, this is a reminder")
    assert "Monday 5 January" in shown["details"]["message"]
    assert [each["followed"] for each in await links(world)] == [1]
    for each in (call["batch_id"], call["id"]):
        text = (await world.control("GET", f"/explain/{each}")).json()["text"]
        assert "created by link voicebooker.appointment -> intron.reminder [history " in text
        assert "created; " not in text


async def test_reminder_follows_the_appointment(world: World) -> None:
    """A cancelled appointment is not reminded of, one that is too soon neither."""
    await link(world, REMINDER)
    free = await slots(world, "2026-01-05")
    cancelled = await booked(world, free[0])
    await world.control("DELETE", f"/voicebooker/bookings/{cancelled['id']}")
    await link(world, REMINDER | {"when": {"hours_before": 8760}})
    await booked(world, free[1])

    await world.advance()

    assert await calls(world, "intron") == []


async def test_link_that_cannot_be_followed_says_why(world: World) -> None:
    """A refusal of the target is counted, with its reason, and nothing else happens."""
    await link(world, REMINDER | {"settings": {"workflow_id": "gone"}})
    await booked(world, (await slots(world, "2026-01-05"))[0])

    await world.advance()

    (shown,) = await links(world)
    assert (shown["followed"], shown["failed"]) == (0, 1)
    assert "workflow_id names no workflow: gone" in shown["error"]
    (entry,) = (await world.control("GET", "/history", params={"kind": "link"})).json()
    assert (entry["target"], entry["error"]) == ("intron.reminder", shown["error"])


async def test_number_is_answered_by_an_agent(world: World) -> None:
    """On a call to the number, the lines are those of the agent's workflow; on others not."""
    await link(world, ANSWERED)
    bot_id = await world.bot()
    workflow = {
        "name": "Desk",
        "system_prompt": "x",
        "faq": [{"question": "When do you open?", "answer": "At eight."}],
    }
    made = (await world.bimpe("POST", "/workflows", json=workflow)).json()["data"]
    agent = {"workflow_id": made["id"], "name": "Amina", "description": "Desk"}
    await world.bimpe("POST", "/agents", json=agent)
    await link(world, ANSWERED | {"settings": {"agent": "Amina"}})
    inbound = {"direction": "inbound", "scenario": {"behavior": "answered", "talk_seconds": 60}}

    linked = await world.call(bot_id, **inbound, to="+918047100100")
    other = await world.call(bot_id, **inbound, to="+918047100101")
    await world.advance()

    said = [each["text"] for each in await transcript(world, linked)]
    assert said[0] == "Hello, this is Amina. How can I help you?"
    assert said[1:3] == ["When do you open?", "At eight."]
    assert (await transcript(world, other))[0]["text"] != said[0]


async def transcript(world: World, call: Json) -> list[Json]:
    shown = (await world.control("GET", f"/calls/{call['id']}")).json()
    return list(shown["details"]["transcript"])


async def test_agent_books_in_the_appointment_book(world: World) -> None:
    """A message with the words makes the agent book, and say when; others get their reply."""
    await link(world, BOOKED, REMINDER)
    agents = (await world.bimpe("GET", "/agents")).json()["data"]
    path = f"/agents/{agents[0]['id']}/conversations/messages"
    user = {"channel_type": "whatsapp", "channel_user_id": "+2348055599001", "role": "user"}

    asked = user | {"message": "Please book an appointment for me", "channel_username": "Ada"}
    reply = (await world.bimpe("POST", path, json=asked)).json()["data"]
    other = (await world.bimpe("POST", path, json=user | {"message": "Hello"})).json()["data"]

    assert reply["message"].startswith("Your appointment at ")
    assert not other["message"].startswith("Your appointment at ")
    book = (await world.control("GET", "/voicebooker/users")).json()
    assert "+2348055599001" in [each.get("phone") for each in book]


async def test_links_are_added_one_by_one(world: World) -> None:
    """A link is added to those that there are, and refused like those of a list."""
    added = [await world.control("POST", "/links", json=each) for each in (REMINDER, ANSWERED)]
    refused = await world.control("POST", "/links", json={"source": "x", "target": "y"})

    assert [each.status_code for each in added] == [201, 201]
    assert [each["source"] for each in await links(world)] == [
        "voicebooker.appointment",
        "exotel.number",
    ]
    assert refused.json()["detail"].startswith("source must be one of")


@each_case_alone(
    ("body", "said"),
    [
        pytest.param({}, "must be an array", id="object"),
        pytest.param([{"source": "x", "target": "y"}], "[0].source must be one of", id="source"),
        pytest.param([REMINDER | {"target": "intron.x"}], "[0].target must be one of", id="target"),
        pytest.param(
            [REMINDER | {"when": {"hours_before": -1}}],
            "[0].when.hours_before must be at least 0",
            id="when",
        ),
        pytest.param(
            [REMINDER, REMINDER | {"settings": {"x": 1}}],
            "[1].settings.x is not a field",
            id="settings",
        ),
        pytest.param([REMINDER] * 101, "at most 100 entries", id="many"),
    ],
)
async def test_wrong_link_is_refused(world: World, body: Any, said: str) -> None:
    """Nothing changes, and the problem names the link and its field."""
    await link(world, ANSWERED)

    refused = await world.control("PUT", "/links", json=body)

    assert refused.status_code == 400
    assert said in refused.json()["detail"]
    assert [each["source"] for each in await links(world)] == ["exotel.number"]


async def test_links_last_through_a_reset_a_fork_and_a_file(world: World) -> None:
    """Links are settings of the world; what was scheduled continues in a fork."""
    await link(world, REMINDER)
    await booked(world, (await slots(world, "2026-01-05"))[0])
    fork = await world.http.post("/_emulator/worlds", json={"from": world.name, "name": "forked"})
    exported = await world.control("GET", "/export")
    other = World(world.http, fork.json())

    await other.advance()
    await world.control("POST", "/reset")

    assert len(await calls(other, "intron")) == 1
    assert [each["target"] for each in await links(world)] == ["intron.reminder"]
    assert b'"intron.reminder"' in exported.content
    kinds = (await world.control("GET", "/links/kinds")).json()
    assert {each["name"] for each in kinds["targets"]} >= {"intron.reminder", "bimpe.agent"}


async def test_clinic_runs_for_a_week(http: httpx.AsyncClient) -> None:
    """The world of ``serve --demo`` shows all links: every booking is reminded of, on its day."""
    await load(http, clinic_document(), discover(), str(http.base_url))
    clinic = World(http, (await http.get("/_emulator/worlds/clinic")).json())
    await clinic.control("PUT", "/clock", json={"mode": "frozen"})

    await clinic.advance(seconds=7 * 86_400)

    booked = [each for each in await calls(clinic, "voicebooker") if each["status"] == "completed"]
    reminded = await calls(clinic, "intron")
    (front_desk, *_) = await calls(clinic, "exotel")
    assert len(booked) == 5
    assert sorted(each["created_at"][:10] for each in reminded) == [
        "2026-01-05",
        "2026-01-06",
        "2026-01-06",
        "2026-01-07",
        "2026-01-08",
    ]
    said = [each["text"] for each in await transcript(clinic, front_desk)]
    assert said[0] == "Hello, this is Amina from St Mary's Clinic. How can I help you?"
    assert {each["failed"] for each in await links(clinic)} == {0}
    assert all(each["followed"] for each in await links(clinic))


@pytest.mark.parametrize(
    ("source", "target", "said"),
    [
        ("voicebooker.appointment", "bimpe.agent", "needs a source about a call"),
        ("exotel.number", "voicebooker.booking", "needs a source about a person"),
        ("bimpe.action", "intron.reminder", "needs a source about an appointment"),
    ],
)
async def test_source_and_target_fit_each_other(
    world: World, source: str, target: str, said: str
) -> None:
    """A target that could do nothing with what its source knows is refused, not followed."""
    when = {"number": "+918047100100"} if source == "exotel.number" else {}

    refused = await world.control(
        "POST", "/links", json={"source": source, "target": target, "when": when}
    )

    assert refused.status_code == 400
    assert said in refused.json()["detail"]
    assert await links(world) == []


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param([], id="removed"),
        pytest.param([ANSWERED], id="another"),
        pytest.param([REMINDER | {"when": {"hours_before": 2}}], id="later"),
    ],
)
async def test_link_that_was_changed_is_not_followed_for_what_was_due(
    world: World, changed: list[Json]
) -> None:
    """A step that a former link has scheduled does nothing once another is in its place."""
    await link(world, REMINDER)
    await booked(world, (await slots(world, "2026-01-05"))[0])
    await link(world, *changed)

    await world.advance()

    assert await calls(world, "intron") == []
    assert [each["followed"] for each in await links(world)] == [0] * len(changed)
