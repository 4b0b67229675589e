"""An OpenAPI 3.1 document, from the operations of an API, its schemas and its reference.

https://spec.openapis.org/oas/v3.1.1
"""

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain, count
from typing import Any, Final
from urllib.parse import urlsplit

from emulator import __version__
from emulator.forms.bodies import is_form
from emulator.kit.json import to_json
from emulator.kit.operation import Operation
from emulator.kit.platform import Platform
from emulator.kit.reference import Notice
from emulator.openapi.apis import Api, of_platform
from emulator.openapi.responses import JSON, Json, Responses, sentence
from emulator.openapi.schemas import Schemas, Use

VERSION: Final = "3.1.0"
FIELD_NAME: Final = r"^[A-Za-z0-9_.-]+(\[0?\])?$"
"""The names of a form's fields; that of a list may end with brackets."""


@cache
def document_text(platform: Platform, public_path: str = "") -> bytes:
    """Return a vendor's document as JSON; ``public_path`` comes before the emulator's paths."""
    return text_of(document(platform), public_path)


def text_of(made: Json, public_path: str = "") -> bytes:
    """Return a document as JSON."""
    servers = [
        each | {"url": public_path + each["url"]} if each["url"].startswith("/") else each
        for each in made["servers"]
    ]
    return to_json(made | {"servers": servers}, indent=2) + b"\n"


def document(platform: Platform) -> Json:
    """Return a vendor's document."""
    return describe(of_platform(platform))


def describe(api: Api) -> Json:
    """Return the document of an API."""
    whole = _Document(api).whole()
    return whole if api.has_basis else _without_basis(whole)


def operation_ids(operations: Iterable[Operation]) -> dict[str, str]:
    """Return the document's name for each operation, by its label.

    It is the name of the handler; operations that share one are told apart by their host, the
    suffix of their path (``get_call_json``), or a number.
    """
    found: dict[str, str] = {}
    for each in operations:
        plain = f"{each.id}_{each.host.strip('.')}" if each.host else each.id
        _, _, suffix = each.path.rpartition("/")[2].partition(".")
        numbered = (f"{plain}_{number}" for number in count(2))
        names = chain([plain], [f"{plain}_{suffix}"] if suffix else [], numbered)
        taken = set(found.values())
        found[each.label] = next(name for name in names if name not in taken)
    return found


def operation_id(platform: Platform, operation: Operation) -> str:
    """Return the name of an operation in its vendor's document."""
    return operation_ids(platform.hooks.operations)[operation.label]


class _Document:
    def __init__(self, api: Api) -> None:
        self.api = api
        self.reference = api.reference
        self.operations = api.operations
        self.ids = operation_ids(self.operations)
        self.security = api.security
        self.schemas = Schemas(self._uses())
        self.responses = Responses(api, self.schemas, self.ids)

    def _requires(self, operation: Operation) -> list[dict[str, list[str]]]:
        if self.reference.requires is not None:
            return self.reference.requires(operation)
        return [{name: []} for name in self.security]

    def whole(self) -> Json:
        api, reference = self.api, self.reference
        parts = {
            "paths": self._paths(),
            "webhooks": {
                notice.name: {"post": self._notice(notice)}
                for notice in reference.notices
                if not notice.callback_of
            },
        }
        if api.options is not None:
            parts["x-emulator-options"] = {"schema": self.schemas.of(api.options)}
        shared = {
            "responses": dict(sorted(self.responses.shared.items())),
            "headers": self.responses.headers,
        }
        return {
            "openapi": VERSION,
            "info": {
                "title": api.title,
                "version": __version__,
                "summary": api.summary,
                "description": api.description,
            },
            "servers": [*api.servers],
            **parts,
            "components": {
                "schemas": self.schemas.within([parts, shared]),
                **shared,
                "securitySchemes": dict(self.security),
            },
        }

    def _uses(self) -> Iterator[Use]:
        """Yield every type that is sent, with how we know it."""
        for each in self.operations:
            sent = (each.query_model, self.reference.takes(each), self.reference.response(each))
            for type_ in (*sent, *self.reference.others(each).values()):
                yield Use(type_, each.basis, each.docs)
            for error in self.reference.errors(each).values():
                if error.body is not None:
                    yield Use(error.body, "documented", error.source)
        for notice in self.reference.notices:
            for type_ in (notice.body, notice.response):
                yield Use(type_, notice.basis, notice.docs)
        yield Use(self.reference.error_body, "documented", "")
        yield Use(self.api.options, "assumed", "")

    def _paths(self) -> Json:
        paths: Json = {}
        for operation in self.operations:
            path, servers = operation.path, None
            if operation.host:
                path, servers = self._elsewhere(operation)
            item = paths.setdefault(path, {} if servers is None else {"servers": servers})
            item[operation.method.lower()] = self._operation(operation)
        return paths

    def _elsewhere(self, operation: Operation) -> tuple[str, list[Json]]:
        """Return the path below the root of another host, and the servers with this host."""
        root = next(each for each in self.api.roots if operation.path.startswith(each))
        hosts = (host for host in self.reference.hosts if _named(host).startswith(operation.host))
        return operation.path.removeprefix(root), [{"url": host + root} for host in hosts]

    def _operation(self, operation: Operation) -> Json:
        body = None
        if (takes := self.reference.takes(operation)) is not None:
            content = {operation.takes_as: {"schema": self._body(takes, operation.takes_as)}}
            required = operation.id not in self.reference.optional_bodies
            body = {"required": required, "content": content}
        tag = self.reference.tag(operation)
        callbacks = {
            notice.name: {notice.callback_of[operation.id]: {"post": self._notice(notice)}}
            for notice in self.reference.notices
            if operation.id in notice.callback_of and not operation.host
        }
        return {
            "operationId": self.ids[operation.label],
            "summary": operation.summary,
            **({"tags": [tag]} if tag else {}),
            **({"description": sentence(operation.note)} if operation.note else {}),
            **({"externalDocs": {"url": operation.docs}} if operation.docs else {}),
            "x-basis": operation.basis,
            "security": self._requires(operation),
            "parameters": [*self._parameters(operation)],
            **({"requestBody": body} if body else {}),
            "responses": self.responses.of(operation),
            **({"callbacks": callbacks} if callbacks else {}),
        }

    def _body(self, takes: Any, content_type: str) -> Json:
        """Return the schema of a request's body; a form's fields are named, none is null."""
        schema = self.schemas.of(takes)
        if not is_form(content_type):
            return schema
        model = self.schemas.resolved(takes)
        fields = {name: _without_null(each) for name, each in model["properties"].items()}
        others = model.get("additionalProperties", {"type": "string"})
        names = {"propertyNames": {"pattern": FIELD_NAME}, "additionalProperties": others}
        return model | {"properties": fields} | names

    def _parameters(self, operation: Operation) -> Iterator[Json]:
        for name in operation.names:
            yield {
                "name": name,
                "in": "path",
                "required": True,
                "schema": {"type": "string", "minLength": 1},
                "x-basis": operation.basis,
            }
        if operation.query is not None:
            model = self.schemas.resolved(operation.query_model)
            for name, field in model["properties"].items():
                if name == operation.ticket:
                    continue
                marks = {mark: field[mark] for mark in field if mark.startswith("x-")}
                schema = {key: value for key, value in field.items() if key not in marks}
                yield {
                    "name": name,
                    "in": "query",
                    "required": name in model.get("required", ()),
                    "schema": _without_null(schema),
                    **marks,
                }
        yield from self.reference.parameters(operation)

    def _notice(self, notice: Notice) -> Json:
        answer: Json = {"description": "Acknowledged."}
        if notice.response is not None:
            answer["content"] = {JSON: {"schema": self.schemas.of(notice.response)}}
        return {
            "summary": notice.summary,
            **({"description": sentence(notice.note)} if notice.note else {}),
            "externalDocs": {"url": notice.docs},
            "x-basis": notice.basis,
            "x-basis-of": {"method": notice.method_basis},
            "requestBody": {
                "required": True,
                "content": {
                    notice.content_type: {"schema": self._body(notice.body, notice.content_type)}
                },
            },
            "responses": {"200": answer},
        }


BASES: Final = ("x-basis", "x-basis-of")


def _without_basis(value: Any) -> Any:
    """Return a part of a document that is not about a vendor: everything in it is so."""
    if isinstance(value, list):
        return [_without_basis(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {name: _without_basis(each) for name, each in value.items() if name not in BASES}


def _without_null(schema: Json) -> Json:
    """Return a schema without null, which neither a query nor a form can say."""
    either = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    if not either:
        return schema
    rest = {name: value for name, value in schema.items() if name != "anyOf"}
    return either[0] | rest if len(either) == 1 else {"anyOf": either} | rest


def _named(url: str) -> str:
    return urlsplit(url).hostname or ""
