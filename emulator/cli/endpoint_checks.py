"""The commands that vendors contribute to check an endpoint, such as ``check-webhook``."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import click
from pydantic import ValidationError

from emulator.cli.check_output import as_usage, of_options, pairs, show_exchange
from emulator.cli.commands import Command
from emulator.cli.endpoint_outlines import COMMON
from emulator.cli.exit_codes import FAILED, UNREACHABLE, USAGE
from emulator.cli.junit import write_junit
from emulator.cli.output import echo, fail, plain, show
from emulator.cli.progress import Progress
from emulator.clock import Clock, ClockMode
from emulator.domain.errors import DomainError
from emulator.kit.endpoint_check import EndpointCheck, EndpointReport
from emulator.kit.errors import ApiError, as_invalid
from emulator.kit.patterns import http_url
from emulator.settings import Settings
from emulator.vendors import discover

POLL_SECONDS: Final = 0.25
"""Real seconds between two looks at the progress."""
SERVER_FLAGS: Final = {"callback_timeout": "--timeout", "now": "--now"}
"""The flags that stand for settings of a server, by the settings."""
TYPES: Final[dict[str, click.ParamType[Any]]] = {
    "string": click.STRING,
    "number": click.FLOAT,
    "integer": click.INT,
}


def command_of(platform: str, check: EndpointCheck) -> click.Command:
    """Build the command of a vendor's check: an URL, a flag for each option, the common flags."""
    schema = check.options.model_json_schema()
    flags = [_flag(name, each) for name, each in schema["properties"].items()]

    def run(
        *, url: str, as_json: bool, quiet: bool, junit: str | None, require_all: bool, **asked: Any
    ) -> None:
        report = _report(platform, check, url, asked)
        shown = report.shown()
        if junit is not None:
            write_junit(Path(junit), check.command, shown)
        if as_json:
            show(shown, as_json=True)
        else:
            _print(shown, quiet=quiet)
        if report.unreachable is not None:
            fail(f"no server responds at that address: {report.unreachable}", UNREACHABLE)
        unseen = [each["check"] for each in shown["checks"] if each["result"] == "not seen"]
        if require_all and unseen:
            echo(f"--require-all: not seen: {', '.join(unseen)}", err=True)
        is_failed = shown["result"] == "fail" or (require_all and unseen)
        raise SystemExit(FAILED if is_failed else 0)

    return Command(
        check.command,
        callback=run,
        params=[click.Argument(["url"]), *flags, *COMMON],
        help=check.help,
    )


def _address(check: EndpointCheck, url: str) -> str:
    """Return the URL of what is checked; ValueError if it cannot be one."""
    scheme, found, rest = url.partition("://")
    if not found or scheme.lower() not in check.schemes:
        allowed = " or ".join(f"{each}://" for each in check.schemes)
        raise ValueError(f"URL must begin with {allowed}")
    is_socket = scheme.lower() in {"ws", "wss"}
    http_url(f"http://{rest}" if is_socket else url)
    return url


def _flag(name: str, schema: Mapping[str, Any]) -> click.Option:
    """Make a flag of a field, by its JSON Schema."""
    flag, kind, default = name.replace("_", "-"), schema["type"], schema.get("default")
    if kind == "boolean":
        return click.Option([f"--{flag}"], is_flag=True, help=schema.get("description"))
    if kind == "object":
        metavar = schema.get("metavar", "NAME=VALUE")
        return click.Option(
            [f"--{flag}"], multiple=True, metavar=metavar, help=schema.get("description")
        )
    value = TYPES[kind]
    if kind == "integer" and {"minimum", "maximum"} <= schema.keys():
        value = click.IntRange(schema["minimum"], schema["maximum"])
    return click.Option(
        [f"--{flag}"],
        type=value,
        default=default,
        show_default=default is not None,
        help=schema.get("description"),
    )


def _report(platform: str, check: EndpointCheck, url: str, asked: dict[str, Any]) -> EndpointReport:
    """Run a check; exit with a usage error for what does not fit or must not be reached."""
    names = {name: f"--{name.replace('_', '-')}" for name in check.options.model_fields}
    flags = SERVER_FLAGS | names
    try:
        report = asyncio.run(_run(platform, check, _address(check, url), asked))
    except ValidationError as error:
        problems = as_invalid(error, "the options").message
        raise click.UsageError(of_options(flags, problems)) from None
    except (ApiError, DomainError, ValueError) as error:
        raise click.UsageError(of_options(flags, str(error))) from None
    if report.refusal is not None:
        fail(as_usage(report.refusal), USAGE)
    return report


async def _run(
    platform: str, check: EndpointCheck, url: str, asked: dict[str, Any]
) -> EndpointReport:
    from emulator.conformance.endpoints import check_world  # noqa: PLC0415  # start-up time

    given = {
        name: pairs(f"--{name.replace('_', '-')}", value) if isinstance(value, tuple) else value
        for name, value in asked.items()
        if name in check.options.model_fields and value is not None
    }
    options = check.options.model_validate(given)
    settings = Settings(
        clock=ClockMode.FROZEN,
        now=asked["now"] or Clock(ClockMode.LIVE).now(),
        callback_timeout=asked["timeout"],
        allow_public_callbacks=asked["allow_public_callbacks"],
        insecure_callbacks=asked["insecure"],
        insecure_streams=asked["insecure"],
    )
    async with check_world(settings, platform, check, options) as world:
        running = asyncio.ensure_future(check.run(world, url, options))
        with Progress("checking", check.unit) as progress:
            while not (await asyncio.wait([running], timeout=POLL_SECONDS))[0]:
                done = len(world.calls if check.unit == "calls" else world.courier.log)
                progress.update(done, check.total, check.present(done))
        return await running


def _print(shown: dict[str, Any], *, quiet: bool) -> None:
    action = None
    for each in shown["checks"]:
        if quiet and each["result"] == "pass":
            continue
        if each["action"] != action:
            action = each["action"]
            echo(action)
        reason = plain(each["reason"])
        echo(f"  {each['result'].upper()}  {each['check']}: {reason}")
        for exchange in each["exchanges"]:
            show_exchange(exchange["request"], exchange)
    for left in shown["left"]:
        echo(f"LEFT  {plain(left)}")
    counts = ", ".join(f"{count} {name}" for name, count in shown["counts"].items())
    grade = "" if shown.get("grade") is None else f"GRADE {shown['grade']}  "
    echo(f"{grade}{shown['result'].upper()}  {shown['url']}: {counts}")


commands = tuple(
    command_of(name, platform.endpoint_check)
    for name, platform in discover().items()
    if platform.endpoint_check is not None
)
