"""The operations of the Voicebot API's page, in its order.

https://developer.exotel.com/docs/voicebot-tools/voicebot-api
"""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from emulator.domain.errors import UnknownError
from emulator.kit.forms import MULTIPART, read_form
from emulator.kit.http import read_body, read_query
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.operation import Operation
from emulator.kit.recording import send_recording
from emulator.kit.world import world_of
from emulator.platforms.exotel.accounts import account_of_request
from emulator.platforms.exotel.voicebots.bot_lists import bots_page, places_between
from emulator.platforms.exotel.voicebots.calls import recording
from emulator.platforms.exotel.voicebots.configurations import (
    add_assistant_version,
    add_bot_version,
)
from emulator.platforms.exotel.voicebots.envelope import respond, respond_page, shape_of
from emulator.platforms.exotel.voicebots.generation import start_job
from emulator.platforms.exotel.voicebots.records.sessions import Session
from emulator.platforms.exotel.voicebots.schemas import wire_time
from emulator.platforms.exotel.voicebots.serializers import (
    serialize_bot,
    serialize_bot_summary,
    serialize_conversation,
    serialize_job,
    serialize_live_conversation,
)
from emulator.platforms.exotel.voicebots.state import state_of

with on_first_use():
    from emulator.platforms.exotel.voicebots.schemas import requests, responses


async def create_job(request: Request) -> Response:
    """Create an asynchronous bot generation job from a text description or script."""
    text = read_form(request, requests.CreateGenerationJob, MULTIPART).text_content
    job = start_job(world_of(request), text, account_of_request(request))
    shown = {
        "id": job.id,
        "content": {"text_content": text},
        "status": job.status,
        "account_id": request.path_params["accountId"],
    }
    return respond(request, shown, 201)


async def get_job(request: Request) -> Response:
    """Poll the status of a bot generation job."""
    world = world_of(request)
    job = state_of(world).job(account_of_request(request), request.path_params["generation_id"])
    return respond(request, serialize_job(world, job))


async def create_version(request: Request) -> Response:
    """Create a new version of an existing voicebot."""
    world = world_of(request)
    bot = state_of(world).bot(request.path_params["botId"], account_of_request(request))
    version = add_bot_version(world, bot, read_body(request, requests.CreateVoicebotVersion))
    shown = {
        "bot_id": bot.id,
        "version": version.name,
        "date_created": wire_time(version.created_at),
        "name": version.config["name"],
    }
    return respond(request, shown)


async def list_bots(request: Request) -> Response:
    """List the voicebots, newest first by ``date_created``."""
    world = world_of(request)
    query = read_query(request, requests.VoicebotsQuery)
    found, total = bots_page(world, account_of_request(request), query)
    return respond_page(request, query, total, [serialize_bot_summary(world, bot) for bot in found])


async def get_bot(request: Request) -> Response:
    """Retrieve the latest active version of a specific bot."""
    world = world_of(request)
    bot = state_of(world).bot(request.path_params["botId"], account_of_request(request))
    return respond(request, serialize_bot(world, bot))


async def list_conversations(request: Request) -> Response:
    """List the conversations, newest first; transcripts and insights only on request."""
    world = world_of(request)
    query = read_query(request, requests.VoicebotConversationsQuery)
    sessions = state_of(world).conversations.of(account_of_request(request))
    start, stop = places_between(sessions, query, "ended_at")
    found = sessions.page(query.offset, query.limit, None, start, stop)
    total = sessions.count(None, start, stop)
    is_live = shape_of(world) == "enveloped-list"
    serialize = serialize_live_conversation if is_live else serialize_conversation
    entries = [serialize(world, session, query.fields_) for session in found]
    return respond_page(request, query, total, entries, bare=True)


async def get_conversation(request: Request) -> Response:
    """Retrieve full details of a specific conversation."""
    world = world_of(request)
    account = account_of_request(request)
    session = state_of(world).conversation(account, request.path_params["conversation_id"])
    return respond(
        request, serialize_conversation(world, session, frozenset(requests.EXPANDABLE_FIELDS))
    )


async def get_recording(request: Request) -> Response:
    """Download the synthetic recording of a conversation."""
    world = world_of(request)
    name = request.path_params["recording"]
    session = _recorded_session(request, name)
    recorded = recording(world, world.calls.get(session.call_id))
    if recorded is None:
        raise UnknownError("recording", name)
    return await send_recording(request, recorded)


async def create_assistant_version(request: Request) -> Response:
    """Create a new version of an assistant; the fields are at the top level or in ``data``."""
    world = world_of(request)
    account = account_of_request(request)
    assistant = state_of(world).assistant(account, request.path_params["assistant_id"])
    version = add_assistant_version(
        world, assistant, read_body(request, requests.CreateAssistantVersion)
    )
    shown = {
        "assistant_id": assistant.id,
        "version": version.name,
        "mark_as_stable": assistant.stable == version.number,
        "date_created": wire_time(version.created_at),
    }
    return respond(request, shown)


def _recorded_session(request: Request, name: str) -> Session:
    if not name.endswith(".wav"):
        raise UnknownError("recording", name)
    account = account_of_request(request)
    return state_of(world_of(request)).conversation(account, name.removesuffix(".wav"))


DOCS: Final = "https://developer.exotel.com/docs/voicebot-tools/voicebot-api"
V2: Final = "/voicebot/api/v2/accounts/{accountId}"

operations: Final = (
    Operation(
        method="POST",
        path=f"{V2}/bot-generation",
        handler=create_job,
        docs=f"{DOCS}#create-bot-generation-job",
        takes=lambda: requests.CreateGenerationJob,
        takes_as=MULTIPART,
        gives=lambda: responses.CreatedGenerationJob,
        status=201,
    ),
    Operation(
        method="GET",
        path=f"{V2}/bot-generation/{{generation_id}}",
        handler=get_job,
        docs=f"{DOCS}#get-bot-generation-status",
        gives=lambda: responses.GenerationJobResource,
    ),
    Operation(
        method="POST",
        path=f"{V2}/voicebots/{{botId}}/versions",
        handler=create_version,
        docs=f"{DOCS}#2-update-voicebot-create-new-version",
        takes=lambda: requests.CreateVoicebotVersion,
        gives=lambda: responses.CreatedVoicebotVersion,
    ),
    Operation(
        method="GET",
        path=f"{V2}/voicebots",
        handler=list_bots,
        docs=f"{DOCS}#list-all-bots",
        query=lambda: requests.VoicebotsQuery,
        gives=lambda: responses.VoicebotsPage,
    ),
    Operation(
        method="GET",
        path=f"{V2}/voicebots/{{botId}}",
        handler=get_bot,
        docs=f"{DOCS}#get-single-bot",
        gives=lambda: responses.VoicebotResource,
    ),
    Operation(
        method="GET",
        path=f"{V2}/voicebot-conversations",
        handler=list_conversations,
        docs=f"{DOCS}#list-conversations",
        note="the page shows no response; it is assumed to look like the list of voicebots",
        query=lambda: requests.VoicebotConversationsQuery,
        gives=lambda: responses.VoicebotConversationsPage,
    ),
    Operation(
        method="GET",
        path=f"{V2}/voicebot-conversations/{{conversation_id}}",
        handler=get_conversation,
        docs=f"{DOCS}#get-conversation-by-id",
        gives=lambda: responses.VoicebotConversationResource,
    ),
    Operation(
        method="GET",
        path="/exotelrecordings/{accountId}/{recording}",
        handler=get_recording,
        docs=DOCS,
        basis="assumed",
        note="the target of a recording_url",
        gives_as="audio/wav",
    ),
    Operation(
        method="POST",
        path="/api/v2/accounts/{tenant_id}/assistants/{assistant_id}/versions",
        handler=create_assistant_version,
        docs=f"{DOCS}#5-assistant-versioning-api",
        note="the path as the page writes it, without /voicebot",
        takes=lambda: requests.CreateAssistantVersion,
        gives=lambda: responses.CreatedAssistantVersion,
    ),
)
