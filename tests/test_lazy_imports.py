"""Imports that wait until a module is used."""

import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from emulator.lazy_imports import on_first_use

NAMES: Final = (
    "late_module",
    "late_package",
    "late_package.part",
    "empty_module",
    "other_module",
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a folder that modules are imported from."""
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    for name in NAMES:
        sys.modules.pop(name, None)


def test_module_is_imported_when_it_is_used(folder: Path) -> None:
    """The name is there at once, the module only once one of its names is read."""
    (folder / "late_module.py").write_text("VALUE = 7\n")
    with on_first_use():
        import late_module  # type: ignore[import-not-found]  # noqa: PLC0415  # made here

    assert "late_module" not in sys.modules
    assert late_module.VALUE == 7
    assert late_module.VALUE is sys.modules["late_module"].VALUE


def test_module_of_a_package_is_imported_when_it_is_used(folder: Path) -> None:
    """Neither the package nor its module is imported before."""
    (folder / "late_package").mkdir()
    (folder / "late_package" / "__init__.py").touch()
    (folder / "late_package" / "part.py").write_text("VALUE = 8\n")
    with on_first_use():
        from late_package import part as renamed  # type: ignore[import-not-found]  # noqa: PLC0415  # made here

    assert sys.modules.keys().isdisjoint(NAMES)
    assert renamed.VALUE == 8


def test_missing_name_is_an_error_of_its_first_use(folder: Path) -> None:
    """A name that the module lacks is reported as by the module itself."""
    (folder / "empty_module.py").touch()
    with on_first_use():
        import empty_module  # type: ignore[import-not-found]  # noqa: PLC0415  # made here

    with pytest.raises(AttributeError, match="module 'empty_module' has no attribute 'VALUE'"):
        _ = empty_module.VALUE


def test_other_imports_are_not_deferred(folder: Path) -> None:
    """What another module or thread imports meanwhile is imported at once."""
    (folder / "other_module.py").write_text("VALUE = 9\n")
    namespace: dict[str, Any] = {"__name__": "another"}
    thread = threading.Thread(target=exec, args=("from other_module import VALUE", namespace))

    with on_first_use():
        thread.start()
        thread.join()

    assert namespace["VALUE"] == 9
