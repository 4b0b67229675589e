"""What was heard on the newest streams of a world: how much of it is kept is bounded."""

from typing import Final

from emulator.kit.stream_sound import StreamSound

MAX_STREAMS: Final = 100
"""Streams of which it is known what was heard and when."""
MAX_RECORDED_BYTES: Final = 1 << 30
"""Of all recordings together, on the disk; the oldest are deleted first."""


class StreamSounds:
    """The sound of streams by their ids, oldest first."""

    def __init__(self, max_streams: int = MAX_STREAMS, max_bytes: int = MAX_RECORDED_BYTES) -> None:
        self._max_streams, self._max_bytes = max_streams, max_bytes
        self._by_id: dict[str, StreamSound] = {}

    def begin(self, stream_sid: str, rate: int, *, is_recorded: bool) -> StreamSound:
        """Return what the sound of a new stream is added to."""
        made = self._by_id[stream_sid] = StreamSound(rate, is_recorded=is_recorded)
        while len(self._by_id) > self._max_streams:
            self._evict()
        while len(self._by_id) > 1 and self._recorded_bytes() > self._max_bytes:
            self._evict()
        return made

    def find(self, stream_sid: str) -> StreamSound | None:
        """Return the sound of a stream, if it is still kept."""
        return self._by_id.get(stream_sid)

    def _recorded_bytes(self) -> int:
        tracks = (each.tracks for each in self._by_id.values())
        return sum(each.size for each in tracks if each is not None)

    def _evict(self) -> None:
        oldest = self._by_id.pop(next(iter(self._by_id)))
        if oldest.tracks is not None:
            oldest.tracks.close()
