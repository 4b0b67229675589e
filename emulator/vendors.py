"""The vendors of this installation, for code that does not run in the server.

``app`` mounts them; the command line, ``emulator.testing`` and ``emulator.conformance`` import
them from here. No other module imports ``emulator.platforms``.
"""

from emulator.platforms import discover

__all__ = ["default_name", "discover"]


def default_name() -> str:
    """Return the name of the default vendor: the one that declares itself, or else the first."""
    vendors = discover()
    return next((name for name, each in vendors.items() if each.is_default), next(iter(vendors)))
