"""Substring search, compared with a look at each text."""

from hypothesis import given, settings as effort, strategies as some

from emulator.store.texts import BLOCK_ENTRIES, Texts
from tests.effort import examples

LETTERS = some.text(alphabet="aAbB\x00 ß", max_size=6)


@effort(max_examples=examples(120))
@given(
    steps=some.lists(some.tuples(some.integers(0, 9), some.none() | LETTERS), max_size=40),
    part=LETTERS,
)
def test_search_finds_every_match(steps: list[tuple[int, str | None]], part: str) -> None:
    """Whatever was put, replaced and removed, every text with the part is found once."""
    texts: Texts[int] = Texts()
    held: dict[int, str] = {}
    for item, text in steps:
        if text is None:
            texts.remove(item)
            held.pop(item, None)
        else:
            texts.put(item, text)
            held[item] = text.replace("\0", " ").casefold()
        texts.find("a")

    findable = bool(part) and "\0" not in part
    wanted = {item for item, text in held.items() if findable and part.casefold() in text}

    found = texts.find(part)
    assert sorted(found) == sorted(wanted)


def test_search_spans_blocks() -> None:
    """Entries are found in the order they were put, and no match spans two texts."""
    texts: Texts[int] = Texts()
    for number in range(3 * BLOCK_ENTRIES):
        texts.put(number, f"start {number % 1000} end")

    assert texts.find("START 7 END") == [7, 1007, 2007, 3007]
    assert texts.find("end start") == []
    assert len(texts.find("start")) == 3 * BLOCK_ENTRIES


def test_search_tells_tones_apart() -> None:
    """A part with marks finds texts that have them or lack all of them, and no other marks."""
    texts: Texts[str] = Texts()
    for name in ("Adé Obi", "Adè Obi", "Ade Obi", "José", "रमा", "राम"):
        texts.put(name, name)

    assert texts.find("adé") == ["Adé Obi", "Ade Obi"]
    assert texts.find("ade o") == ["Adé Obi", "Adè Obi", "Ade Obi"]
    assert texts.find("JOSE") == ["José"]
    assert texts.find("राम") == ["राम"]

    texts.put("Adé Obi", "Ada")
    assert texts.find("adé") == ["Ade Obi"]
