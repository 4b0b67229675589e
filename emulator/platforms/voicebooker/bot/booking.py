"""What the bot does with each answer of a booking, in the order of the page's introduction.

https://api-docs.voicebooker.de/api-docs/redoc.standalone.js
"""

from typing import Any, Final

from emulator.platforms.voicebooker.bot.callers import wished
from emulator.platforms.voicebooker.bot.choosing import agreed_time, choose, listed
from emulator.platforms.voicebooker.bot.conversations import Intent, Outcome
from emulator.platforms.voicebooker.bot.identifying import spoken_name
from emulator.platforms.voicebooker.bot.negotiating import ask_for_day, kept
from emulator.platforms.voicebooker.bot.personas import told
from emulator.platforms.voicebooker.bot.reading import fields_in, options_in, start_text
from emulator.platforms.voicebooker.bot.talk import Talk
from emulator.platforms.voicebooker.schemas import Action

NOTHING: Final = "the list is empty"


def ask_for_type(talk: Talk) -> None:
    """Ask the webhook what can be booked."""
    together = talk.it.types_with_products
    action = Action.GET_TYPES_WITH_PRODUCTS if together else Action.GET_TYPES
    talk.ask(action, entityId=talk.it.entity_id)


def types_found(talk: Talk, value: Any) -> None:
    """Settle on an appointment type; the question is skipped when there is only one."""
    asked = talk.it.asked
    options = options_in(value, "appointmentType", asked)
    if not options:
        asked.note(NOTHING)
        said = f"I am sorry, nothing can be booked at the moment.{kept(talk)} Goodbye."
        talk.end(Outcome.NO_SLOT, said)
    is_new = talk.it.intent is Intent.BOOK
    question = f"What kind of appointment {'would you like' if is_new else 'is it'}"
    chosen = choose(talk, options, "appointmentType", question)
    if asked.action is Action.GET_TYPES_WITH_PRODUCTS:
        talk.it.products = options_in(chosen.raw.get("products"), "product", asked)
    talk.it.chosen["appointmentTypeId"] = chosen.id
    if not is_new:
        settle_rest(talk)
        return
    talk.ask(Action.GET_AGENTS, entityId=talk.it.entity_id, appointmentTypeId=chosen.id)


def agents_found(talk: Talk, value: Any) -> None:
    """Hear whom the caller prefers, if anybody."""
    options = options_in(value, "agent", talk.it.asked)
    if not options:
        talk.it.asked.note(NOTHING)
    wish = talk.it.wishes.get("agent")
    found = wished(options, wish) if wish else None
    if len(options) > 1:
        talk.bot(f"With whom would you like the appointment: {listed(options)}?")
        talk.caller(f"With {wish}, please." if wish else "I have no preference.")
    if wish and found is None and options:
        talk.it.asked.note(f"no agent is called {wish[:60]}")
        talk.bot(f"I am sorry, there is no {wish} for this. May it be somebody else?")
        talk.caller("Yes, anybody will do.")
    talk.it.chosen["agentId"] = None if found is None else found.id
    ask_for_product(talk)


def ask_for_product(talk: Talk) -> None:
    """Settle on a product; where none came with the types, they are asked for."""
    if talk.it.products:
        settle_product(talk)
        return
    talk.ask(
        Action.GET_PRODUCTS,
        entityId=talk.it.entity_id,
        appointmentTypeId=talk.it.chosen["appointmentTypeId"],
    )


def products_found(talk: Talk, value: Any) -> None:
    """Settle on a product."""
    talk.it.products = options_in(value, "product", talk.it.asked)
    if not talk.it.products:
        talk.it.asked.note(NOTHING)
        said = f"I am sorry, there is nothing to book for this.{kept(talk)} Goodbye."
        talk.end(Outcome.NO_SLOT, said)
    settle_product(talk)


def settle_product(talk: Talk) -> None:
    """The question is skipped when there is only one product; then it is about the day."""
    chosen = choose(talk, talk.it.products, "product", "Which of these would you like")
    talk.it.chosen["productId"] = chosen.id
    settle_rest(talk)


def settle_rest(talk: Talk) -> None:
    """Find out what is not known yet of an appointment's type and product, then agree on a day.

    assumed: whoever moves an appointment is asked for these where the booking does not say.
    """
    booking, chosen = talk.it.booking, talk.it.chosen
    if chosen["appointmentTypeId"] is None:
        ask_for_type(talk)
    elif chosen["productId"] is None:
        ask_for_product(talk)
    elif booking is None:
        ask_for_day(talk, "For which day would you like the appointment?")
    else:
        has = f"You have an appointment {booking.name}."
        ask_for_day(talk, f"{has} To which day would you like to move it?")


def info_listed(talk: Talk, value: Any) -> None:
    """Ask the caller for everything that is listed, each once."""
    asked = talk.it.asked
    lists = {
        "booker": fields_in(value, "bookerInfo", asked),
        "participant": fields_in(value, "participantInfo", asked),
    }
    own = talk.it.booker is None
    talk.it.info = {"booker": {}, "participant": {}}
    if not own and any(lists.values()):
        talk.bot("Is the appointment for you?")
        talk.caller("No, I am calling for somebody else.")
    for field in lists["participant"]:
        whose = "your" if own else "the participant's"
        _fill(talk, "participant", field, whose, talk.it.persona)
    for field in lists["booker"]:
        if own and field in talk.it.info["participant"]:
            talk.it.info["booker"][field] = talk.it.info["participant"][field]
        else:
            _fill(talk, "booker", field, "your", talk.it.booker or talk.it.persona)
    submit_booking(talk)


def _fill(talk: Talk, who: str, field: str, whose: str, persona: dict[str, str]) -> None:
    talk.bot(f"May I have {whose} {spoken_name(field)}, please?")
    answer = told(persona, field)
    if answer is None:
        talk.caller("I am afraid I cannot tell you that.")
        talk.it.asked.note(f"the caller does not know: {field}")
    else:
        talk.caller(f"{answer}.")
        if talk.it.info is not None:
            talk.it.info[who][field] = answer


def submit_booking(talk: Talk) -> None:
    """Book what was agreed on."""
    slot, info = talk.it.slot, talk.it.info
    assert slot is not None  # noqa: S101  # agreed on before
    assert info is not None  # noqa: S101
    talk.ask(
        Action.BOOK,
        appointmentTypeId=talk.it.chosen["appointmentTypeId"],
        productId=talk.it.chosen["productId"],
        slotId=slot.id,
        start=start_text(slot),
        booker=info["booker"],
        participant=info["participant"],
    )


def booked(talk: Talk, _: dict[str, Any]) -> None:
    """Confirm."""
    when = agreed_time(talk)
    talk.end(Outcome.BOOKED, f"Your appointment {when} is booked. Goodbye.")
