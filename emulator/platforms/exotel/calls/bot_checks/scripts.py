"""The calls of ``check-bot``: what each person does, and how the bot is spoken to."""

from dataclasses import dataclass, field
from typing import Any, Final

Steps = tuple[dict[str, Any], ...]
WAITS_FOR_GREETING: Final[Steps] = (
    {"wait_for": "speech", "timeout": 6},
    {"wait_for": "quiet", "timeout": 30},
)
ANSWER_SECONDS: Final = 8
"""How long the person waits for a response."""
SENTENCE: Final = {"say": "Hello, I would like to book an appointment, please."}
SHORT: Final[Steps] = (
    SENTENCE,
    {"wait_for": "speech", "timeout": ANSWER_SECONDS},
    {"wait": 0.5},
    {"hang_up": True},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BotCall:
    """One call with the bot."""

    name: str
    script: Steps = SHORT
    options: dict[str, Any] = field(default_factory=dict[str, Any])
    """The options of the world for this call."""
    rate: int = 8000
    times: int = 1
    """How many calls there are at once."""


CALLS: Final = (
    BotCall(
        name="conversation",
        script=(
            *WAITS_FOR_GREETING,
            SENTENCE,
            {"wait_for": "speech", "timeout": ANSWER_SECONDS},
            {"wait_for": "quiet", "timeout": 30},
            {"hang_up": True},
        ),
    ),
    *(
        BotCall(name=f"shape {shape}", options={"stream_shape": shape})
        for shape in ("applet", "live", "camel")
    ),
    *(BotCall(name=f"chunks of {ms} ms", options={"stream_chunk_ms": ms}) for ms in (20, 200)),
    *(
        BotCall(name=f"{rate} Hz", rate=rate, script=(*WAITS_FOR_GREETING, *SHORT))
        for rate in (16_000, 24_000)
    ),
    BotCall(name="silence", script=({"wait": 11}, {"hang_up": True})),
    BotCall(
        name="barge-in",
        script=(
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
    BotCall(name="noise", script=({"noise": -45}, *SHORT)),
    BotCall(name="early hang-up", script=({"wait": 0.3}, {"hang_up": True})),
    BotCall(name="two calls at once", times=2),
)
