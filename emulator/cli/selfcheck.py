"""``selfcheck``: run the examples of the vendors' documentation against an emulator."""

from collections import Counter
from typing import Final

import click

from emulator.cli.commands import Command
from emulator.cli.output import echo, show
from emulator.cli.platform_choice import PlatformChoice

COLUMNS: Final = ("platform", "fixture", "result", "reason")


@click.command(cls=Command)
@click.option("--url", help="Check this running emulator instead of a new one.")
@click.option("--token", help="The token of the emulator's control API.")
@click.option("--token-file", type=click.Path(dir_okay=False), help="File with that token.")
@click.option("--platform", "only", type=PlatformChoice(), help="Check only this vendor.")
@click.option("--quiet", is_flag=True, help="Print only what failed or was skipped.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def selfcheck(
    *,
    url: str | None,
    token: str | None,
    token_file: str | None,
    only: str | None,
    quiet: bool,
    as_json: bool,
) -> None:
    """Run the examples of the vendors' documentation, and exit 1 if any response differs.

    It creates worlds of its own and deletes them; other worlds are not touched.
    """
    from emulator.cli.selfcheck_runner import check  # noqa: PLC0415  # a Tab waits for no vendor

    rows = check({"url": url, "token": token, "token_file": token_file}, only)
    counts = Counter(row["result"] for row in rows)
    totals = {name: counts[name] for name in ("pass", "fail", "skip")}
    result = "fail" if totals["fail"] or not totals["pass"] else "pass"
    shown = [row for row in rows if row["result"] != "pass"] if quiet else rows
    if as_json:
        show({"result": result, "counts": totals, "fixtures": shown}, as_json=True)
    else:
        show(shown, as_json=False, columns=COLUMNS)
        summary = ", ".join(f"{count} {name}" for name, count in totals.items())
        echo(f"{result.upper()}  {summary}")
    raise SystemExit(1 if result == "fail" else 0)


commands = (selfcheck,)
