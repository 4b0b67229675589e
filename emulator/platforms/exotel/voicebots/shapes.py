"""Answers, dressed in the published shape that the world follows; handlers do not know which.

plain: https://developer.exotel.com/docs/voicebot-tools/voicebot-api
enveloped: https://developer.exotel.com/api/voicebot-api
"""

from collections.abc import Sequence
from typing import Any, Literal

from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.http import json_response
from emulator.kit.world import World, world_of
from emulator.platforms.exotel.voicebots.options import options_of
from emulator.platforms.exotel.voicebots.schemas import SliceQuery

Json = dict[str, Any]


def shape_of(world: World) -> Literal["plain", "enveloped", "enveloped-list"]:
    """The shape this world answers in."""
    return options_of(world).voicebot_shape


def show(request: Request, data: Any, status: int = 200) -> Response:
    """Answer with one thing."""
    if shape_of(world_of(request)) == "plain":
        return json_response(data, status)
    return show_enveloped(request, data, status)


def show_enveloped(request: Request, data: Any, status: int = 200) -> Response:
    """Answer in the envelope whatever the world's shape.

    For what only the vendor's own client tells of, which reads ``response.data``.
    """
    response = {"data": data}
    if request.method not in {"GET", "HEAD"}:  # the sample of a GET has no more than the data
        response = {"http_code": status, "data": data, "error_data": None}
    return json_response(_envelope(request, status, response), status)


def show_page(
    request: Request, query: SliceQuery, total: int, entries: Sequence[Json], *, bare: bool = False
) -> Response:
    """Answer with a page of a list; ``bare`` if it may come as a list of its own."""
    shape = shape_of(world_of(request))
    metadata = {
        "total": total,
        "count": len(entries),
        "offset": query.offset,
        "limit": query.limit,
    }
    if shape == "plain":
        return json_response({"metadata": metadata, "data": entries})
    response: Any = {"data": entries}
    if bare and shape == "enveloped-list":
        response = [{"data": entry} for entry in entries]
    return json_response(_envelope(request, 200, response, metadata=metadata))


def _envelope(request: Request, status: int, response: Any, **more: Any) -> Json:
    return {
        "http_code": status,
        "method": request.method,
        "request_id": request_id(world_of(request)),
        **more,
        "response": response,
    }


def request_id(world: World) -> str:
    """Name a request."""
    return world.ids.uuid("exotel.request")
