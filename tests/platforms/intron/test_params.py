"""The entries of a batch are kept as JSON, some of them in a piece."""

from typing import Final

import pytest

from emulator.kit.json import to_json
from emulator.platforms.intron.params import (
    CHUNKS_TOGETHER,
    ENTRIES_PER_CHUNK,
    WorkflowParams,
    uniform_entries,
)
from tests.cases import each_case
from tests.support import Json, World

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
        assert WorkflowParams.of_chunks([each.decode() for each in params.chunks()]) == params


@each_case("tagged", [pytest.param(False, id="plain"), pytest.param(True, id="tags")])
def test_entries_that_are_written_alike_are_read_as_they_were_given(*, tagged: bool) -> None:
    """Only what differs of them is kept, until some of them are asked for."""
    size = 3 * ENTRIES_PER_CHUNK
    tags = {"user_tag_identifiers": {"n": "x"}} if tagged else {}
    entries = [entry(number, {"n": "%b"}) | tags for number in range(size)]
    others = [entry(0, 1), entry(1) | {"user_tag_identifiers": {"n": "other"}}]
    uniform, text = uniform_entries(), to_json(entries)
    assert [*uniform.taking(text, 1, len(text) - 1, entries[0])] == [len(text) - 1]
    plain = WorkflowParams([*entries, *others])

    params = WorkflowParams(others, uniform.chunks)

    assert uniform.texts == [each["phone_number"] for each in entries]
    assert len(params) == len(plain)
    assert len(WorkflowParams((), uniform.chunks)) == size
    assert [params[index] for index in range(len(plain))] == [*entries, *others]
    assert params.text == plain.text
    for start in range(5):
        for stop in (None, *range(start, 5)):
            assert params.chunks(start, stop) == plain.chunks(start, stop)
    assert params.lengths == plain.lengths == [*map(len, plain.chunks())]
    for start in range(len(plain)):
        for stop in range(start, len(plain) + 1):
            assert params.tags(start, stop) == plain.tags(start, stop)


@each_case("chunks", [None, "text", 1, {"0": "{}"}, [None], ["{}", 1]])
async def test_file_whose_entries_are_no_texts_is_refused(world: World, chunks: Json) -> None:
    """The problem names the field, in words of the file."""
    workflow_id = await world.workflow(message="Hello")
    params = {"workflow_id": workflow_id, "workflow_params": [{"phone_number": "+2348055500000"}]}
    assert (await world.intron("POST", "/call", json=params)).status_code == 200
    file = (await world.control("GET", "/export")).json()
    row = next(iter(file["intron.requests"].values()))
    row["workflow_params"] = chunks
    del file["emulator"]["1"]["checksum"]

    refused = await world.control("POST", "/import", json=file)

    assert refused.status_code == 400, refused.text
    assert "workflow_params must be a list of texts" in refused.json()["detail"]
