"""``check-bot``: the calls that a developer runs against a bot, also in CI."""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from emulator.kit.endpoint_check import EndpointCheck, EndpointReport
from emulator.kit.world import World

TOTAL_CALLS: Final = 17
"""A test compares it with the calls, whose module is imported only when they are made."""


class BotCheckOptions(BaseModel):
    """The flag that ``check-bot`` has besides those of every check."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    one_way: Annotated[
        bool, Field(description="The bot is for Stream applets: it only listens.")
    ] = False


async def _run(world: World, url: str, asked: BotCheckOptions) -> EndpointReport:
    from emulator.platforms.exotel.calls.bot_checks.runner import (  # noqa: PLC0415  # start-up time
        check_bot,
    )
    from emulator.platforms.exotel.calls.bot_checks.scripts import (  # noqa: PLC0415  # start-up time
        CALLS,
        ONE_WAY_CALLS,
    )

    return await check_bot(world, url, calls=ONE_WAY_CALLS if asked.one_way else CALLS)


def _present(begun: int) -> str:
    """Return the name of the call that has begun last."""
    from emulator.platforms.exotel.calls.bot_checks.scripts import (  # noqa: PLC0415  # start-up time
        CALLS,
    )

    return CALLS[min(begun, len(CALLS)) - 1].name if begun else ""


endpoint_check: Final = EndpointCheck(
    command="check-bot",
    help="""Call a bot as Exotel's AgentStream does, and grade it; exit 1 if it fails.

    URL is ws://, wss://, or the http:// address that answers {"url": "wss://..."}. A simulated
    person makes one call after another: in every form of messages and at each sample rate, silent,
    interrupting, pressing keys, in noise, hanging up early, over a slow network, over a stream that
    only listens, and in two calls at once. A check that the calls could not show is "not seen" and
    is not graded. It takes one to three minutes. Exit 4 if no server responds at the URL.
    """,
    options=BotCheckOptions,
    run=_run,
    schemes=("ws", "wss", "http", "https"),
    unit="calls",
    total=TOTAL_CALLS,
    present=_present,
)
