"""Tables with columns and rows, and the tenants of a server."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

ColumnType = Literal["string", "number", "boolean"]
TenantStatus = Literal["created", "spawned", "terminated"]


@dataclass(slots=True, kw_only=True)
class TableColumn:
    """A column of a table."""

    name: str
    type: ColumnType
    description: str = ""


@dataclass(slots=True, kw_only=True)
class DataTable:
    """A table of a tenant; its rows are records of their own."""

    id: str
    account: str = ""
    name: str
    description: str
    columns: list[TableColumn]
    created_at: datetime
    updated_at: datetime


@dataclass(slots=True, kw_only=True)
class TableRow:
    """A row of a table."""

    id: str
    table_id: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Tenant:
    """A tenant that was created; accounts have tools without it."""

    id: str
    """The key of its account."""
    name: str
    created_at: datetime
    status: TenantStatus = "created"
