"""``make bench``: prints a table as it is measured, and keeps it in ``bench.json``.

Nothing in it is an assertion. On a busy machine, believe the ratios, and those only roughly.
"""

from itertools import chain
from pathlib import Path
from typing import Final

from tests.bench import batches, lasting, requests
from tests.bench.table import HEAD, Figure, keep

KEPT: Final = Path("bench.json")


def main() -> None:
    """Measure everything."""
    print(HEAD)  # noqa: T201  # its output
    figures: list[Figure] = []
    for figure in chain(requests.measure(), batches.measure(), lasting.measure()):
        print(figure, flush=True)  # noqa: T201  # its output
        figures.append(figure)
    keep(figures, KEPT)


main()
