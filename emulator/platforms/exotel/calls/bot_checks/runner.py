"""Makes the calls of ``check-bot``, one after another, and judges them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from emulator.kit.check_results import is_unreachable
from emulator.kit.world import World
from emulator.platforms.exotel.calls.bot_checks.judge import judge
from emulator.platforms.exotel.calls.bot_checks.listener import judge_listener
from emulator.platforms.exotel.calls.bot_checks.report import BotReport
from emulator.platforms.exotel.calls.bot_checks.scripts import (
    CALLS,
    BotCall,
    without_greeting,
)
from emulator.platforms.exotel.calls.bot_checks.trials import Seen, run
from emulator.platforms.exotel.calls.stream_steps import NO_ANSWER
from emulator.platforms.exotel.calls.streams.lifecycle import UNREACHED

REFUSED: Final = "refused: "
FAILED_HANDSHAKE: Final = f"{UNREACHED}: "


async def check_bot(
    world: World, url: str, pace: str = "real", calls: Sequence[BotCall] = CALLS
) -> BotReport:
    """Return what was found out about the bot at an address; nothing if it cannot be reached."""
    seen: dict[str, list[Seen]] = {}
    greets = True
    for call in calls:
        script = call.script if greets else without_greeting(call.script)
        seen[call.name] = await run(world, url, replace(call, script=script), pace)
        first = seen["conversation"]
        if any(each.stream.connected_at is None for each in first) or not first:
            break
        greets = any(each.greeting() for each in first)
    one_way = all(each.is_one_way for each in calls)
    report = BotReport(url=url, checks=judge_listener(seen) if one_way else judge(seen))
    error = first[0].stream.error.removeprefix(FAILED_HANDSHAKE) if first else ""
    if error.startswith(REFUSED):
        report.refusal = error.removeprefix(REFUSED)
    elif is_unreachable(error.removeprefix(NO_ANSWER)):
        report.unreachable = error
    return report
