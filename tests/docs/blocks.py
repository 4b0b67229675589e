"""The code blocks of a document, and what each of them is."""

import re
from dataclasses import dataclass
from typing import Final

from tests.readme import documents

FENCE: Final = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
COMMAND: Final = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
INCLUDED: Final = re.compile(r"<!-- (\S+/\S+): written by `make readme` -->\n\n```")
FILE_NAME: Final = re.compile(r"(?:#|//) ([\w./-]+\.(?:py|mjs|toml|ini|yaml))\n")
"""A first line that says which file the block is."""
TESTS: Final = re.compile(r"^(?:async )?def test_", re.MULTILINE)
RECIPES: Final = frozenset({"yaml", "json", "sh", "toml", "http"})
"""Blocks for other people's tools, which are read and not run."""
OUTPUT: Final = "text"


@dataclass(frozen=True, slots=True)
class Block:
    """One block of code."""

    language: str
    body: str
    output: str | None
    """The body of the output block that follows."""
    is_included: bool
    """Whether it is a copy of a file of the repository, which other tests run."""

    @property
    def file_name(self) -> str | None:
        """The file that the block is, if its first line names one."""
        found = FILE_NAME.match(self.body)
        return None if found is None else found[1]

    @property
    def is_tests(self) -> bool:
        """Whether pytest runs it."""
        return self.language == "python" and TESTS.search(self.body) is not None

    @property
    def commands(self) -> list[tuple[str, str]]:
        """The commands of a console block, each with what it prints."""
        if self.language != "console":
            return []
        return [(command.strip(), output) for command, output in COMMAND.findall(self.body)]


def blocks_of(text: str) -> list[Block]:
    """Return the blocks of a document in order, outputs with the blocks that print them."""
    included = {found.end() - 3 for found in INCLUDED.finditer(text)}
    fences = list(FENCE.finditer(text))
    blocks = []
    for number, fence in enumerate(fences):
        language, body = fence[1], fence[2]
        if language == OUTPUT:
            continue
        after = fences[number + 1] if number + 1 < len(fences) else None
        output = None
        if after is not None and after[1] == OUTPUT:
            output = after[2]
        blocks.append(Block(language, body, output, fence.start() in included))
    return blocks


DOCUMENTS: Final = {topic: path.read_text() for topic, path in documents().items()}
BLOCKS: Final = {topic: blocks_of(text) for topic, text in DOCUMENTS.items()}
