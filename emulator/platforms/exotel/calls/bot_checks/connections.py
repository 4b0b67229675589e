"""What the calls of ``check-bot`` say about connections: made, and lasting to the end."""

from collections.abc import Sequence
from dataclasses import replace

from emulator.kit.check_results import CheckResult
from emulator.platforms.exotel.calls.bot_checks.report import BotAspect, BotCheck
from emulator.platforms.exotel.calls.bot_checks.scripts import ONE_WAY
from emulator.platforms.exotel.calls.bot_checks.trials import Seen

PASS, FAIL = CheckResult.PASS, CheckResult.FAIL


def connects(seen: Sequence[Seen]) -> BotCheck:
    """Check that the bot accepts the WebSocket."""
    error = next((each.stream.error for each in seen if each.stream.connected_at is None), None)
    if not seen:
        error = "no call reached the bot"
    said = "the bot accepts the WebSocket" if error is None else error
    return BotCheck(
        aspect=BotAspect.CONNECTS,
        check="handshake",
        result=PASS if error is None else FAIL,
        reason=said,
    )


def broken_by(seen: Sequence[Seen]) -> str:
    """Return how a connection broke, if one did."""
    failed = [each.stream for each in seen if each.stream.status == "failed"]
    return f"the stream failed: {failed[0].error}" if failed else ""


def lasts(seen: Sequence[Seen], name: str, aspect: BotAspect = BotAspect.SURVIVES) -> BotCheck:
    """Check that the connection of a call lasts until the person hangs up."""
    broken = broken_by(seen)
    reason = broken or "the connection lasted until the person hung up"
    result = FAIL if broken else PASS
    return BotCheck(aspect=aspect, check=name, result=result, reason=reason)


def listens(seen: Sequence[Seen]) -> BotCheck:
    """Check a one-way stream, on which a bot for calls may speak: it cannot know."""
    found = lasts(seen, ONE_WAY)
    if found.result is PASS and any("sent_on_unidirectional" in each.codes for each in seen):
        reason = f"{found.reason}; what the bot sends there is not heard (sent_on_unidirectional)"
        return replace(found, reason=f"{reason}; with --one-way it is a failure")
    return found
