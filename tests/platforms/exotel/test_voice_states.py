"""Calls of the Calls API in files, under faults of capacity, by commands and in explanations."""

import json
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from emulator.app import create_app
from emulator.domain.scenarios import SCENARIOS
from emulator.persistence.wal import WorldFileError
from emulator.platforms.exotel.calls.schemas import effect
from emulator.settings import Settings
from tests.platforms.exotel.test_flows import FLOW_URLS
from tests.platforms.exotel.test_voice_calls import FROM, TO, Voice, reports
from tests.support import World

EVENTS: Final = {"StatusCallbackEvents[]": ["answered", "terminal"]}


@pytest.fixture
def voice(world: World) -> Voice:
    return Voice(world)


async def explained(voice: Voice, sid: str) -> str:
    return str((await voice.world.control("GET", f"/explain/{sid}")).json())


async def test_explanation_says_why_no_status_callback_came(voice: Voice) -> None:
    """No address, an end that was not asked for, a call that continues, and a person who calls."""
    inbox = f"{voice.world.inbox_url}ended"
    answered = {"StatusCallbackEvents[]": "answered", "To": "+919876599012"}
    silent = await voice.connect()
    busy = await voice.connect(StatusCallback=inbox, **answered, From="+919876599012")
    going = await voice.connect(StatusCallback=inbox)
    await voice.world.control("PUT", "/exotel/flows/1", json={"kind": "hangup"})
    asked = {"platform": "exotel", "flow_id": "1"}
    inbound = (await voice.world.control("POST", "/calls", json=asked)).json()

    assert "it has not ended" in await explained(voice, going["Sid"])
    await voice.world.advance()

    assert "placed without a StatusCallback" in await explained(voice, silent["Sid"])
    assert "StatusCallbackEvents are answered only" in await explained(voice, busy["Sid"])
    assert "it is an inbound call" in await explained(voice, inbound["id"])


async def test_call_that_waits_for_a_line_begins_later(voice: Voice) -> None:
    """With one line, the second call rings once the first has ended; its legs have those times."""
    fault = {"effect": {"kind": "capacity", "calls": 1}, "match": {"platform": "exotel"}}
    made = await voice.world.control("POST", "/faults", json=fault)
    assert made.status_code == 201, made.text
    first = await voice.connect()
    second = await voice.connect(StatusCallback=f"{voice.world.inbox_url}ended", **EVENTS)
    await voice.world.advance()

    shown = [await voice.call(each["Sid"]) for each in (first, second)]
    answered = (await reports(voice.world))[0]
    assert [each["Status"] for each in shown] == ["completed"] * 2
    assert answered["DateUpdated"] > shown[0]["EndTime"]


async def test_call_that_is_ended_by_hand_runs_no_flow(voice: Voice) -> None:
    """Steps of a flow that come after the end of its call do nothing."""
    applets = [{"kind": "connect", "to": "+919876599001"}, {"kind": "wait", "seconds": 5}]
    await voice.world.control("PUT", "/exotel/flows/1", json={"applets": applets})
    calls = [
        await voice.connect(To=None, Url=FLOW_URLS["start"].format(1), From=f"+9198765990{last}")
        for last in ("01", "02")
    ]
    early, late = (each["Sid"] for each in calls)
    for status in ("in_progress", "completed"):
        await voice.world.control("POST", f"/calls/{early}/move", json={"status": status})
    await voice.world.advance(8)
    await voice.world.control("POST", f"/calls/{late}/move", json={"status": "completed"})
    await voice.world.advance()

    shown = [await voice.call(sid) for sid in (early, late)]
    assert [each["Details"]["Leg2Status"] for each in shown] == [None, "canceled"]


@pytest.mark.parametrize("name", ["StreamUrl", "To"])
async def test_flow_does_not_go_with_another_kind(voice: Voice, name: str) -> None:
    """``Url`` with ``StreamUrl`` or ``To`` is refused, by the name of the other."""
    await voice.world.control("PUT", "/exotel/flows/1", json={"kind": "hangup"})
    form = {"From": FROM, "CallerId": "08047000001", "Url": FLOW_URLS["start"].format(1)}
    other = {"StreamUrl": "wss://b.example/s", "To": TO}[name]

    refused = await voice.request("POST", "/Calls/connect.json", data=form | {name: other})

    message = refused.json()["RestException"]["Message"]
    assert (refused.status_code, message) == (
        400,
        f"The '{name}' parameter is not allowed with Url.",
    )


def test_effect_of_each_scenario_is_a_status() -> None:
    """The table of magic numbers says how a call ends."""
    found = {name: effect(scenario) for name, scenario in SCENARIOS.items()}

    assert found["answered"] == "Status completed"
    assert found["busy"] == "Status busy"
    assert found["no_answer"] == "Status no-answer"
    assert found["failed"] == "Status failed"


async def place_in_file(path: Path) -> list[Any]:
    """Place calls in a world that is kept in a file, and return what is shown of them."""
    app = create_app(Settings(data=path))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as http:
        await http.put("/_emulator/clock", json={"mode": "frozen"})
        voice = Voice(World(http, (await http.get("/_emulator/worlds/default")).json()), "acme")
        calls = [await voice.connect(StatusCallback=f"{voice.world.inbox_url}ended", **EVENTS)]
        await voice.world.advance(8)
        calls.append(await voice.connect())
        shown = [await voice.call(each["Sid"]) for each in calls]
        await app.worlds.stop()
    return shown


async def test_calls_resume_after_a_restart(tmp_path: Path) -> None:
    """What is shown is the same, lists have the calls, and their ends are reported."""
    path = tmp_path / "worlds.json"
    before = await place_in_file(path)
    app = create_app(Settings(data=path))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as http:
        voice = Voice(World(http, (await http.get("/_emulator/worlds/default")).json()), "acme")
        after = [await voice.call(each["Sid"]) for each in before]
        await voice.world.advance()
        listed = await voice.listed("Status=completed&Duration=gte:1s&SortBy=DateCreated:asc")
        sent = await reports(voice.world)
        await app.worlds.stop()

    assert after == before
    assert listed == [each["Sid"] for each in before]
    assert [each["EventType"] for each in sent] == ["answered", "answered", "terminal"]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        pytest.param({"legs": []}, "legs", id="no legs"),
        pytest.param({"id": "f" * 32}, "id", id="unknown to the engine"),
    ],
)
async def test_file_with_half_a_call_is_refused(
    tmp_path: Path, change: dict[str, Any], problem: str
) -> None:
    """A file whose records contradict each other is not loaded."""
    path = tmp_path / "worlds.json"
    await place_in_file(path)
    text = json.loads(path.read_text())
    table = next(rows for name, rows in text.items() if name == "exotel.calls.calls")
    row = next(iter(table.values()))
    row |= change
    del text["emulator"]["1"]["checksum"]
    copy = tmp_path / "copy.json"
    copy.write_text(json.dumps(text))

    with pytest.raises((WorldFileError, ValueError), match=problem):
        create_app(Settings(data=copy))


async def test_fork_goes_its_own_way(voice: Voice) -> None:
    """A fork has the calls of its world under its own account; each ends in its own world."""
    call = await voice.connect(StatusCallback=f"{voice.world.inbox_url}ended", **EVENTS)
    made = await voice.world.http.post("/_emulator/worlds", json={"from": voice.world.name})
    fork = Voice(World(voice.world.http, made.json()))
    await fork.world.advance()

    here, there = await voice.call(call["Sid"]), await fork.call(call["Sid"])
    assert (here["Status"], there["Status"]) == ("in-progress", "completed")
    assert there["AccountSid"] == fork.world.account != here["AccountSid"]
    assert await fork.listed("Status=completed") == [call["Sid"]]
    assert await voice.listed("Status=completed") == []
    assert (len(await reports(voice.world)), len(await reports(fork.world))) == (0, 3)
    await fork.world.http.delete(f"/_emulator/worlds/{fork.world.name}")
