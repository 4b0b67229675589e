"""``make bench``: prints a table as it is measured, and keeps it in ``bench.json``.

Nothing in it is an assertion. On a busy machine, believe the ratios, and those only roughly.
``python -m tests.bench callbacks holding`` measures only these, and
``python -m tests.bench --compare OLD NEW`` shows two kept runs beside each other.
"""

import argparse
from pathlib import Path
from typing import Final

from tests.bench import (
    batches,
    callbacks,
    campaigns,
    control,
    end_to_end,
    events,
    holding,
    lasting,
    requests,
    streams,
    turns,
)
from tests.bench.table import HEAD, Figure, compared, keep

KEPT: Final = Path("bench.json")
PARTS: Final = {
    "requests": requests.measure,
    "batches": batches.measure,
    "campaigns": campaigns.measure,
    "lasting": lasting.measure,
    "callbacks": callbacks.measure,
    "end_to_end": end_to_end.measure,
    "events": events.measure,
    "holding": holding.measure,
    "streams": streams.measure,
    "control": control.measure,
    "turns": turns.measure,
}


def main() -> None:
    """Measure everything, or compare what was measured."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("parts", nargs="*", help=f"what to measure, of {', '.join(PARTS)}")
    parser.add_argument("--compare", nargs=2, type=Path, metavar=("OLD", "NEW"))
    asked = parser.parse_args()
    if asked.compare:
        for line in compared(*asked.compare):
            print(line)  # noqa: T201  # its output
        return
    if unknown := [part for part in asked.parts if part not in PARTS]:
        parser.error(f"there is no part {', '.join(unknown)}")
    print(HEAD)  # noqa: T201  # its output
    figures: list[Figure] = []
    for part in asked.parts or PARTS:
        for figure in PARTS[part]():
            print(figure, flush=True)  # noqa: T201  # its output
            figures.append(figure)
            keep(figures, KEPT)


main()
