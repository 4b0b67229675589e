"""The vendors, one folder each; a folder that declares ``platform`` is served."""

import logging
from functools import cache
from importlib import import_module
from itertools import product
from pathlib import Path
from re import fullmatch
from typing import Final

from starlette.datastructures import Headers

from emulator.kit.modules import PlatformError, check_modules, import_error
from emulator.kit.platform import Platform

DECLARATION: Final = "platform = Platform(name=..., title=..., roots=(...,), auth=auth)"
IGNORED: Final = frozenset({"__pycache__"})
_log: Final = logging.getLogger("emulator")


def discover() -> dict[str, Platform]:
    """Return every platform, in the order of their names.

    A folder that is not a whole vendor is left out, and logged with what to write in it.
    """
    return dict(_read(tuple(__path__)))


@cache
def _read(paths: tuple[str, ...]) -> dict[str, Platform]:
    """Read the vendors' folders in these paths, once."""
    found: dict[str, Platform] = {}
    folders = (each for path in paths for each in Path(path).iterdir() if each.is_dir())
    for folder in sorted(folders, key=lambda each: each.name):
        if folder.name[0] in "_." or {each.name for each in folder.iterdir()} == IGNORED:
            continue
        try:
            platform = _declared(folder)
            _check_roots(platform, found)
            found[folder.name] = platform
        except PlatformError as error:
            _log.error("platform %s is left out: %s", folder.name, error)
    return found


def _declared(folder: Path) -> Platform:
    """Import what a folder declares; PlatformError names the file and what to write."""
    package = f"{__name__}.{folder.name}"
    path = package.replace(".", "/")
    if not fullmatch("[a-z][a-z0-9]*", folder.name):
        raise PlatformError(f"{path} must have a name of lower-case letters, such as acme")
    if not (folder / "__init__.py").is_file():
        raise PlatformError(f"{path}/__init__.py is missing; write in it: {DECLARATION}")
    check_modules(package, folder)
    try:
        platform = getattr(import_module(package), "platform", None)
    except Exception as error:  # one vendor never stops the others
        raise import_error(package, folder, "__init__", error) from error
    if not isinstance(platform, Platform):
        raise PlatformError(f"{path}/__init__.py declares no platform; write: {DECLARATION}")
    if platform.name != folder.name:
        raise PlatformError(
            f"{path}/__init__.py declares platform {platform.name!r}; "
            f"its name must be that of its folder, {folder.name!r}"
        )
    _check_auth(platform, path)
    return platform


def _check_auth(platform: Platform, path: str) -> None:
    """See that a world's own credentials can be made, sent, recognized and shown."""
    auth = platform.auth
    try:
        own = auth.issue("0123456789abcdef" * 2)
        auth.selects(own)
        is_verified = auth.is_verified(Headers(auth.headers(own)), own)
    except Exception as error:  # one vendor never stops the others
        raise PlatformError(f"{path}/auth.py: auth cannot be used: {_described(error)}") from error
    if not is_verified:
        raise PlatformError(f"{path}/auth.py: auth.verify refuses the headers of auth.headers")
    for name in ("sample", "bot_sample"):
        sample = getattr(platform, name)
        try:
            _ = None if sample is None else sample("http://127.0.0.1:8080", own)
        except Exception as error:  # one vendor never stops the others
            reason = f"{name} cannot be used: {_described(error)}"
            raise PlatformError(f"{path}/__init__.py: {reason}") from error


def _described(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"


def _check_roots(platform: Platform, others: dict[str, Platform]) -> None:
    """See that no two platforms are served at the same paths."""
    for other in others.values():
        for own, taken in product(_places(platform), _places(other)):
            if f"{own}/".startswith(f"{taken}/") or f"{taken}/".startswith(f"{own}/"):
                raise PlatformError(
                    f"emulator/platforms/{platform.name}/__init__.py: {own} overlaps {taken} of "
                    f"emulator/platforms/{other.name}/__init__.py; give one of them other roots"
                )


def _places(platform: Platform) -> tuple[str, ...]:
    """Return where a platform is served: below its roots, and below its name."""
    return (*platform.roots, f"/{platform.name}")
