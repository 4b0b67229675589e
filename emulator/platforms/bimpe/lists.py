"""The lists records stand in: what they are sorted, searched and filtered by."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import product
from typing import Any, Final, Protocol, get_args

from emulator.kit.records import Collection, Texts
from emulator.platforms.bimpe.listing import Listing, ListQuery
from emulator.platforms.bimpe.records import (
    CHANNELS,
    Agent,
    AgentCall,
    ChannelType,
    Conversation,
    Message,
    NumberRequest,
    PhoneNumber,
    Workflow,
)
from emulator.platforms.bimpe.schemas import CallWord, call_word

Tags = Mapping[tuple[Any, ...], int]
"""A number for each combination of what records are filtered by."""

BOTH: Final = (False, True)


def _numbered(*facts: tuple[Any, ...]) -> Tags:
    return {combination: tag for tag, combination in enumerate(product(*facts))}


OWNERS: Final = _numbered(BOTH)
"""Whether the team owns a workflow."""
CONVERSATIONS: Final = _numbered(CHANNELS, BOTH, BOTH, BOTH)
"""Channel; is it a test; is the assistant paused; does it need attention."""
CALLS: Final = _numbered(get_args(CallWord), BOTH)
"""Status as it is shown; is it a test."""


def where(tags: Tags, *asked: Any) -> list[int] | None:
    """The tags of what is as asked for; None asks for nothing, and None is every tag."""
    if all(each is None for each in asked):
        return None
    return [
        tag
        for facts, tag in tags.items()
        if all(want in (None, fact) for want, fact in zip(asked, facts, strict=True))
    ]


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


def workflow_list(records: Collection[Workflow]) -> Listing[Workflow]:
    """Workflows, by whether the team owns them."""
    return Listing(
        records.get,
        {"created_at": _created, "updated_at": _updated, "name": _name},
        lambda each: _joined(each.name, each.description, each.category),
        lambda each: OWNERS[(each.is_owner,)],
    )


def agent_list(records: Collection[Agent]) -> Listing[Agent]:
    """Agents."""
    return Listing(
        records.get,
        {"created_at": _created, "updated_at": _updated, "name": _name},
        lambda each: _joined(each.name, each.description, each.business_name),
        _untagged,
    )


def conversation_list(records: Collection[Conversation]) -> Listing[Conversation]:
    """The conversations of an agent."""
    return Listing(
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
        lambda each: CONVERSATIONS[
            each.channel_type, each.is_test_channel, each.is_ai_chat_paused, each.needs_attention
        ],
    )


def call_list(records: Collection[AgentCall]) -> Listing[AgentCall]:
    """The calls of an agent."""
    return Listing(
        records.get,
        {"created_on": lambda each: each.created_on},
        lambda each: _joined(each.source, each.destination),
        lambda each: CALLS[call_word(each.status), each.is_test_call],
    )


def number_list(records: Collection[PhoneNumber]) -> Listing[PhoneNumber]:
    """The team's numbers."""
    return Listing(
        records.get,
        {"created_at": _created, "updated_at": _updated, "e164": lambda each: each.e164},
        lambda each: _joined(each.e164, each.label),
        _untagged,
    )


def request_list(records: Collection[NumberRequest]) -> Listing[NumberRequest]:
    """The team's requests for numbers."""
    return Listing(
        records.get,
        {"created_at": _created, "updated_at": _updated},
        lambda each: _joined(each.business_name, each.intended_use, each.e164),
        _untagged,
    )


def _name(record: Workflow | Agent) -> str:
    return record.name.casefold()


def _joined(*texts: str | None) -> str:
    return "\n".join(text for text in texts if text)


class Thread:
    """The messages of one conversation, in the order they were written."""

    __slots__ = ("_find", "_texts", "ids")

    def __init__(self, find: Callable[[str], Message]) -> None:
        self.ids: list[str] = []
        self._find = find
        self._texts: Texts[str] | None = None
        """Made by the first search."""

    def add(self, message: Message) -> None:
        """Put a message at the end."""
        self.ids.append(message.id)
        if self._texts is not None:
            self._texts.put(message.id, message.message)

    def page(self, query: ListQuery) -> tuple[list[Message], int]:
        """The messages of a page, with how many match in all."""
        ids = self._matching(query.search) if query.search else self.ids
        _, descending = query.order
        first, last = query.offset, query.offset + query.limit
        if descending:
            first, last = max(0, len(ids) - last), max(0, len(ids) - first)
        found = [self._find(each) for each in ids[first:last]]
        return found[::-1] if descending else found, len(ids)

    def _matching(self, part: str) -> list[str]:
        if self._texts is None:
            self._texts = Texts()
            for each in self.ids:
                self._texts.put(each, self._find(each).message)
        return self._texts.find(part)


@dataclass(slots=True)
class Belongings:
    """What belongs to one agent; the dictionaries are by id, in the order things were made."""

    conversations: Listing[Conversation]
    calls: Listing[AgentCall]
    channels: dict[ChannelType, str] = field(default_factory=dict[ChannelType, str])
    knowledge_bases: dict[str, None] = field(default_factory=dict[str, None])
    integrations: dict[str, None] = field(default_factory=dict[str, None])
    tools: dict[str, None] = field(default_factory=dict[str, None])
    numbers: list[tuple[datetime, str]] = field(default_factory=list[tuple[datetime, str]])
    """When each was made, and its id: the oldest first."""


Address = tuple[str, ChannelType, bool, str]
"""Agent, channel, whether it is a test, and user: there is one conversation for each."""


def address_of(conversation: Conversation) -> Address:
    """What a conversation is found by."""
    return (
        conversation.agent_id,
        conversation.channel_type,
        conversation.is_test_channel,
        conversation.channel_user_id,
    )
