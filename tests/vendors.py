"""Vendors that tests declare, in folders beside those of the emulator."""

import importlib
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import emulator.platforms

WHOLE: Final = {
    "__init__.py": """
from emulator.kit.platform import Platform
from emulator.platforms.aster.auth import auth

platform = Platform(name="aster", title="Aster", roots=("/aster/v1",), auth=auth)
""",
    "auth.py": """
from emulator.kit.auth import bearer_auth

auth = bearer_auth("aster_")
""",
    "schemas.py": '''
from pydantic import BaseModel, ConfigDict


class CallRequest(BaseModel):
    """What is asked."""

    model_config = ConfigDict(defer_build=True)
''',
    "routes.py": '''
from starlette.responses import Response
from emulator.kit.operation import Operation


async def get_call(request):
    """Show a call."""
    return Response()


operations = (Operation(method="GET", path="/aster/v1/calls/{sid}", handler=get_call),)
''',
    "calls.py": '''
from emulator.kit.world import World
from emulator.platforms.aster.schemas import CallRequest


def place(world: World, asked: CallRequest):
    """Place nothing."""
''',
}
"""The files of a vendor that lacks nothing."""


class Folder:
    """The folder of the vendor aster, beside those of the emulator."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, changes: Mapping[str, str | None], name: str = "aster") -> None:
        """Write a whole vendor but for these files; None leaves a file out."""
        folder = self.path / name
        folder.mkdir(exist_ok=True)
        for file, text in (WHOLE | dict(changes)).items():
            if text is not None:
                (folder / file).parent.mkdir(exist_ok=True)
                (folder / file).write_text(text)

    def forget(self) -> None:
        """Remove it from the packages, and what was imported of it."""
        emulator.platforms.__path__.remove(str(self.path))
        for name in [each for each in sys.modules if each.startswith("emulator.platforms.aster")]:
            del sys.modules[name]
        vars(emulator.platforms).pop("aster", None)


@contextmanager
def vendor_folder(path: Path) -> Iterator[Folder]:
    """Look for vendors in this folder too."""
    emulator.platforms.__path__.append(str(path))
    importlib.invalidate_caches()
    folder = Folder(path)
    try:
        yield folder
    finally:
        folder.forget()
