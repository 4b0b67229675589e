"""``check-receiver``: how an endpoint takes callbacks that go wrong, also in CI."""

import asyncio
from collections.abc import Callable
from math import isfinite
from typing import Any, Final

import click
from pydantic import TypeAdapter, ValidationError

from emulator.cli.check_output import as_usage, of_options, pairs, show_exchange
from emulator.cli.commands import Command
from emulator.cli.durations import Duration
from emulator.cli.exit_codes import UNREACHABLE, USAGE
from emulator.cli.output import echo, fail, plain, show
from emulator.kit.errors import as_invalid
from emulator.kit.fields import SentHeaders, http_url
from emulator.kit.platform import Platform
from emulator.kit.receiver_check import ReceiverCheck
from emulator.settings import Settings
from emulator.vendors import default_name, discover

OPTIONS: Final = {"callback_timeout": "--timeout", "seed": "--seed"}
"""The settings that the command's options stand for."""


@click.command("check-receiver", cls=Command)
@click.argument("url")
@click.option(
    "--platform",
    type=click.Choice(list(discover())),
    default=default_name(),
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
    from emulator.conformance.receiver.runner import (  # noqa: PLC0415  # start-up time of the other commands
        RefusedError,
        UnreachableError,
    )

    asked["signature"] = asked["signature"] or asked["former_signature"]
    lines = _Lines(quiet=quiet, verbose=verbose)
    try:
        shown = asyncio.run(_graded(url, asked, _silent if as_json else lines.show)).shown()
    except RefusedError as error:
        fail(as_usage(str(error)), USAGE)
    except UnreachableError as error:
        fail(f"no server responds at that address: {error}", UNREACHABLE)
    except ValidationError as error:
        problems = of_options(OPTIONS, as_invalid(error, "--header").message)
        raise click.UsageError(problems) from None
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    if as_json:
        show(shown, as_json=True)
    else:
        _print_summary(shown)
    missing = shown["unseen"] if require_all else []
    if missing:
        hint = "" if asked["state"] else "; --state says where your service shows what it knows"
        echo(f"--require-all: not seen: {', '.join(missing)}{hint}", err=True)
    raise SystemExit(1 if shown["result"] == "fail" or missing else 0)


async def _graded(url: str, asked: dict[str, Any], on_finding: Callable[[Any], None]) -> Any:
    from emulator.callbacks.egress import Egress  # noqa: PLC0415  # see check_receiver
    from emulator.callbacks.socket_transport import SocketTransport  # noqa: PLC0415  # see check_receiver
    from emulator.conformance.receiver.runner import grade  # noqa: PLC0415  # see check_receiver
    from emulator.conformance.receiver.service_state import Window  # noqa: PLC0415  # see check_receiver
    from emulator.conformance.receiver.simulated_calls import Stage  # noqa: PLC0415  # see check_receiver
    from emulator.conformance.receiver.trial import Endpoint  # noqa: PLC0415  # see check_receiver

    settings = Settings(callback_timeout=asked["timeout"], seed=asked["seed"])
    platform = discover()[asked["platform"]]
    receiver_check = _chosen(platform, asked["callbacks"])
    if not isfinite(asked["settle"]):
        raise ValueError("--settle must be a number of seconds")
    window = None
    if asked["state"] is not None:
        window = Window(url=_address("--state", asked["state"]), fields=asked["field"])
    elif asked["field"]:
        raise ValueError("--field needs --state")
    headers = _headers(asked)
    transport = SocketTransport(
        Egress(allow_public=asked["allow_public_callbacks"]), settings.callback_timeout
    )
    try:
        return await grade(
            Endpoint(
                url=_address("URL", url),
                transport=transport,
                window=window,
                settle=asked["settle"],
            ),
            Stage(platform, receiver_check, settings.seed, asked["signature"], headers),
            on_finding,
        )
    finally:
        await transport.close()


def _chosen(platform: Platform, kind: str | None) -> ReceiverCheck:
    """Return the receiver check of a kind of callbacks; ValueError if the platform has none."""
    if platform.hooks.receiver_check is None:
        raise ValueError(f"{platform.title} sends no callbacks: there is nothing to check")
    return platform.hooks.receiver_check.named(kind)


def _address(name: str, url: str) -> str:
    try:
        return http_url(url)
    except ValueError as error:
        raise ValueError(f"{name} {error}") from None


def _headers(asked: dict[str, Any]) -> dict[str, str]:
    given = pairs("--header", asked["header"])
    headers: dict[str, str] = TypeAdapter(SentHeaders).validate_python(given)
    name = asked["signature"]
    if name is not None and name.lower() not in {given.lower() for given in headers}:
        raise ValueError(f"--signature {name} is not among the headers given with --header")
    return headers


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
