"""The language and the voice of persons: of the words, the scenario, the bot or the world."""

from base64 import b64decode
from typing import Any, Final

import pytest

from emulator.domain.transcripts import Speaker
from emulator.domain.voices import VoiceChoice
from emulator.kit.json import from_json
from emulator.persistence.migrations import migrate
from emulator.voice.speech import Utterance, find_speech
from emulator.voice.voices import LANGUAGES, VOICES
from tests.bots import serving
from tests.platforms.exotel.test_stream_calls import LOCKSTEP, keeper, run_flow
from tests.platforms.exotel.test_voice_calls import FROM, Voice
from tests.support import Json, World

TEXT: Final = "Hello there"
FIRST: Final = 20 * 1600
"""The bytes of the first two seconds at 8 kHz."""


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"options": {"exotel": LOCKSTEP}}


@pytest.fixture
async def voice(world: World) -> Voice:
    """The Calls API of a world in lockstep."""
    return Voice(world)


def spoken(language: str, voice: str = "", *, usual: str = "") -> bytes:
    """Return the words as they sound in a language and with a voice."""
    speech = find_speech()
    assert speech is not None
    choice = VoiceChoice(language, voice)
    return speech.say(Utterance(TEXT, Speaker.PERSON, usual, 8000, choice=choice))


async def said(voice: Voice, step: Json, scenario: Json, applet: Json, world: Json) -> bytes:
    """Return what a bot is sent when the person says the words."""
    options = {"options": {"exotel": LOCKSTEP | world}}
    assert (await voice.world.control("PATCH", "/settings", json=options)).status_code == 200
    script = [{"say": TEXT} | step, {"hang_up": True}]
    own = {"behavior": "answered", "ring_seconds": 1, "script": script} | scenario
    rules = {"rules": [{"match": {"number": FROM}, "scenario": own}]}
    response = await voice.world.control("PUT", "/scenarios", json=rules)
    assert response.status_code == 200, response.text
    bot = keeper()
    async with serving(bot):
        await run_flow(voice, {"kind": "voicebot", "url": bot.url} | applet)
    media = [each for each in map(from_json, bot.messages) if each["event"] == "media"]
    return b"".join(b64decode(each["media"]["payload"]) for each in media)


@pytest.mark.parametrize(
    ("choices", "found"),
    [
        pytest.param([{}, {}, {}, {}], ("", ""), id="nothing"),
        pytest.param(
            [{}, {}, {}, {"person_language": "sw", "person_voice": "f1"}], ("sw", "f1"), id="world"
        ),
        pytest.param(
            [{}, {}, {"language": "de", "voice": "f4"}, {"person_language": "sw"}],
            ("de", "f4"),
            id="bot",
        ),
        pytest.param(
            [{}, {"language": "hi-IN"}, {"language": "de", "voice": "f4"}, {}],
            ("hi", "f4"),
            id="scenario",
        ),
        pytest.param(
            [{"voice": "m5"}, {"language": "fr", "voice": "f1"}, {}, {}], ("fr", "m5"), id="voice"
        ),
        pytest.param(
            [{"language": "ta"}, {"language": "fr"}, {}, {"person_voice": "f4"}],
            ("ta", "f4"),
            id="words",
        ),
    ],
)
async def test_first_of_words_scenario_bot_and_world_decides(
    voice: Voice, choices: list[Json], found: tuple[str, str]
) -> None:
    """Language and voice are chosen each for itself."""
    sound = await said(voice, *choices)

    expected = spoken(*found)
    assert sound[: len(expected)][:FIRST] == expected[:FIRST]


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        pytest.param(
            "/scenarios",
            {"rules": [{"scenario": {"behavior": "answered", "language": "yo"}}]},
            "rules[0].scenario.language must be one of af, am",
            id="scenario",
        ),
        pytest.param(
            "/scenarios",
            {"rules": [{"scenario": {"behavior": "answered", "voice": "F4"}}]},
            "did you mean f4?",
            id="voice",
        ),
        pytest.param(
            "/scenarios",
            {
                "rules": [
                    {"scenario": {"behavior": "answered", "script": [{"say": 1, "voice": "f1"}]}}
                ]
            },
            "which is allowed only with a text to say",
            id="a tone",
        ),
        pytest.param(
            "/exotel/flows/1",
            {"kind": "voicebot", "url": "ws://b/", "language": "klingon"},
            "language must be one of",
            id="applet",
        ),
        pytest.param(
            "/exotel/flows/1",
            {"kind": "voicebot", "bot_id": "b", "voice": "f1"},
            "needs url",
            id="bot",
        ),
    ],
)
async def test_unknown_language_or_voice_is_refused(
    voice: Voice, path: str, body: Json, words: str
) -> None:
    """The error has the list, or a suggestion."""
    response = await voice.world.control("PUT", path, json=body)

    assert response.status_code == 400
    assert words in response.json()["detail"]


async def test_world_refuses_a_language_that_no_person_speaks(voice: Voice) -> None:
    """A world of an earlier format that has one has none."""
    options = {"options": {"exotel": {"person_language": "yo"}}}

    response = await voice.world.control("PATCH", "/settings", json=options)
    tables: Json = {"worlds": {"w": {"id": "w", **options}}}
    migrate({"w": tables}, 15, 16)

    assert response.status_code == 400
    assert "person_language" in response.json()["detail"]
    assert tables["worlds"]["w"]["options"]["exotel"] == {"person_language": ""}


async def test_scenario_shows_its_choice_and_recordings_have_it(voice: Voice) -> None:
    """The person's turns in the recording of a conversation are in that language."""
    shown, recordings = [], []
    for choice in ({}, {"language": "de", "voice": "m5"}):
        scenario = {"behavior": "answered", "ring_seconds": 1, "talk_seconds": 9} | choice
        rules = {"rules": [{"match": {"number": FROM}, "scenario": scenario}]}
        taken = await voice.world.control("PUT", "/scenarios", json=rules)
        shown.append(taken.json()["rules"][0]["scenario"])
        call = await voice.connect(To="+919876599001")
        await voice.world.advance()
        path = f"/calls/{call['Sid']}/recording"
        recordings.append((await voice.world.control("GET", path)).content)

    assert (shown[1]["language"], shown[1]["voice"]) == ("de", "m5")
    assert "language" not in shown[0]
    assert recordings[0] != recordings[1]


def test_every_language_and_voice_can_be_spoken() -> None:
    """The list is known without the extra, and is what the extra can speak."""
    assert [each for each in LANGUAGES if not spoken(each)] == []
    assert len({spoken("en", each) for each in VOICES}) == len(VOICES)
