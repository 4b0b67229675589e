"""What an endpoint's service knows, as it says itself: the one way to see what it has done."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from pydantic_core import from_json

from emulator.conformance.receiver.simulated_calls import ExpectedCallback
from emulator.domain.callbacks import SUCCESS_STATUSES, Callback, CallbackResponse

PLACE: Final = re.compile(r"\{(\w+)\}")
UNKNOWN: Final = frozenset({204, 404, 410})
"""The service knows nothing of what it was asked about."""
SHORT: Final = 60

Known = Any
"""What a service knows; None if it knows nothing of it."""


class UnreadableError(Exception):
    """It cannot be told what a service knows; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Window:
    """An address at which a service says what it knows of what a callback is about."""

    url: str
    """With names of fields of the callback in braces."""
    fields: tuple[str, ...] = ()
    """The paths of what counts, with dots; all of it, if there are none."""

    def asked(self, expected: ExpectedCallback) -> Callback:
        """The request for what is known of what this callback is about."""
        body = expected.body | {"id": expected.subject}

        def value(place: re.Match[str]) -> str:
            name = place[1]
            if name not in body:
                raise ValueError(f"--state names {{{name}}}, which the callbacks do not have")
            return quote(str(body[name]), safe="")

        return Callback(
            id="state",
            platform=expected.callback.platform,
            event="state",
            method="GET",
            url=PLACE.sub(value, self.url),
            content=None,
            content_type="",
        )

    def read(self, answer: CallbackResponse, expected: ExpectedCallback) -> Known:
        """What is known of it, its id put out; UnreadableError if that cannot be told."""
        if answer.status in UNKNOWN:
            return None
        if answer.status is None or answer.status not in SUCCESS_STATUSES:
            raise UnreadableError(f"the state cannot be read: {said(answer)}")
        text = answer.body.decode(errors="replace").replace(expected.subject, "{id}")
        try:
            known = from_json(text, allow_inf_nan=False)
        except ValueError:
            known = text
        return {path: _at(known, path) for path in self.fields} if self.fields else known


def _at(known: Any, path: str) -> Any:
    for name in path.split("."):
        if isinstance(known, list) and name.isdecimal() and int(name) < len(known):
            known = known[int(name)]
        elif isinstance(known, Mapping) and name in known:
            known = known[name]
        else:
            raise UnreadableError(f"the state has no {path}")
    return known


def said(answer: CallbackResponse) -> str:
    """An answer in a few words."""
    if answer.status is not None:
        return f"answered {answer.status}"
    return "no response in time" if answer.error == "timeout" else f"no response: {answer.error}"


def change(before: Known, after: Known) -> str:
    """Say how one differs from the other."""
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return f"{_short(before)} became {_short(after)}"
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    expected = (
        f"{name} {_short(before.get(name))} became {_short(after.get(name))}" for name in names
    )
    return ", ".join(expected)


def _short(known: Known) -> str:
    text = json.dumps(known, ensure_ascii=False)
    return text if len(text) <= SHORT else f"{text[:SHORT]}..."
