"""The operations of the Tools Server, in the order of its page; then what its own client uses."""

from typing import Final

from emulator.platforms.exotel.tools.routes import corpora, tables, tenants, tools

operations: Final = (
    *tools.operations,
    *corpora.operations,
    *tables.operations,
    *tenants.operations,
)
