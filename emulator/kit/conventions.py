"""Which module of a vendor's folder defines which name, the same for all vendors.

A module is imported when something is first asked of the vendor, so that a server of many vendors
starts as fast as a server of none. A vendor that lacks a name gets the default of ``Hooks``.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from emulator.domain.faults import CallbackShape
from emulator.domain.profiles import PlatformProfile
from emulator.kit.errors import KnownError
from emulator.kit.links import LinkSource, LinkTarget
from emulator.kit.operation import Operation
from emulator.kit.receiver_check import ReceiverCheck
from emulator.lazy_imports import on_first_use
from emulator.lazy_model import LazyModel

with on_first_use():
    import pydantic


class ValueKind(NamedTuple):
    """What a name of a module may hold."""

    words: str
    fits: Callable[[Any], bool]


class Convention(NamedTuple):
    """A name that a module of a vendor's folder may define: a field of ``Hooks``.

    ``options`` and ``profiles`` are attributes of the platform, which need no other module.
    """

    module: str
    name: str
    kind: ValueKind


def one_of(type_: type) -> ValueKind:
    """Accept an instance of a type."""
    return ValueKind(f"{type_.__name__}(...)", lambda value: isinstance(value, type_))


def tuple_of(type_: type) -> ValueKind:
    """Accept a tuple or a list of instances of a type."""

    def fits(value: Any) -> bool:
        return isinstance(value, tuple | list) and all(isinstance(each, type_) for each in value)

    return ValueKind(f"a tuple of {type_.__name__}", fits)


def mapping_of(type_: type) -> ValueKind:
    """Accept a dictionary whose values are instances of a type."""

    def fits(value: Any) -> bool:
        if not isinstance(value, Mapping):
            return False
        return all(isinstance(each, type_) for each in value.values())

    return ValueKind(f"a dictionary of {type_.__name__}", fits)


FUNCTION: Final = ValueKind("a function", callable)
_MAPPING: Final = ValueKind("a dictionary", lambda value: isinstance(value, Mapping))
MODEL: Final = ValueKind(
    "a class derived from BaseModel",
    lambda value: isinstance(value, type) and issubclass(value, pydantic.BaseModel),
)
OPTIONS: Final = ValueKind(
    "a class derived from LazyModel",
    lambda value: isinstance(value, type) and issubclass(value, LazyModel),
)

CONVENTIONS: Final = (
    Convention("routes", "operations", tuple_of(Operation)),
    Convention("routes", "add_headers", FUNCTION),
    Convention("schemas", "effect", FUNCTION),
    Convention("calls", "place", FUNCTION),
    Convention("calls", "place_many", FUNCTION),
    Convention("calls", "describe", FUNCTION),
    Convention("calls", "recording", FUNCTION),
    Convention("calls", "find", FUNCTION),
    Convention("calls", "bots", FUNCTION),
    Convention("calls", "bot", FUNCTION),
    Convention("callbacks", "event_handlers", _MAPPING),
    Convention("callbacks", "preparing_end", FUNCTION),
    Convention("callbacks", "why_none", FUNCTION),
    Convention("callbacks", "consequences", FUNCTION),
    Convention("callbacks", "events", tuple_of(str)),
    Convention("callbacks", "shape", one_of(CallbackShape)),
    Convention("callbacks", "steps", _MAPPING),
    Convention("callbacks", "responses", _MAPPING),
    Convention("callbacks", "receiver_check", one_of(ReceiverCheck)),
    Convention("state", "new_state", FUNCTION),
    Convention("errors", "render_error", FUNCTION),
    Convention("errors", "known_errors", tuple_of(KnownError)),
    Convention("options", "options", OPTIONS),
    Convention("options", "profiles", mapping_of(PlatformProfile)),
    Convention("options", "rate_limit", FUNCTION),
    Convention("links", "link_sources", mapping_of(LinkSource)),
    Convention("links", "link_targets", mapping_of(LinkTarget)),
    Convention("controls", "controls", tuple_of(Operation)),
    Convention("controls", "has_sound", FUNCTION),
    Convention("controls", "has_tool", FUNCTION),
)
"""Which module answers which question, the same in every vendor's folder."""
REQUIRED: Final = {
    "auth": "auth = basic_auth(...), bearer_auth(...) or Auth(...)",
    "schemas": "the models of requests and responses, spelled as the vendor spells them",
    "routes": "operations = (Operation(method=..., path=..., handler=...), ...)",
    "calls": "def place(world: World, asked: CallRequest) -> Call: ...",
}
"""The modules that every vendor has, and what to write into them."""
OPTIONAL: Final = (
    *dict.fromkeys(each.module for each in CONVENTIONS if each.module not in REQUIRED),
    *("reference", "examples", "demo", "seed_file", "endpoint_check", "snippets", "selectors"),
)
"""The modules that a vendor may have."""
