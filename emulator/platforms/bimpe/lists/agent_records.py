"""The ids of the records that belong to an agent."""

from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from emulator.domain.errors import UnknownError
from emulator.kit.records import Collection
from emulator.platforms.bimpe.lists.sorted_list import SortedList
from emulator.platforms.bimpe.records.conversations import AgentCall, BimpeConversation
from emulator.platforms.bimpe.records.team import Integration, KnowledgeBase, PhoneNumber, Tool
from emulator.platforms.bimpe.schemas.words import ChannelType


@dataclass(slots=True)
class AgentRecords:
    """The records of one agent; the keys of the dictionaries are ids, in order of creation."""

    conversations: SortedList[BimpeConversation]
    calls: SortedList[AgentCall]
    channels: dict[ChannelType, str] = field(default_factory=dict[ChannelType, str])
    knowledge_bases: dict[str, None] = field(default_factory=dict[str, None])
    integrations: dict[str, None] = field(default_factory=dict[str, None])
    tools: dict[str, None] = field(default_factory=dict[str, None])
    numbers: list[tuple[datetime, str]] = field(default_factory=list[tuple[datetime, str]])
    """The creation times and ids of the linked phone numbers, the oldest first."""

    def link_number(self, number: PhoneNumber) -> None:
        """Add a phone number, unless it is linked already."""
        entry = number.created_at, number.id
        place = bisect_left(self.numbers, entry)
        if self.numbers[place : place + 1] != [entry]:
            self.numbers.insert(place, entry)

    def unlink_number(self, number: PhoneNumber) -> None:
        """Remove a phone number."""
        self.numbers.remove((number.created_at, number.id))


AgentRecord = TypeVar("AgentRecord", KnowledgeBase, Integration, Tool, BimpeConversation, AgentCall)


def record_of(records: Collection[AgentRecord], agent_id: str, record_id: str) -> AgentRecord:
    """Return a record of this agent; UnknownError if it is another agent's or does not exist."""
    record = records.get(record_id)
    if record.agent_id != agent_id:
        raise UnknownError(records.noun, record_id)
    return record


ConversationKey = tuple[str, ChannelType, bool, str]
"""Agent, channel, whether it is a test, and user: at most one conversation has each."""


def conversation_key(conversation: BimpeConversation) -> ConversationKey:
    """Return the key of a conversation."""
    return (
        conversation.agent_id,
        conversation.channel_type,
        conversation.is_test_channel,
        conversation.channel_user_id,
    )
