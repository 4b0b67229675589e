"""The reference of the Tools Server besides its operations.

https://developer.exotel.com/docs/voicebot-tools/overview
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, RootModel

from emulator.kit.basis import Basis
from emulator.kit.operation import Operation
from emulator.kit.reference import ErrorResponse, Notice, Reference
from emulator.platforms.exotel.tools.executions import TOOL_CALL
from emulator.platforms.exotel.tools.routes.tools import DOCS
from emulator.platforms.exotel.tools.schemas.requests import ToolsSliceQuery
from emulator.platforms.exotel.tools.schemas.responses import ASSUMED
from emulator.platforms.exotel.voicebots.schemas.responses import PageMetadata

INTEGRATION: Final = "https://developer.exotel.com/docs/voicebot-tools/mcp-integration"
WITH_STATUS: Final = {"create_tool", "get_tool", "test_tool", "create_corpus"}
"""The operations whose status of success is on the page."""
UNNAMED_RESULT: Final = {"test_tool"}
"""The operations whose response has the status once."""

T = TypeVar("T")


class ToolsContent(BaseModel, Generic[T]):
    """The inner part of a response."""

    model_config = ConfigDict(defer_build=True)

    http_code: int
    data: T


class ToolsEnvelope(BaseModel, Generic[T]):
    """A response with one record."""

    model_config = ConfigDict(defer_build=True)

    http_code: int
    response: ToolsContent[T]


class ToolsPage(BaseModel, Generic[T]):
    """A page of a list."""

    model_config = ASSUMED

    http_code: int
    metadata: PageMetadata
    response: ToolsContent[list[T]]


class ToolsData(BaseModel, Generic[T]):
    """The inner part of a response without its status."""

    model_config = ConfigDict(defer_build=True)

    data: T


class ToolsResult(BaseModel, Generic[T]):
    """A response with the result of a test."""

    model_config = ConfigDict(defer_build=True)

    http_code: int
    response: ToolsData[T]


class ToolsErrorReason(BaseModel):
    """The reason of an error."""

    model_config = ASSUMED | ConfigDict(extra="forbid")

    code: int
    message: str
    description: str


class ToolsErrorContent(BaseModel):
    """The inner part of an error."""

    model_config = ASSUMED | ConfigDict(extra="forbid")

    data: None
    error_data: ToolsErrorReason


class ToolsErrorBody(BaseModel):
    """The body of an error; no page shows one."""

    model_config = ASSUMED | ConfigDict(extra="forbid")

    http_code: int
    request_id: str
    response: ToolsErrorContent


class ToolCall(RootModel[dict[str, Any]]):
    """The JSON body of a tool's request: the inputs that are neither in its path nor elsewhere."""

    model_config = ConfigDict(defer_build=True)


def _response(operation: Operation) -> Any:
    shown: Any = operation.response_model
    if shown is None:
        return None
    if operation.query_model is not None and issubclass(operation.query_model, ToolsSliceQuery):
        return ToolsPage[shown]
    if operation.id == "create_rows":
        return ToolsEnvelope[list[shown]]
    return ToolsResult[shown] if operation.id in UNNAMED_RESULT else ToolsEnvelope[shown]


def _refusals(operation: Operation) -> Mapping[int, ErrorResponse]:
    found = {401: _error(operation, "the access token, or key and token, are missing or wrong")}
    if operation.takes is not None or operation.query is not None:
        found[400] = _error(operation, "fields of the request to the Tools Server are wrong")
    if len(operation.names) > 1 or operation.status == HTTPStatus.NO_CONTENT:
        found[404] = _error(operation, "the tenant has no such record")
    if operation.id in {"create_tool", "create_tenant"}:
        when = "there is one of this name"
        found[409] = ErrorResponse(when=when, basis="assumed", body=ToolsErrorBody)
    return found


def _error(operation: Operation, when: str) -> ErrorResponse:
    if operation.basis == "documented":
        return ErrorResponse(when=when, source=DOCS, body=ToolsErrorBody)
    when = f"{when}, as for other operations"
    return ErrorResponse(when=when, basis="assumed", body=ToolsErrorBody)


def _status_basis(operation: Operation) -> Basis:
    is_shown = operation.basis == "documented" and operation.id in WITH_STATUS
    return "documented" if is_shown else "assumed"


def _requires(_: Operation) -> list[dict[str, list[str]]]:
    return [{"accessToken": []}, {"keyAndToken": []}]


reference: Final = Reference(
    hosts=(
        "https://tools-server.mum1.exotel.com",
        "https://tools-server-uat.mum1.exotel.com",
        "https://tools-server-prod.mum1.exotel.com",
    ),
    security={
        "accessToken": {
            "type": "apiKey",
            "in": "cookie",
            "name": "access_token",
            "description": (
                "The token of a browser session at Exotel; here, an account's API token. The"
                " vendor's own client sends HTTP Basic instead. Worlds with open authentication"
                " accept any."
            ),
            "x-basis": "documented",
            "x-source": DOCS,
        }
    },
    requires=_requires,
    response=_response,
    error_body=ToolsErrorBody,
    status_basis=_status_basis,
    errors=_refusals,
    notices=(
        Notice(
            name=TOOL_CALL,
            summary="Sent to the server of an OpenAPI tool when the tool is used.",
            body=ToolCall,
            docs=INTEGRATION,
            note="method, path and fields are those of the tool's own document",
        ),
    ),
    creates={
        "create_tool": ("tool_id", "/response/data/id"),
        "create_tool_version": ("version_id", "/response/data/id"),
        "create_corpus": ("corpus_id", "/response/data/id"),
        "create_table": ("table_id", "/response/data/id"),
    },
)
