"""Placing calls: legs, what their persons will do, and the engine's call.

The engine's call is connected when both ends are; the first leg of two is answered by a step.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from emulator.domain.calls import IN_PROGRESS, OPEN, QUEUED, Call, CallStatus, Direction, Plan
from emulator.domain.errors import UnknownError
from emulator.domain.ticks import SECOND
from emulator.kit.errors import invalid
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.world import World
from emulator.platforms.exotel.accounts import account_id
from emulator.platforms.exotel.calls.options import options_of
from emulator.platforms.exotel.calls.phone_numbers import digits_of, e164, exophones_of
from emulator.platforms.exotel.calls.records.flows import Flow
from emulator.platforms.exotel.calls.records.voice_calls import (
    FlowProgress,
    Leg,
    StatusCallback,
    VoiceCall,
)
from emulator.platforms.exotel.calls.state import CallsState
from emulator.platforms.exotel.voicebots.calls import new_session
from emulator.platforms.exotel.voicebots.state import state_of as voicebots_of

with on_first_use():
    from emulator.kit import scenarios
    from emulator.platforms.exotel.calls.schemas import requests

DEFAULT_SCENARIO: Final = "answered"


@dataclass(frozen=True, slots=True)
class Limits:
    """The most seconds that each phone rings and that the call lasts; 0 sets no limit."""

    ring: int = 0
    talk: int = 0


def connect(
    world: World, state: CallsState, account: str, asked: "requests.ConnectCall"
) -> VoiceCall:
    """Place a call as a request asks for it; ApiError 400 for one that cannot be placed."""
    flow = None if asked.Url is None else _flow_at(world, state, account, asked.Url)
    _check_kind(asked)
    now = world.clock.now()
    call = VoiceCall(
        id=world.ids.hex("exotel.call"),
        account=account,
        kind="numbers" if asked.To else "flow" if flow is not None else "stream",
        from_number=asked.From,
        to_number=asked.To,
        exophone=asked.CallerId,
        created_at=now,
        updated_at=now,
        legs=[Leg(number=each) for each in (asked.From, asked.To) if each],
        custom_field=asked.CustomField,
        is_recorded=asked.Record == "true",
        channels=asked.RecordingChannels,
        time_limit=asked.TimeLimit or 0,
        status_callback=_status_callback(asked),
        stream={} if asked.StreamUrl is None else _stream(asked),
        flow=None if flow is None else FlowProgress(flow_id=flow.flow_id),
    )
    _check_exophone(world, state, call)
    place_voice_call(world, state, call, Limits(asked.TimeOut or 0, call.time_limit))
    return call


def _flow_at(world: World, state: CallsState, account: str, url: str) -> Flow:
    return find_flow(world, state, account, "Url", url.rstrip("/").rpartition("/")[2])


def find_flow(world: World, state: CallsState, account: str, field: str, flow_id: str) -> Flow:
    """Return an account's flow; ApiError 400 that names the control route for an unknown one."""
    flow = state.flow(account, flow_id)
    if flow is None:
        of_account = f"accounts/{account_id(world, account)[:60]}/" if account else ""
        error = invalid((field, f"names the flow {flow_id[:60]}, which does not exist"))
        error.hint = f"PUT /_emulator/exotel/{of_account}flows/{flow_id[:60]} creates it"
        raise error
    return flow


def _check_kind(asked: "requests.ConnectCall") -> None:
    """See that a request is of one kind; ApiError 400 for a mixture, or for none."""
    if asked.Url is not None:
        for name in ("StreamUrl", "StreamType"):
            if getattr(asked, name) is not None:
                raise invalid((name, "is not allowed with Url"))
        if asked.To is not None:
            raise invalid(("To", "is not allowed with Url"))
    elif asked.To is None and asked.StreamUrl is None:
        raise invalid(("To", "is required"))
    elif asked.To is None and asked.StreamType is None:
        raise invalid(("StreamType", "is required"))


def _status_callback(asked: "requests.ConnectCall") -> StatusCallback | None:
    if asked.StatusCallback is None:
        return None
    return StatusCallback(
        url=asked.StatusCallback,
        events=tuple(dict.fromkeys(asked.StatusCallbackEvents)),
        content_type=asked.StatusCallbackContentType,
    )


def _stream(asked: "requests.ConnectCall") -> dict[str, str]:
    names = ("StreamUrl", "StreamType", "StreamName", "StreamBegin")
    return {name: value for name in names if (value := getattr(asked, name)) is not None}


def owned_exophones(world: World, state: CallsState, account: str) -> Sequence[str]:
    """Return the ExoPhones of an account."""
    chosen = state.account(account).exophones
    return exophones_of(account_id(world, account)) if chosen is None else chosen


def _check_exophone(world: World, state: CallsState, call: VoiceCall) -> None:
    """Note an ExoPhone that the account does not own, or refuse it (ApiError 400) by option."""
    owned = owned_exophones(world, state, call.account)
    if digits_of(call.exophone) in map(digits_of, owned):
        return
    problem = f"{call.exophone} is not an ExoPhone of the account"
    if options_of(world).unowned_exophone == "refuse":
        error = invalid(("CallerId", problem.removeprefix(f"{call.exophone} ")))
        error.hint = f"GET IncomingPhoneNumbers lists them: {', '.join(owned[:5])}"
        raise error
    call.note(f"CallerId {problem}, which the vendor may refuse")


def place_voice_call(
    world: World,
    state: CallsState,
    call: VoiceCall,
    limits: Limits,
    scenario: "str | scenarios.OwnScenario | None" = None,
) -> Call:
    """Add a call and have the engine dial it at once; ApiError 400 for an unknown scenario."""
    person = call.to_number if call.kind == "numbers" else call.from_number
    placed = _engine_call(call)
    placed.scenario = (
        _chosen(world, placed, person or "")
        if scenario is None
        else world.scenarios.give(scenarios.scenario_of(world, "scenario", scenario), call.id)
    )
    last = _limited(world.scenarios.plan(placed), limits)
    if call.kind == "numbers":
        name = _first_scenario(world, placed, call.from_number)
        first = _limited(world.scenarios.plan_person(f"{call.id}/1", name), limits)
        call.ring_ticks = first.ring if first.status is IN_PROGRESS else None
        last = _joined(first, last, name)
    placed.plan = last
    call.first_leg.began_at = call.created_at
    if call.flow is not None:
        _add_session(world, state, call, placed)
    state.add(call)
    return world.engine.place(placed)


def _engine_call(call: VoiceCall) -> Call:
    """Return the engine's call: from whom to whom, in E.164."""
    ends = (
        (call.from_number, call.to_number or call.exophone)
        if call.kind == "numbers" or call.is_inbound
        else (call.exophone, call.from_number)
    )
    return Call(
        id=call.id,
        platform="exotel",
        workflow_id="" if call.flow is None else call.flow.flow_id,
        direction=Direction.INBOUND if call.is_inbound else Direction.OUTBOUND,
        from_number=e164(ends[0]),
        to_number=e164(ends[1]),
        status=QUEUED,
        scenario=DEFAULT_SCENARIO,
        created_at=call.created_at,
    )


def _chosen(world: World, placed: Call, number: str) -> str:
    """Choose a scenario by a number, which a rule may name as it was sent or in E.164."""
    if not world.scenarios.rules or not world.scenarios.is_named("exotel", number):
        number = e164(number)
    return world.scenarios.choose(
        platform="exotel", number=number, workflow_id=placed.workflow_id, call_id=placed.id
    )


def _first_scenario(world: World, placed: Call, number: str) -> str:
    """Choose how the person who is dialled first behaves: answers, unless the number says else.

    Rules for any number, and the mix, are for the other person.
    """
    for spelling in (number, e164(number)) if world.scenarios.rules else ():
        if world.scenarios.is_named("exotel", spelling):
            reason = world.scenarios.reasons.get(placed.id)
            name = _chosen(world, placed, spelling)
            if reason is not None:
                world.scenarios.reasons[placed.id] = reason
            return name
    return world.scenarios.magic(e164(number)) or DEFAULT_SCENARIO


def choose_scenario(world: World, call: VoiceCall, number: str) -> str:
    """Choose how another person whom a flow dials behaves."""
    return _first_scenario(world, world.calls.get(call.id), number)


def plan_of(world: World, call: VoiceCall, scenario: str) -> Plan:
    """Return what another person whom a flow dials does, by a scenario."""
    return world.scenarios.plan_person(f"{call.id}/2", scenario)


def _limited(plan: Plan, limits: Limits) -> Plan:
    """Return a plan that rings and talks no longer than the limits."""
    if limits.ring and plan.ring > limits.ring * SECOND:
        return plan._replace(
            ring=limits.ring * SECOND, status=CallStatus.NO_ANSWER, talk=0, outcome=None
        )
    if limits.talk and plan.talk > limits.talk * SECOND:
        return plan._replace(talk=limits.talk * SECOND)
    return plan


def _joined(first: Plan, second: Plan, first_scenario: str) -> Plan:
    """Return the plan of two persons, dialled one after the other."""
    if first.status is not IN_PROGRESS:
        return first._replace(keys=None, outcome=None)
    talk = second.talk
    if first_scenario != DEFAULT_SCENARIO and second.talk != OPEN:
        talk = min(first.talk, second.talk)
    return Plan(first.ring + second.ring, second.status, talk, second.keys, second.outcome)


def _add_session(world: World, state: CallsState, call: VoiceCall, placed: Call) -> None:
    """Open a session of the Voicebot API for a flow that has one of its bots."""
    bot_id = bot_in(state, call)
    if bot_id is None:
        return
    voicebots = voicebots_of(world)
    try:
        voicebots.bot(bot_id, call.account)
    except UnknownError:
        call.note(f"the flow names bot {bot_id}, which the account does not have")
        return
    session = new_session(world, voicebots, placed, call.account, bot_id=bot_id)
    voicebots.add_session(session, ())


def bot_in(state: CallsState, call: VoiceCall) -> str | None:
    """Return the bot of the Voicebot API that the call's flow runs through first, or None."""
    flow = state.flow_of(call)
    applets: Sequence[Mapping[str, str]] = () if flow is None else flow.applets
    return next((each["bot_id"] for each in applets if each.get("bot_id")), None)
