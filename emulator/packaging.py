"""What a build does besides: it puts ``fixtures/`` into the wheel and the source distribution."""

from pathlib import Path
from shutil import copytree

from setuptools.command.build_py import build_py

FOLDER = "fixtures"
TARGET = Path("emulator", "_fixtures")


class BuildPy(build_py):
    """Builds the package with the fixtures inside; an editable one finds them where they are."""

    def run(self) -> None:
        """Build, then copy them."""
        super().run()
        if not self.editable_mode:
            copytree(FOLDER, Path(self.build_lib) / TARGET, dirs_exist_ok=True)

    def get_source_files(self) -> list[str]:
        """Name what a source distribution needs."""
        found = sorted(str(path) for path in Path(FOLDER).rglob("*") if path.is_file())
        return [*super().get_source_files(), *found]  # type: ignore[no-untyped-call]  # its stubs
