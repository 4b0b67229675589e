"""StatusCallbacks as public integrations ask for and read them: only the host differs."""

import asyncio
from typing import Any, Final

import pytest
from click.testing import CliRunner

from emulator.cli import main
from emulator.conformance.receiver.runner import grade
from emulator.conformance.receiver.service_state import Window
from emulator.conformance.receiver.simulated_calls import Stage
from emulator.conformance.receiver.trial import Endpoint
from emulator.platforms import discover
from tests.platforms.exotel.receivers import KEY, BoundReceiver, CrmReceiver, Receiver
from tests.platforms.exotel.test_voice_calls import Voice
from tests.support import Json, World

AGENT: Final = "+919876599001"


async def received(world: World, receiver: Receiver, name: str) -> list[int]:
    """Hand a receiver what an inbox has taken; the statuses that it responds with."""
    messages = (await world.control("GET", f"/inboxes/{name}")).json()
    return [
        receiver.take(each["path"], each["body"].encode(), each["headers"]["content-type"])
        for each in messages
    ]


async def dial_as_crm(voice: Voice, to: str) -> Json:
    """Place a call with the request that the CRM makes, from an ExoPhone that it has found."""
    listed = await voice.request("GET", "/IncomingPhoneNumbers.json")
    exophones = [
        phone.get("IncomingPhoneNumber", {}).get("PhoneNumber")
        for phone in listed.json().get("IncomingPhoneNumbers", [])
    ]
    response = await voice.request(
        "POST",
        "/Calls/connect.json?details=true",
        data={
            "From": AGENT,
            "To": to,
            "CallerId": exophones[0],
            "Record": "true",
            "StatusCallback": f"{voice.world.made['inbox_url']}crm?key={KEY}",
            "StatusCallbackEvents[0]": "terminal",
            "StatusCallbackEvents[1]": "answered",
        },
    )
    response.raise_for_status()
    call = response.json().get("Call", {})
    assert call["Sid"]
    assert call["From"]
    assert call["To"] == to
    assert call["PhoneNumberSid"] == exophones[0]
    return call


@pytest.mark.parametrize(
    ("to", "status", "steps"),
    [
        ("09876599001", "Completed", ["waiting", "talking", "ended: completed"]),
        ("09876599012", "Ringing", ["waiting", "ended: busy"]),
        ("09876599011", "No Answer", ["waiting", "ended: no-answer"]),
    ],
)
async def test_crm_follows_a_call(world: World, to: str, status: str, steps: list[str]) -> None:
    """A CRM that reads a handful of flat names sees both persons answer, and how the call ended."""
    voice, crm = Voice(world), CrmReceiver()
    call = await dial_as_crm(voice, to)

    await world.advance()
    statuses = await received(world, crm, "crm")

    log = crm.known[call["Sid"]]
    is_talked = status == "Completed"
    assert statuses == [200] * len(steps)
    assert (log["status"], log["steps"], log["to"]) == (status, steps, to)
    assert (log["duration"] != "0", bool(log["recording_url"])) == (is_talked, is_talked)
    assert log["start_time"] <= log["end_time"]


async def test_client_of_voice_ai_reads_call_and_number(world: World) -> None:
    """A number is found in every spelling, a call is bound by its Sid, and its cost can be read."""
    voice = Voice(world)
    (exophone, *_) = [await voice.exophone()]
    for spelling in (exophone, f"+91{exophone[1:]}", f"91{exophone[1:]}", exophone[1:]):
        found = await voice.request(
            "GET", "/IncomingPhoneNumbers.json", params={"PhoneNumber": spelling}
        )
        assert len(found.json()["IncomingPhoneNumbers"]) == 1
    placed = await voice.request(
        "POST",
        "/Calls/connect.json",
        data={
            "From": "09876599001",
            "CallerId": exophone,
            "StreamUrl": "wss://bot.test/media/1",
            "StreamType": "bidirectional",
            "StatusCallback": f"{world.made['inbox_url']}bound?exotel_auth={KEY}",
            "StatusCallbackEvents[]": "terminal",
        },
    )
    sid = placed.json()["Call"]["Sid"]
    await world.advance()
    early, bound = BoundReceiver(), BoundReceiver(sid)

    assert await received(world, early, "bound") == [403]
    assert await received(world, bound, "bound") == [200]
    assert (bound.known[sid]["status"], bound.known[sid]["from"]) == ("completed", "09876599001")
    shown = (await voice.request("GET", f"/Calls/{sid}.json")).json()["Call"]
    assert (shown["Status"], float(shown["Price"] or "0") >= 0) == ("completed", True)
    assert int(shown["Duration"]) >= 0


async def test_early_status_callback_is_refused_and_sent_again(world: World) -> None:
    """With the fault ``early`` a receiver that binds Sids first refuses, then takes the retry."""
    voice = Voice(world)
    await world.control("PUT", "/inboxes/bound", json={"answers": [403, 200]})
    await world.control(
        "POST", "/faults", json={"match": {"platform": "exotel"}, "effect": {"kind": "early"}}
    )
    await voice.connect(StatusCallback=f"{world.made['inbox_url']}bound")
    taken = (await world.control("GET", "/inboxes/bound")).json()
    await world.advance()

    again = (await world.control("GET", "/inboxes/bound")).json()
    assert (len(taken), len(again)) == (1, 2)
    assert again[0]["body"] == again[1]["body"]


def graded(receiver: Receiver, kind: str, query: str) -> Json:
    """Grade a receiver in this process with StatusCallbacks of a kind."""
    vendor = discover()["exotel"]
    assert vendor.hooks.receiver_check is not None
    stage = Stage(vendor, vendor.hooks.receiver_check.named(kind), 0)
    window = Window(url="http://crm.test/known/{CallSid}", fields=("status",))
    endpoint = Endpoint(url=f"http://crm.test/hook?{query}", transport=receiver, window=window)
    return asyncio.run(grade(endpoint, stage)).shown()


@pytest.mark.parametrize("kind", ["status-callbacks", "status-callbacks-json"])
def test_receivers_are_graded_with_status_callbacks(kind: str) -> None:
    """The report says that a call log which each callback overwrites goes back on a late one."""
    report = graded(CrmReceiver(), kind, f"key={KEY}")

    results = {each["check"]: each["result"] for each in report["checks"]}
    assert results["good"] == results["duplicate"] == results["early"] == "pass"
    assert results["late_regression"] == results["reorder"] == "fail"
    assert results["missing_field"] == "pass"


def test_receiver_that_refuses_unknown_calls_fails() -> None:
    """One that takes callbacks only of calls it has stored fails from the first."""
    report = graded(BoundReceiver(), "status-callbacks", f"exotel_auth={KEY}")

    assert report["checks"][0]["reason"].startswith("a callback as it should be: answered 403")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["--platform", "exotel", "--callbacks", "x"],
            "--callbacks must be one of webhooks, status-callbacks, status-callbacks-json",
        ),
        (["--platform", "intron", "--callbacks", "x"], "--callbacks is not needed"),
    ],
)
def test_unknown_kind_of_callbacks_is_refused(arguments: list[str], said: str) -> None:
    """The kinds are named."""
    result: Any = CliRunner().invoke(main, ["check-receiver", "http://127.0.0.1:9/", *arguments])

    assert (result.exit_code, said in result.output) == (2, True)
