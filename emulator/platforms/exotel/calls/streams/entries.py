"""What is written into the history of a world about its streams."""

from emulator.domain.streams import StreamEvent, StreamEventKind
from emulator.kit.world import World
from emulator.platforms.exotel.calls.records.streams import BotStream


def enter(
    world: World,
    record: BotStream,
    event: StreamEventKind,
    text: str,
    *,
    attempt: int | None = None,
    code: str | None = None,
    status: str | None = None,
) -> None:
    """Write an entry about a stream."""
    world.history.stream(
        StreamEvent(
            at=world.clock.now(),
            platform="exotel",
            call_id=record.call_id,
            stream_id=record.id,
            event=event,
            text=text,
            attempt=attempt,
            code=code,
            status=status,
            fault=record.fault_id,
            fault_kind=record.fault_kind,
        )
    )


def enter_close(world: World, record: BotStream) -> None:
    """Write the entry about the end of a stream."""
    by = {"bot": "by the bot", "user": "by the person"}.get(record.disconnected_by, "")
    parts = [record.status, by, f"after {record.seconds:g} s" if record.connected_at else ""]
    reason = record.error or record.detailed_status
    text = " ".join(part for part in parts if part) + (f": {reason}" if reason else "")
    code = None if record.close_code is None else str(record.close_code)
    enter(world, record, "close", text, code=code, status=record.status)
