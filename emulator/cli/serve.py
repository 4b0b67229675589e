"""``serve``: its flags."""

import gc
from typing import Any, Final

import click

from emulator.cli.commands import Command
from emulator.cli.durations import Duration

ALIASES: Final = {
    "--fold-bytes": "--checkpoint-bytes",
    "--fold-seconds": "--checkpoint-timeout",
}
SECTIONS: Final = {
    "Address": ("--host", "--port", "--public-url", "--tls", "--tls-cert", "--tls-key"),
    "The default world": (
        *("--clock", "--speed", "--now", "--seed", "--auth", "--calls-per-second", "--profile"),
    ),
    "Sound": ("--voice",),
    "Initial contents": ("--demo", "--seed-file", "--world"),
    "Files": (
        *("--data", "--durability", "--checkpoint-bytes", "--checkpoint-timeout"),
        "--checkpoint-process-bytes",
    ),
    "Limits": (
        *("--keep", "--keep-bytes", "--max-body", "--max-world-bytes", "--max-bytes"),
        *("--callback-timeout", "--client-timeout"),
    ),
    "Several processes": ("--shards", "--shard", "--shard-url"),
    "Access": ("--token", "--token-file", "--allow-origin", "--allow-host"),
    "Callbacks": (
        *("--allow-public-callbacks", "--callback-ca"),
        *("--insecure-callbacks", "--insecure-streams"),
    ),
    "Log": ("--quiet", "--log", "--log-level", "--report", "--runs"),
}
"""The flags by the heading that help shows them under."""


@click.command(cls=Command, aliases=ALIASES, sections=SECTIONS)
@click.option("--host", help="Address to listen on.  [127.0.0.1]")
@click.option("--port", type=int, help="Port to listen on; 0 picks a free one.  [8080]")
@click.option(
    "--clock",
    type=click.Choice(["live", "frozen", "auto"]),
    help="Clock mode: live, frozen, or auto (jumps to the next due step).  [live]",
)
@click.option("--speed", type=float, help="Speed of a live clock; 2 is twice as fast.  [1]")
@click.option("--now", help="Start time of the clock, for example 2026-01-01T00:00:00Z.")
@click.option("--seed", type=int, help="Seed of every id and every seeded random choice.  [0]")
@click.option(
    "--auth",
    type=click.Choice(["open", "strict"]),
    help="Credentials that the default world accepts: any, or only its own.  [open]",
)
@click.option("--calls-per-second", type=float, help="Calls of a batch dialed per second.  [10]")
@click.option(
    "--profile",
    metavar="PLATFORM=PROFILE[,...]",
    help="Edition of a platform's API that worlds follow.",
)
@click.option("--max-body", type=int, help="Largest request body, in bytes.  [33554432]")
@click.option(
    "--keep",
    type=int,
    help="Entries to keep of the history, of the callback log, and of each inbox.  [100000]",
)
@click.option(
    "--keep-bytes",
    type=int,
    help="Bytes to keep of the history, of the callback log, and of all inboxes.  [67108864]",
)
@click.option(
    "--max-world-bytes", type=int, help="Bytes of memory that a world may take.  [2147483648]"
)
@click.option(
    "--max-bytes", type=int, help="Bytes that all worlds may take together.  [4294967296]"
)
@click.option(
    "--callback-timeout", type=Duration(), help="Time that an endpoint has to respond.  [10s]"
)
@click.option(
    "--client-timeout", type=Duration(), help="Time that a client has to send a request.  [1m]"
)
@click.option(
    "--voice",
    type=click.Choice(["spoken", "tones"]),
    help="Sound of recordings: speech if the extra voice is installed, or tones.  [spoken]",
)
@click.option(
    "--data",
    type=click.Path(dir_okay=False),
    metavar="FILE|URL",
    help="Keep every world in this file (TinyDB), or in PostgreSQL: postgresql://HOST/DATABASE.",
)
@click.option(
    "--durability",
    type=click.Choice(["normal", "sync"]),
    help="What changes survive: a crash (normal), or a power failure too (sync).  [normal]",
)
@click.option(
    "--checkpoint-bytes",
    type=int,
    help="Write-ahead log size that triggers a checkpoint into the data file.  [134217728]",
)
@click.option(
    "--checkpoint-process-bytes",
    type=int,
    help="Size of file and log above which another process makes the checkpoint.  [4194304]",
)
@click.option(
    "--checkpoint-timeout",
    type=Duration(),
    help="Time that the checkpoint at shutdown may take; a longer one is skipped.  [3s]",
)
@click.option(
    "--world",
    "world_files",
    multiple=True,
    type=click.Path(dir_okay=False),
    help="Load the worlds of this file at the start; repeatable.",
)
@click.option(
    "--seed-file",
    "seed_files",
    multiple=True,
    type=click.Path(dir_okay=False),
    help="Fill worlds from this YAML file, such as `init` writes; repeatable.",
)
@click.option(
    "--allow-public-callbacks",
    is_flag=True,
    default=None,
    help="Send callbacks to public addresses too.",
)
@click.option(
    "--token", help="Token of the control API; required with a --host other than loopback."
)
@click.option(
    "--token-file",
    type=click.Path(dir_okay=False),
    help="File with the token, instead of --token.",
)
@click.option(
    "--allow-origin",
    multiple=True,
    metavar="ORIGIN",
    help="Allow web pages of this origin to use the vendors' paths; repeatable.  [none]",
)
@click.option(
    "--allow-host",
    multiple=True,
    metavar="NAME",
    help="Accept this name in the Host header; repeatable.",
)
@click.option("--public-url", help="URL at which clients reach the emulator; it may have a path.")
@click.option(
    "--shards", type=int, help="Number of shards that the worlds are divided among.  [none]"
)
@click.option("--shard", type=int, help="Number of this process's shard, from 0.")
@click.option(
    "--shard-url",
    multiple=True,
    metavar="URL",
    help="URL of a process, with {shard} for its shard; repeat it for standbys.",
)
@click.option(
    "--tls",
    type=click.Choice(["self-signed"]),
    help="Serve over TLS with a certificate made at the start.",
)
@click.option(
    "--tls-cert", type=click.Path(dir_okay=False), help="Serve over TLS with this certificate."
)
@click.option("--tls-key", type=click.Path(dir_okay=False), help="Private key of --tls-cert.")
@click.option(
    "--callback-ca",
    type=click.Path(dir_okay=False),
    help="Trust the authorities in this PEM file, besides the system's.",
)
@click.option(
    "--insecure-callbacks",
    is_flag=True,
    default=None,
    help="Accept any certificate for callbacks.",
)
@click.option(
    "--insecure-streams",
    is_flag=True,
    default=None,
    help="Accept any certificate of a bot (wss://).",
)
@click.option(
    "--quiet",
    is_flag=True,
    default=None,
    help="Do not log requests, transitions and callbacks.",
)
@click.option(
    "--log",
    type=click.Choice(["text", "json"]),
    help="Format of the log on standard output.  [text]",
)
@click.option(
    "--log-level",
    type=click.Choice(["debug", "info", "warning", "error"]),
    help="Least severe messages to write to standard error; info includes each request.  [warning]",
)
@click.option(
    "--demo",
    is_flag=True,
    help="Start with demo data of every platform.",
)
def serve(*, demo: bool, **flags: Any) -> None:
    """Serve until stopped. Every flag can be set as VOICEBOT_EMULATOR_*."""
    gc.disable()  # until the server has started: nothing that it imports is garbage
    from emulator.cli.serve_runner import run_server  # noqa: PLC0415  # a Tab waits for no server

    run_server(flags, demo=demo)


commands = (serve,)
