"""Inboxes in the file: their messages, and their scripted responses."""

from collections.abc import Iterable
from typing import Final

from emulator.callbacks.inbox import Inboxes, InboxMessage, ScriptedResponse
from emulator.persistence.callbacks import BodyTable
from emulator.persistence.tables import Changes, Row, TrackedTable
from emulator.persistence.values import (
    dump_bytes,
    format_time,
    load_bytes,
    load_headers,
    parse_time,
)
from emulator.store.dirty import DirtyFlag


class MessageTable:
    """The messages that inboxes received."""

    name: Final = "messages"
    key: Final = "id"

    def __init__(self, inboxes: Inboxes, bodies: BodyTable) -> None:
        self._inboxes = inboxes
        self._bodies = bodies

    def track(self, dirty: DirtyFlag) -> None:  # see below
        """Do nothing: InboxTable tracks the inboxes that both tables read."""

    @property
    def is_dirty(self) -> bool:
        """An inbox has changed since the last commit."""
        return bool(self._inboxes.changed)

    def changes(self) -> Changes:
        """Return the new messages; one with the long body of a callback refers to that body."""
        found = Changes()
        for name, after in (self._inboxes.changed or {}).items():
            for number, message in self._inboxes[name].messages.after(after):
                row = _message_row(name, number, message)
                found.put[row["id"]] = row
                if (body := self._bodies.find(message.content)) is not None:
                    del row["body"]
                    found.same[row["id"]] = ("body", self._bodies.name, body)
        return found

    def mark_clean(self) -> None:
        """Do nothing: InboxTable comes next and clears the changes of both."""

    def rows(self) -> Iterable[Row]:
        """Return every message that is kept."""
        return (
            _message_row(name, number, message)
            for name in self._inboxes.names()
            for number, message in self._inboxes[name].messages.after(0)
        )

    def load(self, rows: Iterable[Row]) -> None:
        """Load messages; their inboxes are loaded before."""
        for row in rows:
            self._inboxes[row["inbox"]].resume(row["number"], _message(row))


class InboxTable(TrackedTable):
    """The inboxes, with their scripted responses."""

    name: Final = "inboxes"
    key: Final = "id"

    def __init__(self, inboxes: Inboxes) -> None:
        super().__init__(inboxes)
        self._inboxes = inboxes

    def changes(self) -> Changes:
        """Return the inboxes that received a message, were scripted or emptied."""
        return Changes(put={name: self._row(name) for name in self._inboxes.changed or ()})

    def rows(self) -> Iterable[Row]:
        """Return every inbox that was ever used."""
        return map(self._row, self._inboxes.names())

    def load(self, rows: Iterable[Row]) -> None:
        """Load inboxes with their scripted responses; their messages come next."""
        for row in rows:
            inbox = self._inboxes[row["id"]]
            inbox.emptied = row["emptied"]
            inbox.messages.resume(inbox.emptied)
            inbox.script(
                ScriptedResponse(each["status"], load_bytes(each["body"]), each["content_type"])
                for each in row["answers"]
            )

    def _row(self, name: str) -> Row:
        inbox = self._inboxes[name]
        return {
            "id": name,
            "emptied": inbox.emptied,
            "answers": [
                {
                    "status": answer.status,
                    "body": dump_bytes(answer.content),
                    "content_type": answer.content_type,
                }
                for answer in inbox.responses
            ],
        }


def _message_row(inbox: str, number: int, message: InboxMessage) -> Row:
    return {
        "id": f"{inbox}#{number}",
        "inbox": inbox,
        "number": number,
        "received_at": format_time(message.received_at),
        "method": message.method,
        "path": message.path,
        "headers": message.headers,
        "body": message.content,
    }


def _message(row: Row) -> InboxMessage:
    return InboxMessage(
        received_at=parse_time(row["received_at"]),
        method=row["method"],
        path=row["path"],
        headers=load_headers(row["headers"]),
        content=load_bytes(row["body"]),
    )
