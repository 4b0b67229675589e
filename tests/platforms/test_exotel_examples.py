"""Every example of Exotel's page is accepted, and answered with what the page shows."""

import json
import re
import subprocess
from collections.abc import Iterator
from typing import Any, Final

import httpx
import pytest

from emulator.server import running
from emulator.settings import Settings
from tests.examples import FOLDER, PAGE, cut
from tests.support import BOT, World

HOST: Final = "https://voicebot.in.exotel.com"
AT_TEN: Final = {"clock": {"mode": "frozen", "now": "2026-04-08T10:29:50Z"}}
"""The bot is made ten seconds later, when the page says that it was changed."""
QUIETLY: Final = 'curl() { command curl --silent --show-error --fail-with-body "$@"; }'
SAMPLE_CALL: Final = {"answer": "answered", "talk_seconds": 180}

FILES: Final = cut(PAGE.read_text())


def example(name: str) -> Any:
    return json.loads(FILES[name])


@pytest.fixture
def settings() -> dict[str, Any]:
    return AT_TEN


def test_fixtures_are_the_page() -> None:
    """The files hold exactly what the page has, and nothing of the page is left out."""
    files = [path for path in FOLDER.iterdir() if path.suffix in {".sh", ".json"}]

    assert {path.name: path.read_text() for path in files} == FILES
    page = PAGE.read_text()
    assert page.count("\ncurl ") == sum(name.endswith(".sh") for name in FILES)
    assert page.count("\nExample Response") == sum(".response." in name for name in FILES)


async def test_generation_answers_like_the_page(world: World) -> None:
    """A job is created and polled with the page's fields, in the page's order."""
    asked = {"text_content": (None, BOT)}

    created = await world.exotel("POST", "/bot-generation", files=asked)
    await world.advance(10)
    polled = await world.exotel("GET", f"/bot-generation/{created.json()['id']}")

    assert created.status_code == 201
    assert same(created.json(), example("create_job.response.json"), world)
    assert polled.status_code == 200
    assert same(polled.json(), example("get_job.response.json"), world)


async def test_bots_answer_like_the_page(world: World) -> None:
    """A version, the list and the bot have the page's values, down to the second."""
    bot_id = await world.bot()
    asked = example("create_version.request.json")

    made = await world.exotel("POST", f"/voicebots/{bot_id}/versions", json=asked)
    listed = await world.exotel("GET", "/voicebots?limit=20&offset=0")
    shown = await world.exotel("GET", f"/voicebots/{bot_id}")

    assert same(made.json(), example("create_version.response.json"), world)
    expected = example("list_bots.response.json")
    assert same(listed.json()["data"], expected["data"], world)
    assert list(listed.json()["metadata"]) == list(expected["metadata"])
    assert same(shown.json(), example("get_bot.response.json"), world)


async def test_list_of_45_bots_has_the_pages_metadata(world: World) -> None:
    """Twenty of forty-five bots are shown under the metadata of the page."""
    for _ in range(45):
        await world.exotel("POST", "/bot-generation", files={"text_content": (None, BOT)})
    await world.advance()

    listed = (await world.exotel("GET", "/voicebots?limit=20&offset=0")).json()

    assert listed["metadata"] == example("list_bots.response.json")["metadata"]
    assert len(listed["data"]) == 20


async def test_conversation_answers_like_the_page(world: World) -> None:
    """The page's call, simulated, leaves the page's conversation behind."""
    expected = example("get_conversation.response.json")
    call = await world.call(
        await world.bot(), scenario=SAMPLE_CALL, transcript=expected["transcript"]
    )

    await world.advance()

    found = await world.conversation(call)
    assert re.fullmatch(r"https?://\S+", found["call_metadata"]["recording_url"])
    found["call_metadata"]["recording_url"] = "https://..."
    assert same(found, expected, world)


async def test_conversation_begins_like_the_page_without_being_told(world: World) -> None:
    """The bot of the page's text greets, and is asked, in the page's words at the page's times."""
    call = await world.call(await world.bot())

    await world.advance()

    turns = (await world.conversation(call))["transcript"]
    assert turns[:2] == example("get_conversation.response.json")["transcript"]


@pytest.mark.parametrize(
    "api",
    [
        pytest.param("/api/v2", id="as the page has it"),
        pytest.param("/voicebot/api/v2", id="as the client has it"),
    ],
)
async def test_assistant_version_answers_like_the_page(world: World, api: str) -> None:
    """The page's request makes a stable version, on both published paths."""
    made = await world.exotel("POST", "/assistants", json={"name": "Support"})
    await world.control("POST", "/clock/advance", json={"to": "2026-04-08T12:00:00Z"})
    path = f"/assistants/{made.json()['assistant_id']}/versions"
    asked = example("create_assistant_version.request.json")

    answered = await world.exotel("POST", path, api, json=asked)

    assert answered.status_code == 200
    assert same(answered.json(), example("create_assistant_version.response.json"), world)


@pytest.mark.parametrize(
    "settings",
    [AT_TEN | {"options": {"exotel": {"voicebot_shape": "enveloped"}}}],
    ids=["enveloped"],
)
async def test_enveloped_answers_are_like_their_page(world: World) -> None:
    """The enveloped page's two answers, with ids that are UUIDs."""
    created = await world.exotel("POST", "/bot-generation", files={"text_content": (None, "...")})
    await world.advance()
    job_id = created.json()["response"]["data"]["id"]
    polled = await world.exotel("GET", f"/bot-generation/{job_id}")

    for answered, name in ((created, "create_job"), (polled, "get_job")):
        expected = json.loads((FOLDER / "enveloped" / f"{name}.response.json").read_text())
        assert same(answered.json(), expected, world)


def same(found: Any, expected: Any, world: World) -> bool:
    """Equal, with the same order of fields, once ids and accounts are made alike."""
    return levelled(json.dumps(found), world) == levelled(json.dumps(expected), world)


def levelled(text: str, world: World) -> str:
    text = text.replace(world.account, "Exotel")
    text = re.sub(r'"(gen|bot|conv|asst)_[a-z0-9]+"', r'"\1_"', text)
    return re.sub(r'"(<uuid>|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})"', '"uuid"', text)


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
            timeout=60,
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
