"""The build step that puts ``fixtures/`` into the wheel and the source distribution."""

from pathlib import Path
from shutil import copytree

from setuptools.command.build_py import build_py

FOLDER = "fixtures"
TARGET = Path("emulator", "_fixtures")


class BuildPy(build_py):
    """Builds the package with the fixtures inside; an editable install uses them in place."""

    def run(self) -> None:
        """Build, then copy the fixtures."""
        super().run()
        if not self.editable_mode:
            copytree(FOLDER, Path(self.build_lib) / TARGET, dirs_exist_ok=True)

    def get_source_files(self) -> list[str]:
        """Return the files of a source distribution."""
        found = sorted(str(path) for path in Path(FOLDER).rglob("*") if path.is_file())
        return [*super().get_source_files(), *found]  # type: ignore[no-untyped-call]  # its stubs
