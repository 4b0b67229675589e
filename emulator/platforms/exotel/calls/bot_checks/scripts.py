"""The calls of ``check-bot``: what each person does, and how the bot is spoken to."""

from dataclasses import dataclass, field, replace
from typing import Any, Final

Steps = tuple[dict[str, Any], ...]
WAITS_FOR_GREETING: Final[Steps] = (
    {"wait_for": "speech", "timeout": 6},
    {"wait_for": "quiet", "timeout": 30},
)
ANSWER_SECONDS: Final = 8
"""How long the person waits for a response."""
SENTENCE: Final = {"say": "Hello, I would like to book an appointment, please."}
ANSWERED: Final[Steps] = (
    SENTENCE,
    {"wait_for": "speech", "timeout": ANSWER_SECONDS},
    {"wait": 0.5},
    {"hang_up": True},
)
SHORT: Final[Steps] = (*WAITS_FOR_GREETING, *ANSWERED)
WHOLE: Final[Steps] = (
    *WAITS_FOR_GREETING,
    SENTENCE,
    {"wait_for": "speech", "timeout": ANSWER_SECONDS},
    {"wait_for": "quiet", "timeout": 30},
    {"hang_up": True},
)
"""The bot may finish its response."""
HEARD: Final[Steps] = (SENTENCE, {"wait": 1}, {"hang_up": True})
"""The person waits for nothing, as for a bot that only listens."""
HOLD_MILLISECONDS: Final = 500
NOISE_DECIBELS: Final = -45


@dataclass(frozen=True, slots=True, kw_only=True)
class BotCall:
    """One call with the bot."""

    name: str
    script: Steps = SHORT
    options: dict[str, Any] = field(default_factory=dict)
    """The options of the world for this call."""
    rate: int = 8000
    times: int = 1
    """How many calls there are at once."""
    is_one_way: bool = False
    """The bot only listens, as with a Stream applet."""


ONE_WAY: Final = "one-way stream"
CALLS: Final = (
    BotCall(name="conversation", script=WHOLE),
    *(
        BotCall(name=f"shape {shape}", options={"stream_shape": shape})
        for shape in ("applet", "live", "camel")
    ),
    BotCall(
        name="chunks of 20 ms",
        script=WHOLE,
        options={"stream_chunk_ms": 20, "stream_pings": True},
    ),
    BotCall(name="chunks of 200 ms", options={"stream_chunk_ms": 200}),
    *(BotCall(name=f"{rate} Hz", rate=rate) for rate in (16_000, 24_000)),
    BotCall(name="silence", script=({"wait": 11}, {"hang_up": True})),
    BotCall(
        name="barge-in",
        script=(
            *WAITS_FOR_GREETING,
            SENTENCE,
            {"wait_for": "speech", "timeout": ANSWER_SECONDS},
            {"wait": 0.7},
            {"say": 2},
            {"wait": 2},
            {"hang_up": True},
        ),
    ),
    BotCall(
        name="keys",
        script=(
            *({"press": key} for key in "12#"),
            {"wait_for": "speech", "timeout": ANSWER_SECONDS},
            {"hang_up": True},
        ),
    ),
    BotCall(name="noise", script=(*WAITS_FOR_GREETING, {"noise": NOISE_DECIBELS}, *ANSWERED)),
    BotCall(name="early hang-up", script=({"wait": 0.3}, {"hang_up": True})),
    BotCall(name="slow network", options={"stream_hold_ms": HOLD_MILLISECONDS}),
    BotCall(name=ONE_WAY, script=HEARD, is_one_way=True),
    BotCall(name="two calls at once", times=2),
)
NEED_A_BOT_THAT_SPEAKS: Final = frozenset({"barge-in", "keys", "noise", ONE_WAY})
ONE_WAY_CALLS: Final = tuple(
    replace(each, script=HEARD if each.name != "early hang-up" else each.script, is_one_way=True)
    for each in CALLS
    if each.name not in NEED_A_BOT_THAT_SPEAKS
)
"""The calls of a bot that is for Stream applets."""


def without_greeting(script: Steps) -> Steps:
    """Return a script for a bot that does not speak first: no greeting is waited for."""
    count = len(WAITS_FOR_GREETING)
    return script[count:] if script[:count] == WAITS_FOR_GREETING else script
