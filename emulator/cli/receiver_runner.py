"""``check-receiver``: the work, with everything that it imports."""

import asyncio
from collections.abc import Callable
from math import isfinite
from typing import Any, Final

import click
from pydantic import TypeAdapter, ValidationError

from emulator.callbacks.egress import Egress
from emulator.callbacks.socket_transport import SocketTransport
from emulator.cli.check_output import as_usage, of_options, pairs
from emulator.cli.exit_codes import UNREACHABLE, USAGE
from emulator.cli.output import fail
from emulator.conformance.receiver.report import Report
from emulator.conformance.receiver.runner import RefusedError, UnreachableError, grade
from emulator.conformance.receiver.service_state import Window
from emulator.conformance.receiver.simulated_calls import Stage
from emulator.conformance.receiver.trial import Endpoint
from emulator.kit.errors import as_invalid
from emulator.kit.fields import SentHeaders
from emulator.kit.patterns import http_url
from emulator.kit.platform import Platform
from emulator.kit.receiver_check import ReceiverCheck
from emulator.settings import Settings
from emulator.vendors import discover

OPTIONS: Final = {"callback_timeout": "--timeout", "seed": "--seed"}
"""The settings that the command's options stand for."""


def check(url: str, asked: dict[str, Any], on_finding: Callable[[Any], None]) -> dict[str, Any]:
    """Grade an endpoint; exit with a reason if that cannot be done."""
    try:
        return asyncio.run(_graded(url, asked, on_finding)).shown()
    except RefusedError as error:
        fail(as_usage(str(error)), USAGE)
    except UnreachableError as error:
        fail(f"no server responds at that address: {error}", UNREACHABLE)
    except ValidationError as error:
        problems = of_options(OPTIONS, as_invalid(error, "--header").message)
        raise click.UsageError(problems) from None
    except ValueError as error:
        raise click.UsageError(str(error)) from None


async def _graded(url: str, asked: dict[str, Any], on_finding: Callable[[Any], None]) -> Report:
    settings = Settings(callback_timeout=asked["timeout"], seed=asked["seed"])
    platform = discover()[asked["platform"]]
    receiver_check = _chosen(platform, asked["callbacks"])
    if not isfinite(asked["settle"]):
        raise ValueError("--settle must be a finite number of seconds")
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
