"""Requests to the control API on behalf of a tool: an error is one that the agent can read."""

import json
from collections.abc import Callable
from typing import Annotated, Any, Final, NamedTuple, Protocol
from urllib.parse import quote

import httpx
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import Field

from emulator.cli.client import NEXT_CURSOR, REQUEST_TIMEOUT_SECONDS, ControlClient
from emulator.cli.problems import unreachable
from emulator.wire.addresses import owner_url

Json = dict[str, Any]
ToolMethod = Callable[..., Any]
WorldName = Annotated[
    str | None,
    Field(description="Name of the world; by default the one that this server was started for."),
]
Limit = Annotated[int | None, Field(description="Number of entries to list; by default 20.")]
DEFAULT_LIMIT: Final = 20
HINTS: Final = {
    "no_world": "list_worlds lists the worlds; create_world creates one",
    "not_found": "the argument world selects the world that is searched",
    "ended": "create_world creates a new world",
    "server_token": "start this server with the token that the emulator was started with: --token",
    "other_world": "use tools on the world of the token only, or start this server with the token"
    " that the emulator was started with: --token",
    "token": "start this server with the token of the emulator: --token, or the environment"
    " variable VOICEBOT_EMULATOR_TOKEN",
}
"""Hints by the code of a problem, in place of the control API's, which name routes and headers."""


class ToolGroup(Protocol):
    """Tools about one thing; the docstring of a method is what an agent reads."""

    @property
    def reads(self) -> tuple[ToolMethod, ...]:
        """Tools that change nothing."""

    @property
    def writes(self) -> tuple[ToolMethod, ...]:
        """Tools that add something, or let time pass."""

    @property
    def deletes(self) -> tuple[ToolMethod, ...]:
        """Tools after which something is gone."""


class Page(NamedTuple):
    """A page of a list."""

    rows: list[Json]
    total: int
    """The number of records that match, on all pages."""
    cursor: int | None
    """Where the next page begins; None for the last one."""


class ToolControl:
    """Sends the requests of tools; raises ToolError with what is wrong and what to do."""

    def __init__(self, control: ControlClient) -> None:
        self._control = control
        self._owners: dict[str, ControlClient] = {}
        """Clients of the emulators that have the worlds which were created here."""

    def follow(self, made: Json) -> None:
        """Ask about a new world where it is from now on, with its own token.

        That is here if the address of its emulator is not reached from this machine.
        """
        control, name = self._control, made["name"]
        url = owner_url(control.url, made["url"])
        token = made["control_token"] or control.token
        owner = control.at(url, name, token)
        is_reached = url == control.url or _is_reached(owner)
        self._owners[name] = owner if is_reached else control.at(control.url, name, token)

    def forget(self, name: str) -> None:
        """Ask about a world at the emulator that this server was started for again."""
        self._owners.pop(name, None)

    def _client_of(self, world: str) -> ControlClient:
        return self._owners.get(world) or self._control.in_world(world)

    def ask(
        self, method: str, path: str, body: Any = None, *, world: str | None = None, **query: Any
    ) -> Any:
        """Send a request about a world, and return the JSON of the response; None without one."""
        return self._sent(method, path, body, world=world, **query)[0]

    def page(self, path: str, *, world: str | None = None, **query: Any) -> Page:
        """Return a page of a list."""
        rows, headers = self._sent("GET", path, world=world, **query)
        cursor = headers.get(NEXT_CURSOR)
        total = int(headers["x-total-count"])
        return Page(rows, total, None if cursor is None else int(cursor))

    def _sent(
        self, method: str, path: str, body: Any = None, *, world: str | None = None, **query: Any
    ) -> tuple[Any, httpx.Headers]:
        """Return the JSON of the response, None without one, and its headers."""
        control = self._control if world is None else self._client_of(world)
        given = {name: value for name, value in query.items() if value is not None}
        try:
            content = None if body is None else json.dumps(body, allow_nan=False).encode()
            response = control.request(method, path, content, **given)
            found = response.json() if response.content else None
        except httpx.TimeoutException:
            seconds = f"{REQUEST_TIMEOUT_SECONDS:g} s"
            raise ToolError(f"no response from {control.url} within {seconds}") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ToolError(unreachable(control.url, error)) from None
        except ValueError:
            raise ToolError(f"the server at {control.url} is not an emulator") from None
        if response.is_error:
            raise ToolError(_said(found))
        return found, response.headers


def _is_reached(control: ControlClient) -> bool:
    try:
        control.request("GET", "/health")
    except httpx.HTTPError:
        return False
    return True


def _said(problem: Any) -> str:
    """Return the detail and the hint of a problem."""
    if not isinstance(problem, dict):
        return "the emulator refused the request"
    hint = HINTS.get(str(problem.get("code")), problem.get("hint"))
    lines = (problem.get("detail") or problem.get("title"), hint)
    return "\n".join(str(line) for line in lines if line)


def segment(text: str) -> str:
    """Return an id as a part of a path."""
    return quote(text, safe="")


def given(**fields: Any) -> Json:
    """Return the fields that have a value."""
    return {name: value for name, value in fields.items() if value is not None}
