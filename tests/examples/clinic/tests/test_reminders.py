"""Reminders, from the call to what is recorded."""

import asyncio
from datetime import UTC, datetime

import pytest
from clinic.intron import Intron
from clinic.receiver import Receiver

from emulator.testing import Emulated, Inbox, NothingArrivedError, World

CONFIRMS, CANCELS, AWAY = "+2348055599001", "+2348055599002", "+2348055599011"
ADA = "+2348055500001"


def test_every_outcome_is_recorded(
    emulator_world: World, intron: Intron, receiver: Receiver, callback_url: str
) -> None:
    """A patient who is away is called again; the others come or cancel."""
    workflow = intron.create_workflow(callback_url)
    intron.remind(workflow, {CONFIRMS: ("Ada", "9"), CANCELS: ("Obi", "10"), AWAY: ("Uche", "11")})

    emulator_world.advance()

    assert receiver.patients == {
        CONFIRMS: "comes",
        CANCELS: "cancels",
        AWAY: "call again",
    }


def test_nothing_is_recorded_before_the_last_call_has_ended(
    emulator_world: World, intron: Intron, receiver: Receiver, callback_url: str
) -> None:
    """Intron reports a batch once, when all of its calls have ended."""
    intron.remind(intron.create_workflow(callback_url), {ADA: ("Ada", "9")})

    emulator_world.advance(1)
    assert receiver.patients == {}
    assert emulator_world.wait_for_callback().status == "delivered"

    assert list(receiver.patients) == [ADA]
    with pytest.raises(NothingArrivedError, match="delivered"):
        emulator_world.wait_for_callback()


@pytest.mark.emulator(scenario="busy")
@pytest.mark.parametrize("number", [f"+23480555000{number:02}" for number in range(16)])
def test_busy_patient_is_called_again(
    emulator_world: World, intron: Intron, receiver: Receiver, callback_url: str, number: str
) -> None:
    """A busy line is no decision."""
    intron.remind(intron.create_workflow(callback_url), {number: ("Ada", "9")})

    emulator_world.advance()

    assert receiver.patients == {number: "call again"}


@pytest.mark.emulator(scenario=["busy", "answered_1"], seed=7)
def test_second_call_decides(
    emulator_world: World, intron: Intron, receiver: Receiver, callback_url: str
) -> None:
    """A patient who was busy and confirms later comes."""
    workflow = intron.create_workflow(callback_url)
    for _ in range(2):
        intron.remind(workflow, {ADA: ("Ada", "9")})
        emulator_world.advance()

    assert receiver.patients == {ADA: "comes"}
    assert emulator_world.seed == 7


def test_refused_report_is_sent_again(emulator_world: World, emulator_inbox: Inbox) -> None:
    """A failing endpoint gets the same body again, later on the world's clock."""
    emulator_inbox.answer(500, 500, 200)
    emulator_world.place_calls(CONFIRMS)

    callback = emulator_world.wait_for_callback()

    assert [attempt["status"] for attempt in callback.attempts] == [500, 500, 200]
    assert len({message.body for message in emulator_inbox.messages()}) == 1
    assert emulator_world.now() > datetime(2026, 1, 1, 0, 2, tzinfo=UTC)


def test_same_seed_gives_the_same_ids_and_times(emulator: Emulated) -> None:
    """Every id and every time follows from the seed."""
    with emulator.world(seed=7) as one, emulator.world(seed=7) as other:
        assert one.place_calls(ADA, AWAY) == other.place_calls(ADA, AWAY)
        assert one.advance().now == other.advance().now


def test_methods_can_be_awaited(
    emulator_world: World, receiver: Receiver, callback_url: str
) -> None:
    """A coroutine awaits the same methods, in any event loop."""

    async def remind() -> str:
        world = emulator_world.aio
        await world.place_calls(CONFIRMS, callback_url=callback_url)
        return (await world.wait_for_callback(callback_url)).status

    assert asyncio.run(remind()) == "delivered"
    assert receiver.patients == {CONFIRMS: "comes"}
