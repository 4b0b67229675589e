"""The settings of a world that continues from another."""

from emulator.settings import WorldSettings
from emulator.world.world import World


def settings_for(name: str, source: World, own: WorldSettings | None = None) -> WorldSettings:
    """Return the settings of a world of this name that continues from another.

    ``own``: those that the world has had, if it exists already.
    """
    origins = sorted({*source.settings.origins, source.inbox_url})
    changes = {
        "name": name,
        "of": None,
        "origins": tuple(origins),
        "expires_at": None if own is None else own.expires_at,
        "control_nonce": None if own is None else own.control_nonce,
    }
    return source.settings.model_copy(update=changes)
