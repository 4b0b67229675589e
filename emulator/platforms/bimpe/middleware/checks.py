"""The checks before every operation: API key, rate limit, scope and idempotency key, in this order.

https://www.docs.bimpe.ai/docs/guides/errors/
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import wraps

from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.operation import Handler, Operation
from emulator.kit.rate_limit import check_rate_limit
from emulator.kit.world import world_of
from emulator.platforms.bimpe.auth import sent_key
from emulator.platforms.bimpe.middleware.idempotency import run_once
from emulator.platforms.bimpe.options import rate_limit
from emulator.platforms.bimpe.team.keys import authenticate, require_scope, required_scope


def with_checks(operations: Iterable[Operation]) -> Iterator[Operation]:
    """Add the checks to these operations, except to those that a ticket authenticates."""
    for operation in operations:
        if operation.ticket:
            yield operation
        else:
            yield replace(operation, handler=_checked(operation))


def _checked(operation: Operation) -> Handler:
    scope = required_scope(operation)

    @wraps(operation.handler)
    async def handler(request: Request) -> Response:
        world = world_of(request)
        key = authenticate(world, request)
        check_rate_limit(world, rate_limit(world, operation, sent_key(request.headers) or ""))
        require_scope(key, scope)
        path = operation.path.format(**request.path_params)
        return await run_once(world, request, key, path, operation.handler)

    return handler
