"""``check-receiver``: how an endpoint takes callbacks that go wrong, also in CI."""

from typing import Any

import click

from emulator.cli.check_output import show_exchange
from emulator.cli.commands import Command
from emulator.cli.durations import Duration
from emulator.cli.output import echo, plain, show
from emulator.cli.platform_choice import PlatformChoice, PlatformOption


@click.command("check-receiver", cls=Command)
@click.argument("url")
@click.option(
    "--platform",
    cls=PlatformOption,
    type=PlatformChoice(),
    show_default=True,
    help="The platform whose callbacks the endpoint takes.",
)
@click.option(
    "--callbacks",
    metavar="KIND",
    help="Kind of callbacks, for a platform that sends several; see the platform's guide.",
)
@click.option(
    "--state", metavar="URL", help="URL of your service that shows, to GET, the state of {id}."
)
@click.option(
    "--field",
    multiple=True,
    metavar="PATH",
    help="Compare only this field of the state; repeatable.",
)
@click.option(
    "--settle",
    type=Duration(0, 60),
    default=0,
    help="Time to wait after a callback before the state is read.",
)
@click.option(
    "--header", multiple=True, metavar="NAME=VALUE", help="Header of each callback; repeatable."
)
@click.option(
    "--signature",
    metavar="NAME",
    help="Name of the header that authenticates callbacks.",
)
@click.option("--proof", "former_signature", hidden=True, help="The former name of --signature.")
@click.option(
    "--timeout",
    type=Duration(),
    default="10s",
    help="Time that the endpoint has to respond.  [10s]",
)
@click.option(
    "--seed", type=int, default=0, show_default=True, help="Seed of the ids in callbacks."
)
@click.option("--allow-public-callbacks", is_flag=True, help="Allow requests to public hosts.")
@click.option("--verbose", is_flag=True, help="Print every request and response.")
@click.option("--quiet", is_flag=True, help="Print only what did not pass.")
@click.option("--require-all", is_flag=True, help="Fail if an aspect was not seen.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def check_receiver(
    *, url: str, as_json: bool, quiet: bool, verbose: bool, require_all: bool, **asked: Any
) -> None:
    """Send an endpoint every fault that callbacks can have, and grade it; exit 1 if it fails.

    The responses of an endpoint show whether it acknowledges in time, survives the unknown and
    refuses forgeries. Only the state of your service shows whether it acts twice on a duplicate, or
    goes back to an older status: give its URL with --state, such as
    http://127.0.0.1:3000/requests/{id}, with {id} or any other field of the callback in braces.

    The calls are simulated; no emulator needs to run. Requests are shown with all headers.
    """
    from emulator.cli.receiver_runner import check  # noqa: PLC0415  # a Tab waits for no vendor

    asked["signature"] = asked["signature"] or asked["former_signature"]
    lines = _Lines(quiet=quiet, verbose=verbose)
    shown = check(url, asked, _silent if as_json else lines.show)
    if as_json:
        show(shown, as_json=True)
    else:
        _print_summary(shown)
    missing = shown["unseen"] if require_all else []
    if missing:
        hint = "" if asked["state"] else "; --state says where your service shows what it knows"
        echo(f"--require-all: not seen: {', '.join(missing)}{hint}", err=True)
    raise SystemExit(1 if shown["result"] == "fail" or missing else 0)


def _silent(_: Any) -> None:
    """Print nothing before the end."""


class _Lines:
    """Prints the result of each check as it ends."""

    def __init__(self, *, quiet: bool, verbose: bool) -> None:
        self._quiet = quiet
        self._verbose = verbose
        self._aspect: str | None = None

    def show(self, finding: Any) -> None:
        """Print one result, under its aspect."""
        each = finding.shown()
        if self._quiet and each["result"] == "pass":
            return
        if each["aspect"] != self._aspect:
            self._aspect = each["aspect"]
            echo(self._aspect)
        echo(f"  {each['result'].upper()}  {each['check']}: {plain(each['reason'])}")
        if each["result"] in {"fail", "warn"}:
            echo(f"      wanted: {each['wants']}")
        for exchange in each["exchanges"] if self._verbose or each["result"] == "fail" else ():
            echo(f"      # {exchange['what']}")
            show_exchange(exchange["curl"], exchange)


def _print_summary(shown: dict[str, Any]) -> None:
    """Print how many aspects were seen; with a letter only if what the service does was seen."""
    grade = "" if shown["grade"] is None else f"GRADE {shown['grade']}  "
    echo(f"{grade}{shown['summary']}: {plain(shown['url'])}")
    counts = ", ".join(f"{count} {name}" for name, count in shown["counts"].items())
    unseen = f"; not seen: {', '.join(shown['unseen'])}" if shown["unseen"] else ""
    echo(f"checks: {counts}{unseen}")


commands = (check_receiver,)
