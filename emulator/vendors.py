"""The vendors of this installation, for whoever is not a part of the server.

``app`` mounts them; the command line, the tests' package and the checks ask here. No other module
imports ``emulator.platforms``.
"""

from emulator.platforms import discover

__all__ = ["discover"]
