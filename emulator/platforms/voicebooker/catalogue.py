"""What people call to book with: the businesses, by their numbers."""

from collections.abc import Iterator

from emulator.kit.platform import Bot
from emulator.kit.world import World
from emulator.platforms.voicebooker.state import state_of


def bots(world: World) -> Iterator[Bot]:
    """List each number of each business."""
    for business in state_of(world).businesses:
        for sip_id in business.sip_ids:
            yield Bot(id=sip_id, name=business.name, kind="number of a business")


def bot(world: World, sip_id: str) -> Bot | None:
    """Find whose number it is; a bot that makes calls has no name that is known here."""
    book = state_of(world).book
    if not book.has_sip(sip_id):
        return None
    name = book.business_of_sip(sip_id).name
    return Bot(id=sip_id, name=name, kind="number of a business")
