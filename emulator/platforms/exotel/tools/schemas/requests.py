"""Bodies and queries of requests.

https://developer.exotel.com/docs/voicebot-tools/overview
"""

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

from emulator.kit.basis import documented
from emulator.kit.constraints import any_of
from emulator.kit.fields import Text, Whole
from emulator.platforms.exotel.tools.records.tools import ToolKind, ToolStatus

CLIENT: Final = "https://github.com/exotel/ExotelMCP"
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
