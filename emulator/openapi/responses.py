"""The responses of operations in an OpenAPI document, with their headers and links."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from emulator.kit.operation import Operation
from emulator.kit.reference import ErrorResponse
from emulator.openapi.apis import Api
from emulator.openapi.schemas import Schemas

Json = dict[str, Any]

JSON: Final = "application/json"
_NOT_WORD: Final = re.compile(r"[^A-Za-z0-9]+")
RETRY_AFTER: Final = {
    "description": "Seconds to wait.",
    "schema": {"type": "integer", "minimum": 0},
}


class Responses:
    """Writes the responses of an API's operations."""

    def __init__(self, api: Api, schemas: Schemas, ids: Mapping[str, str]) -> None:
        """``ids``: the document's name for each operation, by its label."""
        self.schemas = schemas
        self.ids = ids
        self.reference = api.reference
        self.operations = api.operations
        self.headers = dict(self.reference.headers)
        self.shared: dict[str, Json] = {}
        """The responses that several operations have."""

    def of(self, operation: Operation) -> Json:
        """Return the responses of an operation, by their statuses."""
        type_ = self.reference.response(operation)
        answer = self._success(operation, operation.status, type_)
        links = self._links(operation) if operation.gives_as == JSON else {}
        errors = self._own(operation) | dict(self.reference.errors(operation))
        return {
            str(operation.status): answer | ({"links": links} if links else {}),
            **{
                str(status): self._success(operation, status, other)
                for status, other in self.reference.others(operation).items()
            },
            **{str(status): self._error(status, errors[status]) for status in sorted(errors)},
        }

    def _success(self, operation: Operation, status: int, type_: Any) -> Json:
        """Return a response with this type of body."""
        shown = {} if type_ is None else {"schema": self.schemas.of(type_)}
        content = {} if status == HTTPStatus.NO_CONTENT else {operation.gives_as: shown}
        if operation.also_gives_as:
            content[operation.also_gives_as] = {}
        answer = self._response(f"{HTTPStatus(status).phrase}.", content=content)
        return answer | {"x-basis": self.reference.status_basis(operation)}

    def _response(self, text: str, **rest: Json) -> Json:
        headers = {name: {"$ref": f"#/components/headers/{name}"} for name in self.headers}
        filled = {name: value for name, value in rest.items() if value}
        return {"description": text} | ({"headers": headers} if headers else {}) | filled

    def _own(self, operation: Operation) -> dict[int, ErrorResponse]:
        """Return the errors of the emulator itself, the same for every vendor."""
        found: dict[int, ErrorResponse] = {}
        if self.reference.takes(operation) is not None:
            found[413] = ErrorResponse(
                when="the body is larger than the emulator accepts", basis="assumed"
            )
        if operation.method != "GET":
            text = "the disk is full, or a limit of memory is reached"
            found[507] = ErrorResponse(when=text, basis="assumed")
        return found

    def _error(self, status: int, error: ErrorResponse) -> Json:
        """Refer to a response that is described once for all operations that have it."""
        name = f"{status}-{_NOT_WORD.sub('-', f'{error.when} {error.content_type}'.strip())}"
        if name not in self.shared:
            body = self.schemas.of(error.body or self.reference.error_body)
            content = {error.content_type or self.reference.error_as: {"schema": body}}
            response = self._response(sentence(error.when), content=content)
            if status == HTTPStatus.TOO_MANY_REQUESTS:
                response.setdefault("headers", {})["Retry-After"] = RETRY_AFTER
            source = {"x-source": error.source} if error.source else {}
            self.shared[name] = response | {"x-basis": error.basis} | source
        return {"$ref": f"#/components/responses/{name}"}

    def _links(self, operation: Operation) -> Json:
        """Return the operations that act on the record that an operation creates."""
        if operation.id not in self.reference.creates:
            return {}
        parameter, pointer = self.reference.creates[operation.id]
        given = {name: f"$request.path.{name}" for name in operation.names}
        given[parameter] = f"$response.body#{pointer}"
        return {
            self.ids[each.label]: {
                "operationId": self.ids[each.label],
                "parameters": {name: given[name] for name in each.names},
            }
            for each in self.operations
            if parameter in each.names and given.keys() >= set(each.names) and not each.host
        }


def sentence(text: str) -> str:
    """Return a text with a capital letter and a full stop."""
    return f"{text[:1].upper()}{text[1:]}".rstrip(".") + "."
