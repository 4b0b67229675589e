"""Tools about worlds, their clocks and their inboxes."""

from typing import Annotated, Any, Literal

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

Name = Annotated[str, Field(description="Name of the world.")]
Moment = Annotated[str | None, Field(description="A time such as 2026-01-01T09:00:00Z.")]


class WorldTools:
    """Worlds: isolated universes of calls, callbacks and time."""

    def __init__(self, control: ToolControl) -> None:
        self._control = control

    @property
    def reads(self) -> tuple[ToolMethod, ...]:
        """Tools that change nothing."""
        return self.list_worlds, self.show_world, self.show_clock, self.read_inbox

    @property
    def writes(self) -> tuple[ToolMethod, ...]:
        """Tools that add something, or let time pass."""
        return self.create_world, self.advance_clock

    @property
    def deletes(self) -> tuple[ToolMethod, ...]:
        """Tools after which something is gone."""
        return (self.delete_world,)

    def list_worlds(
        self,
        *,
        name: Annotated[
            str | None, Field(description="Only worlds whose names contain this.")
        ] = None,
        cursor: Annotated[
            int | None, Field(description="next_cursor of the page before, for the next one.")
        ] = None,
        limit: Limit = None,
    ) -> Json:
        """List worlds with their clocks and credentials, oldest first; total says how many match.

        If there are more, next_cursor continues the list.
        """
        page = self._control.page("/worlds", name=name, cursor=cursor, limit=limit or DEFAULT_LIMIT)
        shown = {"worlds": [_without_options(each) for each in page.rows], "total": page.total}
        return shown if page.cursor is None else shown | {"next_cursor": page.cursor}

    def show_world(self, name: Name) -> Json:
        """Show a world: clock, settings, options, credentials, base URLs, prefix of inboxes."""
        found: Json = self._control.ask("GET", f"/worlds/{segment(name)}", world=name)
        return found

    def create_world(
        self,
        *,
        name: Annotated[str | None, Field(description="By default one is chosen.")] = None,
        clock: Annotated[
            Literal["frozen", "auto", "live"],
            Field(
                description="frozen: time passes only with advance_clock. auto: it jumps to what"
                " is due by itself. live: it follows the wall clock."
            ),
        ] = "frozen",
        now: Moment = None,
        seed: Annotated[
            int | None, Field(description="The same seed and requests give the same bytes.")
        ] = None,
        profile: Annotated[
            dict[str, str] | None,
            Field(description="Edition of a platform's API to follow, by platform."),
        ] = None,
        fork_of: Annotated[
            str | None, Field(description="A world or a snapshot to start from.")
        ] = None,
        expires_in: Annotated[
            float | None, Field(description="Real seconds until it is deleted.")
        ] = None,
    ) -> Json:
        """Create a world of your own for a test or an experiment.

        Returns its name, the credentials and the base URL of each platform. Requests to a platform
        with these credentials reach this world, and no other. Callbacks may go to an inbox: any
        URL that begins with inbox_url, such as inbox_url + "done".
        """
        times = {"mode": clock} | given(now=now)
        rest = given(name=name, seed=seed, profile=profile, expires_in=expires_in)
        body = rest | {"clock": times}
        if fork_of is not None:
            body["from"] = fork_of
        made: Json = self._control.ask("POST", "/worlds", body)
        self._control.follow(made)
        return _without_options(made)

    def delete_world(self, name: Name) -> Json:
        """Delete a world with all its calls, callbacks, history and snapshots."""
        self._control.ask("DELETE", f"/worlds/{segment(name)}", world=name)
        self._control.forget(name)
        return {"deleted": name}

    def show_clock(self, *, world: WorldName = None) -> Json:
        """Show the time and the mode of a world's clock, and when the next step is due."""
        found: Json = self._control.ask("GET", "/clock", world=world)
        return found

    def advance_clock(
        self,
        *,
        seconds: Annotated[float | None, Field(description="Advance by this time.")] = None,
        to: Moment = None,
        until: Annotated[
            Literal["idle", "callback"] | None,
            Field(
                description="idle: until nothing is due, which is the default. callback: until one"
                " has been delivered."
            ),
        ] = None,
        world: WorldName = None,
    ) -> Json:
        """Let time pass: run all that is due, calls and callbacks with their retries included.

        Give one of seconds, to and until. It takes no real time. Returns the new time, how much
        happened, and the first events and callbacks; list_calls and list_callbacks have all.
        """
        body = given(seconds=seconds, to=to, until=until) or {"until": "idle"}
        done: Json = self._control.ask("POST", "/clock/advance", body, world=world)
        first = {name: done[name][:DEFAULT_LIMIT] for name in ("events", "callbacks")}
        return done | first

    def read_inbox(
        self,
        name: Annotated[str, Field(description="The name that ends its URL.")],
        *,
        world: WorldName = None,
    ) -> Json:
        """List the callbacks that an inbox has received, oldest first, with headers and bodies."""
        found: list[Any] = self._control.ask("GET", f"/inboxes/{segment(name)}", world=world)
        return {"messages": found}


def _without_options(world: Json) -> Json:
    """Return a world without the options of the vendors, as there are dozens."""
    return {name: value for name, value in world.items() if name != "options"}
