"""``mcp``: the control API as tools of an MCP server on standard input and output.

https://modelcontextprotocol.io; the package is an extra.
"""

from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

import click

from emulator import __version__
from emulator.cli.client import ControlClient, with_connection
from emulator.cli.commands import Command
from emulator.cli.exit_codes import CANNOT_START
from emulator.cli.output import fail

if TYPE_CHECKING:
    from mcp.server import MCPServer

INSTALL: Final = "pip install 'voicebot-emulator[mcp]'"
INSTRUCTIONS: Final = """\
A local emulator of voicebot platforms, with a clock that you control; no real call is ever made.
A test: create_world (its clock is frozen) gives credentials and base URLs; run the code under test
with them, or place_call; advance_clock lets time pass; list_calls and list_callbacks show what
happened, explain says why. The last digits of a number choose how its call goes: list_numbers.
add_fault makes something fail. Start with read_guide "quickstart", and with the guide of the
platform at hand.
"""


@click.command(cls=Command)
@with_connection
def mcp(control: ControlClient) -> None:
    """Serve the control API as tools of an MCP server, on standard input and output.

    Coding agents start it as a command. It needs the extra: pip install 'voicebot-emulator[mcp]'
    """
    if find_spec("mcp") is None:
        fail(f"this command needs the package mcp: {INSTALL}", CANNOT_START)
    mcp_server(control).run("stdio")


def mcp_server(control: ControlClient) -> "MCPServer[None]":
    """Return a server whose tools ask one emulator."""
    from mcp.server import MCPServer  # noqa: PLC0415  # an extra
    from mcp.types import ToolAnnotations  # noqa: PLC0415  # an extra

    from emulator.cli.mcp_tools.calls import CallTools  # noqa: PLC0415  # needs the extra
    from emulator.cli.mcp_tools.control import ToolControl, ToolGroup  # noqa: PLC0415  # needs the extra
    from emulator.cli.mcp_tools.faults import FaultTools  # noqa: PLC0415  # needs the extra
    from emulator.cli.mcp_tools.guides import GuideTools  # noqa: PLC0415  # needs the extra
    from emulator.cli.mcp_tools.worlds import WorldTools  # noqa: PLC0415  # needs the extra

    server: MCPServer[None] = MCPServer(
        "voicebot-emulator", instructions=INSTRUCTIONS, version=__version__, log_level="WARNING"
    )
    asking = ToolControl(control)
    groups: list[ToolGroup] = [
        *(WorldTools(asking), CallTools(asking), FaultTools(asking), GuideTools()),
    ]
    read = ToolAnnotations(read_only_hint=True, open_world_hint=False)
    write = ToolAnnotations(destructive_hint=False, open_world_hint=False)
    delete = ToolAnnotations(destructive_hint=True, open_world_hint=False)
    for group in groups:
        kinds = ((group.reads, read), (group.writes, write), (group.deletes, delete))
        for methods, annotations in kinds:
            for method in methods:
                server.add_tool(method, annotations=annotations)
    return server


commands: Final = (mcp,)
