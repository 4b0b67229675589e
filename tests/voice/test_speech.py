"""Speech: eSpeak NG, where the extra ``voice`` is installed."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from emulator.domain.transcripts import Speaker
from emulator.voice.espeak import MAX_SECONDS, Espeak, SpeechError
from emulator.voice.languages import language_of
from emulator.voice.pcm import decibels
from emulator.voice.speech import Speech, Utterance, find_speech
from tests.cases import each_case

SENTENCES = {
    "en": "Hello, I would like to book an appointment for tomorrow.",
    "hi": "नमस्ते, मैं कल के लिए समय लेना चाहता हूँ।",
    "ta": "வணக்கம், நாளை சந்திப்பு வேண்டும்.",
    "te": "నమస్కారం, నాకు రేపు అపాయింట్‌మెంట్ కావాలి.",
    "kn": "ನಮಸ್ಕಾರ, ನನಗೆ ನಾಳೆ ಭೇಟಿ ಬೇಕು.",
    "ml": "നമസ്കാരം, എനിക്ക് നാളെ സമയം വേണം.",
    "mr": "नमस्कार, मला उद्याची वेळ हवी आहे.",
    "bn": "নমস্কার, আমি আগামীকাল সময় চাই।",
    "gu": "નમસ્તે, મારે કાલે સમય જોઈએ છે.",
    "pa": "ਸਤ ਸ੍ਰੀ ਅਕਾਲ, ਮੈਨੂੰ ਕੱਲ੍ਹ ਸਮਾਂ ਚਾਹੀਦਾ ਹੈ।",
    "sw": "Habari, ningependa kuweka miadi ya kesho.",
    "de": "Guten Tag, ich hätte gern einen Termin für morgen.",
}


def espeak() -> Espeak:
    found = Espeak.find()
    assert found is not None, "the development tools have the extra voice"
    return found


def asked(text: str, *, within: int | None = None, language: str = "") -> Utterance:
    return Utterance(text, Speaker.PERSON, language, 8000, within)


@each_case("language", [pytest.param(each, id=each) for each in SENTENCES])
def test_sentence_is_spoken_in_its_language(language: str) -> None:
    """Each language has a voice of its own: another voice says the same otherwise."""
    speech = Speech(espeak())
    own = speech.say(asked(SENTENCES[language], language=language))
    other = "fr" if language in {"en", "sw", "de"} else "en"

    assert 1 < len(own) / 16000 < 10
    assert decibels(own) == pytest.approx(-20, abs=1.5)
    assert own[:32000] != espeak().say(SENTENCES[language], other + "+m3")[0][:32000]


def test_same_text_is_the_same_sound_whatever_was_said_before() -> None:
    """The library remembers what it has said; that does not reach the samples."""
    first = espeak().say(SENTENCES["en"], "en")
    for text in SENTENCES.values():
        espeak().say(text, "en")

    assert espeak().say(SENTENCES["en"], "en") == first


SPEAKING = """
import hashlib, sys
from emulator.voice.espeak import Espeak
from emulator.voice.speech import VARIANTS
from emulator.voice.voices import VOICES
for voice in ("", *VARIANTS.values(), *("+" + each for each in VOICES)):
    print(voice, hashlib.sha256(Espeak.find().say(sys.argv[1], "en" + voice)[0]).hexdigest())
"""


def test_same_text_is_the_same_sound_in_another_process() -> None:
    """A run on another day has the same bytes with every voice, whatever memory held before."""
    found = {
        subprocess.run(  # noqa: S603  # this interpreter
            [sys.executable, "-c", SPEAKING, SENTENCES["en"]],
            check=True,
            capture_output=True,
            text=True,
            env={"MALLOC_PERTURB_": filled},
        ).stdout
        for filled in ("0", "90")
    }

    assert len(found) == 1


def test_threads_that_speak_at_once_do_not_mix() -> None:
    """There is one synthesis at a time."""
    texts = list(SENTENCES.values())
    alone = [Speech(espeak()).say(asked(text)) for text in texts]
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(Speech(espeak(), max_bytes=0).say, map(asked, texts)))

    assert together == alone


def test_text_that_is_too_long_is_spoken_faster_and_then_cut_off() -> None:
    """A turn is over when its time is."""
    speech = Speech(espeak())
    natural = len(speech.say(asked(SENTENCES["en"]))) // 2

    faster = speech.say(asked(SENTENCES["en"], within=natural * 2 // 3))
    shortest = speech.say(asked(SENTENCES["en"], within=800))

    assert natural // 3 < len(faster) // 2 <= natural * 2 // 3
    assert len(shortest) == 1600
    assert speech.say(asked(SENTENCES["en"], within=0)) == b""


def test_text_without_an_end_is_cut_off() -> None:
    """However long a text is, two minutes are spoken at most."""
    samples, rate = espeak().say("word " * 20_000, "en")

    assert len(samples) == 2 * rate * MAX_SECONDS


def test_speakers_have_different_voices() -> None:
    """The two speakers sound different."""
    speech = Speech(espeak())
    person = Utterance("Hello!", Speaker.PERSON, "", 8000)

    assert speech.say(person) != speech.say(person._replace(speaker=Speaker.BOT))


def test_commands_to_the_library_are_not_obeyed() -> None:
    """A control character in a text is a pause like any other white space."""
    assert espeak().say("one \x01+99P two\0three", "en") == espeak().say(
        "one  +99P two three", "en"
    )


def test_language_without_a_voice_is_read_in_english() -> None:
    """No Yoruba voice is installed, and the text is heard all the same."""
    assert Speech(espeak()).say(asked("Bawo ni", language="yo")) == Speech(espeak()).say(
        asked("Bawo ni", language="en")
    )


def test_cache_is_bounded_and_keeps_what_was_said_last() -> None:
    """Whatever is said, no more is kept than allowed, and it is spoken again."""
    speech = Speech(espeak(), max_bytes=100_000)
    sounds = [speech.say(asked(text)) for text in SENTENCES.values()]

    assert speech._kept_bytes <= 100_000
    assert list(speech._kept)[-1].text == SENTENCES["de"]
    assert speech.say(asked(SENTENCES["en"])) == sounds[0]


def test_without_the_extra_there_is_no_speech() -> None:
    """It is optional: nothing is imported that is not there."""
    assert Espeak.find("a_package_that_is_not_installed") is None
    assert find_speech() is find_speech() is not None


def test_errors_name_what_is_missing(tmp_path: Path) -> None:
    """A library that cannot be loaded, data that cannot be read, a voice that is not there."""
    with pytest.raises(SpeechError, match=f"cannot be loaded from {tmp_path}"):
        Espeak(str(tmp_path / "none.so"), espeak().data).say("Hello", "en")
    with pytest.raises(SpeechError, match="cannot read its data"):
        Espeak(espeak().library, str(tmp_path)).say("Hello", "en")
    with pytest.raises(SpeechError, match="has no voice 'xx'"):
        espeak().say("Hello", "xx")


@each_case(
    ("text", "wanted", "found"),
    [
        pytest.param("Hello", "", "en", id="latin"),
        pytest.param("Habari", "sw-KE", "sw", id="wanted"),
        pytest.param("Hello", "hi", "en", id="not-its-script"),
        pytest.param(SENTENCES["mr"], "", "hi", id="first-of-the-script"),
        pytest.param(SENTENCES["mr"], "mr_IN", "mr", id="wanted-in-its-script"),
        pytest.param(f"Hello! {SENTENCES['ta']}", "en", "ta", id="mixed"),
        pytest.param("", "", "en", id="nothing"),
    ],
)
def test_language_follows_the_script(text: str, wanted: str, found: str) -> None:
    """A text in Tamil is spoken in Tamil, whatever the bot is set to."""
    assert language_of(text, wanted) == found
