"""The append-only file: what is whole is read, what is torn is cut, what is damaged is refused."""

import os
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from emulator.persistence.wal import (
    HEADER_BYTES,
    DamagedError,
    Frames,
    beside,
    generation_of,
    read_frames,
)
from tests.effort import examples
from tests.files import flipped, room

PAYLOADS = [b"one", b"", b"\0" * 13, b"voicebot", bytes(range(40))]

reuse = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def written(path: Path, payloads: list[bytes], *, generation: int = 7) -> list[int]:
    """Write these frames and return the byte each ends at."""
    frames = Frames(path, sync=False)
    frames.begin(generation)
    ends = [HEADER_BYTES]
    for payload in payloads:
        frames.append(payload)
        ends.append(frames.size)
    frames.close()
    return ends[1:]


def read(path: Path) -> list[bytes]:
    """The payloads of the frames that are whole."""
    return [payload for _, payload in read_frames(path)]


@reuse
@given(payloads=st.lists(st.binary(max_size=300), max_size=8), generation=st.integers(0, 2**40))
def test_frames_are_read_as_they_were_written(
    tmp_path: Path, payloads: list[bytes], generation: int
) -> None:
    """Every frame comes back with the byte it ends at, in order, and so does the generation."""
    path = tmp_path / "journal"

    ends = written(path, payloads, generation=generation)

    assert list(read_frames(path)) == list(zip(ends, payloads, strict=True))
    assert generation_of(path) == generation


@settings(reuse, max_examples=examples(30))
@given(payloads=st.lists(st.binary(max_size=30), min_size=1, max_size=4))
def test_a_file_cut_anywhere_is_read_up_to_the_last_whole_frame(
    tmp_path: Path, payloads: list[bytes]
) -> None:
    """Cut at every byte, what is left is exactly the frames that end before, never an error."""
    path = tmp_path / "journal"
    ends = written(path, payloads)
    content = path.read_bytes()

    for size in reversed(range(len(content))):
        os.truncate(path, size)

        assert read(path) == payloads[: sum(end <= size for end in ends)]
        assert generation_of(path) == (7 if size >= HEADER_BYTES else None)


def test_a_bit_flipped_anywhere_is_refused_with_its_place(tmp_path: Path) -> None:
    """Whichever bit of whole frames is another, the file is refused by name, and never cut."""
    path = tmp_path / "journal"
    ends = written(path, PAYLOADS)
    content = path.read_bytes()
    begins = [HEADER_BYTES, *ends]

    for byte in range(len(content)):
        place = 0 if byte < HEADER_BYTES else max(begin for begin in begins if begin <= byte)
        for bit in range(8):
            path.write_bytes(flipped(content, byte, bit))

            with pytest.raises(DamagedError, match=str(path)) as refused:
                generation_of(path), read(path)

            said = re.search(r" bytes? (\d+)", str(refused.value))
            assert said is not None
            assert place <= int(said[1]) <= byte


def test_room_that_was_made_for_a_frame_is_no_frame(tmp_path: Path) -> None:
    """Zeros behind the last frame, as a power cut may leave them, are torn and not damage."""
    path = tmp_path / "journal"
    written(path, PAYLOADS)

    with path.open("ab") as file:
        file.write(bytes(50))

    assert read(path) == PAYLOADS


@reuse
@given(size=st.integers(0, 111), sync=st.booleans())
def test_a_frame_there_is_no_room_for_leaves_no_trace(
    tmp_path: Path, size: int, *, sync: bool
) -> None:
    """An append that fails half-way leaves the file as it was; the next one succeeds."""
    path = tmp_path / "journal"
    frames = Frames(path, sync=sync)
    frames.begin(1)
    frames.append(b"before")
    content = path.read_bytes()

    with room(len(content) + size), pytest.raises(OSError, match="large"):
        frames.append(bytes(100))

    assert path.read_bytes() == content
    frames.append(b"after")
    frames.close()
    assert read(path) == [b"before", b"after"]


def test_a_new_generation_begins_with_nothing(tmp_path: Path) -> None:
    """Frames of an earlier generation are gone when another has begun."""
    path = tmp_path / "journal"
    frames = Frames(path, sync=False)
    frames.begin(1)
    frames.append(b"void")
    frames.begin(2)
    frames.append(b"valid")
    frames.close()

    assert (generation_of(path), read(path)) == (2, [b"valid"])


def test_a_generation_that_is_prepared_leaves_the_present_one_alone(tmp_path: Path) -> None:
    """Until the new file takes its place, the old one is the one that counts."""
    path = tmp_path / "journal"
    written(path, PAYLOADS, generation=1)

    Frames(path, sync=False).prepare(2)

    assert (generation_of(path), read(path)) == (1, PAYLOADS)


def test_a_generation_that_could_not_begin_begins_with_the_next_frame(tmp_path: Path) -> None:
    """Nothing is ever appended to frames that are void: first the new file takes their place."""
    path = tmp_path / "journal"
    frames = Frames(path, sync=False)
    frames.begin(1)
    frames.append(b"void")
    with pytest.raises(FileNotFoundError):
        frames.replace(2)  # nothing was prepared

    beside(path).mkdir()
    with pytest.raises(IsADirectoryError):
        frames.append(b"nowhere")
    beside(path).rmdir()
    frames.append(b"valid")
    frames.close()

    assert (generation_of(path), read(path)) == (2, [b"valid"])


def test_what_is_behind_the_last_whole_frame_is_cut_off(tmp_path: Path) -> None:
    """Going on after a torn frame, the next one stands in its place."""
    path = tmp_path / "journal"
    ends = written(path, PAYLOADS)
    path.write_bytes(path.read_bytes()[:-1])

    frames = Frames(path, sync=False)
    frames.open(ends[-2])
    frames.append(b"new")
    frames.close()

    assert read(path) == [*PAYLOADS[:-1], b"new"]


@pytest.mark.parametrize("sync", [pytest.param(True, id="sync"), pytest.param(False, id="normal")])
def test_with_sync_a_frame_is_on_the_disk_before_it_counts(tmp_path: Path, *, sync: bool) -> None:
    """Where nothing can be brought to the disk (a pipe), a frame counts only without sync."""
    frames = Frames(tmp_path / "journal", sync=sync)
    frames.begin(1)
    out, into = os.pipe()
    os.dup2(into, frames._file)
    os.close(into)

    if sync:
        with pytest.raises(OSError, match="Invalid argument"):
            frames.append(b"frame")
    else:
        frames.append(b"frame")

    assert (frames.size > HEADER_BYTES) is not sync
    frames.close()
    os.close(out)
