"""Checks of what a backend tells: the business, what can be booked there, the free slots."""

from datetime import timedelta

from emulator.platforms.voicebooker.bot.conversations import Question
from emulator.platforms.voicebooker.bot.reading import (
    UnusableError,
    an_object,
    business_in,
    entity_in,
    fields_in,
    options_in,
    read_answer,
    start_of,
    start_text,
)
from emulator.platforms.voicebooker.checks.findings import (
    NeedsError,
    OddError,
    WrongError,
    expect_nothing,
    expect_refusal,
)
from emulator.platforms.voicebooker.checks.visit import (
    UNKNOWN,
    Visit,
    check_starts,
    date_of,
    listing,
)
from emulator.platforms.voicebooker.schemas import Action


async def entity(visit: Visit, asked: Question) -> str:
    """``entityId`` is there."""
    answer = await visit.probe.ask(Action.GET_ENTITY, sipId=visit.it.sip_id)
    if answer.status is None:
        visit.checks.lost = f"nothing was heard: {answer.error}"
    visit.it.entity = visit.probe.entity = entity_in(read_answer(answer, asked), asked)
    return f"entityId {visit.it.entity}"


async def unknown_number(visit: Visit, asked: Question) -> str:
    """No page says what becomes of one."""
    del asked
    visit.entity()
    answer = await visit.probe.ask(Action.GET_ENTITY, sipId=UNKNOWN)
    return expect_refusal(answer, "an unknown sipId")


async def name(visit: Visit, asked: Question) -> str:
    """``name`` is there."""
    answer = await visit.probe.ask(Action.GET_NAME, entityId=visit.entity())
    name = business_in(read_answer(answer, asked), asked)
    if name is None:
        raise WrongError("the answer has no name")
    return f"it is called {name}"


async def unknown_entity(visit: Visit, asked: Question) -> str:
    """No page says what becomes of one."""
    del asked
    visit.entity()
    answer = await visit.probe.ask(Action.GET_NAME, entityId=UNKNOWN)
    return expect_refusal(answer, "an unknown entityId")


async def types(visit: Visit, asked: Question) -> str:
    """An array of types with ids."""
    answer = await visit.probe.ask(Action.GET_TYPES, entityId=visit.entity())
    visit.it.types = options_in(read_answer(answer, asked), "appointmentType", asked)
    if not visit.it.types:
        raise WrongError("the list is empty: a caller could book nothing")
    visit.it.type = visit.it.types[0]
    return listing(visit.it.types)


async def agents(visit: Visit, asked: Question) -> str:
    """An array of agents with ids."""
    answer = await visit.probe.ask(
        Action.GET_AGENTS, entityId=visit.entity(), appointmentTypeId=visit.type()
    )
    visit.it.agents = options_in(read_answer(answer, asked), "agent", asked)
    return listing(visit.it.agents)


async def products(visit: Visit, asked: Question) -> str:
    """An array of products with ids, for one of the types at least."""
    visit.type()
    for each in visit.it.types:
        answer = await visit.probe.ask(
            Action.GET_PRODUCTS, entityId=visit.entity(), appointmentTypeId=each.id
        )
        found = options_in(read_answer(answer, asked), "product", asked)
        if found:
            visit.it.type, visit.it.product = each, found[0]
            return listing(found)
    raise WrongError("the list is empty for every type: a caller could book nothing")


async def with_products(visit: Visit, asked: Question) -> str:
    """assumed: an array of types, each with its ``products``."""
    answer = await visit.probe.ask(Action.GET_TYPES_WITH_PRODUCTS, entityId=visit.entity())
    try:
        found = options_in(read_answer(answer, asked), "appointmentType", asked)
        for each in found:
            options_in(each.raw.get("products"), "product", asked)
    except UnusableError as error:
        raise OddError(f"{error}; bots ask for this only in rare cases") from None
    return listing(found)


async def slots(visit: Visit, asked: Question) -> str:
    """An array of slots with ids and starts, on the days ahead; the checks need at least two."""
    counts: dict[str, int] = {}
    first = visit.now().astimezone(visit.zone).date() + timedelta(days=1)
    for ahead in range(visit.it.days):
        day = (first + timedelta(days=ahead)).isoformat()
        found = await visit.slots(day, asked=asked)
        check_starts(found, asked)
        for slot in found:
            if visit.local(slot).date() != date_of(day):
                raise WrongError(f"{start_text(slot)} is not on {day}, which was asked for")
        if found:
            counts[day] = len(found)
        if sum(counts.values()) > 1:
            visit.it.day = next(iter(counts))
            return ", ".join(f"{count} on {day}" for day, count in counts.items())
    few = "only one free slot" if counts else "no free slot: nothing can be booked"
    raise WrongError(f"the next {visit.it.days} days have {few}; have the backend offer some")


async def zoned(visit: Visit, asked: Question) -> str:
    """Documented: the time zone is there "to format the returned time slots"."""
    del asked
    for slot in await visit.slots(visit.day()):
        start = start_of(slot)
        if start is None or start.tzinfo is None:
            continue  # noted where the slots were first listed
        if start.utcoffset() != start.astimezone(visit.zone).utcoffset():
            raise WrongError(f"{start_text(slot)} is not a time of {visit.it.timezone}")
    return f"formatted for {visit.it.timezone}"


async def agents_slots(visit: Visit, asked: Question) -> str:
    """With an agent, only that agent's slots."""
    del asked
    day = visit.day()
    if not visit.it.agents:
        raise NeedsError("there are no agents")
    agent = visit.it.agents[0].id
    found = await visit.slots(day, agent=agent)
    others = [slot.raw.get("agentId") for slot in found if slot.raw.get("agentId")]
    other = next((each for each in others if str(each) != agent), None)
    if other is not None:
        raise OddError(f"asked for agent {agent}, a slot of {other} is listed")
    return f"{len(found)} of agent {agent}"


async def past(visit: Visit, asked: Question) -> str:
    """assumed: what has passed cannot be booked."""
    del asked
    visit.day()
    yesterday = (visit.now().astimezone(visit.zone).date() - timedelta(days=1)).isoformat()
    answer = await visit.ask_slots(yesterday, None, visit.product())
    try:
        found = visit.options(answer, "slot", None)
    except UnusableError:
        return expect_nothing(answer, "a day in the past")
    gone = [slot for slot in found if visit.local(slot) <= visit.now()]
    if gone:
        raise OddError(f"{start_text(gone[0])} has passed, and is offered")
    return "nothing"


async def unknown_product(visit: Visit, asked: Question) -> str:
    """No page says what becomes of one; an empty list is as good."""
    del asked
    answer = await visit.ask_slots(visit.day(), None, UNKNOWN)
    return expect_nothing(answer, "an unknown productId")


async def required(visit: Visit, asked: Question) -> str:
    """Both lists are there."""
    answer = await visit.probe.ask(
        Action.GET_REQUIRED_INFO,
        productId=visit.product(),
    )
    value = an_object(read_answer(answer, asked))
    lists = {
        "booker": fields_in(value, "bookerInfo", asked),
        "participant": fields_in(value, "participantInfo", asked),
    }
    missing = [name for name in ("bookerInfo", "participantInfo") if name not in value]
    if missing:
        raise WrongError(f"the answer has no {' and no '.join(missing)}")
    visit.it.info = lists
    return f"participant: {', '.join(lists['participant']) or 'nothing'}"
