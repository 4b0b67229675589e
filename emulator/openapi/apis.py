"""What an OpenAPI document describes: a vendor's API, or one of the emulator's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel

from emulator.kit.operation import Operation
from emulator.kit.platform import Platform
from emulator.kit.reference import Reference

Json = dict[str, Any]

INTRODUCTION: Final = (
    "Written from the same operations and schemas that serve the requests. `x-basis` says how each"
    " operation and each field is known: *documented* by a page of the vendor (`externalDocs`,"
    " `x-source`), *observed* in a public client that relies on it, or *assumed*: our guess."
    " `x-basis-of` says the same of parts: of the words of a field, of its default and limits."
    " Fields that are not named here are let be in requests. `x-emulator-options` are the published"
    " variants that a world can be switched to; the document shows the first of each."
)


@dataclass(frozen=True, kw_only=True)
class Api:
    """An API with its operations, and what else its document says."""

    title: str
    summary: str
    description: str
    operations: tuple[Operation, ...]
    reference: Reference
    security: Mapping[str, Json]
    servers: tuple[Json, ...]
    roots: tuple[str, ...] = ()
    """The beginnings of its paths."""
    options: type[BaseModel] | None = None
    """The variants that a world can be switched to; None for an API without any."""
    has_basis: bool = True
    """Whether there is a vendor whom the document may be wrong about."""


def of_platform(platform: Platform) -> Api:
    """Describe a vendor's API."""
    reference = platform.reference
    note = f"\n\n{reference.note}" if reference.note else ""
    return Api(
        title=f"{platform.title}, as emulated",
        summary="What the emulator accepts and answers where no option says otherwise.",
        description=INTRODUCTION + note,
        operations=platform.hooks.operations,
        reference=reference,
        security=reference.security or platform.auth.security,
        servers=(
            {"url": "/", "description": "this emulator"},
            {"url": f"/{platform.name}", "description": "this emulator, by vendor"},
            *({"url": host, "description": "the vendor"} for host in reference.hosts),
        ),
        roots=platform.roots,
        options=platform.hooks.options,
    )
