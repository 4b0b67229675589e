"""The settings of a world that continues from another."""

from emulator.settings import WorldSettings
from emulator.world.world import World


def settings_for(name: str, source: World, expires_at: float | None = None) -> WorldSettings:
    """Return the settings of a world of this name that continues from another."""
    origins = sorted({*source.settings.origins, source.inbox_url})
    changes = {
        "name": name,
        "of": None,
        "origins": tuple(origins),
        "expires_at": expires_at,
    }
    return source.settings.model_copy(update=changes)
