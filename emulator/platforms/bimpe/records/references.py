"""What the records of a file must agree on."""

from typing import TYPE_CHECKING

from emulator.kit.references import check_reference
from emulator.kit.world import World

if TYPE_CHECKING:
    from emulator.platforms.bimpe.state import BimpeState  # which uses this module


def check_references(state: "BimpeState", world: World) -> None:
    """Refuse a file in which a record names another that is not there."""
    agents, calls = state.agents.by_id, world.calls
    check_reference("bimpe.agents", state.agents, "workflow_id", state.workflows.by_id)
    of_agents = ("channels", "knowledge_bases", "integrations", "tools", "conversations", "tickets")
    for name in (*of_agents, "calls", "numbers", "requests"):
        check_reference(f"bimpe.{name}", getattr(state, name), "agent_id", agents)
    for name in ("messages", "tickets"):
        conversations = state.conversations.by_id
        check_reference(f"bimpe.{name}", getattr(state, name), "conversation_id", conversations)
    check_reference("bimpe.tools", state.tools, "integration_id", state.integrations.by_id)
    check_reference("bimpe.calls", state.calls, "id", calls)
    own = (call for call in world.calls if call.platform == "bimpe")
    check_reference("calls", own, "id", state.calls.by_id)
