"""Operations on personas and specializations, which the vendor's own client uses.

https://github.com/exotel/ExotelMCP
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.http import read_body, read_query
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.world import World, world_of
from emulator.platforms.exotel.accounts import account_of_request
from emulator.platforms.exotel.voicebots.configurations import refuse_unknown
from emulator.platforms.exotel.voicebots.envelope import respond, respond_page
from emulator.platforms.exotel.voicebots.records.assistants import Profile, Profiles
from emulator.platforms.exotel.voicebots.serializers import serialize_profile
from emulator.platforms.exotel.voicebots.state import new_id, state_of

with on_first_use():
    import pydantic

    from emulator.platforms.exotel.voicebots.schemas import requests


async def list_personas(request: Request) -> Response:
    """List the personas, newest first."""
    return _listed(request, state_of(world_of(request)).personas)


async def create_persona(request: Request) -> Response:
    """Create a persona."""
    return _created(request, state_of(world_of(request)).personas, requests.CreatePersona)


async def update_persona(request: Request) -> Response:
    """Update a persona; fields that are not sent keep their values."""
    personas = state_of(world_of(request)).personas
    return _updated(request, personas, request.path_params["persona_id"], requests.UpdatePersona)


async def list_specializations(request: Request) -> Response:
    """List the specializations, newest first."""
    return _listed(request, state_of(world_of(request)).specializations)


async def create_specialization(request: Request) -> Response:
    """Create a specialization."""
    return _created(
        request, state_of(world_of(request)).specializations, requests.CreateSpecialization
    )


async def update_specialization(request: Request) -> Response:
    """Update a specialization; fields that are not sent keep their values."""
    specializations = state_of(world_of(request)).specializations
    specialization_id = request.path_params["specialization_id"]
    return _updated(request, specializations, specialization_id, requests.UpdateSpecialization)


def _listed(request: Request, profiles: Profiles) -> Response:
    query = read_query(request, requests.SliceQuery)
    listed = profiles.listed.of(account_of_request(request))
    page = listed.page(query.offset, query.limit)
    return respond_page(request, query, len(listed), [serialize_profile(each) for each in page])


def _created(request: Request, profiles: Profiles, model: "type[pydantic.BaseModel]") -> Response:
    world = world_of(request)
    fields = _fields(world, read_body(request, model))
    profile = Profile(
        id=new_id(world, profiles.noun),
        created_at=world.clock.now(),
        fields=fields,
        account=account_of_request(request),
    )
    profiles.add(profile)
    return respond(request, serialize_profile(profile), 201)


def _updated(
    request: Request, profiles: Profiles, profile_id: str, model: "type[pydantic.BaseModel]"
) -> Response:
    profile = profiles.of(account_of_request(request), profile_id)
    sent = _fields(world_of(request), read_body(request, model))
    profile.fields = {**profile.fields, **sent}
    profiles.save(profile)
    return respond(request, serialize_profile(profile))


def _fields(world: World, asked: "pydantic.BaseModel") -> dict[str, Any]:
    refuse_unknown(world, body=asked)
    sent = asked.model_dump(exclude_unset=True)
    return {name: value for name, value in sent.items() if name not in {"id", "date_created"}}
