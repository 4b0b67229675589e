"""Operations on tables and rows, which the vendor's own client uses.

https://github.com/exotel/ExotelMCP
"""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.http import read_body, read_query
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.operation import GivenModel, Handler, Operation
from emulator.kit.world import world_of
from emulator.platforms.exotel.accounts import account_of_request
from emulator.platforms.exotel.tools import tables
from emulator.platforms.exotel.tools.envelope import respond, respond_page
from emulator.platforms.exotel.tools.records.tables import DataTable, TableRow
from emulator.platforms.exotel.tools.routes.tools import TENANT
from emulator.platforms.exotel.tools.serializers import serialize_row, serialize_table
from emulator.platforms.exotel.tools.state import LIVE, state_of
from emulator.platforms.exotel.voicebots.schemas.words import CLIENT

with on_first_use():
    from emulator.platforms.exotel.tools.schemas import requests, responses


async def list_tables(request: Request) -> Response:
    """List the tables, newest first."""
    query = read_query(request, requests.TablesQuery)
    listed = state_of(world_of(request)).listed_tables.of(account_of_request(request))
    page = listed.page(query.offset, query.limit, (LIVE,))
    return respond_page(query, listed.count((LIVE,)), [serialize_table(each) for each in page])


async def create_table(request: Request) -> Response:
    """Create a table."""
    asked = read_body(request, requests.CreateTable)
    table = tables.create_table(world_of(request), account_of_request(request), asked)
    return respond(serialize_table(table), 201)


async def get_table(request: Request) -> Response:
    """Retrieve a table without its rows."""
    return respond(serialize_table(_table(request)))


async def update_table(request: Request) -> Response:
    """Update a table; fields that are not sent keep their values."""
    table = _table(request)
    tables.update_table(world_of(request), table, read_body(request, requests.UpdateTable))
    return respond(serialize_table(table))


async def delete_table(request: Request) -> Response:
    """Delete a table with its rows."""
    state_of(world_of(request)).delete_table(_table(request))
    return Response(status_code=204)


async def list_rows(request: Request) -> Response:
    """List the rows of a table, oldest first."""
    table, query = _table(request), read_query(request, requests.RowsQuery)
    rows = state_of(world_of(request)).rows_of[table.id]
    total = rows.count((LIVE,))
    limit = max(0, min(query.limit, total - query.offset))
    page = rows.page(total - query.offset - limit, limit, (LIVE,))[::-1] if limit else []
    return respond_page(query, total, [serialize_row(table, each) for each in page])


async def create_rows(request: Request) -> Response:
    """Add rows to a table."""
    table = _table(request)
    added = tables.add_rows(world_of(request), table, read_body(request, requests.CreateRows).rows)
    return respond([serialize_row(table, each) for each in added], 201)


async def get_row(request: Request) -> Response:
    """Retrieve a row."""
    table = _table(request)
    return respond(serialize_row(table, _row(request, table)))


async def update_row(request: Request) -> Response:
    """Update a row; values that are not sent stay."""
    table = _table(request)
    row = _row(request, table)
    tables.update_row(world_of(request), table, row, read_body(request, requests.UpdateRow).data)
    return respond(serialize_row(table, row))


async def delete_row(request: Request) -> Response:
    """Delete a row."""
    state_of(world_of(request)).delete_row(_row(request, _table(request)))
    return Response(status_code=204)


def _table(request: Request) -> DataTable:
    state = state_of(world_of(request))
    return state.table(account_of_request(request), request.path_params["table_id"])


def _row(request: Request, table: DataTable) -> TableRow:
    return state_of(world_of(request)).row(table, request.path_params["row_id"])


def observed_operation(
    method: str,
    path: str,
    handler: Handler,
    gives: "GivenModel | None" = None,
    **rest: Any,
) -> Operation:
    """Return an operation that only the vendor's own client shows."""
    if gives is None:
        rest["status"] = 204
    return Operation(
        method=method,
        path=path,
        handler=handler,
        docs=CLIENT,
        basis="observed",
        gives=gives,
        **rest,
    )


TABLES: Final = f"{TENANT}/tables"
TABLE: Final = f"{TABLES}/{{table_id}}"
ROW: Final = f"{TABLE}/rows/{{row_id}}"

operations: Final = (
    observed_operation(
        "GET",
        TABLES,
        list_tables,
        lambda: responses.TableResource,
        query=lambda: requests.TablesQuery,
    ),
    observed_operation(
        "POST",
        TABLES,
        create_table,
        lambda: responses.TableResource,
        takes=lambda: requests.CreateTable,
        status=201,
    ),
    observed_operation("GET", TABLE, get_table, lambda: responses.TableResource),
    observed_operation(
        "PUT",
        TABLE,
        update_table,
        lambda: responses.TableResource,
        takes=lambda: requests.UpdateTable,
    ),
    observed_operation("DELETE", TABLE, delete_table),
    observed_operation(
        "GET",
        f"{TABLE}/rows",
        list_rows,
        lambda: responses.RowResource,
        query=lambda: requests.RowsQuery,
    ),
    observed_operation(
        "POST",
        f"{TABLE}/rows",
        create_rows,
        lambda: responses.RowResource,
        takes=lambda: requests.CreateRows,
        status=201,
    ),
    observed_operation("GET", ROW, get_row, lambda: responses.RowResource),
    observed_operation(
        "PUT", ROW, update_row, lambda: responses.RowResource, takes=lambda: requests.UpdateRow
    ),
    observed_operation("DELETE", ROW, delete_row),
)
