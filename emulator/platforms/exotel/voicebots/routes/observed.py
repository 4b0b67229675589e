"""Operations that no page lists and the vendor's own client uses.

What the client reads is observed, the rest of each response is assumed. It reads
``response.data`` of assistants and of configurations, so those are enveloped in every world, and
the top level of a dp-endpoint, which never is. https://github.com/exotel/ExotelMCP
"""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from emulator.domain.errors import UnknownError
from emulator.kit.http import json_response, read_body, read_query
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.operation import GivenModel, Handler, Operation
from emulator.kit.world import world_of
from emulator.platforms.exotel.accounts import account_of_request
from emulator.platforms.exotel.voicebots.configurations import add_version, refuse_unknown
from emulator.platforms.exotel.voicebots.envelope import respond, respond_enveloped, respond_page
from emulator.platforms.exotel.voicebots.generation import new_assistant
from emulator.platforms.exotel.voicebots.routes.documented import V2, create_assistant_version
from emulator.platforms.exotel.voicebots.routes.profiles import (
    create_persona,
    create_specialization,
    list_personas,
    list_specializations,
    update_persona,
    update_specialization,
)
from emulator.platforms.exotel.voicebots.schemas import wire_time
from emulator.platforms.exotel.voicebots.schemas.words import CLIENT
from emulator.platforms.exotel.voicebots.serializers import (
    READ_ONLY,
    serialize_assistant,
    serialize_bot_config,
    serialize_transcript,
)
from emulator.platforms.exotel.voicebots.state import state_of

with on_first_use():
    from emulator.platforms.exotel.voicebots.schemas import requests, responses

V1: Final = "/voicebot/api/v1/accounts/{accountId}"

VOICES: Final[dict[str, tuple[str, ...]]] = {
    "emulated": ("calm", "bright", "deep", "warm"),
}
"""assumed: a provider of ours, as no page names one."""


async def delete_bot(request: Request) -> Response:
    """Delete a voicebot; its conversations are kept."""
    state = state_of(world_of(request))
    bot = state.bot(request.path_params["botId"], account_of_request(request))
    state.delete_bot(bot)
    return respond(request, {"bot_id": bot.id, "status": "deleted"})


async def get_stream(request: Request) -> Response:
    """Get the WebSocket URL of a bot's audio stream; the emulator serves no stream there."""
    world = world_of(request)
    bot = state_of(world).bot(request.path_params["botId"], account_of_request(request))
    host = world.server.base_url.partition("://")[2]
    account = request.path_params["accountId"]
    return json_response({"stream_url": f"wss://{host}/exotel/streams/{account}/{bot.id}"})


async def get_bot_config(request: Request) -> Response:
    """Retrieve the full configuration of a bot."""
    world = world_of(request)
    bot = state_of(world).bot(request.path_params["botId"], account_of_request(request))
    return respond_enveloped(request, serialize_bot_config(world, bot))


async def put_bot_config(request: Request) -> Response:
    """Replace the configuration of a bot, which creates a new version."""
    world = world_of(request)
    state = state_of(world)
    bot = state.bot(request.path_params["botId"], account_of_request(request))
    asked = read_body(request, requests.UpdateVoicebotConfig)
    sent = {name: value for name, value in asked.sent.items() if name not in READ_ONLY}
    if asked.status is not None:
        state.set_status(bot, asked.status)
    versions = state.bot_versions
    add_version(world, versions, versions.latest(bot.id), sent, asked.version_description)
    state.date(bot)
    return respond_enveloped(request, serialize_bot_config(world, bot))


async def create_assistant(request: Request) -> Response:
    """Create an assistant."""
    world = world_of(request)
    asked = read_body(request, requests.CreateAssistant)
    refuse_unknown(world, body=asked)
    config = asked.model_dump(exclude_unset=True, exclude={"name", "description"})
    assistant = new_assistant(
        world, asked.name, asked.description, config, account_of_request(request)
    )
    shown = {
        "assistant_id": assistant.id,
        "name": assistant.name,
        "version": "v1",
        "date_created": wire_time(assistant.created_at),
    }
    return respond(request, shown, 201)


async def get_assistant(request: Request) -> Response:
    """Retrieve an assistant with one version, or with its stable and its latest version."""
    world = world_of(request)
    state = state_of(world)
    assistant = state.assistant(account_of_request(request), request.path_params["assistant_id"])
    query = read_query(request, requests.AssistantQuery)
    latest = state.assistant_versions.latest(assistant.id)
    asked = (query.version,) if query.version else ("stable", latest.name)
    versions = [
        state.assistant_versions.named(assistant.id, assistant.version_name(name)) for name in asked
    ]
    return respond_enveloped(request, serialize_assistant(world, assistant, versions))


async def branch_assistant(request: Request) -> Response:
    """Create a new version of an assistant; this is the path that the vendor's client uses."""
    return await create_assistant_version(request)


async def get_session_transcript(request: Request) -> Response:
    """Retrieve the transcript of a session so far."""
    world = world_of(request)
    account = account_of_request(request)
    session = state_of(world).session(account, request.path_params["session_id"])
    shown = {
        "session_id": session.session_id,
        "conversation_id": session.id,
        "transcript": serialize_transcript(world, session),
    }
    return respond(request, shown)


async def list_providers(request: Request) -> Response:
    """List the voice providers."""
    query = read_query(request, requests.SliceQuery)
    providers = [{"id": name, "name": name.title()} for name in VOICES]
    return _slice(request, query, providers)


async def list_voices(request: Request) -> Response:
    """List the voices of a provider."""
    query = read_query(request, requests.SliceQuery)
    provider = request.path_params["provider_id"]
    if (voices := VOICES.get(provider)) is None:
        raise UnknownError("voice provider", provider)
    return _slice(request, query, [{"id": name, "name": name.title()} for name in voices])


def _slice(
    request: Request, query: "requests.SliceQuery", entries: list[dict[str, Any]]
) -> Response:
    page = entries[query.offset : query.offset + query.limit]
    return respond_page(request, query, len(entries), page)


def _observed(
    method: str,
    path: str,
    handler: Handler,
    gives: "GivenModel",
    takes: "GivenModel | None" = None,
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
    _observed("DELETE", f"{V2}/voicebots/{{botId}}", delete_bot, lambda: responses.DeletedVoicebot),
    _observed(
        "GET",
        f"{V1}/bots/{{botId}}/dp-endpoint",
        get_stream,
        lambda: responses.StreamEndpointResource,
        note="the URL has the form that the vendor's client requires",
    ),
    _observed("GET", BOT, get_bot_config, lambda: responses.VoicebotConfigResource),
    _observed(
        "PUT",
        BOT,
        put_bot_config,
        lambda: responses.VoicebotConfigResource,
        lambda: requests.UpdateVoicebotConfig,
    ),
    _observed(
        "POST",
        f"{V2}/assistants",
        create_assistant,
        lambda: responses.CreatedAssistant,
        lambda: requests.CreateAssistant,
        status=201,
    ),
    _observed(
        "GET",
        ASSISTANT,
        get_assistant,
        lambda: responses.AssistantResource,
        query=lambda: requests.AssistantQuery,
    ),
    _observed(
        "POST",
        f"{ASSISTANT}/versions",
        branch_assistant,
        lambda: responses.CreatedAssistantVersion,
        lambda: requests.CreateAssistantVersion,
    ),
    _observed(
        "GET",
        f"{V2}/sessions/{{session_id}}/transcript",
        get_session_transcript,
        lambda: responses.TranscriptResource,
    ),
    _observed(
        "GET",
        PERSONAS,
        list_personas,
        lambda: responses.ProfileResource,
        query=lambda: requests.SliceQuery,
    ),
    _observed(
        "POST",
        PERSONAS,
        create_persona,
        lambda: responses.ProfileResource,
        lambda: requests.CreatePersona,
        status=201,
    ),
    _observed(
        "PUT",
        f"{PERSONAS}/{{persona_id}}",
        update_persona,
        lambda: responses.ProfileResource,
        lambda: requests.UpdatePersona,
    ),
    _observed(
        "GET",
        SPECIALIZATIONS,
        list_specializations,
        lambda: responses.ProfileResource,
        query=lambda: requests.UnpagedQuery,
    ),
    _observed(
        "POST",
        SPECIALIZATIONS,
        create_specialization,
        lambda: responses.ProfileResource,
        lambda: requests.CreateSpecialization,
        status=201,
    ),
    _observed(
        "PUT",
        f"{SPECIALIZATIONS}/{{specialization_id}}",
        update_specialization,
        lambda: responses.ProfileResource,
        lambda: requests.UpdateSpecialization,
    ),
    _observed(
        "GET",
        PROVIDERS,
        list_providers,
        lambda: responses.VoiceResource,
        query=lambda: requests.UnpagedQuery,
    ),
    _observed(
        "GET",
        f"{PROVIDERS}/{{provider_id}}/voices",
        list_voices,
        lambda: responses.VoiceResource,
        query=lambda: requests.LimitedQuery,
    ),
)
