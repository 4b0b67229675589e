"""What the bot does with an answer: the greeting, the slots, and where each other leads.

Documented: the sequence, the questions that are skipped, what is asked of the caller.
assumed: the wording, what a refusal leads to, and that a 409 to a booking means the slot has gone.
https://api-docs.voicebooker.de/api-docs/redoc.standalone.js
"""

from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from typing import Any, Final

from emulator.domain.callbacks import Callback, CallbackResponse
from emulator.domain.calls import IN_PROGRESS
from emulator.kit.world import World
from emulator.platforms.voicebooker.bot.booking import (
    agents_found,
    ask_for_type,
    booked,
    info_listed,
    products_found,
    submit_booking,
    types_found,
)
from emulator.platforms.voicebooker.bot.changing import (
    ask_for_name,
    bookings_found,
    cancelled,
    modified,
    submit_move,
    users_found,
)
from emulator.platforms.voicebooker.bot.conversations import Intent, Outcome
from emulator.platforms.voicebooker.bot.negotiating import offer_slots, slot_gone
from emulator.platforms.voicebooker.bot.reading import (
    UnusableError,
    business_in,
    entity_in,
    options_in,
    read_answer,
    read_receipt,
    start_of,
)
from emulator.platforms.voicebooker.bot.talk import OverError, Talk
from emulator.platforms.voicebooker.schemas import Action
from emulator.platforms.voicebooker.state import state_of

APOLOGY: Final = "I am sorry, something has gone wrong here. Please call again later. Goodbye."
RECEIPTS: Final = frozenset({Action.BOOK, Action.MODIFY, Action.CANCEL})
"""The actions whose answer may be anything."""


def heard(world: World, callback: Callback, answer: CallbackResponse) -> None:
    """Act on an answer; apologise and part where it cannot be used."""
    conversation = state_of(world).conversations.get(callback.call_id or "")
    call = world.calls.get(conversation.id)
    asked = conversation.asked
    asked.answered_at, asked.status = world.clock.now(), answer.status
    if call.status is not IN_PROGRESS:
        asked.note("the answer came after the call had ended")
    else:
        talk = Talk(world, conversation, call)
        with suppress(OverError):
            _act(talk, asked.action, answer)
    state_of(world).conversations.save(conversation)


def _act(talk: Talk, action: Action, answer: CallbackResponse) -> None:
    asked = talk.it.asked
    try:
        if action in {Action.BOOK, Action.MODIFY} and answer.status == HTTPStatus.CONFLICT:
            asked.failure = "status 409: the slot has gone"
            slot_gone(talk)
            return
        read = read_receipt if action in RECEIPTS else read_answer
        STEPS[action](talk, read(answer, asked))
    except UnusableError as error:
        asked.failure = str(error)[:300]
        talk.end(Outcome.WEBHOOK_FAILED, APOLOGY)


def entity_found(talk: Talk, value: Any) -> None:
    """Ask by which name to greet."""
    talk.it.entity_id = entity_in(value, talk.it.asked)
    talk.ask(Action.GET_NAME, entityId=talk.it.entity_id)


def name_found(talk: Talk, value: Any) -> None:
    """Greet, and hear what the caller wants."""
    talk.it.business = business_in(value, talk.it.asked)
    if talk.it.business is None:
        talk.it.asked.note("the answer has neither name nor title")
    whose = f" of {talk.it.business}" if talk.it.business else ""
    talk.bot(f"Hello, this is the voice assistant{whose}. How can I help you?")
    match talk.it.intent:
        case Intent.BOOK:
            talk.caller("I would like to book an appointment.")
            ask_for_type(talk)
        case Intent.MODIFY:
            talk.caller("I would like to move my appointment.")
            ask_for_name(talk)
        case Intent.CANCEL:
            talk.caller("I would like to cancel my appointment.")
            ask_for_name(talk)


def slots_found(talk: Talk, value: Any) -> None:
    """Agree on a slot, or on another day."""
    slot = offer_slots(talk, options_in(value, "slot", talk.it.asked))
    if slot is None:
        return
    talk.it.slot = slot
    if talk.it.intent is Intent.MODIFY:
        when = talk.time_named(start_of(slot), None)
        talk.bot(f"So your appointment will be {when}. Is that right?")
        talk.caller("Yes, that is right.")
        submit_move(talk)
    elif talk.it.info is None:
        talk.ask(Action.GET_REQUIRED_INFO, productId=talk.it.chosen["productId"])
    else:
        submit_booking(talk)


STEPS: Final[dict[Action, Callable[[Talk, Any], None]]] = {
    Action.GET_ENTITY: entity_found,
    Action.GET_NAME: name_found,
    Action.GET_TYPES: types_found,
    Action.GET_TYPES_WITH_PRODUCTS: types_found,
    Action.GET_AGENTS: agents_found,
    Action.GET_PRODUCTS: products_found,
    Action.GET_SLOTS: slots_found,
    Action.GET_REQUIRED_INFO: info_listed,
    Action.BOOK: booked,
    Action.MODIFY: modified,
    Action.CANCEL: cancelled,
    Action.FIND_USER: users_found,
    Action.FIND_BOOKING: bookings_found,
}

answers: Final = dict.fromkeys(map(str, Action), heard)
