"""Successful responses in the envelope that all of them have.

https://bimpe-docs-dev.admin.rectlabs.com/docs/api/workflows/updateWorkflow/
"""

from collections.abc import Sequence
from typing import Any, Final

from starlette.responses import Response

from emulator.kit.http import json_response
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.world import World
from emulator.platforms.bimpe.options import options_of

with on_first_use():
    from emulator.platforms.bimpe.schemas import lists as list_schemas

SUCCESS: Final = "Success"


def success(data: Any, status: int = 200, message: str = SUCCESS) -> Response:
    """Respond with a record, a list without pages, or None if there is nothing to return."""
    return json_response({"message": message, "data": data}, status)


def message_of(world: World, observed: str) -> str:
    """Return the message beside the data: the pages', or by option what was observed."""
    return observed if options_of(world).success_message == "observed" else SUCCESS


def success_page(query: "list_schemas.ListQuery", total: int, entries: Sequence[Any]) -> Response:
    """Respond with a page of a list."""
    pages = -(-total // query.limit)
    meta = {
        "total_count": total,
        "page_count": pages,
        "current_page": query.page,
        "limit": query.limit,
        "has_next_page": query.page < pages,
        "has_previous_page": query.page > 1,
    }
    return json_response({"message": "Success", "data": entries, "meta": meta})
