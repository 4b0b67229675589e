"""A request of two calls, one answered and one not, for the sake of its callback."""

from typing import Final

from emulator.kit.receiver_check import Rehearsal
from emulator.kit.world import World
from emulator.platforms.intron.callbacks import REQUEST_COMPLETED
from emulator.platforms.intron.placing import place
from emulator.platforms.intron.schemas import PlaceCalls
from emulator.platforms.intron.state import Workflow, state_of

NUMBERS: Final = ("+2348030099001", "+2348030099011")
"""Magic numbers: who presses 1, and who does not answer."""


def begin(world: World, url: str) -> None:
    """Place both calls with a workflow that is reported to this address."""
    workflow = state_of(world).workflows.add(
        Workflow(
            id=world.ids.uuid("intron.workflow"),
            name="check-receiver",
            message="Hello",
            created_at=world.clock.now(),
            include_reply=True,
            replies={"1": "Yes", "2": "No"},
            call_back_url=url,
        )
    )
    entries = [{"phone_number": each} for each in NUMBERS]
    asked = {"workflow_id": workflow.id, "workflow_params": entries}
    place(world, PlaceCalls.model_validate(asked), None)


rehearsal: Final = Rehearsal(begin=begin, subject="request_id", last=frozenset({REQUEST_COMPLETED}))
