"""What the control API places calls with."""

from typing import Annotated

from pydantic import ConfigDict, Field

from emulator.kit.call_request import CallEnds, Phone, number_field
from emulator.kit.fields import Text
from emulator.kit.scenarios import OwnScenario

BotUrl = Annotated[str, Field(max_length=600, pattern=r"^wss?://[^\s/?#]+([/?#]\S*)?$")]


class FlowCallRequest(CallEnds):
    """A call through a flow, as ``POST /_emulator/calls`` takes it."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    account_id: Text | None = None
    flow_id: Text | None = None
    """The flow to which the callee is connected."""
    bot_url: BotUrl | None = None
    """The WebSocket of a bot of yours, to which the person is connected; the call is recorded."""
    number: Annotated[Phone | None, number_field("+91987655")] = None
    scenario: str | OwnScenario | None = None
