"""Bimpe's section of seed files: workflows with agents, messages and calls."""

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from emulator.kit.call_request import Phone
from emulator.kit.scenarios import OwnScenario
from emulator.kit.seed_file import Location, SeedError, Seeding
from emulator.platforms.bimpe.schemas.agents import UpdateAgent
from emulator.platforms.bimpe.schemas.workflows import CreateWorkflow

CONSOLE: Final = "/api/v1/console"
CONFIG: Final = ConfigDict(extra="forbid", defer_build=True)
Name = Annotated[str, Field(min_length=1)]


class BimpeSeedAgent(UpdateAgent):
    """An agent of the workflow that it is listed under."""

    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)

    name: Name
    description: Name


class BimpeSeedWorkflow(CreateWorkflow):
    """A workflow with its agents."""

    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)

    agents: list[BimpeSeedAgent] = Field(default_factory=list)


class BimpeSeedMessage(BaseModel):
    """A message of a user to an agent."""

    model_config = CONFIG

    agent: Name | None = None
    """The agent's name; the first agent without one."""
    message: Name
    channel_type: Literal["whatsapp", "webchat", "telephony"] = "whatsapp"
    channel_user_id: Name
    channel_username: str | None = None


class BimpeSeedCall(BaseModel):
    """A call to an agent, or from it."""

    model_config = CONFIG

    agent: Name | None = None
    number: Phone
    direction: Literal["inbound", "outbound"] = "inbound"
    scenario: str | OwnScenario | None = None


class BimpeSeed(BaseModel):
    """What Bimpe's account has besides its first agents."""

    model_config = CONFIG

    workflows: list[BimpeSeedWorkflow] = []
    messages: list[BimpeSeedMessage] = []
    calls: list[BimpeSeedCall] = []


section = BimpeSeed


async def seed(seeding: Seeding, asked: BimpeSeed) -> None:
    """Create workflows with their agents, then send the messages and place the calls."""
    for number, workflow in enumerate(asked.workflows):
        await _create(("workflows", number), seeding, workflow)
    for number, message in enumerate(asked.messages):
        where: Location = ("messages", number)
        agent_id = await _agent_id(where, seeding, message.agent)
        fields = message.model_dump(mode="json", exclude={"agent"}, exclude_none=True)
        path = f"/agents/{agent_id}/conversations/messages"
        await _ask(where, seeding, "POST", path, json=fields | {"role": "user"})
    for number, call in enumerate(asked.calls):
        agent_id = await _agent_id(("calls", number), seeding, call.agent)
        body = call.model_copy()
        body.model_fields_set.discard("agent")
        await seeding.place(("calls", number), body, agent_id=agent_id)


async def _create(where: Location, seeding: Seeding, workflow: BimpeSeedWorkflow) -> None:
    fields = workflow.model_dump(mode="json", exclude_unset=True, exclude={"agents"})
    made = await _ask(where, seeding, "POST", "/workflows", json=fields)
    for index, agent in enumerate(workflow.agents):
        own = agent.model_dump(mode="json", exclude_unset=True)
        body = own | {"workflow_id": made["data"]["id"]}
        await _ask((*where, "agents", index), seeding, "POST", "/agents", json=body)


async def _agent_id(where: Location, seeding: Seeding, name: str | None) -> str:
    """Return the id of an agent by its name, or of the first one."""
    agents = (await _ask(where, seeding, "GET", "/agents?limit=100"))["data"]
    for agent in agents:
        if name in (None, agent["name"]):
            return str(agent["id"])
    known = ", ".join(agent["name"] for agent in agents)
    raise SeedError(
        (*seeding.location, *where, "agent"), f"there is no agent {name}; the agents are {known}"
    )


async def _ask(where: Location, seeding: Seeding, method: str, path: str, **options: Any) -> Any:
    headers = {"Authorization": f"Bearer {seeding.credentials['api_key']}"}
    return await seeding.ask(where, method, f"{CONSOLE}{path}", headers=headers, **options)
