"""What a fault makes of a callback's request: pure functions of what would have been sent."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final, NamedTuple

from emulator.domain.callbacks import Callback
from emulator.domain.faults import FOLLOW_UP_EFFECTS, CallbackShape, Effect, StatusField
from emulator.faults.bodies import read_body


class Outgoing(NamedTuple):
    """What is sent of a callback besides its method and address."""

    content: bytes
    content_type: str
    headers: tuple[tuple[str, str], ...] = ()


class Sending(NamedTuple):
    """One request, so many seconds after the one before."""

    after: float
    request: Outgoing


Fields = Mapping[str, Any]
"""The settings of an effect, with their defaults."""


def outgoing(callback: Callback) -> Outgoing:
    """Return what a callback sends without a fault."""
    return Outgoing(
        content=callback.content or b"",
        content_type=callback.content_type,
        headers=callback.headers,
    )


def sendings(effect: Effect, fields: Fields, sent: Outgoing, shape: CallbackShape) -> list[Sending]:
    """Return every request that an endpoint gets instead of this one.

    Of two requests that are reordered this is the first alone, as late as it may come.
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


def can_apply(effect: Effect, fields: Fields, sent: Outgoing, shape: CallbackShape) -> bool:
    """Check whether an effect makes any difference to this request."""
    if effect in {Effect.DUPLICATE, Effect.DELAY, Effect.REORDER, Effect.DROP}:
        return True
    return altered(effect, fields, sent, shape) != sent


def altered(effect: Effect, fields: Fields, sent: Outgoing, shape: CallbackShape) -> Outgoing:
    """Return the request as an effect changes it; unchanged if it has nothing to change."""
    change = _CHANGES.get(effect)
    return sent if change is None else change(fields, sent, shape)


def _with_earlier_status(_: Fields, sent: Outgoing, shape: CallbackShape) -> Outgoing:
    return _with_statuses(sent, [(each, each.earlier) for each in shape.statuses])


def _with_contrary_status(_: Fields, sent: Outgoing, shape: CallbackShape) -> Outgoing:
    return _with_statuses(sent, [(each, each.contrary) for each in shape.statuses])


def _with_unknown_status(fields: Fields, sent: Outgoing, shape: CallbackShape) -> Outgoing:
    return _with_statuses(sent, [(each, fields["status"]) for each in shape.statuses])


def _without_field(fields: Fields, sent: Outgoing, shape: CallbackShape) -> Outgoing:
    body = read_body(sent.content, sent.content_type)
    paths = [fields["field"]] if fields["field"] else _first_fields(shape)
    if body is None or not any(body.remove(tuple(path.split("."))) for path in paths):
        return sent
    return sent._replace(content=body.written())


def _with_content_type(fields: Fields, sent: Outgoing, _: CallbackShape) -> Outgoing:
    return sent._replace(content_type=fields["content_type"])


def _with_false_signature(_: Fields, sent: Outgoing, shape: CallbackShape) -> Outgoing:
    return _with_header(sent, shape.signature, lambda signature: f"{signature[::-1]}0")


def _with_old_timestamp(fields: Fields, sent: Outgoing, shape: CallbackShape) -> Outgoing:
    return _with_header(sent, shape.timestamp, lambda at: str(int(at) - fields["seconds"]))


_CHANGES: Final[dict[Effect, Callable[[Fields, Outgoing, CallbackShape], Outgoing]]] = {
    Effect.LATE_REGRESSION: _with_earlier_status,
    Effect.CONFLICTING_FINAL: _with_contrary_status,
    Effect.UNKNOWN_STATUS: _with_unknown_status,
    Effect.MISSING_FIELD: _without_field,
    Effect.WRONG_CONTENT_TYPE: _with_content_type,
    Effect.BAD_SIGNATURE: _with_false_signature,
    Effect.STALE_SIGNATURE: _with_old_timestamp,
}
"""What each effect changes of a request."""


def _first_fields(shape: CallbackShape) -> list[str]:
    """Return of which fields the first is removed unless a rule names one: the statuses."""
    return [".".join(each.path) for each in shape.statuses] or list(shape.fields[:1])


def _with_statuses(
    sent: Outgoing, statuses: list[tuple[StatusField, Mapping[str, str] | str]]
) -> Outgoing:
    """Replace statuses, each by the word for it, or all by one word."""
    body = read_body(sent.content, sent.content_type)
    if body is None:
        return sent
    is_changed = False
    for status, words in statuses:
        is_changed |= body.change(status.path, partial(_reworded, words))
    return sent._replace(content=body.written()) if is_changed else sent


def _reworded(words: Mapping[str, str] | str, word: Any) -> Any:
    return words if isinstance(words, str) else words.get(str(word), word)


def _with_header(sent: Outgoing, header: str | None, change: Callable[[str], str]) -> Outgoing:
    named = (header or "").lower()
    headers = tuple(
        (name, change(value) if name.lower() == named else value) for name, value in sent.headers
    )
    return sent._replace(headers=headers)
