"""What the records of a file must agree on."""

from typing import TYPE_CHECKING, Any, Final

from emulator.kit.records import Collection
from emulator.kit.references import check_reference, refuse_record
from emulator.kit.world import World
from emulator.platforms.exotel.voicebots.records.versions import Version, Versions

if TYPE_CHECKING:
    from emulator.platforms.exotel.voicebots.state import VoicebotState  # which uses this module

PREFIX: Final = "exotel.voicebots"
"""The names of the tables begin with it."""
BOT_FIELDS: Final = {
    "name": str,
    "enable_greeting_interruption": bool,
    "supported_languages": list,
}
"""The fields that every version of a bot has."""


def check_references(state: "VoicebotState", world: World) -> None:
    """Refuse a file in which a record names another that is not there."""
    bots, sessions = state.bots.by_id, state.sessions
    check_reference(f"{PREFIX}.jobs", state.jobs, "bot_id", bots)
    check_reference(f"{PREFIX}.bots", state.bots, "assistant_id", state.assistants.by_id)
    check_reference(f"{PREFIX}.sessions", sessions, "bot_id", bots)
    check_reference(f"{PREFIX}.sessions", sessions, "call_id", world.calls.by_id)
    check_reference(f"{PREFIX}.scripts", state.scripts, "id", sessions.by_id)
    versions = _check_versions("bot_versions", state.bot_versions, state.bots)
    of_assistants = _check_versions(
        "assistant_versions", state.assistant_versions, state.assistants
    )
    for version in state.bot_versions:
        for field, kind in BOT_FIELDS.items():
            if not isinstance(version.config.get(field), kind):
                refuse_record(f"{PREFIX}.bot_versions", version.id, f"config.{field}", "is wrong")
    for session in sessions:
        if not 1 <= session.version <= len(versions[session.bot_id]):
            refuse_record(f"{PREFIX}.sessions", session.id, "version", "is no version of its bot")
    for assistant in state.assistants:
        if not 1 <= assistant.stable <= len(of_assistants[assistant.id]):
            refuse_record(f"{PREFIX}.assistants", assistant.id, "stable", "is none of its versions")
    for bot in state.bots:
        if not bot.draft.intents:
            refuse_record(f"{PREFIX}.bots", bot.id, "draft.intents", "must not be empty")
    _check_places(state)
    _check_calls(state, world)


def _check_versions(
    name: str, records: Versions, owners: Collection[Any]
) -> dict[str, list[Version]]:
    """Return the versions of each owner, which are numbered from 1; one of them is active."""
    table = f"{PREFIX}.{name}"
    check_reference(table, records, "owner_id", owners.by_id)
    of: dict[str, list[Version]] = {owner: [] for owner in owners.by_id}
    for version in records:
        of[version.owner_id].append(version)
        if version.number != len(of[version.owner_id]):
            refuse_record(table, version.id, "number", "does not follow the one before")
    for owner, versions in of.items():
        if not any(version.is_active for version in versions):
            refuse_record(table, owner, "owner_id", "has no active version")
    return of


def _check_places(state: "VoicebotState") -> None:
    for place, bot in enumerate(state.bots):
        if bot.place != place:
            refuse_record(f"{PREFIX}.bots", bot.id, "place", f"must be {place}")
    places = sorted(each.place for each in state.sessions if each.place is not None)
    if places != list(range(len(places))):
        refuse_record(f"{PREFIX}.sessions", "all", "place", "must be counted from 0, without gaps")


def _check_calls(state: "VoicebotState", world: World) -> None:
    own = (call for call in world.calls if call.platform == "exotel")
    check_reference("calls", own, "id", {session.call_id for session in state.sessions})
