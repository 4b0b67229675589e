"""Routes of the control API: flows, which the vendor's App Bazaar makes, and accounts."""

from re import fullmatch
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from emulator.domain.errors import UnknownError
from emulator.kit.errors import invalid
from emulator.kit.http import json_response, read_body
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.operation import Operation
from emulator.kit.patterns import NAME
from emulator.kit.world import World, world_of
from emulator.platforms.exotel.accounts import account_id, account_key
from emulator.platforms.exotel.calls.connections import owned_exophones
from emulator.platforms.exotel.calls.records.flows import Account, Flow, key_of
from emulator.platforms.exotel.calls.sound_controls import has_sound, sound_controls
from emulator.platforms.exotel.calls.state import state_of
from emulator.platforms.exotel.calls.stream_controls import stream_controls

with on_first_use():
    from emulator.platforms.exotel.calls.schemas import controls as control_schemas

__all__ = ["controls", "has_sound"]


async def list_flows(request: Request) -> Response:
    """List the flows of an account, oldest first; by default the world's own account."""
    account = _account_of(request)
    flows = state_of(world_of(request)).flows
    return json_response([_flow(each) for each in flows if each.account == account])


async def show_flow(request: Request) -> Response:
    """Show a flow."""
    return json_response(_flow(_found(request)))


async def set_flow(request: Request) -> Response:
    """Create a flow, or replace its applets; running calls follow the new ones."""
    flows = state_of(world_of(request)).flows
    asked = read_body(request, control_schemas.FlowChange).model_dump(
        by_alias=True, exclude_none=True
    )
    flow_id = request.path_params["flow_id"]
    if not fullmatch(NAME, flow_id):
        raise invalid(
            ("flow_id", "must have 1 to 64 letters, digits, dots, hyphens or underscores")
        )
    key = key_of(_account_of(request), flow_id)
    flow = flows.add(Flow(id=key, applets=asked["applets"]))
    return json_response(_flow(flow))


async def delete_flow(request: Request) -> Response:
    """Delete a flow; running calls end with their current applet."""
    state_of(world_of(request)).flows.remove(_found(request).id)
    return Response(status_code=204)


async def show_account(request: Request) -> Response:
    """Show an account: its status and its ExoPhones."""
    world = world_of(request)
    return json_response(_account(world, account_key(world, request.path_params["account_id"])))


async def set_account(request: Request) -> Response:
    """Update an account: its status (402: no balance, 403: suspended) or its ExoPhones."""
    world = world_of(request)
    asked = read_body(request, control_schemas.AccountChange)
    key = account_key(world, request.path_params["account_id"])
    accounts = state_of(world).accounts
    account = accounts.find(key) or Account(id=key)
    if asked.status is not None:
        account.status = asked.status
    if asked.exophones is not None:
        account.exophones = asked.exophones
    accounts.add(account)
    return json_response(_account(world, key))


def _account_of(request: Request) -> str:
    return account_key(world_of(request), request.path_params.get("account_id"))


def _found(request: Request) -> Flow:
    flow_id = request.path_params["flow_id"]
    flow = state_of(world_of(request)).flow(_account_of(request), flow_id)
    if flow is None:
        raise UnknownError("flow", flow_id)
    return flow


def _flow(flow: Flow) -> dict[str, Any]:
    return {"id": flow.flow_id, "applets": flow.applets}


def _account(world: World, key: str) -> dict[str, Any]:
    state = state_of(world)
    return {
        "account_id": account_id(world, key),
        "status": state.account(key).status,
        "exophones": owned_exophones(world, state, key),
    }


ACCOUNT: Final = "/accounts/{account_id}"


def _flows(path: str) -> tuple[Operation, ...]:
    """Return the operations of an account's flows."""
    flow = f"{path}/{{flow_id}}"
    return (
        Operation(method="GET", path=path, handler=list_flows),
        Operation(method="GET", path=flow, handler=show_flow),
        Operation(
            method="PUT", path=flow, handler=set_flow, takes=lambda: control_schemas.FlowChange
        ),
        Operation(method="DELETE", path=flow, handler=delete_flow, status=204),
    )


controls: Final = (
    *_flows("/flows"),
    *_flows(f"{ACCOUNT}/flows"),
    Operation(method="GET", path=ACCOUNT, handler=show_account),
    Operation(
        method="PUT", path=ACCOUNT, handler=set_account, takes=lambda: control_schemas.AccountChange
    ),
    *stream_controls,
    *sound_controls,
)
