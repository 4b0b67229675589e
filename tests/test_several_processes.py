"""Several servers behind one address: a world is asked about where it is."""

import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from click.testing import CliRunner

from emulator.app import Emulator, create_app
from emulator.cli import main
from emulator.control.client_files import CLIENT
from emulator.server import running
from emulator.settings import Settings, environment_with
from emulator.testing import reached
from emulator.testing.listener import Listening
from emulator.wire.addresses import owner_url
from tests.bench.servers import free_port
from tests.cases import each_case
from tests.cli.test_exec import NODE, OLDEST, node_version
from tests.limits import LIMIT_SECONDS

TOKEN: Final = "only-for-tests"
NAMES: Final = [f"job-{number}" for number in range(4)]
PLACED: Final = "+2348055599001"
IN_JAVASCRIPT: Final = """
const { connect } = await import(process.env.VOICEBOT_EMULATOR_CLIENT);
const emulator = connect();
for (const name of ["job-0", "job-1", "job-2", "job-3"]) {
  const world = await emulator.world({ name });
  await world.placeCalls("intron", { to: ["+2348055599001"] });
  await world.advance();
  const [call] = await world.calls();
  console.log(name, call.status);
  await world.close();
}
"""


@dataclass
class Entry:
    """One address for several servers, which passes each request on to the next of them."""

    urls: Iterator[str]
    asked: Counter[str] = field(default_factory=Counter[str])

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        message = await receive()
        path = scope["path"]
        self.asked[f"{scope['method']} {path}"] += 1
        async with httpx.AsyncClient(trust_env=False) as http:
            response = await http.request(
                scope["method"],
                next(self.urls) + path,
                content=message["body"],
                headers=list(scope["headers"]),
            )
        await send(
            {
                "type": "http.response.start",
                "status": response.status_code,
                "headers": [(b"content-type", response.headers["content-type"].encode())],
            }
        )
        await send({"type": "http.response.body", "body": response.content})


@pytest.fixture
def servers() -> Iterator[list[Emulator]]:
    """Two servers on sockets, each of which knows the address that it is reached at."""
    ports = [free_port() for _ in range(2)]
    first, second = (
        Settings(port=port, public_url=f"http://127.0.0.1:{port}", token=TOKEN) for port in ports
    )
    with running(first) as one, running(second) as two:
        yield [one, two]


@pytest.fixture
def entry(servers: list[Emulator]) -> Entry:
    """What chooses one of them for each request."""
    return Entry(cycle(each.worlds.settings.base_url for each in servers))


@pytest.fixture
def url(entry: Entry) -> Iterator[str]:
    """The address that all clients know."""
    listening = Listening(entry)
    yield listening.url
    listening.close()


def ran_in_node(url: str) -> str:
    """Run the story with ``client.mjs``, and return what it prints."""
    own = {
        "VOICEBOT_EMULATOR_URL": url,
        "VOICEBOT_EMULATOR_TOKEN": TOKEN,
        "VOICEBOT_EMULATOR_CLIENT": Path(str(CLIENT)).as_uri(),
    }
    done = subprocess.run(  # noqa: S603  # ours
        [str(NODE), "--input-type=module", "--eval", IN_JAVASCRIPT],
        env=environment_with(own),
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def world_tools(url: str) -> Any:
    """Return the tools of an agent about worlds."""
    from emulator.cli.client import ControlClient  # noqa: PLC0415  # beside what is optional
    from emulator.cli.mcp_tools.control import ToolControl  # noqa: PLC0415  # needs mcp
    from emulator.cli.mcp_tools.worlds import WorldTools  # noqa: PLC0415  # needs mcp

    return WorldTools(ToolControl(ControlClient(url, "default", TOKEN, as_json=True)))


def names(server: Emulator) -> list[str]:
    """Return the names of a server's worlds."""
    return [world.name for world in server.worlds.all()]


def test_worlds_of_a_test_run_are_spread(servers: list[Emulator], entry: Entry, url: str) -> None:
    """The pytest plugin's worlds are on all servers, and only their creation asks the address."""
    with reached(url, TOKEN) as emulated:
        worlds = [emulated.world(name=name) for name in NAMES]
        for world in worlds:
            (call,) = world.place_calls(PLACED)
            world.advance()
            assert world.call(call.id).status == "completed"
            assert world.wait_for_callback().status == "delivered"
        spread = [sorted(names(server)) for server in servers]
        for world in worlds:
            world.close()

    assert sorted(spread) == [["default", "job-0", "job-2"], ["default", "job-1", "job-3"]]
    assert [names(server) for server in servers] == [["default"]] * 2
    assert entry.asked == {"GET /_emulator/health": 1, "POST /_emulator/worlds": 4}


async def test_awaited_methods_follow_too(entry: Entry, url: str) -> None:
    """Asynchronous tests ask the same server."""
    with reached(url, TOKEN) as emulated, emulated.world() as world:
        await world.aio.place_calls(PLACED)
        await world.aio.advance()
        assert [call.status for call in await world.aio.calls()] == ["completed"]
    assert entry.asked == {"GET /_emulator/health": 1, "POST /_emulator/worlds": 1}


def test_requests_about_a_world_have_its_own_token(servers: list[Emulator], url: str) -> None:
    """What a test does to its world cannot be done to another by mistake."""
    with reached(url, TOKEN) as emulated, emulated.world(name="mine") as world:
        (server,) = (each for each in servers if "mine" in names(each))
        with pytest.raises(Exception, match="this token is for the world mine"):
            world.control("POST", "/reset", headers={"X-Emulator-World": "default"})
        assert world.control("GET", "/worlds/mine")["control_token"] == server.worlds.tokens.of(
            server.worlds.get("mine")
        )


@pytest.mark.skipif(node_version() < OLDEST, reason=f"Node {OLDEST} or newer is not installed")
def test_client_in_javascript_follows(entry: Entry, url: str) -> None:
    """``client.mjs`` asks the server that has the world, with the token of the world."""
    assert ran_in_node(url).splitlines() == [f"{name} completed" for name in NAMES]
    assert entry.asked == {"POST /_emulator/worlds": 4}


def test_agent_follows(entry: Entry, url: str) -> None:
    """The tools of an agent ask about each world where it was created."""
    pytest.importorskip("mcp")
    tools = world_tools(url)
    for name in NAMES:
        tools.create_world(name=name)
    for name in NAMES:
        assert tools.advance_clock(seconds=1, world=name)["counts"]["steps"] == 0
        assert tools.show_world(name)["name"] == name
        tools.delete_world(name)

    assert entry.asked == {"POST /_emulator/worlds": 4}


@pytest.fixture
def unreachable() -> Iterator[str]:
    """The address of a server whose public URL leads nowhere from here."""
    with running(Settings(port=0, public_url="http://127.0.0.1:9", token=TOKEN)) as server:
        yield server.worlds.settings.local_url


async def test_address_that_is_not_reached_is_not_followed(unreachable: str) -> None:
    """A public URL may be one of another network: then a world is asked about where it was made."""
    with reached(unreachable, TOKEN) as emulated, emulated.world() as world:
        assert world.control("GET", "/clock")["mode"] == "frozen"
        assert (await world.aio.control("GET", "/clock"))["mode"] == "frozen"


@pytest.mark.skipif(node_version() < OLDEST, reason=f"Node {OLDEST} or newer is not installed")
def test_client_in_javascript_stays_where_it_reaches_nothing_else(unreachable: str) -> None:
    """``client.mjs`` does the same."""
    assert ran_in_node(unreachable).splitlines() == [f"{name} completed" for name in NAMES]


def test_agent_stays_where_it_reaches_nothing_else(unreachable: str) -> None:
    """The tools of an agent do the same."""
    pytest.importorskip("mcp")
    tools = world_tools(unreachable)
    tools.create_world(name="mine")
    assert tools.show_world("mine")["name"] == "mine"


def test_variables_of_a_world_lead_to_its_server(servers: list[Emulator]) -> None:
    """``world env`` prints where the world is, and its own token."""
    server = servers[1]
    world = server.worlds.create(name="mine")
    base_url = server.worlds.settings.base_url
    given = ["--url", base_url, "--token", TOKEN]

    printed = CliRunner().invoke(main, ["world", "env", "mine", "--format", "dotenv", *given])

    assert f"VOICEBOT_EMULATOR_URL={base_url}\n" in printed.stdout
    assert f"VOICEBOT_EMULATOR_TOKEN={server.worlds.tokens.of(world)}\n" in printed.stdout


def test_commands_with_the_token_of_a_world_say_what_it_is_for(servers: list[Emulator]) -> None:
    """A command about another world, or about all, is refused in words of the command line."""
    server = servers[0]
    token = server.worlds.tokens.of(server.worlds.create(name="mine")) or ""
    given = ["--url", server.worlds.settings.base_url, "--token", token]

    for words, hint in (
        (["reset", "--yes", "--world", "default"], "name the world of the token with --world"),
        (["world", "list", "--world", "mine"], "the token that the emulator was started with"),
    ):
        refused = CliRunner().invoke(main, [*words, *given])
        assert refused.exit_code == 1
        assert hint in refused.stderr
        assert "X-Emulator" not in refused.stderr
    assert CliRunner().invoke(main, ["reset", "--yes", "--world", "mine", *given]).exit_code == 0


@each_case(
    ("asked", "owner", "followed"),
    [
        pytest.param("http://a:1", "http://a:1", "http://a:1", id="same"),
        pytest.param("http://a:1/", "http://b:1", "http://b:1", id="another-host"),
        pytest.param("http://a:1", "http://a:2/", "http://a:2", id="another-port"),
        pytest.param("http://a/x", "http://a/y", "http://a/y", id="another-path"),
        pytest.param("http://a:1", "https://b", "http://a:1", id="behind-a-proxy-with-tls"),
    ],
)
def test_owner_is_followed_within_a_scheme(asked: str, owner: str, followed: str) -> None:
    """Where only a proxy speaks TLS, clients stay with the address that they have asked."""
    assert owner_url(asked, owner) == followed


@pytest.mark.parametrize(
    ("settings", "host", "expected"),
    [
        pytest.param({}, "emulator:8080", "http://emulator:8080", id="as-asked"),
        pytest.param({"port": 9000}, "127.0.0.1:9999", "http://127.0.0.1:9999", id="mapped-port"),
        pytest.param(
            {"public_url": "https://tools.test/emulator/"},
            "127.0.0.1:8080",
            "https://tools.test/emulator",
            id="public-url-with-a-path",
        ),
    ],
)
async def test_world_says_where_it_is(settings: dict[str, Any], host: str, expected: str) -> None:
    """``url`` is the public URL, or else the address that was asked."""
    app = create_app(Settings(**settings))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url=f"http://{host}"
    ) as http:
        made = (await http.post("/_emulator/worlds", json={"name": "mine"})).json()
        shown = (await http.get("/_emulator/worlds/mine")).json()

    assert (made["url"], shown["url"]) == (expected, expected)
    await app.worlds.stop()
