"""Checks a backend: each action, the edge cases, and whole conversations of the bot.

It books, moves and cancels; what it has booked it cancels again.
"""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Final

from emulator.kit.world import World
from emulator.platforms.voicebooker.bot.conversations import Question
from emulator.platforms.voicebooker.bot.personas import completed
from emulator.platforms.voicebooker.checks import appointments, conversations, offers
from emulator.platforms.voicebooker.checks.findings import Checks
from emulator.platforms.voicebooker.checks.probing import Probe
from emulator.platforms.voicebooker.checks.report import Report
from emulator.platforms.voicebooker.checks.visit import PERSONA, Backend, Visit
from emulator.platforms.voicebooker.schemas import Action

Check = Callable[[Visit, Question], Awaitable[str | None]]

ANY: Final = "any"

CHECKS: Final[tuple[tuple[Action | str, str, Check], ...]] = (
    (Action.GET_ENTITY, "a number leads to a business", offers.entity),
    (Action.GET_ENTITY, "an unknown number is refused", offers.unknown_number),
    (Action.GET_NAME, "the business has a name", offers.name),
    (Action.GET_NAME, "an unknown business is refused", offers.unknown_entity),
    (Action.GET_TYPES, "there are appointment types", offers.types),
    (Action.GET_AGENTS, "agents are listed", offers.agents),
    (Action.GET_PRODUCTS, "there are products", offers.products),
    (Action.GET_TYPES_WITH_PRODUCTS, "types come with their products", offers.with_products),
    (Action.GET_SLOTS, "free slots are listed", offers.slots),
    (Action.GET_SLOTS, "slots are in the time zone asked for", offers.zoned),
    (Action.GET_SLOTS, "an agent's slots are listed", offers.agents_slots),
    (Action.GET_SLOTS, "nothing is offered in the past", offers.past),
    (Action.GET_SLOTS, "an unknown product is refused", offers.unknown_product),
    (Action.GET_REQUIRED_INFO, "what is to be asked is listed", offers.required),
    (Action.BOOK, "an unknown slot is refused", appointments.unknown_slot),
    (Action.BOOK, "a free slot is booked", appointments.book),
    (Action.GET_SLOTS, "a booked slot is not offered", appointments.not_offered),
    (Action.BOOK, "a booked slot is not booked again", appointments.book_twice),
    (Action.BOOK, "of two at once, one gets the slot", appointments.race),
    (Action.FIND_USER, "who has booked is found", appointments.find_user),
    (Action.FIND_USER, "nobody is found by a made-up name", appointments.find_nobody),
    (Action.FIND_BOOKING, "the appointment is found", appointments.find_booking),
    (Action.FIND_BOOKING, "an unknown user has none", appointments.unknown_user),
    (Action.MODIFY, "an unknown booking is refused", appointments.modify_unknown),
    (Action.MODIFY, "an appointment is moved", appointments.modify),
    (Action.MODIFY, "the old slot is free again", appointments.old_slot_free),
    (Action.MODIFY, "nothing is moved onto a taken slot", appointments.move_onto_taken),
    (Action.CANCEL, "an unknown booking is refused", appointments.cancel_unknown),
    (Action.CANCEL, "an appointment is cancelled", appointments.cancel),
    (Action.CANCEL, "it is not cancelled twice", appointments.cancel_twice),
    (Action.CANCEL, "a cancelled slot can be booked again", appointments.book_again),
    (ANY, "an unknown action is refused", appointments.unknown_action),
    (ANY, "a body that is not JSON is refused", appointments.bad_body),
)
"""In the order in which a call would come to them."""

CALLS: Final[tuple[tuple[str, str, Check], ...]] = (
    (conversations.CONVERSATION, "the bot books", conversations.bot_books),
    (conversations.CONVERSATION, "the bot moves the appointment", conversations.bot_moves),
    (conversations.CONVERSATION, "the bot cancels the appointment", conversations.bot_cancels),
)


NEEDED: Final = frozenset(
    {
        offers.entity,
        offers.name,
        offers.types,
        offers.agents,
        offers.products,
        offers.slots,
        offers.required,
        appointments.book,
        appointments.find_user,
        appointments.find_booking,
        appointments.modify,
        appointments.cancel,
        conversations.bot_books,
    }
)
"""What calls come to, and so the bot relies on."""


async def check(
    world: World,
    url: str,
    *,
    sip_id: str,
    timezone: str,
    persona: Mapping[str, str],
    headers: Mapping[str, str],
    days: int,
) -> Report:
    """Check the backend at this address; what it answers is judged by the world's clock."""
    report = Report(url)
    checks = Checks(Probe(world, url, headers), report)
    who = completed(PERSONA, persona)
    backend = Backend(sip_id=sip_id, timezone=timezone, persona=who, days=days)
    visit = Visit(checks, backend)
    for part in (CHECKS, CALLS):
        for action, what, look in part:
            if await checks.make(action, what, partial(look, visit)) and look in NEEDED:
                visit.it.hooks.add(action)
        await appointments.clean_up(visit)
    return report
