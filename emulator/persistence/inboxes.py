"""Inboxes in the file: what they took, and what they are still to answer."""

from collections.abc import Iterable
from typing import Final

from emulator.callbacks.inbox import Inboxes, Message, Scripted
from emulator.persistence.callbacks import BodyTable
from emulator.persistence.tables import (
    Changes,
    Row,
    TrackedTable,
    bytes_read,
    bytes_shown,
    pairs,
    read_moment,
    written,
)


class MessageTable:
    """The messages that inboxes took."""

    name: Final = "messages"
    key: Final = "id"

    def __init__(self, inboxes: Inboxes, bodies: BodyTable) -> None:
        self._inboxes = inboxes
        self._bodies = bodies

    def track(self) -> None:
        """The inboxes' table notes them."""

    @property
    def is_dirty(self) -> bool:
        """Something has arrived since the last look."""
        return bool(self._inboxes.changed)

    def changes(self) -> Changes:
        """The messages that have arrived; a long body that a callback had is not written again."""
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
        """The inboxes' table forgets what was noted, as it comes after this."""

    def rows(self) -> Iterable[Row]:
        """Every message that is kept."""
        return (
            _message_row(name, number, message)
            for name in self._inboxes.names()
            for number, message in self._inboxes[name].messages.after(0)
        )

    def load(self, rows: Iterable[Row]) -> None:
        """Read messages; their inboxes have been read before."""
        for row in rows:
            self._inboxes[row["inbox"]].resume(row["number"], _message(row))


class InboxTable(TrackedTable):
    """The inboxes, and what they are still to answer."""

    name: Final = "inboxes"
    key: Final = "id"

    def __init__(self, inboxes: Inboxes) -> None:
        super().__init__(inboxes)
        self._inboxes = inboxes

    def changes(self) -> Changes:
        """The inboxes that took something, were scripted or emptied."""
        return Changes(put={name: self._row(name) for name in self._inboxes.changed or ()})

    def rows(self) -> Iterable[Row]:
        """Every inbox that was ever named."""
        return map(self._row, self._inboxes.names())

    def load(self, rows: Iterable[Row]) -> None:
        """Read what inboxes are to answer; their messages come next."""
        for row in rows:
            inbox = self._inboxes[row["id"]]
            inbox.emptied = row["emptied"]
            inbox.messages.resume(inbox.emptied)
            inbox.answers.extend(
                Scripted(each["status"], bytes_read(each["body"]), each["content_type"])
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
                    "body": bytes_shown(answer.content),
                    "content_type": answer.content_type,
                }
                for answer in inbox.answers
            ],
        }


def _name(inbox: str, number: int) -> str:
    return f"{inbox}#{number}"


def _message_row(inbox: str, number: int, message: Message) -> Row:
    return {
        "id": _name(inbox, number),
        "inbox": inbox,
        "number": number,
        "received_at": written(message.received_at),
        "method": message.method,
        "path": message.path,
        "headers": message.headers,
        "body": message.content,
    }


def _message(row: Row) -> Message:
    return Message(
        received_at=read_moment(row["received_at"]),
        method=row["method"],
        path=row["path"],
        headers=pairs(row["headers"]),
        content=bytes_read(row["body"]),
    )
