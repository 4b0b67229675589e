"""The query of a paged list.

https://bimpe-docs-dev.admin.rectlabs.com/docs/api/conversations/listConversations/
"""

from typing import Annotated, Any, ClassVar, Final

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    field_validator,
)
from pydantic_core import CoreSchema

from emulator.kit.basis import Basis
from emulator.kit.fields import Whole


def _flag(value: Any) -> Any:
    if value not in ("true", "false"):
        raise ValueError("must be true or false")
    return value == "true"


Flag = Annotated[bool, BeforeValidator(_flag)]
"""A boolean in a query."""


DOCUMENTED_SORTS: Final = frozenset({"created_at", "created_on"})
"""The names to sort by that a page or the guide of the vendor's client has."""


def _basis_of(sort: str) -> Basis:
    return "documented" if sort.removeprefix("-") in DOCUMENTED_SORTS else "assumed"


class ListQuery(BaseModel):
    """The query of every paged list; unknown fields are ignored."""

    model_config = ConfigDict(extra="ignore", defer_build=True)

    sorts: ClassVar[tuple[str, ...]] = ("created_at",)
    """The fields that the list can be sorted by, the default first."""

    page: Annotated[Whole, Field(ge=1)] = 1
    limit: Annotated[Whole, Field(ge=1, le=100)] = 20
    search: Annotated[str, Field(max_length=255)] = ""
    sort: Annotated[str, Field(max_length=64)] = ""

    @field_validator("sort")
    @classmethod
    def _known(cls, value: str) -> str:
        if value and value.removeprefix("-") not in cls.sorts:
            # assumed: other fields are refused
            raise ValueError(f"must be one of {', '.join(cls.sorts)}, with a - for descending")
        return value

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """List the values of ``sort``."""
        schema = handler.resolve_ref_schema(handler(core_schema))
        both = [f"{sign}{name}" for name in cls.sorts for sign in ("", "-")]
        schema["properties"]["sort"] = {
            "type": "string",
            "enum": ["", *both],
            "x-basis": "documented",
            "x-basis-of": {name: _basis_of(name) for name in both},
            "x-note": "the pages do not list every field to sort by",
        }
        return schema

    @property
    def offset(self) -> int:
        """Return the number of records before this page."""
        return (self.page - 1) * self.limit

    @property
    def order(self) -> tuple[str, bool]:
        """Return the field to sort by, and True if descending. assumed: newest first by default."""
        if not self.sort:
            return self.sorts[0], True
        return self.sort.removeprefix("-"), self.sort.startswith("-")
