"""New versions of bots and assistants: a source version with the fields that were sent."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from emulator.domain.errors import UnknownError
from emulator.kit.errors import invalid
from emulator.kit.world import World
from emulator.platforms.exotel.voicebots.assistants import Assistant, AssistantVersion
from emulator.platforms.exotel.voicebots.bots import Bot, Version
from emulator.platforms.exotel.voicebots.options import options_of
from emulator.platforms.exotel.voicebots.schemas import NewAssistantVersion, NewVersion


def refuse_unknown(world: World, **asked: BaseModel | None) -> None:
    """Refuse the fields no page names (ApiError 400), in a world whose options say so."""
    if options_of(world).unknown_fields == "keep":
        return
    unknown = [
        f"{where}.{name}".removeprefix("body.")
        for where, model in asked.items()
        for name in (model.model_extra if model else None) or ()
    ]
    if unknown:
        raise invalid(*((name[:100], "is not a field of this request") for name in unknown))


def add_version(world: World, bot: Bot, asked: NewVersion) -> Version:
    """Make a version from any that there is, however old; ApiError 400 if it is not there."""
    refuse_unknown(world, body=asked, data=asked.data)
    source = _source(bot, asked.source_version)
    return grow(world, bot, source, asked.data.sent, asked.version_description)


def grow(
    world: World, bot: Bot, source: Version, sent: Mapping[str, Any], description: str | None
) -> Version:
    """Make the next version of a bot."""
    version = Version(
        number=len(bot.versions) + 1,
        created_at=world.clock.now(),
        config={**source.config, **sent},
        description=description,
        source=source.number,
    )
    bot.add(version)
    return version


def add_assistant_version(
    world: World, assistant: Assistant, asked: NewAssistantVersion
) -> AssistantVersion:
    """Make a version from any that there is; ApiError 400 if it is not there."""
    refuse_unknown(world, body=asked, data=asked.data)
    source = _source(assistant, asked.source_version)
    version = AssistantVersion(
        number=len(assistant.versions) + 1,
        created_at=world.clock.now(),
        config={**source.config, **asked.sent},
        description=asked.version_description,
        source=source.number,
    )
    assistant.add(version, stable=asked.mark_as_stable)
    return version


def _source(owner: Any, name: str) -> Any:
    try:
        return owner.version(name)
    except UnknownError:
        latest = owner.versions[-1].name
        message = f"{name[:40]} is not a version; the latest is {latest}"
        raise invalid(("source_version", message)) from None
