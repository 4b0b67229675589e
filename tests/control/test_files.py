"""Snapshots and forks, and worlds as files."""

import asyncio
import re
from pathlib import Path
from typing import Any, Final

import pytest
from tinydb import TinyDB

from emulator.platforms import discover
from tests.cases import each_case_alone
from tests.support import BOT, World

NUMBERS: Final = tuple(f"+23480000990{outcome:02}" for outcome in (1, 2, 10, 11, 12, 13, 14, 15))


async def busy(world: World) -> str:
    """Fill a world with something of every kind, half of it still to come; return a workflow."""
    await world.control("PUT", "/inboxes/done", json={"answers": [500, 200]})
    await world.behave(n2348000000001={"behavior": "answered", "talk_seconds": 61, "keys": "2"})
    workflow_id = await world.workflow(call_back_url=world.inbox_url + "done")
    await world.place(workflow_id, *NUMBERS, "+2348000000001")
    await world.call(await world.bot())
    await world.place(workflow_id, *NUMBERS)
    await world.exotel("POST", "/bot-generation", files={"text_content": (None, BOT)})
    return workflow_id


async def shown(world: World, workflow_id: str) -> list[str]:
    """What a world answers about all that ``busy`` has made."""
    reads = [
        await world.intron("GET", f"/workflows/{workflow_id}"),
        await world.intron("GET", f"/workflows/{workflow_id}/requests"),
        await world.intron("GET", f"/workflows/{workflow_id}/calls?per_page=100"),
        await world.intron("GET", f"/workflows/{workflow_id}/calls?status=COMPLETED"),
        await world.control("GET", "/calls?limit=1000"),
        await world.control("GET", "/calls?platform=intron&status=ringing"),
        await world.control("GET", "/callbacks"),
        await world.control("GET", "/inboxes/done"),
        await world.control("GET", "/scenarios"),
        await world.control("GET", "/clock"),
        await world.exotel("GET", "/voicebots"),
        await world.exotel("GET", "/voicebot-conversations"),
    ]
    callbacks = reads[6].json()
    reads += [await world.control("GET", f"/callbacks/{each['id']}") for each in callbacks]
    return [read.text for read in reads]


async def forked(world: World, origin: str | None = None, **fields: Any) -> World:
    """Make a world that continues from another."""
    made = await world.http.post("/_emulator/worlds", json={"from": origin or world.name} | fields)
    assert made.status_code == 201, made.text
    return World(world.http, made.json())


def as_in(world: World, other: World, texts: list[str]) -> list[str]:
    """What one world told, with the names and credentials of another."""
    own, named = f"/inbox/{other.name}/", f"/inbox/{world.name}/"
    return [text.replace(other.account, world.account).replace(own, named) for text in texts]


async def test_snapshot_can_be_restored_any_number_of_times(world: World) -> None:
    """A world goes back to how it stood, clock and pending callbacks with it, again and again."""
    workflow_id = await busy(world)
    before = await shown(world, workflow_id)
    saved = await world.control("POST", "/snapshots", json={"name": "half"})
    assert saved.status_code == 201
    later: list[list[str]] = []
    for _ in range(3):
        await world.advance()
        await world.place(workflow_id, *NUMBERS)
        await world.advance()
        later.append(await shown(world, workflow_id))
        restored = await world.control("POST", "/snapshots/half/restore")
        assert restored.json() == saved.json()
        assert await shown(world, workflow_id) == before
    assert later[0] == later[1] == later[2]
    assert later[0] != before


async def test_fork_goes_on_as_the_world_would(world: World) -> None:
    """What follows in a fork is what follows in the world it comes from, byte for byte."""
    workflow_id = await busy(world)
    fork = await forked(world)
    for each in (world, fork):
        await each.advance(30)
        await each.place(workflow_id, *NUMBERS)
        await each.advance()
    assert as_in(world, fork, await shown(fork, workflow_id)) == await shown(world, workflow_id)


@pytest.mark.parametrize("first", [pytest.param(0, id="world"), pytest.param(1, id="fork")])
async def test_fork_and_world_leave_each_other_alone(world: World, first: int) -> None:
    """Whatever happens in one of them, to calls that both have, changes nothing in the other."""
    workflow_id = await busy(world)
    pair = (world, await forked(world))
    acting, resting = pair[first], pair[1 - first]
    before = await shown(resting, workflow_id)
    calls = (await acting.control("GET", "/calls?limit=1000")).json()
    for call in calls:
        if call["status"] in {"queued", "ringing"}:
            body = {"status": "canceled"}
            moved = await acting.control("POST", f"/calls/{call['id']}/move", json=body)
            assert moved.status_code == 200
    await acting.control("PUT", "/inboxes/done", json={"answers": [404]})
    await acting.intron("PATCH", f"/workflows/{workflow_id}", json={"name": "Changed"})
    await acting.advance()
    assert await shown(resting, workflow_id) == before
    await resting.advance()
    statuses = {each["status"] for each in (await acting.control("GET", "/calls")).json()}
    assert "canceled" in statuses
    resting_statuses = {each["status"] for each in (await resting.control("GET", "/calls")).json()}
    assert "canceled" not in resting_statuses


async def test_world_can_be_made_from_a_snapshot_of_another(world: World) -> None:
    """Tests that need the same beginning each fork it from one snapshot."""
    workflow_id = await busy(world)
    await world.control("POST", "/snapshots", json={"name": f"{world.name}-begun"})
    before = await shown(world, workflow_id)
    await world.advance()
    forks = [await forked(world, f"{world.name}-begun") for _ in range(2)]
    for fork in forks:
        assert as_in(world, fork, await shown(fork, workflow_id)) == before
    assert len({fork.key for fork in (world, *forks)}) == 3


async def test_fork_takes_settings_of_its_own(world: World) -> None:
    """A fork may have another clock's mode, pace and options; its seed is what it comes from."""
    await busy(world)
    fork = await forked(world, clock={"mode": "auto"}, calls_per_second=5, auth="strict")
    assert fork.made["clock"]["mode"] == "auto"
    assert fork.made["calls_per_second"] == 5
    assert fork.made["auth"] == "strict"
    body = {"from": world.name, "seed": 3}
    refused = await world.http.post("/_emulator/worlds", json=body)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "seed")


async def test_snapshots_are_listed_and_forgotten(world: World) -> None:
    """A world's snapshots are its own, oldest first, each with its moment and its calls."""
    await world.control("POST", "/snapshots", json={"name": f"{world.name}-a"})
    await busy(world)
    unnamed = (await world.control("POST", "/snapshots")).json()["name"]
    listed = (await world.control("GET", "/snapshots")).json()
    assert [each["name"] for each in listed] == [f"{world.name}-a", unnamed]
    assert [each["calls"] for each in listed] == [0, 18]
    again = await world.control("POST", "/snapshots", json={"name": f"{world.name}-a"})
    assert again.status_code == 409
    other = await forked(world)
    assert (await other.control("GET", "/snapshots")).json() == []
    foreign = await other.control("POST", f"/snapshots/{unnamed}/restore")
    assert foreign.status_code == 404
    gone = await world.control("DELETE", f"/snapshots/{unnamed}")
    assert gone.status_code == 204
    assert (await world.control("POST", f"/snapshots/{unnamed}/restore")).status_code == 404


async def test_deleted_world_leaves_no_snapshot(world: World) -> None:
    """Ending a world forgets all of it, and a later world of its name begins with nothing."""
    other = await forked(world)
    taken = await other.control("POST", "/snapshots", json={"name": f"{other.name}-gone"})
    assert taken.status_code == 201
    await other.http.delete(f"/_emulator/worlds/{other.name}")
    body = {"from": f"{other.name}-gone"}
    assert (await world.http.post("/_emulator/worlds", json=body)).status_code == 400
    again = World(
        world.http,
        (await world.http.post("/_emulator/worlds", json={"name": other.name})).json(),
    )
    assert (await again.control("GET", "/snapshots")).json() == []


async def test_snapshot_in_a_file_is_imported_as_the_world_it_was(world: World) -> None:
    """What is imported continues by itself, whatever it was called where it comes from."""
    await busy(world)
    content = (await world.control("GET", "/export")).content
    before = b'"of":null'
    assert before in content
    edited = re.sub(rb'"checksum":"\w+",', b"", content).replace(before, b'"of":"elsewhere"')
    await world.control("POST", "/reset")
    taken = await world.control("POST", "/import", content=edited)
    assert taken.status_code == 200, taken.text
    assert (await world.control("GET", "/snapshots")).json() == []
    done = await world.advance()
    assert done["counts"]["callbacks"] > 0


@each_case_alone(
    ("body", "status"),
    [
        ({"from": "nowhere"}, 400),
        ({"from": "default", "name": "default"}, 409),
        ({"from": "default", "clock": {"now": "2026-01-01T00:00:00Z"}}, 400),
        ({"from": 3}, 400),
    ],
    ids=["unknown", "taken", "another-time", "number"],
)
async def test_fork_that_cannot_be_is_refused(world: World, body: Any, status: int) -> None:
    """A fork of nothing, or in the place of a world, is refused with the reason."""
    refused = await world.http.post("/_emulator/worlds", json=body)
    assert refused.status_code == status, refused.text


async def test_exported_world_is_the_same_world_where_it_is_imported(world: World) -> None:
    """A world travels as a file with all that is in it and all that is still to come."""
    workflow_id = await busy(world)
    content = (await world.control("GET", "/export")).content
    made = await world.http.post("/_emulator/worlds", json={})
    other = World(world.http, made.json())
    await other.place(await other.workflow(), *NUMBERS)
    taken = await other.control("POST", "/import", content=content)
    assert taken.status_code == 200, taken.text
    for each in (world, other):
        await each.advance()
    expected = await shown(world, workflow_id)
    assert as_in(world, other, await shown(other, workflow_id)) == expected
    assert (await world.control("GET", "/export")).content != content


@each_case_alone("platform", discover())
async def test_first_call_of_each_vendor_is_exported_and_imported(
    world: World, platform: str
) -> None:
    """A world in which a call of any vendor is under way, or has ended, is accepted as a file."""
    await world.control("POST", "/first-call", json={"platform": platform})
    for advanced in (0, None):
        await world.advance(advanced)
        exported = await world.control("GET", "/export")

        imported = await world.control("POST", "/import", content=exported.content)

        assert imported.status_code == 200, imported.text
        assert (await world.control("GET", "/export")).content == exported.content


async def test_export_is_a_tinydb_file(world: World, tmp_path: Path) -> None:
    """Plain TinyDB opens an export: a table for each kind of record, with readable fields."""
    workflow_id = await busy(world)
    path = tmp_path / "world.json"
    path.write_bytes((await world.control("GET", "/export")).content)
    with TinyDB(path) as database:
        assert {"worlds", "calls", "batches", "callbacks", "messages"} <= database.tables()
        assert {"intron.workflows", "exotel.voicebots.bots"} <= database.tables()
        (workflow,) = database.table("intron.workflows").all()
        assert (workflow["id"], workflow["name"]) == (workflow_id, "Reminder")
        calls = database.table("calls").all()
        assert {call["to"] for call in calls} >= set(NUMBERS)


@each_case_alone(
    "damage",
    [
        pytest.param(lambda _: b"", id="empty"),
        pytest.param(lambda _: b"{}", id="no-world"),
        pytest.param(lambda _: b"[]", id="list"),
        pytest.param(lambda content: content[:-100], id="cut"),
        pytest.param(lambda content: content.replace(b"Reminder", b"Remainer"), id="changed"),
        pytest.param(
            lambda _: b'{"worlds": {"1": {"world": "a", "id": "a", "seed": "x"}}}', id="no-settings"
        ),
        pytest.param(
            lambda content: content.replace(b'"checksum":"', b'"chicksum":"'), id="other-field"
        ),
        pytest.param(
            lambda _: b'{"emulator": {"1": {"format": 99}}, "worlds": {}}', id="newer-format"
        ),
    ],
)
async def test_damaged_import_changes_nothing(world: World, damage: Any) -> None:
    """A file that is not what was exported is refused, and the world stays as it is."""
    workflow_id = await busy(world)
    content = (await world.control("GET", "/export")).content
    before = await shown(world, workflow_id)
    refused = await world.control("POST", "/import", content=damage(content))
    assert refused.status_code == 400, refused.text
    assert not re.search(r"[a-z]Error", refused.json()["detail"])
    assert await shown(world, workflow_id) == before


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"{", "EOF while parsing", id="not-json"),
        pytest.param(b'{"a": 1}', "a table must be an object of rows", id="no-table"),
        pytest.param(b'{"a": {"1": {"id": "b"}}}', "a row has no 'world'", id="no-world"),
    ],
)
async def test_what_is_no_world_file_is_refused_in_plain_words(
    world: World, content: bytes, said: str
) -> None:
    """The error says what is wrong with the file, and names nothing of Python."""
    refused = await world.control("POST", "/import", content=content)

    assert "the body is not a world file, or is damaged: " in refused.json()["detail"]
    assert said in refused.json()["detail"]
    assert "Error" not in refused.json()["detail"]


async def test_import_of_a_run_file_names_replay(world: World) -> None:
    """A run file is no world file: the error says what reads it."""
    content = (await world.control("GET", "/history/export")).content

    refused = await world.control("POST", "/import", content=content)

    assert refused.json()["detail"] == "the body is a run file: `voicebot-emulator replay` reads it"


async def test_import_with_data_of_another_platform_is_refused(world: World) -> None:
    """A world of a platform that is not served is refused in a sentence that names it."""
    workflow_id = await busy(world)
    content = (await world.control("GET", "/export")).content
    before = await shown(world, workflow_id)
    content = re.sub(rb'"checksum":"[0-9a-f]+",', b"", content).replace(b'"intron', b'"acme')

    refused = await world.control("POST", "/import", content=content)

    assert refused.status_code == 400, refused.text
    assert refused.json()["code"] == "missing_platform"
    assert "the body has data of 'acme' in world" in refused.json()["detail"]
    assert "restore emulator/platforms/acme" in refused.json()["detail"]
    assert await shown(world, workflow_id) == before


async def test_world_is_forked_while_it_is_busy(world: World) -> None:
    """Forks and snapshots taken while time passes are whole, and time passes on."""
    workflow_id = await busy(world)
    await world.place(workflow_id, *(f"+23480001{number:05}" for number in range(2000)))
    advancing = asyncio.ensure_future(world.advance())
    forks = [await forked(world) for _ in range(5)]
    await advancing
    for fork in forks:
        await fork.advance()
    ends = [(await each.control("GET", "/calls?limit=1000")).text for each in (world, *forks)]
    assert len(set(ends)) == 1


async def test_options_travel_with_a_world(world: World) -> None:
    """A fork and an import follow the variants that the world followed."""
    await world.control(
        "PATCH", "/settings", json={"options": {"exotel": {"voicebot_shape": "enveloped"}}}
    )
    fork = await forked(world)
    assert "response" in (await fork.exotel("GET", "/voicebots")).json()
