"""``check-webhook``: what an integrator runs against a booking backend, also in CI."""

import asyncio
from typing import Any, Final

import click
from pydantic import ValidationError

from emulator.cli.check_output import USAGE, as_usage, escaped, of_options, pairs, show_exchange
from emulator.cli.output import fail, plain
from emulator.clock import Clock, ClockMode
from emulator.domain.errors import DomainError
from emulator.kit.errors import ApiError, as_invalid
from emulator.kit.fields import http_url
from emulator.settings import Settings

OPTIONS: Final = {
    "callback_timeout": "--timeout",
    "webhook_headers": "--header",
    "timezone": "--timezone",
    "now": "--now",
}
"""The settings that the command's options stand for."""
NOWHERE: Final = "http://check-webhook.invalid"
"""No address of the emulator's own, so that nothing is mistaken for it."""


@click.command("check-webhook")
@click.argument("url")
@click.option("--sip-id", default="phoneSipId12345678", show_default=True, help="A number's id.")
@click.option("--timezone", default="Europe/Berlin", show_default=True, help="For slots.")
@click.option(
    "--persona", multiple=True, metavar="FIELD=VALUE", help="What the caller knows; repeatable."
)
@click.option("--header", multiple=True, metavar="NAME=VALUE", help="Sent along; repeatable.")
@click.option("--days", type=click.IntRange(1, 60), default=14, show_default=True, help="Ahead.")
@click.option("--entity-id", is_flag=True, help="Send entityId with every webhook.")
@click.option("--timeout", type=float, default=10.0, show_default=True, help="Seconds it has.")
@click.option("--now", help="The backend's time, if it is not the wall's.")
@click.option("--allow-public-callbacks", is_flag=True, help="Let requests leave for public hosts.")
@click.option("--quiet", is_flag=True, help="Print only what did not pass.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def check_webhook(*, url: str, as_json: bool, quiet: bool, **asked: Any) -> None:
    """Run VoiceBooker's bot and edge cases against a booking backend; exit 1 if it fails.

    It books, moves and cancels appointments of a made-up person, and cancels what it has booked.
    """
    try:
        report = asyncio.run(_check(http_url(url), asked))
    except ValidationError as error:
        problems = as_invalid(error, "the options").message
        raise click.UsageError(of_options(OPTIONS, problems)) from None
    except (ApiError, DomainError, ValueError) as error:
        raise click.UsageError(of_options(OPTIONS, str(error))) from None
    if report.refusal is not None:
        fail(as_usage(report.refusal), USAGE)
    shown = report.shown()
    if as_json:
        click.echo(escaped(shown))
    else:
        _print(shown, quiet=quiet)
    raise SystemExit(1 if shown["result"] == "fail" else 0)


async def _check(url: str, asked: dict[str, Any]) -> Any:
    from emulator.app import create_app  # noqa: PLC0415  # start-up time of the other commands
    from emulator.platforms.voicebooker.checks.checking import check  # noqa: PLC0415
    from emulator.platforms.voicebooker.options import VoicebookerOptions  # noqa: PLC0415

    headers = pairs("--header", asked["header"])
    options = VoicebookerOptions(
        entity_id_everywhere=asked["entity_id"],
        timezone=asked["timezone"],
        webhook_headers=headers,
    )
    settings = Settings(
        clock=ClockMode.FROZEN,
        now=asked["now"] or Clock(ClockMode.LIVE).now(),
        callback_timeout=asked["timeout"],
        allow_public_callbacks=asked["allow_public_callbacks"],
        public_url=NOWHERE,
    )
    app = create_app(settings)
    world = app.worlds.create(name="check", options={"voicebooker": options})
    try:
        return await check(
            world,
            url,
            sip_id=asked["sip_id"],
            timezone=asked["timezone"],
            persona=pairs("--persona", asked["persona"]),
            headers=headers,
            days=asked["days"],
        )
    finally:
        await app.worlds.stop()


def _print(shown: dict[str, Any], *, quiet: bool) -> None:
    action = None
    for each in shown["checks"]:
        if quiet and each["result"] == "pass":
            continue
        if each["action"] != action:
            action = each["action"]
            click.echo(action)
        reason = plain(each["reason"])
        click.echo(f"  {each['result'].upper()}  {each['check']}: {reason}")
        for exchange in each["exchanges"]:
            show_exchange(exchange["request"], exchange)
    for left in shown["left"]:
        click.echo(f"LEFT  {plain(left)}")
    counts = ", ".join(f"{count} {name}" for name, count in shown["counts"].items())
    click.echo(f"{shown['result'].upper()}  {shown['url']}: {counts}")


commands = (check_webhook,)
