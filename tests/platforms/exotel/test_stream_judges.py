"""What judges the wire of AgentStream: the samples of the protocol page, and its own echo bot.

https://developer.exotel.com/docs/agentstream/websocket-protocol
"""

import asyncio
from base64 import b64encode
from collections.abc import Callable
from typing import Any, Final

import pytest
from websockets.asyncio.server import ServerConnection, serve

from emulator.fixtures import folder
from emulator.kit.json import from_json
from emulator.platforms.exotel.calls.streams.bot_messages import read_bot_message
from emulator.platforms.exotel.calls.streams.messages import MessageWriter, StreamIds
from tests.cases import each_case
from tests.platforms.exotel.test_stream_calls import LOCKSTEP, follow, streams, talk
from tests.platforms.exotel.test_voice_calls import Voice
from tests.support import Json, World

SAMPLES: Final = folder() / "contracts" / "exotel" / "streams"
PAYLOAD: Final = "<base64-encoded PCM>"
SOUND: Final = b"\0\x20" * 1600
IDS: Final = StreamIds(
    stream_sid="MZxxxxxxxxxxxxxxxxxxxxxxxx",
    call_sid="CAxxxxxxxxxxxxxxxxxxxxxxxx",
    account_sid="ACxxxxxxxxxxxxxxxxxxxxxxxx",
    person="+919876543210",
    line="+918047491899",
)


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"options": {"exotel": LOCKSTEP}}


@pytest.fixture
async def voice(world: World) -> Voice:
    """The Calls API of a world in lockstep."""
    return Voice(world)


def sample(name: str) -> str:
    """Return a message of the page, with sound in place of its placeholder."""
    return (SAMPLES / name).read_text().replace(PAYLOAD, b64encode(SOUND).decode())


@each_case("event", ["connected", "start", "media", "dtmf", "mark", "stop"])
def test_message_to_a_bot_is_the_sample_of_the_page(event: str) -> None:
    """Every field, with the page's own values."""
    shown: Json = from_json(sample(f"{event}.message.json"))
    number = int(shown.get("sequence_number", 1)) - 1
    writer = MessageWriter("snake", IDS, 8000, {"key1": "value1"}, sequence=number)
    made: dict[str, Callable[[], str]] = {
        "connected": writer.connected,
        "start": writer.start,
        "media": lambda: writer.media(2, 200, SOUND),
        "dtmf": lambda: writer.dtmf("5", 100),
        "mark": lambda: writer.mark("my-label"),
        "stop": lambda: writer.stop("callended"),
    }

    assert from_json(made[event]()) == shown


@pytest.mark.parametrize(("event", "name"), [("media", ""), ("mark", "turn-3-end"), ("clear", "")])
def test_sample_of_a_bots_message_is_read_without_a_finding(event: str, name: str) -> None:
    """What the page shows is what the emulator asks for."""
    found = read_bot_message(sample(f"{event}.answer.json"), IDS.stream_sid)

    assert (found.event, found.name, found.findings) == (event, name, [])
    assert found.sound == (SOUND if event == "media" else b"")


def test_every_sample_is_tested() -> None:
    """A file of the page that no test reads does not count."""
    files = {path.name for path in SAMPLES.iterdir()}

    tested = {f"{each}.message.json" for each in ("connected", "start", "media", "dtmf", "mark")}
    answers = {f"{each}.answer.json" for each in ("media", "mark", "clear")}
    assert files == tested | answers | {"stop.message.json", "echo.server.txt"}


async def test_echo_bot_of_the_page_holds_a_conversation(voice: Voice) -> None:
    """It is written with ``websockets``, and sends back what the person says until stop."""
    program, ended = {"__name__": "echo"}, asyncio.Event()
    exec((SAMPLES / "echo.server.txt").read_text().replace("asyncio.run(main())", ""), program)  # noqa: S102  # the page's own
    await follow(voice, {"say": 1}, {"wait_for": "quiet"}, {"press": "5"}, {"hang_up": True})

    async def handle(call: ServerConnection) -> None:
        await program["handle"](call)  # type: ignore[operator]
        ended.set()

    async with serve(handle, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        await talk(voice, f"ws://127.0.0.1:{port}/")
        await ended.wait()

    (stream,) = await streams(voice)
    assert (stream["status"], stream["disconnected_by"]) == ("cancelled", "user")
    assert [each["code"] for each in stream["findings"]] == ["chunk_below_minimum"]
    assert stream["received"]["media"] == stream["sent"]["media"] - 1  # the last one crosses stop
    assert stream["played_seconds"] == pytest.approx(stream["duration"], abs=0.2)
