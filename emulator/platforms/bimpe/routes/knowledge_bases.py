"""The operations on knowledge bases.

https://bimpe-docs-dev.admin.rectlabs.com/docs/api/agents/
"""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.http import read_body
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.operation import Operation
from emulator.kit.world import world_of
from emulator.platforms.bimpe.lists.agent_records import record_of
from emulator.platforms.bimpe.records.team import KnowledgeBase
from emulator.platforms.bimpe.routes.envelope import success
from emulator.platforms.bimpe.routes.paths import AGENT, AGENTS_DOCS, agent_of
from emulator.platforms.bimpe.serializers.agents import serialize_knowledge_base
from emulator.platforms.bimpe.state import state_of
from emulator.platforms.bimpe.team import knowledge_bases
from emulator.platforms.bimpe.team.knowledge_bases import knowledge_bases_of

with on_first_use():
    from emulator.platforms.bimpe.schemas import knowledge_bases as knowledge_base_schemas


async def list_knowledge_bases(request: Request) -> Response:
    """List an agent's knowledge bases."""
    bases = knowledge_bases_of(state_of(world_of(request)), agent_of(request).id)
    return success([serialize_knowledge_base(each) for each in bases])


async def create_knowledge_base(request: Request) -> Response:
    """Create a knowledge base from a text or a URL."""
    world, agent = world_of(request), agent_of(request)
    base = knowledge_bases.create(
        world, agent, read_body(request, knowledge_base_schemas.CreateKnowledgeBase)
    )
    return success(serialize_knowledge_base(base), 201)


async def update_knowledge_base(request: Request) -> Response:
    """Update a knowledge base; fields that are not sent keep their values."""
    base = _base_of(request)
    knowledge_bases.update(
        world_of(request), base, read_body(request, knowledge_base_schemas.UpdateKnowledgeBase)
    )
    return success(serialize_knowledge_base(base))


async def delete_knowledge_base(request: Request) -> Response:
    """Delete a knowledge base."""
    knowledge_bases.delete(world_of(request), _base_of(request))
    return success(None)


def _base_of(request: Request) -> KnowledgeBase:
    bases = state_of(world_of(request)).knowledge_bases
    return record_of(bases, agent_of(request).id, request.path_params["kbId"])


KNOWLEDGE_BASES: Final = f"{AGENT}/knowledge_bases"
KNOWLEDGE_BASE: Final = f"{KNOWLEDGE_BASES}/{{kbId}}"

operations: Final = (
    Operation(
        method="GET",
        path=KNOWLEDGE_BASES,
        handler=list_knowledge_bases,
        docs=AGENTS_DOCS,
        gives=lambda: knowledge_base_schemas.KnowledgeBaseResource,
        many=True,
    ),
    Operation(
        method="POST",
        path=KNOWLEDGE_BASES,
        handler=create_knowledge_base,
        docs=f"{AGENTS_DOCS}createKnowledgeBases/",
        takes=lambda: knowledge_base_schemas.CreateKnowledgeBase,
        gives=lambda: knowledge_base_schemas.KnowledgeBaseResource,
        status=201,
    ),
    Operation(
        method="PATCH",
        path=KNOWLEDGE_BASE,
        handler=update_knowledge_base,
        docs=AGENTS_DOCS,
        takes=lambda: knowledge_base_schemas.UpdateKnowledgeBase,
        gives=lambda: knowledge_base_schemas.KnowledgeBaseResource,
    ),
    Operation(
        method="DELETE",
        path=KNOWLEDGE_BASE,
        handler=delete_knowledge_base,
        docs=AGENTS_DOCS,
    ),
)
