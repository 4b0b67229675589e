"""The vendors' OpenAPI documents, and what is looked up in them."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from emulator.openapi.document import document_text
from emulator.platforms import discover
from tests.support import Json


class Documents(Mapping[str, Json]):
    """Each vendor's document, written when it is first looked at: that takes a second."""

    def __init__(self) -> None:
        self._written: dict[str, Json] = {}

    def __getitem__(self, name: str) -> Json:
        if name not in self._written:
            self._written[name] = json.loads(document_text(discover()[name]))
        return self._written[name]

    def __iter__(self) -> Iterator[str]:
        return iter(discover())

    def __len__(self) -> int:
        return len(discover())


DOCUMENTS: Final = Documents()


def operations_of(whole: Json) -> dict[str, Json]:
    """The operations of a document by id, each with its method and path."""
    return {
        each["operationId"]: each | {"at": (method.upper(), path)}
        for path, item in whole["paths"].items()
        for method, each in item.items()
        if method != "servers"
    }


def body_of(holder: Json) -> Json:
    """The schema of a JSON body."""
    return holder["content"]["application/json"]["schema"]


def schema_of(vendor: str, schema: Json) -> Json:
    """A schema that finds what it refers to."""
    return {"components": DOCUMENTS[vendor]["components"], "allOf": [schema]}


def by_operation(vendor: str, name: str, kind: str) -> Json | None:
    """The schema of an operation's request, response or callback; None if it is in no document."""
    operation = operations_of(DOCUMENTS[vendor]).get(name)
    if operation is None:
        return None
    if kind == "request":
        return schema_of(vendor, body_of(operation["requestBody"]))
    if kind == "callback":
        (expressions,) = operation["callbacks"].values()
        (item,) = expressions.values()
        return schema_of(vendor, body_of(item["post"]["requestBody"]))
    (done,) = (each for status, each in operation["responses"].items() if status.startswith("2"))
    return schema_of(vendor, body_of(done))


def by_webhook(vendor: str, name: str, kind: str) -> Json:
    """The schema of a webhook's request, or of the response to it."""
    hook = DOCUMENTS[vendor]["webhooks"][name]["post"]
    holder = hook["requestBody"] if kind == "request" else hook["responses"]["200"]
    return schema_of(vendor, body_of(holder))


def name_of(path: Path) -> tuple[str, str]:
    """The operation and the kind of a file of a vendor's examples."""
    name, kind, *_ = path.name.split(".")
    return name, kind
