"""The published variants of Exotel's APIs, where its pages disagree or are silent."""

from typing import Final

from emulator.kit.operation import Operation
from emulator.kit.rate_limit import RateLimit
from emulator.kit.world import World
from emulator.platforms.exotel.voicebots.options import VoicebotOptions


class ExotelOptions(VoicebotOptions):
    """How a world's Exotel answers: the options of every chapter, side by side."""


options: Final = ExotelOptions


def rate_limit(world: World, operation: Operation, credential: str) -> RateLimit | None:  # noqa: ARG001  # one limit for all
    """Return the limit of a world's account: documented as 429, without a number."""
    limit = world.options("exotel", ExotelOptions).requests_per_minute
    if not limit:
        return None
    message = f"Rate limit exceeded: {limit} requests per minute"
    return RateLimit(platform="exotel", limit=limit, message=message)
