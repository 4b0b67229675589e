"""What the calls of ``check-bot --one-way`` say about a bot that only listens."""

from typing import Final

from emulator.kit.check_results import CheckResult
from emulator.platforms.exotel.calls.bot_checks.connections import connects, lasts
from emulator.platforms.exotel.calls.bot_checks.judge import FORMS, SeenCalls, protocol
from emulator.platforms.exotel.calls.bot_checks.report import BotAspect, BotCheck

SPEAKING: Final = frozenset({"silent_bot", "late_clear", "late_pong"})
"""The findings about bots that are heard."""


def judge_listener(calls: SeenCalls) -> list[BotCheck]:
    """Return every check, by aspect; that the bot sends something is a mistake."""
    connected = connects(calls["conversation"])
    if connected.result is CheckResult.FAIL:
        return [connected]
    checks = [connected, *protocol(calls, SPEAKING)]
    for name, seen in calls.items():
        aspect = BotAspect.FORMS if name in FORMS else BotAspect.SURVIVES
        checks.append(lasts(seen, name, aspect))
    order = list(BotAspect)
    return sorted(checks, key=lambda check: order.index(check.aspect))
