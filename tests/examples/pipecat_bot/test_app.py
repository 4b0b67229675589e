"""The emulator calls the pipecat bot: it greets, responds in time, and can be interrupted."""

import socket
import subprocess
import sys
import time

import pytest

CONNECT = "/v1/Accounts/{account_id}/Calls/connect.json"
SCRIPT = [
    {"wait_for": "speech"},
    {"wait_for": "quiet"},
    {"say": "Hello, do you have a table for two?"},
    {"wait_for": "speech"},
    {"wait": 0.5},
    {"say": "Stop, please."},
    {"wait": 1},
    {"hang_up": True},
]


@pytest.fixture(scope="session")
def bot_url():
    """Serve the bot in a process of its own."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "app:app", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as bot:
        while bot.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"ws://127.0.0.1:{port}/"
        bot.terminate()


def test_bot_converses(emulator_world, emulator_client, bot_url):
    """The person is greeted, gets a response within two seconds, and interrupts it."""
    emulator_world.behave({"behavior": "answered", "script": SCRIPT}, number="+919876543210")
    exotel = emulator_world.credentials["exotel"]
    placed = emulator_client.post(
        CONNECT.format(**exotel),
        auth=(exotel["api_key"], exotel["api_token"]),
        data={
            "From": "+919876543210",
            "CallerId": "08047112233",
            "StreamUrl": bot_url,
            "StreamType": "bidirectional",
        },
    )
    emulator_world.advance()

    call = emulator_world.call(placed.json()["Call"]["Sid"])
    assert call.stream["status"] == "cancelled", emulator_world.explain(call)
    assert call.quality["first_sound"] < 2
    assert call.quality["response"]["worst"] < 2
    (barge_in,) = call.quality["barge_ins"]
    assert barge_in["to_silence"] < 1
