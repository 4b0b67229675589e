"""What was checked, and what came of it."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from emulator.domain.callbacks import CallbackResponse
from emulator.kit.conformance import Verdict, masked, shown_answer

VERDICTS: Final = (Verdict.PASS, Verdict.WARN, Verdict.FAIL, Verdict.SKIP)
"""Fail: against the page, or the bot cannot go on. Warn: against what is only assumed."""


class Exchange(NamedTuple):
    """One request to the backend, and what it answered."""

    content: bytes
    answer: CallbackResponse


@dataclass(slots=True, kw_only=True)
class Finding:
    """One check of one action."""

    action: str
    check: str
    verdict: Verdict
    reason: str
    exchanges: list[Exchange] = field(default_factory=list[Exchange])


@dataclass(slots=True)
class Report:
    """Everything found out about a backend."""

    url: str
    findings: list[Finding] = field(default_factory=list[Finding])
    left: list[str] = field(default_factory=list[str])
    """What was booked and could not be cancelled again."""

    @property
    def refusal(self) -> str | None:
        """Why the emulator itself let nothing leave, if it did not."""
        answers = (each.answer for finding in self.findings for each in finding.exchanges)
        return next((answer.error for answer in answers if answer.refused), None)

    @property
    def verdict(self) -> Verdict:
        """Fail if anything failed."""
        failed = any(each.verdict is Verdict.FAIL for each in self.findings)
        return Verdict.FAIL if failed else Verdict.PASS

    def shown(self) -> dict[str, Any]:
        """Write it down for programs."""
        counts = Counter(each.verdict for each in self.findings)
        return {
            "url": masked(self.url),
            "result": self.verdict,
            "counts": {verdict: counts[verdict] for verdict in VERDICTS},
            "left": self.left,
            "checks": [_shown_finding(each) for each in self.findings],
        }


def _shown_finding(each: Finding) -> dict[str, Any]:
    return {
        "action": each.action,
        "check": each.check,
        "result": each.verdict,
        "reason": each.reason,
        "exchanges": [_shown_exchange(*exchange) for exchange in each.exchanges],
    }


def _shown_exchange(content: bytes, answer: CallbackResponse) -> dict[str, Any]:
    return {"request": content.decode(errors="replace")} | shown_answer(answer)
