"""Models whose defaults can be read without pydantic."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

import pytest
from pydantic import Field, ValidationError

from emulator.lazy_model import Checks, LazyModel, model_of
from tests.cases import each_case


class Range(LazyModel):
    """A range with a name."""

    checks: ClassVar[Checks] = {"step": lambda step: step == 3}

    name: str
    low: Annotated[int, Field(ge=0)] = 0
    high: Annotated[int, Field(ge=0)] = 9
    unit: str | None = None
    kind: Literal["open", "closed"] = "open"
    step: Any = 1

    def check_together(self) -> None:
        """Refuse an empty range."""
        if self.high < self.low:
            raise ValueError("has no numbers")


class NamedRange(Range):
    """A range whose name has a default."""

    name: str = "all"
    words: tuple[str, ...] = ()


def test_defaults_are_those_of_the_class() -> None:
    """What was not given is read from the class, and belongs to the values all the same."""
    made = Range(name="a", high=3)

    assert (made.low, made.high, made.kind) == (0, 3, "open")
    assert made.model_fields_set == {"name", "high"}
    assert made.values() == {
        "name": "a",
        "low": 0,
        "high": 3,
        "unit": None,
        "kind": "open",
        "step": 1,
    }
    assert made.model_dump() == made.values()


WRONG = [
    pytest.param({}, "name", "missing", id="missing"),
    pytest.param({"name": 1}, "name", "string_type", id="another-type"),
    pytest.param({"name": "a", "low": -1}, "low", "greater_than_equal", id="constraint"),
    pytest.param({"name": "a", "kind": "half"}, "kind", "literal_error", id="word"),
    pytest.param({"name": "a", "lows": 1}, "lows", "extra_forbidden", id="unknown"),
]


@each_case(("values", "field", "kind"), WRONG)
def test_wrong_values_are_refused_as_by_pydantic(
    values: dict[str, Any], field: str, kind: str
) -> None:
    """A value that does not fit is an error of pydantic's, which names the field."""
    with pytest.raises(ValidationError) as refused:
        Range.model_validate(values)

    assert [(each["loc"], each["type"]) for each in refused.value.errors()] == [((field,), kind)]
    assert refused.value.title == "Range"


def test_values_are_checked_together() -> None:
    """Values that do not fit each other are an error of the whole, also of a derived model."""
    for kind in (Range, NamedRange):
        with pytest.raises(ValidationError, match="has no numbers") as refused:
            kind(name="a", low=3, high=2)

        assert [each["loc"] for each in refused.value.errors()] == [()]


def test_values_are_converted_as_by_pydantic() -> None:
    """A text that stands for a number is the number."""
    assert Range.model_validate({"name": "a", "low": "3"}).low == 3


def test_derived_model_has_the_fields_of_both() -> None:
    """The fields come in the order of their classes, with the defaults of the last."""
    assert [*NamedRange.fields()] == [*Range.fields(), "words"]
    assert [*model_of(NamedRange).model_fields] == [*NamedRange.fields()]
    assert NamedRange().name == "all"


def test_model_never_changes() -> None:
    """A copy has other values; the model itself keeps its own."""
    made = NamedRange(high=3)

    with pytest.raises(AttributeError, match=r"NamedRange\.high never changes"):
        made.high = 4  # type: ignore[misc]  # what is tested
    assert made.model_copy(update={"high": 4}) == NamedRange(high=4)
    assert made == NamedRange(high=3, name="all")
    assert made != Range(high=3, name="all")
    assert hash(made) == hash(NamedRange(high=3))
