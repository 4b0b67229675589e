"""OpenAPI documents of tools: the operation that is called, and what it takes.

Documents are as their users write them, so everything in them is looked at with care.
https://spec.openapis.org/oas/v3.0.4
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from emulator.kit.patterns import http_url

METHODS: Final = ("get", "put", "post", "delete", "patch", "head", "options")
OPERATION_ID: Final = "operationId"
JSON: Final = "application/json"
MAX_REFERENCES: Final = 10
"""References that lead to one another."""

Json = Mapping[str, Any]


class UnusableToolError(Exception):
    """A tool cannot be used with these inputs; the message says why."""


@dataclass(frozen=True, slots=True)
class DocumentField:
    """An input of an operation."""

    name: str
    place: str
    """``path``, ``query``, ``header``, ``cookie`` or ``body``."""
    schema: Json
    is_required: bool


@dataclass(frozen=True, slots=True)
class DocumentOperation:
    """An operation of a document."""

    method: str
    path: str
    server: str
    fields: tuple[DocumentField, ...]
    takes_body: bool


def operation_of(document: Json, name: str | None = None) -> DocumentOperation:
    """Return the operation of a document, of several the one with this ``operationId``.

    UnusableToolError if there is none.
    """
    found = list(_operations(document))
    if len(found) > 1:
        named = [each for each in found if each[2].get(OPERATION_ID) == name]
        if not named:
            ids = ", ".join(str(each[2].get(OPERATION_ID))[:60] for each in found[:5])
            raise UnusableToolError(
                f"the document has {len(found)} operations; choose one with the input"
                f" {OPERATION_ID}: {ids}"
            )
        found = named
    if not found:
        raise UnusableToolError("the document has no operation")
    path, method, operation, shared = found[0]
    fields = _parameters(document, [*_list(shared), *_list(operation.get("parameters"))])
    body = _object(_resolved(document, operation.get("requestBody")))
    media = _object(_object(body.get("content")).get(JSON))
    schema = _object(_resolved(document, media.get("schema")))
    return DocumentOperation(
        method=method.upper(),
        path=path,
        server=_server(document),
        fields=(*fields, *_body_fields(document, schema)),
        takes_body=bool(body),
    )


def _operations(document: Json) -> Iterator[tuple[str, str, Json, Any]]:
    for path, item in _object(document.get("paths")).items():
        shown = _object(_resolved(document, item))
        for method in METHODS:
            if isinstance(shown.get(method), dict):
                yield path, method, shown[method], shown.get("parameters")


def _server(document: Json) -> str:
    """Return the first server, with the defaults of its variables."""
    servers = _list(document.get("servers"))
    server = _object(servers[0]) if servers else {}
    url = server.get("url")
    if not isinstance(url, str):
        raise UnusableToolError("the document names no server: servers[0].url is missing")
    for name, variable in _object(server.get("variables")).items():
        url = url.replace(f"{{{name}}}", str(_object(variable).get("default", "")))
    try:
        return http_url(url).rstrip("/")
    except ValueError as error:
        raise UnusableToolError(f"servers[0].url {error}") from None


def _parameters(document: Json, listed: list[Any]) -> Iterator[DocumentField]:
    """Yield parameters; those of the operation replace those of its path."""
    found: dict[tuple[str, str], DocumentField] = {}
    for each in listed:
        shown = _object(_resolved(document, each))
        name, place = shown.get("name"), shown.get("in")
        if isinstance(name, str) and place in {"path", "query", "header", "cookie"}:
            schema = _object(_resolved(document, shown.get("schema")))
            is_required = place == "path" or shown.get("required") is True
            found[name, place] = DocumentField(name, place, schema, is_required)
    yield from found.values()


def _body_fields(document: Json, schema: Json) -> Iterator[DocumentField]:
    required = _list(schema.get("required"))
    for name, each in _object(schema.get("properties")).items():
        shown = _object(_resolved(document, each))
        yield DocumentField(name, "body", shown, name in required)


def _resolved(document: Json, value: Any) -> Any:
    """Follow references within the document; None for one that leads nowhere."""
    for _ in range(MAX_REFERENCES):
        target = value.get("$ref") if isinstance(value, dict) else None
        if not isinstance(target, str):
            return value
        value = document
        for part in target.removeprefix("#/").split("/"):
            value = _object(value).get(part.replace("~1", "/").replace("~0", "~"))
    return None


def _object(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
