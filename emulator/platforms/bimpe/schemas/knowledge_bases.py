"""Requests and responses about knowledge bases.

https://bimpe-docs-dev.admin.rectlabs.com/docs/api/agents/
"""

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, Field, ValidationInfo, field_validator

from emulator.kit.basis import observed
from emulator.kit.constraints import any_of
from emulator.kit.fields import NOT_BLANK, HttpUrl
from emulator.platforms.bimpe.schemas.fields import (
    INTEGRATOR_URL,
    REQUEST_CONFIG,
    BimpeResource,
    Name,
    Text1000,
    not_blank,
)

MAX_KNOWLEDGE_CHARACTERS: Final = 2500
KnowledgeText = Annotated[
    str,
    Field(max_length=MAX_KNOWLEDGE_CHARACTERS),
    AfterValidator(not_blank),
    NOT_BLANK,
    observed(INTEGRATOR_URL, "the page gives no maximum"),
]


class UpdateKnowledgeBase(BaseModel):
    """The body of ``PATCH .../{kbId}``; fields that are not sent keep their values."""

    model_config = REQUEST_CONFIG

    name: Name = ""
    description: Text1000 | None = None
    content: KnowledgeText | None = None
    url: HttpUrl | None = None


class CreateKnowledgeBase(BaseModel):
    """The body of ``POST .../knowledge_bases``; files are "coming soon" on the page."""

    model_config = REQUEST_CONFIG | any_of(
        {"type": {"const": "text"}, "content": {"type": "string"}},
        {"type": {"const": "url"}, "url": {"type": "string"}},
    )

    type: Literal["text", "url"]
    name: Name
    description: Text1000 | None = None
    content: Annotated[KnowledgeText | None, Field(validate_default=True)] = None
    url: Annotated[HttpUrl | None, Field(validate_default=True)] = None

    @field_validator("content", "url")
    @classmethod
    def _needed(cls, value: str | None, info: ValidationInfo) -> str | None:
        kind = {"content": "text", "url": "url"}[info.field_name or ""]
        if value is None and info.data.get("type") == kind:
            raise ValueError(f"is required for a knowledge base of type {kind}")
        return value


class KnowledgeBaseSummary(BimpeResource):
    """A knowledge base within the details of its agent."""

    id: str
    type: Literal["text", "url"]
    name: str
    description: str | None


class KnowledgeBaseResource(KnowledgeBaseSummary):
    """A knowledge base."""

    url: str | None
    content: str | None
