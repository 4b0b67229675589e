"""The clinic's client and receiver, each pointed at the test's own world."""

from collections.abc import Iterator

import pytest
from clinic.intron import Intron
from clinic.receiver import Receiver

from emulator.testing import World


@pytest.fixture
def intron(emulator_world: World) -> Iterator[Intron]:
    """The clinic's client: another address and key, and nothing else, are the emulator's."""
    client = Intron(
        emulator_world.credentials["intron"]["api_key"],
        emulator_world.base_urls["intron"],
        emulator_world.transport(),
    )
    yield client
    client.close()


@pytest.fixture
def receiver() -> Receiver:
    """A receiver that knows nobody yet."""
    return Receiver()


@pytest.fixture
def callback_url(emulator_world: World, receiver: Receiver) -> str:
    """Where the receiver is."""
    return emulator_world.deliver_to(receiver, "http://clinic.test") + "/intron"
