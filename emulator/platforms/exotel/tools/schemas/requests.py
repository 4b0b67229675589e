"""Bodies and queries of requests.

https://developer.exotel.com/docs/voicebot-tools/overview
"""

from typing import Annotated, Any, Final, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    WithJsonSchema,
    model_validator,
)

from emulator.kit.basis import assumed, documented
from emulator.kit.constraints import any_of
from emulator.kit.fields import Text, UploadedFile, Whole
from emulator.kit.json import JsonError, read_json
from emulator.kit.patterns import NAME
from emulator.platforms.exotel.tools.records.tables import ColumnType
from emulator.platforms.exotel.tools.records.tools import ToolKind, ToolStatus
from emulator.platforms.exotel.voicebots.schemas.requests import EndDate, StartDate

MAX_NAME_CHARACTERS: Final = 200
STRICT: Final = ConfigDict(strict=True, extra="ignore", defer_build=True)
Name = Annotated[Text, Field(max_length=MAX_NAME_CHARACTERS)]


class ToolsSliceQuery(BaseModel):
    """``limit`` and ``offset``; other fields of a query are ignored."""

    model_config = ConfigDict(extra="ignore", defer_build=True)

    limit: Annotated[Whole, Field(ge=1, le=100)] = 20
    offset: Annotated[Whole, Field(ge=0)] = 0


class ToolsQuery(ToolsSliceQuery):
    """The query of ``GET tools``."""

    active: Literal["true", "false"] | None = None
    type: ToolKind | None = None


class VersionsQuery(ToolsSliceQuery):
    """The query of ``GET tools/{tool_id}/versions``."""

    limit: Annotated[Whole, Field(ge=1, le=100), documented("the page gives no maximum")] = 10


class InputField(BaseModel):
    """A parameter of a tool in Python, or what it returns."""

    model_config = ConfigDict(strict=True, extra="allow", defer_build=True)

    type: Text
    description: str = ""


class PythonDefinition(BaseModel):
    """The definition of a tool in Python; the emulator never runs its body."""

    model_config = ConfigDict(strict=True, extra="allow", defer_build=True)

    body: Text
    parameters: dict[str, InputField] = {}
    return_value: InputField | None = None


class OpenApiDefinition(BaseModel):
    """The definition of an OpenAPI tool: a document of OpenAPI 3."""

    model_config = ConfigDict(strict=True, extra="allow", defer_build=True)

    openapi: Annotated[str, Field(pattern=r"^3\.")]
    paths: Annotated[dict[str, Any], Field(min_length=1)]


class KnowledgeDefinition(BaseModel):
    """The definition of a tool that answers from a knowledge base."""

    model_config = ConfigDict(strict=True, extra="allow", defer_build=True)

    knowledge_corpus_id: Text


def kind_of(definition: Any) -> ToolKind:
    """Return the kind of tool that a definition, read or not, has the fields of."""
    given = definition if isinstance(definition, dict) else {}
    if isinstance(definition, KnowledgeDefinition) or "knowledge_corpus_id" in given:
        return "knowledge_base"
    if isinstance(definition, OpenApiDefinition) or "openapi" in given or "paths" in given:
        return "openapi"
    return "python"


Definition = Annotated[
    Annotated[PythonDefinition, Tag("python")]
    | Annotated[OpenApiDefinition, Tag("openapi")]
    | Annotated[KnowledgeDefinition, Tag("knowledge_base")],
    Discriminator(kind_of),
]


class CreateTool(BaseModel):
    """The body of ``POST tools``."""

    model_config = STRICT

    name: Name
    description: Annotated[
        str, documented("required there; the vendor's own client leaves it out if it has none")
    ] = ""
    type: ToolKind
    definition: Definition


class UpdateTool(BaseModel):
    """The body of ``PUT tools/{tool_id}``: one of the two is enough, as in the vendor's client."""

    model_config = STRICT | any_of(
        {"status": {"type": "string"}}, {"current_version_id": {"type": "string"}}
    )

    status: ToolStatus | None = None
    current_version_id: Text | None = None

    @model_validator(mode="after")
    def _something(self) -> "UpdateTool":
        if self.status is None and self.current_version_id is None:
            raise ValueError("must have status or current_version_id")
        return self


class CreateToolVersion(BaseModel):
    """The body of ``POST tools/{tool_id}/versions``."""

    model_config = STRICT

    definition: Definition
    changelog: str | None = None


class RunToolTest(BaseModel):
    """The body of ``POST tools/{tool_id}/versions/{version_id}/tests``."""

    model_config = STRICT

    test_inputs: dict[str, Any]


class CorpusMetadata(BaseModel):
    """The JSON text in the form of ``POST knowledgecorpora``."""

    model_config = STRICT

    name: Name
    description: str = ""
    rag_engine: str = "vertex_ai"
    isolate_vertex_db: bool = False


def _metadata(value: Any) -> Any:
    """Read the JSON text of a field."""
    if not isinstance(value, str):
        return value
    try:
        return read_json(value.encode())
    except JsonError as error:
        raise ValueError(str(error)) from None


class CreateCorpus(BaseModel):
    """The form of ``POST knowledgecorpora``; the files are sent as ``files[]``."""

    model_config = STRICT

    metadata: Annotated[
        CorpusMetadata,
        BeforeValidator(_metadata),
        WithJsonSchema({"type": "string", "contentMediaType": "application/json"}),
    ]
    files: Annotated[list[UploadedFile], Field(min_length=1, max_length=100)]


class CorporaQuery(ToolsSliceQuery):
    """The query of ``GET knowledge-corpora``."""

    status: Literal["processing", "pending", "ready", "failed"] | None = None
    from_date: StartDate | None = None
    to_date: EndDate | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "CorporaQuery":
        if self.from_date and self.to_date and self.from_date > self.to_date:
            raise ValueError("has a from_date after its to_date")
        return self


class ColumnField(BaseModel):
    """A column of a table."""

    model_config = STRICT

    name: Name
    type: ColumnType
    description: str = ""


def _named_once(columns: list[ColumnField]) -> list[ColumnField]:
    if len({each.name for each in columns}) < len(columns):
        raise ValueError("must have names of their own")
    return columns


Columns = Annotated[
    list[ColumnField], Field(min_length=1, max_length=100), AfterValidator(_named_once)
]


class CreateTable(BaseModel):
    """The body of ``POST tables``."""

    model_config = STRICT

    name: Name
    description: str = ""
    columns: Columns


class UpdateTable(BaseModel):
    """The body of ``PUT tables/{table_id}``; what is not sent stays."""

    model_config = STRICT

    name: Name | None = None
    description: str | None = None
    columns: Columns | None = None


class TablesQuery(ToolsSliceQuery):
    """The query of ``GET tables``."""

    limit: Annotated[Whole, Field(ge=1, le=100), assumed("the client names no bounds")] = 20
    offset: Annotated[Whole, Field(ge=0), assumed("the client names no bounds")] = 0


class RowsQuery(ToolsSliceQuery):
    """The query of ``GET tables/{table_id}/rows``."""

    limit: Annotated[Whole, Field(ge=1, le=500)] = 50


class CreateRows(BaseModel):
    """The body of ``POST tables/{table_id}/rows``: an object with a value for each column."""

    model_config = STRICT

    rows: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=1000)]


class UpdateRow(BaseModel):
    """The body of ``PUT tables/{table_id}/rows/{row_id}``: the values that change."""

    model_config = STRICT

    data: dict[str, Any]


class CreateTenant(BaseModel):
    """The body of ``POST tenants``."""

    model_config = STRICT

    tenant_id: Annotated[str, Field(pattern=NAME)]
    name: Name
