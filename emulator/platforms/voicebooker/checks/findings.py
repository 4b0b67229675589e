"""How a check comes to its result."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from emulator.domain.callbacks import CallbackResponse
from emulator.kit.check_results import CheckResult
from emulator.kit.world import World
from emulator.platforms.voicebooker.bot.conversations import Question
from emulator.platforms.voicebooker.bot.responses import UnusableResponseError
from emulator.platforms.voicebooker.checks.probe import Probe, accepted
from emulator.platforms.voicebooker.checks.report import WebhookFinding, WebhookReport
from emulator.platforms.voicebooker.schemas.words import Action


class CheckFailedError(Exception):
    """The response is not as documented, or the bot cannot use it."""


class CheckWarningError(Exception):
    """The response is not as assumed."""


class CheckSkippedError(Exception):
    """The check needs something that an earlier check did not find."""


@dataclass(slots=True)
class CheckRunner:
    """Runs checks one after another and records their results."""

    probe: Probe
    report: WebhookReport
    lost: str | None = field(default=None)
    """Why the backend is not asked any more: it does not respond."""

    @property
    def world(self) -> World:
        """Return the world of the bot."""
        return self.probe.world

    async def run(
        self,
        action: Action | str,
        check: str,
        function: Callable[[Question], Awaitable[str | None]],
    ) -> bool:
        """Run a check; return True if it found what it looked for."""
        self.probe.exchanges = []
        asked = Question(action=Action.GET_ENTITY, callback_id="", asked_at=self.world.clock.now())
        result, reason = await self._result(asked, function)
        self.report.findings.append(
            WebhookFinding(
                action=str(action),
                check=check,
                result=result,
                reason=reason,
                exchanges=self.probe.exchanges,
            )
        )
        return result in {CheckResult.PASS, CheckResult.WARN}

    async def _result(
        self, asked: Question, function: Callable[[Question], Awaitable[str | None]]
    ) -> tuple[CheckResult, str]:
        if self.lost is not None:
            return CheckResult.SKIP, self.lost
        try:
            reason = await function(asked)
        except (CheckFailedError, UnusableResponseError) as error:
            return CheckResult.FAIL, str(error)
        except CheckWarningError as error:
            return CheckResult.WARN, str(error)
        except CheckSkippedError as error:
            return CheckResult.SKIP, str(error)
        if asked.deviations:
            return CheckResult.WARN, "; ".join(asked.deviations)
        return CheckResult.PASS, reason or "as documented"


def expect_empty_or_refusal(response: CallbackResponse, what: str) -> str:
    """Expect an empty list or a refusal; CheckWarningError otherwise. assumed: both are fine."""
    if accepted(response) and response.body.strip() == b"[]":
        return "nothing is listed"
    return expect_refusal(response, what)


def expect_refusal(response: CallbackResponse, what: str) -> str:
    """Expect a refusal; CheckWarningError otherwise. assumed: no page shows refusals."""
    if response.status is None:
        raise CheckWarningError(f"{what}: {response.error}; expected a response with a 4xx status")
    if accepted(response):
        raise CheckWarningError(f"{what} gets status {response.status}; expected a 4xx status")
    if response.status >= 500:  # noqa: PLR2004
        raise CheckWarningError(f"{what} gets status {response.status}; expected a 4xx status")
    return f"refused with status {response.status}"
