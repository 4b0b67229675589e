"""The vendor's curl, Python and JavaScript samples, run as its pages print them.

Changed are only the host and the ids of workflows. The Python samples write their bodies with
JSON's ``false`` and ``true``, and print ``response.json`` without calling it: slips of the
vendor's, so they run with the two names defined and a line of ours prints the answer.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import httpx
import pytest

from emulator.app import Emulator
from emulator.server import running
from emulator.settings import Settings
from tests.limits import LIMIT_SECONDS
from tests.support import WORKFLOW

PAGES: Final = Path(__file__).parents[3] / "fixtures" / "contracts" / "intron" / "pages"
HOST: Final = "https://voicebot.intron.health"
IDS: Final = re.compile(
    r"123e4567-e89b-12d3-a456-426614174000|9b643eb4-0799-4761-bd34-9580eb315aaf"
    r"|(?<=/workflows/)123(?=/)"
)
SAMPLES: Final = {
    "curl": re.compile(r"^curl .*?(?=^import requests$)", re.MULTILINE | re.DOTALL),
    "python": re.compile(r"^import requests$.*?^print\(.*?$", re.MULTILINE | re.DOTALL),
    "javascript": re.compile(r"^const requestOptions.*?^\.catch\(.*?$", re.MULTILINE | re.DOTALL),
}
OPERATIONS: Final = (
    ("create", "workflow created successfully"),
    ("create with reply", "workflow created successfully"),
    ("list", "workflows retrieved successfully"),
    ("get", "workflow retrieved successfully"),
    ("update", "workflow updated successfully"),
    ("delete", "workflow deleted successfully"),
    ("requests", "workflow requests retrieved successfully"),
    ("calls", "workflow calls retrieved successfully"),
    ("place calls", "batch request created successfully"),
)
"""What the samples of each language do, in the order of the pages, and what answers them."""

PYTHON: Final = "false, true = False, True\n{}\nprint(response.status_code, response.text)\n"


def samples(language: str) -> list[str]:
    texts = [(PAGES / f"voice-bots-{page}.txt").read_text() for page in ("workflow", "call")]
    return [sample for text in texts for sample in SAMPLES[language].findall(text)]


def each_sample(language: str) -> pytest.MarkDecorator:
    found = zip(OPERATIONS, samples(language), strict=True)
    params = [pytest.param(text, message, id=name) for (name, message), text in found]
    return pytest.mark.parametrize(("sample", "message"), params)


def program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def run(*command: str) -> str:
    """Run a program to its end, without proxies or anything else of the environment."""
    done = subprocess.run(  # noqa: S603  # what it runs is a file of ours
        command, capture_output=True, text=True, check=False, timeout=LIMIT_SECONDS, env={}
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """A server for the whole module."""
    with running(Settings(port=0)) as app:
        yield app


@pytest.fixture
def workflow_id(emulator: Emulator) -> str:
    """A workflow for the samples that name one."""
    url = f"{emulator.worlds.settings.base_url}/voicebot/v1/workflows"
    headers = {"Authorization": "Bearer YOUR_ACCESS_TOKEN"}
    response = httpx.post(url, headers=headers, json=WORKFLOW, trust_env=False)
    return str(response.json()["data"]["id"])


@pytest.fixture
def adapted(emulator: Emulator, workflow_id: str, sample: str) -> str:
    """The sample with our host and an id of ours."""
    return IDS.sub(workflow_id, sample).replace(HOST, emulator.worlds.settings.base_url)


@each_sample("curl")
def test_curl_sample_runs(adapted: str, message: str) -> None:
    """A curl sample, pasted with another host, is answered 200 with the documented message."""
    curl = Path(program("curl"))
    command = f"PATH={curl.parent}\n{adapted.strip()} --silent --write-out ' %{{http_code}}'"

    body, _, status = run(program("sh"), "-c", command).rpartition(" ")

    assert (status, json.loads(body)["message"]) == ("200", message)


@each_sample("python")
def test_python_sample_runs(adapted: str, message: str) -> None:
    """A Python sample, pasted with another host, is answered 200 with the documented message."""
    printed = run(sys.executable, "-c", PYTHON.format(adapted)).splitlines()

    status, _, body = printed[-1].partition(" ")
    assert (status, json.loads(body)["message"]) == ("200", message)


@each_sample("javascript")
def test_javascript_sample_runs(adapted: str, message: str) -> None:
    """A JavaScript sample, which sends no JSON content type, prints the documented message."""
    printed = run(program("node"), "--eval", adapted)

    answer = json.loads(printed)
    assert (answer["status"], answer["message"]) == ("Ok", message)
