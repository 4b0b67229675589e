"""The clinic's client and receiver, each pointed at the test's own world."""

from collections.abc import Iterator

import pytest
from clinic.intron import Intron
from clinic.receiver import Receiver

from emulator.testing import World


@pytest.fixture
def intron(emulator_world: World) -> Iterator[Intron]:
    """Return the clinic's client; only its address, key and transport are the emulator's."""
    client = Intron(
        emulator_world.credentials["intron"]["api_key"],
        emulator_world.base_urls["intron"],
        emulator_world.transport(),
    )
    yield client
    client.close()


@pytest.fixture
def receiver() -> Receiver:
    """Return a receiver that has recorded nothing yet."""
    return Receiver()


@pytest.fixture
def callback_url(emulator_world: World, receiver: Receiver) -> str:
    """Return the address of the receiver."""
    return emulator_world.deliver_to(receiver, "http://clinic.test") + "/intron"
