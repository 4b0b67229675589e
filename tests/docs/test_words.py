"""The glossary is complete, and retired words do not come back."""

import re
from pathlib import Path
from typing import Final

import pytest

from emulator.vendors import discover
from tests.docs.blocks import DOCUMENTS
from tests.docs.words import AREAS, instead, offences, package_of
from tests.readme import ROOT

PENDING: Final[dict[str, frozenset[str]]] = {
    "prose": frozenset(),
    "help": frozenset(),
    "names": frozenset(
        {"cli", "conformance", "control", "engine", "kit", "testing", "world"},
    ),
    "strings": frozenset({"cli", "conformance", "control", "testing", "world"}),
    "docstrings": frozenset(
        {"cli", "conformance", "control", "engine", "faults", "history", "http", "kit", "openapi"}
        | {"testing", "world", "settings.py", "vendors.py", "worlds.py"}
        | {"platforms/exotel", "platforms/intron"},
    ),
}
"""For each area, the packages that still have retired words; all others stay clean.

``python -m tests.docs.words`` lists them. Take a package off when it is clean.
"""

TERMS: Final = {term.lower() for term in re.findall(r"\*\*([\w -]+?)\*\*", DOCUMENTS["glossary"])}
HEADING: Final = re.compile(r"^#+ (.*)$", re.MULTILINE)


@pytest.mark.parametrize("area", [pytest.param(area, id=area) for area in PENDING])
def test_no_retired_word(area: str) -> None:
    """What was renamed has one name, the one that the glossary has."""
    found = [each for each in offences(area) if package_of(each) not in PENDING[area]]

    assert [(*each, instead(each.word)) for each in found] == []


def test_areas_are_known() -> None:
    """Each area that is said to be clean is one that is looked at."""
    assert PENDING.keys() <= AREAS.keys()


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
    access action alias app async auth book catalogue choice cli client collection column
    connection context curl deadline dispatch docs document domain draft effect envelope error
    exec explain extension feasibility field finding http idempotency integration json kit lane
    library limit link list listener listing lookup loop offer openapi origin outbound output
    packaging page pagination path people persistence pytest rate reading record reply report
    request row runner schema search selfcheck serve server service setting shape state store
    story stream table team template testing text tinydb trial version versioning waiting
    """.split()  # noqa: SIM905  # one line for each would be 150
)
"""Plain English nouns, and words of computing, that need no explanation of ours."""


def module_words() -> list[tuple[str, str]]:
    """Every word of every module's name, with the module."""
    package = ROOT / "emulator"
    paths = [path for path in sorted(package.rglob("*.py")) if path.stem != "__main__"]
    stems = {
        str(path.relative_to(ROOT)): path.parent.name if path.stem == "__init__" else path.stem
        for path in paths
    }
    return [(word, path) for path, stem in stems.items() for word in stem.split("_")]


def is_explained(word: str) -> bool:
    """Whether a word is a term of the glossary, part of one, or a noun that needs no home there."""
    forms = {word, word.removesuffix("s"), word.removesuffix("es"), re.sub("ies$", "y", word)}
    of_terms = {part for term in TERMS for part in re.split(r"[ -]", term)}
    return bool(forms & (NOUNS | of_terms | discover().keys()))


def unexplained_modules() -> list[str]:
    """Name each module with a word that the glossary does not have."""
    return [f"{Path(path)}: {word}" for word, path in module_words() if not is_explained(word)]
