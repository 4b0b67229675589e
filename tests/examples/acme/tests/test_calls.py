"""Acme's calls and status callbacks, as an integrator sees them."""

from typing import Any
from urllib.parse import parse_qsl

import pytest

from tests.platforms.acme.support import TO, ask
from tests.support import World


async def forms(world: World) -> list[dict[str, str]]:
    """The forms that the inbox received."""
    return [dict(parse_qsl(each["body"])) for each in await world.inbox("status")]


@pytest.mark.parametrize(
    ("number", "status"),
    [
        pytest.param("+15550199010", "completed", id="answered"),
        pytest.param("+15550199011", "no-answer", id="rings-out"),
        pytest.param("+15550199012", "busy", id="busy"),
        pytest.param("+15550199013", "failed", id="failed"),
    ],
)
async def test_end_of_a_call_is_reported_as_a_form(world: World, number: str, status: str) -> None:
    """However a call ends, the StatusCallback URL receives one form with its status."""
    form = {"To": number, "From": "+15550100000", "StatusCallback": f"{world.inbox_url}status"}
    created = await ask(world, "POST", "Calls.json", data=form)

    await world.advance()

    call = created.json()
    got = (await ask(world, "GET", f"Calls/{call['sid']}.json")).json()
    (callback,) = await forms(world)
    assert (created.status_code, call["status"], got["status"]) == (201, "ringing", status)
    assert callback == {
        "CallSid": call["sid"],
        "AccountSid": call["account_sid"],
        "From": "+15550100000",
        "To": number,
        "CallStatus": status,
        "CallDuration": got["duration"],
    }


async def test_events_that_are_asked_for_are_reported_in_their_order(world: World) -> None:
    """StatusCallbackEvent may be repeated, and adds the events before the end."""
    form = {
        "To": TO,
        "StatusCallback": f"{world.inbox_url}status",
        "StatusCallbackEvent": ["completed", "ringing", "answered"],
    }
    await ask(world, "POST", "Calls.json", data=form)

    await world.advance()

    statuses = [each["CallStatus"] for each in await forms(world)]
    assert statuses == ["ringing", "in-progress", "completed"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        pytest.param({}, "To is required", id="nothing"),
        pytest.param({"json": {"To": TO}}, "the body must be application/x-www", id="json"),
        pytest.param({"data": {"To": "nobody"}}, "To must be a phone number", id="no-number"),
        pytest.param({"data": {"To": [TO, TO]}}, "To must be given once", id="twice"),
        pytest.param(
            {"data": {"To": TO, "StatusCallbackEvent": "lunch"}},
            "StatusCallbackEvent[0] must be ringing, answered or completed",
            id="unknown-event",
        ),
    ],
)
async def test_form_that_cannot_be_used_is_refused(
    world: World, options: dict[str, Any], message: str
) -> None:
    """The error names the field, and no call is placed."""
    response = await ask(world, "POST", "Calls.json", **options)

    assert response.status_code == 400
    assert message in response.json()["message"]
    assert (await world.control("GET", "/calls")).json() == []


async def test_fault_changes_the_form(world: World) -> None:
    """Faults on callbacks work on forms."""
    rule = {"effect": {"kind": "unknown_status", "status": "lost"}, "match": {"platform": "acme"}}
    await world.control("POST", "/faults", json=rule)
    form = {"To": TO, "StatusCallback": f"{world.inbox_url}status"}
    await ask(world, "POST", "Calls.json", data=form)

    await world.advance()

    assert [each["CallStatus"] for each in await forms(world)] == ["lost"]
