"""Headers of requests that are kept once."""

from typing import Any, cast

from emulator.history.header_sets import MAX_SETS, HeaderSets


def headers(value: bytes) -> tuple[tuple[bytes, bytes], ...]:
    return ((b"host", b"localhost"), (b"x", value))


def test_equal_headers_are_kept_once() -> None:
    """Headers that are equal to earlier ones are those; others stay as they are."""
    sets = HeaderSets()
    one, equal, other = headers(b"1"), headers(b"1"), headers(b"2")

    kept, size = sets.shared(one)

    assert kept is one
    assert size == len(b"localhost1")
    assert sets.shared(equal)[0] is one
    assert sets.shared(other)[0] is other


def test_few_sets_are_kept() -> None:
    """A client whose headers are always new costs no more than a few sets."""
    sets = HeaderSets()
    first = sets.shared(headers(b"first"))[0]

    for number in range(MAX_SETS):
        sets.shared(headers(b"%d" % number))

    assert sets.shared(headers(b"first"))[0] == first
    assert sets.shared(headers(b"first"))[0] is not first


def test_pairs_that_are_lists_stay_as_they_are() -> None:
    """In process, headers may come as lists, which are kept for each request."""
    lists = cast("Any", ([b"host", b"localhost"],))

    assert HeaderSets().shared(lists)[0] is lists
