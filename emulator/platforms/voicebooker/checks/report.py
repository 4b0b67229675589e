"""The report on a backend."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from emulator.domain.callbacks import CallbackResponse
from emulator.kit.check_results import (
    CheckResult,
    is_unreachable,
    mask_credentials,
    response_json,
)

COUNTED_RESULTS: Final = (CheckResult.PASS, CheckResult.WARN, CheckResult.FAIL, CheckResult.SKIP)
"""Fail: not as documented, or not usable by the bot. Warn: not as assumed."""


class WebhookExchange(NamedTuple):
    """A request to the backend and its response."""

    content: bytes
    response: CallbackResponse


@dataclass(slots=True, kw_only=True)
class WebhookFinding:
    """The result of one check."""

    action: str
    check: str
    result: CheckResult
    reason: str
    exchanges: list[WebhookExchange] = field(default_factory=list[WebhookExchange])


@dataclass(slots=True)
class WebhookReport:
    """The results of all checks of a backend."""

    url: str
    findings: list[WebhookFinding] = field(default_factory=list[WebhookFinding])
    left: list[str] = field(default_factory=list[str])
    """What the checks have booked and could not cancel."""

    @property
    def refusal(self) -> str | None:
        """Return why the emulator itself sent nothing, or None."""
        responses = (each.response for finding in self.findings for each in finding.exchanges)
        return next((response.error for response in responses if response.refused), None)

    @property
    def unreachable(self) -> str | None:
        """Return why no server responds at the address, or None."""
        first = next((each for finding in self.findings for each in finding.exchanges), None)
        error = None if first is None else first.response.error
        return error if is_unreachable(error) else None

    @property
    def result(self) -> CheckResult:
        """Return fail if any check has failed."""
        failed = any(each.result is CheckResult.FAIL for each in self.findings)
        return CheckResult.FAIL if failed else CheckResult.PASS

    def shown(self) -> dict[str, Any]:
        """Return the report for programs."""
        counts = Counter(each.result for each in self.findings)
        return {
            "url": mask_credentials(self.url),
            "result": self.result,
            "counts": {result: counts[result] for result in COUNTED_RESULTS},
            "left": self.left,
            "checks": [_serialize_finding(each) for each in self.findings],
        }


def _serialize_finding(each: WebhookFinding) -> dict[str, Any]:
    return {
        "action": each.action,
        "check": each.check,
        "result": each.result,
        "reason": each.reason,
        "exchanges": [_serialize_exchange(*exchange) for exchange in each.exchanges],
    }


def _serialize_exchange(content: bytes, response: CallbackResponse) -> dict[str, Any]:
    return {"request": content.decode(errors="replace")} | response_json(response)
