"""What is found wrong with a bot while a stream lasts."""

from typing import Final

from emulator.kit.world import World
from emulator.platforms.exotel.calls.records.streams import (
    MAX_FINDING_CHARACTERS,
    BotStream,
    StreamFinding,
)
from emulator.platforms.exotel.calls.state import state_of
from emulator.platforms.exotel.calls.streams.entries import enter

FINDING_CODES: Final = (
    "bad_json",
    "binary_frame",
    "unknown_event",
    "bad_base64",
    "empty_payload",
    "odd_bytes",
    "chunk_not_multiple_of_320",
    "chunk_below_minimum",
    "chunk_above_maximum",
    "missing_stream_sid",
    "wrong_stream_sid",
    "mark_without_name",
    "sent_on_unidirectional",
    "silent_bot",
    "late_clear",
    "ahead_of_playback",
    "queue_too_long",
    "late_pong",
    "after_stop",
    "not_reading",
)


class Findings:
    """Counts findings in the record of a stream; there is one of each code."""

    def __init__(self, world: World, record: BotStream) -> None:
        self._found = {each.code: each for each in record.findings}
        self._world, self._record = world, record

    def add(self, code: str, text: str) -> None:
        """Count a finding; the first one of its code is described."""
        if (known := self._found.get(code)) is not None:
            known.count += 1
            return
        text = text[:MAX_FINDING_CHARACTERS]
        at = self._world.clock.now()
        found = self._found[code] = StreamFinding(code=code, text=text, first_at=at)
        self._record.findings.append(found)
        state_of(self._world).streams.save(self._record)
        enter(self._world, self._record, "finding", f"{code}: {text}", code=code)
