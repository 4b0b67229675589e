"""The entries of ``workflow_params``: there may be a hundred thousand in one batch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from pydantic_core import SchemaValidator, ValidationError, core_schema

from emulator.kit.json import from_json, to_json
from emulator.kit.patterns import PHONE
from emulator.kit.uniform_list import UniformChunks, UniformList

ENTRIES_PER_CHUNK: Final = 8
"""The more, the cheaper they are to write, and the dearer it is to read one."""
CHUNKS_TOGETHER: Final = 256
"""Chunks that are written or checked together, which costs less than each by itself."""
BETWEEN: Final = b"],["
TAGS_KEY: Final = b'"user_tag_identifiers"'
NO_TAGS: Final = ["null"]


@dataclass(slots=True, init=False)
class WorkflowParams:
    """The entries of ``workflow_params`` as JSON, in chunks of a few."""

    uniform: UniformChunks
    """The chunks that come first, whose entries are written alike."""
    others: list[bytes]

    def __init__(
        self, entries: Sequence[Mapping[str, Any]], uniform: UniformChunks | None = None
    ) -> None:
        """``uniform``: what comes before these entries."""
        self.uniform = uniform or UniformChunks()
        self.others = []
        self.add(entries)

    def add(self, entries: Sequence[Mapping[str, Any]]) -> None:
        """Add entries; every chunk but the last must be full."""
        step = ENTRIES_PER_CHUNK * CHUNKS_TOGETHER
        for start in range(0, len(entries), step):
            stop = min(start + step, len(entries))
            places = range(start, stop, ENTRIES_PER_CHUNK)
            lists = [entries[at : min(at + ENTRIES_PER_CHUNK, stop)] for at in places]
            chunks = to_json(lists)[2:-2].split(BETWEEN)
            if len(chunks) != len(lists):  # an entry has such lists too
                chunks = [to_json(each)[1:-1] for each in lists]
            self.others += chunks

    @classmethod
    def of_chunks(cls, chunks: Any) -> "WorkflowParams":
        """Return entries that were read from a file; ValueError for chunks that are none."""
        if not isinstance(chunks, list) or not {*map(type, chunks)} <= {str}:
            raise ValueError("workflow_params must be a list of texts")
        made = cls(())
        made.others = [chunk.encode() for chunk in chunks]
        whole = made.others[:-1]
        try:
            for start in range(0, len(whole), CHUNKS_TOGETHER):
                _check_whole(whole[start : start + CHUNKS_TOGETHER])
            for chunk in made.others[-1:]:
                _validator(1).validate_json(b"[%b]" % chunk)
        except ValidationError:
            problem = f"workflow_params must be objects, {ENTRIES_PER_CHUNK} to a chunk"
            raise ValueError(problem) from None
        return made

    def __len__(self) -> int:
        if not self.others:
            return ENTRIES_PER_CHUNK * len(self.uniform)
        last = len(self.uniform) + len(self.others) - 1
        return ENTRIES_PER_CHUNK * last + len(self.read(last))

    def __getitem__(self, index: int) -> dict[str, Any]:
        return self.read(index // ENTRIES_PER_CHUNK)[index % ENTRIES_PER_CHUNK]

    def read(self, chunk: int) -> list[dict[str, Any]]:
        """Return the entries of a chunk."""
        (text,) = self.chunks(chunk, chunk + 1)
        return _entries(text)

    def chunks(self, start: int = 0, stop: int | None = None) -> list[bytes]:
        """Return some of the chunks."""
        first = len(self.uniform)
        others = slice(max(0, start - first), None if stop is None else max(0, stop - first))
        return [*self.uniform.written(start, stop), *self.others[others]]

    @property
    def lengths(self) -> list[int]:
        """The bytes of each chunk."""
        return [*self.uniform.lengths, *map(len, self.others)]

    @property
    def text(self) -> bytes:
        """All entries, separated by commas."""
        return b",".join(self.chunks())

    def tags(self, start: int, stop: int) -> list[str]:
        """Return the ``user_tag_identifiers`` of some entries as JSON; null where one has none."""
        first, last = start // ENTRIES_PER_CHUNK, -(-stop // ENTRIES_PER_CHUNK)
        if TAGS_KEY not in self.uniform.template and last <= len(self.uniform):
            return NO_TAGS * (stop - start)
        shown: list[str] = []
        for chunk in self.chunks(first, last):
            if TAGS_KEY in chunk:
                tags = [entry.get("user_tag_identifiers") for entry in _entries(chunk)]
                shown += [to_json(each).decode() for each in tags]
            else:
                shown += NO_TAGS * ENTRIES_PER_CHUNK
        return shown[start - first * ENTRIES_PER_CHUNK : stop - first * ENTRIES_PER_CHUNK]


def _entries(chunk: bytes) -> list[dict[str, Any]]:
    return from_json(b"[" + chunk + b"]")  # type: ignore[no-any-return]  # ours


def uniform_entries() -> UniformList:
    """Return what takes entries that are written alike, and keeps their numbers."""
    return UniformList("phone_number", PHONE, ENTRIES_PER_CHUNK)


def _check_whole(chunks: list[bytes]) -> None:
    """Raise ValidationError unless each of these is a full chunk."""
    together = BETWEEN.join(chunks)
    if together.count(BETWEEN) == len(chunks) - 1:  # no chunk ends a list and begins another
        lists = _list_validator().validate_json(b"[[%b]]" % together)
        if len(lists) == len(chunks):
            return
    for chunk in chunks:
        _validator(ENTRIES_PER_CHUNK).validate_json(b"[%b]" % chunk)


@cache
def _list_validator() -> SchemaValidator:
    """Return what checks full chunks, each in a list of its own."""
    entry = core_schema.typed_dict_schema({}, extra_behavior="ignore")
    chunk = core_schema.list_schema(
        entry, min_length=ENTRIES_PER_CHUNK, max_length=ENTRIES_PER_CHUNK
    )
    return SchemaValidator(core_schema.list_schema(chunk))


@cache
def _validator(at_least: int) -> SchemaValidator:
    """Return what checks the JSON of a chunk without making anything of it."""
    entry = core_schema.typed_dict_schema({}, extra_behavior="ignore")
    return SchemaValidator(
        core_schema.list_schema(entry, min_length=at_least, max_length=ENTRIES_PER_CHUNK)
    )
