"""Several processes behind HAProxy, with the configuration that the command line prints."""

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Final

import httpx
import pytest
from click.testing import CliRunner

from emulator.cli import main
from emulator.cli.haproxy import MissingSelectorsError, haproxy_config
from emulator.ids import shard_of, slot_of
from emulator.kit.auth import bearer_header
from emulator.platforms import discover
from tests.bots import serving
from tests.cases import each_case
from tests.effort import is_campaign
from tests.platforms.bimpe.support import Team
from tests.platforms.exotel.test_stream_calls import LOCKSTEP, keeper, talk
from tests.platforms.exotel.test_voice_calls import Voice
from tests.proxy import Cluster, checked, needs_haproxy
from tests.shards import NAMES, TOKEN, requests_of
from tests.support import World

STANDBYS: Final = [
    word for port in ("801", "802") for word in ("--shard-url", f"http://127.0.0.1:{port}{{shard}}")
]
"""Options for two processes of each shard."""
EVERY: Final = 1 if is_campaign() else 5
"""Of each vendor's requests, every fifth is made; all of them in ``make cluster-test``."""
JSON_ERROR: Final = "application/problem+json"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster for all tests that leave no trace but worlds."""
    made = Cluster(tmp_path_factory.mktemp("cluster"))
    yield made
    made.close()


@needs_haproxy
@each_case(
    "given",
    [
        pytest.param(["--shards", "1"], id="one"),
        pytest.param(["--shards", "3"], id="names"),
        pytest.param(["--shards", "5", "--shard-url", "http://10.0.0.{shard}:80"], id="addresses"),
        pytest.param(["--shards", "2", "--public-url", "https://a.test/emulator"], id="path"),
        pytest.param(["--shards", "2", *STANDBYS], id="standbys"),
        pytest.param(["--shards", "64", "--bind", "127.0.0.1:9000"], id="many"),
    ],
)
def test_configuration_is_valid(tmp_path_factory: pytest.TempPathFactory, given: list[str]) -> None:
    """HAProxy accepts what is printed."""
    printed = CliRunner().invoke(main, ["cluster", "config", "haproxy", *given])
    assert printed.exit_code == 0, printed.output

    done = checked(printed.stdout, tmp_path_factory.mktemp("haproxy"))

    assert done.returncode == 0, done.stderr


@each_case(
    ("given", "said"),
    [
        pytest.param(["--shards", "0"], "0 is not in the range 1<=x<=4096", id="none"),
        pytest.param(["--shards", "2", "--shard-url", "http://a"], "2 URLs, not 1", id="urls"),
        pytest.param(["--shards", "1", "--shard-url", "https://a"], "http://", id="tls"),
    ],
)
def test_wrong_options_are_refused(given: list[str], said: str) -> None:
    """An error says what is allowed."""
    refused = CliRunner().invoke(main, ["cluster", "config", "haproxy", *given])

    assert refused.exit_code == 2
    assert said in refused.output


@pytest.mark.parametrize("name", [pytest.param(each, id=each) for each in discover()])
def test_every_platform_contributes_its_rules(name: str) -> None:
    """Without a platform's selectors there is no configuration, rather than one that misleads."""
    platforms = discover()
    urls = [["http://127.0.0.1:1"]]
    assert f"if is_{name} " in haproxy_config(platforms, urls, bind=":1")
    without = replace(platforms[name])
    object.__setattr__(without, "selectors", None)

    with pytest.raises(MissingSelectorsError, match=f"the platform {name} has no selectors"):
        haproxy_config(platforms | {name: without}, urls, bind=":1")


def test_standbys_of_a_shard_are_in_its_backend() -> None:
    """Each of its processes may have the worlds: the proxy asks the one that does."""
    printed = CliRunner().invoke(main, ["cluster", "config", "haproxy", "--shards", "2", *STANDBYS])

    backend = printed.stdout.split("backend shard-1")[1].split("backend any")[0]
    servers = [line.split() for line in backend.splitlines() if line.startswith("    server")]
    assert servers == [
        ["server", "shard-1", "127.0.0.1:8011", "check"],
        ["server", "shard-1-1", "127.0.0.1:8021", "check"],
    ]
    assert "on-marked-down shutdown-sessions" in backend


@needs_haproxy
@pytest.mark.parametrize("vendor", [pytest.param(each, id=each) for each in discover()])
def test_every_selector_reaches_its_world(cluster: Cluster, vendor: str) -> None:
    """Whatever shows a credential, the request is in its world and in no other."""
    for name in NAMES:
        made = cluster.http.post("/_emulator/worlds", json={"name": name})
        assert made.status_code in {201, 409}
        world = cluster.world(name)
        app = cluster.shards.apps[cluster.owner(name)]
        own = app.worlds.credentials(world, vendor)
        for each in islice(requests_of(app.platforms[vendor], own), 0, None, EVERY):
            for path in (each.path, f"/{vendor}{each.path}"):
                before = cluster.exchanges(name)
                answered = cluster.http.request(each.method, path, headers=each.headers)
                assert answered.status_code != 421, each.label
                assert cluster.exchanges(name) == before + 1, each.label


@needs_haproxy
def test_worlds_are_made_at_one_address(cluster: Cluster) -> None:
    """A world is made where its name belongs, and a fork beside its origin."""
    made = [cluster.make(name=f"one-{number}") for number in range(6)]
    forks = [
        cluster.make(**{"from": "one-1"}),
        cluster.make(**{"from": "one-1", "name": "one-1.x"}),
    ]
    unnamed = [cluster.make() for _ in range(6)]

    assert {each["url"] for each in made} == {cluster.url}
    assert [each["name"] for each in forks] == ["one-1.1", "one-1.x"]
    for each in (*made, *forks, *unnamed):
        assert cluster.world(each["name"]).name == each["name"]
        shown = cluster.http.get(f"/_emulator/worlds/{each['name']}")
        assert shown.json()["credentials"] == each["credentials"]
    assert {cluster.owner(each["name"]) for each in unnamed} == {0, 1, 2}
    assert cluster.http.delete("/_emulator/worlds/one-1.1").status_code == 204


@needs_haproxy
def test_header_and_path_name_worlds(cluster: Cluster) -> None:
    """The header and the address of an inbox lead to the world, also one whose name has a dot."""
    for name in ("h-1", "h-2", "h-1.a.b"):
        before = cluster.http.get("/_emulator/clock", headers={"X-Emulator-World": name})
        made = cluster.make(name=name)
        after = cluster.http.get("/_emulator/clock", headers={"X-Emulator-World": name})
        put = cluster.http.post(f"{made['inbox_url']}mail", content=name)
        mail = cluster.http.get("/_emulator/inboxes/mail", headers={"X-Emulator-World": name})

        assert (before.status_code, after.status_code, put.status_code) == (404, 200, 200)
        assert [each["body"] for each in mail.json()] == [name]
    key = cluster.make(name="h-3")["credentials"]["intron"]["api_key"]
    other = {"X-Emulator-World": "h-1"} | bearer_header(key)
    exchanges = cluster.exchanges("h-1")
    assert cluster.http.get("/voicebot/v1/workflows", headers=other).status_code == 200
    assert cluster.exchanges("h-1") == exchanges + 1


@needs_haproxy
def test_token_of_a_world_leads_to_it(cluster: Cluster) -> None:
    """A job that has only the token of its world reaches what it may use."""
    made = cluster.make(name="t-1")
    with httpx.Client(base_url=cluster.url, trust_env=False) as job:
        token = {"X-Emulator-Token": made["control_token"]}
        for _ in range(3):
            assert job.get("/_emulator/numbers", headers=token).status_code == 200
        named = token | {"X-Emulator-World": "t-1"}
        assert job.post("/_emulator/reset", headers=named).status_code == 200
        assert job.get("/_emulator/worlds", headers=token).status_code == 403


@needs_haproxy
def test_default_takes_what_is_not_minted(cluster: Cluster) -> None:
    """Unknown credentials, and the control API without a world, reach ``default``."""
    before = cluster.exchanges("default")
    answered = [
        cluster.http.get("/voicebot/v1/workflows", headers=bearer_header("mine")),
        cluster.http.get("/api/v1/console/agents", headers={"X-API-Key": "mine"}),
        cluster.http.get("/voicebot/api/v2/accounts/mine/voicebots"),
        cluster.http.get("/_emulator/clock"),
    ]

    assert [each.status_code for each in answered] == [200] * 4
    assert cluster.exchanges("default") == before + 3


@needs_haproxy
def test_lists_are_asked_anywhere(cluster: Cluster) -> None:
    """A list has the worlds of all processes, whichever answers."""
    names = {f"list-{number}" for number in range(5)}
    for name in names:
        cluster.make(name=name)

    for _ in range(3):
        listed = cluster.http.get("/_emulator/worlds?name=list-").json()
        assert {each["name"] for each in listed} == names
    assert cluster.http.get("/_emulator/coverage?worlds=all").status_code == 200
    assert cluster.http.get("/").status_code == 200


@needs_haproxy
def test_streams_and_large_bodies_pass(cluster: Cluster) -> None:
    """An event stream arrives event by event, and a body of 32 MB as it was sent."""
    made = cluster.make(name="large")
    named = {"X-Emulator-World": "large"}
    with cluster.http.stream("GET", "/_emulator/events", headers=named) as stream:
        lines = stream.iter_lines()
        assert any(line.startswith("event: world") for line in islice(lines, 20))
        changed = cluster.http.post("/_emulator/clock/advance", json={"seconds": 60}, headers=named)
        assert changed.status_code == 200
        assert any("00:01:00Z" in line for line in islice(lines, 200))
    body = b"x" * (32 << 20)
    assert cluster.http.post(f"{made['inbox_url']}mail", content=body).status_code == 200
    ((_, message),) = cluster.world("large").inboxes["mail"].messages.after(0)
    assert message.content == body


@needs_haproxy
async def test_ticket_of_a_stream_passes(cluster: Cluster) -> None:
    """A browser that has only the ticket reads the stream of its conversation."""
    headers = {"X-Emulator-Token": TOKEN}
    async with httpx.AsyncClient(base_url=cluster.url, headers=headers, trust_env=False) as client:
        soon = {"bimpe": {"heartbeat_seconds": 0.05}}  # of a stream on which nothing else comes
        team = Team(World(client, cluster.make(name="talk", options=soon)))
        agent = await team.agent()
        path = f"/agents/{agent}/conversations/{await team.conversation(agent)}"
        ticket = (await team.post(f"{path}/stream-ticket", {}))["ticket"]

        url = f"/api/v1/console{path}/stream?ticket={ticket}"
        async with client.stream("GET", url) as stream:
            assert stream.status_code == 200
            assert stream.headers["content-type"].startswith("text/event-stream")
            assert await anext(stream.aiter_lines()) is not None


@needs_haproxy
async def test_call_with_a_bot_passes(cluster: Cluster) -> None:
    """A bot speaks on a call that was placed through the proxy, which holds a long advance open."""
    headers = {"X-Emulator-Token": TOKEN}
    made = cluster.make(name="bot-call", options={"exotel": LOCKSTEP})
    async with (
        httpx.AsyncClient(base_url=cluster.url, headers=headers, trust_env=False) as client,
        serving(keeper()) as bot,
    ):
        call = await talk(Voice(World(client, made)), bot.url)

    assert call["Status"] == "completed"
    assert len(bot.requests) == 1
    assert any('"media"' in each for each in bot.messages)


@needs_haproxy
def test_shard_that_is_down_is_503_in_json(tmp_path: Path) -> None:
    """What belongs to a process that is down is answered by no other; the others still answer."""
    made = Cluster(tmp_path, silent=frozenset({2}))
    try:
        down = made.http.get("/_emulator/clock", headers={"X-Emulator-World": "a"})
        vendor = made.http.get("/voicebot/v1/workflows", headers={"X-Emulator-World": "a"})
        up = made.http.get("/_emulator/clock")
    finally:
        made.close()

    assert (down.status_code, vendor.status_code, up.status_code) == (503, 503, 200)
    assert down.headers["content-type"] == JSON_ERROR
    assert json.loads(down.content)["detail"] == "shard 2 of 3 cannot answer this request"


@needs_haproxy
def test_proxy_without_any_shard_says_so(tmp_path: Path) -> None:
    """What any process may answer is 503 only once none is there."""
    made = Cluster(tmp_path, silent=frozenset({0, 1, 2}))
    try:
        listed = made.http.get("/_emulator/worlds")
    finally:
        made.close()

    assert listed.status_code == 503
    assert json.loads(listed.content)["detail"] == "no shard can answer this request"


@needs_haproxy
def test_proxy_that_knows_another_number_is_answered_421(tmp_path: Path) -> None:
    """No request is answered in the wrong place, and health says what differs."""
    made = Cluster(tmp_path, known=2)
    try:
        statuses = {
            name: made.http.get("/_emulator/clock", headers={"X-Emulator-World": name}).status_code
            for name in NAMES
        }
        health = made.http.get("/_emulator/health").json()
    finally:
        made.close()

    agree = {name: shard_of(slot_of(name), 2) == shard_of(slot_of(name), 3) for name in NAMES}
    assert statuses == {name: 404 if agree[name] else 421 for name in NAMES}
    assert not all(agree.values())
    assert health["shards"] == 3
