"""What a world has besides records: settings, clock, ids, rules, and what vendors wait for."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from emulator.clock import Clock, ClockMode
from emulator.domain.actions import Wake
from emulator.engine.scenarios import Rule, Scenarios
from emulator.engine.timeline import Timeline
from emulator.persistence.tables import (
    Changes,
    Row,
    TrackedTable,
    read_maybe,
    read_moment,
    read_tick,
    written,
    written_tick,
)
from emulator.settings import WorldSettings
from emulator.world.vendors import Vendor
from emulator.world.world import World


class WorldTable:
    """One row: how the world was made, where its clock stands, and what was numbered."""

    name: Final = "worlds"
    key: Final = "id"

    def __init__(self, world: World) -> None:
        self._world = world
        self._written: Any = None
        self._told: Any = None

    def track(self) -> None:
        """Begin to note what changes: to begin with, that the inboxes are at another address."""
        world = self._world
        moved = world.settings.origins and world.inbox_url not in world.settings.origins
        self._written = None if moved else self._signature()

    @property
    def is_dirty(self) -> bool:
        """Something has changed since the last commit."""
        return bool(self._signature() != self._written)

    def _signature(self) -> Any:
        """What tells a changed row from the one before; a live clock changes by itself."""
        world, clock = self._world, self._world.clock
        stands = clock.mode, clock.speed, clock.set_to, clock.pinned
        counted = sum(world.ids.counters.values())
        order = world.timeline.order
        vendors = len(world.contexts.states())
        return world.settings, stands, counted, order, vendors

    def changes(self) -> Changes:
        """The row."""
        self._told = self._signature()
        return Changes(put={row["id"]: row for row in self.rows()})

    def mark_clean(self) -> None:
        """Forget the changes: they are written."""
        self._written = self._told

    def rows(self) -> Iterable[Row]:
        """The row."""
        world = self._world
        settings = world.settings
        yield {
            "id": settings.name,
            "of": settings.of,
            "origins": [each for each in settings.origins if each != world.inbox_url],
            "inboxes_at": world.inbox_url,
            "seed": settings.seed,
            "auth": settings.auth,
            "calls_per_second": settings.calls_per_second,
            "options": {name: each.model_dump() for name, each in settings.options.items()},
            "start": {
                "mode": settings.clock,
                "speed": settings.speed,
                "now": None if settings.now is None else written(settings.now),
            },
            "clock": clock_shown(world.clock),
            "counters": dict(sorted(world.ids.counters.items())),
            "last_step": world.timeline.order,
            "began": written_tick(world.contexts.began),
            "vendors": [name for name, _ in world.contexts.states()],
        }

    @staticmethod
    def settings(name: str, row: Row, vendors: Mapping[str, Vendor]) -> WorldSettings:
        """What the row says a world was made with; ValueError for what fits none."""
        start = row["start"]
        return WorldSettings(
            name=name,
            of=row["of"],
            origins=tuple(sorted({*row["origins"], row["inboxes_at"]})),
            seed=row["seed"],
            auth=row["auth"],
            calls_per_second=row["calls_per_second"],
            options={
                key: vendors[key].hooks.options(**each) for key, each in row["options"].items()
            },
            clock=ClockMode(start["mode"]),
            speed=start["speed"],
            now=read_maybe(start["now"]),
        )

    def load(self, rows: Iterable[Row]) -> None:
        """Set clock and counters; settings are what the world was made with."""
        for row in rows:
            world = self._world
            world.clock.resume(
                ClockMode(row["clock"]["mode"]),
                row["clock"]["speed"],
                read_moment(row["clock"]["now"]),
                row["clock"]["wall"],
            )
            if world.settings.of is not None:  # the time of a snapshot stands still
                world.clock.pinned = read_tick(row["clock"]["now"])
            world.ids.counters.update(row["counters"])
            world.timeline.order = row["last_step"]


def clock_shown(clock: Clock) -> Row:
    """Where a clock stands."""
    return {
        "mode": clock.mode,
        "speed": clock.speed,
        "now": written(clock.now()),
        "wall": clock.wall(),
    }


class RuleTable:
    """One row: the rules for callees, and the outcome mix."""

    name: Final = "rules"
    key: Final = "id"

    def __init__(self, scenarios: Scenarios) -> None:
        self._scenarios = scenarios

    def track(self) -> None:
        """Record changes from now on."""
        self._scenarios.changed = False

    @property
    def is_dirty(self) -> bool:
        """Something has changed since the last commit."""
        return self._scenarios.changed

    def changes(self) -> Changes:
        """The row."""
        return Changes(put={row["id"]: row for row in self.rows()})

    def mark_clean(self) -> None:
        """Forget the changes: they are written."""
        self._scenarios.changed = False

    def rows(self) -> Iterable[Row]:
        """The row."""
        rules = [
            {
                "scenario": rule.scenario.name,
                "platform": rule.platform,
                "number": rule.number,
                "workflow_id": rule.workflow_id,
                "next": rule.next,
            }
            for rule in self._scenarios.rules
        ]
        row: Row = {"id": "rules", "rules": rules, "mix": self._scenarios.mix}
        if (quota := self._scenarios.quota) is not None:
            row |= {"quota": quota.counts, "dealt": quota.dealt}
        yield row

    def load(self, rows: Iterable[Row]) -> None:
        """Read rules; the scenarios they name have been read before."""
        scenarios = self._scenarios
        for row in rows:
            rules = [
                Rule(**each | {"scenario": scenarios.find(each["scenario"])})
                for each in row["rules"]
            ]
            quota = row.get("quota")
            scenarios.write(
                rules,
                dict(row["mix"]),
                None if quota is None else dict(quota),
                row.get("dealt", 0),
            )


class WakeTable(TrackedTable):
    """The vendors' own business that waits."""

    name: Final = "wakes"
    key: Final = "id"

    def __init__(self, timeline: Timeline) -> None:
        super().__init__(timeline)
        self._timeline = timeline

    def changes(self) -> Changes:
        """What was scheduled, and what has happened."""
        found, waiting = Changes(), self._timeline.wakes
        for number in self._timeline.changed or ():
            if number in waiting:
                found.put[number] = _wake_row(number, *waiting[number])
            else:
                found.drop.append(number)
        return found

    def rows(self) -> Iterable[Row]:
        """All that waits."""
        return (_wake_row(number, *wake) for number, wake in self._timeline.wakes.items())

    def load(self, rows: Iterable[Row]) -> None:
        """Read what waits."""
        for row in rows:
            wake = Wake(row["platform"], row["step"], row["subject"])
            self._timeline.resume(read_tick(row["due_at"]) or 0, int(row["id"]), wake)


def _wake_row(number: str, due: int, wake: Wake) -> Row:
    return {"id": number, "due_at": written_tick(due), **wake._asdict()}
