"""How ids, times and statuses look on the wire."""

from datetime import datetime
from typing import Literal, assert_never

from emulator.domain.calls import CallStatus
from emulator.domain.scenarios import Scenario
from emulator.kit.world import World

CallWord = Literal["queued", "ringing", "answered", "ended", "busy", "failed", "cancelled"]


def new_id(world: World, kind: str) -> str:
    """Name a new thing. assumed: the samples' ids look like ``cm123abc456def``."""
    return "cm" + world.ids.hex(f"bimpe.{kind}", 23)


def now_of(world: World) -> datetime:
    """The present moment to the millisecond, as it can be read back from an answer."""
    now = world.clock.now()
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def wire_time(moment: datetime) -> str:
    """Write a time as the seed's sample does; with milliseconds where there are any."""
    spec = "milliseconds" if moment.microsecond else "seconds"
    return moment.isoformat(timespec=spec).replace("+00:00", "Z")


def maybe_time(moment: datetime | None) -> str | None:
    """Write a time, if there is one."""
    return None if moment is None else wire_time(moment)


def call_word(status: CallStatus) -> CallWord:  # noqa: PLR0911  # as many as words
    """Translate a call's status. assumed: Bimpe has no word for a call nobody answers."""
    match status:
        case CallStatus.QUEUED:
            return "queued"
        case CallStatus.RINGING:
            return "ringing"
        case CallStatus.IN_PROGRESS:
            return "answered"
        case CallStatus.COMPLETED:
            return "ended"
        case CallStatus.BUSY:
            return "busy"
        case CallStatus.FAILED | CallStatus.NO_ANSWER:
            return "failed"
        case CallStatus.CANCELED:
            return "cancelled"
    assert_never(status)


def effect(scenario: Scenario) -> str:
    """Say how a call with this scenario ends."""
    word = call_word(scenario.status)
    if word == "ended":
        return "ended, with a conversation log"
    return f"{word}, error_reason no_answer" if scenario.status is CallStatus.NO_ANSWER else word
