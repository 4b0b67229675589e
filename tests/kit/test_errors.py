"""What is wrong with a request, in words."""

from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from emulator.domain.errors import BusyError, ConflictError, DomainError, UnknownError
from emulator.kit.errors import as_api_error, as_invalid, field_path, invalid
from emulator.kit.fields import HttpUrl, Text, Whole
from emulator.kit.patterns import PHONE
from tests.cases import each_case


class Inner(BaseModel):
    """A part of it."""

    number: Annotated[str, Field(pattern=PHONE)]


class Asked(BaseModel):
    """A request with a field of each kind."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: Text = "x"
    short: Annotated[str, Field(min_length=1, max_length=3)] = "x"
    count: Annotated[int, Field(ge=1, le=9)] = 1
    share: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0
    yes: bool = True
    kind: Literal["a", "b"] = "a"
    url: HttpUrl = "http://a"
    page: Whole = 1
    loose: Annotated[int, Field(strict=False)] = 1
    items: Annotated[list[Inner], Field(min_length=1, max_length=2)] = [Inner(number="+2348000000")]
    extra: dict[str, Any] = {}


@each_case(
    ("body", "message"),
    [
        pytest.param({"name": " "}, "name must not be empty", id="blank"),
        pytest.param({"name": 1}, "name must be a string", id="not-a-text"),
        pytest.param({"short": ""}, "short must not be empty", id="empty"),
        pytest.param({"short": "long"}, "short must have at most 3 characters", id="too-long"),
        pytest.param({"count": 0}, "count must be at least 1", id="too-small"),
        pytest.param({"count": 10}, "count must be at most 9", id="too-large"),
        pytest.param({"count": "1"}, "count must be a whole number", id="number-as-text"),
        pytest.param({"count": 1.5}, "count must be a whole number", id="fraction"),
        pytest.param({"share": 0}, "share must be more than 0", id="not-more"),
        pytest.param({"yes": "no"}, "yes must be true or false", id="not-a-bool"),
        pytest.param({"kind": "c"}, "kind must be a or b", id="not-a-choice"),
        pytest.param({"url": "ftp://a"}, "url must be an http or https URL", id="not-http"),
        pytest.param({"loose": 1e300}, "loose is too large", id="huge"),
        pytest.param({"page": "x"}, "page must be a whole number", id="query-number"),
        pytest.param({"items": []}, "items must not be empty", id="no-entries"),
        pytest.param({"items": {}}, "items must be an array", id="not-a-list"),
        pytest.param({"extra": []}, "extra must be an object", id="not-a-map"),
        pytest.param({"items": [1]}, "items[0] must be an object", id="entry-of-a-list"),
        pytest.param({"items": [{}]}, "items[0].number is required", id="missing"),
        pytest.param(
            {"items": [{"number": "x"}]}, "items[0].number must be a phone number", id="phone"
        ),
        pytest.param({"nope": 1}, "nope is not a field of this request", id="unknown-field"),
        pytest.param([], "the body must be an object", id="not-an-object"),
    ],
)
def test_what_is_wrong_is_said_in_plain_words(body: Any, message: str) -> None:
    """Each mistake names its field and says what it must be."""
    with pytest.raises(ValidationError) as wrong:
        Asked.model_validate(body)

    assert as_invalid(wrong.value).message == message


@each_case(
    ("loc", "path"),
    [
        pytest.param((), "", id="whole"),
        pytest.param(("a",), "a", id="field"),
        pytest.param(("a", "b", "c"), "a.b.c", id="nested"),
        pytest.param(("a", 0, "b"), "a[0].b", id="entry"),
        pytest.param((3,), "[3]", id="entry-of-the-body"),
        pytest.param(("a", 1, 2), "a[1][2]", id="entry-of-an-entry"),
    ],
)
def test_place_of_a_field_is_written_as_in_javascript(
    loc: tuple[int | str, ...], path: str
) -> None:
    """A field is named the way one would reach it."""
    assert field_path(loc) == path


def test_message_names_the_first_few_problems_and_lists_all() -> None:
    """However much is wrong, the sentence stays short and the list complete."""
    problems = tuple((f"f{number}", "is required") for number in range(9))

    error = invalid(*problems)

    assert error.message.count("is required") == 5
    assert error.problems == problems
    assert error.status == 400


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        pytest.param(UnknownError("call", "x"), 404, "not_found", id="unknown"),
        pytest.param(ConflictError("no"), 409, "conflict", id="conflict"),
        pytest.param(BusyError("no"), 409, "conflict", id="busy"),
    ],
)
def test_what_the_world_refuses_has_a_status(error: DomainError, status: int, code: str) -> None:
    """The world's refusals become answers: 404 for the unknown, 409 for the rest."""
    answer = as_api_error(error)

    assert (answer.status, answer.code, answer.message) == (status, code, str(error))


@each_case(
    ("url", "usable"),
    [
        pytest.param("http://localhost:3000/hook?a=1", True, id="plain"),
        pytest.param("https://[::1]:8443/", True, id="v6"),
        pytest.param("HTTPS://EXAMPLE.COM", True, id="upper-case"),
        pytest.param("http://", False, id="no-host"),
        pytest.param("http:///path", False, id="no-host-but-a-path"),
        pytest.param("//example.com/", False, id="no-scheme"),
        pytest.param("javascript:alert(1)", False, id="javascript"),
        pytest.param("http://example.com:port/", False, id="port-is-a-word"),
        pytest.param("http://example.com:70000/", False, id="port-too-large"),
        pytest.param("http://exa mple.com/", False, id="blank"),
        pytest.param("http://example.com/\r\nX: y", False, id="line-break"),
        pytest.param("http://[::1/", False, id="unclosed-bracket"),
        pytest.param("http://a/" + "x" * 3000, False, id="too-long"),
    ],
)
def test_only_an_address_that_can_be_called_is_taken(url: str, usable: object) -> None:
    """An address is absolute, http or https, of one line and reasonable length."""
    try:
        Asked.model_validate({"url": url})
    except ValidationError:
        assert not usable
    else:
        assert usable
