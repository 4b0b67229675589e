"""A vendor's command that checks an endpoint of the user's: its module ``endpoint_check``.

The command line makes flags of the fields of ``options``: ``most_days`` is ``--most-days``, a
boolean is a switch, a mapping is a repeatable ``NAME=VALUE``, a bounded number is a range.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import BaseModel

from emulator.kit.world import World
from emulator.lazy_model import LazyModel


class EndpointReport(Protocol):
    """What a check of an endpoint found."""

    @property
    def refusal(self) -> str | None:
        """Return why the emulator itself sent nothing, or None."""

    @property
    def unreachable(self) -> str | None:
        """Return why no server responds at the address, if nothing could be checked; or None."""

    def shown(self) -> dict[str, Any]:
        """Return the report for programs, see ``EndpointCheck``."""


@dataclass(frozen=True, kw_only=True)
class EndpointCheck:
    """A command ``voicebot-emulator {command} URL``.

    ``EndpointReport.shown`` has at least: ``url``, ``result`` (``pass`` or ``fail``), ``counts``
    by result, ``left`` (what the check could not clean up) and ``checks``, each with ``action``,
    ``check``, ``result``, ``reason`` and ``exchanges`` (``request``, ``status``, ``answer``,
    ``error``).
    """

    command: str
    help: str
    """The first line is the summary."""
    options: type[BaseModel]
    """The flags, and their defaults and descriptions."""
    run: Callable[[World, str, Any], Awaitable[EndpointReport]]
    """Check the endpoint at this URL from a world of its own, with these options."""
    schemes: tuple[str, ...] = ("http", "https")
    """What the URL may begin with."""
    unit: str = "requests"
    """What its progress counts: the callbacks that were sent, or ``calls``."""
    total: int | None = None
    """How many of them there are, if that is known."""
    present: Callable[[int], str] = lambda _: ""
    """Return what is being checked when so many of them have begun."""
    platform_options: Callable[[Any], LazyModel] | None = None
    """Return the vendor's options that the world of the check follows."""
