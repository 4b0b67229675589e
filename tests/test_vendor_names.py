"""No vendor is named in code outside its folder."""

import re
from pathlib import Path
from typing import Final

import emulator
from emulator.vendors import discover

PACKAGE: Final = Path(emulator.__file__).parent


def test_code_outside_the_vendors_folders_names_none() -> None:
    """Neither Python nor JavaScript names a vendor outside platforms/, comments included."""
    name = re.compile("|".join(discover()), re.IGNORECASE)
    files = [*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.js")]

    found = [
        f"{path.relative_to(PACKAGE)}:{number}: {line.strip()}"
        for path in sorted(files)
        if path.relative_to(PACKAGE).parts[0] not in {"platforms", "_fixtures"}
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if name.search(line)
    ]

    assert len(files) > 100
    assert found == []
