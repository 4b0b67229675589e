"""What people call to book with: the businesses, by their numbers."""

from collections.abc import Iterator

from emulator.kit.hooks import Bot
from emulator.kit.world import World
from emulator.platforms.voicebooker.book.businesses import Business
from emulator.platforms.voicebooker.state import business_called, state_of


def bots(world: World) -> Iterator[Bot]:
    """List each number of each business."""
    for business in state_of(world).businesses:
        for sip_id in business.sip_ids:
            yield _bot(business, sip_id)


def bot(world: World, sip_id: str) -> Bot | None:
    """Find whose number it is; a bot that makes calls has no name that is known here."""
    business = business_called(world, sip_id)
    return None if business is None else _bot(business, sip_id)


def _bot(business: Business, sip_id: str) -> Bot:
    return Bot(id=sip_id, name=business.name, kind="number of a business")
