"""Calls: from a caller to the bot, and with a bot to a number (``makeCall``).

https://docs.voicebooker.de/advanced-usage/outbound-calls
"""

from collections.abc import Iterator
from typing import Any, Final

from emulator.domain.calls import IN_PROGRESS, OPEN, TERMINAL, Call, CallStatus, Direction
from emulator.domain.recordings import Recording
from emulator.domain.scenarios import Behavior
from emulator.domain.ticks import length, moment, ticks
from emulator.domain.transcripts import Speaker, Turn
from emulator.kit.errors import invalid
from emulator.kit.hooks import Bot
from emulator.kit.scenarios import scenario_of
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
from emulator.platforms.voicebooker.options import VoicebookerOptions
from emulator.platforms.voicebooker.schemas.call_requests import VoicebookerCallRequest
from emulator.platforms.voicebooker.schemas.outbound_calls import MakeCallRequest
from emulator.platforms.voicebooker.state import (
    OutboundCall,
    VoicebookerState,
    called_business,
    called_number,
    state_of,
)

MAX_REPLIES_BEFORE_HANG_UP: Final = 3
"""Every conversation has at least so many replies of the caller; one of them can be to hang up."""


VoicebookerContext = Context[VoicebookerState, VoicebookerOptions]
"""The world with VoiceBooker's state and options, looked up once for each request."""


def place(world: World, asked: VoicebookerCallRequest) -> Call:
    """Place a call from a caller to the bot."""
    context: VoicebookerContext = world.contexts["voicebooker"]
    zone = zone_of(asked.timezone or context.options.timezone)
    today = world.clock.now().astimezone(zone).date()
    if wished_day(asked.wishes.day, today) < today:
        raise invalid(("wishes.day", "is in the past"))
    chosen = None if asked.scenario is None else scenario_of(world, "scenario", asked.scenario)
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
    plan = call.plan = world.scenarios.plan(call)
    if plan.status is IN_PROGRESS:
        call.plan = plan._replace(talk=OPEN)  # the conversation ends it
    context.state.conversations.add(_new_conversation(context, call, asked))
    return world.engine.place(call)


def _new_conversation(
    context: VoicebookerContext, call: Call, asked: VoicebookerCallRequest
) -> Conversation:
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
        sip_id=call.to_number,
        webhook_url=asked.webhook_url or options.webhook_url,
        headers=list(headers.items()),
        timezone=asked.timezone or options.timezone,
        persona=persona_for(world, call.id, asked.intent, call.from_number, asked.persona),
        booker=asked.booker,
        wishes=asked.wishes.model_dump(exclude_none=True),
        types_with_products=types_with_products,
        hangs_up_at=hangs_up_at,
        hangs_up_after=hangs_up_after,
        is_silent=scenario.behavior is Behavior.ANSWERED and scenario.keys == "",
    )


def describe(world: World, call: Call) -> dict[str, Any]:
    """Return what was said, what the webhook was asked, and the outcome."""
    state = state_of(world)
    outbound = state.call_requests.find(call.id)
    if outbound is not None:
        return _describe_outbound(outbound, call)
    conversation = state.conversations.find(call.id)
    if conversation is None:
        return {}
    began = ticks(call.answered_at) if call.answered_at is not None else 0
    turns = conversation.turns
    if call.status is IN_PROGRESS:
        turns = spoken_turns(conversation, ticks(world.clock.now()) - began)
    return {
        "intent": conversation.intent,
        "outcome": conversation.outcome if call.status in TERMINAL else None,
        "sip_id": conversation.sip_id,
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


def place_requested(world: World, asked: MakeCallRequest) -> str:
    """Place an outbound call with a bot and return its id."""
    call_id = world.ids.uuid("voicebooker.call_request")
    state_of(world).call_requests.add(
        OutboundCall(
            id=call_id,
            dest=asked.dest,
            bot_id=asked.botId,
            sip_account_id=asked.sipAccountId,
            start_timeout=asked.startTimeout,
            state=asked.state or {},
        )
    )
    world.engine.place(
        Call(
            call_id,
            "voicebooker",
            asked.botId,
            Direction.OUTBOUND,
            asked.sipAccountId,  # assumed: only the vendor knows its number
            asked.number,
            CallStatus.QUEUED,
            world.scenarios.choose(
                platform="voicebooker",
                number=asked.number,
                workflow_id=asked.botId,
                call_id=call_id,
            ),
            world.clock.now(),
        )
    )
    return call_id


def bot_state(outbound: OutboundCall, call: Call) -> dict[str, Any]:
    """Return the ``state`` of a bot: that of the request and, as documented, the call's numbers."""
    return outbound.state | {"call": {"from": call.from_number, "to": call.to_number}}


def _describe_outbound(outbound: OutboundCall, call: Call) -> dict[str, Any]:
    return {
        "callRequestId": outbound.id,
        "botId": outbound.bot_id,
        "sipAccountId": outbound.sip_account_id,
        "startTimeout": outbound.start_timeout,
        "state": bot_state(outbound, call),
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
