"""The library of guides: Markdown files of this folder, and the README of every vendor.

A link from one guide to another is a relative path, so that it works where the files are read in
a repository; ``Guide.linked`` replaces it by an address of the reader's own place.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Final

ORDER: Final = (
    "quickstart",
    "concepts",
    "testing-python",
    "testing-any-language",
    "bots",
    "browser",
    "faults",
    "diagnostics",
    "seed-files",
    "persistence",
    "limits",
    "security",
    "deployment",
    "cluster",
    "cli",
    "control-api",
    "glossary",
    "developing",
    "changelog",
)
"""The guides of this folder, in the order in which a newcomer needs them."""

LINK: Final = re.compile(r"\]\((?![a-z]+:|#)([^)#\s]*/)?([\w-]+)\.md(#[\w-]+)?\)")
"""A link to another Markdown file: its folder, its name, and the heading it leads to."""
COMMENT: Final = re.compile(r"<!--.*?-->\n+", re.DOTALL)
"""A comment for those who edit the file: it surrounds what is generated."""


class UnknownGuideError(Exception):
    """There is no guide about this topic; the message names the nearest, if one is near."""

    def __init__(self, topic: str) -> None:
        near = get_close_matches(topic, guides(), 1)
        nearest = f'; did you mean "{near[0]}"?' if near else ""
        super().__init__(f'unknown guide "{topic[:100]}"{nearest}')


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """One guide."""

    topic: str
    """What a reader types to get it."""
    text: str
    """The Markdown as it is in the file."""

    @property
    def title(self) -> str:
        """The first heading."""
        return self.text.partition("\n")[0].removeprefix("# ")

    @property
    def summary(self) -> str:
        """The paragraph after the first heading."""
        return self.text.split("\n\n")[1].replace("\n", " ")

    def linked(self, address: Callable[[str, str], str]) -> str:
        """Return the text for readers: links to other guides are ``address(topic, anchor)``."""

        def replace(link: re.Match[str]) -> str:
            folder, name, anchor = link[1] or "", link[2], link[3] or ""
            topic = folder.rstrip("/").rpartition("/")[2] if name == "README" else name
            return f"]({address(topic, anchor)})"

        return LINK.sub(replace, COMMENT.sub("", self.text))


@cache
def guides() -> dict[str, Guide]:
    """Return every guide by its topic: those of this folder, then the vendors'."""
    package = files("emulator")
    own = {topic: package / "docs" / f"{topic}.md" for topic in ORDER}
    platforms = sorted((package / "platforms").iterdir(), key=lambda folder: folder.name)
    vendors = {folder.name: folder / "README.md" for folder in platforms if folder.is_dir()}
    return {
        topic: Guide(topic=topic, text=path.read_text(encoding="utf-8"))
        for topic, path in (own | vendors).items()
        if path.is_file()
    }


def guide_about(topic: str) -> Guide:
    """Return the guide about a topic; UnknownGuideError if there is none."""
    found = guides().get(topic)
    if found is None:
        raise UnknownGuideError(topic)
    return found
