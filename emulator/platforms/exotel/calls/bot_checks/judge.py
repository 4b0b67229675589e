"""What the calls of ``check-bot`` say about a bot: each known mistake has a check of its own.

Nothing is said of what a call could not show: such a check is not seen.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from emulator.kit.check_results import CheckResult
from emulator.kit.stream_sound import is_mulaw
from emulator.platforms.exotel.calls.bot_checks.connections import (
    broken_by,
    connects,
    lasts,
    listens,
)
from emulator.platforms.exotel.calls.bot_checks.report import BotAspect, BotCheck
from emulator.platforms.exotel.calls.bot_checks.scripts import (
    ANSWER_SECONDS,
    HOLD_MILLISECONDS,
    NOISE_DECIBELS,
    ONE_WAY,
)
from emulator.platforms.exotel.calls.bot_checks.trials import Seen

SLOW_SECONDS: Final = 2.0
TOO_SLOW_SECONDS: Final = 4.0
INTERRUPT_SECONDS: Final = 1.0
"""How soon a bot is to be silent when a person speaks into its sound."""
HALF: Final = range(40, 61)
SAME: Final = range(75, 134)
"""Per cent of the greeting at 8 kHz."""
JUDGED_ELSEWHERE: Final = frozenset(
    {"silent_bot", "late_clear", "late_pong", "sent_on_unidirectional"}
)
WARNINGS: Final = frozenset(
    {"chunk_not_multiple_of_320", "chunk_below_minimum", "ahead_of_playback", "after_stop"}
)
NOT_CALLED: Final = "this call was not made"
CAMEL: Final = "shape camel"
FORMS: Final = (
    *("shape applet", "shape live", CAMEL),
    *("chunks of 20 ms", "chunks of 200 ms"),
)
LONG_SECONDS: Final = 1.5
"""A bot that is heard for so long has been sent pings while it sent sound."""
ENDING_WORDS: Final = ("stop", "hangup", "hang_up", "end", "close", "disconnect", "terminate")
ADVICE: Final = {
    "chunk_above_maximum": "; send a greeting in chunks",
    "ahead_of_playback": "; send clear when the person speaks, or the person hears all of it",
    "missing_stream_sid": "; copy stream_sid from start into every message",
    "wrong_stream_sid": "; copy stream_sid from start into every message",
    "after_stop": "; stop is the last message of a call",
    "not_reading": "; read all the time, also while you send",
}
"""What to do about a finding, where its own sentence does not say it."""
NEVER_HEARD: Final = "the bot was never heard"
NO_RESPONSE: Final = (
    "the person's sentence got no response within {} s; silence is sent as sound, so a bot that"
    " waits until messages stop waits forever"
)
WHY_NO_RESPONSE: Final = {
    "noise": f"; background noise of {NOISE_DECIBELS} dBFS is not speech",
    "slow network": f"; messages are held back for up to {HOLD_MILLISECONDS} ms, and then come"
    " together",
    "two calls at once": "; each call needs a state of its own",
}
SeenCalls = Mapping[str, Sequence[Seen]]
PASS, WARN, FAIL, UNSEEN = (
    CheckResult.PASS,
    CheckResult.WARN,
    CheckResult.FAIL,
    CheckResult.UNSEEN,
)


def judge(calls: SeenCalls) -> list[BotCheck]:
    """Return every check, by what the calls have shown."""
    connected = connects(calls["conversation"])
    if connected.result is FAIL:
        return [connected]
    return [
        connected,
        *protocol(calls),
        *_forms(calls),
        _encoding(calls),
        *_rates(calls),
        _responds(calls),
        *_interrupted(calls),
        *_survives(calls),
        _ends(calls),
    ]


def protocol(calls: SeenCalls, elsewhere: frozenset[str] = JUDGED_ELSEWHERE) -> Iterator[BotCheck]:
    """Yield each kind of mistake in the bot's messages once.

    ``elsewhere``: the findings that are none here, or have checks of their own.
    """
    found: dict[str, str] = {}
    for each in _all(calls):
        found |= {code: text for code, text in each.codes.items() if code not in found}
    named = {code: text for code, text in found.items() if code not in elsewhere}
    for code, text in named.items():
        result = WARN if code in WARNINGS else FAIL
        reason = f"{text}{ADVICE.get(code, '')}"
        yield BotCheck(aspect=BotAspect.PROTOCOL, check=code, result=result, reason=reason)
    if not named:
        has_sent = any(each.stream.received for each in _all(calls))
        reason = "every message is correct" if has_sent else "the bot sent no message"
        result = PASS if has_sent else UNSEEN
        yield BotCheck(aspect=BotAspect.PROTOCOL, check="messages", result=result, reason=reason)


def _forms(calls: SeenCalls) -> Iterator[BotCheck]:
    """Yield a check of each form; no page has camelCase names, only samples of the vendor's do."""
    for name in FORMS:
        found = _like_the_first(BotAspect.FORMS, name, calls)
        if name == CAMEL and found.result is FAIL:
            reason = f"{found.reason}; a sample of the vendor's has camelCase names"
            found = replace(found, result=WARN, reason=reason)
        yield found


def _like_the_first(aspect: BotAspect, name: str, calls: SeenCalls) -> BotCheck:
    """Compare a call with the first one: the bot must be heard, and respond, in both."""
    seen, first = calls.get(name, ()), calls["conversation"]
    if not seen:
        result, reason = UNSEEN, NOT_CALLED
    elif broken := broken_by(seen):
        result, reason = FAIL, broken
    elif all(_responded(each) for each in first):
        if all(_responded(each) for each in seen):
            result, reason = PASS, "the bot responded"
        else:
            why = WHY_NO_RESPONSE.get(name, "")
            result, reason = FAIL, f"no response, unlike in the first call{why}"
    elif all(each.is_heard for each in seen):
        result, reason = PASS, "the bot was heard"
    elif any(each.is_heard for each in first):
        result, reason = FAIL, "the bot was not heard, unlike in the first call"
    else:
        result, reason = UNSEEN, NEVER_HEARD
    return BotCheck(aspect=aspect, check=name, result=result, reason=reason)


def _responded(seen: Seen) -> bool:
    """Every sentence of the person got a response."""
    response = seen.stream.quality["response"] if seen.stream.quality else {}
    return bool(response) and bool(response["each"]) and not response["unanswered"]


def _encoding(calls: SeenCalls) -> BotCheck:
    spoken = [each for each in _all(calls) if each.is_heard]
    if not spoken:
        result, reason = UNSEEN, NEVER_HEARD
    elif any(is_mulaw(each.bot) for each in spoken):
        result, reason = (
            FAIL,
            "the sound is mu-law, which is heard as noise: send 16-bit linear PCM",
        )
    else:
        result, reason = PASS, "the sound is 16-bit linear PCM"
    return BotCheck(aspect=BotAspect.SOUND, check="encoding", result=result, reason=reason)


def _rates(calls: SeenCalls) -> Iterator[BotCheck]:
    """Compare how long the greeting lasts at each rate: sound of another rate is too fast."""
    usual = max((each.greeting() for each in calls["conversation"]), default=0.0)
    for name in ("16000 Hz", "24000 Hz"):
        heard = max((each.greeting() for each in calls.get(name, ())), default=0.0)
        if not usual or not heard:
            result, reason = UNSEEN, "the bot does not greet, so there is nothing to compare"
        elif round(100 * heard / usual) in SAME:
            result, reason = PASS, "the greeting lasts as long as at 8000 Hz"
        else:
            percent = round(100 * heard / usual)
            is_half = percent in HALF or (name.startswith("24") and percent in range(27, 41))
            why = "; the bot sends 8000 Hz whatever sample-rate says" if is_half else ""
            result = FAIL if is_half else WARN
            reason = f"the greeting lasts {percent} % of its length at 8000 Hz{why}"
        yield BotCheck(aspect=BotAspect.SOUND, check=name, result=result, reason=reason)


def _responds(calls: SeenCalls) -> BotCheck:
    """Judge the response times of every call in which the person said a sentence and waited."""
    names = ("conversation", *FORMS)
    responses = [each.stream.quality["response"] for name in names for each in calls.get(name, ())]
    times = sorted(time for each in responses for time in each["each"])
    first = calls["conversation"][0]
    if _speaks_along(first):
        result, reason = UNSEEN, "the bot speaks while the person speaks, like an echo"
    elif not _responded(first):
        result, reason = FAIL, NO_RESPONSE.format(ANSWER_SECONDS)
    else:
        median, worst = times[(len(times) - 1) // 2], times[-1]
        result = FAIL if worst > TOO_SLOW_SECONDS else WARN if worst > SLOW_SECONDS else PASS
        reason = f"median {median:.2f} s, worst {worst:.2f} s of {len(times)} responses"
        if result is not PASS:
            reason += f"; at most {SLOW_SECONDS:g} s are good, over {TOO_SLOW_SECONDS:g} s fail"
    return BotCheck(aspect=BotAspect.RESPONDS, check="response time", result=result, reason=reason)


def _speaks_along(seen: Seen) -> bool:
    """Tell whether the bot was heard during more than half of what the person said."""
    said = sum(each["stop"] - each["start"] for each in seen.sounds if each["kind"] == "person")
    return bool(said) and seen.stream.quality["talk_over"] > said / 2


def _interrupted(calls: SeenCalls) -> Iterator[BotCheck]:
    seen = calls.get("barge-in", ())
    barge_ins = [barge_in for each in seen for barge_in in each.stream.quality["barge_ins"]]
    if not barge_ins:
        result, reason = UNSEEN, "the bot was not speaking when the person interrupted"
    elif any("late_clear" in each.codes for each in seen) or (
        barge_ins[0]["to_silence"] > INTERRUPT_SECONDS
    ):
        cleared = barge_ins[0]["to_clear"]
        how = "no clear came" if cleared is None else f"clear came after {cleared:.2f} s"
        result = FAIL
        reason = (
            f"the bot was heard for {barge_ins[0]['to_silence']:.2f} s more, and {how}: send clear"
            " when the person speaks, to drop what is queued"
        )
    else:
        result = PASS
        reason = f"the bot was silent after {barge_ins[0]['to_silence']:.2f} s"
    yield BotCheck(aspect=BotAspect.INTERRUPTED, check="barge-in", result=result, reason=reason)
    yield _reads(calls)


def _reads(calls: SeenCalls) -> BotCheck:
    """Judge by pings whether the bot reads while it sends: otherwise it notices nothing."""
    late = [each.codes["late_pong"] for each in _all(calls) if "late_pong" in each.codes]
    pinged = calls.get("chunks of 20 ms", ())
    heard = [
        sound["stop"] - sound["start"]
        for each in pinged
        for sound in each.sounds
        if sound["kind"] == "bot"
    ]
    if late:
        result, reason = FAIL, f"{late[0]}; receive in a task of its own"
    elif max(heard, default=0.0) < LONG_SECONDS:
        result, reason = UNSEEN, f"the bot never spoke for {LONG_SECONDS:g} s"
    else:
        result, reason = PASS, "every ping was answered in time"
    return BotCheck(
        aspect=BotAspect.INTERRUPTED, check="reads while it sends", result=result, reason=reason
    )


def _survives(calls: SeenCalls) -> Iterator[BotCheck]:
    for name in ("noise", "slow network", "two calls at once"):
        yield _like_the_first(BotAspect.SURVIVES, name, calls)
    for name in ("silence", "keys", "early hang-up"):
        if name not in calls:
            yield BotCheck(aspect=BotAspect.SURVIVES, check=name, result=UNSEEN, reason=NOT_CALLED)
            continue
        yield lasts(calls[name], name)
    if (seen := calls.get(ONE_WAY)) is not None:
        yield listens(seen)


def _ends(calls: SeenCalls) -> BotCheck:
    """Judge how the bot ends calls, if it has ended one: only closing the socket does."""
    unknown = [each.codes.get("unknown_event", "").lower() for each in _all(calls)]
    if any(word in text for text in unknown for word in ENDING_WORDS):
        reason = "the bot sends a message to end the call; only closing the socket ends it"
        result = FAIL
    elif any(
        each.stream.disconnected_by == "bot" and not broken_by([each]) for each in _all(calls)
    ):
        result, reason = PASS, "it closes the socket"
    else:
        result, reason = UNSEEN, "the bot ended no call"
    return BotCheck(aspect=BotAspect.ENDS, check="hang-up", result=result, reason=reason)


def _is_closed(seen: Seen) -> bool:
    """The bot has closed the socket in an orderly way."""
    return seen.stream.disconnected_by == "bot" and not broken_by([seen])


def _all(calls: SeenCalls) -> Iterator[Seen]:
    for seen in calls.values():
        yield from seen
