"""The glossary is complete, and retired words do not come back."""

import re
from typing import Final

import pytest

from emulator.vendors import discover
from tests.docs.blocks import DOCUMENTS
from tests.docs.words import AREAS, instead, offences
from tests.readme import ROOT

TERMS: Final = {term.lower() for term in re.findall(r"\*\*([\w -]+?)\*\*", DOCUMENTS["glossary"])}
HEADING: Final = re.compile(r"^#+ (.*)$", re.MULTILINE)


@pytest.mark.parametrize("area", [pytest.param(area, id=area) for area in AREAS])
def test_no_retired_word(area: str) -> None:
    """What was renamed has one name, the one that the glossary has."""
    assert [(*found, instead(found.word)) for found in offences(area)] == []


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
    action app audio auth base body book catalogue chat choice cleanup cli client code
    collection column command configuration connection context convention curl deadline
    difference directory dispatch docs document domain draft effect encoding envelope error
    exec extension fact failure feasibility field filter finding forecast forms front health http
    idempotency identity integration json kit lane library limit link list listener lookup
    loop middleware module multipart name offer openapi origin output packaging page pagination
    pair param path people persistence player practice probe profile queue record reply report
    request result route row runner schema scope search selection selfcheck serializer serve
    server setting starter state store story stream subscription table team testing text thread
    tool trial urlencoded user value version waiting wire word
    """.split()  # noqa: SIM905  # one line for each would be 150
)
"""Plain nouns, and words of computing, that need no explanation of ours."""

ADJECTIVES: Final = frozenset({"broken", "emulated", "ordered", "recent", "tagged"})
"""The modules that are not named by a noun yet."""


def is_explained(word: str) -> bool:
    """Return whether a word is in the glossary, alone or in a term, or a noun of the list."""
    forms = {word, word.removesuffix("s"), word.removesuffix("es"), re.sub("ies$", "y", word)}
    of_terms = {part for term in TERMS for part in re.split(r"[ -]", term)}
    return bool(forms & (NOUNS | of_terms | discover().keys()))


def test_modules_are_named_by_nouns() -> None:
    """A module's name ends in a term of the glossary, or in a plain noun."""
    package = ROOT / "emulator"
    paths = [path for path in sorted(package.rglob("*.py")) if path.stem != "__main__"]
    names = {path.parent.name if path.stem == "__init__" else path.stem for path in paths}
    last = {name.rpartition("_")[2] for name in names}

    assert sorted(word for word in last if not is_explained(word)) == sorted(ADJECTIVES)
