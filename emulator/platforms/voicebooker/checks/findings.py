"""How a check comes to its verdict."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from emulator.domain.callbacks import CallbackResponse
from emulator.kit.conformance import Verdict
from emulator.kit.world import World
from emulator.platforms.voicebooker.bot.conversations import Question
from emulator.platforms.voicebooker.bot.reading import UnusableError
from emulator.platforms.voicebooker.checks.probing import Probe, accepted
from emulator.platforms.voicebooker.checks.report import Finding, Report
from emulator.platforms.voicebooker.schemas import Action


class WrongError(Exception):
    """Against the page, or the bot cannot go on."""


class OddError(Exception):
    """Against what is only assumed."""


class NeedsError(Exception):
    """Cannot be checked, as something before could not be."""


@dataclass(slots=True)
class Checks:
    """Makes checks one after another, and writes down what each came to."""

    probe: Probe
    report: Report
    lost: str | None = field(default=None)
    """Why nothing more is asked: nobody answers."""

    @property
    def world(self) -> World:
        """The world of the bot."""
        return self.probe.world

    async def make(
        self,
        action: Action | str,
        check: str,
        function: Callable[[Question], Awaitable[str | None]],
    ) -> bool:
        """Make a check; True when what it looked for is there."""
        self.probe.exchanges = []
        asked = Question(action=Action.GET_ENTITY, callback_id="", asked_at=self.world.clock.now())
        verdict, reason = await self._verdict(asked, function)
        self.report.findings.append(
            Finding(
                action=str(action),
                check=check,
                verdict=verdict,
                reason=reason,
                exchanges=self.probe.exchanges,
            )
        )
        return verdict in {Verdict.PASS, Verdict.WARN}

    async def _verdict(
        self, asked: Question, function: Callable[[Question], Awaitable[str | None]]
    ) -> tuple[Verdict, str]:
        if self.lost is not None:
            return Verdict.SKIP, self.lost
        try:
            reason = await function(asked)
        except (WrongError, UnusableError) as error:
            return Verdict.FAIL, str(error)
        except OddError as error:
            return Verdict.WARN, str(error)
        except NeedsError as error:
            return Verdict.SKIP, str(error)
        if asked.deviations:
            return Verdict.WARN, "; ".join(asked.deviations)
        return Verdict.PASS, reason or "as documented"


def expect_nothing(answer: CallbackResponse, what: str) -> str:
    """Look for an empty list or a refusal; OddError for anything else. assumed: one is as good."""
    if accepted(answer) and answer.body.strip() == b"[]":
        return "nothing is listed"
    return expect_refusal(answer, what)


def expect_refusal(answer: CallbackResponse, what: str) -> str:
    """Look for a refusal; OddError for anything else. assumed: no page says how to refuse."""
    if answer.status is None:
        raise OddError(f"{what}: {answer.error}; expected an answer with a 4xx status")
    if accepted(answer):
        raise OddError(f"{what} is answered {answer.status}; expected a 4xx status")
    if answer.status >= 500:  # noqa: PLR2004
        raise OddError(f"{what} is answered {answer.status}; expected a 4xx status")
    return f"refused with {answer.status}"
