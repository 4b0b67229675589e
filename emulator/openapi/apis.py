"""What an OpenAPI document describes: a vendor's API, or one of the emulator's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel

from emulator.kit.lazy_model import model_of
from emulator.kit.operation import Operation
from emulator.kit.platform import Platform
from emulator.kit.reference import Reference

Json = dict[str, Any]

INTRODUCTION: Final = (
    "Generated from the operations and schemas that serve the requests. `x-basis` says how we"
    " know an operation or a field: *documented* on a page of the vendor (`externalDocs`,"
    " `x-source`), *observed* in a public client that relies on it, or *assumed*: our guess."
    " `x-basis-of` gives the basis of a single value, default or limit of a field. By default,"
    " requests may have fields that are not listed here. `x-emulator-options` lists the options"
    " of a world: variants of the API that the vendor has published. This document describes the"
    " default of each option."
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
        summary="What the emulator accepts and returns with its default options.",
        description=INTRODUCTION + note,
        operations=platform.hooks.operations,
        reference=reference,
        security=reference.security or platform.auth.security,
        servers=(
            {"url": "/", "description": "this emulator"},
            {"url": f"/{platform.name}", "description": "this emulator, under the vendor's name"},
            *({"url": host, "description": "the vendor"} for host in reference.hosts),
        ),
        roots=platform.roots,
        options=model_of(platform.options),
    )
