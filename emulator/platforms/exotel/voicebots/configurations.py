"""Configurations of bots and assistants: each change creates a version of them."""

from collections.abc import Mapping
from typing import Any

from emulator.domain.errors import UnknownError
from emulator.kit.errors import invalid
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.world import World
from emulator.platforms.exotel.voicebots.options import options_of
from emulator.platforms.exotel.voicebots.records.assistants import Assistant
from emulator.platforms.exotel.voicebots.records.bots import Voicebot
from emulator.platforms.exotel.voicebots.records.versions import Version, Versions
from emulator.platforms.exotel.voicebots.state import state_of

with on_first_use():
    import pydantic

    from emulator.platforms.exotel.voicebots.schemas import requests


def refuse_unknown(world: World, **asked: "pydantic.BaseModel | None") -> None:
    """Refuse fields that no page names (ApiError 400), if the options of the world say so."""
    if options_of(world).unknown_fields == "keep":
        return
    unknown = [
        f"{where}.{name}".removeprefix("body.")
        for where, model in asked.items()
        for name in (model.model_extra if model else None) or ()
    ]
    if unknown:
        raise invalid(*((name[:100], "is not a field of this request") for name in unknown))


def add_bot_version(
    world: World, bot: Voicebot, asked: "requests.CreateVoicebotVersion"
) -> Version:
    """Create a version of a bot from any other one; ApiError 400 if there is no such source."""
    refuse_unknown(world, body=asked, data=asked.data)
    versions = state_of(world).bot_versions
    source = _source(versions, bot.id, asked.source_version)
    version = add_version(world, versions, source, asked.data.sent, asked.version_description)
    state_of(world).date(bot)
    return version


def add_assistant_version(
    world: World, assistant: Assistant, asked: "requests.CreateAssistantVersion"
) -> Version:
    """Create a version of an assistant from any other; ApiError 400 if there is no such source."""
    refuse_unknown(world, body=asked, data=asked.data)
    state = state_of(world)
    versions = state.assistant_versions
    source = _source(versions, assistant.id, assistant.version_name(asked.source_version))
    sent = _merged(world, source, asked.sent)
    version = add_version(world, versions, source, sent, asked.version_description)
    if asked.mark_as_stable:
        assistant.stable = version.number
        state.assistants.save(assistant)
    return version


def add_version(
    world: World,
    versions: Versions,
    source: Version,
    sent: Mapping[str, Any],
    description: str | None,
) -> Version:
    """Create the next version of the source's owner, with the fields that were sent."""
    config = {**source.config, **sent}
    return versions.create(
        source.owner_id, world.clock.now(), config, description, source=source.number
    )


def _merged(world: World, source: Version, sent: dict[str, Any]) -> dict[str, Any]:
    """Add the fields of the source's ``llm_config`` that were not sent, if the options say so."""
    given, known = sent.get("llm_config"), source.config.get("llm_config")
    if options_of(world).llm_config == "replace" or not (given and known):
        return sent
    return sent | {"llm_config": {**known, **given}}


def _source(versions: Versions, owner_id: str, name: str) -> Version:
    try:
        return versions.named(owner_id, name)
    except UnknownError:
        latest = versions.of(owner_id)[-1].name
        message = f"{name[:40]} is not a version; the latest is {latest}"
        raise invalid(("source_version", message)) from None
