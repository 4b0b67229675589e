"""``selfcheck``: the work, with everything that it imports."""

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from itertools import count
from typing import Any, Final

import click
import httpx
from pydantic import ValidationError

from emulator import fixtures
from emulator.cli.exit_codes import UNREACHABLE
from emulator.cli.output import fail
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


def check(emulator: dict[str, str | None], only: str | None) -> list[dict[str, Any]]:
    """Run the examples against an emulator, or a new one; exit with a reason if that fails."""
    try:
        settings = read_client_settings(emulator)
    except ValidationError as error:
        raise click.UsageError(str(error)) from None
    return _rows(settings, only)


def _rows(settings: ClientSettings, only: str | None) -> list[dict[str, Any]]:
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
