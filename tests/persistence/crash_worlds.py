"""A client that makes, forks, saves, restores, imports and deletes worlds until the server is gone.

It knows what each of its worlds may have: what was acknowledged, and with it what a request that
was not answered would have made of it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from tests.support import WORKFLOW

CLOCKS: Final = ("frozen", "auto", "live")
Names = frozenset[str] | None
"""The names of the workflows of a world; None for a world that is not there."""


@dataclass
class KnownWorlds:
    """What may be in each world of one client."""

    prefix: str
    possible: dict[str, list[Names]] = field(default_factory=dict[str, list[Names]])
    made: int = 0

    def of(self, name: str) -> Names:
        """Return what is in a world, which only this client changes."""
        (names,) = self.possible[name]
        return names

    def change(
        self, name: str, names: Names, request: Callable[[], httpx.Response]
    ) -> httpx.Response:
        """Make a request that leaves a world with these workflows, once it is acknowledged."""
        self.possible[name] = [*self.possible.get(name, [None]), names]
        response = request()
        if response.is_success:
            self.possible[name] = [names]
        return response

    def campaign(self, http: httpx.Client) -> Iterator[httpx.Response]:
        """Go through everything that can be done with whole worlds."""
        self.made += 1
        first, second, third = (f"{self.prefix}-{self.made}-{each}" for each in "abc")
        snapshot = f"{first}-early"
        clock = {"mode": CLOCKS[self.made % len(CLOCKS)]}
        yield self._make(http, first, frozenset(), clock=clock)
        yield self._add_workflow(http, first, "x")
        yield http.post("/_emulator/snapshots", json={"name": snapshot}, headers=of(first))
        yield self._add_workflow(http, first, "y")
        yield self._make(http, second, self.of(first), **{"from": first})
        yield self._make(http, third, frozenset({"x"}), **{"from": snapshot})
        content = http.get("/_emulator/export", headers=of(first)).content
        yield self._post(http, third, self.of(first), "/import", content=content)
        yield self._post(http, first, frozenset({"x"}), f"/snapshots/{snapshot}/restore")
        yield self._post(http, second, frozenset(), "/reset")
        yield self.change(third, None, lambda: http.delete(f"/_emulator/worlds/{third}"))
        yield self._make(http, third, frozenset())

    def _make(self, http: httpx.Client, name: str, names: Names, **settings: Any) -> httpx.Response:
        body = {"name": name, **settings}
        return self.change(name, names, lambda: http.post("/_emulator/worlds", json=body))

    def _add_workflow(self, http: httpx.Client, name: str, workflow: str) -> httpx.Response:
        names = (self.of(name) or frozenset()) | {workflow}
        body = WORKFLOW | {"name": workflow}
        return self.change(
            name, names, lambda: http.post("/voicebot/v1/workflows", json=body, headers=of(name))
        )

    def _post(
        self, http: httpx.Client, name: str, names: Names, path: str, **rest: Any
    ) -> httpx.Response:
        return self.change(
            name, names, lambda: http.post(f"/_emulator{path}", headers=of(name), **rest)
        )

    def check(self, http: httpx.Client) -> None:
        """Every world has what was acknowledged, or that and the one request under way."""
        for name, possible in self.possible.items():
            found = _found(http, name)
            assert found in possible, f"{name} has {found}, not one of {possible}"
            self.possible[name] = [found]


def _found(http: httpx.Client, name: str) -> Names:
    response = http.get("/voicebot/v1/workflows", headers=of(name))
    if response.status_code == httpx.codes.NOT_FOUND:
        return None
    assert response.status_code == httpx.codes.OK, response.text
    return frozenset(each["name"] for each in response.json()["data"])


def of(name: str) -> dict[str, str]:
    """Return the header that selects a world."""
    return {"X-Emulator-World": name}
