"""Tools that make requests, calls and callbacks fail on purpose."""

from typing import Annotated, Any

from pydantic import Field

from emulator.cli.mcp_tools.control import (
    Json,
    ToolControl,
    ToolMethod,
    WorldName,
    given,
    segment,
)


class FaultTools:
    """Fault rules of a world."""

    def __init__(self, control: ToolControl) -> None:
        self._control = control

    @property
    def reads(self) -> tuple[ToolMethod, ...]:
        """Tools that change nothing."""
        return self.list_fault_kinds, self.list_faults

    @property
    def writes(self) -> tuple[ToolMethod, ...]:
        """Tools that add something, or let time pass."""
        return (self.add_fault,)

    @property
    def deletes(self) -> tuple[ToolMethod, ...]:
        """Tools after which something is gone."""
        return (self.delete_fault,)

    def list_fault_kinds(self) -> Json:
        """List the kinds of faults: what each does, its fields, how a good client reacts."""
        return {"kinds": self._control.ask("GET", "/faults/kinds")}

    def list_faults(
        self,
        *,
        unused: Annotated[
            bool, Field(description="Only rules that were never applied, with the reason.")
        ] = False,
        world: WorldName = None,
    ) -> Json:
        """List the fault rules of a world: how often each matched and was applied."""
        path = "/faults/unused" if unused else "/faults"
        return {"faults": self._control.ask("GET", path, world=world)}

    def add_fault(
        self,
        kind: Annotated[str, Field(description="A kind of list_fault_kinds, such as error.")],
        *,
        fields: Annotated[
            dict[str, Any] | None,
            Field(description='Fields of the kind, such as {"status": 429, "retry_after": 30}.'),
        ] = None,
        match: Annotated[
            dict[str, Any] | None,
            Field(
                description="What it is applied to, any of: platform, operation (place_calls means"
                " all that place calls), number, workflow_id, event, nth, every, probability. By"
                " default everything."
            ),
        ] = None,
        times: Annotated[int | None, Field(description="Apply at most N times.")] = None,
        world: WorldName = None,
    ) -> Json:
        """Add a fault rule, so that requests, calls or callbacks go wrong from now on.

        It expires after an hour of real time.
        """
        body = {"effect": (fields or {}) | {"kind": kind}, "match": match or {}}
        found: Json = self._control.ask("POST", "/faults", body | given(times=times), world=world)
        return found

    def delete_fault(
        self,
        fault_id: Annotated[str, Field(description="Id of the rule.")],
        *,
        world: WorldName = None,
    ) -> Json:
        """Delete a fault rule."""
        self._control.ask("DELETE", f"/faults/{segment(fault_id)}", world=world)
        return {"deleted": fault_id}
