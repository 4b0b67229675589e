"""What the records of a file must agree on."""

from typing import TYPE_CHECKING, Final

from emulator.kit.references import check_reference, refuse_record
from emulator.kit.world import World

if TYPE_CHECKING:
    from emulator.platforms.exotel.tools.state import ToolsState  # which uses this module

PREFIX: Final = "exotel.tools"
"""The names of the tables begin with it."""


def check_references(state: "ToolsState", world: World) -> None:
    """Refuse a file in which a record names another that is not there."""
    tools, versions = state.tools, state.versions
    check_reference(f"{PREFIX}.versions", versions, "tool_id", tools.by_id)
    check_reference(f"{PREFIX}.tools", tools, "current_id", versions.by_id)
    check_reference(f"{PREFIX}.documents", state.documents, "corpus_id", state.corpora.by_id)
    check_reference(f"{PREFIX}.call_tools", state.call_tools, "id", world.calls)
    check_reference(f"{PREFIX}.uses", state.uses, "call_id", world.calls)
    check_reference(f"{PREFIX}.uses", state.uses, "tool_id", tools.by_id)
    check_reference(f"{PREFIX}.rows", state.rows, "table_id", state.tables.by_id)
    for corpus in state.corpora:
        for document_id in corpus.document_ids:
            if document_id not in state.documents:
                refuse_record(f"{PREFIX}.corpora", corpus.id, "document_ids", "names no document")
    counts = dict.fromkeys(tools.by_id, 0)
    for version in versions:
        counts[version.tool_id] += 1
        if version.number != counts[version.tool_id]:
            refuse_record(
                f"{PREFIX}.versions", version.id, "number", "does not follow the one before"
            )
    for tool in tools:
        if not counts[tool.id]:
            refuse_record(f"{PREFIX}.tools", tool.id, "id", "has no version")
        current = versions.find(tool.current_id)
        if current is not None and current.tool_id != tool.id:
            refuse_record(f"{PREFIX}.tools", tool.id, "current_id", "is not one of its versions")
