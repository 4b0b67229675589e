"""The vendors' pages: every sample on them is run, and comes out with the page's bytes.

Only ids are the emulator's own: they are replaced by the page's before texts are compared.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from emulator import fixtures
from emulator.platforms import discover
from tests.support import World

CONTRACTS: Final = fixtures.folder() / "contracts"
PAGES: Final = sorted(CONTRACTS.glob("*/pages/*.txt"))
OF_PROGRAMS: Final = {"Authorization", "page"}
"""Fields of headers and queries in programs, which the tests of samples run."""
ACCOUNT: Final = "Exotel"
"""The account of Exotel's page."""


def samples(page: Path) -> list[Any]:
    """Return the objects and lists of JSON on a page, in order."""
    text = page.read_text().replace("• ", "")
    return [*_decoded(text)]


def _decoded(text: str) -> Iterator[Any]:
    decoder = json.JSONDecoder()
    at = 0
    while found := re.compile(r"[{\[]").search(text, at):
        try:
            value, at = decoder.raw_decode(text, found.start())
        except ValueError:
            at = found.start() + 1
            continue
        if value and (isinstance(value, dict) or any(isinstance(each, dict) for each in value)):
            yield value


def compact(value: Any) -> str:
    """Write JSON without spaces, the fields in their order."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def sent_alike(value: Any) -> str:
    """Write JSON as ``compact`` does; one page's programs differ from its command in a host."""
    return compact(value).replace("https://new_", "https://")


def shown(vendor: str, name: str) -> Any:
    return json.loads((CONTRACTS / vendor / name).read_text())


def same(response: httpx.Response, vendor: str, name: str, *ids: str) -> None:
    """Assert that a response has the bytes of a sample, but for these ids of the sample's."""
    expected, found = compact(shown(vendor, name)), response.text
    for field in ids:
        pattern = re.compile(rf'"{field}":"[^"]*"')
        expected, found = (pattern.sub(f'"{field}":"*"', text) for text in (expected, found))
    assert found == expected


@pytest.mark.parametrize("page", [pytest.param(each, id=each.stem) for each in PAGES])
def test_every_sample_of_a_page_is_run(page: Path) -> None:
    """Whatever JSON a page prints is in a file that an example sends or compares."""
    folder = page.parents[1]
    examples = discover()[folder.name].examples
    run = {
        sent_alike(json.loads((folder / name).read_text()))
        for example in examples.examples
        for name in example.files
        if name.endswith(".json")
    }

    found = [
        each for each in samples(page) if isinstance(each, list) or OF_PROGRAMS.isdisjoint(each)
    ]
    missing = [each for each in found if not _is_in(each, run)]

    assert len(found) > 1
    assert missing == []


def _is_in(value: Any, run: set[str]) -> bool:
    """Return whether it is a file, or inside of one, as the body of a command is."""
    return any(sent_alike(value) in each for each in run)


async def test_page_of_intron_workflows(world: World) -> None:
    """Workflows are answered with the page's bytes."""
    files = {"": "create_workflow", "with_reply": "create_workflow"}
    for variant, name in files.items():
        ending = f".{variant}.json" if variant else ".json"
        body = shown("intron", f"{name}.request{ending}")
        created = await world.intron("POST", "/workflows", json=body)
        same(created, "intron", f"{name}.response{ending}", "id")
    await world.control("POST", "/reset")
    shown_workflow = shown("intron", "get_workflow.response.json")["data"]
    made = await world.intron("POST", "/workflows", json=shown_workflow)
    path = f"/workflows/{made.json()['data']['id']}"
    same(await world.intron("GET", "/workflows"), "intron", "list_workflows.response.json", "id")
    same(await world.intron("GET", path), "intron", "get_workflow.response.json", "id")
    body = shown("intron", "update_workflow.request.json")
    updated = await world.intron("PUT", path, json=body)
    same(updated, "intron", "update_workflow.response.json", "id")
    same(await world.intron("DELETE", path), "intron", "delete_workflow.response.json")


async def test_page_of_intron_calls(world: World) -> None:
    """Calls are answered with the page's bytes, fields in the page's order."""
    workflow_id = await world.workflow()
    body = shown("intron", "place_calls.request.json") | {"workflow_id": workflow_id}

    placed = await world.intron("POST", "/call", json=body)
    await world.control(
        "PUT",
        "/scenarios",
        json={"rules": [{"match": {}, "scenario": {"behavior": "answered", "talk_seconds": 3}}]},
    )
    await world.intron("POST", "/call", json=body)
    await world.advance()
    calls = (await world.intron("GET", f"/workflows/{workflow_id}/calls")).json()["data"]["items"]
    status = await world.intron("GET", f"/status/{calls[0]['id']}")

    same(placed, "intron", "place_calls.response.json", "batch_id")
    same(status, "intron", "get_status.response.with_duration.json", "call_id")


async def test_page_of_bimpe_workflows(http: httpx.AsyncClient) -> None:
    """The workflow of the page is created and updated with the page's bytes."""
    clock = {"mode": "frozen", "now": "2019-08-24T14:15:22Z"}
    world = World(http, (await http.post("/_emulator/worlds", json={"clock": clock})).json())
    sample = shown("bimpe", "update_workflow.response.json")["data"]
    made = await world.bimpe("POST", "/workflows", json=sample)

    updated = await world.bimpe("PATCH", f"/workflows/{made.json()['data']['id']}", json={})

    expected = shown("bimpe", "update_workflow.response.json")
    expected["data"]["id"] = made.json()["data"]["id"]
    assert updated.text == compact(expected)
    refused = await world.bimpe("GET", "/workflows/nope")
    assert [*refused.json()] == [*shown("bimpe", "error.response.json")]


async def test_page_of_exotel(http: httpx.AsyncClient) -> None:
    """Bots, versions and conversations are answered with the page's bytes, account and all."""
    clock = {"mode": "frozen", "now": "2026-04-08T10:29:50Z"}
    world = World(http, (await http.post("/_emulator/worlds", json={"clock": clock})).json())
    root, header = f"/voicebot/api/v2/accounts/{ACCOUNT}", {"X-Emulator-World": world.name}

    async def ask(method: str, path: str, **rest: Any) -> httpx.Response:
        return await http.request(method, f"{root}{path}", headers=header, **rest)

    text = shown("exotel", "create_job.response.json")["content"]["text_content"]
    job = await ask("POST", "/bot-generation", files={"text_content": (None, text)})
    await world.advance(10)
    polled = await ask("GET", f"/bot-generation/{job.json()['id']}")
    bot = polled.json()["bot_id"]
    body = shown("exotel", "create_version.request.json")
    version = await ask("POST", f"/voicebots/{bot}/versions", json=body)

    assert (job.status_code, version.status_code) == (201, 200)
    same(job, "exotel", "create_job.response.json", "id")
    same(polled, "exotel", "get_job.response.json", "id", "bot_id")
    same(version, "exotel", "create_version.response.json", "bot_id")
    same(await ask("GET", f"/voicebots/{bot}"), "exotel", "get_bot.response.json", "bot_id")
    listed = (await ask("GET", "/voicebots?limit=20&offset=0")).json()
    sample = shown("exotel", "list_bots.response.json")
    assert compact(listed["data"][0] | {"bot_id": "*"}) == compact(
        sample["data"][0] | {"bot_id": "*"}
    )
    assert [*listed] == [*sample]
    assert [*listed["metadata"]] == [*sample["metadata"]]


async def test_page_of_voicebooker(http: httpx.AsyncClient) -> None:
    """The reference backend answers the page's two samples of values with the page's bytes."""
    made = (await http.post("/_emulator/worlds")).json()
    header = {"X-Emulator-World": made["name"]}
    for action in ("getEntityForSipId", "getBusinessName"):
        body = shown("voicebooker", f"{action}.request.json")
        answer = await http.post("/voicebooker/webhook", json=body, headers=header)
        same(answer, "voicebooker", f"{action}.response.json")
