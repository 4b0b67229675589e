"""Whole numbers in bodies: JSON does not tell 5 from 5.0."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support import Json, World


def fault(**effect: Json) -> Json:
    """Return the body of a fault."""
    return {"effect": effect}


FIELDS = [
    pytest.param("PUT", "/inboxes/hook", lambda five: {"answers": [five * 100]}, id="status"),
    pytest.param(
        "PUT", "/inboxes/hook", lambda five: {"answers": [{"status": five * 100}]}, id="answer"
    ),
    pytest.param(
        "POST", "/faults", lambda five: fault(kind="error", status=five * 100), id="fault-status"
    ),
    pytest.param("POST", "/faults", lambda five: fault(kind="capacity", calls=five), id="capacity"),
    pytest.param("POST", "/faults", lambda five: fault(kind="error") | {"times": five}, id="times"),
    pytest.param(
        "PUT",
        "/scenarios",
        lambda five: {"rules": [{"match": {"next": five}, "scenario": {"behavior": "busy"}}]},
        id="next-calls",
    ),
    pytest.param("POST", "/worlds", lambda five: {"name": "other", "seed": five}, id="seed"),
]


@pytest.mark.parametrize(("method", "path", "body"), FIELDS)
async def test_fraction_of_zero_is_none(
    world: World, method: str, path: str, body: Callable[[Any], Json]
) -> None:
    """A field of a whole number takes 5.0, and neither 5.001, 5e300 nor a text."""
    given: list[Any] = [5.0, 5.001, 5e300, "5"]

    taken = [await world.control(method, path, json=body(each)) for each in given]

    assert [response.is_success for response in taken] == [True, False, False, False]
    await world.http.delete("/_emulator/worlds/other")
