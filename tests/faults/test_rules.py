"""Which rule meets what happens: counted, drawn by key, and over in time."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

from emulator.clock import EPOCH, Clock, ClockMode
from emulator.domain.faults import CallbackShape, Effect, Fault, Faulted, FaultMatch
from emulator.faults.rules import Faults
from emulator.ids import Ids

NAMES = st.sampled_from(["a", "b", None])
KNOWN = st.sampled_from(["a", "b"])
NUMBERS = ("+2348000000001", "2348000000001", "+2348000000002")


class Wall:
    """Real seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.shows = 1000.0

    def __call__(self) -> float:
        """Read them."""
        return self.shows


def make(seed: int = 0, wall: Wall | None = None) -> tuple[Faults, Clock, list[Faulted]]:
    """Rules of a world with nothing else."""
    noted: list[Faulted] = []
    clock = Clock(ClockMode.FROZEN)
    faults = Faults(
        ids=Ids(seed),
        clock=clock,
        note=noted.append,
        shape_of=lambda _: CallbackShape(),
        subject_of=lambda _: ((), None),
        real=wall or Wall(),
        timed_out=lambda: None,
    )
    return faults, clock, noted


def add(faults: Faults, effect: Effect = Effect.RESET, **given: Any) -> Fault:
    """Make a rule; what is not said of its match is left open."""
    rest: dict[str, Any] = {
        "times": None,
        "starts_at": EPOCH,
        "ends_at": None,
        "expires_in_real": None,
    }
    own = {name: given.pop(name) for name in list(given) if name in rest}
    return faults.add(effect, {}, FaultMatch(**given), **(rest | own))


def pass_to(clock: Clock, moment: datetime) -> None:
    """Have a clock show this."""
    clock.unpin(moment)


def hits(faults: Faults, count: int) -> list[int]:
    """Which of so many requests something happens to, counted from 1."""
    return [n for n in range(1, count + 1) if faults.on_route("p", "o", "/", b"") is not None]


@given(NAMES, NAMES, KNOWN, KNOWN)
def test_rule_fits_what_it_names_and_nothing_else(
    platform: str | None, operation: str | None, asked_platform: str, asked_operation: str
) -> None:
    """A rule fits exactly if everything it names is so; what it does not name may be anything."""
    faults, _, _ = make()
    add(faults, platform=platform, operation=operation)

    met = faults.on_route(asked_platform, asked_operation, "/", b"") is not None

    assert met == (platform in (None, asked_platform) and operation in (None, asked_operation))


@given(
    st.sampled_from(NUMBERS), st.text("0123456789", max_size=3), st.text("0123456789", max_size=3)
)
def test_number_is_named_as_a_whole_or_not_at_all(number: str, before: str, after: str) -> None:
    """A rule for a number fits where it is named, with or without +, and not inside another."""
    faults, _, _ = make()
    add(faults, number=NUMBERS[0])
    body = f'{{"to": "{before}{number}{after}"}}'.encode()

    met = faults.on_route("p", "o", "/", body) is not None

    same = number.lstrip("+") == NUMBERS[0].lstrip("+")
    assert met == (same and not after and (not before or number.startswith("+")))


@given(st.integers(1, 30), st.integers(1, 60))
def test_nth_is_counted_by_the_rule(nth: int, count: int) -> None:
    """A rule for the nth happens to that one alone, and has seen all."""
    faults, _, _ = make()
    fault = add(faults, nth=nth)

    assert hits(faults, count) == ([nth] if nth <= count else [])
    assert fault.seen == count


@given(st.integers(1, 10), st.integers(0, 60), st.none() | st.integers(1, 5))
def test_every_so_many_and_so_often_at_most(every: int, count: int, times: int | None) -> None:
    """A rule for every third happens to the third, the sixth and so on, until it is used up."""
    faults, _, _ = make()
    fault = add(faults, every=every, times=times)

    assert hits(faults, count) == list(range(every, count + 1, every))[:times]
    assert fault.hits == min(count // every, times or count)


@given(st.integers(0, 2**32), st.floats(0.01, 1))
def test_probability_is_drawn_by_key(seed: int, probability: float) -> None:
    """The same seed draws the same, whatever happens elsewhere meanwhile."""
    found = []
    for busy in (False, True):
        faults, _, _ = make(seed)
        fault = add(faults, platform="p", probability=probability)
        add(faults, platform="other", probability=0.5)
        met = []
        for _ in range(50):
            if busy:
                faults.on_route("other", "o", "/", b"")
            met.append(faults.on_route("p", "o", "/", b"") is fault)
        found.append(met)

    assert found[0] == found[1]


def test_probability_is_about_right() -> None:
    """Of a thousand that fit, a rule with a quarter's probability happens to about 250."""
    faults, _, _ = make(7)
    add(faults, probability=0.25)

    assert 200 < len(hits(faults, 1000)) < 300


def test_first_rule_that_is_due_happens() -> None:
    """Rules go in the order they were made; one that is not due lets the next have its turn."""
    faults, _, _ = make()
    first, second = add(faults, nth=2), add(faults)

    met = [faults.on_route("p", "o", "/", b"") for _ in range(3)]

    assert met == [second, first, second]
    assert (first.seen, second.seen) == (3, 2)


def test_rule_lasts_from_its_start_to_its_end() -> None:
    """A rule happens from the moment it starts, and not in the moment it ends or after."""
    faults, clock, _ = make()
    add(faults, starts_at=EPOCH + timedelta(seconds=10), ends_at=EPOCH + timedelta(seconds=20))

    found = []
    for second in (0, 9, 10, 19, 20, 21):
        pass_to(clock, EPOCH + timedelta(seconds=second))
        found.append(len(hits(faults, 1)))

    assert found == [0, 0, 1, 1, 0, 0]
    assert faults.current() == []


@pytest.mark.parametrize(
    ("passed", "left"), [pytest.param(59.9, 1, id="before"), pytest.param(60, 0, id="after")]
)
def test_rule_is_over_when_its_real_time_is(passed: float, left: int) -> None:
    """On a clock that stands still a rule ends all the same, so a dead test leaves nothing."""
    wall = Wall()
    faults, _, _ = make(wall=wall)
    add(faults, expires_in_real=60)

    wall.shows += passed

    assert (len(faults.current()), len(hits(faults, 1))) == (left, left)
    assert len(faults.rules) == len(faults.routes) == left


def test_what_went_on_from_a_file_lasts_its_whole_real_time() -> None:
    """After a restart, restore or fork, the real-time expiry starts again."""
    wall = Wall()
    faults, _, _ = make(wall=wall)
    add(faults, expires_in_real=60)
    wall.shows += 50

    faults.reindex()
    wall.shows += 50

    assert len(hits(faults, 1)) == 1
