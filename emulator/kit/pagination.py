"""The query parameters of lists that have pages."""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from emulator.kit.basis import BasisMark
from emulator.kit.fields import Whole

BASIS: Final = BasisMark("documented", parts=(("maximum", "assumed"),))


class PageQuery(BaseModel):
    """``page`` from 1 and ``per_page`` up to 100; other parameters are ignored."""

    model_config = ConfigDict(extra="ignore", defer_build=True)

    page: Annotated[Whole, Field(ge=1)] = 1
    per_page: Annotated[
        Whole, Field(ge=1, le=100), BasisMark("documented", parts=(("maximum", "assumed"),))
    ] = 10

    @property
    def offset(self) -> int:
        """Return how many entries come before this page."""
        return (self.page - 1) * self.per_page
