"""``make bench``: prints a table as it is measured, and keeps it in ``bench.json``.

Nothing in it is an assertion. On a busy machine, believe the ratios, and those only roughly.
``python -m tests.bench callbacks holding`` measures only these.
``python -m tests.bench --compare`` shows the last run beside the baseline that is committed, or any
two kept runs, and names what differs. ``--baseline`` measures, and keeps the run as the baseline.
"""

import argparse
from pathlib import Path
from time import perf_counter  # noqa: TID251  # a benchmark reads the wall
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
    pace,
    requests,
    streams,
    turns,
)
from tests.bench.table import HEAD, Figure, compared, keep

KEPT: Final = Path("bench.json")
BASELINE: Final = Path(__file__).with_name("baseline.json")
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
    parser.add_argument(
        "--compare", nargs="*", type=Path, metavar="RUN", help="two runs; the baseline and the last"
    )
    parser.add_argument("--baseline", action="store_true", help="keep the run as the baseline")
    asked = parser.parse_args()
    if asked.compare is not None:
        old, new = asked.compare or (BASELINE, KEPT)
        for line in compared(old, new):
            print(line)  # noqa: T201  # its output
        return
    if unknown := [part for part in asked.parts if part not in PARTS]:
        parser.error(f"there is no part {', '.join(unknown)}")
    run(asked.parts or list(PARTS), BASELINE if asked.baseline else KEPT)


def run(parts: list[str], path: Path) -> None:
    """Measure these parts and the pace of the machine, and keep the figures in a file."""
    print(HEAD)  # noqa: T201  # its output
    figures: list[Figure] = []
    measures = {"pace": pace.measure} | {each: PARTS[each] for each in parts}
    with pace.pacing() as pacer:
        for name, measure in measures.items():
            started = perf_counter()
            for figure in pacer.beside(measure()):
                print(figure, flush=True)  # noqa: T201  # its output
                figures.append(figure)
                keep(figures, path, with_rounds=path == KEPT)
            print(f"  {name}: {perf_counter() - started:.0f} s", flush=True)  # noqa: T201


main()
