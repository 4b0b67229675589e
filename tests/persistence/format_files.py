"""Write files of the present format into ``formats``: ``python -m tests.persistence.format_files``.

Run it after counting FORMAT up. The files are those of a server that was killed while calls of
every platform were under way, once after a checkpoint.
"""

import asyncio
import dataclasses
import json
from pathlib import Path
from typing import Any, Final

import httpx

from emulator.app import Emulator, create_app
from emulator.fixtures import folder
from emulator.kit.calls import coming_batch
from emulator.persistence.migrations import FORMAT
from emulator.persistence.row_types import ROW_TYPES, SingleCallRow
from emulator.persistence.tables import CollectionTable
from emulator.persistence.worlds import tables_of
from emulator.platforms.intron.params import WorkflowParams
from emulator.platforms.intron.placement import place_prepared
from emulator.platforms.intron.prepared_calls import PreparedBatch
from emulator.platforms.intron.state import BatchRequest
from emulator.settings import Settings
from emulator.world.world import World as Live
from tests.files import data_file_of, kill
from tests.support import World

FORMATS: Final = Path(__file__).with_name("formats")
FIELDS: Final = Path(__file__).with_name("fields.json")
NUMBERS: Final = tuple(f"+23480000990{last:02}" for last in (1, 2, 10, 11, 12, 13, 14, 15))


def fields() -> dict[str, list[str]]:
    """Return what a file has: the fields of each table."""
    app = create_app(Settings())
    world = app.worlds.default
    for platform in app.platforms:
        world.contexts.ensure(platform)
    found: dict[str, list[str]] = {}
    for table in tables_of(world):
        if isinstance(table, CollectionTable) and dataclasses.is_dataclass(table._collection.kind):
            names = [each.name for each in dataclasses.fields(table._collection.kind)]
        else:
            names = _names(ROW_TYPES.get(table.name, SingleCallRow))
        found[table.name] = sorted(names)
    return found


def _names(kind: Any) -> list[str]:
    return [each.alias or name for name, each in kind.model_fields.items() if name != "world"]


def client_of(app: Emulator) -> httpx.AsyncClient:
    """Return a client, in process."""
    transport = httpx.ASGITransport(app=app)
    return httpx.AsyncClient(transport=transport, base_url=app.worlds.settings.base_url)


async def state_of(http: httpx.AsyncClient) -> dict[str, Any]:
    """Return what the control API shows of calls, callbacks, inboxes, snapshots and the clock."""

    async def get(path: str) -> Any:
        return (await http.get(f"/_emulator{path}")).raise_for_status().json()

    return {
        "calls": [[call["id"], call["status"], call["ended_at"]] for call in await get("/calls")],
        "callbacks": [
            [
                each["id"],
                each["status"],
                [one["status"] for one in each["attempts"]],
                each["due_at"],
            ]
            for each in await get("/callbacks")
        ],
        "messages": {
            name: [message["body"] for message in await get(f"/inboxes/{name}")]
            for name in ("first", "second")
        },
        "snapshots": [snapshot["name"] for snapshot in await get("/snapshots")],
        "now": (await get("/clock"))["now"],
    }


async def _begin(world: World, inbox: str, pace: float) -> None:
    await world.control("PUT", f"/inboxes/{inbox}", json={"answers": [500, 503, 200]})
    await world.control("PATCH", "/settings", json={"calls_per_second": pace})
    hook = world.inbox_url + inbox
    await world.place(await world.workflow(call_back_url=hook), *NUMBERS)
    bot = await world.bot()
    hooks = {"session_start": {"url": hook}, "session_end": {"url": hook}}
    await world.control("PUT", f"/exotel/bots/{bot}/webhooks", json=hooks)
    await world.call(bot)
    await world.control("POST", "/calls", json={"platform": "voicebooker", "intent": "book"})


async def _place_in_pieces(live: Live, workflow_id: str) -> None:
    """Place a batch as a large one is placed."""
    workflow = live.contexts["intron"].state.workflows.get(workflow_id)
    entries = [{"phone_number": number} for number in NUMBERS]
    request = BatchRequest(
        batch_id="",
        workflow_id=workflow_id,
        tts_voice_accent=None,
        tts_voice_gender=None,
        message=workflow.message,
        workflow_type=workflow.workflow_type,
        params=WorkflowParams(entries),
    )
    with coming_batch(live, "intron", workflow_id) as coming:
        prepared = PreparedBatch(live, workflow, request, coming)
        assert await prepared.make((), NUMBERS)
        assert prepared.is_ready()
        place_prepared(live.contexts["intron"], prepared)
    live.commit()


async def _make(app: Emulator) -> dict[str, Any]:
    """Fill a data file, and return what the server shows before it is killed."""
    async with client_of(app) as http:
        world = World(http, (await http.get("/_emulator/worlds/default")).json())
        await _begin(world, "first", 3)
        await world.control("POST", "/snapshots", json={"name": "early"})
        await world.advance(40)
        data_file_of(app)._checkpoint()
        await _begin(world, "second", 1)
        other = World(http, (await http.post("/_emulator/worlds", json={"name": "other"})).json())
        content = (folder() / "worlds" / "small.json").read_bytes()
        await other.control("POST", "/import", content=content)
        await _place_in_pieces(app.worlds.default, await world.workflow())
        await world.advance(12)
        return await state_of(http)


async def _settle(app: Emulator) -> dict[str, Any]:
    async with client_of(app) as http:
        await http.post("/_emulator/clock/advance", json={"until": "idle"})
        return await state_of(http)


def _write(folder: Path) -> None:
    data = folder / "worlds.json"
    app = create_app(Settings(data=data))
    expected = {"opened": asyncio.run(_make(app))}
    kill(app)
    data.with_name("worlds.json.lock").unlink()
    kept = {each: each.read_bytes() for each in folder.iterdir()}
    app = create_app(Settings(data=data))
    expected["settled"] = asyncio.run(_settle(app))
    kill(app)
    for each in folder.iterdir():
        each.unlink()
    for each, content in kept.items():
        each.write_bytes(content)
    (folder / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")


if __name__ == "__main__":
    present = FORMATS / str(FORMAT)
    present.mkdir(exist_ok=True)
    _write(present)
    FIELDS.write_text(json.dumps(fields(), indent=1) + "\n")
