"""Runs flows: one applet after another, until the flow or the call ends."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from emulator.domain.actions import Wake
from emulator.domain.callbacks import Callback, CallbackResponse
from emulator.domain.calls import COMPLETED, IN_PROGRESS, OPEN
from emulator.domain.ticks import SECOND
from emulator.kit.world import World
from emulator.platforms.exotel.calls.connections import choose_scenario, plan_of
from emulator.platforms.exotel.calls.passthru import address_request, ended_stream, passthru
from emulator.platforms.exotel.calls.records.streams import StreamKind
from emulator.platforms.exotel.calls.records.voice_calls import FlowProgress, Leg, VoiceCall
from emulator.platforms.exotel.calls.schemas.words import status_word
from emulator.platforms.exotel.calls.serializers import passthru_words
from emulator.platforms.exotel.calls.state import CallsState, state_of
from emulator.platforms.exotel.calls.streams.lifecycle import stop_stream
from emulator.platforms.exotel.calls.streams.openings import address_of, open_stream

FLOW_STEP: Final = "calls.flow"
DIAL_STEP: Final = "calls.dialled"
PASSTHRU_RESPONSE: Final = "calls.passthru"
PASSTHRU_TIMEOUT: Final = timedelta(seconds=5)
"""Documented: 3 to 5 seconds. So much of the world's time passes if no response comes."""
CHARACTERS_PER_SECOND: Final = 15
MAX_APPLETS_PER_CALL: Final = 1000
"""A flow whose branches lead back to it ends after so many."""

Json = Mapping[str, Any]


def run_flow(world: World, state: CallsState, call: VoiceCall, flow: FlowProgress) -> None:
    """Run applets until one takes time, or the flow is over, which ends the call."""
    while world.calls.get(call.id).status is IN_PROGRESS:
        found = state.flow_of(call)
        applets: list[dict[str, Any]] = [] if found is None else found.applets
        if flow.position >= len(applets) or flow.run >= MAX_APPLETS_PER_CALL:
            if flow.run >= MAX_APPLETS_PER_CALL:
                call.note(f"the flow was ended after {flow.run} applets")
            end_call(world, call)
            return
        applet = applets[flow.position]
        flow.position, flow.run = flow.position + 1, flow.run + 1
        waits = APPLETS[applet["kind"]](world, call, flow, applet)
        state.save(call)
        if waits:
            return


def end_call(world: World, call: VoiceCall) -> None:
    """End a call that is connected."""
    if world.calls.get(call.id).status is IN_PROGRESS:
        world.engine.move(call.id, COMPLETED)


def _wait(world: World, call: VoiceCall, flow: FlowProgress, delay: timedelta) -> bool:
    """Continue with the flow after a delay."""
    flow.waits += 1
    step = Wake("exotel", FLOW_STEP, f"{call.id}/{flow.waits}")
    world.timeline.schedule(world.clock.now() + delay, step)
    return True


def _greeting(world: World, call: VoiceCall, flow: FlowProgress, applet: Json) -> bool:
    seconds = applet.get("seconds")
    if seconds is None:
        seconds = len(applet.get("text") or "") / CHARACTERS_PER_SECOND
    return _wait(world, call, flow, timedelta(seconds=seconds))


def _pause(world: World, call: VoiceCall, flow: FlowProgress, applet: Json) -> bool:
    return _wait(world, call, flow, timedelta(seconds=applet["seconds"]))


def _hang_up(world: World, call: VoiceCall, flow: FlowProgress, applet: Json) -> bool:
    del flow, applet
    end_call(world, call)
    return True


def _voicebot(world: World, call: VoiceCall, flow: FlowProgress, applet: Json) -> bool:
    """Talk to a bot to the end: one of the Voicebot API, or one that is dialled."""
    if applet.get("bot_id"):
        return True
    call.is_recorded = call.is_recorded or bool(applet.get("record"))
    return _open(world, call, flow, "voicebot", applet)


def _stream(world: World, call: VoiceCall, flow: FlowProgress, applet: Json) -> bool:
    """Start or stop a one-way stream; the flow continues at once."""
    if applet["action"] == "stop":
        for stream_sid in call.streams:
            record = state_of(world).open_streams.get(stream_sid)
            if record is not None and record.kind == "stream":
                stop_stream(world, record, "stopped", "completed")
                flow.stream = passthru_words(world, record)
    elif address_of(applet):
        _open(world, call, flow, "stream", applet)
    return False


def _open(
    world: World, call: VoiceCall, flow: FlowProgress, kind: StreamKind, applet: Json
) -> bool:
    """Open a stream; return whether it is open, or its address is still asked for."""
    url = address_of(applet)
    if not url.lower().startswith("http"):
        record = open_stream(world, call, kind, url, applet=applet)
        flow.stream = passthru_words(world, record)
        return record.status == "open"
    asked = address_request(world, call, flow, url, is_two_way=kind == "voicebot")
    flow.asked[asked.id] = dict(applet)
    world.courier.enqueue(asked)
    return True


def _ask(world: World, call: VoiceCall, flow: FlowProgress, applet: Json) -> bool:
    """Send a Passthru; the flow waits for the response, unless the applet is asynchronous."""
    is_async = bool(applet.get("async"))
    asked = passthru(world, call, flow, applet["url"], None if is_async else PASSTHRU_RESPONSE)
    world.courier.enqueue(asked)
    return not is_async


def branch(world: World, callback: Callback, response: CallbackResponse) -> None:
    """Continue as the response to a Passthru says: 200 and 302 have branches of their own.

    Without branches 200 continues; anything else, and no response in time, ends the call.
    """
    state = state_of(world)
    call = state.calls.find(callback.call_id)
    if call is None or call.flow is None:
        return
    flow = call.flow
    found = state.flow_of(call)
    applets = [] if found is None else found.applets[flow.position - 1 : flow.position]
    branches = applets[0].get("branches") or {} if applets else {}
    target = branches.get(str(response.status))
    if response.status is None:
        call.note(f"Passthru: no response ({response.error})")
        delay = PASSTHRU_TIMEOUT
    else:
        delay = timedelta()
    if target is not None:
        flow.flow_id, flow.position = target, 0
    elif branches or response.status != 200:  # noqa: PLR2004  # the documented status
        flow.flow_id, flow.position = flow.flow_id, 1 << 30
    _wait(world, call, flow, delay)
    state.save(call)


def _connect(world: World, call: VoiceCall, flow: FlowProgress, applet: Json) -> bool:
    """Dial another person; the flow continues when that leg has ended."""
    flow.dialled = choose_scenario(world, call, applet["to"])
    plan = plan_of(world, call, flow.dialled)
    leg = Leg(number=applet["to"], began_at=world.clock.now())
    del call.legs[1:]
    call.legs.append(leg)
    _schedule_leg(world, call, flow, plan.ring)
    return True


def _schedule_leg(world: World, call: VoiceCall, flow: FlowProgress, delay: int) -> None:
    flow.waits += 1
    step = Wake("exotel", DIAL_STEP, f"{call.id}/{flow.waits}")
    world.timeline.schedule(world.clock.now() + timedelta(seconds=delay / SECOND), step)


def take_leg_step(world: World, subject: str) -> None:
    """Answer the leg of a Connect applet, or end it and continue with the flow."""
    state = state_of(world)
    found = _due(world, state, subject)
    if found is None:
        return
    call, flow = found
    now, leg = world.clock.now(), call.legs[1]
    plan = plan_of(world, call, flow.dialled)
    if leg.status is None and plan.status is IN_PROGRESS:
        leg.answer(now)
        if plan.talk != OPEN:
            _schedule_leg(world, call, flow, plan.talk)
    else:
        word = "completed" if leg.answered_at is not None else status_word(plan.status)
        leg.end(word, now)
        run_flow(world, state, call, flow)
    state.save(call)


def take_flow_step(world: World, subject: str) -> None:
    """Continue with a flow whose applet has taken its time."""
    state = state_of(world)
    found = _due(world, state, subject)
    if found is not None:
        run_flow(world, state, *found)


def _due(world: World, state: CallsState, subject: str) -> tuple[VoiceCall, FlowProgress] | None:
    """Return the call and the flow of a step, unless something else came first."""
    call_id, _, number = subject.rpartition("/")
    call = state.calls.find(call_id)
    if call is None or call.flow is None or call.flow.waits != int(number):
        return None
    if world.calls.get(call.id).status is not IN_PROGRESS:
        return None
    return call, call.flow


def report_after_end(world: World, call: VoiceCall, flow: FlowProgress) -> None:
    """Send the Passthru after a bot's conversation, or a Connect, during which the person hung up.

    assumed: the page has a word for this, ``client-hangup``, and does not say when it is sent.
    """
    found = state_of(world).flow_of(call)
    applets = [] if found is None else found.applets[max(0, flow.position - 1) : flow.position + 1]
    kinds = [each["kind"] for each in applets]
    if not flow.position or kinds not in (["voicebot", "passthru"], ["connect", "passthru"]):
        return
    if applets[0].get("bot_id"):
        flow.stream = ended_stream(world.ids.hex("exotel.stream"), call.first_leg.seconds())
    world.courier.enqueue(passthru(world, call, flow, applets[1]["url"], None))


APPLETS: Final[Mapping[str, Callable[[World, VoiceCall, FlowProgress, Json], bool]]] = {
    "greeting": _greeting,
    "wait": _pause,
    "hangup": _hang_up,
    "voicebot": _voicebot,
    "stream": _stream,
    "passthru": _ask,
    "connect": _connect,
}
"""What each kind of applet does; it returns whether the flow waits."""
