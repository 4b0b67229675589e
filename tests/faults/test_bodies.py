"""Faults that change fields of a callback: of JSON, of forms, and refused for anything else."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from emulator.app import create_app
from emulator.domain.faults import CallbackShape, Effect, StatusField
from emulator.faults.bodies import value_of
from emulator.faults.callbacks import Outgoing, altered, can_apply
from emulator.faults.scope import RouteRequest, fits_request
from emulator.kit.forms import multipart, urlencoded
from emulator.settings import Settings
from tests.cases import each_case
from tests.faults.test_rules import add, make
from tests.support import Json
from tests.vendors import vendor_folder

BODY: Json = {
    "CallSid": "CA+1 é",
    "CallStatus": "completed",
    "Legs": [{"Status": "completed", "Id": "1"}, {"Status": "busy", "Id": "2"}],
}
SHAPE = CallbackShape(
    content_type="application/x-www-form-urlencoded",
    fields=("CallSid", "CallStatus", "Legs"),
    statuses=(
        StatusField(
            path=("CallStatus",),
            earlier={"completed": "in-progress"},
            contrary={"completed": "failed"},
        ),
        StatusField(path=("Legs", "*", "Status"), earlier={"completed": "ringing"}),
    ),
)


def form(write: Any, fields: Any = BODY) -> Outgoing:
    """Write a form as a callback."""
    content, content_type = write(fields)
    return Outgoing(content=content, content_type=content_type)


@each_case("write", [urlencoded, multipart])
@each_case(
    ("effect", "fields", "changes"),
    [
        pytest.param(
            Effect.LATE_REGRESSION,
            {},
            {
                "CallStatus": "in-progress",
                "Legs": [{"Status": "ringing", "Id": "1"}, {"Status": "busy", "Id": "2"}],
            },
            id="late-regression",
        ),
        pytest.param(
            Effect.CONFLICTING_FINAL, {}, {"CallStatus": "failed"}, id="conflicting-final"
        ),
        pytest.param(
            Effect.UNKNOWN_STATUS,
            {"status": "NEW & more"},
            {
                "CallStatus": "NEW & more",
                "Legs": [{"Status": "NEW & more", "Id": "1"}, {"Status": "NEW & more", "Id": "2"}],
            },
            id="unknown-status",
        ),
        pytest.param(Effect.MISSING_FIELD, {"field": None}, {"CallStatus": None}, id="status"),
        pytest.param(Effect.MISSING_FIELD, {"field": "Legs"}, {"Legs": None}, id="with-its-parts"),
        pytest.param(
            Effect.MISSING_FIELD,
            {"field": "Legs.*.Status"},
            {"Legs": [{"Id": "1"}, {"Id": "2"}]},
            id="of-each-entry",
        ),
    ],
)
def test_fields_of_a_form_are_changed(
    write: Any, effect: Effect, fields: dict[str, Any], changes: Json
) -> None:
    """A form is changed where its fields are, in place; the rest and its type stay as they are."""
    sent = form(write)

    found = altered(effect, fields, sent, SHAPE)

    expected = {key: value for key, value in (BODY | changes).items() if value is not None}
    assert value_of(found.content, found.content_type) == expected
    assert found.content_type == sent.content_type
    assert can_apply(effect, fields, sent, SHAPE)


@each_case("write", [urlencoded, multipart])
@each_case(
    ("effect", "fields"),
    [
        pytest.param(Effect.MISSING_FIELD, {"field": "Duration"}, id="no-such-field"),
        pytest.param(Effect.MISSING_FIELD, {"field": "CallSid.Status"}, id="no-such-part"),
        pytest.param(Effect.LATE_REGRESSION, {}, id="no-last-status"),
    ],
)
def test_form_that_a_fault_cannot_change_is_left_as_it_is(
    write: Any, effect: Effect, fields: dict[str, Any]
) -> None:
    """Such a callback does not count as one that the fault applies to."""
    sent = form(write, {"CallSid": "1", "CallStatus": "ringing"})

    assert altered(effect, fields, sent, SHAPE) == sent
    assert not can_apply(effect, fields, sent, SHAPE)


@pytest.mark.parametrize("content", [b"%FF", b"<Call/>", b""])
def test_broken_body_is_left_as_it_is(content: bytes) -> None:
    """What is not read is not changed either."""
    sent = Outgoing(content=content, content_type="application/x-www-form-urlencoded")

    assert altered(Effect.UNKNOWN_STATUS, {"status": "x"}, sent, SHAPE) == sent


@each_case(
    ("target", "content"),
    [
        pytest.param("/calls", b"To=%2B2348000000001&From=1", id="urlencoded"),
        pytest.param("/calls", b'name="To"\r\n\r\n+2348000000001\r\n', id="multipart"),
        pytest.param("/calls?number=%2B2348000000001", b"", id="query"),
        pytest.param("/calls/2348000000001.json", b"", id="path"),
    ],
)
def test_number_is_found_in_a_form(target: str, content: bytes) -> None:
    """A rule for a number applies to requests that contain it, percent-encoded or not."""
    faults, _, _ = make()
    fault = add(faults, number="+2348000000001")
    request = RouteRequest(platform="p", operation="o", target=target, content=content)

    assert fits_request(fault, request, CallbackShape())


def callbacks_as(content_type: str) -> str:
    """A vendor's module of callbacks of this content type."""
    return f"""
from emulator.domain.faults import CallbackShape, StatusField

events = ("ended",)
shape = CallbackShape(
    content_type={content_type!r},
    fields=("Status",),
    statuses=(StatusField(path=("Status",), earlier={{"done": "new"}}, contrary={{"done": "no"}}),),
)
"""


@pytest.mark.parametrize(
    ("content_type", "effect", "problems"),
    [
        pytest.param(
            "text/xml",
            {"kind": kind},
            {
                "effect.kind": "can never apply: aster sends callbacks as text/xml, and only "
                "fields of JSON and forms can be changed"
            },
            id=f"xml-{kind}",
        )
        for kind in ("late_regression", "conflicting_final", "unknown_status", "missing_field")
    ]
    + [
        pytest.param(
            "application/x-www-form-urlencoded",
            {"kind": "wrong_content_type", "content_type": "Application/X-WWW-Form-Urlencoded"},
            {"effect.content_type": "is what aster sends already; give another"},
            id="same-content-type",
        ),
        pytest.param(
            "application/x-www-form-urlencoded",
            {"kind": "missing_field", "field": "Statu"},
            {"effect.field": "must be one of Status, not 'Statu'; did you mean Status?"},
            id="no-such-field",
        ),
        *(
            pytest.param(content_type, {"kind": kind}, None, id=f"{name}-{kind}")
            for name, content_type in (
                ("urlencoded", "application/x-www-form-urlencoded"),
                ("multipart", "multipart/form-data; boundary=x"),
                ("json", "application/problem+json"),
            )
            for kind in ("late_regression", "unknown_status", "missing_field", "wrong_content_type")
        ),
        *(
            pytest.param("text/xml", {"kind": kind}, None, id=f"xml-{kind}")
            for kind in ("duplicate", "delay", "reorder", "drop", "wrong_content_type")
        ),
    ],
)
async def test_rule_is_refused_when_added_if_it_can_never_apply(
    tmp_path: Path, content_type: str, effect: Json, problems: Json | None
) -> None:
    """A rule for bodies that faults cannot change is refused with the reason, never ignored."""
    with vendor_folder(tmp_path) as folder:
        folder.write({"callbacks.py": callbacks_as(content_type)})
        app = create_app(Settings())
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
            rule = {"match": {"platform": "aster"}, "effect": effect}
            response = await http.post("/_emulator/faults", json=rule)
        await app.worlds.stop()

    if problems is None:
        assert response.status_code == 201, response.text
    else:
        found = {each["field"]: each["detail"] for each in response.json()["errors"]}
        assert (response.status_code, found) == (400, problems)
