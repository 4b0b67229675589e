"""What was heard on the newest streams of a world: how much of it is kept is bounded."""

from collections.abc import Callable
from typing import Final

from emulator.kit.stream_sound import StreamSound

MAX_STREAMS: Final = 100
"""Streams of which it is known what was heard and when."""
MAX_RECORDED_BYTES: Final = 1 << 30
"""Of all recordings together, on the disk; the oldest of streams that have ended go first."""
DELETED: Final = "the recording was deleted to make room for those of later streams"


class StreamSounds:
    """The sound of streams by their ids, oldest first."""

    def __init__(self, max_streams: int = MAX_STREAMS, max_bytes: int = MAX_RECORDED_BYTES) -> None:
        self._max_streams, self._max_bytes = max_streams, max_bytes
        self._by_id: dict[str, StreamSound] = {}
        self._recorded_bytes = 0

    def begin(
        self, stream_sid: str, rate: int, *, is_recorded: bool, note: Callable[[str], None]
    ) -> StreamSound:
        """Return what the sound of a new stream is added to.

        ``note`` is called with what becomes of its recording.
        """
        made = StreamSound(rate, is_recorded=is_recorded, room=self._make_room, note=note)
        self._by_id[stream_sid] = made
        while len(self._by_id) > self._max_streams:
            oldest = next((sid for sid, each in self._by_id.items() if each.is_over), None)
            evicted = self._by_id.pop(oldest or next(iter(self._by_id)))
            self._delete_recording(evicted)
        return made

    def find(self, stream_sid: str) -> StreamSound | None:
        """Return the sound of a stream, if it is still kept."""
        return self._by_id.get(stream_sid)

    def end(self, stream_sid: str) -> None:
        """Note that a stream has ended: its recording may make room for others."""
        if (found := self._by_id.get(stream_sid)) is not None:
            found.is_over = True

    def close(self) -> None:
        """Delete all recordings: the world ends."""
        for each in self._by_id.values():
            if each.tracks is not None:
                each.tracks.close()
        self._by_id.clear()

    def _make_room(self, size: int) -> str:
        """Make room for so many bytes of a recording; return why there is none."""
        while self._recorded_bytes + size > self._max_bytes:
            kept = (each for each in self._by_id.values() if each.is_over and each.is_recorded)
            oldest = next(kept, None)
            if oldest is None:
                return f"the recordings of this world take {self._max_bytes:,} bytes already"
            self._delete_recording(oldest)
        self._recorded_bytes += size
        return ""

    def _delete_recording(self, sound: StreamSound) -> None:
        if sound.tracks is not None and sound.is_recorded:
            self._recorded_bytes -= sound.tracks.size
            sound.tracks.close()
            sound.note_recording(DELETED)
