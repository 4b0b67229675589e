"""Knowledge bases: texts and URLs in which an agent looks things up."""

from emulator.kit.errors import invalid
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.world import World
from emulator.platforms.bimpe.records.ids import new_id
from emulator.platforms.bimpe.records.team import BimpeAgent, KnowledgeBase
from emulator.platforms.bimpe.state import BimpeState, state_of

with on_first_use():
    from emulator.platforms.bimpe.schemas import knowledge_bases as knowledge_base_schemas


def knowledge_bases_of(state: BimpeState, agent_id: str) -> list[KnowledgeBase]:
    """Return the knowledge bases of an agent, in order of creation."""
    own = state.agent_records[agent_id].knowledge_bases
    return [state.knowledge_bases.get(each) for each in own]


def create(
    world: World, agent: BimpeAgent, asked: "knowledge_base_schemas.CreateKnowledgeBase"
) -> KnowledgeBase:
    """Create a knowledge base of an agent."""
    state = state_of(world)
    base_id = new_id(world, "knowledge_base")
    base = KnowledgeBase(id=base_id, agent_id=agent.id, **asked.model_dump())
    state.agent_records[agent.id].knowledge_bases[base.id] = None
    return state.knowledge_bases.add(base)


def update(
    world: World, base: KnowledgeBase, asked: "knowledge_base_schemas.UpdateKnowledgeBase"
) -> None:
    """Write the fields that were sent into a knowledge base; ApiError 400 without its content."""
    content = {"text": "content", "url": "url"}[base.type]
    if content in asked.model_fields_set and getattr(asked, content) is None:
        raise invalid((content, f"is required for a knowledge base of type {base.type}"))
    for name in asked.model_fields_set:
        setattr(base, name, getattr(asked, name))
    state_of(world).knowledge_bases.save(base)


def delete(world: World, base: KnowledgeBase) -> None:
    """Delete a knowledge base."""
    state = state_of(world)
    state.knowledge_bases.remove(base.id)
    del state.agent_records[base.agent_id].knowledge_bases[base.id]
