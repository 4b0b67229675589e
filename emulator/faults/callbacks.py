"""What a fault makes of a callback's request: pure functions of what would have been sent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from pydantic_core import from_json, to_json

from emulator.domain.faults import EACH_ITEM, FOLLOW_UP_EFFECTS, CallbackShape, Effect, StatusField


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """What is sent of a callback besides its method and address."""

    content: bytes
    content_type: str
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Sending:
    """One request, so many seconds after the one before."""

    after: float
    request: Outgoing


Fields = Mapping[str, Any]
"""What an effect asks for, complete."""


def sendings(effect: Effect, fields: Fields, sent: Outgoing, shape: CallbackShape) -> list[Sending]:
    """Everything an endpoint gets instead of this one request.

    Of two requests that are reordered this tells the first alone: it comes as late as it may.
    """
    match effect:
        case Effect.DROP:
            return []
        case Effect.DELAY | Effect.REORDER:
            return [Sending(fields["seconds"], sent)]
        case _ if effect in FOLLOW_UP_EFFECTS:
            more = Sending(fields["seconds"], altered(effect, fields, sent, shape))
            return [Sending(0, sent), *[more] * fields.get("copies", 1)]
        case _:
            return [Sending(0, altered(effect, fields, sent, shape))]


def can_meet(effect: Effect, fields: Fields, sent: Outgoing, shape: CallbackShape) -> bool:
    """Tell whether an effect makes any difference to this request."""
    if effect in {Effect.DUPLICATE, Effect.DELAY, Effect.REORDER, Effect.DROP}:
        return True
    return altered(effect, fields, sent, shape) != sent


def altered(effect: Effect, fields: Fields, sent: Outgoing, shape: CallbackShape) -> Outgoing:
    """The request as this effect falsifies it; as it is if there is nothing to falsify."""
    change = _CHANGES.get(effect)
    return sent if change is None else change(fields, sent, shape)


def _regressed(_: Fields, sent: Outgoing, shape: CallbackShape) -> Outgoing:
    return _reworded(sent, [(each, each.earlier) for each in shape.statuses])


def _contradicted(_: Fields, sent: Outgoing, shape: CallbackShape) -> Outgoing:
    return _reworded(sent, [(each, each.contrary) for each in shape.statuses])


def _unheard_of(fields: Fields, sent: Outgoing, shape: CallbackShape) -> Outgoing:
    return _reworded(sent, [(each, fields["status"]) for each in shape.statuses])


def _lacking(fields: Fields, sent: Outgoing, shape: CallbackShape) -> Outgoing:
    return _without(sent, fields["field"] or _first_status(shape))


def _mistyped(fields: Fields, sent: Outgoing, _: CallbackShape) -> Outgoing:
    return replace(sent, content_type=fields["content_type"])


def _forged(_: Fields, sent: Outgoing, shape: CallbackShape) -> Outgoing:
    return _resigned(sent, shape.signature, lambda proof: f"{proof[::-1]}0")


def _outdated(fields: Fields, sent: Outgoing, shape: CallbackShape) -> Outgoing:
    return _resigned(sent, shape.timestamp, lambda at: str(int(at) - fields["seconds"]))


_CHANGES: Final[dict[Effect, Callable[[Fields, Outgoing, CallbackShape], Outgoing]]] = {
    Effect.LATE_REGRESSION: _regressed,
    Effect.CONFLICTING_FINAL: _contradicted,
    Effect.UNKNOWN_STATUS: _unheard_of,
    Effect.MISSING_FIELD: _lacking,
    Effect.WRONG_CONTENT_TYPE: _mistyped,
    Effect.BAD_SIGNATURE: _forged,
    Effect.STALE_SIGNATURE: _outdated,
}
"""What each effect changes of a request."""


def _first_status(shape: CallbackShape) -> str:
    return ".".join(shape.statuses[0].path) if shape.statuses else next(iter(shape.fields), "")


def _read(sent: Outgoing) -> Any:
    try:
        return from_json(sent.content)
    except ValueError:
        return None


def _reworded(sent: Outgoing, words: list[tuple[StatusField, Mapping[str, str] | str]]) -> Outgoing:
    """Put other words where statuses stand; a text stands for any word."""
    body = _read(sent)
    changed = False
    for status, other in words:
        for holder, name in _places(body, status.path):
            word = holder[name]
            new = other if isinstance(other, str) else other.get(str(word), word)
            changed |= new != word
            holder[name] = new
    return replace(sent, content=to_json(body)) if changed else sent


def _without(sent: Outgoing, path: str) -> Outgoing:
    body = _read(sent)
    found = list(_places(body, tuple(path.split("."))))
    for holder, name in found:
        del holder[name]
    return replace(sent, content=to_json(body)) if found else sent


def _places(value: Any, path: tuple[str, ...]) -> list[tuple[dict[str, Any], str]]:
    """The objects in which the last name of a path stands."""
    name, *rest = path
    if name == EACH_ITEM:
        entries = value if isinstance(value, list) else []
        return [place for entry in entries for place in _places(entry, tuple(rest))]
    if not isinstance(value, dict) or name not in value:
        return []
    return _places(value[name], tuple(rest)) if rest else [(value, name)]


def _resigned(sent: Outgoing, header: str | None, change: Callable[[str], str]) -> Outgoing:
    named = (header or "").lower()
    headers = tuple(
        (name, change(value) if name.lower() == named else value) for name, value in sent.headers
    )
    return replace(sent, headers=headers)
