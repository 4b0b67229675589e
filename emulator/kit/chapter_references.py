"""The references of a vendor's chapters, composed into one."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from emulator.kit.basis import Basis
from emulator.kit.operation import Operation
from emulator.kit.reference import ErrorResponse, Json, Reference

Part = tuple[Sequence[Operation], Reference]
"""The operations of a chapter, and what its reference says besides."""


def composed_reference(parts: Sequence[Part]) -> Reference:
    """Return one reference; errors are written as the first chapter does."""
    asked = _ByOperation(parts)
    all_of = [reference for _, reference in parts]
    return Reference(
        hosts=tuple(dict.fromkeys(chain.from_iterable(each.hosts for each in all_of))),
        security=_united(each.security for each in all_of),
        requires=asked.requires,
        takes=asked.takes,
        response=asked.response,
        error_body=all_of[0].error_body,
        status_basis=asked.status_basis,
        errors=asked.errors,
        headers=_united(each.headers for each in all_of),
        parameters=asked.parameters,
        notices=tuple(chain.from_iterable(each.notices for each in all_of)),
        creates=_united(each.creates for each in all_of),
        note=" ".join(each.note for each in all_of if each.note),
    )


class _ByOperation:
    """Asks the reference of the chapter that has the operation."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._owners = {
            each.label: reference for operations, reference in parts for each in operations
        }

    def _owner(self, operation: Operation) -> Reference:
        return self._owners[operation.label]

    def requires(self, operation: Operation) -> list[dict[str, list[str]]]:
        owner = self._owner(operation)
        if owner.requires is not None:
            return owner.requires(operation)
        return [{name: []} for name in owner.security]

    def takes(self, operation: Operation) -> Any:
        return self._owner(operation).takes(operation)

    def response(self, operation: Operation) -> Any:
        return self._owner(operation).response(operation)

    def status_basis(self, operation: Operation) -> Basis:
        return self._owner(operation).status_basis(operation)

    def errors(self, operation: Operation) -> Mapping[int, ErrorResponse]:
        return self._owner(operation).errors(operation)

    def parameters(self, operation: Operation) -> tuple[Json, ...]:
        return self._owner(operation).parameters(operation)


def _united(parts: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    return dict(chain.from_iterable(each.items() for each in parts))
