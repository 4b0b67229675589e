"""``check-bot``: the calls that a developer runs against a bot, also in CI."""

from typing import Final

from pydantic import BaseModel, ConfigDict

from emulator.kit.endpoint_check import EndpointCheck, EndpointReport
from emulator.kit.world import World


class BotCheckOptions(BaseModel):
    """The flags of ``check-bot``: none of its own."""

    model_config = ConfigDict(extra="forbid", frozen=True)


async def _run(world: World, url: str, asked: BotCheckOptions) -> EndpointReport:
    from emulator.platforms.exotel.calls.bot_checks.runner import (  # noqa: PLC0415  # start-up time
        check_bot,
    )

    del asked
    return await check_bot(world, url)


endpoint_check: Final = EndpointCheck(
    command="check-bot",
    help="""Call a bot as Exotel's AgentStream does, and grade it; exit 1 if it fails.

    A person calls in every form of messages, at each rate, is silent, interrupts, presses keys,
    hangs up early, and calls twice at once. What could not be seen is "not seen". The URL is
    ws://, wss://, or http:// for an address that answers {"url": "wss://..."}. It takes about two
    minutes.
    """,
    options=BotCheckOptions,
    run=_run,
    schemes=("ws", "wss", "http", "https"),
    unit="calls",
)
