"""Several processes that share the worlds: each answers for its own, and 421 for the others."""

from collections.abc import AsyncIterator
from itertools import islice
from pathlib import Path
from typing import Final

import pytest

from emulator.app import create_app
from emulator.cli.progress import Progress
from emulator.cli.seed_files import seed
from emulator.control.seed_file.document import SeedDocument
from emulator.ids import SLOTS, shard_of
from emulator.kit.auth import bearer_header
from emulator.persistence.wal import WorldFileError
from emulator.platforms import discover
from emulator.settings import Settings
from tests.shards import NAMES, Shards, requests_of, story_on

EVERY: Final = 3
"""Of each vendor's requests, every third is made: all places and operations still occur."""


@pytest.fixture
async def three() -> AsyncIterator[Shards]:
    """Three processes."""
    made = Shards(3)
    yield made
    await made.stop()


def test_shards_have_all_slots_in_equal_parts() -> None:
    """Each slot has one owner, and each shard as many slots that follow each other."""
    for count in (1, 2, 3, 5, 64):
        owners = [shard_of(slot, count) for slot in range(SLOTS)]
        assert owners == sorted(owners)
        assert {owners.count(each) for each in range(count)} <= {SLOTS // count, SLOTS // count + 1}


@pytest.mark.parametrize("count", [pytest.param(each, id=str(each)) for each in (1, 2, 3, 5)])
async def test_credentials_do_not_depend_on_the_number_of_processes(count: int) -> None:
    """A world has the same credentials, wherever it is."""
    alone = create_app()
    shards = Shards(count)

    made = {name: (await shards.make(name))["credentials"] for name in NAMES}

    assert made == {
        name: {each: alone.worlds.credentials(world, each) for each in alone.platforms}
        for name, world in ((name, alone.worlds.create(name=name)) for name in NAMES)
    }
    await shards.stop()


async def test_story_is_the_same_on_any_number_of_processes() -> None:
    """The same requests have the same responses and callbacks, to the byte."""
    stories = {count: await story_on(count) for count in (1, 2, 3, 5)}

    assert {digest for digest, _ in stories.values()} == {stories[1][0]}
    assert all(credentials == stories[1][1] for _, credentials in stories.values())


@pytest.mark.parametrize("vendor", [pytest.param(each, id=each) for each in discover()])
async def test_every_selector_reaches_the_right_world(three: Shards, vendor: str) -> None:
    """One process answers a request, in the world of its credential; the others answer 421."""
    default = three.apps[0].worlds.default
    assert three.owner("default") == 0
    for name in ("job-0", "a", "d.1"):
        await three.make(name)
        app = three.apps[three.owner(name)]
        world = app.worlds.get(name)
        own = app.worlds.credentials(world, vendor)
        for each in islice(requests_of(app.platforms[vendor], own), 0, None, EVERY):
            before, in_default = world.history.exchanges, default.history.exchanges
            statuses = [
                (await client.request(each.method, each.path, headers=each.headers)).status_code
                for client in three.clients
            ]
            answered = [status for status in statuses if status != 421]
            assert len(answered) == 1, each.label
            assert statuses[three.owner(name)] != 421, each.label
            assert world.history.exchanges == before + 1, each.label
            if three.owner(name) != 0:
                assert default.history.exchanges == in_default + 1, each.label  # the 421


@pytest.mark.parametrize("vendor", [pytest.param(each, id=each) for each in discover()])
async def test_421_has_the_shape_of_the_vendor(three: Shards, vendor: str) -> None:
    """A request about a world of another process is refused as the vendor refuses others."""
    path = f"/{vendor}/no/such/path"
    headers = {"X-Emulator-World": "a"}
    operation = three.apps[0].platforms[vendor].hooks.operations[0]
    own = three.apps[0].worlds.credentials(three.apps[0].worlds.default, vendor)
    known = three.apps[0].platforms[vendor].auth.headers(own)

    usual = await three.clients[0].get(path, headers=headers)
    refused = await three.clients[0].request(
        operation.method, f"/{vendor}{operation.path}", headers=headers | known
    )

    assert refused.status_code == 421
    assert refused.headers["content-type"] == usual.headers["content-type"]
    assert "belongs to shard 2 of 3" in refused.text or "Misdirected" in refused.text


async def test_world_header_is_answered_by_the_owner_of_the_name(three: Shards) -> None:
    """A world that is not made yet is unknown to its owner, and misdirected anywhere else."""
    sent = {"X-Emulator-World": "job-1.x"} | bearer_header("any")
    paths = ("/voicebot/v1/workflows", "/_emulator/clock", "/_emulator/worlds/job-1.x")

    async def statuses() -> list[set[int]]:
        return [
            {(await client.get(path, headers=sent)).status_code for path in paths}
            for client in three.clients
        ]

    owner = three.owner("job-1")
    before = await statuses()
    await three.make("job-1.x")
    after = await statuses()

    assert [each for at, each in enumerate(before) if at != owner] == [{421}, {421}]
    assert [each for at, each in enumerate(after) if at != owner] == [{421}, {421}]
    assert (before[owner], after[owner]) == ({404}, {200})


async def test_generated_names_are_among_the_own_slots(three: Shards) -> None:
    """A world without a name is where the request arrived; so is a fork, beside its origin."""
    for number, client in enumerate(three.clients):
        made = [(await client.post("/_emulator/worlds")).json()["name"] for _ in range(4)]
        fork = (await client.post("/_emulator/worlds", json={"from": made[0]})).json()["name"]
        assert {three.owner(name) for name in (*made, fork)} == {number}
        assert fork == f"{made[0]}.1"


async def test_names_of_other_processes_are_refused(three: Shards) -> None:
    """Neither a world nor a fork is made where requests would not find it."""
    await three.make("a")
    owner, other = three.of("a"), three.clients[0]
    before = {"X-Emulator-World": "a"}
    await owner.post("/_emulator/snapshots", json={"name": "saved"}, headers=before)

    refused = {
        "name": await other.post("/_emulator/worlds", json={"name": "a.5"}),
        "fork": await owner.post("/_emulator/worlds", json={"from": "a", "name": "d"}),
        "of snapshot": await owner.post("/_emulator/worlds", json={"from": "saved", "name": "d"}),
        "origin": await other.post("/_emulator/worlds", json={"from": "a"}),
        "snapshot": await other.post("/_emulator/worlds", json={"from": "saved"}),
    }

    shown = {what: (each.status_code, each.json()["detail"]) for what, each in refused.items()}
    must = (
        "name must begin with a. so that the fork is on the shard of its origin;"
        " leave the name out for one such as a.1"
    )
    here = "from must be the name of a world or a snapshot of shard 0 of 3, not"
    assert shown == {
        "name": (421, "the world a.5 belongs to shard 2 of 3, and this is shard 0"),
        "fork": (400, must),
        "of snapshot": (400, must),
        "origin": (400, f"{here} 'a'"),
        "snapshot": (400, f"{here} 'saved'"),
    }


async def test_default_belongs_to_one_process(three: Shards) -> None:
    """Unknown credentials select ``default`` where it is; elsewhere nothing shows or takes it."""
    shown = [
        {
            (await client.get("/_emulator/clock")).status_code,
            (await client.get("/voicebot/v1/workflows", headers=bearer_header("any"))).status_code,
            (await client.post("/_emulator/inbox/default/x")).status_code,
        }
        for client in three.clients
    ]
    counts = [(await client.get("/_emulator/health")).json()["worlds"] for client in three.clients]

    assert shown == [{200}, {421}, {421}]
    assert counts == [1, 0, 0]
    missing = [(await client.get("/voicebot/v1/workflows")).status_code for client in three.clients]
    assert missing == [403, 403, 403]


async def test_token_of_a_world_elsewhere_is_misdirected() -> None:
    """A job that asks the wrong process gets 421, and not that its token is wrong."""
    shards = Shards(3, {"token": "only-for-tests"})
    own = {"X-Emulator-Token": "only-for-tests"}
    made = await shards.of("a").post("/_emulator/worlds", json={"name": "a"}, headers=own)
    token = {"X-Emulator-Token": made.json()["control_token"], "X-Emulator-World": "a"}

    statuses = [
        (await client.get("/_emulator/clock", headers=token)).status_code
        for client in shards.clients
    ]
    unknown = await shards.clients[0].get(
        "/_emulator/clock", headers={"X-Emulator-Token": f"emw-0000{'f' * 36}"}
    )

    assert (statuses, unknown.status_code) == ([421, 421, 200], 401)
    await shards.stop()


async def test_health_names_shard_and_shards(three: Shards) -> None:
    """An operator sees whether the processes and the proxy agree."""
    shown = [(await client.get("/_emulator/health")).json() for client in three.clients]

    assert [(each["shard"], each["shards"]) for each in shown] == [(0, 3), (1, 3), (2, 3)]


async def test_routes_about_no_world_are_served_by_all(three: Shards) -> None:
    """Documents, numbers and operations are the same everywhere, whatever the header says."""
    for client in three.clients:
        for path in ("/operations", "/numbers", "/openapi/control.json"):
            answered = await client.get(f"/_emulator{path}", headers={"X-Emulator-World": "a"})
            assert answered.status_code == 200


async def test_world_file_is_loaded_in_parts(tmp_path: Path) -> None:
    """Each process loads its own worlds of a file that all are given, snapshots too."""
    file = tmp_path / "worlds.json"
    alone = create_app(Settings(data=file))
    for name in NAMES:
        alone.worlds.create(name=name)
    alone.worlds.snapshots.take(alone.worlds.get("a"), "saved")
    await alone.worlds.stop()

    shards = Shards(3, {"world_files": (file,)})

    loaded = [[world.name for world in app.worlds.all()] for app in shards.apps]
    assert sorted(name for each in loaded for name in each) == sorted(["default", *NAMES])
    assert all(shards.owner(name) == at for at, each in enumerate(loaded) for name in each)
    assert ["saved" in app.worlds.snapshots for app in shards.apps] == [False, False, True]
    await shards.stop()


async def test_data_file_of_other_shards_is_refused(tmp_path: Path) -> None:
    """With another number of processes, no world of a data file is left out silently."""
    file = tmp_path / "worlds.json"
    two = Settings(data=file, shards=2, shard=1)
    app = create_app(two)
    app.worlds.create(name="a")
    await app.worlds.stop()
    copy = tmp_path / "copy.json"
    copy.write_bytes(file.read_bytes())

    with pytest.raises(WorldFileError, match="has the world a, which is not on shard 0 of 3"):
        create_app(Settings(data=copy, shards=3, shard=0))
    again = create_app(two)
    assert [world.name for world in again.worlds.all()] == ["a"]
    await again.worlds.stop()


async def test_seed_file_is_loaded_in_parts(three: Shards) -> None:
    """Each process fills its own worlds of a seed file, and says nothing of the others."""
    names = ("default", "job-1", "a")
    document = SeedDocument("seed.yaml", {"worlds": {name: {} for name in names}})

    for app in three.apps:
        await seed(app, [document], Progress("loading", "worlds"))

    loaded = [[world.name for world in app.worlds.all()] for app in three.apps]
    assert loaded[three.owner("a")] == ["a"]
    assert sorted(name for each in loaded for name in each) == ["a", "default", "job-1"]
