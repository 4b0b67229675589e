"""A world of a test, whose methods are awaited."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Unpack
from urllib.parse import quote

import httpx

from emulator.testing.call_fields import CallFields
from emulator.testing.faults import AsyncFault, FaultArguments, FaultRule
from emulator.testing.link import ADDRESS
from emulator.testing.records import (
    HIDES_TRACEBACK,
    Advanced,
    CallbackRecord,
    CallRecord,
    EmulatorError,
    ExplanationRecord,
    Knowledge,
    Message,
    NothingArrivedError,
    Snapshot,
)

__tracebackhide__ = HIDES_TRACEBACK

Ask = Callable[..., Awaitable[httpx.Response]]
"""Makes a request: method, path, and further arguments of httpx."""
Pause = Callable[[float], Awaitable[None]]
Scenario = str | dict[str, Any]
"""A built-in scenario's name, or ``{"behavior": "answered", "talk_seconds": 12, ...}``."""

PAGE_SIZE: Final = 1000
MAX_FAILURES: Final = 20
"""Of the failing callbacks that are looked for at the end of a test."""
POLL_SECONDS: Final = 0.02
"""Real time between two reads of a world whose clock is not frozen."""
INBOX: Final = "inbox"
SETTLED: Final = ("delivered", "failed", "refused")


class AsyncInbox:
    """An endpoint inside the emulator: give its ``url`` to a vendor, and read what it receives."""

    def __init__(self, world: "AsyncWorld", name: str) -> None:
        self._world = world
        self.name = name
        self.url = f"{world.inbox_url}{name}"

    async def messages(self) -> list[Message]:
        """Return the requests that it received, oldest first."""
        return [Message.of(each) for each in await self._world.read_all(f"/inboxes/{self.name}")]

    async def answer(self, *answers: int | dict[str, Any]) -> None:
        """Script the next responses: statuses, or ``{"status", "json" or "body"}``."""
        await self._world.control("PUT", f"/inboxes/{self.name}", json={"answers": answers})

    async def empty(self) -> None:
        """Delete the messages and the scripted responses."""
        await self._world.control("DELETE", f"/inboxes/{self.name}")


class AsyncWorld:
    """A world of one test, whose methods are awaited."""

    def __init__(self, ask: Ask, pause: Pause, made: dict[str, Any], knows: Knowledge) -> None:
        self._ask = ask
        self._pause = pause
        self._knows = knows
        self._seen = knows.returned
        self.name: str = made["name"]
        self.seed: int = made["seed"]
        self.credentials: dict[str, dict[str, str]] = made["credentials"]
        self.base_urls: dict[str, str] = made["base_urls"]
        self.inbox_url: str = made["inbox_url"]
        url: str = made["dashboard_url"]
        self.dashboard_url = None if url.startswith(f"{ADDRESS}/") else url

    async def control(self, method: str, path: str, **rest: Any) -> Any:
        """Make a request to the control API about this world; EmulatorError if it is refused."""
        return decoded(await self._send(method, f"/_emulator{path}", **rest))

    async def _send(self, method: str, path: str, **rest: Any) -> httpx.Response:
        """Make a request; EmulatorError if its arguments do not fit."""
        try:
            return await self._ask(method, path, **rest)
        except (TypeError, ValueError) as error:
            raise EmulatorError(f"{method} {path} cannot be sent: {error}") from None

    async def run(self) -> bytes:
        """As ``World.run``."""
        path = "/_emulator/history/export"
        response = await self._send("GET", path)
        return response.content if response.is_success else decoded(response)

    async def read_all(self, path: str, **filters: str) -> list[dict[str, Any]]:
        """Return every entry of a list of the control API, read page by page."""
        found: list[dict[str, Any]] = []
        while True:
            query = {"limit": PAGE_SIZE, "offset": len(found), **filters}
            page = await self.control("GET", path, params=query)
            found += page
            if len(page) < PAGE_SIZE:
                return found

    async def link(self, source: str, target: str, **settings: dict[str, Any] | None) -> None:
        """Link two platforms; ``when`` and ``settings`` are the settings of source and target."""
        given = {name: each for name, each in settings.items() if each is not None}
        await self.control("POST", "/links", json={"source": source, "target": target} | given)

    async def now(self) -> datetime:
        """Return the time of the world's clock."""
        return datetime.fromisoformat((await self.control("GET", "/clock"))["now"])

    async def advance(
        self, by: float | timedelta | None = None, *, to: datetime | None = None
    ) -> Advanced:
        """As ``World.advance``."""
        body: dict[str, Any] = {"until": "idle"}
        if by is not None:
            body = {"seconds": by.total_seconds() if isinstance(by, timedelta) else by}
        if to is not None:
            body = {"to": to.isoformat()} if by is None else body | {"to": to.isoformat()}
        return Advanced.of(await self.control("POST", "/clock/advance", json=body))

    async def place_calls(
        self,
        *numbers: str,
        platform: str | None = None,
        callback_url: str | None = None,
        **fields: Any,
    ) -> list[CallRecord]:
        """As ``World.place_calls``."""
        vendor = await self._vendor(platform)
        request = CallFields(vendor["name"], vendor["call_request"])
        body = request.body(fields, callback_url, self.inbox().url)
        if not request.takes_many:
            bodies = (body | request.to(number) for number in numbers)
            return [
                CallRecord.of(await self.control("POST", "/calls", json=each)) for each in bodies
            ]
        if not numbers:
            return []
        placed = await self.control("POST", "/calls", json=body | request.to(*numbers))
        return (await self.calls(batch_id=placed["batch_id"]))[::-1]

    async def _vendor(self, name: str | None) -> dict[str, Any]:
        """Return the entry of a vendor in ``GET /platforms``, by default of the default vendor."""
        vendors: list[dict[str, Any]] = await self.control("GET", "/platforms")
        for each in vendors:
            if each["name"] == name or (name is None and each["is_default"]):
                return each
        if name is None:
            return vendors[0]
        raise EmulatorError(f"there is no platform {name}, only {', '.join(self.base_urls)}")

    async def calls(self, **filters: str) -> list[CallRecord]:
        """Return the calls, newest first; filter by ``platform``, ``status`` or ``batch_id``."""
        return [CallRecord.of(each) for each in await self.read_all("/calls", **filters)]

    async def call(self, call_id: str) -> CallRecord:
        """Return a call as it is now."""
        return CallRecord.of(await self.control("GET", f"/calls/{call_id}"))

    async def callbacks(self) -> list[CallbackRecord]:
        """Return the callbacks, oldest first, without their bodies."""
        found = await self.read_all("/callbacks")
        return [self._knows.note(CallbackRecord.of(each)) for each in reversed(found)]

    async def wait_for_callback(
        self,
        url: str | None = None,
        *,
        event: str | None = None,
        platform: str | None = None,
        timeout: float = 5.0,
    ) -> CallbackRecord:
        """As ``World.wait_for_callback``."""
        if platform is not None:
            await self._vendor(platform)
        polls = max(1, round(timeout / POLL_SECONDS))
        frozen = (await self.control("GET", "/clock"))["mode"] == "frozen"
        while True:
            for each in map(CallbackRecord.of, reversed(await self.read_all("/callbacks"))):
                if (
                    each.id not in self._seen
                    and each.status in SETTLED
                    and url in (None, each.url)
                    and event in (None, each.event)
                    and platform in (None, each.platform)
                ):
                    self._seen.add(each.id)
                    whole = await self.control("GET", f"/callbacks/{each.id}")
                    return self._knows.note(CallbackRecord.of(whole))
            if frozen:
                body = {"until": "callback"}
                passed = await self.control("POST", "/clock/advance", json=body)
                if passed["counts"]["callbacks"]:
                    continue
            elif polls := polls - 1:
                await self._pause(POLL_SECONDS)
                continue
            wanted = [event, "callback", platform and f"of {platform}", url and f"to {url}"]
            if wanted == [None, "callback", None, None] and self._seen:
                wanted[0] = "other"
            raise NothingArrivedError(await self._what_arrived(" ".join(filter(None, wanted))))

    async def _what_arrived(self, wanted: str) -> str:
        clock = await self.control("GET", "/clock")
        due = f"next due {clock['next_due']}" if clock["next_due"] else "nothing is due"
        state = f"its {clock['mode']} clock shows {clock['now']}, {due}"
        missing = f"no {wanted} has arrived in world {self.name}"
        lines = [f"{missing} ({state})", "callbacks so far:"]
        callbacks = [
            f"  {each.summary}{', returned before' if each.id in self._seen else ''}"
            for each in await self.callbacks()
        ]
        return "\n".join([*lines, *(callbacks or ["  none"])])

    async def behave(self, scenario: Scenario | Sequence[Scenario], **match: str | int) -> None:
        """As ``World.behave``."""
        rules = [{"match": match, "scenario": scenario}]
        if not isinstance(scenario, str | dict):
            rules = [{"match": match | {"next": 1}, "scenario": each} for each in scenario]
        before = (await self.control("GET", "/scenarios"))["rules"]
        await self.control("PUT", "/scenarios", json={"rules": [*before, *rules]})

    async def mix(self, **weights: float) -> None:
        """Draw each call's scenario by these weights: ``answered=80, busy=20``."""
        await self.control("PUT", "/scenarios", json={"mix": weights})

    def fault(self, kind: str, **rule: Unpack[FaultArguments]) -> AsyncFault:
        """As ``World.fault``: ``await`` it, or enter it with ``async with``."""
        return AsyncFault(self, kind, rule)

    async def unused_faults(self) -> list[FaultRule]:
        """Return the fault rules that were never applied, deleted and expired ones too."""
        return [FaultRule.of(each) for each in await self.control("GET", "/faults/unused")]

    async def unread_failures(self) -> list[CallbackRecord]:
        """Return failing callbacks that no method has returned as failing yet."""
        found: list[CallbackRecord] = []
        for status in ("failed", "pending"):
            query = {"status": status, "limit": MAX_FAILURES}
            page = await self.control("GET", "/callbacks", params=query)
            found += [CallbackRecord.of(each) for each in page]
        return [each for each in found if each.is_failing and each.id not in self._knows.failures]

    async def snapshot(self, name: str | None = None) -> Snapshot:
        """As ``World.snapshot``."""
        body = {} if name is None else {"name": name}
        shown = await self.control("POST", "/snapshots", json=body)
        now, returned = datetime.fromisoformat(shown["now"]), frozenset(self._seen)
        return Snapshot(name=shown["name"], now=now, calls=shown["calls"], returned=returned)

    async def restore(self, snapshot: Snapshot) -> None:
        """As ``World.restore``."""
        await self.control("POST", f"/snapshots/{snapshot.name}/restore")
        self._seen.clear()
        self._seen.update(snapshot.returned)

    async def explain(self, about: CallRecord | CallbackRecord | str) -> ExplanationRecord:
        """As ``World.explain``."""
        name = about if isinstance(about, str) else about.id
        return ExplanationRecord.of(await self.control("GET", f"/explain/{quote(name, safe='')}"))

    async def history(self) -> list[dict[str, Any]]:
        """Return the newest 1,000 entries of the history, oldest first."""
        found: list[dict[str, Any]] = await self.control(
            "GET", "/history", params={"limit": PAGE_SIZE}
        )
        return found

    def inbox(self, name: str = INBOX) -> AsyncInbox:
        """Return an inbox of this world."""
        return AsyncInbox(self, name)


async def pause(seconds: float) -> None:
    """Let other tasks run for this long."""
    await asyncio.sleep(seconds)  # noqa: TID251  # real time: the world's clock is not frozen


def decoded(response: httpx.Response) -> Any:
    """Return the decoded body of a response; EmulatorError for a refusal."""
    if response.is_success:
        return response.json() if response.content else None
    try:
        problem = response.json()
        detail, hint = problem["detail"], problem.get("hint", "")
        wrong = [f"{each['field']} {each['detail']}" for each in problem.get("errors", ())]
    except (ValueError, LookupError, TypeError):
        detail, hint, wrong = response.text[:2000], "", []
    why = "; ".join(wrong or filter(None, (detail, hint)))
    request = f"{response.request.method} {response.request.url.path}"
    raise EmulatorError(f"{request} got status {response.status_code}: {why}")
