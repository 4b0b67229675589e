"""What the records of a file must agree on."""

from typing import TYPE_CHECKING, Final

from emulator.kit.chapters import chapter_state
from emulator.kit.references import check_reference, refuse_record
from emulator.kit.world import World
from emulator.platforms.exotel.voicebots.state import VoicebotState

if TYPE_CHECKING:
    from emulator.platforms.exotel.calls.state import CallsState  # which uses this module

TABLE: Final = "exotel.calls.calls"


def check_references(state: "CallsState", world: World) -> None:
    """Refuse a file with a call that only one of the engine and the vendor knows."""
    check_reference(TABLE, state.calls, "id", world.calls)
    sessions = chapter_state(world, "exotel", VoicebotState).sessions
    known = state.calls.by_id.keys() | {session.call_id for session in sessions}
    own = (call for call in world.calls if call.platform == "exotel")
    check_reference("calls", own, "id", known)
    for call in state.calls:
        if len(call.legs) < (2 if call.kind == "numbers" else 1):
            refuse_record(TABLE, call.id, "legs", "has too few of them")
        for number, leg in enumerate(call.legs):
            if leg.ended_at is not None and leg.status in (None, "in-progress"):
                refuse_record(TABLE, call.id, f"legs.{number}.status", "must say how the leg ended")
