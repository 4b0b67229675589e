"""Java's HttpClient, which offers HTTP/2 with its requests, is answered like any other client."""

import json
import subprocess
from pathlib import Path
from shutil import which
from typing import Final

import httpx
import pytest

from emulator.server import running
from emulator.settings import Settings
from tests.limits import LIMIT_SECONDS

JAVA: Final = which("java")
JUDGE: Final = Path(__file__).parents[1] / "java" / "Judge.java"
VERSIONS: Final = ("HTTP_1_1", "HTTP_2")
AT_ONCE: Final = 20


@pytest.mark.skipif(
    JAVA is None, reason="there is no Java here: make java-test says what to install"
)
def test_java_client_loses_no_body() -> None:
    """Bodies of known and of unknown length arrive, one by one and many at the same time."""
    with running(Settings(port=0)) as app:
        url = app.worlds.settings.base_url
        ended = subprocess.run(  # noqa: S603  # our own program
            [str(JAVA), str(JUDGE), url],
            capture_output=True,
            text=True,
            timeout=LIMIT_SECONDS,
            check=False,
        )
        inbox = httpx.get(f"{url}/_emulator/inboxes/java", trust_env=False).json()
        headers = {"Authorization": "Bearer java"}
        page = httpx.get(f"{url}/voicebot/v1/workflows", headers=headers, trust_env=False).json()

    lines = [line.partition(" ") for line in ended.stdout.splitlines()]
    assert (ended.returncode, ended.stderr) == (0, "")
    assert {status for status, _, _ in lines} <= {"200", "201"}
    assert [message["json"] for message in inbox] == [{"from": version} for version in VERSIONS]
    names = [workflow["name"] for workflow in page["data"]]
    assert sorted(names) == sorted(
        ["plain", "chunked"] * 2 + [f"at once {number}" for number in range(AT_ONCE)]
    )
    worlds = [json.loads(body)["name"] for _, _, body in lines if '"credentials"' in body]
    assert worlds == [f"java-{version}" for version in VERSIONS]
