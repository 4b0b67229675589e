"""The glossary is complete, and retired words do not come back."""

import ast
import re
from pathlib import Path
from typing import Final

import pytest

from emulator.kit.conventions import OPTIONAL, REQUIRED
from emulator.vendors import discover
from tests.docs.blocks import DOCUMENTS
from tests.docs.words import AREAS, instead, offences
from tests.readme import ROOT
from tests.syntax import definitions

TERMS: Final = {term.lower() for term in re.findall(r"\*\*([\w -]+?)\*\*", DOCUMENTS["glossary"])}
HEADING: Final = re.compile(r"^#+ (.*)$", re.MULTILINE)


@pytest.mark.parametrize("area", [pytest.param(area, id=area) for area in AREAS])
def test_no_retired_word(area: str) -> None:
    """What was renamed has one name, the one that the glossary has."""
    assert [(*found, instead(found.word)) for found in offences(area)] == []


CLASS: Final = re.compile(r"\b(?:[A-Z][a-z]+){2,}\b")
"""A name of several words, written as a class is."""
CODE: Final = re.compile(r"^```.*?^```$|`[^`\n]*`", re.DOTALL | re.MULTILINE)


def test_guides_name_no_class() -> None:
    """The prose of guides, generated or not, has words in place of the names of the code."""
    modules = (ROOT / "emulator").rglob("*.py")
    own = (path for path in modules if "platforms" not in path.parts)
    nodes = (each for path in own for each in definitions(ast.parse(path.read_text())))
    classes = {each.name for each in nodes if isinstance(each, ast.ClassDef)}
    named = {
        topic: classes & set(CLASS.findall(CODE.sub("", text))) for topic, text in DOCUMENTS.items()
    }

    assert {topic: found for topic, found in named.items() if found} == {}


def test_no_term_is_explained_twice() -> None:
    """A term has one home in the glossary."""
    terms = re.findall(r"\*\*([\w -]+?)\*\*", DOCUMENTS["glossary"])

    assert sorted(set(terms)) == sorted(terms)


EXPLAINING: Final = ("concepts", "faults", "diagnostics", "persistence", "limits", "control-api")
"""The guides whose headings name concepts."""
ORDINARY: Final = frozenset(
    """
    a and bodies bounds clients command data documents does exist file files how it kinds know
    line may not of on openapi out path queries requests routes rules server stopping that the time
    times use wait we who
    """.split()  # noqa: SIM905  # a list of words
)
"""Words of headings that name no concept of ours."""


def concepts() -> list[str]:
    """Every word of the headings of these guides, without their titles and commands."""
    blocks = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
    headings = [
        heading
        for topic in EXPLAINING
        for heading in HEADING.findall(blocks.sub("", DOCUMENTS[topic]))[1:]
    ]
    words = (word for heading in headings for word in re.split(r"[ :,]+", heading.lower()))
    return sorted({word for word in words if not word.startswith("check-")} - ORDINARY)


@pytest.mark.parametrize("word", [pytest.param(word, id=word) for word in concepts()])
def test_concept_is_in_the_glossary(word: str) -> None:
    """Whatever the guides explain as a concept, the glossary explains in a line."""
    forms = {word, word.removesuffix("s"), word.removesuffix("es"), re.sub("xes$", "x", word)}

    assert forms & TERMS


NOUNS: Final = frozenset(
    """
    action address app auth body catalogue certificate choice cli client cluster code collection
    collector column command completion connection context continuation convention conversion copy
    curl deadline demo dialer difference disk dispatch disposal docs document domain duration
    effect encoding environment error espeak exec expiry extension failure feasibility field figure
    flush forecast forms front group haproxy health help http index json junit kit lane language
    layer library lifetime limit link list listener lock lookup loop meter migration model module
    multipart name note openapi order origin outline output packaging page pagination pair path
    pattern pcm peer permission persistence ping plan player post process profile progress quality
    query question queue range reader record reference report request result room row runner schema
    scope screen search selection selfcheck serve server set setting size socket sound speech state
    store story stream subscription suggestion table tape terminal testing text tls tone tool trait
    transfer trial turn type url urlencoded validator value voice waiting wav wire word writer
    """.split()  # noqa: SIM905  # one line for each would be 150
)
"""Plain nouns, and words of computing, that need no explanation of ours."""
NO_NOUN: Final = re.compile(r"\w+(?:ing|ed|ly|[ai]ble|ful|ous|est|ive)")
"""How gerunds, participles, adverbs and adjectives end; nouns of these endings are in the list."""


def is_explained(word: str) -> bool:
    """Return whether a word is in the glossary, alone or in a term, or a noun of the list."""
    forms = {word, word.removesuffix("s"), word.removesuffix("es"), re.sub("ies$", "y", word)}
    of_terms = {part for term in TERMS for part in re.split(r"[ -]", term)}
    return bool(forms & (NOUNS | of_terms))


def unexplained(package: Path) -> list[str]:
    """Return the last words of module names that are no known nouns.

    A vendor's own modules have nouns of its own: what must not be is a word of another kind.
    """
    vendors = package / "platforms"
    found: set[str] = set()
    for path in package.rglob("*.py"):
        name = path.parent.name if path.stem == "__init__" else path.stem
        word = name.rpartition("_")[2]
        is_own = vendors in path.parent.parents
        if path.stem == "__main__" or (path.stem == "__init__" and path.parent.parent == vendors):
            continue
        if not is_explained(word) and (not is_own or NO_NOUN.fullmatch(word)):
            found.add(word)
    return sorted(found)


def undescribed(vendor: Path) -> list[str]:
    """Return the packages that only this vendor has, and that its guide does not describe."""
    guide = (vendor / "README.md").read_text()
    known = {*REQUIRED, *OPTIONAL}
    below = (path.parent.relative_to(vendor) for path in sorted(vendor.rglob("*/__init__.py")))
    own = (each for each in below if each.parts and not known & set(each.parts))
    return [str(each) for each in own if f"`{each.as_posix()}/`" not in guide]


def test_modules_are_named_by_nouns() -> None:
    """A module's name ends in a term of the glossary, or in a plain noun."""
    assert unexplained(ROOT / "emulator") == []


@pytest.mark.parametrize("name", discover())
def test_own_packages_are_described(name: str) -> None:
    """What only one vendor has, its guide describes, package by package."""
    assert undescribed(ROOT / "emulator" / "platforms" / name) == []


@pytest.mark.parametrize(
    ("files", "words"),
    [
        pytest.param(["platforms/acme/__init__.py"], [], id="vendor"),
        pytest.param(["platforms/acme/menus/prompts.py"], [], id="nouns-of-its-own"),
        pytest.param(["platforms/acme/dialing.py"], ["dialing"], id="gerund"),
        pytest.param(["platforms/acme/menus/nested.py"], ["nested"], id="participle"),
        pytest.param(["platforms/acme/routes.py", "menus.py"], ["menus"], id="not-a-vendors"),
    ],
)
def test_vendor_needs_no_entry_for_its_nouns(
    tmp_path: Path, files: list[str], words: list[str]
) -> None:
    """A new vendor names its modules by nouns without changing this list, and by nouns only."""
    for file in files:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).touch()

    assert unexplained(tmp_path) == words


@pytest.mark.parametrize(
    ("guide", "missing"),
    [
        pytest.param("| `menus/` | what callers choose from |", [], id="described"),
        pytest.param("It has menus.", ["menus"], id="not-described"),
    ],
)
def test_package_of_a_new_vendor_must_be_described(
    tmp_path: Path, guide: str, missing: list[str]
) -> None:
    """Packages whose names all vendors share need no line in a vendor's guide; others do."""
    for package in ("routes", "menus"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").touch()
    (tmp_path / "README.md").write_text(guide)

    assert undescribed(tmp_path) == missing
