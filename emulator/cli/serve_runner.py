"""Runs the server of ``serve``, and reads the settings of ``serve`` and ``exec``."""

import os
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final

import click

from emulator.app import Emulator
from emulator.cli.exit_codes import CANNOT_START, TAKEN_OVER
from emulator.cli.output import echo, fail
from emulator.cli.progress import Progress
from emulator.cli.serve_output import announce, goodbye, server_log
from emulator.domain.profiles import ProfileError
from emulator.kit.errors import as_invalid
from emulator.lazy_imports import on_first_use
from emulator.listeners import CannotStartError
from emulator.server import LOOPBACK, serve as serve_settings
from emulator.settings import Settings, read_settings, variable_of
from emulator.vendors import discover
from emulator.world.profiles import with_profiles

with on_first_use():
    import pydantic

if TYPE_CHECKING:
    from emulator.certificates import Certificate

TOGETHER: Final = "together"
"""Stands for settings that do not fit each other: their error names them itself."""


def run_server(flags: dict[str, Any], *, demo: bool) -> None:
    """Serve until stopped; exit with a reason if that cannot be."""
    settings = settings_of(flags)
    log = server_log(settings)
    served: list[Emulator] = []
    loading = Progress("loading", "worlds")

    def begin(app: Emulator, certificate: "Certificate | None") -> None:
        loading.hide()
        served.append(app)
        if log is not None:
            log.follow(app.worlds)
        announce(app, certificate)

    try:
        with loading:
            loading.show_while_busy()
            prepare = seeding_of(seed_documents(settings, demo=demo), loading)
            write_log = None if log is None else log.write
            serve_settings(settings, begin, write_log, prepare, _end_as_taken_over)
    except CannotStartError as error:
        fail(str(error), CANNOT_START)
    if not served:
        echo("stopped before it was ready", err=True)
    elif log is not None:
        log.close(goodbye(served[0]))


def _end_as_taken_over(_: str) -> None:
    """End at once: what this process has in memory counts no longer."""
    os._exit(TAKEN_OVER)


def seed_documents(settings: Settings, *, demo: bool = False) -> list[Any]:
    """Read and check the seed files, and the demo world if it is asked for."""
    if not settings.seed_files and not demo:
        return []
    from emulator.cli.seed_files import read_seed_files  # noqa: PLC0415  # start-up time

    return read_seed_files(settings.seed_files, demo=demo)


def seeding_of(
    documents: list[Any], loading: Progress
) -> Callable[[Emulator], Awaitable[None]] | None:
    """Return what loads these files before the server listens; None for no file."""
    if not documents:
        return None

    async def prepare(app: Emulator) -> None:
        from emulator.cli.seed_files import seed  # noqa: PLC0415  # start-up time

        await seed(app, documents, loading)

    return prepare


def settings_of(flags: dict[str, Any], **defaults: Any) -> Settings:
    """Read flags and environment; exit with an error that names the flag or variable."""
    lists = ("world_files", "seed_files", "allow_origin", "allow_host", "shard_url")
    given = flags | {name: flags.get(name) or None for name in lists}
    try:
        settings = read_settings(given, {"clock": "live"} | defaults)
    except pydantic.ValidationError as error:
        wrong = as_invalid(error, TOGETHER)
        message = "; ".join(
            f"{_source_of(name, given)}{text}{wrong.remarks.get(name, '')}"
            for name, text in wrong.problems
        )
        raise click.UsageError(message) from None
    try:
        with_profiles(discover(), settings.profile, {})
    except ProfileError as error:
        raise click.UsageError(f"{_source_of('profile', given)}{error}") from None
    if settings.host not in LOOPBACK and settings.token is None:
        fail(
            f"--host {settings.host} needs --token or --token-file, because others can reach"
            " the control API there",
            CANNOT_START,
        )
    if "*" in settings.allow_origin and settings.host not in LOOPBACK:
        fail("--allow-origin '*' is for loopback only; name the origins", CANNOT_START)
    return settings


def _source_of(setting: str, given: dict[str, Any]) -> str:
    """Name the flag or the environment variable that a setting was read from, and a space."""
    name = setting.partition("[")[0]
    if name == TOGETHER:
        return ""
    if given.get(name) is None:
        return f"{variable_of(name)} "
    files = {"world_files": "--world", "seed_files": "--seed-file"}
    flag = files.get(name, f"--{name.replace('_', '-')}")
    return f"{flag} "
