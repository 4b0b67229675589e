"""Tools that read the guides; they need no running emulator."""

from typing import Annotated

from mcp.server.mcpserver.exceptions import ToolError
from pydantic import Field

from emulator.cli.mcp_tools.control import Json, ToolMethod
from emulator.docs.library import UnknownGuideError, guide_about, guides


class GuideTools:
    """The guides of the emulator and of its platforms."""

    reads: tuple[ToolMethod, ...]
    writes: tuple[ToolMethod, ...] = ()
    deletes: tuple[ToolMethod, ...] = ()

    def __init__(self) -> None:
        self.reads = (self.list_guides, self.read_guide)

    @staticmethod
    def list_guides() -> Json:
        """List the guides: topics such as testing, faults and each platform, with summaries."""
        rows = [
            {"topic": each.topic, "title": each.title, "summary": each.summary}
            for each in guides().values()
        ]
        return {"guides": rows}

    @staticmethod
    def read_guide(
        topic: Annotated[str, Field(description="A topic of list_guides.")],
        *,
        heading: Annotated[
            str | None, Field(description="Only the part below this heading.")
        ] = None,
    ) -> Json:
        """Read the guide about a topic, as Markdown; guides are long, headings are short."""
        try:
            guide = guide_about(topic)
        except UnknownGuideError as error:
            raise ToolError(f"{error}\nlist_guides has the topics") from None
        text = guide.linked(lambda name, _: name)
        if heading is not None:
            text = _part(text, heading)
        return {"topic": guide.topic, "text": text}


def _part(text: str, heading: str) -> str:
    """Return the part of a guide below a heading, up to the next one of its level."""
    lines = text.splitlines()
    levels = {number: line.partition(" ")[0] for number, line in _headings(lines)}
    wanted = heading.strip().lstrip("#").strip().lower()
    starts = [number for number, line in _headings(lines) if _title(line).lower() == wanted]
    if not starts:
        titles = ", ".join(_title(line) for _, line in _headings(lines))
        raise ToolError(f'there is no heading "{heading[:100]}"\nallowed: {titles}')
    start = starts[0]
    ends = (at for at, level in levels.items() if at > start and len(level) <= len(levels[start]))
    return "\n".join(lines[start : next(ends, len(lines))]) + "\n"


def _headings(lines: list[str]) -> list[tuple[int, str]]:
    """Return the headings with their line numbers; a comment in a code block is none."""
    found, is_code = [], False
    for number, line in enumerate(lines):
        is_code ^= line.startswith("```")
        if line.startswith("#") and not is_code:
            found.append((number, line))
    return found


def _title(line: str) -> str:
    return line.lstrip("#").strip()
