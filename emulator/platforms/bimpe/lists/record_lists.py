"""What each list is sorted, searched and filtered by."""

from datetime import datetime
from typing import Protocol

from emulator.domain.text import normalized
from emulator.kit.records import Collection
from emulator.platforms.bimpe.lists.filters import CALL_TAGS, CONVERSATION_TAGS, WORKFLOW_TAGS
from emulator.platforms.bimpe.lists.sorted_list import SortedList
from emulator.platforms.bimpe.records.conversations import AgentCall, BimpeConversation
from emulator.platforms.bimpe.records.team import (
    BimpeAgent,
    BimpeWorkflow,
    NumberRequest,
    PhoneNumber,
)
from emulator.platforms.bimpe.schemas.words import status_word


class _Dated(Protocol):
    @property
    def created_at(self) -> datetime: ...

    @property
    def updated_at(self) -> datetime: ...


def _created(record: _Dated) -> datetime:
    return record.created_at


def _updated(record: _Dated) -> datetime:
    return record.updated_at


def _untagged(_: object) -> int:
    return 0


def workflow_list(records: Collection[BimpeWorkflow]) -> SortedList[BimpeWorkflow]:
    """Return a list of workflows, filtered by whether the team owns them."""
    return SortedList(
        records.get,
        {"created_at": _created, "updated_at": _updated, "name": _name},
        lambda each: _joined(each.name, each.description, each.category),
        lambda each: WORKFLOW_TAGS[(each.is_owner,)],
    )


def agent_list(records: Collection[BimpeAgent]) -> SortedList[BimpeAgent]:
    """Return a list of agents."""
    return SortedList(
        records.get,
        {"created_at": _created, "updated_at": _updated, "name": _name},
        lambda each: _joined(each.name, each.description, each.business_name),
        _untagged,
    )


def conversation_list(records: Collection[BimpeConversation]) -> SortedList[BimpeConversation]:
    """Return a list of an agent's conversations."""
    return SortedList(
        records.get,
        {
            "created_at": _created,
            "updated_at": _updated,
            "last_message_at": lambda each: each.last_message_at or each.created_at,
        },
        lambda each: _joined(
            each.channel_user_id,
            each.channel_user_username,
            each.full_name,
            each.last_message_preview,
        ),
        lambda each: CONVERSATION_TAGS[
            each.channel_type, each.is_test_channel, each.is_ai_chat_paused, each.needs_attention
        ],
    )


def call_list(records: Collection[AgentCall]) -> SortedList[AgentCall]:
    """Return a list of an agent's calls."""
    return SortedList(
        records.get,
        {"created_on": lambda each: each.created_on},
        lambda each: _joined(each.source, each.destination),
        lambda each: CALL_TAGS[status_word(each.status), each.is_test_call],
    )


def number_list(records: Collection[PhoneNumber]) -> SortedList[PhoneNumber]:
    """Return a list of the team's phone numbers."""
    return SortedList(
        records.get,
        {"created_at": _created, "updated_at": _updated, "e164": lambda each: each.e164},
        lambda each: _joined(each.e164, each.label),
        _untagged,
    )


def request_list(records: Collection[NumberRequest]) -> SortedList[NumberRequest]:
    """Return a list of the team's requests for phone numbers."""
    return SortedList(
        records.get,
        {"created_at": _created, "updated_at": _updated},
        lambda each: _joined(each.business_name, each.intended_use, each.e164),
        _untagged,
    )


def _name(record: BimpeWorkflow | BimpeAgent) -> str:
    return normalized(record.name)


def _joined(*texts: str | None) -> str:
    return "\n".join(text for text in texts if text)
