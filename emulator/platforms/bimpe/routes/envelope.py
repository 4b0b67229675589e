"""Successful responses in the envelope that all of them have.

https://bimpe-docs-dev.admin.rectlabs.com/docs/api/workflows/updateWorkflow/
"""

from collections.abc import Sequence
from typing import Any

from starlette.responses import Response

from emulator.kit.http import json_response
from emulator.platforms.bimpe.schemas.lists import ListQuery


def success(data: Any, status: int = 200) -> Response:
    """Respond with a record, a list without pages, or None if there is nothing to return."""
    return json_response({"message": "Success", "data": data}, status)


def success_page(query: ListQuery, total: int, entries: Sequence[Any]) -> Response:
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
