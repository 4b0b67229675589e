"""What ``serve`` prints when it is ready, and when it has stopped."""

import json
import sys
from typing import TYPE_CHECKING, Any

from emulator.app import Emulator
from emulator.cli.log_stream import LogStream
from emulator.cli.output import counted, echo
from emulator.cli.server_log import ServerLog
from emulator.cli.terminal import is_terminal
from emulator.domain.database_url import shown_url
from emulator.domain.terminal import escaped
from emulator.settings import Settings, wants_colour

if TYPE_CHECKING:
    from emulator.certificates import Certificate


def server_log(settings: Settings) -> ServerLog | None:
    """Return the log that these settings ask for; None with ``quiet``."""
    if settings.quiet:
        return None
    is_coloured = is_terminal(sys.stdout) and wants_colour()
    is_json = settings.log == "json"
    return ServerLog(LogStream(sys.stdout.fileno(), as_json=is_json, is_coloured=is_coloured))


def announce(app: Emulator, certificate: "Certificate | None") -> None:
    """Print the URLs of the dashboard and the platforms, credentials, and commands to try."""
    worlds = app.worlds
    base_url = worlds.settings.base_url
    if worlds.settings.insecure_callbacks:
        echo("callbacks accept any certificate (--insecure-callbacks)", err=True)
    if worlds.settings.insecure_streams:
        echo("streams accept any certificate (--insecure-streams)", err=True)
    has_default = worlds.named(worlds.default.name) is not None  # else another process has it
    vendors = app.platforms if has_default else {}
    credentials = {name: worlds.credentials(worlds.default, name) for name in vendors}
    if worlds.settings.log == "json" and not worlds.settings.quiet:
        _print_json(
            kind="ready",
            control=f"{base_url}/_emulator",
            dashboard=f"{base_url}/_emulator/ui",
            base_urls={name: f"{base_url}/{name}" for name in app.platforms},
            credentials=credentials,
        )
        return
    echo(f"dashboard  {base_url}/_emulator/ui  (addresses, keys and a first call)")
    if worlds.here:
        echo(f"worlds{worlds.here}")
    for name, platform in vendors.items():
        shown = "  ".join(f"{key}={value}" for key, value in credentials[name].items())
        echo(f"{name}  {base_url}/{name}  {shown}")
        echo(f"  {platform.command(f'{base_url}/{name}', credentials[name])}")
    echo(f"guides  {base_url}/_emulator/guide/")
    echo(f"control  {base_url}/_emulator  (clock: {worlds.default.clock.mode})")
    if certificate is not None and certificate.ca is not None:
        echo(f"certificate authority  {certificate.ca}")


def goodbye(app: Emulator) -> str:
    """Say what was kept and what was lost."""
    settings, worlds = app.worlds.settings, app.worlds.all()
    calls = sum(len(world.calls) for world in worlds)
    if settings.log == "json":
        kept_in = _kept_in(settings)
        record = {"kind": "stopped", "kept_in": kept_in, "worlds": len(worlds), "calls": calls}
        return json.dumps(record)
    text = f"stopped: {counted(len(worlds), 'world')} with {counted(calls, 'call')}"
    if settings.data is None:
        text += " lost, because --data FILE was not given"
    else:
        text += escaped(f" kept in {_kept_in(settings)}")
    return f"\n{text}" if is_terminal(sys.stdout) else text  # behind the ^C of a terminal


def _kept_in(settings: Settings) -> str | None:
    """Return where the worlds are kept; None for memory only."""
    kept_in = settings.data
    if kept_in is None:
        return None
    return shown_url(kept_in) if isinstance(kept_in, str) else str(kept_in)


def _print_json(**record: Any) -> None:
    echo(json.dumps(record))
