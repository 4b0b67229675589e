"""The fields of a call request that every caller of ``place`` must find, whatever they are called.

``POST /_emulator/calls`` takes the vendor's own model. Forms of the dashboard and the pytest
plugin fill it from its JSON Schema, in which a vendor marks the fields that have a role::

    class CallRequest(BaseModel):
        platform: Literal["acme"]
        agent_id: Annotated[str | None, BOT] = None  # the first agent without one
        number: Annotated[Phone | None, number_field("+23480123")] = None

A vendor that places calls in batches marks ``Phones``. A vendor whose calls go both ways
derives its model from ``CallEnds``. Every field but ``platform`` should have a default, so that
``{"platform": "acme"}`` places a call.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from emulator.domain.calls import Direction
from emulator.kit.constraints import Constraint, constraint
from emulator.kit.patterns import PHONE

ROLE: Final = "x-emulator-role"
PREFIX: Final = "x-emulator-prefix"
ENTRY: Final = "x-emulator-entry"
ANSWERING: Final = "99001"
"""The magic number of a person who answers."""


class Role(StrEnum):
    """What a field of a call request is for."""

    BOT = "bot"
    """The id of what the call is placed with, one of ``hooks.bots``."""
    NUMBER = "number"
    """The number of the person, or a list of numbers: one call each."""
    CALLBACK = "callback"
    """The URL that the callbacks about these calls go to."""
    VARIABLES = "variables"
    """The values for ``Bot.variables``, by their names."""
    ENTRIES = "entries"
    """A list of entries, each a number with its own variables: a CSV file makes one of each row."""


BOT: Final = constraint(**{ROLE: Role.BOT})
CALLBACK: Final = constraint(**{ROLE: Role.CALLBACK})
VARIABLES: Final = constraint(**{ROLE: Role.VARIABLES})


def number_field(prefix: str) -> Constraint:
    """Mark the person's number; ``prefix`` and a magic number's five digits make an example."""
    return constraint(**{ROLE: Role.NUMBER, PREFIX: prefix})


def entries_field(*, number: str, variables: str) -> Constraint:
    """Mark a list of entries by the names of an entry's fields."""
    return constraint(**{ROLE: Role.ENTRIES, ENTRY: {"number": number, "variables": variables}})


def field_with(role: Role, schema: Mapping[str, Any]) -> str | None:
    """Return the name of the field that has this role in a call request's schema, or None."""
    properties: Mapping[str, Mapping[str, Any]] = schema.get("properties", {})
    return next((name for name, each in properties.items() if each.get(ROLE) == role), None)


def example_field(schema: Mapping[str, Any]) -> str | None:
    """Return ``field=number`` of a person who answers, or None."""
    name = field_with(Role.NUMBER, schema)
    if name is None:
        return None
    return f"{name}={schema['properties'][name][PREFIX]}{ANSWERING}"


Phone = Annotated[str, Field(pattern=PHONE)]


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Phones = Annotated[list[Phone], BeforeValidator(_as_list), Field(min_length=1)]
"""A list of numbers, or one number."""


class CallEnds(BaseModel):
    """Who calls whom: the person's number, or both ends by themselves."""

    model_config = ConfigDict(defer_build=True)

    direction: Direction = Direction.INBOUND
    """``inbound``: the person calls the bot; ``outbound``: the bot calls the person."""
    number: Annotated[Phone | None, number_field("+1555010")] = None
    """The person's number: the caller of an inbound call, the callee of an outbound one."""
    from_: Annotated[Phone | None, Field(alias="from")] = None
    to: Phone | None = None

    @model_validator(mode="after")
    def _one_number_for_the_person(self) -> Self:
        end = self.from_ if self.direction is Direction.INBOUND else self.to
        if self.number is not None and end is not None:
            name = "from" if self.direction is Direction.INBOUND else "to"
            raise ValueError(f"has both number and {name}, which mean the same: give one")
        return self

    @property
    def person(self) -> str | None:
        """The person's end, if the request names it."""
        return self.number or (self.from_ if self.direction is Direction.INBOUND else self.to)

    @property
    def line(self) -> str | None:
        """The bot's end, if the request names it."""
        return self.to if self.direction is Direction.INBOUND else self.from_
