"""Intron's envelope for successes; ``errors.py`` has the one for errors."""

from typing import Any

from starlette.responses import Response

from emulator.kit.http import json_response
from emulator.kit.json import to_json


def ok(message: str, data: object, status: int = 200) -> Response:
    """Respond with data that is still to be written as JSON."""
    return json_response({"status": "Ok", "message": message, "data": data}, status)


def ok_call(message: str, data: object, status: int = 200) -> Response:
    """Respond in the order of the pages about calls."""
    return json_response({"data": data, "message": message, "status": "Ok"}, status)


def ok_page(message: str, items: bytes, rest: dict[str, Any]) -> Response:
    """Respond with items that are JSON already, separated by commas."""
    head = to_json({"status": "Ok", "message": message})[:-1]
    data = b'{"items":[' + items + b"]," + to_json(rest)[1:]
    return Response(head + b',"data":' + data + b"}", media_type="application/json")
