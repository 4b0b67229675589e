"""The voice-bot API: another API that copies of the newest pages show, served by an option.

https://docs.voice.intron.io/docs/voicebot/conversation-call
"""

from datetime import datetime
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from emulator.domain.calls import Call
from emulator.domain.ticks import SECOND
from emulator.kit.errors import ApiError, invalid
from emulator.kit.hints import add_hint
from emulator.kit.http import json_response, read_body
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.operation import Operation
from emulator.kit.world import context_of
from emulator.platforms.intron.batch_checks import check_batch
from emulator.platforms.intron.messages import template_of
from emulator.platforms.intron.params import WorkflowParams
from emulator.platforms.intron.placement import place_checked
from emulator.platforms.intron.state import IntronContext, IntronWorkflow
from emulator.platforms.intron.workflows import add_workflow

with on_first_use():
    from emulator.platforms.intron.schemas import requests, voice_bots

PATH: Final = "/api/v1/voice-bot"
CALL_PAGE: Final = "https://docs.voice.intron.io/docs/voicebot/robocall-call"
CONVERSATION_PAGE: Final = "https://docs.voice.intron.io/docs/voicebot/conversation-call"
WORKFLOW_PAGE: Final = "https://docs.voice.intron.io/docs/voicebot/workflow"
NOTE: Final = "only with the option voice_bot_api: it contradicts all other pages"
NO_RETRIES: Final = "retry_count is accepted, but calls are not repeated"
NO_LIMIT: Final = "max_duration is accepted, but calls end as their scenario says"
MAX_SCHEDULE_SECONDS: Final = 366 * 86_400
QUEUE_SECONDS: Final = 5
"""``estimated_wait`` in the page's sample."""


async def place_voice_bot_call(request: Request) -> Response:
    """Call a number with a message, or with the recording at a URL."""
    context = _context(request)
    asked = read_body(request, voice_bots.PlaceVoiceBotCall)
    if (asked.message is None) == (asked.audio_url is None):
        raise invalid(("message", "or audio_url is required, and not both"))
    if asked.retry_count:
        add_hint(request, NO_RETRIES)
    said = asked.message or f"({asked.audio_url})"
    message = template_of(said, "CONVERSATION").fill(asked.variables)
    workflow = IntronWorkflow(
        id="",
        name="Voice-bot call",
        message=message.replace("[", "(").replace("]", ")"),  # a robocall's own placeholders
        created_at=context.world.clock.now(),
        call_back_url=asked.callback_url,
    )
    seconds = _seconds_until(context, asked.schedule_at)
    return _placed(context, workflow, asked.phone_number, {}, seconds)


async def place_voice_bot_conversation(request: Request) -> Response:
    """Have a bot call a number."""
    context = _context(request)
    asked = read_body(request, voice_bots.PlaceVoiceBotConversation)
    if "max_duration" in asked.model_fields_set:
        add_hint(request, NO_LIMIT)
    bot = _bot(context, asked.bot_id)
    if asked.callback_url is None:
        return _placed(context, bot, asked.phone_number, asked.context, QUEUE_SECONDS)
    own = IntronWorkflow(
        id="",
        name=bot.name,
        message=bot.message,
        created_at=context.world.clock.now(),
        workflow_type=bot.workflow_type,
        call_back_url=asked.callback_url,
    )
    return _placed(context, own, asked.phone_number, asked.context, QUEUE_SECONDS)


async def create_voice_bot(request: Request) -> Response:
    """Create a bot of nodes; it says the content of those that speak."""
    context = _context(request)
    asked = read_body(request, voice_bots.CreateVoiceBot)
    spoken = [each.content for each in asked.nodes if each.type == "speak" and each.content]
    if not spoken:
        raise invalid(("nodes", "must have a node of type speak with content"))
    workflow = IntronWorkflow(
        id="",
        name=asked.name,
        description=asked.description,
        message=" ".join(spoken),
        created_at=context.world.clock.now(),
        workflow_type="CONVERSATION",
    )
    add_workflow(context.world, workflow)
    shown = {"status": "success", "workflow_id": workflow.id, "message": "Workflow created"}
    return json_response(shown)


async def execute_voice_bot(request: Request) -> Response:
    """Have the bot of a workflow call a number."""
    context = _context(request)
    asked = read_body(request, voice_bots.ExecuteVoiceBot)
    bot = _bot(context, request.path_params["workflow_id"])
    return _placed(context, bot, asked.phone_number, asked.variables, QUEUE_SECONDS)


def _context(request: Request) -> IntronContext:
    """Return the world's Intron, if it has this API; or else answer as for an unknown path."""
    context: IntronContext = context_of(request)
    if not context.options.voice_bot_api:
        message = f"nothing is served at {request.url.path[:200]}"
        hint = "a world has the voice-bot API with the option intron.voice_bot_api, or profile gx"
        raise ApiError(404, "no_operation", message, hint=hint)
    return context


def _bot(context: IntronContext, bot_id: str) -> IntronWorkflow:
    return context.state.workflows.get(bot_id)


def _seconds_until(context: IntronContext, moment: datetime | None) -> float:
    """Return the seconds until a call is to be dialed; a time that has passed is now."""
    if moment is None:
        return QUEUE_SECONDS
    seconds: float = (moment - context.world.clock.now()).total_seconds()
    if seconds > MAX_SCHEDULE_SECONDS:
        raise invalid(("schedule_at", "must be at most a year from now"))
    return max(0.0, seconds)


def _placed(
    context: IntronContext,
    workflow: IntronWorkflow,
    number: str,
    variables: dict[str, Any],
    seconds: float,
) -> Response:
    """Place one call; a workflow made for it is kept for its call alone."""
    asked = requests.PlaceCalls.model_construct(
        workflow_id=workflow.id,
        workflow_params=[{"phone_number": number, "workflow_variables": variables}],
        tts_voice_accent=None,
        tts_voice_gender=None,
    )
    params = WorkflowParams(asked.workflow_params)
    check_batch(context.options, workflow, asked, params, "variables")
    if is_new := not workflow.id:
        add_workflow(context.world, workflow)
    batch = place_checked(context, workflow, asked, params, queue_ticks=round(seconds * SECOND))
    if is_new:
        context.state.delete(workflow)
    (call,) = batch.calls
    return json_response(_shown(call, seconds))


def _shown(call: Call, seconds: float) -> dict[str, Any]:
    return {
        "status": "success",
        "call_id": call.id,
        "message": "Call initiated",
        "call_status": "dialing",
        "estimated_wait": round(seconds),
    }


operations: Final = (
    Operation(
        method="POST",
        path=f"{PATH}/call",
        handler=place_voice_bot_call,
        docs=CALL_PAGE,
        note=NOTE,
        takes=lambda: voice_bots.PlaceVoiceBotCall,
        gives=lambda: voice_bots.PlacedVoiceBotCall,
    ),
    Operation(
        method="POST",
        path=f"{PATH}/conversation",
        handler=place_voice_bot_conversation,
        docs=CONVERSATION_PAGE,
        note=NOTE,
        takes=lambda: voice_bots.PlaceVoiceBotConversation,
        gives=lambda: voice_bots.PlacedVoiceBotCall,
    ),
    Operation(
        method="POST",
        path=f"{PATH}/workflow",
        handler=create_voice_bot,
        docs=WORKFLOW_PAGE,
        note=NOTE,
        takes=lambda: voice_bots.CreateVoiceBot,
        gives=lambda: voice_bots.CreatedVoiceBot,
    ),
    Operation(
        method="POST",
        path=f"{PATH}/workflow/{{workflow_id}}/execute",
        handler=execute_voice_bot,
        docs=WORKFLOW_PAGE,
        note=NOTE,
        takes=lambda: voice_bots.ExecuteVoiceBot,
        gives=lambda: voice_bots.PlacedVoiceBotCall,
    ),
)
