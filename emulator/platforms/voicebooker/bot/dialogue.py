"""What the bot does with a response: the greeting, the slots, and which function handles the rest.

Documented: the sequence, the questions that are skipped, what the caller is asked.
assumed: the wording, what a refusal leads to, and that a 409 to a booking means the slot is taken.
https://api-docs.voicebooker.de/api-docs/redoc.standalone.js
"""

from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from typing import Any, Final

from emulator.domain.callbacks import Callback, CallbackResponse
from emulator.domain.calls import IN_PROGRESS
from emulator.kit.world import World
from emulator.platforms.voicebooker.bot.appointment_changes import (
    ask_for_name,
    bookings_found,
    cancelled,
    modified,
    submit_move,
    users_found,
)
from emulator.platforms.voicebooker.bot.conversations import ConversationOutcome, Intent
from emulator.platforms.voicebooker.bot.entries import (
    business_name_in,
    entity_in,
    options_in,
    start_of,
)
from emulator.platforms.voicebooker.bot.new_appointments import (
    agents_found,
    ask_for_type,
    booked,
    info_listed,
    products_found,
    submit_booking,
    types_found,
)
from emulator.platforms.voicebooker.bot.phrases import Phrase
from emulator.platforms.voicebooker.bot.responses import (
    UnusableResponseError,
    read_json_response,
    read_receipt,
)
from emulator.platforms.voicebooker.bot.slot_offers import offer_other_slots, offer_slots
from emulator.platforms.voicebooker.bot.talk import ConversationOverError, Talk
from emulator.platforms.voicebooker.options import script_of
from emulator.platforms.voicebooker.schemas.words import Action
from emulator.platforms.voicebooker.state import OutboundCall, state_of

RECEIPTS: Final = frozenset({Action.BOOK, Action.MODIFY, Action.CANCEL})
"""The actions whose response may have any body."""


def act_on_response(world: World, callback: Callback, response: CallbackResponse) -> None:
    """Act on a response; if it cannot be used, apologize and end the call."""
    conversation = state_of(world).conversations.get(callback.call_id or "")
    call = world.calls.get(conversation.id)
    asked = conversation.asked
    asked.answered_at, asked.status = world.clock.now(), response.status
    if call.status is not IN_PROGRESS:
        asked.note("the response came after the call had ended")
    else:
        talk = Talk(world, conversation, call)
        with suppress(ConversationOverError):
            _dispatch(talk, Action(asked.action), response)
    state_of(world).conversations.save(conversation)


def _dispatch(talk: Talk, action: Action, response: CallbackResponse) -> None:
    asked = talk.conversation.asked
    try:
        if action in {Action.BOOK, Action.MODIFY} and response.status == HTTPStatus.CONFLICT:
            asked.failure = "status 409: the slot has gone"
            offer_other_slots(talk)
            return
        read = read_receipt if action in RECEIPTS else read_json_response
        RESPONSE_HANDLERS[action](talk, read(response, asked))
    except UnusableResponseError as error:
        asked.failure = str(error)[:300]
        talk.end(ConversationOutcome.WEBHOOK_FAILED, Phrase.APOLOGY)


def entity_found(talk: Talk, value: Any) -> None:
    """Ask for the name of the business."""
    talk.conversation.entity_id = entity_in(value, talk.conversation.asked)
    talk.ask(Action.GET_NAME, entityId=talk.conversation.entity_id)


def name_found(talk: Talk, value: Any) -> None:
    """Greet the caller, who says what the call is about."""
    talk.conversation.business = business_name_in(value, talk.conversation.asked)
    if talk.conversation.business is None:
        talk.conversation.asked.note("the response has neither name nor title")
    whose = _whose(talk)
    outbound = state_of(talk.world).call_requests.find(talk.conversation.id)
    if outbound is None:
        talk.bot(Phrase.GREETING, whose=whose)
        speak_of_appointments(talk)
        return
    talk.bot(Phrase.OUTBOUND_GREETING, whose=whose)
    continue_script(talk, outbound)


def _whose(talk: Talk) -> str:
    business = talk.conversation.business
    return talk.phrases.say(Phrase.WHOSE, business=business) if business else ""


def continue_script(talk: Talk, outbound: OutboundCall) -> None:
    """Call the next function of the bot, or else speak of appointments."""
    functions = script_of(talk.world, outbound.bot_id).functions
    if talk.conversation.functions_called < len(functions):
        talk.call_function(functions[talk.conversation.functions_called].model_dump(mode="json"))
    else:
        speak_of_appointments(talk)


def speak_of_appointments(talk: Talk) -> None:
    """Let the person say what they want, and ask for what it needs."""
    match talk.conversation.intent:
        case Intent.BOOK:
            talk.caller(Phrase.WANTS_BOOKING)
            ask_for_type(talk)
        case Intent.MODIFY:
            talk.caller(Phrase.WANTS_MOVE)
            ask_for_name(talk)
        case Intent.CANCEL:
            talk.caller(Phrase.WANTS_CANCELLATION)
            ask_for_name(talk)


def slots_found(talk: Talk, value: Any) -> None:
    """Agree on a slot, or ask for those of another day."""
    slot = offer_slots(talk, options_in(value, "slot", talk.conversation.asked))
    if slot is None:
        return
    talk.conversation.slot = slot
    if talk.conversation.intent is Intent.MODIFY:
        when = talk.time_named(start_of(slot), None)
        talk.bot(Phrase.CONFIRM_MOVE, when=when)
        talk.caller(Phrase.CONFIRMED)
        submit_move(talk)
    elif talk.conversation.info is None:
        talk.ask(Action.GET_REQUIRED_INFO, productId=talk.conversation.chosen["productId"])
    else:
        submit_booking(talk)


RESPONSE_HANDLERS: Final[dict[Action, Callable[[Talk, Any], None]]] = {
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
