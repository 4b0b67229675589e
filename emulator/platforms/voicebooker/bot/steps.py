"""The steps of a conversation: the bot asks the webhook, the call ends."""

from datetime import timedelta
from typing import Final

from emulator.domain.actions import Wake
from emulator.domain.callbacks import Callback
from emulator.domain.calls import COMPLETED, IN_PROGRESS, Call
from emulator.domain.ticks import length
from emulator.domain.transcripts import Speaker, span
from emulator.kit.json import to_json
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.world import World
from emulator.platforms.voicebooker.auth import TOKEN_HEADER, own_credentials
from emulator.platforms.voicebooker.bot.conversations import (
    Conversation,
    ConversationOutcome,
    Question,
    SpokenTurn,
    spoken_turns,
)
from emulator.platforms.voicebooker.bot.personas import persona_answer
from emulator.platforms.voicebooker.bot.phrasebooks import PHRASEBOOKS
from emulator.platforms.voicebooker.bot.phrases import Phrase
from emulator.platforms.voicebooker.schemas.words import FUNCTION, Action
from emulator.platforms.voicebooker.state import state_of

with on_first_use():
    from emulator.platforms.voicebooker.schemas import bot_scripts

NEXT_STEP: Final = "next"
HANG_UP_STEP: Final = "hang_up"


def ask_or_hang_up(world: World, call_id: str) -> None:
    """Ask the next question after the bot has finished speaking, or end the call."""
    conversation = state_of(world).conversations.get(call_id)
    call = world.calls.get(call_id)
    if call.status is not IN_PROGRESS:
        return
    if conversation.calls_function:
        world.courier.enqueue(next_function(world, conversation))
    elif conversation.next_action is None:
        hang_up(world, call_id)
    else:
        world.courier.enqueue(next_question(world, conversation, conversation.next_action))


def next_question(world: World, conversation: Conversation, action: Action) -> Callback:
    """Return the request of the next question, without retries, and record it."""
    url, headers = webhook_endpoint(world, conversation)
    callback = Callback(
        id=world.ids.uuid("voicebooker.callback"),
        platform="voicebooker",
        event=action,
        url=url,
        content=to_json({"action": action, **conversation.next_fields}),
        content_type="application/json",
        headers=headers,
        call_id=conversation.id,
        on_response=action,
    )
    conversation.questions.append(
        Question(action=action, callback_id=callback.id, asked_at=world.clock.now())
    )
    state_of(world).conversations.save(conversation)
    return callback


def next_function(world: World, conversation: Conversation) -> Callback:
    """Return the request of the next function, without retries, and record it."""
    outbound = state_of(world).call_requests.get(conversation.id)
    function = bot_scripts.BotFunction.model_validate(conversation.next_fields)
    conversation.functions_called += 1
    conversation.calls_function = False
    body = dict(function.parameters)
    body |= {name: persona_answer(conversation.persona, name) for name in function.extracts}
    if function.sends_state:
        body["state"] = outbound.state_during(world.calls.get(conversation.id))
    callback = Callback(
        id=world.ids.uuid("voicebooker.callback"),
        platform="voicebooker",
        event=FUNCTION,
        url=function.url,
        content=to_json(body),
        content_type="application/json",
        headers=tuple(conversation.headers),
        call_id=conversation.id,
        on_response=FUNCTION,
    )
    conversation.questions.append(
        Question(action=function.name, callback_id=callback.id, asked_at=world.clock.now())
    )
    state_of(world).conversations.save(conversation)
    return callback


def webhook_endpoint(
    world: World, conversation: Conversation
) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return the URL of a conversation's webhook and the headers of its requests."""
    if conversation.webhook_url is not None:
        return conversation.webhook_url, tuple(conversation.headers)
    token = own_credentials(world)["token"]
    return f"{world.server.base_url}/voicebooker/webhook", ((TOKEN_HEADER, token),)


def hang_up(world: World, call_id: str) -> None:
    """End the call, unless it has ended already."""
    if world.calls.get(call_id).status is IN_PROGRESS:
        outcome = state_of(world).conversations.get(call_id).outcome or ConversationOutcome.HUNG_UP
        world.engine.move(call_id, COMPLETED, outcome=outcome)


def start_conversation(world: World, conversation: Conversation) -> list[Callback]:
    """Schedule when the caller hangs up, and return the first question."""
    if conversation.hangs_up_after is not None:
        due = world.clock.now() + timedelta(microseconds=conversation.hangs_up_after)
        world.timeline.schedule(due, Wake("voicebooker", HANG_UP_STEP, conversation.id))
    _let_callee_speak_first(world, conversation)
    conversation.next_fields = {"sipId": conversation.sip_id}
    return [next_question(world, conversation, Action.GET_ENTITY)]


def _let_callee_speak_first(world: World, conversation: Conversation) -> None:
    """On an outbound call, have the bot speak after ``startTimeout``; until then the callee may."""
    outbound = state_of(world).call_requests.find(conversation.id)
    if outbound is None or not outbound.start_timeout:
        return
    wait = length(timedelta(seconds=outbound.start_timeout))
    if not conversation.is_silent:
        greeting = PHRASEBOOKS[conversation.language].say(Phrase.HELLO)
        stop = min(span(greeting), wait)
        turn = SpokenTurn(speaker=Speaker.PERSON, text=greeting, start=0, stop=stop)
        conversation.turns.append(turn)
    conversation.cursor = wait


def finish_conversation(world: World, conversation: Conversation, call: Call) -> None:
    """Settle the outcome, and cut off turns that were not spoken when the call ended."""
    if call.status is COMPLETED and conversation.outcome is None:
        conversation.outcome = ConversationOutcome.HUNG_UP
    conversation.next_action, conversation.calls_function = None, False
    conversation.turns = spoken_turns(conversation, call.plan.talk if call.plan else 0)
    state_of(world).conversations.save(conversation)
