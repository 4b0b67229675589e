"""Responses in JSON, where the path ends with ``.json``, and else in XML.

Observed for Connect Voice AI too. A list's entries are elements of its name in the singular.
"""

import re
from collections.abc import Iterator
from typing import Any, Final
from xml.sax.saxutils import escape

from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.http import json_response

XML: Final = "application/xml"
DECLARATION: Final = '<?xml version="1.0"?>'
_NOT_IN_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def respond(request: Request, body: dict[str, Any], status: int = 200) -> Response:
    """Respond in the format that the path asks for."""
    return written(body, status, as_json=wants_json(request.scope["path"]))


def wants_json(path: str) -> bool:
    """Return whether a path asks for JSON."""
    return path.endswith(".json") or "/Calls.json/" in path


def written(body: dict[str, Any], status: int, *, as_json: bool) -> Response:
    """Write a body in JSON or in XML."""
    if as_json:
        return json_response(body, status)
    elements = "".join(_elements("TwilioResponse", body))
    return Response(DECLARATION + elements, status, media_type=XML)


def _elements(name: str, value: Any) -> Iterator[str]:
    if value is None or value == "":
        yield f"<{name}/>"
    elif isinstance(value, dict):
        yield f"<{name}>"
        for inner, each in value.items():
            yield from _elements(inner, each)
        yield f"</{name}>"
    elif isinstance(value, list):
        yield f"<{name}>"
        for each in value:
            if isinstance(each, dict) and len(each) == 1:
                for inner, content in each.items():
                    yield from _elements(inner, content)
            else:
                yield from _elements(name.removesuffix("s"), each)
        yield f"</{name}>"
    else:
        yield f"<{name}>{escape(_NOT_IN_XML.sub('?', str(value)))}</{name}>"
