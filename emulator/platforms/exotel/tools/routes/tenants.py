"""Operations on tenants, which the vendor's own client uses.

assumed: every account has tools without being created here; a tenant that is terminated has tools
that cannot be used until it is spawned. https://github.com/exotel/ExotelMCP
"""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from emulator.domain.errors import ConflictError
from emulator.kit.http import read_body
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.world import world_of
from emulator.platforms.exotel.accounts import account_key, account_of_request
from emulator.platforms.exotel.tools.envelope import respond
from emulator.platforms.exotel.tools.records.tables import Tenant, TenantStatus
from emulator.platforms.exotel.tools.routes.tables import observed_operation
from emulator.platforms.exotel.tools.routes.tools import TENANT
from emulator.platforms.exotel.tools.serializers import serialize_tenant
from emulator.platforms.exotel.tools.state import state_of

with on_first_use():
    from emulator.platforms.exotel.tools.schemas import requests, responses


async def create_tenant(request: Request) -> Response:
    """Create a tenant."""
    world = world_of(request)
    asked, tenants = read_body(request, requests.CreateTenant), state_of(world).tenants
    key = account_key(world, asked.tenant_id)
    if key in tenants:
        raise ConflictError(f"tenant {asked.tenant_id} already exists; choose another tenant_id")
    made = tenants.add(Tenant(id=key, name=asked.name, created_at=world.clock.now()))
    return respond(serialize_tenant(world, made), 201)


async def spawn_tenant(request: Request) -> Response:
    """Spawn a tenant: its tools can be used."""
    return _changed(request, "spawned")


async def terminate_tenant(request: Request) -> Response:
    """Terminate a tenant: its tools fail until it is spawned."""
    return _changed(request, "terminated")


def _changed(request: Request, status: TenantStatus) -> Response:
    tenants = state_of(world_of(request)).tenants
    tenant = tenants.get(account_of_request(request))
    tenant.status = status
    tenants.save(tenant)
    return Response(status_code=204)


operations: Final = (
    observed_operation(
        "POST",
        "/tools/api/v1/tenants",
        create_tenant,
        lambda: responses.TenantResource,
        takes=lambda: requests.CreateTenant,
        status=201,
    ),
    observed_operation("POST", f"{TENANT}/spawn", spawn_tenant),
    observed_operation("POST", f"{TENANT}/terminate", terminate_tenant),
)
