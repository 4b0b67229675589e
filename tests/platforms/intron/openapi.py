"""What Intron's tests contribute to the tests of OpenAPI documents."""

from pathlib import Path
from typing import Final

from emulator.kit.operation import Operation
from tests.platforms.contributions import Given
from tests.platforms.intron.support import NUMBER
from tests.support import Json, World

CUT: Final[dict[str, Json]] = {"place_robocalls.callback.json": {"request_calls": []}}
"""What the page has cut out of its examples."""
APART: Final = ("place_conversations",)
"""They take a workflow of another type."""
REFUSED: Final = ("place_voice_bot_call", "create_voice_bot")
"""No schema says that a call has either a message or a URL, and a bot a node that speaks."""
OF_ONE_TYPE: Final = ("place_calls", "place_robocalls", "place_conversations")
"""They take workflows of one type: a bot that was created is no robocall, and may become one."""
CONVERSATIONS: Final = "conversations"
"""What is prepared for them alone."""


async def prepare(world: World) -> Given:
    """A workflow with a call that has ended, and one of conversations."""
    # the vendor's 403 for a missing key is observed; 401, which every check expects, is its option
    await world.options(unauthorized_status=401, voice_bot_api=True)
    workflow_id = await world.workflow()
    await world.place(workflow_id, NUMBER)
    await world.advance()
    (call,) = (await world.calls(workflow_id))["items"]
    return {
        "path.workflow_id": workflow_id,
        "body.workflow_id": workflow_id,
        "body.bot_id": workflow_id,
        "path.call_id": call["id"],
        CONVERSATIONS: await world.workflow(workflow_type="CONVERSATION"),
    }


def given(ids: Given, operation: Operation) -> Given:
    """Conversations are placed by a workflow of their own."""
    others = {name: value for name, value in ids.items() if name != CONVERSATIONS}
    is_apart = operation.id in APART
    return others | {"body.workflow_id": ids[CONVERSATIONS]} if is_apart else others


def completed(path: Path, example: Json) -> Json:
    """Put back what was cut out."""
    return example | CUT.get(path.name, {}) if isinstance(example, dict) else example
