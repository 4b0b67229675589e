"""Checks with whole conversations of the bot."""

from typing import Final

from emulator.platforms.voicebooker.bot.conversations import Intent, Outcome, Question
from emulator.platforms.voicebooker.bot.reading import start_of, start_text
from emulator.platforms.voicebooker.checks.findings import NeedsError, WrongError
from emulator.platforms.voicebooker.checks.visit import Visit
from emulator.platforms.voicebooker.schemas import Action

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
CHANGING: Final = (*BOOKING_ACTIONS, Action.FIND_USER, Action.FIND_BOOKING, CONVERSATION)


async def bot_books(visit: Visit, asked: Question) -> str:
    """From the greeting to the booking."""
    del asked
    return await _talk(visit, Intent.BOOK, Outcome.BOOKED, *BOOKING_ACTIONS)


async def bot_moves(visit: Visit, asked: Question) -> str:
    """From the greeting to another time."""
    del asked
    return await _talk(visit, Intent.MODIFY, Outcome.MODIFIED, *CHANGING, Action.MODIFY)


async def bot_cancels(visit: Visit, asked: Question) -> str:
    """From the greeting to the cancellation."""
    del asked
    return await _talk(visit, Intent.CANCEL, Outcome.CANCELLED, *CHANGING, Action.CANCEL)


async def _talk(visit: Visit, intent: Intent, wanted: Outcome, *needed: str) -> str:
    missing = next((each for each in needed if each not in visit.it.hooks), None)
    if missing is not None:
        raise NeedsError(f"see {missing}")
    wishes = {
        "appointmentType": visit.type(),
        "product": visit.product(),
        "day": visit.day(),
    }
    if visit.it.agreed is not None:
        wishes["booking"] = visit.it.agreed
    it = await visit.probe.call(
        intent=intent,
        sip_id=visit.it.sip_id,
        timezone=visit.it.timezone,
        persona=visit.it.persona,
        wishes=wishes,
    )
    if it.slot is not None and (start := start_of(it.slot)) is not None:
        visit.it.starts.add(visit.aware(start))
        visit.it.agreed = start_text(it.slot)
    if it.outcome is not wanted:
        last = it.asked
        why = f" ({last.action}: {last.failure})" if last.failure else ""
        raise WrongError(f"the conversation ended {it.outcome}, not {wanted}{why}")
    return f"{len(it.turns)} turns, {len(it.questions)} webhooks"
