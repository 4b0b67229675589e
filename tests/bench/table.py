"""Figures, and how they are shown and kept."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

COMPARED: Final = "{:<64} {:>12} {:>12} {:>8}  {}"
COLUMNS: Final = "{:<44} {:>12} {:>12} {:>7} {:>10}  {}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of the table. ``wanted`` is a bound on the ratio, or on ours without one.

    A ratio is the median of those of its rounds. A time without one is the least of its rounds:
    what else the machine does only makes it longer.
    """

    name: str
    unit: str
    ours: float
    bare: float | None = None
    ratio: float | None = None
    wanted: float | None = None
    at_least: bool = False
    rounds: dict[str, list[float]] = field(default_factory=dict[str, list[float]])
    """Every measurement the medians are made of."""
    pace: float | None = None
    """What something fixed took meanwhile: by it, times of two runs are divided to compare them."""

    @property
    def result(self) -> str:
        """``ok``, ``short``, or nothing where nothing is wanted."""
        if self.wanted is None:
            return ""
        value = self.ours if self.ratio is None else self.ratio
        kept = value >= self.wanted if self.at_least else value <= self.wanted
        return "ok" if kept else "short"

    def __str__(self) -> str:
        bound = ">=" if self.at_least else "<="
        return COLUMNS.format(
            f"{self.name} ({self.unit})",
            _number(self.ours),
            _number(self.bare),
            "" if self.ratio is None else f"{self.ratio:.2f}",
            "" if self.wanted is None else f"{bound} {_number(self.wanted)}",
            self.result,
        ).rstrip()


PACE: Final = "pace"
"""How the names of the figures of the machine itself begin."""
MAX_DIFFERENCE: Final = 0.15
HEAD: Final = COLUMNS.format("figure", "ours", "bare", "ratio", "wanted", "")


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 10 or value == round(value) else f"{value:.3g}"


def compared(old: Path, new: Path) -> Iterator[str]:
    """Show two runs beside each other, and which figures differ by more than MAX_DIFFERENCE.

    What is divided by a baseline of the same run is compared by that ratio. Other times are first
    divided by the pace of the machine while they were measured.
    """
    before, after = _run(old), _run(new)
    paces = _pace(before), _pace(after)
    yield COMPARED.format("figure", "old", "new", "change", "")
    different: list[str] = []
    for name in before | after:
        figures = before.get(name), after.get(name)
        values = [
            None if each is None else _value(each, pace)
            for each, pace in zip(figures, paces, strict=True)
        ]
        change = result = ""
        if None not in values and values[0]:
            ratio = (values[1] or 0.0) / values[0]
            change, result = f"{ratio - 1:+.0%}", after[name]["result"]
            if abs(ratio - 1) > MAX_DIFFERENCE and not name.startswith(PACE):
                different.append(f"{name}: {change}")
        unit = (after.get(name) or before[name])["unit"]
        shown = ["" if each is None else _number(each) for each in values]
        yield COMPARED.format(f"{name} ({unit})", *shown, change, result).rstrip()
    yield f"{len(different)} figures differ by more than {MAX_DIFFERENCE:.0%}"
    yield from different


def _run(path: Path) -> dict[str, dict[str, Any]]:
    """Read the figures of a run by their names; an indented one belongs to the one before it."""
    found: dict[str, dict[str, Any]] = {}
    whole = ""
    for each in json.loads(path.read_text(encoding="utf-8")):
        name: str = each["name"]
        whole = whole if name.startswith(" ") else name
        found[f"{whole}: {name.strip()}" if name.startswith(" ") else name] = each
    return found


def _pace(run: dict[str, dict[str, Any]]) -> float:
    """Return the milliseconds of the loop of Python in a run; 1 for a run without it."""
    return next((float(run[name]["ours"]) for name in run if name.startswith(PACE)), 1.0)


def _value(figure: dict[str, Any], pace: float) -> float:
    """Return what is compared of a figure; times in what something fixed took meanwhile.

    ``pace``: that of the run, for a figure without one.
    """
    if figure["ratio"] is not None:
        return float(figure["ratio"])
    value = float(figure["ours"])
    pace = figure.get("pace") or pace
    if figure["name"].startswith(PACE):
        return value
    if figure["unit"].endswith("/s"):
        return value * pace
    return value / pace if figure["unit"] in {"s", "ms", "us"} else value


def keep(figures: Iterable[Figure], path: Path, *, with_rounds: bool) -> None:
    """Write the figures down, so that two runs can be compared; all their rounds, if asked."""
    written = [asdict(each) | {"result": each.result} for each in figures]
    if not with_rounds:
        written = [each | {"rounds": {}} for each in written]
    text = json.dumps(written, indent=1)
    path.write_text(text + "\n", encoding="utf-8")
