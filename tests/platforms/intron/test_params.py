"""The entries of a batch are kept as JSON, some of them in a piece."""

from typing import Final

from emulator.kit.json import to_json
from emulator.platforms.intron.params import CHUNKS_TOGETHER, ENTRIES_PER_CHUNK, WorkflowParams
from tests.cases import each_case
from tests.support import Json

FULL: Final = ENTRIES_PER_CHUNK * CHUNKS_TOGETHER


def entry(number: int, variables: Json = None) -> dict[str, Json]:
    """Return an entry that no other is like."""
    return {"phone_number": f"+{number:09}", "workflow_variables": variables}


@each_case("count", [0, 1, ENTRIES_PER_CHUNK, ENTRIES_PER_CHUNK + 1, FULL, FULL + 3])
def test_entries_are_read_as_they_were_given(count: int) -> None:
    """However many there are, also if one has lists that look like the end of a piece."""
    plain = [entry(number) for number in range(count)]
    for entries in (plain, [*plain, entry(count, {"slots": [["9:00"], ["10:00"]]})]):
        params = WorkflowParams(entries)

        assert len(params) == len(entries)
        assert [params[index] for index in range(len(entries))] == entries
        assert params.text == to_json(entries)[1:-1]
        assert WorkflowParams.of_chunks([each.decode() for each in params.chunks]) == params
