"""Operations that no page lists and the vendor's own client uses.

What it reads is observed, the rest of each answer is assumed. It reads ``response.data`` of
assistants and of configurations, so those are enveloped in every world, and the top level of a
dp-endpoint, which never is. https://github.com/exotel/ExotelMCP
"""

from typing import Any, Final

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from emulator.domain.errors import UnknownError
from emulator.kit.http import json_response, read_body, read_query
from emulator.kit.operation import Handler, Operation
from emulator.kit.world import World, world_of
from emulator.platforms.exotel.voicebots.assistants import Entries, Entry
from emulator.platforms.exotel.voicebots.generation import make_assistant
from emulator.platforms.exotel.voicebots.routes import V2, create_assistant_version
from emulator.platforms.exotel.voicebots.schemas import (
    CLIENT,
    AssistantQuery,
    BotConfig,
    NewAssistant,
    NewAssistantVersion,
    NewPersona,
    NewSpecialization,
    Persona,
    SliceQuery,
    Specialization,
    wire_time,
)
from emulator.platforms.exotel.voicebots.schemas_shown import (
    AssistantMade,
    AssistantShown,
    AssistantVersionCreated,
    BotDeleted,
    BotWhole,
    EntryShown,
    NamedShown,
    StreamShown,
    TranscriptShown,
)
from emulator.platforms.exotel.voicebots.shapes import show, show_enveloped, show_page
from emulator.platforms.exotel.voicebots.showing import (
    READ_ONLY,
    shown_assistant,
    shown_entry,
    shown_transcript,
    whole_bot,
)
from emulator.platforms.exotel.voicebots.state import new_id, state_of
from emulator.platforms.exotel.voicebots.versioning import grow, refuse_unknown

V1: Final = "/voicebot/api/v1/accounts/{accountId}"

VOICES: Final[dict[str, tuple[str, ...]]] = {
    "emulated": ("calm", "bright", "deep", "warm"),
}
"""assumed: the providers and voices of no vendor."""


async def delete_bot(request: Request) -> Response:
    """Delete a voicebot; the conversations it had stay."""
    state = state_of(world_of(request))
    bot = state.bot(request.path_params["botId"])
    state.delete_bot(bot)
    return show(request, {"bot_id": bot.id, "status": "deleted"})


async def get_stream(request: Request) -> Response:
    """Tell where a bot's audio stream would be; the emulator does not answer there."""
    world = world_of(request)
    bot = state_of(world).bot(request.path_params["botId"])
    host = world.server.base_url.partition("://")[2]
    account = request.path_params["accountId"]
    return json_response({"stream_url": f"wss://{host}/exotel/streams/{account}/{bot.id}"})


async def get_bot_config(request: Request) -> Response:
    """Retrieve a bot's whole configuration."""
    world = world_of(request)
    bot = state_of(world).bot(request.path_params["botId"])
    return show_enveloped(request, whole_bot(world, bot))


async def put_bot_config(request: Request) -> Response:
    """Write a configuration that was read and changed; it becomes a new version."""
    world = world_of(request)
    state = state_of(world)
    bot = state.bot(request.path_params["botId"])
    asked = read_body(request, BotConfig)
    sent = {name: value for name, value in asked.sent.items() if name not in READ_ONLY}
    if asked.status is not None:
        state.set_status(bot, asked.status)
    versions = state.bot_versions
    grow(world, versions, versions.latest(bot.id), sent, asked.version_description)
    return show_enveloped(request, whole_bot(world, bot))


async def create_assistant(request: Request) -> Response:
    """Create an assistant."""
    world = world_of(request)
    asked = read_body(request, NewAssistant)
    refuse_unknown(world, body=asked)
    config = asked.model_dump(exclude_unset=True, exclude={"name", "description"})
    assistant = make_assistant(world, asked.name, asked.description, config)
    shown = {
        "assistant_id": assistant.id,
        "name": assistant.name,
        "version": "v1",
        "date_created": wire_time(assistant.created_at),
    }
    return show(request, shown, 201)


async def get_assistant(request: Request) -> Response:
    """Retrieve an assistant with one version, or with its stable and its latest."""
    world = world_of(request)
    state = state_of(world)
    assistant = state.assistants.get(request.path_params["assistant_id"])
    query = read_query(request, AssistantQuery)
    latest = state.assistant_versions.latest(assistant.id)
    asked = (query.version,) if query.version else ("stable", latest.name)
    versions = [
        state.assistant_versions.named(assistant.id, assistant.named(name)) for name in asked
    ]
    return show_enveloped(request, shown_assistant(world, assistant, versions))


async def branch_assistant(request: Request) -> Response:
    """Create a new version of an assistant, by the path the client uses."""
    return await create_assistant_version(request)


async def get_session_transcript(request: Request) -> Response:
    """Retrieve what was said in a session so far."""
    world = world_of(request)
    session = state_of(world).session(request.path_params["session_id"])
    shown = {
        "session_id": session.session_id,
        "conversation_id": session.id,
        "transcript": shown_transcript(world, session),
    }
    return show(request, shown)


async def list_providers(request: Request) -> Response:
    """List the voice providers."""
    query = read_query(request, SliceQuery)
    providers = [{"id": name, "name": name.title()} for name in VOICES]
    return _slice(request, query, providers)


async def list_voices(request: Request) -> Response:
    """List the voices of a provider."""
    query = read_query(request, SliceQuery)
    provider = request.path_params["provider_id"]
    if (voices := VOICES.get(provider)) is None:
        raise UnknownError("voice provider", provider)
    return _slice(request, query, [{"id": name, "name": name.title()} for name in voices])


async def list_personas(request: Request) -> Response:
    """List the personas, newest first."""
    return _listed(request, state_of(world_of(request)).personas)


async def create_persona(request: Request) -> Response:
    """Create a persona."""
    return _created(request, state_of(world_of(request)).personas, NewPersona)


async def update_persona(request: Request) -> Response:
    """Update the fields of a persona that are sent."""
    personas = state_of(world_of(request)).personas
    return _updated(request, personas, request.path_params["persona_id"], Persona)


async def list_specializations(request: Request) -> Response:
    """List the specialisations, newest first."""
    return _listed(request, state_of(world_of(request)).specializations)


async def create_specialization(request: Request) -> Response:
    """Create a specialisation."""
    return _created(request, state_of(world_of(request)).specializations, NewSpecialization)


async def update_specialization(request: Request) -> Response:
    """Update the fields of a specialisation that are sent."""
    specializations = state_of(world_of(request)).specializations
    entry_id = request.path_params["specialization_id"]
    return _updated(request, specializations, entry_id, Specialization)


def _listed(request: Request, entries: Entries) -> Response:
    query = read_query(request, SliceQuery)
    page = entries.listed.page(query.offset, query.limit)
    return show_page(request, query, len(entries.listed), [shown_entry(each) for each in page])


def _created(request: Request, entries: Entries, model: type[BaseModel]) -> Response:
    world = world_of(request)
    fields = _fields(world, read_body(request, model))
    entry = Entry(id=new_id(world, entries.noun), created_at=world.clock.now(), fields=fields)
    entries.add(entry)
    return show(request, shown_entry(entry), 201)


def _updated(request: Request, entries: Entries, entry_id: str, model: type[BaseModel]) -> Response:
    entry = entries.get(entry_id)
    sent = _fields(world_of(request), read_body(request, model))
    entry.fields = {**entry.fields, **sent}
    entries.save(entry)
    return show(request, shown_entry(entry))


def _fields(world: World, asked: BaseModel) -> dict[str, Any]:
    refuse_unknown(world, body=asked)
    sent = asked.model_dump(exclude_unset=True)
    return {name: value for name, value in sent.items() if name not in {"id", "date_created"}}


def _slice(request: Request, query: SliceQuery, entries: list[dict[str, Any]]) -> Response:
    page = entries[query.offset : query.offset + query.limit]
    return show_page(request, query, len(entries), page)


def _observed(
    method: str,
    path: str,
    handler: Handler,
    gives: type[BaseModel],
    takes: type[BaseModel] | None = None,
    **rest: Any,
) -> Operation:
    return Operation(
        method=method,
        path=path,
        handler=handler,
        docs=CLIENT,
        basis="observed",
        takes=takes,
        gives=gives,
        **rest,
    )


BOT: Final = f"{V1}/voicebots/{{botId}}"
ASSISTANT: Final = f"{V2}/assistants/{{assistant_id}}"
PERSONAS: Final = f"{V1}/personas"
SPECIALIZATIONS: Final = f"{V1}/specializations"
PROVIDERS: Final = f"{V1}/voice-providers"

operations: Final = (
    _observed("DELETE", f"{V2}/voicebots/{{botId}}", delete_bot, BotDeleted),
    _observed(
        "GET",
        f"{V1}/bots/{{botId}}/dp-endpoint",
        get_stream,
        StreamShown,
        note="an address in the form the client insists on",
    ),
    _observed("GET", BOT, get_bot_config, BotWhole),
    _observed("PUT", BOT, put_bot_config, BotWhole, BotConfig),
    _observed(
        "POST", f"{V2}/assistants", create_assistant, AssistantMade, NewAssistant, status=201
    ),
    _observed("GET", ASSISTANT, get_assistant, AssistantShown, query=AssistantQuery),
    _observed(
        "POST",
        f"{ASSISTANT}/versions",
        branch_assistant,
        AssistantVersionCreated,
        NewAssistantVersion,
    ),
    _observed(
        "GET", f"{V2}/sessions/{{session_id}}/transcript", get_session_transcript, TranscriptShown
    ),
    _observed("GET", PERSONAS, list_personas, EntryShown, query=SliceQuery),
    _observed("POST", PERSONAS, create_persona, EntryShown, NewPersona, status=201),
    _observed("PUT", f"{PERSONAS}/{{persona_id}}", update_persona, EntryShown, Persona),
    _observed("GET", SPECIALIZATIONS, list_specializations, EntryShown, query=SliceQuery),
    _observed(
        "POST",
        SPECIALIZATIONS,
        create_specialization,
        EntryShown,
        NewSpecialization,
        status=201,
    ),
    _observed(
        "PUT",
        f"{SPECIALIZATIONS}/{{specialization_id}}",
        update_specialization,
        EntryShown,
        Specialization,
    ),
    _observed("GET", PROVIDERS, list_providers, NamedShown, query=SliceQuery),
    _observed(
        "GET",
        f"{PROVIDERS}/{{provider_id}}/voices",
        list_voices,
        NamedShown,
        query=SliceQuery,
    ),
)
