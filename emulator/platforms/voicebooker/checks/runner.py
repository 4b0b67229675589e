"""Checks a booking backend: every action, edge cases, and whole conversations of the bot.

The checks book, move and cancel; what they have booked they cancel.
"""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Final

from emulator.kit.world import World
from emulator.platforms.voicebooker.bot.conversations import Question
from emulator.platforms.voicebooker.bot.personas import completed_persona
from emulator.platforms.voicebooker.checks import bookings, changes, conversations, offers
from emulator.platforms.voicebooker.checks.backend import CheckedBackend
from emulator.platforms.voicebooker.checks.cleanup import clean_up
from emulator.platforms.voicebooker.checks.facts import BackendFacts
from emulator.platforms.voicebooker.checks.findings import CheckRunner
from emulator.platforms.voicebooker.checks.personas import DEFAULT_PERSONA
from emulator.platforms.voicebooker.checks.probe import Probe
from emulator.platforms.voicebooker.checks.report import WebhookReport
from emulator.platforms.voicebooker.schemas.words import Action

CheckFunction = Callable[[CheckedBackend, Question], Awaitable[str | None]]
ANY_ACTION: Final = "any"
CHECKS: Final[tuple[tuple[Action | str, str, CheckFunction], ...]] = (
    (Action.GET_ENTITY, "a number leads to a business", offers.entity),
    (Action.GET_ENTITY, "an unknown number is refused", offers.unknown_number),
    (Action.GET_NAME, "the business has a name", offers.name),
    (Action.GET_NAME, "an unknown business is refused", offers.unknown_entity),
    (Action.GET_TYPES, "appointment types are listed", offers.types),
    (Action.GET_AGENTS, "agents are listed", offers.agents),
    (Action.GET_PRODUCTS, "products are listed", offers.products),
    (Action.GET_TYPES_WITH_PRODUCTS, "types come with their products", offers.with_products),
    (Action.GET_SLOTS, "free slots are listed", offers.slots),
    (Action.GET_SLOTS, "slots are in the requested time zone", offers.zoned),
    (Action.GET_SLOTS, "an agent's slots are listed", offers.agents_slots),
    (Action.GET_SLOTS, "no slot is offered in the past", offers.past),
    (Action.GET_SLOTS, "an unknown product is refused", offers.unknown_product),
    (Action.GET_REQUIRED_INFO, "the required fields are listed", offers.required),
    (Action.BOOK, "an unknown slot is refused", bookings.unknown_slot),
    (Action.BOOK, "a free slot is booked", bookings.book),
    (Action.GET_SLOTS, "a booked slot is not offered", bookings.not_offered),
    (Action.BOOK, "a booked slot is not booked again", bookings.book_twice),
    (Action.BOOK, "one of two simultaneous bookings gets the slot", bookings.race),
    (Action.FIND_USER, "the person who booked is found", bookings.find_user),
    (Action.FIND_USER, "a made-up name finds no user", bookings.find_unknown_person),
    (Action.FIND_BOOKING, "the appointment is found", bookings.find_booking),
    (Action.FIND_BOOKING, "an unknown user has no appointments", bookings.unknown_user),
    (Action.MODIFY, "an unknown booking is refused", changes.modify_unknown),
    (Action.MODIFY, "an appointment is moved", changes.modify),
    (Action.MODIFY, "the old slot is free again", changes.old_slot_free),
    (Action.MODIFY, "no appointment is moved to a taken slot", changes.move_onto_taken),
    (Action.CANCEL, "an unknown booking is refused", changes.cancel_unknown),
    (Action.CANCEL, "an appointment is cancelled", changes.cancel),
    (Action.CANCEL, "an appointment is not cancelled twice", changes.cancel_twice),
    (Action.CANCEL, "a cancelled slot can be booked again", changes.book_again),
    (ANY_ACTION, "an unknown action is refused", bookings.unknown_action),
    (ANY_ACTION, "a body that is not JSON is refused", bookings.bad_body),
)
"""In the order in which a call uses the actions."""

CONVERSATION_CHECKS: Final[tuple[tuple[str, str, CheckFunction], ...]] = (
    (conversations.CONVERSATION, "the bot books", conversations.bot_books),
    (conversations.CONVERSATION, "the bot moves the appointment", conversations.bot_moves),
    (conversations.CONVERSATION, "the bot cancels the appointment", conversations.bot_cancels),
)

REQUIRED_CHECKS: Final = frozenset(
    {
        offers.entity,
        offers.name,
        offers.types,
        offers.agents,
        offers.products,
        offers.slots,
        offers.required,
        bookings.book,
        bookings.find_user,
        bookings.find_booking,
        changes.modify,
        changes.cancel,
        conversations.bot_books,
    }
)
"""The checks of what every conversation uses."""


async def check(
    world: World,
    url: str,
    *,
    sip_id: str,
    timezone: str,
    persona: Mapping[str, str],
    headers: Mapping[str, str],
    days: int,
) -> WebhookReport:
    """Check the backend at this URL; the world's clock decides what is in the past."""
    report = WebhookReport(url)
    runner = CheckRunner(Probe(world, url, headers), report)
    who = completed_persona(DEFAULT_PERSONA, persona)
    facts = BackendFacts(sip_id=sip_id, timezone=timezone, persona=who, days=days)
    backend = CheckedBackend(runner, facts)
    for part in (CHECKS, CONVERSATION_CHECKS):
        for action, name, function in part:
            found = await runner.run(action, name, partial(function, backend))
            if found and function in REQUIRED_CHECKS:
                facts.working_actions.add(action)
        await clean_up(backend)
    return report
