"""Whether a fault can ever happen: a rule that cannot is refused, with what is nearest to it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Any, Final

from emulator.domain.faults import WRITE_EFFECTS, CallbackShape, Effect, FaultMatch, Target
from emulator.faults.bodies import has_fields
from emulator.faults.catalogue import CATALOGUE
from emulator.forms.bodies import media_type
from emulator.http.exchange import READS
from emulator.kit.errors import Problem
from emulator.kit.platform import Platform

FEW: Final = 12

NEEDS: Final[dict[Effect, tuple[Callable[[CallbackShape], bool], str]]] = {
    Effect.LATE_REGRESSION: (
        lambda shape: any(each.earlier for each in shape.statuses),
        "tells in its callbacks of a status that another goes before",
    ),
    Effect.CONFLICTING_FINAL: (
        lambda shape: any(each.contrary for each in shape.statuses),
        "has two last statuses that exclude each other",
    ),
    Effect.UNKNOWN_STATUS: (
        lambda shape: bool(shape.statuses),
        "has a status in its callbacks",
    ),
    Effect.BAD_SIGNATURE: (
        lambda shape: shape.signature is not None,
        "documents how its callbacks prove who sends them",
    ),
    Effect.STALE_SIGNATURE: (
        lambda shape: shape.timestamp is not None,
        "documents a time in what its callbacks are signed with",
    ),
}
"""What a vendor's callbacks must have for an effect, and how to say that none has."""


CHANGES_FIELDS: Final = frozenset(
    {
        Effect.LATE_REGRESSION,
        Effect.CONFLICTING_FINAL,
        Effect.UNKNOWN_STATUS,
        Effect.MISSING_FIELD,
    }
)
"""The effects that change what stands in the body of a callback."""


def nearest(word: str, names: Iterable[str]) -> str:
    """Say which names there are instead of this one: all if they are few, else the nearest."""
    known = sorted(names)
    near = get_close_matches(word, known, n=3, cutoff=0.4)
    if len(known) <= FEW:
        told = f"must be one of {', '.join(known)}"
        return f"{told}; the nearest is {near[0]}" if near else told
    return f"is none there is; the nearest are {', '.join(near or known[:3])}"


def problems_of(
    effect: Effect, fields: Mapping[str, Any], match: FaultMatch, platforms: Mapping[str, Platform]
) -> list[Problem]:
    """Everything for which a rule can never happen."""
    if match.platform not in (None, *platforms):
        unknown = ("match.platform", nearest(match.platform or "", platforms))
        rest = replace(match, platform=None)
        return [unknown, *problems_of(effect, fields, rest, platforms)]
    chosen = [each for name, each in platforms.items() if match.platform in (None, name)]
    match CATALOGUE[effect].target:
        case Target.ROUTE:
            return [*_misplaced(match, "event"), *_on_routes(effect, match, chosen)]
        case Target.CALL:
            return _misplaced(match, "event", "operation")
        case Target.CALLBACK:
            return [*_misplaced(match, "operation"), *_on_callbacks(effect, fields, match, chosen)]


def _misplaced(match: FaultMatch, *names: str) -> list[Problem]:
    where = {"event": "callbacks", "operation": "requests"}
    return [
        (f"match.{name}", f"is something only {where[name]} have, and this effect meets others")
        for name in names
        if getattr(match, name) is not None
    ]


def _on_routes(effect: Effect, match: FaultMatch, chosen: list[Platform]) -> list[Problem]:
    found = {each.id: each for platform in chosen for each in platform.hooks.operations}
    writes = {
        each.id
        for platform in chosen
        for each in platform.hooks.operations
        if each.method not in READS
    }
    whose = f"of {match.platform}" if match.platform else "of any platform"
    if match.operation is not None and match.operation not in found:
        return [("match.operation", f"{nearest(match.operation, found)} ({whose})")]
    if match.operation is not None and effect in WRITE_EFFECTS and match.operation not in writes:
        return [("match.operation", f"only reads, and {effect} is for what has something done")]
    return _on_early(match, chosen) if effect is Effect.EARLY else []


def _on_early(match: FaultMatch, chosen: list[Platform]) -> list[Problem]:
    """An early callback needs a request that callbacks come of."""
    follows = [name for platform in chosen for name in platform.hooks.shape.follows]
    if not follows:
        return [("match.platform", f"no request to {match.platform} leads to a callback")]
    if match.operation not in (None, *follows):
        where = nearest(match.operation or "", follows)
        return [("match.operation", f"leads to no callback; it {where}")]
    return []


def _on_callbacks(
    effect: Effect, fields: Mapping[str, Any], match: FaultMatch, chosen: list[Platform]
) -> list[Problem]:
    sending = [each.hooks for each in chosen if each.hooks.events]
    shapes = [each.shape for each in sending]
    if not shapes:
        return [("match.platform", f"{match.platform} sends no callbacks")]
    if effect in NEEDS and not any(NEEDS[effect][0](shape) for shape in shapes):
        who = match.platform or "no platform"
        verb = "is not one that" if match.platform else "here"
        return [("effect.kind", f"can never happen: {who} {verb} {NEEDS[effect][1]}")]
    if problem := _on_bodies(effect, fields, match, shapes):
        return [problem]
    problems: list[Problem] = []
    events = [event for hooks in sending for event in hooks.events]
    if match.event is not None and match.event not in events:
        problems.append(("match.event", nearest(match.event, events)))
    if match.number is not None and all(shape.of_batches for shape in shapes):
        problems.append(
            ("match.number", f"never fits: {match.platform}'s callbacks are about whole batches")
        )
    names = [name for shape in shapes for name in shape.fields]
    wanted = (fields.get("field") or "").partition(".")[0]
    if wanted and wanted not in names:
        problems.append(("effect.field", nearest(wanted, set(names))))
    return problems


def _on_bodies(
    effect: Effect, fields: Mapping[str, Any], match: FaultMatch, shapes: list[CallbackShape]
) -> Problem | None:
    """Refuse to change bodies that cannot be changed, or to what they are already."""
    who = match.platform or "every platform"
    kinds = sorted({media_type(each.content_type) for each in shapes})
    if effect in CHANGES_FIELDS and not any(has_fields(kind) for kind in kinds):
        reason = f"can never happen: {who} sends callbacks as {', '.join(kinds)}"
        return ("effect.kind", f"{reason}, and only fields of JSON and forms can be changed")
    if effect is Effect.WRONG_CONTENT_TYPE and kinds == [media_type(fields["content_type"])]:
        return ("effect.content_type", f"is how {who} sends callbacks anyway; name another")
    return None
