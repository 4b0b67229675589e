"""The callback log: what it keeps and what it evicts."""

import gc

import pytest
from hypothesis import given, settings, strategies as st

from emulator.callbacks.log import CallbackLog
from emulator.domain.callbacks import Callback, CallbackStatus
from emulator.domain.errors import UnknownError
from tests.effort import examples
from tests.fakes import new_callback


def settled(log: CallbackLog, callback: Callback) -> None:
    """Mark a callback as delivered."""
    callback.status = CallbackStatus.DELIVERED
    log.settle(callback)


@settings(max_examples=examples(40))
@given(
    limit=st.integers(1, 5),
    settles=st.lists(st.booleans(), max_size=25),
    batches=st.integers(1, 3),
)
def test_pending_callbacks_and_the_newest_settled_ones_are_kept(
    limit: int, settles: list[bool], batches: int
) -> None:
    """Pending callbacks are never evicted; of the settled ones the newest are kept, in order."""
    log = CallbackLog(limit, 1_000_000)
    callbacks = [
        new_callback(str(at), batch_id=f"b{at % batches}", call_id=f"call{at}")
        for at, _ in enumerate(settles)
    ]
    for callback, settle in zip(callbacks, settles, strict=True):
        log.add(callback)
        if settle:
            settled(log, callback)

    done = [callback for callback in callbacks if callback.status is CallbackStatus.DELIVERED]
    gone = done[: max(0, len(done) - limit)]
    kept = [callback for callback in callbacks if callback not in gone]
    assert list(log) == kept[::-1]
    assert (len(log), log.evicted) == (len(kept), len(gone))
    for status in CallbackStatus:
        of_status = [callback for callback in kept[::-1] if callback.status is status]
        assert log.order.newest(1, 2, status=status) == (of_status[1:3], len(of_status))
    for batch in range(batches):
        about = [callback for callback in kept if callback.batch_id == f"b{batch}"]
        assert log.about(f"b{batch}") == about[::-1]
    for callback in kept:
        assert log.get(callback.id) is callback
        assert log.about(callback.call_id or "") == [callback]
    for callback in gone:
        with pytest.raises(UnknownError):
            log.get(callback.id)


def test_oldest_bodies_are_evicted() -> None:
    """Beyond the byte limit, the oldest settled bodies are evicted, but not their callbacks."""
    log = CallbackLog(100, 10)
    callbacks = [new_callback(str(number), content=b"1234") for number in range(5)]
    for callback in callbacks:
        log.add(callback)
        settled(log, callback)

    assert [callback.content for callback in callbacks] == [None, None, None, b"1234", b"1234"]
    assert len(log) == 5


def test_newest_body_is_kept_however_large() -> None:
    """The body of the callback that was settled last is kept, even above the limit."""
    log = CallbackLog(100, 10)
    for callback in (small := new_callback("s"), large := new_callback("l", content=b"x" * 50)):
        log.add(callback)
        settled(log, callback)

    assert (small.content, large.content) == (None, b"x" * 50)


def test_body_of_a_pending_callback_is_kept() -> None:
    """Whatever the limit, the body of a pending callback is kept."""
    log = CallbackLog(1, 1)
    waiting = [new_callback(str(number), content=b"x" * 10) for number in range(5)]
    for callback in waiting:
        log.add(callback)
    log.add(done := new_callback("done", content=b"y" * 10))
    settled(log, done)

    assert all(callback.content == b"x" * 10 for callback in waiting)
    assert len(log) == 6


def test_log_holds_no_reference_to_an_evicted_callback() -> None:
    """The log keeps no reference to an evicted callback, however small its body was."""
    log = CallbackLog(2, 1_000_000)
    for number in range(50):
        log.add(callback := new_callback(str(number), content=b""))
        settled(log, callback)

    gc.collect()  # other tests leave callbacks behind
    held = {each.id for each in gc.get_objects() if type(each) is Callback}
    assert held & {str(number) for number in range(48)} == set()
