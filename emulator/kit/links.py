"""Links between vendors, as a vendor declares them in its module ``links``."""

from emulator.domain.links import LinkError
from emulator.world.links import LinkSource, LinkTarget

__all__ = ["LinkError", "LinkSource", "LinkTarget"]
