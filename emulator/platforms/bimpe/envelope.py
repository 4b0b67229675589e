"""Answers in the envelope every one of them has.

https://bimpe-docs-dev.admin.rectlabs.com/docs/api/workflows/updateWorkflow/
"""

from collections.abc import Sequence
from typing import Any

from starlette.responses import Response

from emulator.kit.http import json_response
from emulator.platforms.bimpe.listing import ListQuery


def show(data: Any, status: int = 200) -> Response:
    """Answer with one thing, or a list without pages. None says that it is done."""
    return json_response({"message": "Success", "data": data}, status)


def show_page(query: ListQuery, total: int, entries: Sequence[Any]) -> Response:
    """Answer with a page of a list."""
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
