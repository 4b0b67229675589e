"""What every operation asks of a request before it acts: a key, a rate, a scope; and only once."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import wraps

from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.operation import Handler, Operation
from emulator.kit.rate_limit import check_rate_limit
from emulator.kit.world import world_of
from emulator.platforms.bimpe.access import admit, hold_to_scope, scope_of
from emulator.platforms.bimpe.auth import key_of
from emulator.platforms.bimpe.idempotency import once
from emulator.platforms.bimpe.options import rate_limit


def guarded(operations: Iterable[Operation]) -> Iterator[Operation]:
    """Put the guard before each of these operations, but for those that take a ticket."""
    for operation in operations:
        if operation.ticket:
            yield operation
        else:
            yield replace(operation, handler=_guarded(operation))


def _guarded(operation: Operation) -> Handler:
    scope = scope_of(operation)

    @wraps(operation.handler)
    async def handler(request: Request) -> Response:
        world = world_of(request)
        key = admit(world, request)
        check_rate_limit(world, rate_limit(world, operation, key_of(request.headers) or ""))
        hold_to_scope(key, scope)
        path = operation.path.format(**request.path_params)
        return await once(world, request, key, path, operation.handler)

    return handler
