"""``scenario``."""

from typing import Any

import click

from emulator.cli.client import ControlClient, with_control
from emulator.cli.commands import CommandGroup
from emulator.cli.pairs import read_pairs, read_scalar


@click.group(cls=CommandGroup)
def scenario() -> None:
    """Choose how callees behave."""


@scenario.command("list")
@with_control
def list_scenarios(control: ControlClient) -> None:
    """Show the scenario rules, the outcome mix, and the names of all scenarios."""
    control.show(control.ask("GET", "/scenarios"))


@scenario.command("add")
@click.argument("name")
@click.option("--platform", help="Only calls of this platform.")
@click.option("--number", help="Only calls to this number.")
@click.option("--workflow", "workflow_id", help="Only calls of this workflow.")
@click.option("--next", "next", type=int, help="Only the next N calls that match.")
@with_control
def add_scenario_rule(control: ControlClient, name: str, **match: Any) -> None:
    """Add a scenario rule before the others: matching calls get scenario NAME."""
    given = {key: value for key, value in match.items() if value is not None}
    rules = control.ask("GET", "/scenarios")["rules"]
    rules.insert(0, {"match": given, "scenario": name})
    control.show(control.ask("PUT", "/scenarios", {"rules": rules}))


@scenario.command("mix")
@click.argument("weights", nargs=-1, required=True, metavar="NAME=WEIGHT...")
@with_control
def set_mix(control: ControlClient, weights: tuple[str, ...]) -> None:
    """Set the outcome mix of calls without a rule or a magic number: busy=1 answered=9."""
    control.show(control.ask("PUT", "/scenarios", {"mix": _numbers(weights, "NAME=WEIGHT")}))


@scenario.command("quota")
@click.argument("counts", nargs=-1, required=True, metavar="NAME=COUNT...")
@with_control
def set_quota(control: ControlClient, counts: tuple[str, ...]) -> None:
    """Set exact counts: answered=7 busy=3 answers exactly 7 of every 10 calls."""
    control.show(control.ask("PUT", "/scenarios", {"quota": _numbers(counts, "NAME=COUNT")}))


def _numbers(given: tuple[str, ...], form: str) -> dict[str, Any]:
    return {name: read_scalar(value) for name, value in read_pairs(given, form)}


@scenario.command("clear")
@with_control
def clear_scenarios(control: ControlClient) -> None:
    """Delete the scenario rules, and restore the default outcome mix."""
    control.show(control.ask("DELETE", "/scenarios"))


commands = (scenario,)
