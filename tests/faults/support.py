"""Making things go wrong, as tests say it."""

from typing import Any

from tests.support import Json, World


async def break_it(world: World, kind: str, *, match: Json | None = None, **given: Any) -> Json:
    """Add a fault rule; what is no setting of the rule's own is the effect's."""
    own = ("times", "starts_in", "expires_in", "expires_in_real")
    rule = {name: given.pop(name) for name in own if name in given}
    body = rule | {"match": match or {}, "effect": {"kind": kind} | given}
    response = await world.control("POST", "/faults", json=body)
    assert response.status_code == 201, response.text
    return response.json()


async def applied(world: World) -> list[tuple[str, str]]:
    """The faults that applied, by rule and effect, as the history has them."""
    entries = (await world.control("GET", "/history?kind=fault&limit=10000")).json()
    return [(entry["fault_id"], entry["effect"]) for entry in entries]


async def statuses(world: World) -> list[str]:
    """How every call stands, in the order they were placed."""
    calls = (await world.control("GET", "/calls?limit=1000")).json()
    return [call["status"] for call in reversed(calls)]
