"""A script for an environment with the wheel: it serves, makes requests and prints a report."""

import contextlib
import fcntl
import json
import socket
import struct
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

from emulator.fixtures import folder

SWITCH, UP = 0x8914, 1 | 64
"""SIOCSIFFLAGS; IFF_UP and IFF_RUNNING."""
OUTSIDE = ("192.0.2.1", 80)
SUFFIXES = {".py", ".pyc"}


def enable_loopback() -> None:
    """Enable the loopback interface, which is down in a new network namespace."""
    with socket.socket() as any_socket, contextlib.suppress(OSError):
        fcntl.ioctl(any_socket, SWITCH, struct.pack("16sh", b"lo", UP))


def reaches_the_network() -> bool:
    """Whether a request could leave this machine."""
    try:
        socket.create_connection(OUTSIDE, 1).close()
    except TimeoutError:
        return True  # the packet left, and nothing answered
    except OSError:
        return False
    return True


def ask(url: str, body: Any = None) -> Any:
    """Make a request and return the JSON of its response."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Authorization": "Bearer x"})  # noqa: S310  # ours
    with urllib.request.urlopen(request) as answer:  # noqa: S310  # ours
        return json.load(answer)


def place_a_call(base_url: str) -> str:
    """Place a call to a busy number, and return its status."""
    workflow = {"name": "Reminder", "workflow_type": "ROBOCALL", "message": "Hello"}
    made = ask(f"{base_url}/voicebot/v1/workflows", workflow)["data"]
    batch = {"workflow_id": made["id"], "workflow_params": [{"phone_number": "+23480099012"}]}
    placed = ask(f"{base_url}/voicebot/v1/call", batch)["data"]
    ask(f"{base_url}/_emulator/clock/advance", {"until": "idle"})
    (call,) = ask(f"{base_url}/_emulator/calls?batch_id={placed['batch_id']}")
    return str(call["status"])


def title_of_a_guide(base_url: str) -> str:
    """Return the title of a guide's page."""
    with urllib.request.urlopen(f"{base_url}/_emulator/guide/quickstart") as answer:  # noqa: S310  # ours
        return str(answer.read().decode().partition("<h1")[2].partition(">")[2].partition("<")[0])


def main() -> None:
    """Serve the demo world, place a call, and print its status and the installed files."""
    enable_loopback()
    program = Path(sys.executable).with_name("voicebot-emulator")
    checked = subprocess.run([program, "selfcheck"], check=False, stdout=subprocess.DEVNULL)  # noqa: S603  # ours
    world = folder() / "worlds" / "demo.json"
    command = [str(program), "serve", "--port", "0", "--demo", "--world", str(world)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as served:  # noqa: S603  # ours
        try:
            assert served.stdout is not None
            lines = (line.split() for line in served.stdout if line.startswith("control"))
            base_url = next(lines)[1].removesuffix("/_emulator")
            status, guide = place_a_call(base_url), title_of_a_guide(base_url)
        finally:
            served.terminate()
    package = folder().parent
    files = (path.relative_to(package) for path in package.rglob("*") if path.is_file())
    report = {
        "package": str(package),
        "network": reaches_the_network(),
        "status": status,
        "guide": guide,
        "selfcheck": checked.returncode,
        "files": sorted(str(path) for path in files if path.suffix not in SUFFIXES),
    }
    print(json.dumps(report))  # noqa: T201  # what the test reads


if __name__ == "__main__":
    main()
