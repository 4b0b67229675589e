"""The vendors of this installation, for whoever is not a part of the server.

``app`` mounts them; the command line, the tests' package and the checks ask here. No other module
imports ``emulator.platforms``.
"""

from emulator.platforms import discover

__all__ = ["default_name", "discover"]


def default_name() -> str:
    """Return the vendor that is meant where none is named: one that says so, or else the first."""
    vendors = discover()
    return next((name for name, each in vendors.items() if each.is_default), next(iter(vendors)))
