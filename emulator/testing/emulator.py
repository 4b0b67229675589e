"""An emulator for tests: in this process, on a free port, or one that runs already."""

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import httpx

from emulator.domain.profiles import read_profiles
from emulator.testing.async_world import AsyncWorld, Scenario, decoded, pause
from emulator.testing.link import (
    ADDRESS,
    REQUEST_TIMEOUT_SECONDS,
    AppLink,
    Link,
    Loop,
    LoopTransport,
    SocketLink,
)
from emulator.testing.records import HIDES_TRACEBACK, EmulatorError, Knowledge
from emulator.testing.worlds import App, EmulatedWorld
from emulator.wire.addresses import owner_url

if TYPE_CHECKING:
    from emulator.app import Emulator

__tracebackhide__ = HIDES_TRACEBACK

NAME_TAKEN: Final = 409
TOKEN_HEADER: Final = "X-Emulator-Token"


def _given(fields: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value is not None}


def _profiles(given: str | dict[str, str] | None) -> dict[str, str] | None:
    try:
        return read_profiles(given) if isinstance(given, str) else given
    except ValueError as error:
        raise EmulatorError(f"profile {error}") from None


def _written(now: str | datetime | None) -> str | None:
    return now.isoformat() if isinstance(now, datetime) else now


def _set_behavior(
    world: EmulatedWorld,
    scenario: Scenario | Sequence[Scenario] | None,
    mix: dict[str, float] | None,
) -> None:
    if scenario is not None:
        world.behave(scenario)
    if mix is not None:
        world.mix(**mix)


class Emulated:
    """An emulator and the link to it; ``app`` is None for one in another process."""

    def __init__(
        self, url: str, link: Link, app: "Emulator | None" = None, token: str | None = None
    ) -> None:
        self.url = url
        self.app = app
        self._link = link
        self._token = {} if token is None else {TOKEN_HEADER: token}
        self._clients: dict[str, httpx.Client] = {}
        """By URL: each world is asked about where it is."""
        self._client = self._client_at(url)
        self._reached = {url: True}

    def _client_at(self, url: str) -> httpx.Client:
        if url not in self._clients:
            self._clients[url] = httpx.Client(
                base_url=url, transport=self._link.transport(), timeout=REQUEST_TIMEOUT_SECONDS
            )
        return self._clients[url]

    def world(
        self,
        *,
        name: str | None = None,
        seed: int | None = None,
        clock: str = "frozen",
        speed: float | None = None,
        now: str | datetime | None = None,
        auth: str | None = None,
        calls_per_second: float | None = None,
        profile: str | dict[str, str] | None = None,
        options: dict[str, dict[str, Any]] | None = None,
        scenario: Scenario | Sequence[Scenario] | None = None,
        mix: dict[str, float] | None = None,
        seed_file: str | Path | None = None,
    ) -> EmulatedWorld:
        """Create a world; EmulatorError says what does not fit. A name that is taken gets a number.

        ``profile``: editions of the platforms' APIs, as ``PLATFORM=PROFILE,...`` or a mapping.
        ``scenario`` is how callees behave; a list gives one for each of the first calls.
        ``seed_file`` says what the world starts with, besides its clock and its seed.
        """
        asked = {
            "seed": seed,
            "clock": _given({"mode": clock, "speed": speed, "now": _written(now)}),
            "auth": auth,
            "calls_per_second": calls_per_second,
            "profile": _profiles(profile),
            "options": options,
        }
        made = self._make(name, _given(asked))
        world = self._world(made)
        try:
            if seed_file is not None:
                self._fill(made, seed_file)
            _set_behavior(world, scenario, mix)
        except EmulatorError:
            world.close()
            raise
        return world

    def _fill(self, made: dict[str, Any], seed_file: str | Path) -> None:
        from emulator.testing.seed_files import fill_world  # noqa: PLC0415  # rarely used

        url, token = self._owner_of(made)
        fill_world(self._client_at(url), seed_file, url, made["name"], token)

    def _owner_of(self, made: dict[str, Any]) -> tuple[str, dict[str, str]]:
        """Return the URL of the process that has a new world, and the token for this world."""
        url = self.url if self.app is not None else owner_url(self.url, made.get("url", self.url))
        token = made.get("control_token")
        own = self._token if token is None else {TOKEN_HEADER: token}
        return (url if self._is_reached(url) else self.url), own

    def _is_reached(self, url: str) -> bool:
        """Return whether this machine reaches what an emulator says is its address."""
        if url not in self._reached:
            try:
                self._client_at(url).get("/_emulator/health")
            except httpx.TransportError:
                self._reached[url] = False
            else:
                self._reached[url] = True
        return self._reached[url]

    def _make(self, name: str | None, body: dict[str, Any]) -> dict[str, Any]:
        named, number = name, 1
        while True:
            asked = body if named is None else body | {"name": named}
            try:
                response = self._client.post("/_emulator/worlds", json=asked, headers=self._token)
            except (TypeError, ValueError) as error:
                raise EmulatorError(f"the world cannot be created: {error}") from None
            if response.status_code != NAME_TAKEN or named is None:
                break
            number += 1
            named = f"{name}-{number}"
        made: dict[str, Any] = decoded(response)
        return made

    def _world(self, made: dict[str, Any]) -> EmulatedWorld:
        url, token = self._owner_of(made)
        headers = token | {"X-Emulator-World": made["name"]}
        client = self._client_at(url)

        def blocks(method: str, path: str, **rest: Any) -> httpx.Response:
            rest["headers"] = headers | rest.get("headers", {})
            return client.request(method, path, **rest)

        async def ask(method: str, path: str, **rest: Any) -> httpx.Response:
            return blocks(method, path, **rest)

        async def wait(seconds: float) -> None:
            threading.Event().wait(seconds)

        async def aio(method: str, path: str, **rest: Any) -> httpx.Response:
            if not isinstance(self._link, AppLink):
                return await asyncio.to_thread(blocks, method, path, **rest)
            async with httpx.AsyncClient(
                base_url=self.url,
                transport=self._link.async_transport(),
                timeout=REQUEST_TIMEOUT_SECONDS,
            ) as client:
                rest["headers"] = headers | rest.get("headers", {})
                return await client.request(method, path, **rest)

        knows = Knowledge()
        return EmulatedWorld(
            AsyncWorld(ask, wait, made, knows),
            AsyncWorld(aio, pause, made, knows),
            self._link,
            headers,
            self.deliver_to,
        )

    def deliver_to(self, app: App, base_url: str) -> tuple[str, Callable[[], None]]:
        """Make an ASGI app of this process reachable; return its address, and what ends that.

        It is mounted at ``base_url``, or served on a free port if the emulator is another process.
        """
        if self.app is None:
            from emulator.testing.listener import Listening  # noqa: PLC0415  # loads a server

            served = Listening(app)
            return served.url, served.close
        from emulator.callbacks.asgi_transport import AsgiTransport  # noqa: PLC0415  # see below

        worlds = self.app.worlds
        worlds.transports.mount(base_url, AsgiTransport(app, worlds.settings.callback_timeout))
        return base_url, lambda: worlds.transports.unmount(base_url)

    def close(self) -> None:
        """Close every connection."""
        for client in self._clients.values():
            client.close()
        self._link.close()


@contextmanager
def in_process(**settings: Any) -> Iterator[Emulated]:
    """Run an emulator as an ``app`` of this process, without sockets.

    ``settings`` are the flags of ``serve``, with underscores.
    """
    from emulator.app import create_app  # noqa: PLC0415  # not needed to reach one elsewhere
    from emulator.callbacks.dialer import StreamDialer  # noqa: PLC0415  # as above
    from emulator.callbacks.egress import Egress  # noqa: PLC0415  # as above
    from emulator.callbacks.socket_transport import SocketTransport  # noqa: PLC0415  # as above
    from emulator.callbacks.transport import Transports  # noqa: PLC0415  # as above
    from emulator.settings import Settings  # noqa: PLC0415  # as above

    asked = Settings(**{"public_url": ADDRESS} | settings)
    loop = Loop()
    egress = Egress(allow_public=asked.allow_public_callbacks)
    outside = LoopTransport(SocketTransport(egress, asked.callback_timeout), loop)
    app = create_app(asked, Transports(outside, StreamDialer(egress)))
    yield from _closing(Emulated(asked.base_url, AppLink(app, loop), app, asked.token))


@contextmanager
def served(**settings: Any) -> Iterator[Emulated]:
    """Serve an emulator from a thread of this process, on a free port."""
    from emulator.server import running  # noqa: PLC0415  # not needed to reach one elsewhere
    from emulator.settings import Settings  # noqa: PLC0415  # as above

    with running(Settings(**{"port": 0} | settings)) as app:
        settled = app.worlds.settings
        yield from _closing(Emulated(settled.base_url, SocketLink(), app, settled.token))


@contextmanager
def reached(url: str, token: str | None = None) -> Iterator[Emulated]:
    """Use an emulator that runs already; EmulatorError if there is none at this URL."""
    emulated = Emulated(url.rstrip("/"), SocketLink(), token=token)
    try:
        health = emulated._client.get("/_emulator/health")  # noqa: SLF001  # of this module
        found = health.is_success and health.json()["status"] == "ok"
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, LookupError, TypeError):
        found = False
    if not found:
        emulated.close()
        hint = (
            "start it with voicebot-emulator serve"
            if url.startswith(("http://", "https://"))
            else "a URL begins with http://"
        )
        raise EmulatorError(f"there is no emulator at {url}: {hint}")
    yield from _closing(emulated)


def _closing(emulated: Emulated) -> Iterator[Emulated]:
    try:
        yield emulated
    finally:
        emulated.close()
