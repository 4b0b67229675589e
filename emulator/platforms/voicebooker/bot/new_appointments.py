"""What the bot does with each response when a caller books, in the order of the page.

https://api-docs.voicebooker.de/api-docs/redoc.standalone.js
"""

from typing import Any, Final

from emulator.platforms.voicebooker.bot.callers import wished_option
from emulator.platforms.voicebooker.bot.choices import agreed_time, choose_option
from emulator.platforms.voicebooker.bot.conversations import ConversationOutcome, Intent
from emulator.platforms.voicebooker.bot.entries import fields_in, options_in, start_text
from emulator.platforms.voicebooker.bot.personas import persona_answer
from emulator.platforms.voicebooker.bot.phrases import Phrase
from emulator.platforms.voicebooker.bot.slot_offers import ask_for_day, unchanged_notice
from emulator.platforms.voicebooker.bot.talk import Talk
from emulator.platforms.voicebooker.schemas.words import Action

EMPTY_LIST: Final = "the list is empty"


def ask_for_type(talk: Talk) -> None:
    """Ask the webhook what can be booked."""
    together = talk.conversation.types_with_products
    action = Action.GET_TYPES_WITH_PRODUCTS if together else Action.GET_TYPES
    talk.ask(action, entityId=talk.conversation.entity_id)


def types_found(talk: Talk, value: Any) -> None:
    """Let the caller choose an appointment type, unless there is only one."""
    asked = talk.conversation.asked
    options = options_in(value, "appointmentType", asked)
    if not options:
        asked.note(EMPTY_LIST)
        talk.end(ConversationOutcome.NO_SLOT, Phrase.NO_TYPES, unchanged=unchanged_notice(talk))
    is_new = talk.conversation.intent is Intent.BOOK
    question = Phrase.WHICH_NEW_TYPE if is_new else Phrase.WHICH_TYPE
    chosen = choose_option(talk, options, "appointmentType", question)
    if asked.action is Action.GET_TYPES_WITH_PRODUCTS:
        talk.conversation.products = options_in(chosen.raw.get("products"), "product", asked)
    talk.conversation.chosen["appointmentTypeId"] = chosen.id
    if not is_new:
        ask_for_missing(talk)
        return
    talk.ask(Action.GET_AGENTS, entityId=talk.conversation.entity_id, appointmentTypeId=chosen.id)


def agents_found(talk: Talk, value: Any) -> None:
    """Ask which agent the caller prefers."""
    options = options_in(value, "agent", talk.conversation.asked)
    if not options:
        talk.conversation.asked.note(EMPTY_LIST)
    wish = talk.conversation.wishes.get("agent")
    found = wished_option(options, wish) if wish else None
    if len(options) > 1:
        talk.bot(Phrase.WHICH_AGENT, options=talk.names_listed(options))
        if wish:
            talk.caller(Phrase.WITH_AGENT, wish=wish)
        else:
            talk.caller(Phrase.NO_PREFERENCE)
    if wish and found is None and options:
        talk.conversation.asked.note(f"no agent is called {wish[:60]}")
        talk.bot(Phrase.NO_AGENT, wish=wish)
        talk.caller(Phrase.ANYBODY)
    talk.conversation.chosen["agentId"] = None if found is None else found.id
    ask_for_product(talk)


def ask_for_product(talk: Talk) -> None:
    """Let the caller choose a product; ask the webhook if the types came without products."""
    if talk.conversation.products:
        choose_product(talk)
        return
    talk.ask(
        Action.GET_PRODUCTS,
        entityId=talk.conversation.entity_id,
        appointmentTypeId=talk.conversation.chosen["appointmentTypeId"],
    )


def products_found(talk: Talk, value: Any) -> None:
    """Let the caller choose a product."""
    talk.conversation.products = options_in(value, "product", talk.conversation.asked)
    if not talk.conversation.products:
        talk.conversation.asked.note(EMPTY_LIST)
        talk.end(ConversationOutcome.NO_SLOT, Phrase.NO_PRODUCTS, unchanged=unchanged_notice(talk))
    choose_product(talk)


def choose_product(talk: Talk) -> None:
    """Let the caller choose a product, unless there is only one, then ask for the rest."""
    chosen = choose_option(talk, talk.conversation.products, "product", Phrase.WHICH_PRODUCT)
    talk.conversation.chosen["productId"] = chosen.id
    ask_for_missing(talk)


def ask_for_missing(talk: Talk) -> None:
    """Ask for the appointment's type and product if they are unknown, then for a day.

    assumed: a caller who moves an appointment is asked for what the booking does not tell.
    """
    booking, chosen = talk.conversation.booking, talk.conversation.chosen
    if chosen["appointmentTypeId"] is None:
        ask_for_type(talk)
    elif chosen["productId"] is None:
        ask_for_product(talk)
    elif booking is None:
        ask_for_day(talk, Phrase.WHICH_DAY)
    else:
        ask_for_day(talk, Phrase.MOVE_TO, when=booking.name)


def info_listed(talk: Talk, value: Any) -> None:
    """Ask the caller for every required field once."""
    asked = talk.conversation.asked
    lists = {
        "booker": fields_in(value, "bookerInfo", asked),
        "participant": fields_in(value, "participantInfo", asked),
    }
    own = talk.conversation.booker is None
    talk.conversation.info = {"booker": {}, "participant": {}}
    if not own and any(lists.values()):
        talk.bot(Phrase.FOR_YOU)
        talk.caller(Phrase.FOR_ANOTHER)
    for field in lists["participant"]:
        name = talk.phrases.name_field(field, is_own=own)
        _ask_for_field(talk, "participant", field, name, talk.conversation.persona)
    for field in lists["booker"]:
        if own and field in talk.conversation.info["participant"]:
            talk.conversation.info["booker"][field] = talk.conversation.info["participant"][field]
        else:
            name = talk.phrases.name_field(field)
            persona = talk.conversation.booker or talk.conversation.persona
            _ask_for_field(talk, "booker", field, name, persona)
    submit_booking(talk)


def _ask_for_field(talk: Talk, who: str, field: str, name: str, persona: dict[str, str]) -> None:
    talk.bot(Phrase.ASK_FIELD, field=name)
    answer = persona_answer(persona, field)
    if answer is None:
        talk.caller(Phrase.CANNOT_TELL)
        talk.conversation.asked.note(f"the caller does not know: {field}")
    else:
        talk.caller(Phrase.ANSWER, answer=answer)
        if talk.conversation.info is not None:
            talk.conversation.info[who][field] = answer


def submit_booking(talk: Talk) -> None:
    """Ask to book the agreed slot."""
    slot, info = talk.conversation.slot, talk.conversation.info
    assert slot is not None  # noqa: S101  # chosen before
    assert info is not None  # noqa: S101
    talk.ask(
        Action.BOOK,
        appointmentTypeId=talk.conversation.chosen["appointmentTypeId"],
        productId=talk.conversation.chosen["productId"],
        slotId=slot.id,
        start=start_text(slot),
        booker=info["booker"],
        participant=info["participant"],
    )


def booked(talk: Talk, _: dict[str, Any]) -> None:
    """Confirm the appointment."""
    talk.end(ConversationOutcome.BOOKED, Phrase.BOOKED, when=agreed_time(talk))
