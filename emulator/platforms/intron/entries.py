"""The entries of ``workflow_params``: there may be a hundred thousand in one request."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from emulator.kit.json import from_json, to_json

TOGETHER: Final = 8
"""Entries to a piece: the more, the cheaper to write, and the dearer to read one."""
TAGS: Final = b'"user_tag_identifiers"'
NO_TAGS: Final = ("null",) * TOGETHER


@dataclass(slots=True, init=False)
class Entries:
    """The entries of ``workflow_params``, kept as JSON, a few to a piece."""

    pieces: list[bytes]

    def __init__(self, entries: Sequence[Mapping[str, Any]]) -> None:
        self.pieces = [
            to_json(entries[start : start + TOGETHER])[1:-1]
            for start in range(0, len(entries), TOGETHER)
        ]

    @classmethod
    def of_pieces(cls, pieces: Iterable[str]) -> "Entries":
        """Take over pieces that were written elsewhere."""
        made = cls(())
        made.pieces = [piece.encode() for piece in pieces]
        return made

    def __getitem__(self, index: int) -> dict[str, Any]:
        return self._read(index // TOGETHER)[index % TOGETHER]

    def _read(self, piece: int) -> list[dict[str, Any]]:
        return from_json(b"[" + self.pieces[piece] + b"]")  # type: ignore[no-any-return]  # ours

    @property
    def text(self) -> bytes:
        """All of them, with commas between."""
        return b",".join(self.pieces)

    def tags(self, start: int, stop: int) -> list[str]:
        """The ``user_tag_identifiers`` of some entries, as JSON; null where there are none."""
        first, last = start // TOGETHER, -(-stop // TOGETHER)
        shown: list[str] = []
        for piece in range(first, last):
            if TAGS in self.pieces[piece]:
                read = self._read(piece)
                shown += [to_json(entry.get("user_tag_identifiers")).decode() for entry in read]
            else:
                shown += NO_TAGS
        return shown[start - first * TOGETHER : stop - first * TOGETHER]
