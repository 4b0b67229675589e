"""What the bot does with each answer, in the order of the page's introduction.

Documented: the sequence, the questions that are skipped, what is asked of the caller.
assumed: the wording, what a refusal leads to, and that a 409 to a booking means the slot has gone.
https://api-docs.voicebooker.de/api-docs/redoc.standalone.js
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from http import HTTPStatus
from typing import Any, Final

from emulator.domain.callbacks import Answer, Callback
from emulator.domain.calls import IN_PROGRESS
from emulator.kit.world import World
from emulator.platforms.voicebooker.book.people import BIRTHDAY, FIRST_NAME, LAST_NAME
from emulator.platforms.voicebooker.bot.callers import told, wished
from emulator.platforms.voicebooker.bot.conversations import Intent, Option, Outcome
from emulator.platforms.voicebooker.bot.identifying import attribute_for, matching, spoken_name
from emulator.platforms.voicebooker.bot.negotiating import ask_for_day, offer_slots, slot_gone
from emulator.platforms.voicebooker.bot.reading import (
    UnusableError,
    an_object,
    fields_in,
    id_in,
    name_in,
    options_in,
    read_answer,
    read_receipt,
    reference,
    start_of,
    start_text,
)
from emulator.platforms.voicebooker.bot.talk import OverError, Talk
from emulator.platforms.voicebooker.schemas import Action
from emulator.platforms.voicebooker.state import state_of

APOLOGY: Final = "I am sorry, something has gone wrong here. Please call again later. Goodbye."
RECEIPTS: Final = frozenset({Action.BOOK, Action.MODIFY, Action.CANCEL})
"""The actions whose answer may be anything."""


def heard(world: World, callback: Callback, answer: Answer) -> None:
    """Act on an answer; apologise and part where it cannot be used."""
    conversation = state_of(world).conversations.get(callback.call_id or "")
    call = world.engine.calls.get(conversation.id)
    asked = conversation.asked
    asked.answered_at, asked.status = world.clock.now(), answer.status
    if call.status is not IN_PROGRESS:
        asked.note("the answer came after the call had ended")
    else:
        talk = Talk(world, conversation, call)
        with suppress(OverError):
            _act(talk, asked.action, answer)
    state_of(world).conversations.save(conversation)


def _act(talk: Talk, action: Action, answer: Answer) -> None:
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
    asked = talk.it.asked
    entity = id_in(an_object(value), "entity", asked, "the answer")
    if entity is None:
        raise UnusableError("the answer has no entityId")
    if "entityId" not in value:
        asked.note("the id is under id, not under entityId")
    talk.it.entity_id = entity
    talk.ask(Action.GET_NAME, entityId=entity)


def name_found(talk: Talk, value: Any) -> None:
    """Greet, and hear what the caller wants."""
    asked = talk.it.asked
    talk.it.business = name_in(an_object(value), asked, "the answer")
    if talk.it.business is not None and not isinstance(value.get("name"), str):
        asked.note("the name is not under name")
    whose = f" of {talk.it.business}" if talk.it.business else ""
    talk.bot(f"Hello, this is the voice assistant{whose}. How can I help you?")
    match talk.it.intent:
        case Intent.BOOK:
            talk.caller("I would like to book an appointment.")
            together = talk.it.types_with_products
            action = Action.GET_TYPES_WITH_PRODUCTS if together else Action.GET_TYPES
            talk.ask(action, entityId=talk.it.entity_id)
        case Intent.MODIFY:
            talk.caller("I would like to move my appointment.")
            ask_for_name(talk)
        case Intent.CANCEL:
            talk.caller("I would like to cancel my appointment.")
            ask_for_name(talk)


def types_found(talk: Talk, value: Any) -> None:
    """Settle on an appointment type; the question is skipped when there is only one."""
    asked = talk.it.asked
    options = options_in(value, "appointmentType", asked)
    if not options:
        talk.end(Outcome.NO_SLOT, "I am sorry, nothing can be booked at the moment. Goodbye.")
    chosen = choose(talk, options, "appointmentType", "What kind of appointment would you like")
    if asked.action is Action.GET_TYPES_WITH_PRODUCTS:
        talk.it.products = options_in(chosen.raw.get("products"), "product", asked)
    talk.it.chosen["appointmentTypeId"] = chosen.id
    talk.ask(Action.GET_AGENTS, entityId=talk.it.entity_id, appointmentTypeId=chosen.id)


def agents_found(talk: Talk, value: Any) -> None:
    """Hear whom the caller prefers, if anybody."""
    options = options_in(value, "agent", talk.it.asked)
    wish = talk.it.wishes.get("agent")
    found = wished(options, wish) if wish else None
    if len(options) > 1:
        talk.bot(f"With whom would you like the appointment: {_listed(options)}?")
        talk.caller(f"With {wish}, please." if wish else "I have no preference.")
    if wish and found is None and options:
        talk.it.asked.note(f"no agent is called {wish[:60]}")
        talk.bot(f"I am sorry, there is no {wish} for this. May it be somebody else?")
        talk.caller("Yes, anybody will do.")
    talk.it.chosen["agentId"] = None if found is None else found.id
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
        talk.end(Outcome.NO_SLOT, "I am sorry, there is nothing to book for this. Goodbye.")
    settle_product(talk)


def settle_product(talk: Talk) -> None:
    """The question is skipped when there is only one product; then it is about the day."""
    chosen = choose(talk, talk.it.products, "product", "Which of these would you like")
    talk.it.chosen["productId"] = chosen.id
    ask_for_day(talk, "For which day would you like the appointment?")


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
    when = _agreed_time(talk)
    talk.end(Outcome.BOOKED, f"Your appointment {when} is booked. Goodbye.")


def _agreed_time(talk: Talk) -> str:
    slot = talk.it.slot
    return "" if slot is None else talk.time_named(start_of(slot), start_text(slot))


def ask_for_name(talk: Talk) -> None:
    """Ask who is calling, to find the appointment."""
    talk.bot("May I have your first and last name, please?")
    names = {name: told(talk.it.persona, name) or "" for name in (FIRST_NAME, LAST_NAME)}
    talk.caller(f"{' '.join(names.values())}.")
    talk.it.participant = names
    talk.ask(Action.FIND_USER, participant=names)


def users_found(talk: Talk, value: Any) -> None:
    """Find out which of several users it is, then look for appointments."""
    users = options_in(value, "user", talk.it.asked)
    tried: set[str] = set()
    while len(users) > 1 and (field := attribute_for(users, talk.it.participant, tried)):
        tried.add(field)
        talk.bot(f"There are several entries. May I have your {spoken_name(field)}, please?")
        answer = told(talk.it.persona, field)
        if answer is None:
            talk.caller("I am afraid I cannot tell you that.")
            continue
        talk.caller(f"{answer}.")
        talk.it.participant[field] = answer
        users = matching(users, field, answer)
    if len(users) > 1 and BIRTHDAY not in talk.it.participant and BIRTHDAY not in tried:
        talk.it.asked.note("several users, and nothing that tells them apart")
        talk.bot("There are several entries. May I have your date of birth, please?")
        answer = told(talk.it.persona, BIRTHDAY) or ""
        talk.caller(f"{answer}.")
        talk.it.participant[BIRTHDAY] = answer
        talk.ask(Action.FIND_USER, participant=talk.it.participant)
        return
    if len(users) != 1:
        talk.end(Outcome.NOT_FOUND, "I am sorry, I cannot find you in our records. Goodbye.")
    talk.it.user = users[0]
    talk.ask(Action.FIND_BOOKING, id=users[0].id)


def bookings_found(talk: Talk, value: Any) -> None:
    """Settle on one of the appointments that lie ahead."""
    asked = talk.it.asked
    ahead: list[Option] = []
    for option in options_in(value, "booking", asked):
        start = start_of(option, asked)
        if start is not None and not talk.is_ahead(start):
            asked.note(f"{option.id} lies in the past")
            continue
        said = talk.time_named(start, start_text(option))
        ahead.append(Option(id=option.id, name=said, raw=option.raw))
    if not ahead:
        talk.end(Outcome.NOT_FOUND, "I am sorry, you have no appointment ahead. Goodbye.")
    booking = talk.it.booking = choose_booking(talk, ahead)
    if talk.it.intent is Intent.CANCEL:
        talk.bot(f"You have an appointment {booking.name}. Shall I cancel it?")
        talk.caller("Yes, please.")
        talk.ask(
            Action.CANCEL,
            bookingId=booking.id,
            slotId=reference(booking, "slot", asked),
            start=start_text(booking),
        )
        return
    for kind in ("appointmentType", "agent", "product"):
        talk.it.chosen[f"{kind}Id"] = reference(booking, kind, asked)
    ask_for_day(
        talk, f"You have an appointment {booking.name}. To which day would you like to move it?"
    )


def submit_move(talk: Talk) -> None:
    """Move the appointment to what was agreed on."""
    slot, booking = talk.it.slot, talk.it.booking
    assert slot is not None  # noqa: S101  # agreed on before
    assert booking is not None  # noqa: S101
    talk.ask(
        Action.MODIFY,
        bookingId=booking.id,
        slotIdOld=reference(booking, "slot", talk.it.asked),
        slotIdNew=slot.id,
        start=start_text(slot),
    )


def modified(talk: Talk, _: dict[str, Any]) -> None:
    """Confirm."""
    when = _agreed_time(talk)
    talk.end(Outcome.MODIFIED, f"Your appointment has been moved; it is {when} now. Goodbye.")


def cancelled(talk: Talk, _: dict[str, Any]) -> None:
    """Confirm."""
    talk.end(Outcome.CANCELLED, "Your appointment is cancelled. Goodbye.")


def choose(talk: Talk, options: Sequence[Option], kind: str, ask: str) -> Option:
    """Have the caller choose; nothing is asked when there is only one."""
    wish = talk.it.wishes.get(kind)
    found = wished(options, wish) if wish else None
    if found is None:
        found = options[talk.luck(kind) % len(options)]
    if len(options) == 1:
        return found
    talk.bot(f"{ask}: {_listed(options)}?")
    if wish and wished(options, wish) is None:
        talk.it.asked.note(f"no {kind} is called {wish[:60]}")
        talk.caller(f"{wish}.")
        talk.bot(f"I am sorry, there is no {wish}. There is {_listed(options)}.")
    talk.caller(f"{found.name}, please.")
    return found


def choose_booking(talk: Talk, ahead: Sequence[Option]) -> Option:
    """Have the caller say which appointment it is about; the first unless one is wished for."""
    wish = talk.it.wishes.get("booking")
    by_start = [each for each in ahead if wish and (start_text(each) or "").startswith(wish)]
    found = next(iter(by_start), None) or (wished(ahead, wish) if wish else None) or ahead[0]
    if len(ahead) > 1:
        talk.bot(f"There are several appointments: {_listed(ahead)}. Which one is it about?")
        talk.caller(f"The one {found.name}.")
    return found


def _listed(options: Sequence[Option]) -> str:
    names = [option.name for option in options]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


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
