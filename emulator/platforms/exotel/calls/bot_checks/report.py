"""What ``check-bot`` has found out about a bot."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from emulator.kit.check_results import CheckResult, mask_credentials


class BotAspect(StrEnum):
    """What a bot is graded for."""

    CONNECTS = "connects"
    PROTOCOL = "keeps to the protocol"
    FORMS = "takes every form of messages"
    SOUND = "sends sound as it was asked for"
    RESPONDS = "responds in time"
    INTERRUPTED = "can be interrupted"
    SURVIVES = "survives what persons do"
    ENDS = "ends calls"


MAX_FAILED: Final = 3
WORST: Final = (
    CheckResult.FAIL,
    CheckResult.WARN,
    CheckResult.PASS,
    CheckResult.UNSEEN,
    CheckResult.SKIP,
)


@dataclass(frozen=True, kw_only=True)
class BotCheck:
    """One check."""

    aspect: BotAspect
    check: str
    result: CheckResult
    reason: str

    def shown(self) -> dict[str, Any]:
        """Return it for programs."""
        return {
            "action": self.aspect,
            "check": self.check,
            "result": self.result,
            "reason": self.reason,
            "exchanges": [],
        }


@dataclass(slots=True, kw_only=True)
class BotReport:
    """Everything found out about a bot."""

    url: str
    checks: list[BotCheck] = field(default_factory=list)
    refusal: str | None = None
    """Why the emulator itself dialed nothing."""
    unreachable: str | None = None
    """Why no server responds at the address."""

    def results(self) -> dict[BotAspect, CheckResult]:
        """Return the worst of what was found out about each aspect."""
        return {
            aspect: _worst(each.result for each in self.checks if each.aspect is aspect)
            for aspect in BotAspect
        }

    def grade(self) -> str | None:
        """Return A to F, by the aspects that were seen; None if no aspect was.

        A: nothing amiss; B: warnings alone; C, D, E: one, two, more aspects failed; F: the bot
        cannot be reached.
        """
        results = self.results()
        if results[BotAspect.CONNECTS] is CheckResult.FAIL:
            return "F"
        judged = [each for each in results.values() if each is not CheckResult.UNSEEN]
        if failed := judged.count(CheckResult.FAIL):
            return "BCDE"[min(failed, MAX_FAILED)]
        return "B" if CheckResult.WARN in judged else "A"

    def shown(self) -> dict[str, Any]:
        """Return the report for programs."""
        counted = Counter(each.result for each in self.checks)
        results = self.results()
        failed = CheckResult.FAIL in results.values()
        return {
            "url": mask_credentials(self.url),
            "result": CheckResult.FAIL if failed else CheckResult.PASS,
            "grade": self.grade(),
            "grades": results,
            "unseen": [each for each, result in results.items() if result is CheckResult.UNSEEN],
            "counts": {result: counted[result] for result in CheckResult},
            "left": [],
            "checks": [each.shown() for each in self.checks],
        }


def _worst(results: Iterable[CheckResult]) -> CheckResult:
    return min(results, key=WORST.index, default=CheckResult.UNSEEN)
