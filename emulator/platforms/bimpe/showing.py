"""How records are shown: every field of the vendor's models, with null where there is nothing."""

from collections.abc import Sequence
from typing import Any, Final

from emulator.domain.calls import Call, CallStatus
from emulator.platforms.bimpe.records import (
    Agent,
    AgentCall,
    Channel,
    Conversation,
    Integration,
    KnowledgeBase,
    Message,
    NumberRequest,
    PhoneNumber,
    Tool,
    Workflow,
)
from emulator.platforms.bimpe.schemas import call_word, maybe_time, wire_time
from emulator.platforms.bimpe.schemas_integrations import KEYS

Json = dict[str, Any]

NAMES: Final = {
    "whatsapp": "WhatsApp",
    "instagram": "Instagram",
    "messenger": "Messenger",
    "webchat": "Web chat",
    "telephony": "Telephony",
    "bumpa": "Bumpa",
    "google_calendar": "Google Calendar",
    "google_sheets": "Google Sheets",
    "paystack": "Paystack",
    "stripe": "Stripe",
}
ENABLED: Final = {True: "enabled", False: "disabled"}  # assumed: only "enabled" was seen


def shown_workflow(workflow: Workflow) -> Json:
    """Show a workflow, in the order of the seed's sample."""
    return {
        "system_prompt": workflow.system_prompt,
        "rules": workflow.rules,
        "flows": workflow.flows,
        "tags": workflow.tags,
        "integrations": workflow.integrations,
        "channels": workflow.channels,
        "actions": workflow.actions,
        "guide": workflow.guide,
        "faq": workflow.faq,
        "setup_steps": workflow.setup_steps,
        "setup_time": workflow.setup_time,
        "video_url": workflow.video_url,
        "id": workflow.id,
        "name": workflow.name,
        "description": workflow.description,
        "category": workflow.category,
        "visibility": "private" if workflow.is_owner else "public",
        "is_owner": workflow.is_owner,
        "created_at": wire_time(workflow.created_at),
        "updated_at": wire_time(workflow.updated_at),
    }


def shown_agent(agent: Agent) -> Json:
    """Show an agent."""
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


def shown_channel(channel: Channel, *, is_connected: bool) -> Json:
    """Show a channel."""
    return {
        "id": channel.id,
        "type": channel.type,
        "name": NAMES[channel.type],
        "status": ENABLED[is_connected],
        "is_connected": is_connected,
    }


def shown_knowledge_base(base: KnowledgeBase) -> Json:
    """Show a knowledge base."""
    return summed_knowledge_base(base) | {"url": base.url, "content": base.content}


def summed_knowledge_base(base: KnowledgeBase) -> Json:
    """Show a knowledge base as part of its agent."""
    return {
        "id": base.id,
        "type": base.type,
        "name": base.name,
        "description": base.description,
    }


def summed_integration(integration: Integration) -> Json:
    """Show an integration as part of its agent."""
    return {
        "id": integration.id,
        "type": integration.type,
        "name": integration.name,
        "status": ENABLED[integration.is_connected],
        "is_connected": integration.is_connected,
    }


def shown_integration(integration: Integration, tools: Sequence[Tool]) -> Json:
    """Show an integration with what it is configured by and what it can do."""
    fields = [
        {
            "key": key,
            "label": _label(key),
            "type": "string",
            "required": True,
        }
        for key in KEYS.get(integration.type, ())
    ]
    actions = [
        {
            "action_name": tool.action_name,
            "name": tool.name,
            "description": tool.description,
            "category": tool.category,
            "is_enabled": tool.is_enabled,
            "require_human_approval": tool.require_human_approval,
        }
        for tool in tools
    ]
    return summed_integration(integration) | {"config_fields": fields, "actions": actions}


def _label(key: str) -> str:
    return key.replace("_", " ").capitalize()


def shown_configured(integration: Integration, *fields: str) -> Json:
    """Show an integration by these fields of its configuration; secrets are never shown."""
    config = {field: integration.config[field] for field in fields}
    return {"id": integration.id, "config": config}


def shown_tool(tool: Tool) -> Json:
    """Show a tool of an integration."""
    return {
        "id": tool.id,
        "action_name": tool.action_name,
        "name": tool.name,
        "description": tool.description,
        "category": tool.category,
        "is_enabled": tool.is_enabled,
    }


def shown_action(tool: Tool, integration: Integration) -> Json:
    """Show a tool as one of its agent's actions."""
    return {
        "id": tool.id,
        "integration_id": integration.id,
        "integration_type": integration.type,
        "integration_name": integration.name,
        "name": tool.name,
        "action_name": tool.action_name,
        "description": tool.description,
        "is_enabled": tool.is_enabled,
    }


def shown_conversation(conversation: Conversation, channel_id: str | None) -> Json:
    """Show a conversation in a list."""
    return {
        "id": conversation.id,
        "channel_type": conversation.channel_type,
        "channel_id": channel_id,
        "channel_user_id": conversation.channel_user_id,
        "channel_user_username": conversation.channel_user_username,
        "is_test_channel": conversation.is_test_channel,
        "is_ai_chat_paused": conversation.is_ai_chat_paused,
        "needs_attention": conversation.needs_attention,
        "last_message_at": maybe_time(conversation.last_message_at),
        "last_seen": maybe_time(conversation.last_seen),
        "last_message_preview": conversation.last_message_preview,
        "created_at": wire_time(conversation.created_at),
        "updated_at": wire_time(conversation.updated_at),
    }


def whole_conversation(conversation: Conversation, channel_id: str | None) -> Json:
    """Show a conversation with what is known of the user."""
    user = conversation.channel_user_id
    return shown_conversation(conversation, channel_id) | {
        "full_name": conversation.full_name,
        "email": conversation.email,
        "phone_number": user if user.startswith("+") else None,
        "profile_picture": conversation.profile_picture,
    }


def shown_message(message: Message) -> Json:
    """Show a message."""
    return {
        "id": message.id,
        "role": message.role,
        "message": message.message,
        "message_type": "text",
        "created_at": wire_time(message.created_at),
        "attachments": [],
    }


def streamed_message(message: Message) -> Json:
    """Show a message on a stream."""
    return {
        "id": message.id,
        "conversation_id": message.conversation_id,
        "role": message.role,
        "message": message.message,
        "message_type": "text",
        "created_at": wire_time(message.created_at),
    }


def shown_call(record: AgentCall, call: Call) -> Json:
    """Show a call in a list."""
    ended = call.status.is_terminal
    completed = call.status is CallStatus.COMPLETED
    return {
        "id": record.id,
        "source": record.source,
        "destination": record.destination,
        "status": call_word(call.status),
        "direction": call.direction,
        "created_on": wire_time(record.created_on),
        "duration_seconds": round(call.talk_seconds) if ended else None,
        "is_test_call": record.is_test_call,
        "error_reason": _reason(call) if ended and not completed else None,
        "end_reason": "completed" if completed else None,
        "ringing_at": maybe_time(call.ringing_at),
        "ended_at": maybe_time(call.ended_at),
    }


def _reason(call: Call) -> str:
    """Why a call was not completed; no page lists the reasons. assumed."""
    unanswered = call.status is CallStatus.NO_ANSWER
    return CallStatus.NO_ANSWER if unanswered else call_word(call.status)


def shown_number(number: PhoneNumber) -> Json:
    """Show a phone number in a list."""
    return {
        "id": number.id,
        "agent_id": number.agent_id,
        "label": number.label,
        "e164": number.e164,
    }


def whole_number(number: PhoneNumber) -> Json:
    """Show all there is to know of a phone number."""
    return shown_number(number) | {
        "created_at": wire_time(number.created_at),
        "updated_at": wire_time(number.updated_at),
        "inbound_enabled": number.inbound_enabled,
    }


def shown_request(request: NumberRequest) -> Json:
    """Show a request for a phone number."""
    return {
        "id": request.id,
        "status": request.status,
        "business_name": request.business_name,
        "intended_use": request.intended_use,
        "region": request.region,
        "agent_count": request.agent_count,
        "outbound_minutes": request.outbound_minutes,
        "e164": request.e164,
        "agent_id": request.agent_id,
        "label": None,
        "created_at": wire_time(request.created_at),
        "updated_at": wire_time(request.updated_at),
    }
