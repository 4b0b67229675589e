"""How each fact about a vendor is known, as its OpenAPI document says."""

from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from emulator.kit.platform import Platform
from tests.openapi.documents import DOCUMENTS

METHODS: Final = ("get", "post", "put", "patch", "delete")
OWN: Final = ("413", "507")
"""The statuses of the emulator itself."""

Facts = dict[str, str]


@cache
def facts_of(platform: Platform) -> Facts:
    """Return the basis of every operation, status, query field, word, webhook and error."""
    whole = DOCUMENTS[platform.name]
    found: Facts = {}
    for path, item in whole["paths"].items():
        for method in METHODS:
            if method in item:
                found |= dict(_of_operation(f"{method.upper()} {path}", item[method], whole))
    for name, item in whole["webhooks"].items():
        found |= dict(_of_notice(f"webhook {name}", item["post"]))
    for name, schema in whole["components"]["schemas"].items():
        for field, shown in schema.get("properties", {}).items():
            found |= dict(_of_parts(f"{name}.{field}", shown))
    for known in platform.hooks.known_errors:
        found[f"error {known.word}"] = known.basis
    return found


@cache
def fields_of(platform: Platform) -> Facts:
    """Return the basis of every field of a schema."""
    schemas = DOCUMENTS[platform.name]["components"]["schemas"]
    return {
        f"{name}.{field}": shown["x-basis"]
        for name, schema in schemas.items()
        for field, shown in schema.get("properties", {}).items()
    }


def _of_operation(name: str, shown: Any, whole: Any) -> Iterator[tuple[str, str]]:
    yield name, shown["x-basis"]
    for status, response in shown["responses"].items():
        if status not in OWN:
            target = response.get("$ref", "").rpartition("/")[2]
            real = whole["components"]["responses"][target] if target else response
            yield f"{name} {status}", real["x-basis"]
    for field in shown["parameters"]:
        if field["in"] == "query":
            yield f"{name} ?{field['name']}", field["x-basis"]
            yield from _of_parts(f"{name} ?{field['name']}", field)
    for notice, item in shown.get("callbacks", {}).items():
        for post in item.values():
            yield from _of_notice(f"callback {notice}", post["post"])


def _of_notice(name: str, shown: Any) -> Iterator[tuple[str, str]]:
    yield name, shown["x-basis"]
    yield from _of_parts(name, shown)


def _of_parts(name: str, shown: Any) -> Iterator[tuple[str, str]]:
    for part, basis in shown.get("x-basis-of", {}).items():
        yield f"{name}: {part}", basis
