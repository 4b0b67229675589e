"""Responses as the page shows them: everything is in ``response.data``.

https://developer.exotel.com/docs/voicebot-tools/overview
"""

from collections.abc import Sequence
from typing import Any

from starlette.responses import Response

from emulator.kit.http import json_response
from emulator.kit.lazy_imports import on_first_use

with on_first_use():
    from emulator.platforms.exotel.tools.schemas import requests

Json = dict[str, Any]


def respond(data: Any, status: int = 200) -> Response:
    """Respond with one record."""
    response = {"http_code": status, "data": data}
    return json_response({"http_code": status, "response": response}, status)


def respond_with_result(data: Json) -> Response:
    """Respond with the result of a test, whose sample has one status."""
    return json_response({"http_code": 200, "response": {"data": data}})


def respond_page(
    query: "requests.ToolsSliceQuery", total: int, entries: Sequence[Json]
) -> Response:
    """Respond with a page of a list. assumed: no page shows one."""
    metadata = {
        "total": total,
        "count": len(entries),
        "offset": query.offset,
        "limit": query.limit,
    }
    response = {"http_code": 200, "data": entries}
    return json_response({"http_code": 200, "metadata": metadata, "response": response})
