"""Whether a fault rule can ever apply: a rule that cannot is refused, with the nearest that can."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from emulator.domain.faults import WRITE_EFFECTS, CallbackShape, Effect, FaultMatch, Target
from emulator.faults.bodies import has_fields
from emulator.faults.catalogue import CATALOGUE
from emulator.forms.bodies import media_type
from emulator.http.exchange import READS
from emulator.kit.errors import Problem
from emulator.kit.operation import METHODS, Operation
from emulator.kit.platform import Platform
from emulator.kit.suggestions import not_one_of

NEEDS: Final[dict[Effect, tuple[Callable[[CallbackShape], bool], str]]] = {
    Effect.LATE_REGRESSION: (
        lambda shape: any(each.earlier for each in shape.statuses),
        "reports an earlier status before a later one in its callbacks",
    ),
    Effect.CONFLICTING_FINAL: (
        lambda shape: any(each.contrary for each in shape.statuses),
        "has two final statuses that exclude each other",
    ),
    Effect.UNKNOWN_STATUS: (
        lambda shape: bool(shape.statuses),
        "has a status in its callbacks",
    ),
    Effect.BAD_SIGNATURE: (
        lambda shape: shape.signature is not None,
        "documents a signature of its callbacks",
    ),
    Effect.STALE_SIGNATURE: (
        lambda shape: shape.timestamp is not None,
        "documents a time in the signature of its callbacks",
    ),
}
"""What a vendor's callbacks must have for an effect, and how to say that they do not."""


CHANGES_FIELDS: Final = frozenset(
    {
        Effect.LATE_REGRESSION,
        Effect.CONFLICTING_FINAL,
        Effect.UNKNOWN_STATUS,
        Effect.MISSING_FIELD,
    }
)
"""The effects that change fields in the body of a callback."""


def problems_of(
    effect: Effect, fields: Mapping[str, Any], match: FaultMatch, platforms: Mapping[str, Platform]
) -> list[Problem]:
    """Return every reason why a rule can never apply."""
    if match.platform not in (None, *platforms):
        unknown = ("match.platform", not_one_of(match.platform or "", platforms))
        rest = replace(match, platform=None)
        return [unknown, *problems_of(effect, fields, rest, platforms)]
    chosen = [each for name, each in platforms.items() if match.platform in (None, name)]
    match CATALOGUE[effect].target:
        case Target.ROUTE:
            others = [each for each in platforms.values() if each not in chosen]
            return [*_misplaced(match, "event"), *_on_routes(effect, match, chosen, others)]
        case Target.CALL:
            return _misplaced(match, "event", "operation")
        case Target.CALLBACK:
            return [*_misplaced(match, "operation"), *_on_callbacks(effect, fields, match, chosen)]


def _misplaced(match: FaultMatch, *names: str) -> list[Problem]:
    where = {"event": "callbacks", "operation": "requests"}
    return [
        (f"match.{name}", f"does not fit the effect: only {where[name]} have one")
        for name in names
        if getattr(match, name) is not None
    ]


def _on_routes(
    effect: Effect, match: FaultMatch, chosen: list[Platform], others: list[Platform]
) -> list[Problem]:
    wanted = match.operation
    named = [each for each in _operations(chosen) if wanted in (each.id, *each.other_names)]
    if wanted is not None and not named:
        return [("match.operation", _no_operation(wanted, match.platform, chosen, others))]
    if (
        wanted is not None
        and effect in WRITE_EFFECTS
        and all(each.method in READS for each in named)
    ):
        return [
            (
                "match.operation",
                f"is a read, and {effect} applies only to operations that change something",
            )
        ]
    return _on_early(match, chosen) if effect is Effect.EARLY else []


def _operations(platforms: Iterable[Platform]) -> list[Operation]:
    return [each for platform in platforms for each in platform.hooks.operations]


def _no_operation(
    wanted: str, platform: str | None, chosen: list[Platform], others: list[Platform]
) -> str:
    """Say that there is no such operation here: who has it, or which is the nearest."""
    owners = [
        each.name
        for each in others
        if any(wanted in (known.id, *known.other_names) for known in each.hooks.operations)
    ]
    where = f" at {platform}" if platform else ""
    if owners:
        return f"is not an operation of {platform}, but of {' and '.join(owners)}"
    operations = _operations(chosen)
    names = {name for each in operations for name in (each.id, each.alias) if name}
    if wanted.partition(" ")[0].upper() in METHODS:
        names = {each.label for each in operations}
    return not_one_of(wanted, names, where)


def _on_early(match: FaultMatch, chosen: list[Platform]) -> list[Problem]:
    """Return why no callback can be early: it needs a request that leads to callbacks."""
    follows = [name for platform in chosen for name in platform.hooks.shape.follows]
    if not follows:
        return [("match.platform", f"no request to {match.platform} leads to a callback")]
    leading = [each for each in _operations(chosen) if each.id in follows]
    names = {name for each in leading for name in (each.id, *each.other_names)}
    if match.operation not in (None, *names):
        where = not_one_of(match.operation or "", follows)
        return [("match.operation", f"leads to no callback: it {where}")]
    return []


def _on_callbacks(
    effect: Effect, fields: Mapping[str, Any], match: FaultMatch, chosen: list[Platform]
) -> list[Problem]:
    sending = [each.hooks for each in chosen if each.hooks.events]
    shapes = [each.shape for each in sending]
    if not shapes:
        return [("match.platform", f"{match.platform} sends no callbacks")]
    if effect in NEEDS and not any(NEEDS[effect][0](shape) for shape in shapes):
        missing = f"{match.platform} does not" if match.platform else "none does"
        need = f"it needs a platform that {NEEDS[effect][1]}, and {missing}"
        return [("effect.kind", f"can never apply: {need}")]
    if problem := _on_bodies(effect, fields, match, shapes):
        return [problem]
    problems: list[Problem] = []
    events = [event for hooks in sending for event in hooks.events]
    if match.event is not None and match.event not in events:
        problems.append(("match.event", not_one_of(match.event, events)))
    if match.number is not None and all(shape.of_batches for shape in shapes):
        problems.append(
            (
                "match.number",
                f"can never match: the callbacks of {match.platform} are about whole batches",
            )
        )
    names = [name for shape in shapes for name in shape.fields]
    wanted = (fields.get("field") or "").partition(".")[0]
    if wanted and wanted not in names:
        problems.append(("effect.field", not_one_of(wanted, set(names))))
    return problems


def _on_bodies(
    effect: Effect, fields: Mapping[str, Any], match: FaultMatch, shapes: list[CallbackShape]
) -> Problem | None:
    """Return why bodies cannot be changed, or would stay the same."""
    who = match.platform or "every platform"
    kinds = sorted({media_type(each.content_type) for each in shapes})
    if effect in CHANGES_FIELDS and not any(has_fields(kind) for kind in kinds):
        reason = f"can never apply: {who} sends callbacks as {', '.join(kinds)}"
        return ("effect.kind", f"{reason}, and only fields of JSON and forms can be changed")
    if effect is Effect.WRONG_CONTENT_TYPE and kinds == [media_type(fields["content_type"])]:
        return ("effect.content_type", f"is what {who} sends already; give another")
    return None
