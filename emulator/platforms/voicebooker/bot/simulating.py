"""Simulated calls to the bot: what no request to the vendor can ask for, and what came of them."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from emulator.domain.actions import Wake
from emulator.domain.callbacks import Callback
from emulator.domain.calls import (
    COMPLETED,
    IN_PROGRESS,
    OPEN,
    TERMINAL,
    Call,
    CallStatus,
    Direction,
)
from emulator.domain.events import CallTransition
from emulator.domain.scenarios import Behavior
from emulator.domain.ticks import length, moment, ticks
from emulator.domain.transcripts import Speaker
from emulator.kit.call_request import BOT, number_field
from emulator.kit.errors import invalid
from emulator.kit.fields import PHONE, HttpUrl, Text
from emulator.kit.scenarios import OwnScenario, scenario_of
from emulator.kit.world import World
from emulator.platforms.voicebooker.book.businesses import zone_of
from emulator.platforms.voicebooker.bot.callers import (
    check_day,
    checked_time,
    day_wished,
    number_for,
)
from emulator.platforms.voicebooker.bot.conversations import (
    Conversation,
    Intent,
    Outcome,
    Question,
    Said,
)
from emulator.platforms.voicebooker.bot.personas import persona_for
from emulator.platforms.voicebooker.bot.talk import HANG_UP, endpoint_of, question
from emulator.platforms.voicebooker.options import WebhookHeaders, Zone, options_of
from emulator.platforms.voicebooker.outbound import describe_request, results
from emulator.platforms.voicebooker.schemas import Action
from emulator.platforms.voicebooker.state import number_called, state_of

MOST_REPLIES: Final = 3
"""Every conversation has so many replies of its caller, one of which may be to hang up."""

Phone = Annotated[str, Field(pattern=PHONE)]
Wish = Annotated[Text, Field(max_length=200)]
Persona = Annotated[
    dict[
        Annotated[str, Field(min_length=1, max_length=100)], Annotated[Text, Field(max_length=500)]
    ],
    Field(max_length=50),
]
CLOSED: Final = ConfigDict(extra="forbid", defer_build=True)


class Wishes(BaseModel):
    """What the caller would like, by id or by name; anything will do where nothing is said."""

    model_config = CLOSED

    appointmentType: Wish | None = None
    agent: Wish | None = None
    product: Wish | None = None
    day: Annotated[Wish, AfterValidator(check_day)] | None = None
    """``2026-01-05``, ``today``, ``tomorrow``, ``monday``."""
    time: Annotated[str, AfterValidator(checked_time)] | None = None
    """From when on the caller can come."""
    booking: Wish | None = None
    """Which appointment to move or cancel: its id, or how its start begins."""


class VoicebookerCallRequest(BaseModel):
    """``POST /_emulator/calls`` for VoiceBooker."""

    model_config = CLOSED

    platform: Literal["voicebooker"]
    intent: Intent = Intent.BOOK
    sip_id: Annotated[Annotated[Text, Field(max_length=200)] | None, BOT] = None
    from_: Annotated[Phone | None, Field(alias="from"), number_field("+49170555")] = None
    webhook_url: HttpUrl | None = None
    webhook_headers: WebhookHeaders | None = None
    persona: Persona = {}
    booker: Persona | None = None
    wishes: Wishes = Wishes()
    scenario: str | OwnScenario | None = None
    timezone: Zone | None = None
    types_with_products: bool | None = None


def place(world: World, asked: VoicebookerCallRequest) -> Call:
    """Have somebody call the bot."""
    zone = zone_of(asked.timezone or options_of(world).timezone)
    today = world.clock.now().astimezone(zone).date()
    if day_wished(asked.wishes.day, today) < today:
        raise invalid(("wishes.day", "lies in the past"))
    chosen = None if asked.scenario is None else scenario_of("scenario", asked.scenario)
    call_id = world.ids.uuid("voicebooker.call")
    sip_id = number_called(world, asked.sip_id)
    number = asked.from_ or number_for(world, call_id)
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
        call.plan = plan._replace(talk=OPEN)  # it lasts as long as there is something to say
    state_of(world).conversations.add(_conversation(world, call, asked))
    return world.engine.place(call)


def _conversation(world: World, call: Call, asked: VoicebookerCallRequest) -> Conversation:
    options = options_of(world)
    url = asked.webhook_url or options.webhook_url
    headers = asked.webhook_headers
    if headers is None:
        headers = options.webhook_headers
    scenario = world.scenarios.find(call.scenario)
    left_at, left_after = None, None
    if scenario.answer is Behavior.HUNG_UP and scenario.talk is not None:
        left_after = length(scenario.talk)
    elif scenario.answer is Behavior.HUNG_UP:
        left_at = 1 + world.ids.draw("voicebooker.hang_up", call.id) % MOST_REPLIES
    together = asked.types_with_products
    return Conversation(
        id=call.id,
        intent=asked.intent,
        sip_id=call.to_number,
        webhook_url=url,
        headers=list(headers.items()),
        timezone=asked.timezone or options.timezone,
        persona=persona_for(world, call.id, asked.intent, call.from_number, asked.persona),
        booker=asked.booker,
        wishes=asked.wishes.model_dump(exclude_none=True),
        types_with_products=options.types_with_products if together is None else together,
        hangs_up_at=left_at,
        hangs_up_after=left_after,
        is_silent=scenario.answer is Behavior.ANSWERED and scenario.keys == "",
    )


def on_call_transition(world: World, event: CallTransition) -> Iterable[Callback]:
    """Begin the conversation of a call that is answered; settle what is left when it has ended."""
    state = state_of(world)
    call = world.calls.get(event.call_id)
    conversation = state.conversations.find(call.id)
    if conversation is None:
        asked_for = state.call_requests.find(call.id)
        ended = asked_for is not None and event.status in TERMINAL
        return results(world, asked_for, call) if asked_for is not None and ended else ()
    if event.status is IN_PROGRESS:
        world.engine.hold(call)  # also where it was answered by hand
        return _answered(world, conversation)
    if event.status in TERMINAL:
        _ended(world, conversation, call)
    return ()


def _answered(world: World, conversation: Conversation) -> list[Callback]:
    if conversation.hangs_up_after is not None:
        due = world.clock.now() + timedelta(microseconds=conversation.hangs_up_after)
        world.timeline.schedule(due, Wake("voicebooker", HANG_UP, conversation.id))
    conversation.next_fields = {"sipId": conversation.sip_id}
    return [question(world, conversation, Action.GET_ENTITY)]


def _ended(world: World, conversation: Conversation, call: Call) -> None:
    """What was not said any more is not part of what was said."""
    if call.status is COMPLETED and conversation.outcome is None:
        conversation.outcome = Outcome.HUNG_UP
    conversation.next_action = None
    conversation.turns = _said(conversation, call.plan.talk if call.plan else 0)
    state_of(world).conversations.save(conversation)


def _said(conversation: Conversation, passed: int) -> list[Said]:
    return [
        Said(speaker=turn.speaker, text=turn.text, start=turn.start, stop=min(turn.stop, passed))
        for turn in conversation.turns
        if turn.start < passed
    ]


def describe(world: World, call: Call) -> dict[str, Any]:
    """Tell the control API what was said, what was asked of the webhook, and what came of it."""
    state = state_of(world)
    asked_for = state.call_requests.find(call.id)
    if asked_for is not None:
        return describe_request(asked_for, call)
    it = state.conversations.find(call.id)
    if it is None:
        return {}
    began = ticks(call.answered_at) if call.answered_at is not None else 0
    turns = it.turns
    if call.status is IN_PROGRESS:
        turns = _said(it, ticks(world.clock.now()) - began)
    return {
        "intent": it.intent,
        "outcome": it.outcome if call.status in TERMINAL else None,
        "sip_id": it.sip_id,
        "webhook_url": endpoint_of(world, it)[0],
        "persona": it.persona,
        "wishes": it.wishes,
        "business": it.business,
        "entity_id": it.entity_id,
        **it.chosen,
        "transcript": [_shown_turn(turn, began) for turn in turns],
        "webhooks": [_shown_question(each) for each in it.questions],
    }


def _shown_turn(turn: Said, began: int) -> dict[str, Any]:
    speaker = "bot" if turn.speaker is Speaker.BOT else "caller"
    return {
        "at": moment(began + turn.start),
        "until": moment(began + turn.stop),
        "speaker": speaker,
        "text": turn.text,
    }


def _shown_question(each: Question) -> dict[str, Any]:
    return {
        "action": each.action,
        "callback_id": each.callback_id,
        "asked_at": each.asked_at,
        "answered_at": each.answered_at,
        "status": each.status,
        "failure": each.failure,
        "deviations": each.deviations,
    }
