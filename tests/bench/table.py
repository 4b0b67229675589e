"""Figures, and how they are shown and kept."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

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
    def verdict(self) -> str:
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
            self.verdict,
        ).rstrip()


HEAD: Final = COLUMNS.format("figure", "ours", "bare", "ratio", "wanted", "")


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 10 or value == round(value) else f"{value:.2g}"


def keep(figures: Iterable[Figure], path: Path) -> None:
    """Write the figures down with all their rounds, so that two runs can be compared."""
    text = json.dumps([asdict(each) | {"verdict": each.verdict} for each in figures], indent=1)
    path.write_text(text + "\n", encoding="utf-8")
