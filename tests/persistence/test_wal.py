"""The write-ahead log: whole frames are read, an incomplete one is cut off, damage is refused."""

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
)
from emulator.persistence.wal_reader import generation_of, read_frames
from tests.effort import examples
from tests.files import flipped, room

PAYLOADS = [b"one", b"", b"\0" * 13, b"voicebot", bytes(range(40))]

reuse = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def written(path: Path, payloads: list[bytes], *, generation: int = 7) -> list[int]:
    """Write these frames and return the byte at which each ends."""
    frames = Frames(path, sync=False)
    frames.begin(generation)
    ends = [HEADER_BYTES]
    for payload in payloads:
        frames.append(payload)
        ends.append(frames.size)
    frames.close()
    return ends[1:]


def read(path: Path) -> list[bytes]:
    """Return the payloads of the whole frames."""
    return [payload for _, payload in read_frames(path)]


@reuse
@given(payloads=st.lists(st.binary(max_size=300), max_size=8), generation=st.integers(0, 2**40))
def test_frames_are_read_as_they_were_written(
    tmp_path: Path, payloads: list[bytes], generation: int
) -> None:
    """Every frame comes back in order with the byte at which it ends; so does the generation."""
    path = tmp_path / "wal"

    ends = written(path, payloads, generation=generation)

    assert list(read_frames(path)) == list(zip(ends, payloads, strict=True))
    assert generation_of(path) == generation


@settings(reuse, max_examples=examples(12))
@given(payloads=st.lists(st.binary(max_size=30), min_size=1, max_size=4))
def test_truncated_file_is_read_up_to_the_last_whole_frame(
    tmp_path: Path, payloads: list[bytes]
) -> None:
    """Cut at any byte, exactly the frames that end before it are read, without an error."""
    path = tmp_path / "wal"
    ends = written(path, payloads)
    content = path.read_bytes()

    for size in reversed(range(len(content))):
        os.truncate(path, size)

        assert read(path) == payloads[: sum(end <= size for end in ends)]
        assert generation_of(path) == (7 if size >= HEADER_BYTES else None)


def test_flipped_bit_is_refused_with_its_place(tmp_path: Path) -> None:
    """Whichever bit of the whole frames is flipped, the file is refused by name and never cut."""
    path = tmp_path / "wal"
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


def test_zeros_after_the_last_frame_are_no_frame(tmp_path: Path) -> None:
    """Zeros that a power failure left after the last frame are incomplete, not damage."""
    path = tmp_path / "wal"
    written(path, PAYLOADS)

    with path.open("ab") as file:
        file.write(bytes(50))

    assert read(path) == PAYLOADS


@reuse
@given(size=st.integers(0, 111), sync=st.booleans())
def test_append_on_a_full_disk_leaves_no_trace(tmp_path: Path, size: int, *, sync: bool) -> None:
    """A failed append leaves the file as it was; the next one succeeds."""
    path = tmp_path / "wal"
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


def test_new_generation_is_empty(tmp_path: Path) -> None:
    """Frames of an earlier generation are gone when a new one begins."""
    path = tmp_path / "wal"
    frames = Frames(path, sync=False)
    frames.begin(1)
    frames.append(b"void")
    frames.begin(2)
    frames.append(b"valid")
    frames.close()

    assert (generation_of(path), read(path)) == (2, [b"valid"])


def test_prepared_generation_leaves_the_present_one(tmp_path: Path) -> None:
    """Until the new file replaces it, the old one is valid."""
    path = tmp_path / "wal"
    written(path, PAYLOADS, generation=1)

    Frames(path, sync=False).prepare(2)

    assert (generation_of(path), read(path)) == (1, PAYLOADS)


def test_failed_replacement_is_repeated_by_the_next_append(tmp_path: Path) -> None:
    """Nothing is appended to void frames: first the new file replaces them."""
    path = tmp_path / "wal"
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


def test_incomplete_frame_is_overwritten(tmp_path: Path) -> None:
    """The next frame takes the place of an incomplete one."""
    path = tmp_path / "wal"
    ends = written(path, PAYLOADS)
    path.write_bytes(path.read_bytes()[:-1])

    frames = Frames(path, sync=False)
    frames.open(ends[-2])
    frames.append(b"new")
    frames.close()

    assert read(path) == [*PAYLOADS[:-1], b"new"]


def test_flush_waits_for_the_disk(tmp_path: Path) -> None:
    """On a pipe, which cannot be flushed, an append succeeds, and its flush fails."""
    frames = Frames(tmp_path / "wal", sync=True)
    frames.begin(1)
    out, into = os.pipe()
    os.dup2(into, frames._file)
    os.close(into)

    frames.append(b"frame")
    with pytest.raises(OSError, match="Invalid argument"):
        frames.flush()

    assert frames.size == HEADER_BYTES
    assert not frames.is_whole
    frames.close()
    os.close(out)
