"""Names and words of the world's languages."""

from unicodedata import normalize

import pytest
from hypothesis import given, strategies as some

from emulator.domain.text import folded, is_same, normalized, words

SAME = [
    pytest.param("José", "Jose", id="latin-accent"),
    pytest.param("MÜLLER", "muller", id="latin-case-and-accent"),
    pytest.param("Straße", "STRASSE", id="german"),
    pytest.param("Ọlá", "Ola", id="yoruba-typed-without-marks"),
    pytest.param("Adé", "Adé", id="yoruba-decomposed"),
    pytest.param("राम", "राम", id="devanagari"),
    pytest.param("क़मर", "क़मर", id="devanagari-nukta"),
    pytest.param("مُحَمَّد", "محمد", id="arabic-without-vowel-signs"),
    pytest.param("Σοφία", "ΣΟΦΙΑ", id="greek"),
    pytest.param("Алёна", "Алена", id="cyrillic"),
    pytest.param("\uff21\uff24\uff21", "ada", id="full-width"),
    pytest.param("क्‍ष", "क्ष", id="joiner"),
]
DIFFERENT = [
    pytest.param("राम", "रमा", id="devanagari-vowel-sign"),
    pytest.param("राम", "रीमा", id="devanagari-vowel-signs"),
    pytest.param("கமல்", "கமலா", id="tamil"),
    pytest.param("কমল", "কমলা", id="bengali"),
    pytest.param("ಕಮಲ", "ಕಮಲಾ", id="kannada"),
    pytest.param("കമല", "കമലാ", id="malayalam"),
    pytest.param("రమ", "రామ", id="telugu"),
    pytest.param("કમલ", "કમલા", id="gujarati"),
    pytest.param("ਕਮਲ", "ਕਮਲਾ", id="gurmukhi"),
    pytest.param("Adé", "Adè", id="yoruba-tone"),
    pytest.param("Ọlá", "Ọlà", id="yoruba-tone-under-dot"),
    pytest.param("Ụzọ", "Úzọ", id="igbo"),
    pytest.param("Ɗan", "Dan", id="hausa-hooked-letter"),
    pytest.param("عَلِي", "عُلَي", id="arabic-vowel-signs"),
    pytest.param("Ada", "Adam", id="longer"),
    pytest.param("", "a", id="empty"),
]
SCRIPTS = some.characters(
    categories=("L", "M", "Nd"),
    min_codepoint=0x41,
    max_codepoint=0x1FFF,
)


@pytest.mark.parametrize(("one", "other"), SAME)
def test_ways_to_write_one_name_are_the_same(one: str, other: str) -> None:
    """Case, composition, and marks that one side leaves out do not make another name."""
    assert is_same(one, other)
    assert is_same(other, one)
    assert folded(one) == folded(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_names_that_differ_in_a_sign_are_different(one: str, other: str) -> None:
    """Vowel signs, and tone marks that both sides write, tell people apart."""
    assert not is_same(one, other)
    assert not is_same(other, one)


@given(text=some.text(SCRIPTS))
def test_composed_and_decomposed_text_is_the_same(text: str) -> None:
    """NFC and NFD of a text are the same name, the same key and the same words."""
    composed, decomposed = normalize("NFC", text), normalize("NFD", text)

    assert normalized(composed) == normalized(decomposed)
    assert folded(composed) == folded(decomposed)
    assert is_same(composed, decomposed)
    assert words(composed) == words(decomposed)


@given(one=some.text(SCRIPTS, max_size=6), other=some.text(SCRIPTS, max_size=6))
def test_the_same_names_are_found_by_the_same_key(one: str, other: str) -> None:
    """Whatever is the same has the same key, in either order."""
    assert is_same(one, other) == is_same(other, one)
    if is_same(one, other):
        assert folded(one) == folded(other)


@given(text=some.text(SCRIPTS, min_size=1))
def test_a_name_is_the_same_as_itself(text: str) -> None:
    """In every script a name equals itself, and normalizing twice changes nothing."""
    assert is_same(text, text)
    assert folded(folded(text)) == folded(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Where is my order?", ["where", "is", "my", "order"], id="english"),
        pytest.param("मेरा ऑर्डर कहाँ है?", ["मेरा", "ऑर्डर", "कहाँ", "है"], id="hindi"),
        pytest.param("என் கமலா", ["என்", "கமலா"], id="tamil"),
        pytest.param("Ẹ káàárọ̀, Adé!", ["e", "kaaaro", "ade"], id="yoruba"),
        pytest.param("order_no 12", ["order_no", "12"], id="digits"),
    ],
)
def test_words_keep_their_signs(text: str, expected: list[str]) -> None:
    """Text is split between words, never at a vowel sign."""
    assert words(text) == [normalized(word) for word in expected]
