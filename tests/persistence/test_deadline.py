"""How long a folding may take once the server is told to stop."""

from collections.abc import Iterable, Iterator

import pytest

from emulator.persistence.deadline import Hurry, LateError

SIZE = 1000


def told(*moments: float) -> Iterator[float]:
    """What the real clock shows, one look after the other."""
    yield from moments


def goes_on(hurry: Hurry, written: Iterable[int]) -> bool:
    """Whether a folding that tells of so many bytes is let go on."""
    look = hurry.watch(SIZE)
    try:
        for each in written:
            look(each)
    except LateError:
        return False
    return True


@pytest.mark.parametrize(
    ("moments", "written", "ends"),
    [
        pytest.param([0, 0, 2.9], [1200], True, id="all-but-over"),
        pytest.param([0, 0, 3.0], [1200], False, id="over"),
        pytest.param([0, 0, 0.4], [1], True, id="too-early-to-tell"),
        pytest.param([0, 0, 0.6], [120], True, id="gets-there"),
        pytest.param([0, 0, 0.6], [110], False, id="would-not-get-there"),
        pytest.param([0, 2.7, 2.9], [500], True, id="began-late"),
        pytest.param([0, 1.9, 2.7], [500], False, id="began-too-late"),
        pytest.param([0, 0, 0.6, 1.6], [130, 200], False, id="slows-down"),
    ],
)
def test_folding_goes_on_as_long_as_it_can_end_in_time(
    moments: Iterable[float], written: Iterable[int], *, ends: bool
) -> None:
    """It is given up when the time is over, or as soon as it can be told that it will be."""
    clock = told(*moments)
    hurry = Hurry(3, lambda: next(clock))
    hurry.begin()

    assert goes_on(hurry, written) == ends


def test_folding_takes_its_time_until_the_server_is_told_to_stop() -> None:
    """Nothing is given up before, and the time counts from when it was first told."""
    clock = told(0, 10, 11, 14)
    hurry = Hurry(3, lambda: next(clock))
    look = hurry.watch(SIZE)

    look(1)
    hurry.begin()  # at 10
    hurry.begin()
    look(SIZE)  # at 11
    with pytest.raises(LateError):
        look(SIZE)
