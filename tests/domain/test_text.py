"""Names and words of the world's languages."""

from unicodedata import normalize

import pytest
from hypothesis import given, strategies as some

from emulator.domain.text import folded, has_part, is_same, normalized, words
from tests.cases import each_case

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
    pytest.param("محمـــد", "محمد", id="arabic-tatweel"),
    pytest.param("ﻣﺤﻤﺪ", "محمد", id="arabic-presentation-forms"),
    pytest.param("أحمد", "احمد", id="arabic-alef-without-hamza"),
    pytest.param("أَحمد", "أحمد", id="arabic-hamza-and-some-vowel-signs"),
    pytest.param("مُحمد", "مُحَمَّد", id="arabic-vowel-signs-in-part"),
    pytest.param("علی", "علي", id="persian-keyboard"),
    pytest.param("می‌خواهم", "میخواهم", id="persian-non-joiner"),
    pytest.param("٠٩١٢", "0912", id="arabic-digits"),
    pytest.param("०१२", "012", id="devanagari-digits"),
    pytest.param("\uff10\uff11", "01", id="full-width-digits"),
    pytest.param("I\u015f\u0131k", "IŞIK", id="turkish-dotless-i"),
    pytest.param("İbrahim", "ibrahim", id="turkish-dotted-capital"),
    pytest.param("Søren", "Soren", id="danish"),
    pytest.param("SØREN", "søren", id="danish-case"),
    pytest.param("Łukasz", "lukasz", id="polish"),
    pytest.param("Ægir", "aegir", id="icelandic"),
    pytest.param("Đặng", "Dang", id="vietnamese-typed-without-marks"),
    pytest.param("Ibáñez", "Ibañez", id="spanish-accent-left-out"),
    pytest.param("Ștefan", "Ştefan", id="romanian-comma-or-cedilla"),
    pytest.param("Sha\u02bcaban", "Sha\u2019aban", id="apostrophes"),
    pytest.param("N`Golo", "N'Golo", id="grave-accent-as-apostrophe"),
    pytest.param("Anne\u2011Marie", "Anne-Marie", id="hyphens"),
    pytest.param("A\u200bda\u00ad", "\ufeffAda", id="invisible"),
    pytest.param("Bọla", "Bọ́lá", id="yoruba-typed-without-tones"),
    pytest.param("O\u0329la", "Ọla", id="yoruba-line-below"),
    pytest.param("മോഹന്\u200d", "മോഹൻ", id="malayalam-chillu"),
    pytest.param("উত্\u200dপল", "উৎপল", id="bengali-khanda-ta"),
    pytest.param("ක්\u200dරිස්", "ක්රිස්", id="sinhala-joiner"),
    pytest.param("Ковалёвский", "Ковалевский", id="russian-io"),
    pytest.param("שָׁלוֹם", "שלום", id="hebrew-points"),
    pytest.param("ｶﾞ", "ガ", id="half-width-kana"),
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
    pytest.param("Ọlá", "Olá", id="yoruba-dot-below-beside-tones"),
    pytest.param("Bọ́lá", "Bọlá", id="yoruba-tone-missing-in-part"),
    pytest.param("Bọ́lá", "Bọ́là", id="yoruba-tones"),
    pytest.param("Ụzọ", "Uzọ", id="igbo-dot-below"),
    pytest.param("Ƙarfe", "Karfe", id="hausa-hooked-k"),
    pytest.param("قمر", "قصر", id="arabic-letters"),
    pytest.param("يسرى", "يسري", id="arabic-final-yeh"),
    pytest.param("أمل", "إمل", id="arabic-hamza-above-and-below"),
    pytest.param("Сергей", "Сергеи", id="cyrillic-short-i"),
    pytest.param("ሰላም", "ሰለም", id="amharic-vowels"),
    pytest.param("か", "が", id="kana-voiced"),
    pytest.param("ร้าน", "ราน", id="thai-tone"),
    pytest.param("Søren", "Sören", id="stroke-and-accent"),
    pytest.param("Việt", "Viêt", id="vietnamese-tone"),
    pytest.param("ज़रा", "जरा", id="devanagari-nukta"),
    pytest.param("Ada", "Adam", id="longer"),
    pytest.param("", "a", id="empty"),
]
SCRIPTS = some.characters(categories=("L", "M", "N", "P", "Cf"), min_codepoint=0x21)


@each_case(("one", "other"), SAME)
def test_ways_to_write_one_name_are_the_same(one: str, other: str) -> None:
    """Case, composition, and marks that one side leaves out do not make another name."""
    assert is_same(one, other)
    assert is_same(other, one)
    assert folded(one) == folded(other)


@each_case(("one", "other"), DIFFERENT)
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


@given(
    before=some.text(SCRIPTS, max_size=4),
    part=some.text(SCRIPTS, max_size=4),
    after=some.text(SCRIPTS, max_size=4),
)
def test_a_part_is_found_in_a_text(before: str, part: str, after: str) -> None:
    """A text has the words it was made of, composed or not."""
    assert has_part(f"{before} {normalize('NFC', part)} {after}", normalize("NFD", part))


@each_case(
    ("text", "part", "expected"),
    [
        pytest.param("My name is Bọ́lá Adé.", "bọla", True, id="tones-left-out"),
        pytest.param("My name is Bọ́lá Adé.", "Adè", False, id="another-tone"),
        pytest.param("मेरा नाम राम है", "राम", True, id="devanagari"),
        pytest.param("मेरा नाम रमा है", "राम", False, id="devanagari-vowel-sign"),
        pytest.param("José María", "maria", True, id="second-word"),
    ],
)
def test_a_part_differs_in_marks_as_a_name_does(text: str, part: str, *, expected: bool) -> None:
    """A part with another tone or vowel sign is another part."""
    assert has_part(text, part) is expected


@given(text=some.text(SCRIPTS, min_size=1))
def test_a_name_is_the_same_as_itself(text: str) -> None:
    """In every script a name equals itself, and normalizing twice changes nothing."""
    assert is_same(text, text)
    assert folded(folded(text)) == folded(text)


@each_case(
    ("text", "expected"),
    [
        pytest.param("Where is my order?", ["where", "is", "my", "order"], id="english"),
        pytest.param("मेरा ऑर्डर कहाँ है?", ["मेरा", "ऑर्डर", "कहाँ", "है"], id="hindi"),
        pytest.param("என் கமலா", ["என்", "கமலா"], id="tamil"),
        pytest.param("Ẹ káàárọ̀, Adé!", ["e", "kaaaro", "ade"], id="yoruba"),
        pytest.param("order_no 12", ["order_no", "12"], id="digits"),
        pytest.param("I don\u2019t know", ["i", "don", "t", "know"], id="apostrophe"),
        pytest.param("ሰላም፡ነው።", ["ሰላም", "ነው"], id="amharic"),
        pytest.param("សូម\u200bជួយ", ["សូម", "ជួយ"], id="khmer"),
    ],
)
def test_words_keep_their_signs(text: str, expected: list[str]) -> None:
    """Text is split between words, never at a vowel sign."""
    assert words(text) == [normalized(word) for word in expected]
