"""Makes the calls of ``check-bot``, one after another, and judges them."""

from collections.abc import Sequence
from typing import Final

from emulator.kit.world import World
from emulator.platforms.exotel.calls.bot_checks.judge import judge
from emulator.platforms.exotel.calls.bot_checks.report import BotReport
from emulator.platforms.exotel.calls.bot_checks.scripts import CALLS, BotCall
from emulator.platforms.exotel.calls.bot_checks.trials import Seen, run

REFUSED: Final = "refused: "


async def check_bot(
    world: World, url: str, pace: str = "real", calls: Sequence[BotCall] = CALLS
) -> BotReport:
    """Return what was found out about the bot at an address; nothing if it cannot be reached."""
    seen: dict[str, list[Seen]] = {}
    for call in calls:
        seen[call.name] = await run(world, url, call, pace)
        first = seen["conversation"]
        if any(each.stream.connected_at is None for each in first) or not first:
            break
    report = BotReport(url=url, checks=judge(seen))
    error = first[0].stream.error if first else ""
    if REFUSED in error:
        report.refusal = error.partition(REFUSED)[2]
    return report
