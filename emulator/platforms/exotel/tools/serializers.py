"""How records are shown, in responses and in the control API."""

from dataclasses import asdict
from typing import Any

from emulator.kit.world import World
from emulator.platforms.exotel.accounts import account_id
from emulator.platforms.exotel.tools.executions import ToolOutcome
from emulator.platforms.exotel.tools.records.corpora import Corpus
from emulator.platforms.exotel.tools.records.tables import DataTable, TableRow, Tenant
from emulator.platforms.exotel.tools.records.tools import ToolVersion, VoicebotTool
from emulator.platforms.exotel.tools.schemas import wire_time
from emulator.platforms.exotel.tools.state import state_of

Json = dict[str, Any]


def serialize_tool(world: World, tool: VoicebotTool) -> Json:
    """Return a tool."""
    state = state_of(world)
    latest, current = state.versions_of(tool)[-1], state.current(tool)
    return {
        "id": tool.id,
        "name": tool.name,
        "description": tool.description,
        "type": tool.kind,
        "tenant_id": account_id(world, tool.account),
        "latest_version_id": latest.id,
        "latest_version_number": latest.number,
        "current_version_id": None if current is None else current.id,
        "current_version_number": None if current is None else current.number,
        "status": tool.status,
        "created_at": wire_time(tool.created_at),
        "updated_at": wire_time(tool.updated_at),
    }


def serialize_version(version: ToolVersion) -> Json:
    """Return a version of a tool."""
    return {
        "id": version.id,
        "tool_id": version.tool_id,
        "version_number": version.number,
        "definition": version.definition,
        "changelog": version.changelog,
        "created_at": wire_time(version.created_at),
    }


def serialize_result(test_id: str, inputs: Json, outcome: ToolOutcome) -> Json:
    """Return the result of a test."""
    return {
        "test_id": test_id,
        "test_result": outcome.result,
        "test_args": inputs,
        "details": {
            "success": outcome.error is None,
            "execution_time_ms": outcome.milliseconds,
            "error_message": outcome.error,
        },
    }


def serialize_corpus(corpus: Corpus, pending: str) -> Json:
    """Return a corpus; ``pending``: the word for one that is not ready."""
    return {
        "id": corpus.id,
        "name": corpus.name,
        "description": corpus.description,
        "status": pending if corpus.status == "pending" else corpus.status,
        "created_at": wire_time(corpus.created_at),
        "updated_at": wire_time(corpus.updated_at),
    }


def serialize_table(table: DataTable) -> Json:
    """Return a table without its rows."""
    return {
        "id": table.id,
        "name": table.name,
        "description": table.description,
        "columns": [asdict(each) for each in table.columns],
        "created_at": wire_time(table.created_at),
        "updated_at": wire_time(table.updated_at),
    }


def serialize_row(table: DataTable, row: TableRow) -> Json:
    """Return a row, with the values of the columns that its table has."""
    names = {each.name for each in table.columns}
    return {
        "id": row.id,
        "data": {name: value for name, value in row.data.items() if name in names},
    }


def serialize_tenant(world: World, tenant: Tenant) -> Json:
    """Return a tenant."""
    return {
        "tenant_id": account_id(world, tenant.id),
        "name": tenant.name,
        "status": tenant.status,
        "created_at": wire_time(tenant.created_at),
    }
