"""``selfcheck``: run the examples of the vendors' documentation against an emulator."""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from itertools import count
from typing import Any, Final

import click
from pydantic import ValidationError

from emulator import fixtures
from emulator.cli.commands import Command
from emulator.cli.exit_codes import UNREACHABLE
from emulator.cli.output import echo, fail, show
from emulator.cli.problems import unreachable
from emulator.cli.progress import Progress
from emulator.conformance.selfcheck import (
    HttpConnection,
    NotAnEmulatorError,
    NoWorldError,
    check_platform,
)
from emulator.settings import ClientSettings, Settings, read_client_settings
from emulator.vendors import discover

REQUEST_TIMEOUT_SECONDS: Final = 60.0
COLUMNS: Final = ("platform", "fixture", "result", "reason")


@click.command(cls=Command)
@click.option("--url", help="Check this running emulator instead of a new one.")
@click.option("--token", help="The token of the emulator's control API.")
@click.option("--token-file", type=click.Path(dir_okay=False), help="File with that token.")
@click.option(
    "--platform", "only", type=click.Choice(list(discover())), help="Check only this vendor."
)
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
    try:
        settings = read_client_settings({"url": url, "token": token, "token_file": token_file})
    except ValidationError as error:
        raise click.UsageError(str(error)) from None
    rows = _rows(settings, only)
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


def _rows(settings: ClientSettings, only: str | None) -> list[dict[str, Any]]:
    import httpx  # noqa: PLC0415  # start-up time of the other commands

    url = settings.url
    with ExitStack() as stack:
        if "url" not in settings.model_fields_set:
            from emulator.server import running  # noqa: PLC0415  # loads a server

            url = stack.enter_context(running(Settings(port=0))).worlds.settings.base_url
        headers = {} if settings.token is None else {"X-Emulator-Token": settings.token}
        try:
            client = httpx.Client(
                base_url=url, headers=headers, timeout=REQUEST_TIMEOUT_SECONDS, trust_env=False
            )
            connection = HttpConnection(stack.enter_context(client))
            return list(_checked(connection, only))
        except NotAnEmulatorError:
            fail("the server there is not an emulator", UNREACHABLE)
        except NoWorldError as error:
            fail(str(error))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            fail(unreachable(url, error), UNREACHABLE)


def _checked(connection: HttpConnection, only: str | None) -> Iterator[dict[str, Any]]:
    """Check the platforms, with progress by example."""
    contracts = fixtures.folder() / "contracts"
    chosen = {name: each for name, each in discover().items() if only in (None, name)}
    total = sum(len(each.examples.examples) for each in chosen.values())
    done = count(1)
    with Progress("checking", "examples", total) as progress:
        for name, platform in chosen.items():
            folder = contracts / name
            show_next = partial(_show_next, progress, done, name)
            for result in check_platform(connection, folder, platform, show_next):
                yield {"platform": name} | result._asdict()


def _show_next(progress: Progress, done: Iterator[int], platform: str) -> None:
    progress.update(next(done), note=platform)


commands = (selfcheck,)
