"""Writes the README's generated tables: ``python -m tests.readme``."""

from pathlib import Path
from typing import Final

from emulator.app import create_app
from emulator.cli.reference import operations_table
from emulator.control.effects import FIELDS
from emulator.faults.catalogue import CATALOGUE

README: Final = Path(__file__).parents[1] / "README.md"
UNBOUND: Final = ("/health", "/worlds", "/operations", "/numbers", "/openapi", "/docs")


def control_table() -> str:
    """Write the table of the control API's routes."""
    rows = ["| route | what it does |", "|---|---|"]
    for route in create_app().control.table.operations:
        star = "" if route.path.startswith(UNBOUND) else " *"
        rows.append(f"| `{route.method} {route.path}`{star} | {route.summary} |")
    return "\n".join(rows) + "\n"


def fault_table() -> str:
    """Write the table of what can go wrong, with what each kind asks for."""
    rows = ["| kind | what happens | asks for | what should come of it |", "|---|---|---|---|"]
    for kind in CATALOGUE.values():
        fields = FIELDS[kind.effect].model_fields
        asked = ", ".join(
            f"`{name}`" if field.is_required() else f"`{name}` {field.default or ''}".rstrip()
            for name, field in fields.items()
        )
        rows.append(f"| `{kind.effect}` | {kind.does} | {asked} | {kind.wants} |")
    return "\n".join(rows) + "\n"


def written(text: str) -> str:
    """Put the tables where they belong in this text of a README."""
    tables = {
        "operations": operations_table(),
        "control": control_table(),
        "faults": fault_table(),
    }
    for name, table in tables.items():
        head, place, rest = text.partition(f"<!-- {name}: written by `make readme` -->\n")
        _, end, tail = rest.partition(f"<!-- end of {name} -->")
        text = f"{head}{place}\n{table}\n{end}{tail}"
    return text


if __name__ == "__main__":
    README.write_text(written(README.read_text()))
