"""What the control API places calls of all chapters with."""

from typing import Literal

from emulator.platforms.exotel.calls.schemas.call_requests import FlowCallRequest
from emulator.platforms.exotel.tools.schemas.call_requests import ToolUsesRequest
from emulator.platforms.exotel.voicebots.schemas.call_requests import VoicebotCallRequest


class ExotelCallRequest(VoicebotCallRequest, FlowCallRequest, ToolUsesRequest):
    """The body of ``POST /_emulator/calls`` for Exotel: with a bot or a flow."""

    platform: Literal["exotel"]
