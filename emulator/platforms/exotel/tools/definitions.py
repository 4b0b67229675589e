"""Tools and their versions: what is accepted, and which version is used."""

from typing import Any

from emulator.domain.errors import ConflictError
from emulator.kit.errors import invalid
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.world import World
from emulator.platforms.exotel.tools.records.tools import ToolKind, ToolVersion, VoicebotTool
from emulator.platforms.exotel.tools.state import state_of

with on_first_use():
    import pydantic

    from emulator.platforms.exotel.tools.schemas import requests


def checked_definition(
    world: World, account: str, kind: ToolKind, definition: "pydantic.BaseModel"
) -> dict[str, Any]:
    """Return a definition as it was sent; ApiError 400 if a tool of this kind has another."""
    given = requests.kind_of(definition)
    if given != kind:
        raise invalid(
            ("definition", f"is that of a tool of the type {given}; this tool's type is {kind}")
        )
    if isinstance(definition, requests.KnowledgeDefinition):
        corpus = state_of(world).corpora.find(definition.knowledge_corpus_id)
        if corpus is None or corpus.account != account:
            problem = "is not a knowledge corpus of this tenant; create one first"
            raise invalid(("definition.knowledge_corpus_id", problem))
    return definition.model_dump(exclude_unset=True)


def create_tool(world: World, account: str, asked: "requests.CreateTool") -> VoicebotTool:
    """Create a tool with its first version; ConflictError for a name that the tenant has."""
    state, now = state_of(world), world.clock.now()
    definition = checked_definition(world, account, asked.type, asked.definition)
    if (account, asked.name) in state.by_name:
        raise ConflictError(f"a tool named {asked.name} already exists; choose another name")
    tool = VoicebotTool(
        id=world.ids.uuid("exotel.tool"),
        account=account,
        name=asked.name,
        description=asked.description,
        kind=asked.type,
        created_at=now,
        updated_at=now,
    )
    state.add_tool(tool, _version(world, tool, 1, definition, None))
    return tool


def create_version(
    world: World, tool: VoicebotTool, asked: "requests.CreateToolVersion"
) -> ToolVersion:
    """Create the next version of a tool; the version that is used stays."""
    state = state_of(world)
    definition = checked_definition(world, tool.account, tool.kind, asked.definition)
    number = len(state.versions_of(tool)) + 1
    version = _version(world, tool, number, definition, asked.changelog)
    state.add_version(version)
    tool.updated_at = version.created_at
    state.save_tool(tool)
    return version


def _version(
    world: World, tool: VoicebotTool, number: int, definition: dict[str, Any], changelog: str | None
) -> ToolVersion:
    return ToolVersion(
        id=world.ids.uuid("exotel.tool_version"),
        tool_id=tool.id,
        number=number,
        definition=definition,
        changelog=changelog,
        created_at=world.clock.now(),
    )


def update_tool(world: World, tool: VoicebotTool, asked: "requests.UpdateTool") -> None:
    """Activate or deactivate a tool, or choose the version that is used.

    assumed: a tool that is activated without a version uses its latest.
    """
    state = state_of(world)
    chosen = tool.current_id
    if asked.current_version_id is not None:
        version = state.versions.find(asked.current_version_id)
        if version is None or version.tool_id != tool.id:
            latest = state.versions_of(tool)[-1].id
            raise invalid(
                ("current_version_id", f"is not a version of this tool; the latest is {latest}")
            )
        chosen = version.id
    elif asked.status == "active" and chosen is None:
        chosen = state.versions_of(tool)[-1].id
    tool.current_id = chosen
    tool.status = asked.status or tool.status
    tool.updated_at = world.clock.now()
    state.save_tool(tool)
