"""What calls to the Voicebot API are placed with: its bots."""

from collections.abc import Iterator

from emulator.kit.hooks import Bot as Listed
from emulator.kit.world import World
from emulator.platforms.exotel.voicebots.bots import Bot
from emulator.platforms.exotel.voicebots.state import state_of


def bots(world: World) -> Iterator[Listed]:
    """List the bots, oldest first."""
    return (_listed(world, each) for each in state_of(world).bots if not each.is_deleted)


def bot(world: World, bot_id: str) -> Listed | None:
    """Find a bot, also one that was deleted."""
    found = state_of(world).bots.find(bot_id)
    return None if found is None else _listed(world, found)


def _listed(world: World, each: Bot) -> Listed:
    name = state_of(world).bot_versions.latest(each.id).config["name"]
    return Listed(id=each.id, name=name, kind="voicebot")
