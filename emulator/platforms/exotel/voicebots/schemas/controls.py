"""What the control API takes of bots and their versions."""

from pydantic import BaseModel, ConfigDict

from emulator.platforms.exotel.voicebots.records.bots import BotStatus


class VoicebotChange(BaseModel):
    """The body of ``PATCH /bots/{bot_id}``."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    status: BotStatus


class VersionChange(BaseModel):
    """The body of ``PATCH /bots/{bot_id}/versions/{version}``."""

    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)

    is_active: bool
