"""The retired words, and where they still are: ``python -m tests.docs.words [AREA]``.

Each of them has a better-known word in the glossary. An area is a kind of text: guides, help,
names, errors, docstrings, the dashboard, tests.
"""

import ast
import io
import re
import sys
import tokenize
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple

import click

from emulator.cli import main
from tests.readme import ROOT, commands, documents

RETIRED: Final = {
    r"journal\w*": "history (of a world); write-ahead log, WAL (the file)",
    r"fold|folds|folded|folding": "checkpoint",
    r"owe|owes|owed|owing": "due, pending, scheduled; enqueue",
    r"ears?|hears? of|heard of|witness\w*": "subscriber, event handler",
    r"told of|tells? of|who asks(?! for)": "say what is meant: record, notify, authenticate",
    r"workings": "hooks",
    r"rehears\w+": "receiver check",
    r"gradings?|verdicts?": "conformance, grade",
    r"let(?:s|ting)? go(?: of)?": "evict, release",
    r"luck\w*": "draw",
    r"furnish\w*": "seed data, seed_demo",
    r"mend(?:s|ed|ing)?": "fix",
    r"(?:take|takes|taken|took|taking) (?:\w+ ){0,4}out": "delete, remove",
    r"(?<!--)proofs?": "credential, signature",
    r"somanieth|so-manieth": "Nth",
    r"whoever|somebody|nobody|of its own making": "name the actor",
    r"done again": "example",
}
"""Words as patterns, each with what to say instead."""

RETIRED_NAMES: Final = {
    "journal": "history, wal",
    "fold": "checkpoint",
    "folding": "checkpoint",
    "folded": "checkpoint",
    "owe": "enqueue, due",
    "owed": "due, pending",
    "ear": "event_handler",
    "ears": "event_handlers",
    "hears": "event_handler",
    "witness": "subscriber",
    "told": "shown, reported, changes",
    "workings": "hooks",
    "works": "hooks",
    "rehearsal": "receiver_check",
    "rehearse": "receiver_check",
    "furnish": "seed_demo",
    "grading": "conformance",
    "verdict": "result, grade",
    "luck": "draw",
    "proof": "signature, credential",
    "mend": "fix",
    "visit": "example",
    "patience": "..._SECONDS, ..._TIMEOUT",
    "breath": "..._SECONDS",
    "most": "MAX_...",
    "few": "MAX_...",
    "somebody": "name the actor",
    "nobody": "name the actor",
    "whoever": "name the actor",
    "go_on": "resume",
    "come_on": "resume",
}
"""Words of a name, each with what to call it instead."""

VAGUE: Final = frozenset({"most", "few", "patience", "breath"})
"""Words that say nothing in a constant, and are plain in any other name."""

ALLOWED: Final = frozenset(
    {
        ("emulator/docs/changelog.md", "journal"),
        ("emulator/docs/changelog.md", "fold"),
        ("emulator/domain/text.py", "fold"),  # of upper and lower case, as Unicode calls it
        ("emulator/cli/aliases.py", "journal"),
        ("emulator/cli/aliases.py", "fold"),
        ("emulator/cli/serve.py", "fold"),
        ("emulator/control/events.py", "journal"),
        ("emulator/settings.py", "fold"),
        ("emulator/cli/__init__.py", "journal"),
        ("emulator/cli/help.py", "fold"),  # how rich calls a line that continues in the next
        ("emulator/cli/tables.py", "fold"),
        ("emulator/control/history.py", "journal"),
        ("emulator/persistence/former_wal.py", "journal"),
        ("emulator/platforms/voicebooker/bot/new_appointments.py", "somebody"),  # what a bot says
        ("tests/docs/words.py", "journal"),
    }
)
"""Where a former name still works, and so is still written."""

NOT_OWN: Final = re.compile(
    r"<!-- (?P<name>[^\n]*?)(?:: written by `make readme`)? -->.*?<!-- end of (?P=name) -->"
    r"|^```.*?^```$",
    re.DOTALL | re.MULTILINE,
)
PROSE: Final = re.compile(rf"\b(?:{'|'.join(RETIRED)})\b", re.IGNORECASE)
WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


class Offence(NamedTuple):
    """A retired word where it was found."""

    place: str
    word: str
    text: str


class Text(NamedTuple):
    """A text with its place: a file and a line, or a command."""

    place: str
    text: str


def guide_texts(*, own: bool = False) -> Iterator[Text]:
    """Every line of README and guides; ``own`` leaves out what is generated, and blocks."""
    for path in documents().values():
        text = path.read_text()
        if own:
            text = NOT_OWN.sub(lambda part: "\n" * part[0].count("\n"), text)
        for number, line in enumerate(text.splitlines(), 1):
            yield Text(f"{path.relative_to(ROOT)}:{number}", line)


def help_texts() -> Iterator[Text]:
    """What every command says of itself and of its options."""
    for name, command in commands(main):
        yield Text(name, command.help or "")
        for each in command.params:
            if isinstance(each, click.Option) and not each.hidden:
                yield Text(f"{name} {each.opts[0]}", each.help or "")


def modules(folder: str) -> list[Path]:
    """Every module of a folder, without example projects."""
    paths = sorted((ROOT / folder).rglob("*.py"))
    return [path for path in paths if "examples" not in path.relative_to(ROOT).parts[1:2]]


class Code(NamedTuple):
    """What a module says: the names it defines, its docstrings, and its other strings."""

    names: list[Text]
    docs: list[Text]
    strings: list[Text]


@cache
def code_of(path: Path) -> Code:
    """Read a module once for all areas."""
    place = str(path.relative_to(ROOT))
    module = path.parent.name if path.stem == "__init__" else path.stem
    code = Code([Text(f"{place}:1", module)], [], [])
    nodes = list(ast.walk(ast.parse(path.read_text())))
    docs = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    for node in nodes:
        match node:
            case (
                ast.FunctionDef(name=name)
                | ast.AsyncFunctionDef(name=name)
                | ast.ClassDef(name=name)
                | ast.arg(arg=name)
                | ast.Name(id=name, ctx=ast.Store())
                | ast.Attribute(attr=name, ctx=ast.Store())
            ):
                code.names.append(Text(f"{place}:{node.lineno}", name))
            case ast.Constant(value=str(value)):
                to = code.docs if id(node) in docs else code.strings
                to.append(Text(f"{place}:{node.lineno}", value))
            case _:
                pass
    return code


def names(folder: str) -> Iterator[Text]:
    """Every name that the code of a folder defines, modules too."""
    return (each for path in modules(folder) for each in code_of(path).names)


def strings(folder: str) -> Iterator[Text]:
    """Every string of a folder's code, without those that document it."""
    return (each for path in modules(folder) for each in code_of(path).strings)


def docs(folder: str) -> Iterator[Text]:
    """Every docstring of a folder's code, and every note below a constant."""
    return (each for path in modules(folder) for each in code_of(path).docs)


def comments(folder: str) -> Iterator[Text]:
    """Every comment of the code of a folder that could hold a retired word."""
    for path in modules(folder):
        if not PROSE.search(path.read_text()):
            continue  # nor does any comment: reading them takes long
        for token in tokenize.generate_tokens(io.StringIO(path.read_text()).readline):
            if token.type == tokenize.COMMENT:
                yield Text(f"{path.relative_to(ROOT)}:{token.start[0]}", token.string)


def page_texts() -> Iterator[Text]:
    """Every line of the dashboard's and the document page's files."""
    package = ROOT / "emulator"
    files = chain(package.rglob("*.js"), package.rglob("*.html"))
    for path in sorted(files):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            yield Text(f"{path.relative_to(ROOT)}:{number}", line)


AREAS: Final[dict[str, Callable[[], Iterator[Text]]]] = {
    "prose": lambda: guide_texts(own=True),
    "guides": guide_texts,
    "help": help_texts,
    "names": lambda: names("emulator"),
    "strings": lambda: strings("emulator"),
    "docstrings": lambda: chain(docs("emulator"), comments("emulator")),
    "pages": page_texts,
    "test names": lambda: names("tests"),
    "test docstrings": lambda: chain(docs("tests"), comments("tests")),
}
OF_NAMES: Final = frozenset({"names", "test names"})


def offences(area: str) -> list[Offence]:
    """Return every retired word of an area."""
    find = _in_name if area in OF_NAMES else _in_prose
    found = (
        Offence(place, word, text.strip()[:120])
        for place, text in AREAS[area]()
        for word in find(text)
        if (place.partition(":")[0], _plain(word)) not in ALLOWED
    )
    return list(dict.fromkeys(found))


def _in_prose(text: str) -> list[str]:
    return [match[0] for match in PROSE.finditer(text)]


@cache
def _in_name(name: str) -> list[str]:
    parts = [each.lower() for each in WORD.findall(name)]
    joined = "_".join(parts)
    return [
        word
        for word in RETIRED_NAMES
        if (name.isupper() or word not in VAGUE)
        and (("_" in word and f"_{word}_" in f"_{joined}_") or _forms(word) & {*parts})
    ]


@cache
def _forms(word: str) -> set[str]:
    return {word, *(word.removesuffix("e") + ending for ending in ("s", "es", "ed", "ing"))}


def _plain(word: str) -> str:
    return re.sub(r"(?:ed|ing|s)$", "", word.lower())


def instead(word: str) -> str:
    """Return what to say instead of a word."""
    if word in RETIRED_NAMES:
        return RETIRED_NAMES[word]
    for retired, better in RETIRED.items():
        if re.fullmatch(retired, word, re.IGNORECASE):
            return better
    return "see the glossary"


def package_of(found: Offence) -> str:
    """Return the package of an offence below ``emulator`` or ``tests``, or the vendor."""
    parts = found.place.partition(":")[0].split("/")
    return "/".join(parts[1 : 3 if "platforms" in parts else 2])


def _by_package(found: list[Offence]) -> str:
    counts = Counter(map(package_of, found))
    return ", ".join(f"{package} {count}" for package, count in counts.most_common())


if __name__ == "__main__":
    for area in sys.argv[1:] or AREAS:
        found = offences(area)
        print(f"== {area}: {len(found)}  {_by_package(found)}")  # noqa: T201  # for the reader
        for place, word, text in found:
            print(f"{place}  {word!r} -> {instead(word)}  | {' '.join(text.split())}")  # noqa: T201  # as above
