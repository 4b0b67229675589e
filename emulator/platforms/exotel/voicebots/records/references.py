"""What the records of a file must agree on."""

from collections import Counter
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
    check_reference(f"{PREFIX}.sessions", sessions, "call_id", world.calls)
    check_reference(f"{PREFIX}.scripts", state.scripts, "id", sessions.by_id)
    check_reference(f"{PREFIX}.replies", state.replies, "id", sessions.by_id)
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
            refuse_record(
                f"{PREFIX}.sessions", session.id, "version", "is not a version of its bot"
            )
    for assistant in state.assistants:
        if not 1 <= assistant.stable <= len(of_assistants[assistant.id]):
            refuse_record(
                f"{PREFIX}.assistants", assistant.id, "stable", "is not one of its versions"
            )
    for bot in state.bots:
        if not bot.draft.intents:
            refuse_record(f"{PREFIX}.bots", bot.id, "draft.intents", "must not be empty")
    _check_places(state)


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
    """See that bots and conversations are counted from 0, each account's by themselves."""
    bots: Counter[str] = Counter()
    for bot in state.bots:
        if bot.place != bots[bot.account]:
            refuse_record(f"{PREFIX}.bots", bot.id, "place", f"must be {bots[bot.account]}")
        bots[bot.account] += 1
    places: dict[str, list[int]] = {}
    for each in state.sessions:
        if each.place is not None:
            if each.ended_at is None:
                refuse_record(f"{PREFIX}.sessions", each.id, "ended_at", "is required")
            places.setdefault(each.account, []).append(each.place)
    for found in places.values():
        if sorted(found) != list(range(len(found))):
            problem = "must be counted from 0, without gaps"
            refuse_record(f"{PREFIX}.sessions", "all", "place", problem)
