"""What Intron's tests contribute to the tests of OpenAPI documents."""

from pathlib import Path
from typing import Final

from emulator.kit.operation import Operation
from tests.platforms.contributions import Given
from tests.platforms.intron.support import NUMBER
from tests.support import Json, World

CUT: Final[dict[str, Json]] = {"place_robocalls.callback.json": {"request_calls": []}}
"""What the page has cut out of its examples."""


async def prepare(world: World, operation: Operation) -> Given:
    """A workflow with a call that has ended."""
    # the vendor's 403 for a missing key is observed; 401, which every check expects, is its option
    await world.options(unauthorized_status=401)
    is_conversation = operation.id == "place_conversations"
    workflow_id = await world.workflow(
        workflow_type="CONVERSATION" if is_conversation else "ROBOCALL"
    )
    await world.place(workflow_id, NUMBER)
    await world.advance()
    (call,) = (await world.calls(workflow_id))["items"]
    return {
        "path.workflow_id": workflow_id,
        "body.workflow_id": workflow_id,
        "path.call_id": call["id"],
    }


def completed(path: Path, example: Json) -> Json:
    """Put back what was cut out."""
    return example | CUT.get(path.name, {}) if isinstance(example, dict) else example
