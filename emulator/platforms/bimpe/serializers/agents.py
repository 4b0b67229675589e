"""How agents, channels and knowledge bases are written in responses."""

from emulator.platforms.bimpe.records.team import BimpeAgent, Channel, KnowledgeBase
from emulator.platforms.bimpe.schemas.words import wire_time
from emulator.platforms.bimpe.serializers.names import DISPLAY_NAMES, STATUS_WORDS, Json


def serialize_agent(agent: BimpeAgent) -> Json:
    """Write an agent."""
    return {
        "id": agent.id,
        "name": agent.name,
        "description": agent.description,
        "language": agent.language,
        "persona": agent.persona,
        "workflow_id": agent.workflow_id,
        "timezone": agent.timezone,
        "logo": agent.logo,
        "business_name": agent.business_name,
        "business_address": agent.business_address,
        "business_email": agent.business_email,
        "business_description": agent.business_description,
        "test_channel_code": agent.test_channel_code,
        "status": agent.status,
        "status_reason": agent.status_reason,
        "escalation_email": agent.escalation_email,
        "created_at": wire_time(agent.created_at),
        "updated_at": wire_time(agent.updated_at),
    }


def serialize_channel(channel: Channel, *, is_connected: bool) -> Json:
    """Write a channel."""
    return {
        "id": channel.id,
        "type": channel.type,
        "name": DISPLAY_NAMES[channel.type],
        "status": STATUS_WORDS[is_connected],
        "is_connected": is_connected,
    }


def serialize_knowledge_base(base: KnowledgeBase) -> Json:
    """Write a knowledge base."""
    return summarize_knowledge_base(base) | {"url": base.url, "content": base.content}


def summarize_knowledge_base(base: KnowledgeBase) -> Json:
    """Write a knowledge base as a part of its agent."""
    return {
        "id": base.id,
        "type": base.type,
        "name": base.name,
        "description": base.description,
    }
