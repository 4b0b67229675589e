"""Tools about calls, callbacks, and why they went as they did."""

from typing import Annotated, Any

from pydantic import Field

from emulator.cli.mcp_tools.control import (
    DEFAULT_LIMIT,
    Json,
    Limit,
    ToolControl,
    ToolMethod,
    WorldName,
    given,
    segment,
)

Platform = Annotated[str | None, Field(description="Only those of this platform.")]
CallId = Annotated[str, Field(description="Id of the call, ours or the vendor's.")]
CallbackId = Annotated[str, Field(description="Id of the callback.")]
SHOWN_OF_PLATFORM = ("name", "title", "bots", "callback_events", "profiles", "call_request")


class CallTools:
    """Calls and callbacks of a world."""

    def __init__(self, control: ToolControl) -> None:
        self._control = control

    @property
    def reads(self) -> tuple[ToolMethod, ...]:
        """Tools that change nothing."""
        return (
            *(self.list_platforms, self.list_numbers, self.list_calls, self.show_call),
            *(self.list_callbacks, self.show_callback, self.explain, self.show_history),
            self.search,
        )

    @property
    def writes(self) -> tuple[ToolMethod, ...]:
        """Tools that add something, or let time pass."""
        return self.place_call, self.resend_callback

    @property
    def deletes(self) -> tuple[ToolMethod, ...]:
        """Tools after which something is gone."""
        return ()

    def list_platforms(self, *, world: WorldName = None) -> Json:
        """List the emulated platforms, each with the JSON Schema of the fields of place_call.

        read_guide with the name of a platform has its guide.
        """
        found = self._control.ask("GET", "/platforms", world=world)
        return {"platforms": [{name: each[name] for name in SHOWN_OF_PLATFORM} for each in found]}

    def list_numbers(self) -> Json:
        """List the magic numbers: last digits of a phone number that choose how its call goes."""
        return {"numbers": self._control.ask("GET", "/numbers")}

    def place_call(
        self,
        platform: Annotated[str, Field(description="Name of the platform: see list_platforms.")],
        fields: Annotated[
            dict[str, Any], Field(description="Fields of the call, as list_platforms has them.")
        ],
        *,
        world: WorldName = None,
    ) -> Json:
        """Place a call or a batch, as a request to the platform would.

        Then advance_clock lets it ring, be answered and end. To test code that places calls
        itself, run the code with the base URL and the credentials of create_world instead.
        """
        body = fields | {"platform": platform}
        found: Json = self._control.ask("POST", "/calls", body, world=world)
        return found

    def list_calls(
        self,
        *,
        platform: Platform = None,
        status: Annotated[str | None, Field(description="Such as completed, busy.")] = None,
        batch_id: Annotated[str | None, Field(description="Only those of this batch.")] = None,
        limit: Limit = None,
        world: WorldName = None,
    ) -> Json:
        """List calls of all platforms, newest first."""
        query = given(platform=platform, status=status, batch_id=batch_id)
        found = self._control.ask(
            "GET", "/calls", world=world, limit=limit or DEFAULT_LIMIT, **query
        )
        return {"calls": found}

    def show_call(self, call_id: CallId, *, world: WorldName = None) -> Json:
        """Show a call with its transitions, and the vendor's own record of it."""
        found: Json = self._control.ask("GET", f"/calls/{segment(call_id)}", world=world)
        return found

    def explain(
        self,
        thing: Annotated[str, Field(description="Id of a call, a batch or a callback.")],
        *,
        world: WorldName = None,
    ) -> Json:
        """Explain step by step what happened to a call, a batch or a callback, and why."""
        found: Json = self._control.ask("GET", f"/explain/{segment(thing)}", world=world)
        return found

    def list_callbacks(
        self,
        *,
        platform: Platform = None,
        status: Annotated[
            str | None, Field(description="pending, delivered, failed and others.")
        ] = None,
        call_id: Annotated[str | None, Field(description="Only those about this call.")] = None,
        limit: Limit = None,
        world: WorldName = None,
    ) -> Json:
        """List callbacks with their attempts, newest first, without their bodies."""
        query = given(platform=platform, status=status, call_id=call_id)
        found = self._control.ask(
            "GET", "/callbacks", world=world, limit=limit or DEFAULT_LIMIT, **query
        )
        return {"callbacks": found}

    def show_callback(self, callback_id: CallbackId, *, world: WorldName = None) -> Json:
        """Show a callback with its headers, its body and every attempt to deliver it."""
        found: Json = self._control.ask("GET", f"/callbacks/{segment(callback_id)}", world=world)
        return found

    def resend_callback(
        self,
        callback_id: CallbackId,
        *,
        url: Annotated[str | None, Field(description="Send a copy to this URL.")] = None,
        body: Annotated[str | None, Field(description="Send a copy with this body.")] = None,
        world: WorldName = None,
    ) -> Json:
        """Send a callback again now: the same bytes, or an edited copy as a new callback."""
        edited = given(url=url, body=body)
        path = f"/callbacks/{segment(callback_id)}/resend"
        found: Json = self._control.ask("POST", path, edited or None, world=world)
        return found

    def show_history(
        self,
        *,
        kind: Annotated[
            str | None, Field(description="exchange, control, call, batch, attempt or fault.")
        ] = None,
        platform: Platform = None,
        about: Annotated[
            str | None, Field(description="Id of a call, a batch or a callback.")
        ] = None,
        after: Annotated[int | None, Field(description="Only entries after this number.")] = None,
        limit: Limit = None,
        world: WorldName = None,
    ) -> Json:
        """List what happened in a world, oldest entry first; by default the newest entries.

        Requests that a platform refused are here, with what they had to say (kind exchange).
        """
        query = given(kind=kind, platform=platform, about=about, after=after)
        found = self._control.ask(
            "GET", "/history", world=world, limit=limit or DEFAULT_LIMIT, **query
        )
        return {"entries": found}

    def search(
        self,
        text: Annotated[str, Field(description="An id or a phone number, or a part of it.")],
        *,
        world: WorldName = None,
    ) -> Json:
        """Find calls, callbacks and batches by an id or a phone number."""
        return {"results": self._control.ask("GET", "/search", world=world, q=text)}
