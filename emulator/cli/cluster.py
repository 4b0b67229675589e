"""``cluster``: what runs in front of several processes that share the worlds."""

from typing import Final
from urllib.parse import urlsplit

import click

from emulator.cli.commands import CommandGroup
from emulator.cli.output import echo

DEFAULT_SHARD_URL: Final = "http://emulator-{shard}:8080"
MAX_SHARDS: Final = 4096


@click.group(cls=CommandGroup)
def cluster() -> None:
    """Run several processes at one address, behind a proxy."""


@cluster.group("config", cls=CommandGroup)
def config() -> None:
    """Print the configuration of the proxy."""


@config.command("haproxy")
@click.option(
    "--shards",
    type=click.IntRange(1, MAX_SHARDS),
    required=True,
    help="Number of shards, as in serve --shards.",
)
@click.option(
    "--shard-url",
    "shard_url",
    multiple=True,
    metavar="URL",
    default=(DEFAULT_SHARD_URL,),
    help="URL of a process, with {shard} for its shard; repeat it for standbys.  "
    f"[{DEFAULT_SHARD_URL}]",
)
@click.option("--bind", default=":8080", help="Address that HAProxy listens on.  [:8080]")
@click.option("--public-url", default="", help="URL of the proxy, if it has a path.")
def print_haproxy(shards: int, shard_url: tuple[str, ...], bind: str, public_url: str) -> None:
    """Print the configuration of HAProxy 2.6 or later."""
    from emulator.cli.haproxy import MissingSelectorsError, haproxy_config  # noqa: PLC0415  # start
    from emulator.domain.shards import shard_urls  # noqa: PLC0415  # start-up time
    from emulator.vendors import discover  # noqa: PLC0415  # start-up time

    try:
        urls = shard_urls(shard_url, shards)
        path = urlsplit(public_url).path.rstrip("/")
        text = haproxy_config(discover(), urls, bind=bind, public_path=path)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    except MissingSelectorsError as error:
        raise click.ClickException(str(error)) from None
    echo(text.rstrip())


commands = (cluster,)
