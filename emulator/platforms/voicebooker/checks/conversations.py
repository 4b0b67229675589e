"""Checks by whole conversations of the bot."""

from typing import Final

from emulator.platforms.voicebooker.bot.conversations import ConversationOutcome, Intent, Question
from emulator.platforms.voicebooker.bot.entries import start_of, start_text
from emulator.platforms.voicebooker.checks.backend import CheckedBackend
from emulator.platforms.voicebooker.checks.findings import CheckFailedError, CheckSkippedError
from emulator.platforms.voicebooker.schemas.words import Action

CONVERSATION: Final = "conversation"

BOOKING_ACTIONS: Final = (
    Action.GET_ENTITY,
    Action.GET_NAME,
    Action.GET_TYPES,
    Action.GET_AGENTS,
    Action.GET_PRODUCTS,
    Action.GET_SLOTS,
    Action.GET_REQUIRED_INFO,
    Action.BOOK,
)

CHANGE_ACTIONS: Final = (*BOOKING_ACTIONS, Action.FIND_USER, Action.FIND_BOOKING, CONVERSATION)


async def bot_books(backend: CheckedBackend, asked: Question) -> str:
    """The bot books, from the greeting to the goodbye."""
    del asked
    return await _converse(backend, Intent.BOOK, ConversationOutcome.BOOKED, *BOOKING_ACTIONS)


async def bot_moves(backend: CheckedBackend, asked: Question) -> str:
    """The bot moves an appointment, from the greeting to the goodbye."""
    del asked
    return await _converse(
        backend, Intent.MODIFY, ConversationOutcome.MODIFIED, *CHANGE_ACTIONS, Action.MODIFY
    )


async def bot_cancels(backend: CheckedBackend, asked: Question) -> str:
    """The bot cancels an appointment, from the greeting to the goodbye."""
    del asked
    return await _converse(
        backend, Intent.CANCEL, ConversationOutcome.CANCELLED, *CHANGE_ACTIONS, Action.CANCEL
    )


async def _converse(
    backend: CheckedBackend, intent: Intent, wanted: ConversationOutcome, *needed: str
) -> str:
    missing = next((each for each in needed if each not in backend.facts.working_actions), None)
    if missing is not None:
        raise CheckSkippedError(f"depends on {missing}")
    wishes = {
        "appointmentType": backend.type(),
        "product": backend.product(),
        "day": backend.day(),
    }
    if backend.facts.agreed is not None:
        wishes["booking"] = backend.facts.agreed
    conversation = await backend.probe.call(
        intent=intent,
        sip_id=backend.facts.sip_id,
        timezone=backend.facts.timezone,
        persona=backend.facts.persona,
        wishes=wishes,
    )
    if conversation.slot is not None and (start := start_of(conversation.slot)) is not None:
        backend.facts.starts.add(backend.aware(start))
        backend.facts.agreed = start_text(conversation.slot)
    if conversation.outcome is not wanted:
        last = conversation.asked
        why = f" ({last.action}: {last.failure})" if last.failure else ""
        raise CheckFailedError(f"the conversation ended {conversation.outcome}, not {wanted}{why}")
    return f"{len(conversation.turns)} turns, {len(conversation.questions)} webhooks"
