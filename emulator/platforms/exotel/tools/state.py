"""What the Tools Server remembers: tools with their versions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from emulator.domain.errors import UnknownError
from emulator.kit.chapters import chapter_state
from emulator.kit.records import Collection
from emulator.kit.world import World
from emulator.platforms.exotel.accounts import AccountLists
from emulator.platforms.exotel.tools.records.references import check_references
from emulator.platforms.exotel.tools.records.tools import (
    ToolKind,
    ToolStatus,
    ToolVersion,
    VoicebotTool,
)

KINDS: Final[tuple[ToolKind, ...]] = ("python", "openapi", "knowledge_base")
STATUSES: Final[tuple[ToolStatus, ...]] = ("active", "inactive")


def tool_tag(kind: ToolKind, status: ToolStatus) -> int:
    """Return the tag of tools of this kind and status in their list."""
    return KINDS.index(kind) * len(STATUSES) + STATUSES.index(status)


@dataclass(slots=True)
class ToolsState:
    """What one world's Tools Server remembers.

    Where a method takes an account, it finds only what is that account's.
    """

    tools: Collection[VoicebotTool] = field(
        default_factory=lambda: Collection(VoicebotTool, "tool")
    )
    versions: Collection[ToolVersion] = field(
        default_factory=lambda: Collection(ToolVersion, "version", constant=True)
    )
    listed: AccountLists[VoicebotTool] = field(default_factory=AccountLists[VoicebotTool])
    """By the order of creation, tagged by kind and status."""
    by_name: dict[tuple[str, str], VoicebotTool] = field(
        default_factory=dict[tuple[str, str], VoicebotTool]
    )
    """By account and name."""
    _versions_of: dict[str, list[ToolVersion]] = field(default_factory=dict[str, list[ToolVersion]])

    def collections(self) -> Iterator[tuple[str, Collection[Any]]]:
        """Return the collections by the names of their tables."""
        yield "tools", self.tools
        yield "versions", self.versions

    def check(self, world: World) -> None:  # noqa: ARG002  # as every state has it
        """Refuse the records of a file that contradict each other."""
        check_references(self)

    def reindex(self) -> None:
        """Rebuild the lists and indexes."""
        self._versions_of = {}
        for version in self.versions:
            self._versions_of.setdefault(version.tool_id, []).append(version)
        self.listed, self.by_name = AccountLists(), {}
        for tool in self.tools:
            self._index(tool)

    def _index(self, tool: VoicebotTool) -> None:
        tool.place = self.listed.append(tool.account, tool, tool_tag(tool.kind, tool.status))
        self.by_name[tool.account, tool.name] = tool

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
        self.listed.of(tool.account).retag(tool.place, tool_tag(tool.kind, tool.status))
        self.tools.save(tool)


def new_state(world: World) -> ToolsState:  # noqa: ARG001  # every world starts alike
    """Return the state of a new world, which has no tools."""
    return ToolsState()


def state_of(world: World) -> ToolsState:
    """Return what the Tools Server remembers in this world."""
    return chapter_state(world, "exotel", ToolsState)
