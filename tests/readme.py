"""Writes the README's generated tables: ``python -m tests.readme``."""

from pathlib import Path
from typing import Final

from emulator.app import create_app
from emulator.cli.offline import operations_table

README: Final = Path(__file__).parents[1] / "README.md"
UNBOUND: Final = ("/health", "/worlds", "/operations", "/numbers", "/openapi", "/docs")


def control_table() -> str:
    """Write the table of the control API's routes."""
    rows = ["| route | what it does |", "|---|---|"]
    for route in create_app().control.table.operations:
        star = "" if route.path.startswith(UNBOUND) else " *"
        rows.append(f"| `{route.method} {route.path}`{star} | {route.summary} |")
    return "\n".join(rows) + "\n"


def written(text: str) -> str:
    """Put the tables where they belong in this text of a README."""
    for name, table in (("operations", operations_table()), ("control", control_table())):
        head, place, rest = text.partition(f"<!-- {name}: written by `make readme` -->\n")
        _, end, tail = rest.partition(f"<!-- end of {name} -->")
        text = f"{head}{place}\n{table}\n{end}{tail}"
    return text


if __name__ == "__main__":
    README.write_text(written(README.read_text()))
