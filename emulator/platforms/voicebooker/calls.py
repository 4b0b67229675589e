"""Calls: from a caller to the bot, and with a bot to a number (``makeCall``).

https://docs.voicebooker.de/advanced-usage/outbound-calls
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from emulator.domain.calls import IN_PROGRESS, OPEN, TERMINAL, Call, CallStatus, Direction
from emulator.domain.recordings import Recording
from emulator.domain.scenarios import Behavior, Scenario
from emulator.domain.ticks import length, moment, ticks
from emulator.domain.transcripts import Speaker, Turn
from emulator.kit.errors import invalid
from emulator.kit.hooks import Bot
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.patterns import PHONE
from emulator.kit.world import Context, World
from emulator.platforms.voicebooker.book.businesses import Business, zone_of
from emulator.platforms.voicebooker.bot.callers import drawn_number, wished_day
from emulator.platforms.voicebooker.bot.conversations import (
    Conversation,
    Question,
    SpokenTurn,
    spoken_turns,
)
from emulator.platforms.voicebooker.bot.personas import persona_for
from emulator.platforms.voicebooker.bot.steps import webhook_endpoint
from emulator.platforms.voicebooker.options import VoicebookerOptions, script_of
from emulator.platforms.voicebooker.schemas.words import Language
from emulator.platforms.voicebooker.state import (
    OutboundCall,
    VoicebookerState,
    called_business,
    called_number,
    state_of,
)

with on_first_use():
    from emulator.kit import scenarios
    from emulator.platforms.voicebooker.schemas import call_requests, outbound_calls

MAX_REPLIES_BEFORE_HANG_UP: Final = 3
"""Every conversation has at least so many replies of the caller; one of them can be to hang up."""


VoicebookerContext = Context[VoicebookerState, VoicebookerOptions]
"""The world with VoiceBooker's state and options, looked up once for each request."""


def place(world: World, asked: "call_requests.VoicebookerCallRequest") -> Call:
    """Place a call from a caller to the bot."""
    context: VoicebookerContext = world.contexts["voicebooker"]
    zone = zone_of(asked.timezone or context.options.timezone)
    today = world.clock.now().astimezone(zone).date()
    if wished_day(asked.wishes.day, today) < today:
        raise invalid(("wishes.day", "is in the past"))
    chosen = (
        None
        if asked.scenario is None
        else scenarios.scenario_of(world, "scenario", asked.scenario, "voicebooker")
    )
    call_id = world.ids.uuid("voicebooker.call")
    sip_id = called_number(world, context.state, asked.sip_id)
    number = asked.from_ or drawn_number(world, call_id)
    name = (
        world.scenarios.choose(
            platform="voicebooker", number=number, workflow_id=sip_id, call_id=call_id
        )
        if chosen is None
        else world.scenarios.give(chosen, call_id)
    )
    call = Call(
        call_id,
        "voicebooker",
        sip_id,
        Direction.INBOUND,
        number,
        sip_id,
        CallStatus.QUEUED,
        name,
        world.clock.now(),
    )
    return _placed(context, call, _new_conversation(context, call, sip_id, asked))


def _placed(context: VoicebookerContext, call: Call, conversation: Conversation) -> Call:
    """Place a call that ends when its conversation does."""
    plan = call.plan = context.world.scenarios.plan(call)
    if plan.status is IN_PROGRESS:
        call.plan = plan._replace(talk=OPEN)
    context.state.conversations.add(conversation)
    placed: Call = context.world.engine.place(call)
    return placed


def _new_conversation(
    context: VoicebookerContext,
    call: Call,
    sip_id: str,
    asked: "call_requests.VoicebookerCallRequest",
) -> Conversation:
    """Return the conversation of a call with the bot of a number."""
    person = call.from_number if call.direction is Direction.INBOUND else call.to_number
    world, options = context.world, context.options
    headers = asked.webhook_headers
    if headers is None:
        headers = options.webhook_headers
    scenario = world.scenarios.find(call.scenario)
    hangs_up_at, hangs_up_after = None, None
    if scenario.behavior is Behavior.HUNG_UP and scenario.talk is not None:
        hangs_up_after = length(scenario.talk)
    elif scenario.behavior is Behavior.HUNG_UP:
        draw = world.ids.draw("voicebooker.hang_up", call.id)
        hangs_up_at = 1 + draw % MAX_REPLIES_BEFORE_HANG_UP
    types_with_products = asked.types_with_products
    if types_with_products is None:
        types_with_products = options.types_with_products
    return Conversation(
        id=call.id,
        intent=asked.intent,
        sip_id=sip_id,
        webhook_url=asked.webhook_url or options.webhook_url,
        headers=list(headers.items()),
        timezone=asked.timezone or options.timezone,
        language=asked.language or options.language or _language_of(world, sip_id),
        persona=persona_for(world, call.id, asked.intent, person, asked.persona),
        booker=asked.booker,
        wishes=asked.wishes.model_dump(exclude_none=True),
        types_with_products=types_with_products,
        hangs_up_at=hangs_up_at,
        hangs_up_after=hangs_up_after,
        is_silent=scenario.behavior is Behavior.ANSWERED and scenario.keys == "",
    )


def _language_of(world: World, sip_id: str) -> Language:
    """Return the language of the business that has a number."""
    business = called_business(world, sip_id)
    return Language.ENGLISH if business is None else business.language


def describe(world: World, call: Call) -> dict[str, Any]:
    """Return what was said, what the webhook was asked, and the outcome."""
    state = state_of(world)
    outbound = state.call_requests.find(call.id)
    conversation = state.conversations.find(call.id)
    shown = {} if conversation is None else _describe_conversation(world, call, conversation)
    if outbound is None:
        return shown
    if conversation is not None:
        shown |= {"stack": conversation.stack, "transferred_to": conversation.transferred_to}
    return _describe_outbound(outbound, call) | shown


def _describe_conversation(world: World, call: Call, conversation: Conversation) -> dict[str, Any]:
    began = ticks(call.answered_at) if call.answered_at is not None else 0
    turns = conversation.turns
    if call.status is IN_PROGRESS:
        turns = spoken_turns(conversation, ticks(world.clock.now()) - began)
    return {
        "intent": conversation.intent,
        "outcome": conversation.outcome if call.status in TERMINAL else None,
        "sip_id": conversation.sip_id,
        "language": conversation.language,
        "webhook_url": webhook_endpoint(world, conversation)[0],
        "persona": conversation.persona,
        "wishes": conversation.wishes,
        "business": conversation.business,
        "entity_id": conversation.entity_id,
        **conversation.chosen,
        "transcript": [_describe_turn(turn, began) for turn in turns],
        "webhooks": [_describe_question(each) for each in conversation.questions],
    }


def recording(world: World, call: Call) -> Recording | None:
    """Return what was said in a conversation that has ended."""
    conversation = state_of(world).conversations.find(call.id)
    if conversation is None or call.status not in TERMINAL or call.answered_at is None:
        return None
    return Recording(
        turns=[Turn(each.speaker, each.text, each.start, each.stop) for each in conversation.turns],
        talk=call.plan.talk if call.plan is not None else 0,
        language=conversation.language,
        person=scenarios.voice_of(world, call),
    )


def _describe_turn(turn: SpokenTurn, began: int) -> dict[str, Any]:
    speaker = "bot" if turn.speaker is Speaker.BOT else "caller"
    return {
        "at": moment(began + turn.start),
        "until": moment(began + turn.stop),
        "speaker": speaker,
        "text": turn.text,
    }


def _describe_question(each: Question) -> dict[str, Any]:
    return {
        "action": each.action,
        "callback_id": each.callback_id,
        "asked_at": each.asked_at,
        "answered_at": each.answered_at,
        "status": each.status,
        "failure": each.failure,
        "deviations": each.deviations,
    }


def place_requested(
    world: World, asked: "outbound_calls.MakeCallRequest", scenario: Scenario | None = None
) -> str:
    """Place an outbound call with a bot and return its id; its number chooses the scenario."""
    context: VoicebookerContext = world.contexts["voicebooker"]
    call_id = world.ids.uuid("voicebooker.call_request")
    context.state.call_requests.add(
        OutboundCall(
            id=call_id,
            dest=asked.dest,
            bot_id=asked.botId,
            sip_account_id=asked.sipAccountId,
            start_timeout=asked.startTimeout,
            state=asked.state or {},
        )
    )
    call = Call(
        call_id,
        "voicebooker",
        asked.botId,
        Direction.OUTBOUND,
        _number_of_account(world, asked.sipAccountId),
        asked.number,
        CallStatus.QUEUED,
        _chosen(world, call_id, asked)
        if scenario is None
        else world.scenarios.give(scenario, call_id),
        world.clock.now(),
    )
    script = script_of(world, asked.botId)
    talk = call_requests.VoicebookerCallRequest(platform="voicebooker", intent=script.intent)
    is_known = called_business(world, asked.sipAccountId) is not None
    sip_id = asked.sipAccountId if is_known else called_number(world, context.state, None)
    conversation = _new_conversation(context, call, sip_id, talk)
    conversation.stack = list(script.stack)
    return _placed(context, call, conversation).id


def _chosen(world: World, call_id: str, asked: "outbound_calls.MakeCallRequest") -> str:
    return world.scenarios.choose(
        platform="voicebooker", number=asked.number, workflow_id=asked.botId, call_id=call_id
    )


def _number_of_account(world: World, sip_account_id: str) -> str:
    """Return the number of a SIP account; assumed: its id, or one that follows from its id."""
    if re.fullmatch(PHONE, sip_account_id):
        return sip_account_id
    draw = world.ids.draw("voicebooker.sip_account", sip_account_id)
    return f"+4935155{draw % 100_000:05d}"


def _describe_outbound(outbound: OutboundCall, call: Call) -> dict[str, Any]:
    return {
        "callRequestId": outbound.id,
        "botId": outbound.bot_id,
        "sipAccountId": outbound.sip_account_id,
        "startTimeout": outbound.start_timeout,
        "state": outbound.state_during(call),
    }


def bots(world: World) -> Iterator[Bot]:
    """List every number of every business."""
    for business in state_of(world).businesses:
        for sip_id in business.sip_ids:
            yield _bot(business, sip_id)


def bot(world: World, sip_id: str) -> Bot | None:
    """Return the business that has this number; None for the bot of an outbound call."""
    business = called_business(world, sip_id)
    return None if business is None else _bot(business, sip_id)


def _bot(business: Business, sip_id: str) -> Bot:
    return Bot(id=sip_id, name=business.name, kind="number of a business")
