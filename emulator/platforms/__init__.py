"""The vendors, one folder each; a folder that declares ``platform`` is served."""

from importlib import import_module
from pkgutil import iter_modules

from emulator.kit.platform import Platform


def discover() -> dict[str, Platform]:
    """Find every platform, in the order of their names."""
    found: dict[str, Platform] = {}
    for module in sorted(iter_modules(__path__), key=lambda module: module.name):
        platform = import_module(f"{__name__}.{module.name}").platform
        found[platform.name] = platform
    return found
