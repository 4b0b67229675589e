"""How long a folding may take once the server is told to stop."""

from collections.abc import Iterable, Iterator

import pytest

from emulator.persistence.deadline import Deadline, DeadlineError

SIZE = 1000


def told(*moments: float) -> Iterator[float]:
    """What the real clock shows, one look after the other."""
    yield from moments


def goes_on(deadline: Deadline, written: Iterable[int]) -> bool:
    """Whether a folding that tells of so many bytes is let go on."""
    check = deadline.progress_check(SIZE)
    try:
        for each in written:
            check(each)
    except DeadlineError:
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
    deadline = Deadline(3, lambda: next(clock))
    deadline.start()

    assert goes_on(deadline, written) == ends


def test_folding_takes_its_time_until_the_server_is_told_to_stop() -> None:
    """Nothing is given up before, and the time counts from when it was first told."""
    clock = told(0, 10, 11, 14)
    deadline = Deadline(3, lambda: next(clock))
    check = deadline.progress_check(SIZE)

    check(1)
    deadline.start()  # at 10
    deadline.start()
    check(SIZE)  # at 11
    with pytest.raises(DeadlineError):
        check(SIZE)
