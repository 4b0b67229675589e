"""Placing calls."""

from emulator.domain.calls import Call
from emulator.kit.calls import place_call
from emulator.kit.world import World, credentials_of
from emulator.platforms.acme.auth import auth
from emulator.platforms.acme.schemas import CallRequest, NewCall


def place(world: World, asked: CallRequest) -> Call:
    """Place a call of the world's own account, for the control API."""
    return place_for(world, credentials_of(world, "acme", auth)["AccountSid"], asked)


def place_for(world: World, account: str, asked: NewCall) -> Call:
    """Place a call of an account."""
    return place_call(
        world,
        "acme",
        call_id=f"CA{world.ids.hex('acme.call')}",
        to_number=asked.To,
        from_number=asked.From,
        workflow_id=account,
        asked=asked,
        scenario=asked.scenario if isinstance(asked, CallRequest) else None,
    )
