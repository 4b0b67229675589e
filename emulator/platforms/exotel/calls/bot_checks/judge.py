"""What the calls of ``check-bot`` say about a bot: each known mistake has a check of its own.

Nothing is said of what a call could not show: such a check is not seen.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from emulator.kit.check_results import CheckResult
from emulator.kit.stream_sound import is_mulaw
from emulator.platforms.exotel.calls.bot_checks.report import BotAspect, BotCheck
from emulator.platforms.exotel.calls.bot_checks.trials import Seen

SLOW_SECONDS: Final = 2.0
TOO_SLOW_SECONDS: Final = 4.0
INTERRUPT_SECONDS: Final = 1.0
"""How soon a bot is to be silent when a person speaks into its sound."""
HALF: Final = range(40, 61)
SAME: Final = range(75, 134)
"""Per cent of the greeting at 8 kHz."""
JUDGED_ELSEWHERE: Final = frozenset({"silent_bot", "late_clear", "ahead_of_playback"})
WARNINGS: Final = frozenset({"chunk_not_multiple_of_320", "chunk_below_minimum"})
NOT_CALLED: Final = "there was no such call"
FORMS: Final = (
    *("shape applet", "shape live", "shape camel"),
    *("chunks of 20 ms", "chunks of 200 ms"),
)
ENDING_WORDS: Final = ("stop", "hangup", "hang_up", "end", "close", "disconnect", "terminate")
ONE_MESSAGE: Final = "; send a greeting in chunks, as it is to be played"
NO_RESPONSE: Final = (
    "the person's sentence got no response within {} s; silence is sent as sound, so a bot that"
    " waits until messages stop waits for ever"
)
SeenCalls = Mapping[str, Sequence[Seen]]
PASS, WARN, FAIL, UNSEEN = (
    CheckResult.PASS,
    CheckResult.WARN,
    CheckResult.FAIL,
    CheckResult.UNSEEN,
)


def judge(calls: SeenCalls) -> list[BotCheck]:
    """Return every check, by what the calls have shown."""
    connected = _connects(calls["conversation"])
    if connected.result is FAIL:
        return [connected]
    return [
        connected,
        *_protocol(calls),
        *_forms(calls),
        _encoding(calls),
        *_rates(calls),
        _responds(calls),
        _interrupted(calls.get("barge-in", ())),
        *_survives(calls),
        _ends(calls),
    ]


def _connects(seen: Sequence[Seen]) -> BotCheck:
    error = next((each.stream.error for each in seen if each.stream.connected_at is None), None)
    if not seen:
        error = "the bot's address could not be asked for"
    said = "the handshake was completed" if error is None else error
    return BotCheck(
        aspect=BotAspect.CONNECTS,
        check="handshake",
        result=PASS if error is None else FAIL,
        reason=said,
    )


def _protocol(calls: SeenCalls) -> Iterator[BotCheck]:
    """Yield each kind of mistake in the bot's messages once."""
    found: dict[str, str] = {}
    for each in _all(calls):
        found |= {code: text for code, text in each.codes.items() if code not in found}
    named = {code: text for code, text in found.items() if code not in JUDGED_ELSEWHERE}
    for code, text in named.items():
        result = WARN if code in WARNINGS else FAIL
        more = ONE_MESSAGE if code == "chunk_above_maximum" else ""
        yield BotCheck(aspect=BotAspect.PROTOCOL, check=code, result=result, reason=f"{text}{more}")
    if not named:
        has_sent = any(each.stream.received for each in _all(calls))
        reason = "no mistake in its messages" if has_sent else "the bot has sent no message"
        result = PASS if has_sent else UNSEEN
        yield BotCheck(aspect=BotAspect.PROTOCOL, check="messages", result=result, reason=reason)


def _forms(calls: SeenCalls) -> Iterator[BotCheck]:
    for name in FORMS:
        yield _like_the_first(BotAspect.FORMS, name, calls, calls.get(name, ()))


def _like_the_first(
    aspect: BotAspect, name: str, calls: SeenCalls, seen: Sequence[Seen]
) -> BotCheck:
    """Compare a call with the first one: a bot that was heard there is to be heard here."""
    if not seen:
        return BotCheck(aspect=aspect, check=name, result=UNSEEN, reason=NOT_CALLED)
    if broken := _broken(seen):
        return BotCheck(aspect=aspect, check=name, result=FAIL, reason=broken)
    if all(each.is_heard for each in seen):
        return BotCheck(aspect=aspect, check=name, result=PASS, reason="the bot was heard")
    if any(each.is_heard for each in calls["conversation"]):
        return BotCheck(aspect=aspect, check=name, result=FAIL, reason="the bot was not heard")
    return BotCheck(aspect=aspect, check=name, result=UNSEEN, reason="the bot is never heard")


def _broken(seen: Sequence[Seen]) -> str:
    """Return how a connection broke, if one did."""
    failed = [each.stream for each in seen if each.stream.status == "failed"]
    return f"the stream failed: {failed[0].error}" if failed else ""


def _encoding(calls: SeenCalls) -> BotCheck:
    spoken = [each for each in _all(calls) if each.is_heard]
    if not spoken:
        result, reason = UNSEEN, "the bot is never heard"
    elif any(is_mulaw(each.bot) for each in spoken):
        result, reason = FAIL, "the sound is mu-law; Exotel plays 16-bit linear PCM: it is noise"
    else:
        result, reason = PASS, "the sound is 16-bit linear PCM"
    return BotCheck(aspect=BotAspect.SOUND, check="encoding", result=result, reason=reason)


def _rates(calls: SeenCalls) -> Iterator[BotCheck]:
    """Compare how long the greeting is at each rate: one of another rate is too fast."""
    usual = max((each.greeting() for each in calls["conversation"]), default=0.0)
    for name in ("16000 Hz", "24000 Hz"):
        heard = max((each.greeting() for each in calls.get(name, ())), default=0.0)
        if not usual or not heard:
            result, reason = UNSEEN, "the bot does not speak first: nothing to compare"
        elif round(100 * heard / usual) in SAME:
            result, reason = PASS, "the greeting is as long as at 8000 Hz"
        else:
            percent = round(100 * heard / usual)
            is_half = percent in HALF or (name.startswith("24") and percent in range(27, 41))
            why = ": the bot sends 8000 Hz whatever sample-rate says" if is_half else ""
            result = FAIL if is_half else WARN
            reason = f"the greeting takes {percent} % of its time at 8000 Hz{why}"
        yield BotCheck(aspect=BotAspect.SOUND, check=name, result=result, reason=reason)


def _responds(calls: SeenCalls) -> BotCheck:
    """Judge the response times of every call in which the person said a sentence and waited."""
    names = ("conversation", *FORMS)
    responses = [each.stream.quality["response"] for name in names for each in calls.get(name, ())]
    times = sorted(time for each in responses for time in each["each"])
    first = calls["conversation"][0].stream.quality["response"]
    if first["unanswered"] or not times:
        result, reason = FAIL, NO_RESPONSE.format(8)
    else:
        median, worst = times[(len(times) - 1) // 2], times[-1]
        result = FAIL if worst > TOO_SLOW_SECONDS else WARN if worst > SLOW_SECONDS else PASS
        reason = f"median {median:.2f} s, worst {worst:.2f} s of {len(times)} responses"
    return BotCheck(aspect=BotAspect.RESPONDS, check="response time", result=result, reason=reason)


def _interrupted(seen: Sequence[Seen]) -> BotCheck:
    barge_ins = [barge_in for each in seen for barge_in in each.stream.quality["barge_ins"]]
    late = [each for each in seen if "late_clear" in each.codes]
    if not barge_ins:
        result, reason = UNSEEN, "the bot was not speaking when it was interrupted"
    elif late or barge_ins[0]["to_silence"] > INTERRUPT_SECONDS:
        seconds = barge_ins[0]["to_silence"]
        cleared = barge_ins[0]["to_clear"]
        how = "no clear came" if cleared is None else f"clear came after {cleared:.2f} s"
        result = FAIL
        reason = (
            f"it was heard for {seconds:.2f} s more, {how}: read while you send, and send clear"
            " to drop what is queued"
        )
    else:
        result, reason = PASS, f"it was silent after {barge_ins[0]['to_silence']:.2f} s"
    return BotCheck(aspect=BotAspect.INTERRUPTED, check="barge-in", result=result, reason=reason)


def _survives(calls: SeenCalls) -> Iterator[BotCheck]:
    for name in ("noise", "two calls at once"):
        yield _like_the_first(BotAspect.SURVIVES, name, calls, calls.get(name, ()))
    for name in ("silence", "keys", "early hang-up"):
        if name not in calls:
            yield BotCheck(aspect=BotAspect.SURVIVES, check=name, result=UNSEEN, reason=NOT_CALLED)
            continue
        broken = _broken(calls[name])
        reason = broken or "the connection lasted until the person hung up"
        yield BotCheck(
            aspect=BotAspect.SURVIVES, check=name, result=FAIL if broken else PASS, reason=reason
        )


def _ends(calls: SeenCalls) -> BotCheck:
    """Judge how the bot ends calls, if it has ended one: only closing the socket does."""
    unknown = [each.codes.get("unknown_event", "").lower() for each in _all(calls)]
    if any(word in text for text in unknown for word in ENDING_WORDS):
        reason = "the bot sends a message to end the call; nothing but closing the socket ends it"
        result = FAIL
    elif any(each.stream.disconnected_by == "bot" and not _broken([each]) for each in _all(calls)):
        result, reason = PASS, "it closes the socket in order"
    else:
        result, reason = UNSEEN, "the bot never ended a call"
    return BotCheck(aspect=BotAspect.ENDS, check="hang-up", result=result, reason=reason)


def _all(calls: SeenCalls) -> Iterator[Seen]:
    for seen in calls.values():
        yield from seen
