"""What an endpoint was checked for, and what came of it."""

import shlex
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from emulator.domain.callbacks import CallbackResponse
from emulator.kit.check_results import CheckResult, mask_credentials, response_json


class Aspect(StrEnum):
    """What an endpoint is graded for."""

    ACKNOWLEDGES = "acknowledges in time"
    IDEMPOTENT = "idempotent"
    ORDER = "order-safe"
    SURVIVES = "survives the unknown"
    REFUSES = "refuses forgeries"
    ASKS = "asks the API about missing callbacks"


WORST: Final = (
    CheckResult.FAIL,
    CheckResult.WARN,
    CheckResult.UNSEEN,
    CheckResult.PASS,
    CheckResult.SKIP,
)
JUDGED: Final = frozenset({CheckResult.FAIL, CheckResult.WARN, CheckResult.PASS})
"""The results of an aspect that was seen."""
AMISS: Final = {CheckResult.FAIL: "failed", CheckResult.WARN: "with a warning"}
MAX_FAILED: Final = 3


@dataclass(frozen=True, kw_only=True)
class ReceiverExchange:
    """One request to the endpoint or its service, and what it answered."""

    what: str
    """In which way it is not as it should be."""
    method: str
    url: str
    headers: Mapping[str, str]
    content: bytes
    answer: CallbackResponse
    seconds: float
    """Until the answer, in real time."""

    @property
    def curl(self) -> str:
        """The command that sends the same."""
        words = ["curl", "-X", self.method, mask_credentials(self.url)]
        for name, value in self.headers.items():
            words += ["-H", f"{name}: {value}"]
        if self.method != "GET":
            words += ["--data-binary", self.content.decode(errors="replace")]
        return shlex.join(words)

    def shown(self) -> dict[str, Any]:
        """Write it down for programs."""
        return {
            "what": self.what,
            "curl": self.curl,
            "method": self.method,
            "url": mask_credentials(self.url),
            "request_headers": [list(pair) for pair in self.headers.items()],
            "request": self.content.decode(errors="replace"),
            "seconds": round(self.seconds, 3),
            **response_json(self.answer),
        }


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One check."""

    aspect: Aspect
    check: str
    result: CheckResult
    reason: str
    wants: str
    """What a good endpoint does."""
    exchanges: tuple[ReceiverExchange, ...] = ()

    def shown(self) -> dict[str, Any]:
        """Return it for programs."""
        return {
            "aspect": self.aspect,
            "check": self.check,
            "result": self.result,
            "reason": self.reason,
            "wants": self.wants,
            "exchanges": [exchange.shown() for exchange in self.exchanges],
        }


@dataclass(slots=True, kw_only=True)
class Report:
    """Everything found out about an endpoint."""

    url: str
    platform: str
    seed: int
    findings: list[Finding] = field(default_factory=list[Finding])
    is_state_seen: bool = False
    """The state of the service could be read, so that what it does was judged too."""

    @property
    def is_failed(self) -> bool:
        """Something failed."""
        return any(each.result is CheckResult.FAIL for each in self.findings)

    @property
    def grades(self) -> dict[Aspect, CheckResult]:
        """The worst of what was found out about each aspect."""
        return {
            aspect: worst(each.result for each in self.findings if each.aspect is aspect)
            for aspect in Aspect
        }

    @property
    def seen(self) -> int:
        """How many aspects something can be said of."""
        return sum(result in JUDGED for result in self.grades.values())

    @property
    def unseen(self) -> list[Aspect]:
        """The aspects that nothing can be said of, except those that do not apply."""
        return [each for each, result in self.grades.items() if result is CheckResult.UNSEEN]

    @property
    def summary(self) -> str:
        """How many aspects were seen, and how they are."""
        results = [each for each in self.grades.values() if each in JUDGED]
        counts = Counter(results)
        parts = [f"{count} {words}" for each, words in AMISS.items() if (count := counts[each])]
        good = {1: "it is good", 2: "both good"}.get(self.seen, "all good")
        state = ", ".join(parts) or (good if self.seen else "with no result")
        return f"{self.seen} of {len(Aspect)} aspects seen, {state}"

    @property
    def grade(self) -> str | None:
        """A to F, or None if only responses were seen: most aspects need the service's state.

        A: nothing amiss; B: warnings alone; C, D, E: one, two, more aspects failed; F: callbacks
        as they should be are not acknowledged.
        """
        if not self.is_state_seen:
            return None
        if self.findings and self.findings[0].result is CheckResult.FAIL:
            return "F"
        results = list(self.grades.values())
        if failed := results.count(CheckResult.FAIL):
            return "BCDE"[min(failed, MAX_FAILED)]
        return "B" if CheckResult.WARN in results else "A"

    @property
    def counts(self) -> dict[CheckResult, int]:
        """How many checks came to what."""
        counted = Counter(each.result for each in self.findings)
        return {result: counted[result] for result in CheckResult}

    def shown(self) -> dict[str, Any]:
        """Write it down for programs."""
        return {
            "url": mask_credentials(self.url),
            "platform": self.platform,
            "seed": self.seed,
            "result": CheckResult.FAIL if self.is_failed else CheckResult.PASS,
            "grade": self.grade,
            "grades": self.grades,
            "seen": self.seen,
            "unseen": self.unseen,
            "summary": self.summary,
            "counts": self.counts,
            "checks": [each.shown() for each in self.findings],
        }


def worst(results: Iterable[CheckResult]) -> CheckResult:
    """The worst of these; what was not looked at is not seen."""
    return min(results, key=WORST.index, default=CheckResult.UNSEEN)
