"""Every example of Exotel's page is accepted, and answered with what the page shows."""

import json
import subprocess
from collections.abc import Iterator
from typing import Any, Final

import httpx
import pytest

from emulator.server import running
from emulator.settings import Settings
from tests.limits import LIMIT_SECONDS
from tests.platforms.exotel.pages import FOLDER, PAGE, cut
from tests.support import World

HOST: Final = "https://voicebot.in.exotel.com"
AT_TEN: Final = {"clock": {"mode": "frozen", "now": "2026-04-08T10:29:50Z"}}
"""The bot is made ten seconds later, when the page says that it was changed."""
QUIETLY: Final = 'curl() { command curl --silent --show-error --fail-with-body "$@"; }'

FILES: Final = cut(PAGE.read_text())


def example(name: str) -> Any:
    return json.loads(FILES[name])


@pytest.fixture
def settings() -> dict[str, Any]:
    return AT_TEN


def test_fixtures_are_the_page() -> None:
    """The files have exactly the examples of the page, and none is missing."""
    files = [path for path in FOLDER.iterdir() if path.suffix in {".sh", ".json"}]

    assert {path.name: path.read_text() for path in files} == FILES
    page = PAGE.read_text()
    assert page.count("\ncurl ") == sum(name.endswith(".sh") for name in FILES)
    assert page.count("\nExample Response") == sum(".response." in name for name in FILES)


async def test_drawn_conversation_begins_like_the_page(world: World) -> None:
    """The bot of the page's text and its caller say the page's turns at the page's times."""
    call = await world.call(await world.bot())

    await world.advance()

    turns = (await world.conversation(call))["transcript"]
    assert turns[:2] == example("get_conversation.response.json")["transcript"]


@pytest.fixture(scope="module")
def served() -> Iterator[httpx.Client]:
    """A client of a server of its own: the commands of the page need a real address."""
    with (
        running(Settings(port=0)) as app,
        httpx.Client(base_url=app.worlds.settings.base_url, trust_env=False) as client,
    ):
        yield client


def test_commands_of_the_page_run_as_they_are(served: httpx.Client) -> None:
    """Every curl command of the page works, with nothing changed but host and ids."""
    ids: dict[str, str] = {"accountId": "Exotel", "tenant_id": "Exotel"}

    def run(name: str) -> Any:
        command = FILES[name].replace(HOST, str(served.base_url).rstrip("/"))
        for key, value in ids.items():
            command = command.replace(f"{{{key}}}", value)
        done = subprocess.run(  # noqa: S603  # the page's own commands
            ["/bin/bash", "-c", f"{QUIETLY}\n{command}"],
            capture_output=True,
            text=True,
            timeout=LIMIT_SECONDS,
            check=False,
        )
        assert done.returncode == 0, (name, done.stdout, done.stderr)
        return json.loads(done.stdout)

    def control(method: str, path: str, **body: Any) -> Any:
        return served.request(method, f"/_emulator{path}", json=body or None).json()

    ids["generation_id"] = run("create_job.request.sh")["id"]
    control("POST", "/clock/advance", until="idle")
    ids["botId"] = run("get_job.request.sh")["bot_id"]
    assert run("create_version.request.sh")["version"] == "v2"
    assert run("list_bots.request.sh")["data"][0]["bot_id"] == ids["botId"]
    assert run("get_bot.request.sh")["supported_languages"] == ["en", "hi"]
    ends = {"from": "+919876543210", "to": "+911234567890"}
    call = control("POST", "/calls", platform="exotel", bot_id=ids["botId"], **ends)
    control("POST", "/clock/advance", until="idle")
    ids["conversation_id"] = call["conversation_id"]
    assert "transcript" not in run("list_conversations.request.1.sh")["data"][0]
    assert run("list_conversations.request.2.sh")["data"] == [run("get_conversation.request.sh")]
    shown = control("GET", f"/exotel/bots/{ids['botId']}")
    ids["assistant_id"] = shown["assistant_config"]["assistant_id"]
    assert run("create_assistant_version.request.sh")["version"] == "v2"
