"""The ids and times of new records."""

from datetime import datetime

from emulator.kit.world import World


def new_id(world: World, kind: str) -> str:
    """Return the id of a new record. assumed: the samples' ids look like ``cm123abc456def``."""
    return "cm" + world.ids.hex(f"bimpe.{kind}", 23)


def now_of(world: World) -> datetime:
    """Return the world's time in milliseconds, the precision of responses."""
    now = world.clock.now()
    return now.replace(microsecond=now.microsecond // 1000 * 1000)
