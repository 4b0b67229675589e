"""Former names of commands and flags: they keep working, and no list or help text shows them."""

from collections.abc import Mapping
from typing import Any

import click


class AliasedCommand(click.Command):
    """A command that accepts former names of its flags."""

    def __init__(self, *args: Any, aliases: Mapping[str, str], **options: Any) -> None:
        """``aliases``: the present name of a flag by its former one."""
        super().__init__(*args, **options)
        self._aliases = aliases

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the flags, with former names as present ones."""
        return super().parse_args(ctx, [self._present(arg) for arg in args])

    def _present(self, arg: str) -> str:
        flag, equals, value = arg.partition("=")
        return self._aliases.get(flag, flag) + equals + value
