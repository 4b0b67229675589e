"""Arguments and flags that name a vendor: the vendors are imported when a command runs."""

from typing import Any

import click
from click.shell_completion import CompletionItem

from emulator.cli.commands import OneOf
from emulator.cli.names import platform_names


class PlatformChoice(click.ParamType[str]):
    """The name of a vendor, or another word that is allowed beside them."""

    name = "platform"

    def __init__(self, *others: str) -> None:
        self._others = others

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name; a usage error suggests the nearest for an unknown one."""
        return self._choice().convert(value, param, ctx)

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str | None:
        """Return the names, for the help of a flag."""
        if isinstance(param, click.Argument):
            return None
        return self._choice().get_metavar(param, ctx)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Return the names that fit, without importing the vendors."""
        others = [each for each in self._others if each.startswith(incomplete)]
        return [CompletionItem(name) for name in [*platform_names(ctx, param, incomplete), *others]]

    def _choice(self) -> OneOf:
        from emulator.vendors import discover  # noqa: PLC0415  # a Tab waits for no vendor

        return OneOf([*discover(), *self._others])


class PlatformOption(click.Option):
    """A flag whose default is the default vendor."""

    def get_default(self, ctx: click.Context, call: bool = True) -> str | None:  # noqa: FBT001, FBT002  # as click has it
        """Return the vendor's name, for the command and for help; a Tab needs none."""
        if call and ctx.resilient_parsing:
            return None
        from emulator.vendors import default_name  # noqa: PLC0415  # a Tab waits for no vendor

        return default_name()
