"""The body of ``POST /_emulator/calls``, filled in by the roles of the vendor's fields."""

from collections.abc import Mapping
from typing import Any

from emulator.kit.call_request import Role, field_with


class CallFields:
    """The fields of a vendor's call request, read from its JSON Schema."""

    def __init__(self, platform: str, schema: Mapping[str, Any] | None) -> None:
        if schema is None:
            raise TypeError(f"{platform} places calls through its own API only")
        self._platform = platform
        self._fields: Mapping[str, Mapping[str, Any]] = schema["properties"]
        self._number = field_with(Role.NUMBER, schema) or "to"
        self._callback = field_with(Role.CALLBACK, schema)
        self._bot = field_with(Role.BOT, schema)

    @property
    def takes_many(self) -> bool:
        """Return whether one request calls many numbers, as a batch."""
        return self._fields[self._number].get("type") == "array"

    def to(self, *numbers: str) -> dict[str, Any]:
        """Return the field that says whom to call."""
        return {self._number: list(numbers) if self.takes_many else numbers[0]}

    def body(
        self, fields: Mapping[str, Any], callback_url: str | None, inbox_url: str
    ) -> dict[str, Any]:
        """Return everything but the numbers; TypeError for what contradicts itself.

        Bots call the numbers. Callbacks go to ``callback_url`` or else to the inbox, where the
        request may say so: a bot that exists already has an endpoint, or none.
        """
        is_new = self._bot not in fields
        if callback_url is not None and (self._callback is None or not is_new):
            raise TypeError(
                f"callback_url cannot be set here: calls of {self._platform} take none, or the "
                f"{self._bot} that is given has its own"
            )
        body: dict[str, Any] = {"platform": self._platform}
        if "direction" in self._fields:
            body["direction"] = "outbound"
        if is_new and self._callback is not None:
            body[self._callback] = callback_url or inbox_url
        return body | dict(fields)
