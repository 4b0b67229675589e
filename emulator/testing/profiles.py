"""Tests that run once for each profile: with ``--emulator-profiles``, and what came of each."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

import pytest

from emulator.vendors import discover

ALL: Final = "all"
ATTRIBUTE: Final = "emulator_profile"
"""The attribute of a report that has the profile of its test, also from a worker of xdist."""


def selected(asked: str) -> list[str]:
    """Return the profiles that an option or a marker selects, as PLATFORM=PROFILE.

    ``asked``: ``all``, or names of platforms and profiles, separated by commas. Raises ValueError
    for a name that does not exist.
    """
    known = {name: list(each.profiles) for name, each in discover().items()}
    every = [f"{name}={profile}" for name, profiles in known.items() for profile in profiles]
    found: list[str] = []
    for part in (each.strip() for each in asked.split(",")):
        platform, _, _ = part.partition("=")
        matching = [each for each in every if part in {ALL, each, platform_of(each)}]
        if not matching:
            of_platform = [each for each in every if platform_of(each) == platform]
            listed = ", ".join(of_platform or every)
            raise ValueError(f"{part!r} is not a profile; there are {listed}")
        found += [each for each in matching if each not in found]
    return found


def platform_of(profile: str) -> str:
    """Return the platform of PLATFORM=PROFILE."""
    return profile.partition("=")[0]


def parametrize(metafunc: pytest.Metafunc, asked: str, marked: str | Sequence[str]) -> None:
    """Run a test once for each profile that both the option and the test's marker select."""
    try:
        of_test = selected(marked if isinstance(marked, str) else ",".join(marked))
    except ValueError as error:
        where = metafunc.definition.nodeid
        raise pytest.UsageError(f"{where}: @pytest.mark.emulator(profiles=...): {error}") from None
    chosen = [each for each in selected(asked) if each in of_test]
    metafunc.fixturenames.append(ATTRIBUTE)
    metafunc.parametrize(ATTRIBUTE, chosen, indirect=True, ids=chosen)


def summary(reports: Iterable[Any]) -> list[str]:
    """Return a line for each profile: how many tests passed, failed and were skipped."""
    outcomes: dict[str, Counter[str]] = {}
    for report in reports:
        profile = getattr(report, ATTRIBUTE, None)
        if profile is not None and (report.when == "call" or report.outcome != "passed"):
            outcomes.setdefault(profile, Counter())[report.outcome] += 1
    return [
        f"{profile}: " + ", ".join(f"{count} {outcome}" for outcome, count in found.items())
        for profile in selected(ALL)
        if (found := outcomes.get(profile))
    ]
