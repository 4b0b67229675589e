"""Coverage: which operations, errors, statuses and callbacks were used, and which were not."""

import asyncio
from collections import Counter
from typing import Any, Final, Literal

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from emulator.control.permission import is_for_one_world, needs_server_token
from emulator.control.request import CLOSED, platforms_of, worlds_of
from emulator.domain.callbacks import CallbackStatus
from emulator.domain.calls import CallStatus
from emulator.history.coverage import Coverage
from emulator.kit.http import json_response, read_query
from emulator.kit.operation import Operation
from emulator.kit.platform import Platform
from emulator.kit.turns import in_turns, load_once, turns
from emulator.kit.world import world_of
from emulator.worlds import Worlds

ENDS: Final = (CallbackStatus.DELIVERED, CallbackStatus.FAILED, CallbackStatus.REFUSED)
Answered = dict[str | None, dict[str, int]]
"""How often each status was answered, by operation; None: no operation fitted."""


class CoverageQuery(BaseModel):
    """The query of ``GET /coverage``: of the world, or of all worlds, deleted ones too."""

    model_config = CLOSED

    worlds: Literal["all"] | None = None


async def read_coverage(request: Request) -> Response:
    """Show which operations, errors, statuses and callbacks were used, and which were not."""
    if read_query(request, CoverageQuery).worlds is not None:
        if is_for_one_world(request):
            raise needs_server_token()
        covered = await coverage_of_all_worlds(worlds_of(request))
    else:
        covered = Coverage()
        world_of(request).coverage.add_to(covered)
    return await coverage_response(request, covered)


async def coverage_response(request: Request, covered: Coverage) -> Response:
    """Return what was used of each vendor, and what was not."""
    platforms = platforms_of(request)
    await load_once("references", lambda: [each.reference for each in platforms.values()])
    shown = await in_turns((name, _shown(covered, each)) for name, each in platforms.items())
    return json_response(dict(shown))


async def coverage_of_all_worlds(worlds: Worlds) -> Coverage:
    """Return the coverage since the server started, and give way to other requests.

    What worlds used that end meanwhile is in the coverage of the past by then.
    """
    found = Coverage()
    counted: list[tuple[asyncio.Event, Coverage]] = []
    async for world in turns(worlds.all()):
        own = Coverage()
        world.coverage.add_to(own)
        found.add(own.answered, own.reached, own.ended)
        counted.append((world.ended, own))
    for ended, own in counted:
        if ended.is_set():
            found.subtract(own)
    found.add(worlds.past.answered, worlds.past.reached, worlds.past.ended)
    return found


def _shown(covered: Coverage, platform: Platform) -> dict[str, Any]:
    """Return one vendor's coverage: each thing with its count, and the names of those unused."""
    answered, codes = _counts(covered, platform.name)
    operations = _operations(platform, answered)
    errors = _errors(platform, codes)
    statuses = {status: covered.reached[platform.name, status] for status in CallStatus}
    callbacks = [
        {"event": event} | {end: covered.ended[platform.name, event, end] for end in ENDS}
        for event in platform.hooks.events
    ]
    return {
        "operations": operations,
        "no_operation": sum(answered.get(None, {}).values()),
        "errors": errors,
        "call_statuses": statuses,
        "callbacks": callbacks,
        "untouched": {
            "operations": [each["operation"] for each in operations if not each["answered"]],
            "errors": [each["error"] for each in errors if not each["count"]],
            "call_statuses": [status for status, count in statuses.items() if not count],
            "callbacks": [
                each["event"] for each in callbacks if not any(each[end] for end in ENDS)
            ],
        },
    }


def _counts(covered: Coverage, name: str) -> tuple[Answered, Counter[str | None]]:
    """Return how often each operation of a vendor answered a status, and gave an error code."""
    answered: Answered = {}
    codes: Counter[str | None] = Counter()
    for (platform, label, status, code), count in sorted(covered.answered.items(), key=str):
        if platform == name:
            found = answered.setdefault(label, {})
            found[str(status)] = found.get(str(status), 0) + count
            codes[code] += count
    return answered, codes


def _operations(platform: Platform, answered: Answered) -> list[dict[str, Any]]:
    return [
        {
            "operation": each.label,
            "basis": each.basis,
            "status_basis": platform.reference.status_basis(each),
            "answered": answered.get(each.label, {}),
            "unanswered": [
                status
                for status in _answers(platform, each)
                if status not in answered.get(each.label, {})
            ],
        }
        for each in platform.hooks.operations
    ]


def _errors(platform: Platform, codes: Counter[str | None]) -> list[dict[str, Any]]:
    return [
        {
            "error": known.word,
            "status": known.status,
            "basis": known.basis,
            "count": sum(codes[code] for code in known.codes),
        }
        for known in platform.hooks.known_errors
    ]


def _answers(platform: Platform, operation: Operation) -> list[str]:
    """Return the statuses of an operation that the vendor's document lists."""
    errors = platform.reference.errors(operation)
    return [str(status) for status in sorted({operation.status, *errors})]


coverage_routes: Final = (
    Operation(method="GET", path="/coverage", handler=read_coverage, query=CoverageQuery),
)
