"""A world apart from its records: settings, clock, ids, scenario rules, and scheduled wakes."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from emulator.clock import Clock, ClockMode
from emulator.domain.actions import Wake
from emulator.domain.links import LinkError, PlatformLink
from emulator.engine.choices import Rule
from emulator.engine.scenarios import Scenarios
from emulator.engine.timeline import Timeline
from emulator.persistence.columns import Column, Columns, columns
from emulator.persistence.tables import Changes, Row, TrackedTable
from emulator.persistence.values import (
    format_tick,
    format_time,
    parse_optional_time,
    parse_tick,
    parse_time,
)
from emulator.settings import WorldSettings
from emulator.store.dirty import ChangeSet, DirtyFlag
from emulator.world.links import checked
from emulator.world.vendors import Vendor
from emulator.world.world import World


class WorldTable:
    """One row: the settings of the world, its clock, and its counters."""

    name: Final = "worlds"
    key: Final = "id"

    def __init__(self, world: World) -> None:
        self._world = world
        self._committed: Any = None
        """The signature of the row in the file."""
        self._pending: Any = None
        """The signature of the row that is being written."""
        self._part: tuple[WorldSettings | None, str, Row] = None, "", {}
        """The part of the row that follows from the settings and the address of the inboxes."""

    def track(self, dirty: DirtyFlag) -> None:
        """Record changes from now on; a new address of the inboxes is the first of them."""
        world = self._world
        counters = world.ids.counters
        world.ids.counters = ChangeSet(dirty)
        world.ids.counters.update(counters)
        is_moved = world.settings.origins and world.inbox_url not in world.settings.origins
        self._committed = None if is_moved else self._signature()

    @property
    def is_dirty(self) -> bool:
        """Something has changed since the last commit."""
        return bool(self._signature() != self._committed)

    def _signature(self) -> Any:
        """Return what changes with the row, but not with the mere passing of live time.

        It is of the settings, and of each field that is written by itself.
        """
        world, clock = self._world, self._world.clock
        set_to = clock.mode, clock.speed, clock.set_to, clock.pinned
        counted = sum(world.ids.counters.values())
        order, contexts = world.timeline.order, world.contexts
        return world.settings, set_to, counted, order, contexts.began, len(contexts)

    def advanced(self) -> Columns | None:
        """Return what a live clock shows; None for another, which changes with the row only.

        It is in every record, so that time never goes back to before a change that is kept.
        """
        clock = self._world.clock
        if clock.mode is not ClockMode.LIVE:
            return None
        return columns([self._world.name], clock=[dump_clock(clock)])

    def changes(self) -> Changes:
        """Return the fields that have changed, which are few; the whole row for new settings."""
        world, before, now = self._world, self._committed, self._signature()
        self._pending = now
        if before is None or now[0] is not before[0]:
            return Changes(put={row["id"]: row for row in self.rows()})
        fields: dict[str, Column] = {}
        for (name, dump), old, new in zip(_DUMPS, before[1:], now[1:], strict=True):
            if old != new or (name == "clock" and world.clock.mode is ClockMode.LIVE):
                fields[name] = [dump(world)]
        return Changes(change={"keys": [world.name], "fields": fields})

    def mark_clean(self) -> None:
        """Forget the changes: they are written."""
        self._committed = self._pending

    def rows(self) -> Iterable[Row]:
        """Return the row."""
        world = self._world
        yield self._settings_part() | {name: dump(world) for name, dump in _DUMPS}

    def _settings_part(self) -> Row:
        """Return the beginning of the row, which most changes leave as it is."""
        world, settings = self._world, self._world.settings
        known, inboxes, part = self._part
        if known is settings and inboxes == world.inbox_url:
            return part
        part = {
            "id": settings.name,
            "of": settings.of,
            "origins": [each for each in settings.origins if each != world.inbox_url],
            "inboxes_at": world.inbox_url,
            "seed": settings.seed,
            "auth": settings.auth,
            "calls_per_second": settings.calls_per_second,
            "options": {name: each.model_dump() for name, each in settings.options.items()},
            "links": [each._asdict() for each in settings.links],
            "expires_at": settings.expires_at,
            "control_nonce": settings.control_nonce,
            "start": {
                "mode": settings.clock,
                "speed": settings.speed,
                "now": None if settings.now is None else format_time(settings.now),
            },
        }
        self._part = settings, world.inbox_url, part
        return part

    @staticmethod
    def settings(name: str, row: Row, vendors: Mapping[str, Vendor]) -> WorldSettings:
        """Return the settings that a row has; ValueError for settings that no world can have."""
        start = row["start"]
        links = tuple(PlatformLink(**each) for each in row.get("links", ()))
        for each in links:
            try:
                checked(vendors, each)
            except LinkError as error:
                raise ValueError(f"links: {error}") from None
        return WorldSettings(
            links=links,
            name=name,
            of=row["of"],
            origins=tuple(sorted({*row["origins"], row["inboxes_at"]})),
            seed=row["seed"],
            auth=row["auth"],
            calls_per_second=row["calls_per_second"],
            options={key: vendors[key].options(**each) for key, each in row["options"].items()},
            clock=ClockMode(start["mode"]),
            speed=start["speed"],
            now=parse_optional_time(start["now"]),
            expires_at=row.get("expires_at"),
            control_nonce=row.get("control_nonce"),
        )

    def load(self, rows: Iterable[Row]) -> None:
        """Load clock and counters; the world was created with the settings of the row."""
        for row in rows:
            world = self._world
            world.clock.resume(
                ClockMode(row["clock"]["mode"]),
                row["clock"]["speed"],
                parse_time(row["clock"]["now"]),
                row["clock"]["wall"],
                since_boot(row["clock"]),
            )
            if world.settings.of is not None:  # the time of a snapshot stands still
                world.clock.pinned = parse_tick(row["clock"]["now"])
            world.ids.counters.update(row["counters"])
            world.timeline.order = row["last_step"]


def dump_clock(clock: Clock) -> Row:
    """Return the row of a clock."""
    row: Row = {
        "mode": clock.mode,
        "speed": clock.speed,
        "now": format_time(clock.now()),
        "wall": clock.wall(),
    }
    if (since := clock.since_boot()) is not None:
        row["boot"], row["uptime"] = since
    return row


_DUMPS: Final[tuple[tuple[str, Callable[[World], Any]], ...]] = (
    ("clock", lambda world: dump_clock(world.clock)),
    ("counters", lambda world: dict(sorted(world.ids.counters.items()))),
    ("last_step", lambda world: world.timeline.order),
    ("began", lambda world: format_tick(world.contexts.began)),
    ("vendors", lambda world: sorted(world.contexts)),
)
"""What of a world changes often, by the names of fields."""


def since_boot(row: Row) -> tuple[str, float] | None:
    """Return the start of the machine that a clock was saved after, and the seconds since."""
    return (row["boot"], row["uptime"]) if "boot" in row else None


class ScenarioRuleTable:
    """One row: the scenario rules, the outcome mix, and the quota."""

    name: Final = "rules"
    key: Final = "id"

    def __init__(self, scenarios: Scenarios) -> None:
        self._scenarios = scenarios

    def track(self, dirty: DirtyFlag) -> None:  # noqa: ARG002  # the scenarios set the flag
        """Record changes from now on."""
        self._scenarios.changed = False

    @property
    def is_dirty(self) -> bool:
        """Something has changed since the last commit."""
        return self._scenarios.changed

    def changes(self) -> Changes:
        """Return the row."""
        return Changes(put={row["id"]: row for row in self.rows()})

    def mark_clean(self) -> None:
        """Forget the changes: they are written."""
        self._scenarios.changed = False

    def rows(self) -> Iterable[Row]:
        """Return the row."""
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
        """Load scenario rules; the scenarios that they name are loaded before."""
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
    """The scheduled steps of vendors."""

    name: Final = "wakes"
    key: Final = "id"

    def __init__(self, timeline: Timeline) -> None:
        super().__init__(timeline)
        self._timeline = timeline

    def changes(self) -> Changes:
        """Return the wakes that were scheduled, and the keys of those that have run."""
        found, scheduled = Changes(), self._timeline.wakes
        for number in self._timeline.changed or ():
            if number in scheduled:
                found.put[number] = _wake_row(number, *scheduled[number])
            else:
                found.drop.append(number)
        return found

    def rows(self) -> Iterable[Row]:
        """Return every scheduled wake."""
        return (_wake_row(number, *wake) for number, wake in self._timeline.wakes.items())

    def load(self, rows: Iterable[Row]) -> None:
        """Load wakes, and schedule them."""
        for row in rows:
            wake = Wake(row["platform"], row["step"], row["subject"])
            self._timeline.resume(parse_tick(row["due_at"]) or 0, int(row["id"]), wake)


def _wake_row(number: str, due: int, wake: Wake) -> Row:
    return {"id": number, "due_at": format_tick(due), **wake._asdict()}
