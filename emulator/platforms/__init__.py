"""The vendors, one folder each; a folder that declares ``platform`` is served."""

import logging
from importlib import import_module
from pathlib import Path
from typing import Final

from emulator.kit.hooks import PlatformError, missing_module
from emulator.kit.platform import Platform

DECLARATION: Final = "platform = Platform(name=..., title=..., roots=(...,), auth=auth)"
_log: Final = logging.getLogger("emulator")


def discover() -> dict[str, Platform]:
    """Return every platform, in the order of their names.

    A folder that is not a whole vendor is left out, and logged with what to write in it.
    """
    found: dict[str, Platform] = {}
    for folder in sorted(Path(path) for path in __path__):
        names = {each.name for each in folder.iterdir() if each.is_dir()}
        for name in sorted(each for each in names if each.isidentifier() and each[0] != "_"):
            try:
                found[name] = _declared(folder / name)
            except PlatformError as error:
                _log.error("platform %s is left out: %s", name, error)
    return found


def _declared(folder: Path) -> Platform:
    """Import what a folder declares; PlatformError names the file and what to write."""
    package = f"{__name__}.{folder.name}"
    path = package.replace(".", "/")
    if not (folder / "__init__.py").is_file():
        raise PlatformError(f"{path}/__init__.py is missing; write in it: {DECLARATION}")
    if (problem := missing_module(package, folder)) is not None:
        raise PlatformError(problem)
    try:
        platform = getattr(import_module(package), "platform", None)
    except Exception as error:  # noqa: BLE001  # one vendor never stops the others
        raise PlatformError(f"{path} cannot be imported: {type(error).__name__}: {error}") from None
    if not isinstance(platform, Platform):
        raise PlatformError(f"{path}/__init__.py declares no platform; write: {DECLARATION}")
    if platform.name != folder.name:
        raise PlatformError(
            f"{path}/__init__.py declares platform {platform.name!r}; "
            f"its name must be that of its folder, {folder.name!r}"
        )
    return platform
