"""Checks of what a backend tells: the business, what can be booked, the free slots."""

from datetime import timedelta

from emulator.platforms.voicebooker.bot.conversations import Question
from emulator.platforms.voicebooker.bot.entries import (
    business_name_in,
    entity_in,
    fields_in,
    options_in,
    start_of,
    start_text,
)
from emulator.platforms.voicebooker.bot.responses import (
    UnusableResponseError,
    as_object,
    read_json_response,
)
from emulator.platforms.voicebooker.checks.backend import (
    UNKNOWN_ID,
    CheckedBackend,
    check_starts,
    date_of,
    short_list,
)
from emulator.platforms.voicebooker.checks.findings import (
    CheckFailedError,
    CheckSkippedError,
    CheckWarningError,
    expect_empty_or_refusal,
    expect_refusal,
)
from emulator.platforms.voicebooker.schemas.words import Action


async def entity(backend: CheckedBackend, asked: Question) -> str:
    """The response has an ``entityId``."""
    response = await backend.probe.ask(Action.GET_ENTITY, sipId=backend.facts.sip_id)
    if response.status is None:
        backend.runner.lost = f"no response: {response.error}"
    backend.facts.entity = backend.probe.entity = entity_in(
        read_json_response(response, asked), asked
    )
    return f"entityId {backend.facts.entity}"


async def unknown_number(backend: CheckedBackend, asked: Question) -> str:
    """No page says how a backend responds."""
    del asked
    backend.entity()
    response = await backend.probe.ask(Action.GET_ENTITY, sipId=UNKNOWN_ID)
    return expect_refusal(response, "an unknown sipId")


async def name(backend: CheckedBackend, asked: Question) -> str:
    """The response has a ``name``."""
    response = await backend.probe.ask(Action.GET_NAME, entityId=backend.entity())
    name = business_name_in(read_json_response(response, asked), asked)
    if name is None:
        raise CheckFailedError("the response has no name")
    return f"its name is {name}"


async def unknown_entity(backend: CheckedBackend, asked: Question) -> str:
    """No page says how a backend responds."""
    del asked
    backend.entity()
    response = await backend.probe.ask(Action.GET_NAME, entityId=UNKNOWN_ID)
    return expect_refusal(response, "an unknown entityId")


async def types(backend: CheckedBackend, asked: Question) -> str:
    """The response is an array of types with ids."""
    response = await backend.probe.ask(Action.GET_TYPES, entityId=backend.entity())
    backend.facts.types = options_in(read_json_response(response, asked), "appointmentType", asked)
    if not backend.facts.types:
        raise CheckFailedError("the list is empty: a caller could book nothing")
    backend.facts.type = backend.facts.types[0]
    return short_list(backend.facts.types)


async def agents(backend: CheckedBackend, asked: Question) -> str:
    """The response is an array of agents with ids."""
    response = await backend.probe.ask(
        Action.GET_AGENTS, entityId=backend.entity(), appointmentTypeId=backend.type()
    )
    backend.facts.agents = options_in(read_json_response(response, asked), "agent", asked)
    return short_list(backend.facts.agents)


async def products(backend: CheckedBackend, asked: Question) -> str:
    """The response for at least one of the types is an array of products with ids."""
    backend.type()
    for each in backend.facts.types:
        response = await backend.probe.ask(
            Action.GET_PRODUCTS, entityId=backend.entity(), appointmentTypeId=each.id
        )
        found = options_in(read_json_response(response, asked), "product", asked)
        if found:
            backend.facts.type, backend.facts.product = each, found[0]
            return short_list(found)
    raise CheckFailedError("the list is empty for every type: a caller could book nothing")


async def with_products(backend: CheckedBackend, asked: Question) -> str:
    """assumed: the response is an array of types, each with its ``products``."""
    response = await backend.probe.ask(Action.GET_TYPES_WITH_PRODUCTS, entityId=backend.entity())
    try:
        found = options_in(read_json_response(response, asked), "appointmentType", asked)
        for each in found:
            options_in(each.raw.get("products"), "product", asked)
    except UnusableResponseError as error:
        raise CheckWarningError(f"{error}; bots ask for this only in rare cases") from None
    return short_list(found)


async def slots(backend: CheckedBackend, asked: Question) -> str:
    """The coming days have slots with ids and starts; the checks need at least two."""
    counts: dict[str, int] = {}
    first = backend.now().astimezone(backend.zone).date() + timedelta(days=1)
    for ahead in range(backend.facts.days):
        day = (first + timedelta(days=ahead)).isoformat()
        found = await backend.slots(day, asked=asked)
        check_starts(found, asked)
        for slot in found:
            if backend.local(slot).date() != date_of(day):
                raise CheckFailedError(f"{start_text(slot)} is not on {day}, which was requested")
        if found:
            counts[day] = len(found)
        if sum(counts.values()) > 1:
            backend.facts.day = next(iter(counts))
            return ", ".join(f"{count} on {day}" for day, count in counts.items())
    few = "only one free slot" if counts else "no free slot: nothing can be booked"
    raise CheckFailedError(
        f"the next {backend.facts.days} days have {few}; have the backend offer some"
    )


async def zoned(backend: CheckedBackend, asked: Question) -> str:
    """Documented: the request has a time zone "to format the returned time slots"."""
    del asked
    for slot in await backend.slots(backend.day()):
        start = start_of(slot)
        if start is None or start.tzinfo is None:
            continue  # noted where the slots were first listed
        if start.utcoffset() != start.astimezone(backend.zone).utcoffset():
            raise CheckFailedError(f"{start_text(slot)} is not a time of {backend.facts.timezone}")
    return f"formatted for {backend.facts.timezone}"


async def agents_slots(backend: CheckedBackend, asked: Question) -> str:
    """A request for an agent lists only that agent's slots."""
    del asked
    day = backend.day()
    if not backend.facts.agents:
        raise CheckSkippedError("there are no agents")
    agent = backend.facts.agents[0].id
    found = await backend.slots(day, agent=agent)
    others = [slot.raw.get("agentId") for slot in found if slot.raw.get("agentId")]
    other = next((each for each in others if str(each) != agent), None)
    if other is not None:
        raise CheckWarningError(f"asked for agent {agent}, a slot of {other} is listed")
    return f"{len(found)} of agent {agent}"


async def past(backend: CheckedBackend, asked: Question) -> str:
    """assumed: slots in the past are not offered."""
    del asked
    backend.day()
    yesterday = (backend.now().astimezone(backend.zone).date() - timedelta(days=1)).isoformat()
    response = await backend.ask_slots(yesterday, None, backend.product())
    try:
        found = backend.options(response, "slot", None)
    except UnusableResponseError:
        return expect_empty_or_refusal(response, "a day in the past")
    gone = [slot for slot in found if backend.local(slot) <= backend.now()]
    if gone:
        raise CheckWarningError(f"{start_text(gone[0])} is in the past but offered")
    return "nothing"


async def unknown_product(backend: CheckedBackend, asked: Question) -> str:
    """No page says how a backend responds; an empty list is fine, too."""
    del asked
    response = await backend.ask_slots(backend.day(), None, UNKNOWN_ID)
    return expect_empty_or_refusal(response, "an unknown productId")


async def required(backend: CheckedBackend, asked: Question) -> str:
    """The response has both lists."""
    response = await backend.probe.ask(
        Action.GET_REQUIRED_INFO,
        productId=backend.product(),
    )
    value = as_object(read_json_response(response, asked))
    lists = {
        "booker": fields_in(value, "bookerInfo", asked),
        "participant": fields_in(value, "participantInfo", asked),
    }
    missing = [name for name in ("bookerInfo", "participantInfo") if name not in value]
    if missing:
        raise CheckFailedError(f"the response has no {' and no '.join(missing)}")
    backend.facts.info = lists
    return f"participant: {', '.join(lists['participant']) or 'nothing'}"
