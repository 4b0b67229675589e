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
    """One line of the table. ``wanted`` is a bound on the ratio, or on ours without one."""

    name: str
    unit: str
    ours: float
    bare: float | None = None
    ratio: float | None = None
    wanted: float | None = None
    at_least: bool = False
    rounds: dict[str, list[float]] = field(default_factory=dict[str, list[float]])
    """Every measurement the medians are made of."""

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


HEAD: Final = COLUMNS.format("figure", "ours", "bare", "ratio", "wanted", "")


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 10 or value == round(value) else f"{value:.3g}"


def compared(old: Path, new: Path) -> Iterator[str]:
    """Show two runs beside each other: what is divided by a bare application, by that ratio."""
    runs = [{each["name"]: each for each in json.loads(path.read_text())} for path in (old, new)]
    before, after = runs
    yield COMPARED.format("figure", "old", "new", "change", "")
    for name in before | after:
        figures = [run.get(name) for run in runs]
        shown = ["" if each is None else _number(_value(each)) for each in figures]
        change = result = ""
        if name in before and name in after and _value(before[name]):
            change = f"{_value(after[name]) / _value(before[name]) - 1:+.0%}"
            result = after[name]["result"]
        unit = (after.get(name) or before[name])["unit"]
        yield COMPARED.format(f"{name} ({unit})", *shown, change, result).rstrip()


def _value(figure: dict[str, Any]) -> float:
    return float(figure["ours"] if figure["ratio"] is None else figure["ratio"])


def keep(figures: Iterable[Figure], path: Path) -> None:
    """Write the figures down with all their rounds, so that two runs can be compared."""
    text = json.dumps([asdict(each) | {"result": each.result} for each in figures], indent=1)
    path.write_text(text + "\n", encoding="utf-8")
