"""What bots have sent: kept for a replay while that is enough, and no more than its limit."""

import pytest

from emulator.store.meter import Meter
from emulator.world.tape import EVENT_BYTES, OWN_TIME, REAL_PACE, BotTape, TapeEvent


def filled(count: int, limit: int = 10_000) -> tuple[BotTape, Meter]:
    """Return a tape with so many messages of 100 bytes."""
    tape = BotTape(meter := Meter(1 << 30, ""), limit)
    tape.begin_turn()
    for number in range(count):
        tape.add(TapeEvent(tape.round, 0, "text", f"{number:100}"))
    return tape, meter


def test_tape_counts_what_it_takes_and_a_copy_does_too() -> None:
    """A fork continues with the turns and the sockets of its source."""
    tape, meter = filled(3)
    tape.number(in_lockstep=True)
    copy = BotTape(other := Meter(1 << 30, ""), 10_000)
    copy.copy(tape)

    assert (copy.events, copy.round, copy.sockets) == (tape.events, 1, 1)
    assert meter.used == other.used == 3 * (EVENT_BYTES + 100)


@pytest.mark.parametrize("count", [33, 34, 200])
def test_tape_keeps_all_up_to_its_limit_or_nothing(count: int) -> None:
    """A part would not be enough for a replay; the problem says how much is recorded."""
    tape, meter = filled(count)

    if count == 33:
        assert (len(tape.events), tape.problem) == (33, None)
    else:
        assert (tape.events, meter.used) == ([], 0)
        assert tape.problem == "bots sent more than the 10,000 bytes that are recorded"


def test_first_problem_is_kept() -> None:
    """What comes outside of a turn, and a socket in real pace, have no place on a tape."""
    tape, meter = filled(1)
    tape.end_turn()

    tape.add(TapeEvent(tape.round, 0, "open"))
    tape.number(in_lockstep=False)

    assert (tape.problem, tape.events, meter.used) == (OWN_TIME, [], 0)
    paced, _ = filled(1)
    paced.number(in_lockstep=False)
    assert paced.problem == REAL_PACE
