"""New ids, and the moment of a new record, as responses show them."""

from datetime import datetime

from emulator.kit.world import World


def new_id(world: World, kind: str) -> str:
    """Name a new thing. assumed: the samples' ids look like ``cm123abc456def``."""
    return "cm" + world.ids.hex(f"bimpe.{kind}", 23)


def now_of(world: World) -> datetime:
    """The present moment to the millisecond, as it can be read back from an answer."""
    now = world.clock.now()
    return now.replace(microsecond=now.microsecond // 1000 * 1000)
