"""What Bimpe remembers in a world, and what a new world starts with."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field, fields
from typing import Any

from emulator.kit.lazy_imports import on_first_use
from emulator.kit.records import Collection
from emulator.kit.world import World
from emulator.platforms.bimpe.lists.agent_records import (
    AgentRecords,
    ConversationKey,
    conversation_key,
)
from emulator.platforms.bimpe.lists.record_lists import (
    agent_list,
    call_list,
    conversation_list,
    number_list,
    request_list,
    workflow_list,
)
from emulator.platforms.bimpe.lists.sorted_list import SortedList
from emulator.platforms.bimpe.lists.threads import Thread
from emulator.platforms.bimpe.records.conversations import (
    AgentCall,
    BimpeConversation,
    BimpeMessage,
    StreamTicket,
)
from emulator.platforms.bimpe.records.drafts import (
    cloned_workflow,
    first_key,
    new_agent,
    new_channels,
    new_workflow,
)
from emulator.platforms.bimpe.records.references import check_references
from emulator.platforms.bimpe.records.responses import SavedResponse
from emulator.platforms.bimpe.records.starter import FIRST_AGENT, PUBLIC_WORKFLOWS
from emulator.platforms.bimpe.records.team import (
    ApiKey,
    BimpeAgent,
    BimpeWorkflow,
    Channel,
    Integration,
    KnowledgeBase,
    NumberRequest,
    PhoneNumber,
    Tool,
)

with on_first_use():
    pass


@dataclass(slots=True)
class BimpeState:
    """The records of one world; the indexes below the collections are computed from them."""

    keys: Collection[ApiKey] = field(default_factory=lambda: Collection(ApiKey, "API key"))
    workflows: Collection[BimpeWorkflow] = field(
        default_factory=lambda: Collection(BimpeWorkflow, "workflow")
    )
    agents: Collection[BimpeAgent] = field(default_factory=lambda: Collection(BimpeAgent, "agent"))
    channels: Collection[Channel] = field(default_factory=lambda: Collection(Channel, "channel"))
    knowledge_bases: Collection[KnowledgeBase] = field(
        default_factory=lambda: Collection(KnowledgeBase, "knowledge base")
    )
    integrations: Collection[Integration] = field(
        default_factory=lambda: Collection(Integration, "integration")
    )
    tools: Collection[Tool] = field(default_factory=lambda: Collection(Tool, "tool"))
    conversations: Collection[BimpeConversation] = field(
        default_factory=lambda: Collection(BimpeConversation, "conversation")
    )
    messages: Collection[BimpeMessage] = field(
        default_factory=lambda: Collection(BimpeMessage, "message")
    )
    tickets: Collection[StreamTicket] = field(
        default_factory=lambda: Collection(StreamTicket, "ticket")
    )
    calls: Collection[AgentCall] = field(default_factory=lambda: Collection(AgentCall, "call"))
    numbers: Collection[PhoneNumber] = field(
        default_factory=lambda: Collection(PhoneNumber, "phone number")
    )
    requests: Collection[NumberRequest] = field(
        default_factory=lambda: Collection(NumberRequest, "phone number request")
    )
    replays: Collection[SavedResponse] = field(
        default_factory=lambda: Collection(SavedResponse, "saved response")
    )

    key_ids: dict[str, str] = field(init=False)
    """The ids of keys, by ``ApiKey.rest``."""
    workflow_list: SortedList[BimpeWorkflow] = field(init=False)
    agent_list: SortedList[BimpeAgent] = field(init=False)
    number_list: SortedList[PhoneNumber] = field(init=False)
    request_list: SortedList[NumberRequest] = field(init=False)
    agent_records: dict[str, AgentRecords] = field(init=False)
    workflow_users: dict[str, dict[str, None]] = field(init=False)
    """The ids of the agents that use a workflow."""
    conversation_ids: dict[ConversationKey, str] = field(init=False)
    threads: dict[str, Thread] = field(init=False)
    """The messages of each conversation."""
    number_ids: dict[str, str] = field(init=False)
    """The ids of phone numbers, by their E.164 form."""
    open_test_calls: dict[str, None] = field(init=False)
    saved_response_bytes: int = field(init=False)

    def __post_init__(self) -> None:
        self.reindex()

    def collections(self) -> Iterator[tuple[str, Collection[Any]]]:
        """Yield every collection with the name of its table."""
        for each in fields(self):
            if each.init:
                yield each.name, getattr(self, each.name)

    def check(self, world: World) -> None:
        """Refuse the records of a file that contradict each other."""
        check_references(self, world)

    def reindex(self) -> None:
        """Compute all indexes from the records."""
        self.key_ids = {key.rest: key.id for key in self.keys}
        self.workflow_list = workflow_list(self.workflows)
        self.agent_list = agent_list(self.agents)
        self.number_list = number_list(self.numbers)
        self.request_list = request_list(self.requests)
        self.agent_records, self.workflow_users = {}, {}
        self.conversation_ids, self.threads = {}, {}
        self.number_ids, self.open_test_calls = {}, {}
        for workflow in self.workflows:
            self.workflow_list.put(workflow)
        for agent in self.agents:
            self._index_agent(agent)
        for request in self.requests:
            self.request_list.put(request)
        for number in self.numbers:
            self._index_number(number)
        self._reindex_agent_records()
        self.saved_response_bytes = sum(len(each.answer) for each in self.replays)

    def _reindex_agent_records(self) -> None:
        for channel in self.channels:
            self.agent_records[channel.agent_id].channels[channel.type] = channel.id
        for base in self.knowledge_bases:
            self.agent_records[base.agent_id].knowledge_bases[base.id] = None
        for integration in self.integrations:
            self.agent_records[integration.agent_id].integrations[integration.id] = None
        for tool in self.tools:
            self.agent_records[tool.agent_id].tools[tool.id] = None
        for conversation in self.conversations:
            self._index_conversation(conversation)
        for message in self.messages:
            self.threads[message.conversation_id].add(message)
        for call in self.calls:
            self._index_call(call)

    def add_key(self, key: ApiKey) -> ApiKey:
        """Add an API key."""
        self.key_ids[key.rest] = key.id
        return self.keys.add(key)

    def add_workflow(self, workflow: BimpeWorkflow) -> BimpeWorkflow:
        """Add a workflow."""
        self.workflows.add(workflow)
        self.workflow_list.put(workflow)
        return workflow

    def save_workflow(self, workflow: BimpeWorkflow) -> None:
        """Save a workflow that has changed."""
        self.workflows.save(workflow)
        self.workflow_list.put(workflow)

    def add_agent(self, agent: BimpeAgent, channels: list[Channel]) -> BimpeAgent:
        """Add an agent with its channels."""
        self.agents.add(agent)
        self._index_agent(agent)
        for channel in channels:
            self.channels.add(channel)
            self.agent_records[agent.id].channels[channel.type] = channel.id
        return agent

    def save_agent(self, agent: BimpeAgent) -> None:
        """Save an agent that has changed; ``set_workflow`` changes its workflow."""
        self.agents.save(agent)
        self.agent_list.put(agent)

    def set_workflow(self, agent: BimpeAgent, workflow_id: str | None) -> None:
        """Set the workflow of an agent; None removes it."""
        if agent.workflow_id is not None:
            users = self.workflow_users[agent.workflow_id]
            del users[agent.id]
            if not users:
                del self.workflow_users[agent.workflow_id]
        agent.workflow_id = workflow_id
        if workflow_id is not None:
            self.workflow_users.setdefault(workflow_id, {})[agent.id] = None
        self.save_agent(agent)

    def _index_agent(self, agent: BimpeAgent) -> None:
        self.agent_list.put(agent)
        if agent.workflow_id is not None:
            self.workflow_users.setdefault(agent.workflow_id, {})[agent.id] = None
        self.agent_records[agent.id] = AgentRecords(
            conversations=conversation_list(self.conversations), calls=call_list(self.calls)
        )

    def add_conversation(self, conversation: BimpeConversation) -> None:
        """Add a conversation."""
        self.conversations.add(conversation)
        self._index_conversation(conversation)

    def save_conversation(self, conversation: BimpeConversation) -> None:
        """Save a conversation that has changed."""
        self.conversations.save(conversation)
        self.agent_records[conversation.agent_id].conversations.put(conversation)

    def _index_conversation(self, conversation: BimpeConversation) -> None:
        self.conversation_ids[conversation_key(conversation)] = conversation.id
        self.threads[conversation.id] = Thread(self.messages.get)
        self.agent_records[conversation.agent_id].conversations.put(conversation)

    def add_message(self, message: BimpeMessage) -> None:
        """Add a message."""
        self.messages.add(message)
        self.threads[message.conversation_id].add(message)

    def add_call(self, call: AgentCall) -> None:
        """Add a call."""
        self.calls.add(call)
        self._index_call(call)

    def save_call(self, call: AgentCall) -> None:
        """Save a call that has changed."""
        self.calls.save(call)
        self._index_call(call)

    def _index_call(self, call: AgentCall) -> None:
        self.agent_records[call.agent_id].calls.put(call)
        if call.is_test_call and not call.status.is_terminal:
            self.open_test_calls[call.id] = None
        else:
            self.open_test_calls.pop(call.id, None)

    def add_number(self, number: PhoneNumber) -> None:
        """Add a phone number."""
        self.numbers.add(number)
        self._index_number(number)

    def save_number(self, number: PhoneNumber) -> None:
        """Save a phone number that has changed."""
        self.numbers.save(number)
        self._index_number(number)

    def _index_number(self, number: PhoneNumber) -> None:
        self.number_list.put(number)
        self.number_ids[number.e164] = number.id
        if number.agent_id is not None:
            self.agent_records[number.agent_id].link_number(number)

    def add_request(self, request: NumberRequest) -> None:
        """Add a request for a phone number."""
        self.requests.add(request)
        self.request_list.put(request)

    def save_request(self, request: NumberRequest) -> None:
        """Save a request for a phone number that has changed."""
        self.requests.save(request)
        self.request_list.put(request)


def new_state(world: World) -> BimpeState:
    """Start with the team's key, public workflows, and an agent with a clone of the first one."""
    state = BimpeState()
    state.add_key(first_key(world))
    for content in PUBLIC_WORKFLOWS:
        workflow = new_workflow(world, deepcopy(content))
        workflow.is_owner = False
        state.add_workflow(workflow)
    support = state.add_workflow(cloned_workflow(world, next(iter(state.workflows))))
    agent = new_agent(world, FIRST_AGENT, support)
    state.add_agent(agent, new_channels(world, agent))
    return state


def state_of(world: World) -> BimpeState:
    """Return Bimpe's state in this world."""
    state: BimpeState = world.contexts["bimpe"].state
    return state
