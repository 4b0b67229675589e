"""Grades an endpoint: every fault there is of callbacks, one after another.

Each check is about something new, so that none disturbs another, and is followed by a callback as
it should be, which must be acknowledged like any other.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final, NamedTuple

from emulator.conformance.receiver import checks
from emulator.conformance.receiver.checks import last_of
from emulator.conformance.receiver.report import Aspect, Finding, Report
from emulator.conformance.receiver.service_state import UnreadableError, said
from emulator.conformance.receiver.simulated_calls import Stage
from emulator.conformance.receiver.trial import Endpoint, NothingError, SilentError, Trial
from emulator.domain.faults import Effect
from emulator.faults.catalogue import CATALOGUE
from emulator.kit.check_results import CheckResult, is_unreachable


class UnreachableError(Exception):
    """No server responds at the endpoint's address; the message says why."""


class RefusedError(Exception):
    """The emulator's own rules keep a request from leaving; the message says which."""


class Check(NamedTuple):
    """One check; its name is its fault's, if it has one."""

    aspect: Aspect
    name: str
    make: Callable[[Trial], Awaitable[None]]
    wants: str


def _of(aspect: Aspect, effect: Effect, make: Callable[[Trial], Awaitable[None]]) -> Check:
    return Check(aspect, effect, make, CATALOGUE[effect].wants)


FIRST: Final = Check(
    Aspect.ACKNOWLEDGES,
    "good",
    checks.good,
    "Acknowledge it with the vendor's status, in time, also about an id it has not asked for.",
)
CHECKS: Final = (
    _of(Aspect.IDEMPOTENT, Effect.DUPLICATE, checks.duplicate),
    _of(Aspect.ORDER, Effect.EARLY, checks.early),
    _of(Aspect.ORDER, Effect.DELAY, checks.delay),
    _of(Aspect.ORDER, Effect.REORDER, checks.reorder),
    _of(Aspect.ORDER, Effect.LATE_REGRESSION, checks.late_regression),
    _of(Aspect.ORDER, Effect.CONFLICTING_FINAL, checks.conflicting_final),
    _of(Aspect.SURVIVES, Effect.UNKNOWN_STATUS, checks.unknown_status),
    _of(Aspect.SURVIVES, Effect.MISSING_FIELD, checks.missing_field),
    _of(Aspect.SURVIVES, Effect.WRONG_CONTENT_TYPE, checks.wrong_content_type),
    _of(Aspect.REFUSES, Effect.BAD_SIGNATURE, checks.bad_signature),
    _of(Aspect.REFUSES, Effect.STALE_SIGNATURE, checks.stale_signature),
    _of(Aspect.ASKS, Effect.DROP, checks.drop),
)


def _ignore(_: Finding) -> None:
    """Show no progress."""


async def grade(
    endpoint: Endpoint, stage: Stage, on_finding: Callable[[Finding], None] = _ignore
) -> Report:
    """Make every check; UnreachableError or RefusedError when nothing can be judged.

    ``on_finding`` is called as each check ends, and again for one whose result changes later.
    """
    report = Report(url=endpoint.url, platform=stage.platform.name, seed=stage.seed)
    trials = [Trial(endpoint, stage)]
    first = await _made(FIRST, trials[0])
    heard = [each.answer for each in first.exchanges if each.method != "GET"]
    if heard and all(is_unreachable(answer.error) for answer in heard):
        raise UnreachableError(said(heard[0]))
    report.findings.append(first)
    on_finding(first)
    for number, check in enumerate(CHECKS, 1):
        trials.append(Trial(endpoint, stage.after(number)))
        if first.result is CheckResult.FAIL:
            reason = "correct callbacks are not acknowledged"
            found = _finding(check, CheckResult.SKIP, reason)
        else:
            found = await _made(check, trials[-1])
        report.findings.append(found)
        on_finding(found)
    is_deaf = first.result is CheckResult.FAIL and endpoint.window is not None
    report.is_state_seen = endpoint.is_open or is_deaf
    await _look_again(report, trials, on_finding)
    return report


async def _look_again(
    report: Report, trials: list[Trial], on_finding: Callable[[Finding], None]
) -> None:
    """Fail the checks that were good when they ended, and whose subject has changed since."""
    for place, (check, trial) in enumerate(zip((FIRST, *CHECKS), trials, strict=True)):
        if report.findings[place].result is CheckResult.FAIL or not trial.endpoint.is_open:
            continue
        with suppress(UnreadableError, SilentError):
            if await trial.look_again():
                report.findings[place] = _finding(check, *trial.result, trial)
                on_finding(report.findings[place])


async def _made(check: Check, trial: Trial) -> Finding:
    for part in (check.make, _afterwards):
        try:
            await part(trial)
        except UnreadableError as error:
            trial.unseen.append(str(error))
        except NothingError as error:
            trial.missing.append(str(error))
            break
        except SilentError:
            pass
        if trial.endpoint.refusal is not None:
            raise RefusedError(trial.endpoint.refusal)
        if check is FIRST:
            break
    result, reason = trial.result
    return _finding(check, result, reason, trial)


async def _afterwards(trial: Trial) -> None:
    """See that the next one is acknowledged as if nothing had been."""
    await trial.good(last_of(await trial.course()), "that came afterwards")


def _finding(check: Check, result: CheckResult, reason: str, trial: Trial | None = None) -> Finding:
    return Finding(
        aspect=check.aspect,
        check=check.name,
        result=result,
        reason=reason,
        wants=check.wants,
        exchanges=() if trial is None else tuple(trial.exchanges),
    )
