"""Responses in the published shape that a world's options choose; handlers do not know which.

plain: https://developer.exotel.com/docs/voicebot-tools/voicebot-api
enveloped: https://developer.exotel.com/api/voicebot-api
"""

from collections.abc import Sequence
from typing import Any, Literal

from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.http import json_response
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.world import World, world_of
from emulator.platforms.exotel.voicebots.options import options_of

with on_first_use():
    from emulator.platforms.exotel.voicebots.schemas import requests

Json = dict[str, Any]


def shape_of(world: World) -> Literal["plain", "enveloped", "enveloped-list"]:
    """Return the shape of a world's responses."""
    return options_of(world).voicebot_shape


def respond(request: Request, data: Any, status: int = 200) -> Response:
    """Respond with one record."""
    if shape_of(world_of(request)) == "plain":
        return json_response(data, status)
    return respond_enveloped(request, data, status)


def respond_enveloped(request: Request, data: Any, status: int = 200) -> Response:
    """Respond with the envelope in every shape.

    For operations that only the vendor's own client uses, which reads ``response.data``.
    """
    response = {"data": data}
    if request.method not in {"GET", "HEAD"}:  # the sample of a GET has no more than the data
        response = {"http_code": status, "data": data, "error_data": None}
    return json_response(_envelope(request, status, response), status)


def respond_page(
    request: Request,
    query: "requests.SliceQuery",
    total: int,
    entries: Sequence[Json],
    *,
    bare: bool = False,
) -> Response:
    """Respond with a page of a list; ``bare`` if one shape has it as a bare list."""
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
    """Return a new id of a request."""
    return world.ids.uuid("exotel.request")
