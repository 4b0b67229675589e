"""Fixtures of the tests of platforms."""

import pytest

from tests.platforms.bimpe.support import Team
from tests.platforms.intron.support import NUMBER
from tests.support import World


@pytest.fixture
async def workflow_id(world: World) -> str:
    """A workflow with an active call, which bad requests must not change."""
    workflow_id = await world.workflow(call_back_url=world.inbox_url + "done")
    await world.place(workflow_id, NUMBER)
    await world.advance(1)
    return workflow_id


@pytest.fixture
def team(world: World) -> Team:
    """The Bimpe team of the test's world."""
    return Team(world)
