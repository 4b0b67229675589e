"""New versions of bots and assistants: a source version with the fields that were sent."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from emulator.domain.errors import UnknownError
from emulator.kit.errors import invalid
from emulator.kit.world import World
from emulator.platforms.exotel.voicebots.assistants import Assistant
from emulator.platforms.exotel.voicebots.bots import Bot
from emulator.platforms.exotel.voicebots.options import options_of
from emulator.platforms.exotel.voicebots.schemas import NewAssistantVersion, NewVersion
from emulator.platforms.exotel.voicebots.state import state_of
from emulator.platforms.exotel.voicebots.versions import Version, Versions


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
    versions = state_of(world).bot_versions
    source = _source(versions, bot.id, asked.source_version)
    return grow(world, versions, source, asked.data.sent, asked.version_description)


def add_assistant_version(
    world: World, assistant: Assistant, asked: NewAssistantVersion
) -> Version:
    """Make a version from any that there is; ApiError 400 if it is not there."""
    refuse_unknown(world, body=asked, data=asked.data)
    state = state_of(world)
    versions = state.assistant_versions
    source = _source(versions, assistant.id, assistant.named(asked.source_version))
    version = grow(world, versions, source, asked.sent, asked.version_description)
    if asked.mark_as_stable:
        assistant.stable = version.number
        state.assistants.save(assistant)
    return version


def grow(
    world: World,
    versions: Versions,
    source: Version,
    sent: Mapping[str, Any],
    description: str | None,
) -> Version:
    """Make the next version of what the source is a version of."""
    config = {**source.config, **sent}
    return versions.make(
        source.owner_id, world.clock.now(), config, description, source=source.number
    )


def _source(versions: Versions, owner_id: str, name: str) -> Version:
    try:
        return versions.named(owner_id, name)
    except UnknownError:
        latest = versions.of(owner_id)[-1].name
        message = f"{name[:40]} is not a version; the latest is {latest}"
        raise invalid(("source_version", message)) from None
