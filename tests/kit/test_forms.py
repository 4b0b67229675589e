"""Forms: the strict reader of urlencoded and multipart bodies, and the writer."""

from typing import Annotated, Any

import pytest
from hypothesis import given, strategies as st
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

from emulator.kit.errors import ApiError
from emulator.kit.fields import PhoneQuery
from emulator.kit.forms import MULTIPART, URLENCODED, FormBody, multipart, read_form, urlencoded
from tests.cases import each_case


class Leg(BaseModel):
    """One party's side of a call."""

    Status: str
    Seconds: int = 0
    Tags: list[str] = []


class NewCall(BaseModel):
    """A form as the vendors have it."""

    model_config = ConfigDict(populate_by_name=True)

    To: Annotated[PhoneQuery, Field(min_length=1)]
    Record: bool = False
    Timeout: int | None = None
    Legs: list[Leg] = []
    Options: dict[str, str] = {}
    Events: list[str] | None = None
    Callback: Annotated[list[str], Field(alias="Callback[]")] = []


def request_of(content: bytes, content_type: str | None) -> Request:
    """Return a request whose body has been received."""
    headers = [] if content_type is None else [(b"content-type", content_type.encode())]
    return Request({"type": "http", "headers": headers, "emulator.content": content})


def read(content: bytes | str, content_type: str | None = URLENCODED) -> dict[str, Any]:
    """Read a form; return what was given."""
    raw = content.encode() if isinstance(content, str) else content
    asked = read_form(request_of(raw, content_type), NewCall)
    return asked.model_dump(exclude_unset=True)


def refused(content: bytes | str, content_type: str | None = URLENCODED) -> str:
    """Read a form that is refused; return the sentence."""
    with pytest.raises(ApiError) as error:
        read(content, content_type)
    assert error.value.status == 400
    return error.value.message


def part(name: str, value: str, more: str = "") -> str:
    """Write a part of a multipart form."""
    return f'--x\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n{value}\r\n'


X = f"{MULTIPART}; boundary=x"
END = "--x--\r\n"


@each_case(
    ("content", "value"),
    [
        pytest.param("To=%2B15550001", {"To": "+15550001"}, id="text"),
        pytest.param("To=+15550001", {"To": "+15550001"}, id="unencoded-plus-of-a-number"),
        pytest.param("To=a+b%20c", {"To": "a b c"}, id="spaces"),
        pytest.param("To=%C3%A9", {"To": "é"}, id="encoded-utf8"),
        pytest.param("To=é", {"To": "é"}, id="raw-utf8"),
        pytest.param("&To=1&&", {"To": "1"}, id="empty-pairs"),
        pytest.param("To=a=b", {"To": "a=b"}, id="equals-sign"),
        pytest.param("To=1&Record=true&Timeout=30", {"To": "1", "Record": True, "Timeout": 30}),
        pytest.param("To=1&Unknown=x&Other[a]=y", {"To": "1"}, id="unknown-fields"),
        pytest.param("To=1&Events=a", {"To": "1", "Events": ["a"]}, id="list-of-one"),
        pytest.param("To=1&Events=a&Events=b", {"To": "1", "Events": ["a", "b"]}, id="repeated"),
        pytest.param("To=1&Events[]=a&Events[]=b", {"To": "1", "Events": ["a", "b"]}, id="[]"),
        pytest.param("To=1&Events[1]=b&Events[0]=a", {"To": "1", "Events": ["a", "b"]}, id="[n]"),
        pytest.param("To=1&Events%5B0%5D=a", {"To": "1", "Events": ["a"]}, id="encoded-brackets"),
        pytest.param(
            "To=1&Callback[]=a&Callback[]=b", {"To": "1", "Callback": ["a", "b"]}, id="alias"
        ),
        pytest.param(
            "To=1&Legs[0][Status]=a&Legs[1][Status]=b&Legs[1][Seconds]=9",
            {"To": "1", "Legs": [{"Status": "a"}, {"Status": "b", "Seconds": 9}]},
            id="list-of-objects",
        ),
        pytest.param(
            "To=1&Legs[][Status]=a&Legs[][Status]=b",
            {"To": "1", "Legs": [{"Status": "a"}, {"Status": "b"}]},
            id="appended-objects",
        ),
        pytest.param(
            "To=1&Legs[0][Status]=a&Legs[0][Tags]=x&Legs[0][Tags]=y",
            {"To": "1", "Legs": [{"Status": "a", "Tags": ["x", "y"]}]},
            id="repeated-within",
        ),
        pytest.param(
            "To=1&Options[1]=yes&Options[2]=no",
            {"To": "1", "Options": {"1": "yes", "2": "no"}},
            id="object-with-numbers",
        ),
    ],
)
def test_urlencoded_form_is_read_into_its_model(content: str, value: dict[str, Any]) -> None:
    """Texts, numbers, lists and objects are read as the model has them."""
    assert read(content) == value


@each_case(
    ("content", "value"),
    [
        pytest.param(part("To", "+1") + END, {"To": "+1"}, id="text"),
        pytest.param(part("To", "a&b=%41\r\n--y") + END, {"To": "a&b=%41\r\n--y"}, id="as-it-is"),
        pytest.param(part("To", "é") + END, {"To": "é"}, id="utf8"),
        pytest.param(part("To", "") + END.strip(), None, id="no-text"),
        pytest.param(
            part("To", "1") + part("Legs[0][Status]", "a") + END,
            {"To": "1", "Legs": [{"Status": "a"}]},
            id="nested",
        ),
        pytest.param(
            part("To", "1") + part("Avatar", "PNG", '; filename="a.png"') + END,
            {"To": "1"},
            id="unknown-file",
        ),
    ],
)
def test_multipart_form_is_read_into_its_model(content: str, value: dict[str, Any] | None) -> None:
    """Both kinds of form are read alike."""
    if value is None:
        assert refused(content, X) == "To must not be empty"
    else:
        assert read(content, X) == value


@pytest.mark.parametrize(
    "content_type",
    [
        "application/x-www-form-urlencoded; charset=UTF-8",
        'Application/X-WWW-Form-Urlencoded;charset="utf-8"',
        "application/x-www-form-urlencoded; charset=us-ascii; x=y",
    ],
)
def test_charset_of_ours_is_accepted(content_type: str) -> None:
    """A content type may name the encoding that forms have anyway."""
    assert read("To=1", content_type) == {"To": "1"}


@each_case(
    ("content", "message"),
    [
        pytest.param("", "To is required", id="missing"),
        pytest.param("To=", "To must not be empty", id="empty"),
        pytest.param("To=1&Timeout=soon", "Timeout must be a whole number", id="number"),
        pytest.param("To=1&Record=perhaps", "Record must be true or false", id="truth"),
        pytest.param("To=1&Legs[0][Seconds]=1", "Legs[0].Status is required", id="nested-missing"),
        pytest.param("To=1&To=2", "To must be given once", id="repeated"),
        pytest.param("To=1&Other=1&Other=2", "Other must be given once", id="repeated-unknown"),
        pytest.param(
            "To=1&Legs[0][Status]=a&Legs[0][Status]=b",
            "Legs[0][Status] must be given once",
            id="repeated-within",
        ),
        pytest.param(b"To=%FF", "To must be text in UTF-8", id="bad-utf8"),
        pytest.param(b"To=\xff", "To must be text in UTF-8", id="raw-bad-utf8"),
        pytest.param(b"To=%ED%A0%80", "To must be text in UTF-8", id="surrogate"),
        pytest.param(b"%FF=1", "the body must be text in UTF-8", id="bad-utf8-name"),
        pytest.param(
            "To=100%", "To has a % that is not followed by two hexadecimal digits", id="percent"
        ),
        pytest.param("=1", "the body has a field without a name", id="no-name"),
        pytest.param(
            "To=1&Events[0]=a&Events[2]=c",
            "Events must be numbered from 0 without gaps: Events[1] is missing",
            id="gap",
        ),
        pytest.param(
            "To=1&Events[999999999]=a",
            "Events must be numbered from 0 without gaps: Events[0] is missing",
            id="large-number",
        ),
        pytest.param(
            "To=1&Events[]=a&Events[0]=b",
            "Events[0] must not be mixed with entries in empty brackets",
            id="appended-and-numbered",
        ),
        pytest.param(
            "To=1&Events[0]=a&Events[]=b",
            "Events[] must not be mixed with entries that have a number",
            id="numbered-and-appended",
        ),
        pytest.param(
            "To=1&Events=a&Events[0]=b",
            "Events is given both as a text and with brackets",
            id="text-and-brackets",
        ),
        pytest.param(
            "To=1&Legs[0=a",
            "Legs[0 has brackets that do not fit, unlike name[0][key] or name[]",
            id="unclosed",
        ),
        pytest.param("To=1&[a]=b", "[a] has brackets that do not fit", id="only-brackets"),
        pytest.param("To=1&a[0]b=c", "a[0]b has brackets that do not fit", id="text-behind"),
        pytest.param(
            "To=1&a" + "[b]" * 16 + "=c", "[b] is nested deeper than 16 levels", id="deep"
        ),
        pytest.param("To=1" + "&a=" * 1000, "the body has more than 1000 fields", id="too-many"),
    ],
)
def test_urlencoded_form_that_does_not_fit_is_refused(content: bytes | str, message: str) -> None:
    """What is wrong is said with the name of the field, and nothing is guessed."""
    assert message in refused(content)


@each_case(
    ("content", "content_type", "message"),
    [
        pytest.param(
            part("To", "1") + part("To", "2") + END, X, "To must be given once", id="twice"
        ),
        pytest.param(
            part("To", "1", '; filename="a.txt"') + END,
            X,
            "To must be a text field, not a file",
            id="file",
        ),
        pytest.param(
            (part("To", "?") + END).encode().replace(b"?", b"\xff"),
            X,
            "To must be text in UTF-8",
            id="bad-utf8",
        ),
        pytest.param(part("To", "1"), X, "its last boundary is missing", id="cut-off"),
        pytest.param(
            part("To", "1") + "--x", X, "its last boundary is missing", id="cut-in-the-end"
        ),
        pytest.param("hello", X, "is not a multipart form", id="no-form"),
        pytest.param("To=1", MULTIPART, "has no boundary", id="no-boundary"),
        pytest.param(
            part("To", "1").replace("name=", "nome=") + END,
            X,
            "a part without a name",
            id="no-name",
        ),
        pytest.param(part("a", "") * 1001 + END, X, "more than 1000 fields", id="too-many"),
        pytest.param(
            "To=1",
            f"{URLENCODED}; charset=latin-1",
            "must be text in UTF-8, not latin-1",
            id="charset",
        ),
        pytest.param(
            part("To", "1") + END, f"{X}; charset=utf-7", "UTF-8, not utf-7", id="charset-of-parts"
        ),
        pytest.param("{}", "application/json", f"must be {URLENCODED} or {MULTIPART}", id="json"),
        pytest.param("To=1", None, f"must be {URLENCODED} or {MULTIPART}", id="no-type"),
        pytest.param("", None, "To is required", id="nothing"),
    ],
)
def test_body_that_is_no_such_form_is_refused(
    content: bytes | str, content_type: str | None, message: str
) -> None:
    """Another content type, a broken form and a file are refused with a sentence."""
    assert message in refused(content, content_type)


def test_operation_may_take_one_kind_alone() -> None:
    """A vendor that documents multipart alone refuses an urlencoded form."""
    with pytest.raises(ApiError, match=r"^the body must be multipart/form-data$"):
        read_form(request_of(b"To=1", URLENCODED), NewCall, MULTIPART)


@each_case(
    ("fields", "content"),
    [
        pytest.param({"To": "+1 2", "Empty": ""}, b"To=%2B1+2&Empty=", id="texts"),
        pytest.param({"A": None, "B": 1, "C": 1.5, "D": True}, b"B=1&C=1.5&D=true", id="values"),
        pytest.param(
            {"Legs": [{"Status": "a"}, {"Status": "b"}]},
            b"Legs%5B0%5D%5BStatus%5D=a&Legs%5B1%5D%5BStatus%5D=b",
            id="nested",
        ),
        pytest.param([("E", "a"), ("E", "b")], b"E=a&E=b", id="repeated"),
    ],
)
def test_urlencoded_body_is_written(fields: Any, content: bytes) -> None:
    """Fields are written in their order; lists and objects by names with brackets."""
    assert urlencoded(fields) == FormBody(content, URLENCODED)


def test_multipart_body_is_written_with_the_same_bytes() -> None:
    """The same fields give the same body; the boundary is one that no field contains."""
    first, second = multipart({"a": "1"}, "b"), multipart({"a": "--b"}, "b")

    assert first == FormBody(
        b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b--\r\n',
        "multipart/form-data; boundary=b",
    )
    assert second.content_type == "multipart/form-data; boundary=b-"
    assert multipart({"a": "1"}, "b") == first
    assert multipart({'a"\r\n': "1"}).content.splitlines()[1].endswith(b'name="a%22%0D%0A"')


NAMES = st.text("abcXYZ_09é-. ", min_size=1, max_size=5).filter(lambda name: not name.isdigit())
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from(
    ["--b", "\r\n--voicebot-emulator-form--\r\n", "&=%+[]", '"', ""]
)
TREES = st.recursive(
    TEXTS,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3)
        | st.dictionaries(NAMES, inner, min_size=1, max_size=3)
    ),
    max_leaves=8,
)


class Anything(BaseModel):
    """A form with one field of any shape."""

    it: Any


@given(TREES, st.sampled_from([urlencoded, multipart]))
def test_what_is_written_is_read(tree: Any, write: Any) -> None:
    """Any nested texts that are written as a form are read back as they were."""
    content, content_type = write({"it": tree})

    assert read_form(request_of(content, content_type), Anything).it == tree
