"""The time limit of a checkpoint once the server is clock_times to stop."""

from collections.abc import Iterable, Iterator

import pytest

from emulator.persistence.deadline import Deadline, DeadlineError
from tests.cases import each_case

SIZE = 1000


def clock_times(*moments: float) -> Iterator[float]:
    """Return the times of the real clock, one per call."""
    yield from moments


def is_allowed(deadline: Deadline, written: Iterable[int]) -> bool:
    """Return whether a checkpoint that has written these bytes may continue."""
    check = deadline.progress_check(SIZE)
    try:
        for each in written:
            check(each)
    except DeadlineError:
        return False
    return True


@each_case(
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
def test_checkpoint_continues_while_it_can_end_in_time(
    moments: Iterable[float], written: Iterable[int], *, ends: bool
) -> None:
    """It is given up at the deadline, or as soon as the deadline cannot be met."""
    clock = clock_times(*moments)
    deadline = Deadline(3, lambda: next(clock))
    deadline.start()

    assert is_allowed(deadline, written) == ends


def test_there_is_no_deadline_before_the_shutdown() -> None:
    """Nothing is given up before, and the first signal starts the countdown."""
    clock = clock_times(0, 10, 11, 14)
    deadline = Deadline(3, lambda: next(clock))
    check = deadline.progress_check(SIZE)

    check(1)
    deadline.start()  # at 10
    deadline.start()
    check(SIZE)  # at 11
    with pytest.raises(DeadlineError):
        check(SIZE)
