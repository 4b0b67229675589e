"""``voicebot-emulator mcp``, asked by the MCP package's own client."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any, Final

import pytest

from emulator import __version__
from emulator.cli.client import ControlClient
from emulator.cli.mcp_server import mcp_server
from emulator.docs.library import guides
from emulator.server import running
from emulator.settings import Settings
from emulator.vendors import discover
from tests.cases import each_case
from tests.limits import LIMIT_SECONDS

if TYPE_CHECKING:
    from mcp import Client

BUSY: Final = "+23480099012"
TOKEN: Final = "open-sesame"
WITHOUT: Final = """
import sys
sys.modules["mcp"] = None  # to import it fails
from emulator.cli import main
main(["mcp"])
"""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """An emulator whose control API asks for a token."""
    with running(Settings(port=0, token=TOKEN)) as app:
        yield app.worlds.settings.base_url


@pytest.fixture(scope="module")
async def agent(url: str, tmp_path_factory: pytest.TempPathFactory) -> "AsyncIterator[Client]":
    """A client that has started the MCP server as a coding agent does."""
    from mcp import Client, StdioServerParameters, stdio_client  # noqa: PLC0415  # slow to import

    log = tmp_path_factory.mktemp("mcp") / "stderr.txt"
    server = StdioServerParameters(
        command=sys.executable,
        args=["-m", "emulator", "mcp", "--url", url],
        env={**os.environ, "VOICEBOT_EMULATOR_TOKEN": TOKEN},  # noqa: TID251  # handed on
    )
    with log.open("w") as errors:
        async with Client(stdio_client(server, errors)) as client:
            yield client
    assert log.read_text() == ""


async def use(agent: "Client", tool: str, **arguments: Any) -> Any:
    """Use a tool that must succeed, and return what it found."""
    result = await agent.call_tool(tool, arguments)
    assert not result.is_error, result.content
    return result.structured_content


async def refusal_of(agent: "Client", tool: str, **arguments: Any) -> str:
    """Use a tool that must fail, and return what it says."""
    from mcp.types import TextContent  # noqa: PLC0415  # slow to import

    result = await agent.call_tool(tool, arguments)
    assert result.is_error
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


async def test_every_tool_and_every_argument_is_described(agent: "Client") -> None:
    """An agent reads what each tool does, what each argument means, and what deletes."""
    tools = {each.name: each for each in (await agent.list_tools()).tools}

    assert agent.server_info is not None
    assert (agent.server_info.name, agent.server_info.version) == ("voicebot-emulator", __version__)
    assert "create_world" in (agent.instructions or "")
    for name, tool in tools.items():
        assert (tool.description or "").strip(), name
        for argument, schema in tool.input_schema["properties"].items():
            assert schema.get("description"), (name, argument)
    hints = {name: each.annotations for name, each in tools.items()}
    assert {name for name, each in hints.items() if each and each.destructive_hint} == {
        "delete_world",
        "delete_fault",
    }
    assert {name for name, each in hints.items() if each and not each.read_only_hint} == {
        *("create_world", "delete_world", "advance_clock", "place_call", "resend_callback"),
        *("add_fault", "delete_fault"),
    }


async def test_agent_follows_a_call_from_its_world_to_its_explanation(agent: "Client") -> None:
    """The tools are enough to place a call, let time pass, and find out what came of it."""
    made = await use(agent, "create_world", name="call", seed=7, now="2026-01-01T00:00:00Z")
    inbox = made["inbox_url"] + "done"
    here = {"world": "call"}
    await use(agent, "advance_clock", seconds=5, **here)
    fields = {"to": BUSY, "call_back_url": inbox}
    placed = await use(agent, "place_call", platform="intron", fields=fields, **here)
    done = await use(agent, "advance_clock", **here)
    (call,) = (await use(agent, "list_calls", platform="intron", status="busy", **here))["calls"]
    (callback,) = (await use(agent, "list_callbacks", status="delivered", **here))["callbacks"]
    again = await use(agent, "resend_callback", callback_id=callback["id"], **here)
    (first, second) = (await use(agent, "read_inbox", name="done", **here))["messages"]
    explained = await use(agent, "explain", thing=call["id"], **here)
    found = (await use(agent, "search", text=BUSY, **here))["results"]
    history = (await use(agent, "show_history", kind="call", about=call["id"], **here))["entries"]

    assert made["credentials"]["intron"]["api_key"]
    assert placed["batch_id"] == call["batch_id"]
    assert done["counts"]["callbacks"] == len(done["callbacks"]) == 1
    assert (await use(agent, "show_clock", **here))["now"] == done["now"]
    assert (await use(agent, "show_call", call_id=call["id"], **here))["status"] == "busy"
    shown = await use(agent, "show_callback", callback_id=again["id"], **here)
    assert [each["status"] for each in shown["attempts"]] == [200, 200]
    assert first["body"] == second["body"] == shown["body"]
    assert "busy" in explained["text"]
    assert call["id"] in {each["id"] for each in found}
    assert [each["status"] for each in history][-1] == "busy"


async def test_agent_makes_a_request_fail(agent: "Client") -> None:
    """Fault rules are added, listed and deleted by tools."""
    await use(agent, "create_world", name="faults")
    here = {"world": "faults"}
    kinds = {each["kind"] for each in (await use(agent, "list_fault_kinds"))["kinds"]}
    rule = await use(agent, "add_fault", kind="error", fields={"status": 429}, times=1, **here)

    (listed,) = (await use(agent, "list_faults", **here))["faults"]
    (unused,) = (await use(agent, "list_faults", unused=True, **here))["faults"]
    await use(agent, "delete_fault", fault_id=rule["id"], **here)

    assert listed["id"] == unused["id"] == rule["id"]
    assert "error" in kinds
    assert (await use(agent, "list_faults", **here))["faults"] == []


async def test_worlds_are_listed_and_deleted(agent: "Client") -> None:
    """A world that is no longer needed is deleted; the others stay."""
    made = await use(agent, "create_world", name="brief", clock="auto", expires_in=3600)
    assert made["expires_at"] is not None
    fork = await use(agent, "create_world", name="fork", fork_of="brief")
    await use(agent, "delete_world", name="brief")

    names = {each["name"] for each in (await use(agent, "list_worlds"))["worlds"]}
    assert {"default", "fork"} <= names
    assert "brief" not in names
    assert (await use(agent, "show_world", name="fork"))["seed"] == fork["seed"]


async def test_agent_reads_about_platforms_and_numbers(agent: "Client") -> None:
    """An agent finds what a call takes, which numbers there are, and every guide."""
    platforms = (await use(agent, "list_platforms"))["platforms"]
    numbers = (await use(agent, "list_numbers"))["numbers"]
    listed = (await use(agent, "list_guides"))["guides"]
    part = await use(agent, "read_guide", topic="faults", heading="Faults of calls")
    whole = await use(agent, "read_guide", topic="faults")

    assert [each["name"] for each in platforms] == [*discover()]
    assert (
        "to"
        in next(each for each in platforms if each["name"] == "intron")["call_request"][
            "properties"
        ]
    )
    assert {each["suffix"]: each["scenario"] for each in numbers}["99012"] == "busy"
    assert [each["topic"] for each in listed] == [*guides()]
    assert part["text"].splitlines()[0].strip("# ") == "Faults of calls"
    assert "Faults of callbacks" not in part["text"]
    assert part["text"] in whole["text"]


@each_case(
    ("tool", "arguments", "said"),
    [
        pytest.param(
            "show_call",
            {"call_id": "x/../y"},
            "call x/../y not found\nthe argument world selects",
            id="unknown-call",
        ),
        pytest.param(
            "list_calls",
            {"world": "nowhere"},
            "there is no world nowhere\nlist_worlds lists",
            id="unknown-world",
        ),
        pytest.param(
            "add_fault", {"kind": "erorr"}, "unknown: 'erorr'; did you mean error", id="hint"
        ),
        pytest.param(
            "read_guide", {"topic": "fautls"}, 'did you mean "faults"?\nlist_guides', id="guide"
        ),
        pytest.param(
            "read_guide", {"topic": "faults", "heading": "x"}, "\nallowed: Faults", id="heading"
        ),
        pytest.param("advance_clock", {"seconds": "soon"}, "valid number", id="wrong-type"),
    ],
)
async def test_refused_request_is_an_error_of_the_tool(
    agent: "Client", tool: str, arguments: dict[str, Any], said: str
) -> None:
    """What the control API refuses is an error with its detail and its hint."""
    assert said in await refusal_of(agent, tool, **arguments)


async def test_emulator_that_cannot_be_used_is_an_error_of_the_tool(url: str) -> None:
    """An agent reads how to start an emulator, and that it needs the token of this one."""
    from mcp import Client  # noqa: PLC0415  # slow to import

    dead = mcp_server(ControlClient("http://127.0.0.1:9", "default", None, as_json=False))
    strange = mcp_server(ControlClient(url, "default", "wrong", as_json=False))

    async with Client(dead) as agent:
        unreachable = await refusal_of(agent, "list_worlds")
    async with Client(strange) as agent:
        refused = await refusal_of(agent, "list_worlds")

    assert "no emulator at http://127.0.0.1:9" in unreachable
    assert "`serve` starts one" in unreachable
    assert "the token of the control API is missing or wrong\nstart this server with" in refused


def test_without_the_extra_the_command_says_what_to_install() -> None:
    """The package mcp is an extra: without it, the command names what to install."""
    done = subprocess.run(  # noqa: S603  # our own program
        [sys.executable, "-c", WITHOUT],
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
        check=False,
    )

    assert done.returncode == 3
    assert done.stderr == (
        "this command needs the package mcp: pip install 'voicebot-emulator[mcp]'\n"
    )
