"""What the Tools Server remembers: tools with their versions, corpora, tables, tenants."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from emulator.domain.errors import UnknownError
from emulator.kit.chapters import chapter_state
from emulator.kit.records import Collection, TaggedList
from emulator.kit.world import World
from emulator.platforms.exotel.accounts import AccountLists
from emulator.platforms.exotel.tools.passages import PassageIndex
from emulator.platforms.exotel.tools.records.corpora import Corpus, CorpusDocument, CorpusStatus
from emulator.platforms.exotel.tools.records.references import check_references
from emulator.platforms.exotel.tools.records.tables import DataTable, TableRow, Tenant
from emulator.platforms.exotel.tools.records.tools import (
    ToolKind,
    ToolStatus,
    ToolVersion,
    VoicebotTool,
)
from emulator.platforms.exotel.tools.records.uses import PlannedTools, ToolUse

KINDS: Final[tuple[ToolKind, ...]] = ("python", "openapi", "knowledge_base")
STATUSES: Final[tuple[ToolStatus, ...]] = ("active", "inactive")
FORMER_FIELDS: Final = frozenset({"place"})
"""In formats 8 and 9 a tool had its place in its list."""
CORPUS_STATUSES: Final[tuple[CorpusStatus, ...]] = ("pending", "ready", "failed")
DELETED: Final = len(CORPUS_STATUSES)
"""The tag of what was deleted, in every list."""
LIVE: Final = 0


def tool_tag(kind: ToolKind, status: ToolStatus) -> int:
    """Return the tag of tools of this kind and status in their list."""
    return KINDS.index(kind) * len(STATUSES) + STATUSES.index(status)


@dataclass(slots=True)
class ToolsState:
    """What one world's Tools Server remembers.

    Where a method takes an account, it finds only what is that account's.
    """

    tools: Collection[VoicebotTool] = field(
        default_factory=lambda: Collection(VoicebotTool, "tool", former=FORMER_FIELDS)
    )
    versions: Collection[ToolVersion] = field(
        default_factory=lambda: Collection(ToolVersion, "version", constant=True)
    )
    corpora: Collection[Corpus] = field(
        default_factory=lambda: Collection(Corpus, "knowledge corpus")
    )
    documents: Collection[CorpusDocument] = field(
        default_factory=lambda: Collection(CorpusDocument, "document", constant=True)
    )
    tables: Collection[DataTable] = field(default_factory=lambda: Collection(DataTable, "table"))
    rows: Collection[TableRow] = field(default_factory=lambda: Collection(TableRow, "row"))
    tenants: Collection[Tenant] = field(default_factory=lambda: Collection(Tenant, "tenant"))
    call_tools: Collection[PlannedTools] = field(
        default_factory=lambda: Collection(PlannedTools, "call with tools")
    )
    uses: Collection[ToolUse] = field(default_factory=lambda: Collection(ToolUse, "use of a tool"))
    uses_of: dict[str, list[ToolUse]] = field(default_factory=dict)
    """By call, in the order they were begun."""
    passages: dict[str, PassageIndex] = field(default_factory=dict)
    """By corpus, of those that were asked; made anew after a restart."""
    listed_corpora: AccountLists[Corpus] = field(default_factory=AccountLists[Corpus])
    """By the order of creation, tagged by status."""
    listed_tables: AccountLists[DataTable] = field(default_factory=AccountLists[DataTable])
    rows_of: dict[str, TaggedList[TableRow]] = field(default_factory=dict)
    """By table, in the order of creation."""
    places: dict[str, int] = field(default_factory=dict)
    """The places of tools, corpora, tables and rows in their lists, by id."""
    listed: AccountLists[VoicebotTool] = field(default_factory=AccountLists[VoicebotTool])
    """By the order of creation, tagged by kind and status."""
    by_name: dict[tuple[str, str], VoicebotTool] = field(default_factory=dict)
    """By account and name."""
    names: set[str] = field(default_factory=set)
    """Of the tools of all accounts; no tool is deleted, nor gets another name."""
    _versions_of: dict[str, list[ToolVersion]] = field(default_factory=dict)

    def collections(self) -> Iterator[tuple[str, Collection[Any]]]:
        """Return the collections by the names of their tables."""
        yield "tools", self.tools
        yield "versions", self.versions
        yield "corpora", self.corpora
        yield "documents", self.documents
        yield "tables", self.tables
        yield "rows", self.rows
        yield "tenants", self.tenants
        yield "call_tools", self.call_tools
        yield "uses", self.uses

    def check(self, world: World) -> None:
        """Refuse the records of a file that contradict each other."""
        check_references(self, world)

    def reindex(self) -> None:
        """Rebuild the lists and indexes."""
        self._versions_of, self.places = {}, {}
        for version in self.versions:
            self._versions_of.setdefault(version.tool_id, []).append(version)
        self.listed, self.by_name, self.names = AccountLists(), {}, set()
        for tool in self.tools:
            self._index(tool)
        self.listed_corpora, self.listed_tables = AccountLists(), AccountLists()
        self.rows_of, self.passages, self.uses_of = {}, {}, {}
        for use in self.uses:
            self.uses_of.setdefault(use.call_id, []).append(use)
        for corpus in self.corpora:
            self._list_corpus(corpus)
        for table in self.tables:
            self._list_table(table)
        for row in self.rows:
            self.places[row.id] = self.rows_of[row.table_id].append(row, LIVE)

    def _index(self, tool: VoicebotTool) -> None:
        tag = tool_tag(tool.kind, tool.status)
        self.places[tool.id] = self.listed.append(tool.account, tool, tag)
        self.by_name[tool.account, tool.name] = tool
        self.names.add(tool.name)

    def tool(self, account: str, tool_id: str) -> VoicebotTool:
        """Return a tool, or raise UnknownError."""
        tool = self.tools.get(tool_id)
        if tool.account != account:
            raise UnknownError(self.tools.noun, tool_id)
        return tool

    def versions_of(self, tool: VoicebotTool) -> Sequence[ToolVersion]:
        """Return the versions of a tool, oldest first."""
        return self._versions_of[tool.id]

    def version(self, tool: VoicebotTool, version_id: str) -> ToolVersion:
        """Return a version of a tool, or raise UnknownError."""
        version = self.versions.get(version_id)
        if version.tool_id != tool.id:
            raise UnknownError(self.versions.noun, version_id)
        return version

    def current(self, tool: VoicebotTool) -> ToolVersion | None:
        """Return the version that is used; None until one was activated."""
        return self.versions.find(tool.current_id)

    def add_tool(self, tool: VoicebotTool, version: ToolVersion) -> None:
        """Add a tool with its first version."""
        self._index(tool)
        self.tools.add(tool)
        self.add_version(version)

    def add_version(self, version: ToolVersion) -> None:
        """Add the next version of a tool."""
        self._versions_of.setdefault(version.tool_id, []).append(version)
        self.versions.add(version)

    def save_tool(self, tool: VoicebotTool) -> None:
        """Note that a tool has changed."""
        self.listed.of(tool.account).retag(self.places[tool.id], tool_tag(tool.kind, tool.status))
        self.tools.save(tool)

    def _list_corpus(self, corpus: Corpus) -> None:
        tag = CORPUS_STATUSES.index(corpus.status)
        self.places[corpus.id] = self.listed_corpora.append(corpus.account, corpus, tag)

    def _list_table(self, table: DataTable) -> None:
        self.places[table.id] = self.listed_tables.append(table.account, table, LIVE)
        self.rows_of[table.id] = TaggedList()

    def corpus(self, account: str, corpus_id: str) -> Corpus:
        """Return a corpus, or raise UnknownError."""
        corpus = self.corpora.get(corpus_id)
        if corpus.account != account:
            raise UnknownError(self.corpora.noun, corpus_id)
        return corpus

    def add_corpus(self, corpus: Corpus) -> None:
        """Add a corpus, whose documents were added."""
        self._list_corpus(corpus)
        self.corpora.add(corpus)

    def save_corpus(self, corpus: Corpus) -> None:
        """Note that a corpus has changed."""
        tag = CORPUS_STATUSES.index(corpus.status)
        self.listed_corpora.of(corpus.account).retag(self.places[corpus.id], tag)
        self.corpora.save(corpus)

    def delete_corpus(self, corpus: Corpus) -> None:
        """Delete a corpus with its documents."""
        self.listed_corpora.of(corpus.account).retag(self.places.pop(corpus.id), DELETED)
        for document_id in corpus.document_ids:
            self.documents.remove(document_id)
        self.corpora.remove(corpus.id)
        self.passages.pop(corpus.id, None)

    def table(self, account: str, table_id: str) -> DataTable:
        """Return a table, or raise UnknownError."""
        table = self.tables.get(table_id)
        if table.account != account:
            raise UnknownError(self.tables.noun, table_id)
        return table

    def add_table(self, table: DataTable) -> None:
        """Add a table without rows."""
        self._list_table(table)
        self.tables.add(table)

    def delete_table(self, table: DataTable) -> None:
        """Delete a table with its rows."""
        self.listed_tables.of(table.account).retag(self.places.pop(table.id), DELETED)
        rows = self.rows_of.pop(table.id)
        for row in rows.page(0, len(rows), (LIVE,)):
            self.places.pop(row.id)
            self.rows.remove(row.id)
        self.tables.remove(table.id)

    def row(self, table: DataTable, row_id: str) -> TableRow:
        """Return a row of a table, or raise UnknownError."""
        row = self.rows.get(row_id)
        if row.table_id != table.id:
            raise UnknownError(self.rows.noun, row_id)
        return row

    def add_row(self, row: TableRow) -> None:
        """Add a row at the end of its table."""
        self.places[row.id] = self.rows_of[row.table_id].append(row, LIVE)
        self.rows.add(row)

    def delete_row(self, row: TableRow) -> None:
        """Delete a row."""
        self.rows_of[row.table_id].retag(self.places.pop(row.id), DELETED)
        self.rows.remove(row.id)

    def add_use(self, use: ToolUse) -> None:
        """Add a use of a tool that is begun."""
        self.uses_of.setdefault(use.call_id, []).append(use)
        self.uses.add(use)


def new_state(world: World) -> ToolsState:  # noqa: ARG001  # every world starts alike
    """Return the state of a new world, which has no tools."""
    return ToolsState()


def state_of(world: World) -> ToolsState:
    """Return what the Tools Server remembers in this world."""
    return chapter_state(world, "exotel", ToolsState)
