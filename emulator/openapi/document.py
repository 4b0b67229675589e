"""A vendor's OpenAPI 3.1 document, from its operations, its schemas and its reference.

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
from emulator.openapi.responses import JSON, Json, Responses, sentence
from emulator.openapi.schemas import Schemas, Use

VERSION: Final = "3.1.0"


@cache
def document_text(platform: Platform, public_path: str = "") -> bytes:
    """Return a vendor's document as JSON; ``public_path`` comes before the emulator's paths."""
    made = document(platform)
    servers = [
        each | {"url": public_path + each["url"]} if each["url"].startswith("/") else each
        for each in made["servers"]
    ]
    return to_json(made | {"servers": servers}, indent=2) + b"\n"


def document(platform: Platform) -> Json:
    """Return a vendor's document."""
    return _Document(platform).whole()


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
    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.reference = platform.reference
        self.operations = platform.hooks.operations
        self.ids = operation_ids(self.operations)
        self.security = self.reference.security or platform.auth.security
        self.schemas = Schemas(self._uses())
        self.responses = Responses(platform, self.schemas, self.ids)

    def _requires(self, operation: Operation) -> list[dict[str, list[str]]]:
        if self.reference.requires is not None:
            return self.reference.requires(operation)
        return [{name: []} for name in self.security]

    def whole(self) -> Json:
        reference = self.reference
        parts = {
            "paths": self._paths(),
            "webhooks": {
                notice.name: {"post": self._notice(notice)}
                for notice in reference.notices
                if not notice.callback_of
            },
            "x-emulator-options": {"schema": self.schemas.of(self.platform.hooks.options)},
        }
        shared = {
            "responses": dict(sorted(self.responses.shared.items())),
            "headers": self.responses.headers,
        }
        return {
            "openapi": VERSION,
            "info": {
                "title": f"{self.platform.title}, as emulated",
                "version": __version__,
                "summary": "What the emulator accepts and answers where no option says otherwise.",
                "description": INTRODUCTION + (f"\n\n{reference.note}" if reference.note else ""),
            },
            "servers": [
                {"url": "/", "description": "this emulator"},
                {"url": f"/{self.platform.name}", "description": "this emulator, by vendor"},
                *({"url": host, "description": "the vendor"} for host in reference.hosts),
            ],
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
            for type_ in (each.query, self.reference.takes(each), self.reference.response(each)):
                yield Use(type_, each.basis, each.docs)
        for notice in self.reference.notices:
            for type_ in (notice.body, notice.response):
                yield Use(type_, notice.basis, notice.docs)
        yield Use(self.reference.error_body, "documented", "")
        yield Use(self.platform.hooks.options, "assumed", "")

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
        root = next(each for each in self.platform.roots if operation.path.startswith(each))
        hosts = (host for host in self.reference.hosts if _named(host).startswith(operation.host))
        return operation.path.removeprefix(root), [{"url": host + root} for host in hosts]

    def _operation(self, operation: Operation) -> Json:
        body = None
        if (takes := self.reference.takes(operation)) is not None:
            content = {operation.takes_as: {"schema": self._body(takes, operation.takes_as)}}
            body = {"required": True, "content": content}
        callbacks = {
            notice.name: {notice.callback_of[operation.id]: {"post": self._notice(notice)}}
            for notice in self.reference.notices
            if operation.id in notice.callback_of and not operation.host
        }
        return {
            "operationId": self.ids[operation.label],
            "summary": operation.summary,
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
        """Return the schema of a request's body; no field of a form is null."""
        schema = self.schemas.of(takes)
        if not is_form(content_type):
            return schema
        model = self.schemas.resolved(takes)
        fields = {name: _without_null(each) for name, each in model["properties"].items()}
        return schema if fields == model["properties"] else model | {"properties": fields}

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
            model = self.schemas.resolved(operation.query)
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
            "requestBody": {
                "required": True,
                "content": {
                    notice.content_type: {"schema": self._body(notice.body, notice.content_type)}
                },
            },
            "responses": {"200": answer},
        }


INTRODUCTION: Final = (
    "Written from the same operations and schemas that serve the requests. `x-basis` says how each"
    " operation and each field is known: *documented* by a page of the vendor (`externalDocs`,"
    " `x-source`), *observed* in a public client that relies on it, or *assumed*: our guess."
    " Fields that are not named here are let be in requests. `x-emulator-options` are the published"
    " variants that a world can be switched to; the document shows the first of each."
)


def _without_null(schema: Json) -> Json:
    """Return a schema without null, which neither a query nor a form can say."""
    either = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    if not either:
        return schema
    rest = {name: value for name, value in schema.items() if name != "anyOf"}
    return either[0] | rest if len(either) == 1 else {"anyOf": either} | rest


def _named(url: str) -> str:
    return urlsplit(url).hostname or ""
