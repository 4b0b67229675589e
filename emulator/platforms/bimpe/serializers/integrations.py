"""How integrations and their tools are written in responses."""

from collections.abc import Sequence

from emulator.kit.lazy_imports import on_first_use
from emulator.platforms.bimpe.records.team import Integration, Tool
from emulator.platforms.bimpe.serializers.names import STATUS_WORDS, Json

with on_first_use():
    from emulator.platforms.bimpe.schemas import integrations as integration_schemas


def summarize_integration(integration: Integration) -> Json:
    """Write an integration as a part of its agent."""
    return {
        "id": integration.id,
        "type": integration.type,
        "name": integration.name,
        "status": STATUS_WORDS[integration.is_connected],
        "is_connected": integration.is_connected,
    }


def serialize_integration(integration: Integration, tools: Sequence[Tool]) -> Json:
    """Write an integration with its configuration fields and actions."""
    fields = [
        {
            "key": key,
            "label": _label(key),
            "type": "string",
            "required": True,
        }
        for key in integration_schemas.REQUIRED_KEYS.get(integration.type, ())
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
    return summarize_integration(integration) | {"config_fields": fields, "actions": actions}


def _label(key: str) -> str:
    return key.replace("_", " ").capitalize()


def serialize_config(integration: Integration, *fields: str) -> Json:
    """Write these fields of an integration's configuration; secrets are never among them."""
    config = {field: integration.config[field] for field in fields}
    return {"id": integration.id, "config": config}


def serialize_tool(tool: Tool) -> Json:
    """Write a tool of an integration."""
    return {
        "id": tool.id,
        "action_name": tool.action_name,
        "name": tool.name,
        "description": tool.description,
        "category": tool.category,
        "is_enabled": tool.is_enabled,
    }


def serialize_action(tool: Tool, integration: Integration) -> Json:
    """Write a tool as an action of its agent."""
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
