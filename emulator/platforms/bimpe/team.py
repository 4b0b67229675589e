"""What one world's Bimpe remembers: the team's records, and the lists they stand in."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from emulator.domain.errors import UnknownError
from emulator.kit.records import Collection
from emulator.kit.world import World
from emulator.platforms.bimpe.listing import Listing
from emulator.platforms.bimpe.lists import (
    Address,
    Belongings,
    Thread,
    address_of,
    agent_list,
    call_list,
    conversation_list,
    number_list,
    request_list,
    workflow_list,
)
from emulator.platforms.bimpe.options import BimpeOptions
from emulator.platforms.bimpe.records import (
    Agent,
    AgentCall,
    ApiKey,
    Channel,
    Conversation,
    Integration,
    KnowledgeBase,
    Message,
    NumberRequest,
    PhoneNumber,
    Replay,
    Ticket,
    Tool,
    Workflow,
)


@dataclass(slots=True)
class BimpeState:
    """Collections are the truth; whatever stands below them follows from them."""

    keys: Collection[ApiKey] = field(default_factory=lambda: Collection(ApiKey, "API key"))
    workflows: Collection[Workflow] = field(
        default_factory=lambda: Collection(Workflow, "workflow")
    )
    agents: Collection[Agent] = field(default_factory=lambda: Collection(Agent, "agent"))
    channels: Collection[Channel] = field(default_factory=lambda: Collection(Channel, "channel"))
    knowledge_bases: Collection[KnowledgeBase] = field(
        default_factory=lambda: Collection(KnowledgeBase, "knowledge base")
    )
    integrations: Collection[Integration] = field(
        default_factory=lambda: Collection(Integration, "integration")
    )
    tools: Collection[Tool] = field(default_factory=lambda: Collection(Tool, "tool"))
    conversations: Collection[Conversation] = field(
        default_factory=lambda: Collection(Conversation, "conversation")
    )
    messages: Collection[Message] = field(default_factory=lambda: Collection(Message, "message"))
    tickets: Collection[Ticket] = field(default_factory=lambda: Collection(Ticket, "ticket"))
    calls: Collection[AgentCall] = field(default_factory=lambda: Collection(AgentCall, "call"))
    numbers: Collection[PhoneNumber] = field(
        default_factory=lambda: Collection(PhoneNumber, "phone number")
    )
    requests: Collection[NumberRequest] = field(
        default_factory=lambda: Collection(NumberRequest, "phone number request")
    )
    replays: Collection[Replay] = field(default_factory=lambda: Collection(Replay, "answer"))

    key_ids: dict[str, str] = field(init=False)
    """The ids of keys, by their own part."""
    workflow_list: Listing[Workflow] = field(init=False)
    agent_list: Listing[Agent] = field(init=False)
    number_list: Listing[PhoneNumber] = field(init=False)
    request_list: Listing[NumberRequest] = field(init=False)
    belongings: dict[str, Belongings] = field(init=False)
    users: dict[str, dict[str, None]] = field(init=False)
    """The agents that use a workflow."""
    addresses: dict[Address, str] = field(init=False)
    threads: dict[str, Thread] = field(init=False)
    e164s: dict[str, str] = field(init=False)
    open_test_calls: dict[str, None] = field(init=False)
    replay_bytes: int = field(init=False)

    def __post_init__(self) -> None:
        self.reindex()

    def collections(self) -> Iterator[tuple[str, Collection[Any]]]:
        """All that is remembered, by the names of its tables."""
        for each in fields(self):
            if each.init:
                yield each.name, getattr(self, each.name)

    def reindex(self) -> None:
        """Build everything that follows from the records anew."""
        self.key_ids = {key.rest: key.id for key in self.keys}
        self.workflow_list = workflow_list(self.workflows)
        self.agent_list = agent_list(self.agents)
        self.number_list = number_list(self.numbers)
        self.request_list = request_list(self.requests)
        self.belongings, self.users, self.addresses, self.threads = {}, {}, {}, {}
        self.e164s, self.open_test_calls = {}, {}
        for workflow in self.workflows:
            self.workflow_list.put(workflow)
        for agent in self.agents:
            self._index_agent(agent)
        for request in self.requests:
            self.request_list.put(request)
        for number in self.numbers:
            self._index_number(number)
        self._reindex_belongings()
        self.replay_bytes = sum(len(each.answer) for each in self.replays)

    def _reindex_belongings(self) -> None:
        for channel in self.channels:
            self.belongings[channel.agent_id].channels[channel.type] = channel.id
        for base in self.knowledge_bases:
            self.belongings[base.agent_id].knowledge_bases[base.id] = None
        for integration in self.integrations:
            self.belongings[integration.agent_id].integrations[integration.id] = None
        for tool in self.tools:
            self.belongings[tool.agent_id].tools[tool.id] = None
        for conversation in self.conversations:
            self._index_conversation(conversation)
        for message in self.messages:
            self.threads[message.conversation_id].add(message)
        for call in self.calls:
            self._index_call(call)

    def add_key(self, key: ApiKey) -> ApiKey:
        """Keep a new key."""
        self.key_ids[key.rest] = key.id
        return self.keys.add(key)

    def add_workflow(self, workflow: Workflow) -> Workflow:
        """Keep a new workflow."""
        self.workflows.add(workflow)
        self.workflow_list.put(workflow)
        return workflow

    def save_workflow(self, workflow: Workflow) -> None:
        """Note that a workflow has changed."""
        self.workflows.save(workflow)
        self.workflow_list.put(workflow)

    def remove_workflow(self, workflow: Workflow) -> None:
        """Take a workflow out; the agents that used it have none any more."""
        for agent_id in list(self.users.get(workflow.id, ())):
            agent = self.agents.get(agent_id)
            self.set_workflow(agent, None)
        self.workflow_list.remove(workflow)
        self.workflows.remove(workflow.id)

    def add_agent(self, agent: Agent) -> None:
        """Keep a new agent."""
        self.agents.add(agent)
        self._index_agent(agent)

    def save_agent(self, agent: Agent) -> None:
        """Note that an agent has changed, apart from its workflow."""
        self.agents.save(agent)
        self.agent_list.put(agent)

    def set_workflow(self, agent: Agent, workflow_id: str | None) -> None:
        """Have an agent use a workflow, or none."""
        if agent.workflow_id is not None:
            users = self.users[agent.workflow_id]
            del users[agent.id]
            if not users:
                del self.users[agent.workflow_id]
        agent.workflow_id = workflow_id
        if workflow_id is not None:
            self.users.setdefault(workflow_id, {})[agent.id] = None
        self.save_agent(agent)

    def remove_agent(self, agent: Agent) -> None:
        """Take an agent out with everything that belongs to it; its numbers stay the team's."""
        self.set_workflow(agent, None)
        own = self.belongings.pop(agent.id)
        for _, number_id in own.numbers:
            number = self.numbers.get(number_id)
            number.agent_id = None
            self.numbers.save(number)
        for conversation in own.conversations.all():
            for message_id in self.threads.pop(conversation.id).ids:
                self.messages.remove(message_id)
            del self.addresses[address_of(conversation)]
            self.conversations.remove(conversation.id)
        for call in own.calls.all():
            self.open_test_calls.pop(call.id, None)
            self.calls.remove(call.id)
        for channel_id in own.channels.values():
            self.channels.remove(channel_id)
        for base_id in own.knowledge_bases:
            self.knowledge_bases.remove(base_id)
        for tool_id in own.tools:
            self.tools.remove(tool_id)
        for integration_id in own.integrations:
            self.integrations.remove(integration_id)
        self.agent_list.remove(agent)
        self.agents.remove(agent.id)

    def _index_agent(self, agent: Agent) -> None:
        self.agent_list.put(agent)
        if agent.workflow_id is not None:
            self.users.setdefault(agent.workflow_id, {})[agent.id] = None
        self.belongings[agent.id] = Belongings(
            conversations=conversation_list(self.conversations), calls=call_list(self.calls)
        )

    def add_channel(self, channel: Channel) -> None:
        """Keep a new channel."""
        self.channels.add(channel)
        self.belongings[channel.agent_id].channels[channel.type] = channel.id

    def add_knowledge_base(self, base: KnowledgeBase) -> None:
        """Keep a new knowledge base."""
        self.knowledge_bases.add(base)
        self.belongings[base.agent_id].knowledge_bases[base.id] = None

    def remove_knowledge_base(self, base: KnowledgeBase) -> None:
        """Take a knowledge base out."""
        self.knowledge_bases.remove(base.id)
        del self.belongings[base.agent_id].knowledge_bases[base.id]

    def add_integration(self, integration: Integration) -> Integration:
        """Keep a new integration."""
        self.integrations.add(integration)
        self.belongings[integration.agent_id].integrations[integration.id] = None
        return integration

    def integrations_of(self, agent_id: str, family: str | None = None) -> list[Integration]:
        """The integrations of an agent, in the order they were made."""
        found = [self.integrations.get(each) for each in self.belongings[agent_id].integrations]
        return [each for each in found if family in (None, each.family)]

    def remove_integration(self, integration: Integration) -> None:
        """Take an integration out with its tools."""
        for tool in self.tools_of(integration.agent_id, integration.id):
            self.remove_tool(tool)
        self.integrations.remove(integration.id)
        del self.belongings[integration.agent_id].integrations[integration.id]

    def add_tool(self, tool: Tool) -> Tool:
        """Keep a new tool."""
        self.tools.add(tool)
        self.belongings[tool.agent_id].tools[tool.id] = None
        return tool

    def tools_of(self, agent_id: str, integration_id: str | None = None) -> list[Tool]:
        """The tools of an agent, or of one of its integrations, in the order they were made."""
        found = [self.tools.get(each) for each in self.belongings[agent_id].tools]
        return [each for each in found if integration_id in (None, each.integration_id)]

    def remove_tool(self, tool: Tool) -> None:
        """Take a tool out."""
        self.tools.remove(tool.id)
        del self.belongings[tool.agent_id].tools[tool.id]

    def add_conversation(self, conversation: Conversation) -> None:
        """Keep a new conversation."""
        self.conversations.add(conversation)
        self._index_conversation(conversation)

    def save_conversation(self, conversation: Conversation) -> None:
        """Note that a conversation has changed."""
        self.conversations.save(conversation)
        self.belongings[conversation.agent_id].conversations.put(conversation)

    def conversation_at(self, address: Address) -> Conversation | None:
        """The conversation with a user on a channel, if there is one."""
        return self.conversations.find(self.addresses.get(address))

    def _index_conversation(self, conversation: Conversation) -> None:
        self.addresses[address_of(conversation)] = conversation.id
        self.threads[conversation.id] = Thread(self.messages.get)
        self.belongings[conversation.agent_id].conversations.put(conversation)

    def add_message(self, message: Message) -> None:
        """Keep a new message."""
        self.messages.add(message)
        self.threads[message.conversation_id].add(message)

    def add_call(self, call: AgentCall) -> None:
        """Keep a new call."""
        self.calls.add(call)
        self._index_call(call)

    def save_call(self, call: AgentCall) -> None:
        """Note that a call has changed."""
        self.calls.save(call)
        self._index_call(call)

    def _index_call(self, call: AgentCall) -> None:
        self.belongings[call.agent_id].calls.put(call)
        if call.is_test_call and not call.status.is_terminal:
            self.open_test_calls[call.id] = None
        else:
            self.open_test_calls.pop(call.id, None)

    def add_number(self, number: PhoneNumber) -> None:
        """Keep a new number."""
        self.numbers.add(number)
        self._index_number(number)

    def link_number(self, number: PhoneNumber, agent_id: str | None) -> None:
        """Have a number belong to an agent, or to none."""
        if number.agent_id is not None:
            self.belongings[number.agent_id].numbers.remove((number.created_at, number.id))
        number.agent_id = agent_id
        self.save_number(number)

    def save_number(self, number: PhoneNumber) -> None:
        """Note that a number has changed."""
        self.numbers.save(number)
        self._index_number(number)

    def number_of(self, agent_id: str) -> PhoneNumber | None:
        """The number an agent calls from: the oldest that is linked to it."""
        linked = self.belongings[agent_id].numbers
        return self.numbers.get(linked[0][1]) if linked else None

    def number_at(self, e164: str) -> PhoneNumber | None:
        """The team's number that is written so, if it has it."""
        return self.numbers.find(self.e164s.get(e164))

    def _index_number(self, number: PhoneNumber) -> None:
        self.number_list.put(number)
        self.e164s[number.e164] = number.id
        if number.agent_id is not None:
            linked, entry = self.belongings[number.agent_id].numbers, (number.created_at, number.id)
            place = bisect_left(linked, entry)
            if linked[place : place + 1] != [entry]:
                linked.insert(place, entry)

    def add_request(self, request: NumberRequest) -> None:
        """Keep a new request for a number."""
        self.requests.add(request)
        self.request_list.put(request)

    def save_request(self, request: NumberRequest) -> None:
        """Note that a request for a number has changed."""
        self.requests.save(request)
        self.request_list.put(request)


Record = TypeVar("Record", KnowledgeBase, Integration, Tool, Conversation, AgentCall)


def owned(records: Collection[Record], agent_id: str, record_id: str) -> Record:
    """Find a record of this agent, or raise UnknownError."""
    record = records.get(record_id)
    if record.agent_id != agent_id:
        raise UnknownError(records.noun, record_id)
    return record


def state_of(world: World) -> BimpeState:
    """What Bimpe remembers in this world."""
    return world.state("bimpe", BimpeState)


def options_of(world: World) -> BimpeOptions:
    """The variants this world's Bimpe follows."""
    return world.options("bimpe", BimpeOptions)
