"""The languages that bots and callers speak."""

from string import Formatter
from typing import Any

import pytest

from emulator.platforms.voicebooker.bot.phrasebooks import PHRASEBOOKS
from emulator.platforms.voicebooker.bot.phrases import Phrase
from emulator.platforms.voicebooker.schemas.words import Language
from tests.platforms.voicebooker.support import ADA, ENTITY, call, finished
from tests.support import World

GERMAN_PRACTICE = f"/voicebooker/businesses/{ENTITY}"
WISHES = {"appointmentType": "massage", "day": "2026-01-05", "time": "10:00"}


@pytest.mark.parametrize("language", [pytest.param(each, id=each) for each in PHRASEBOOKS])
def test_every_language_has_every_phrase(language: Language) -> None:
    """All languages say all phrases, with the same values in them."""
    for phrase in Phrase:
        wanted, said = (
            {name for _, name, _, _ in Formatter().parse(PHRASEBOOKS[each].phrases[phrase]) if name}
            for each in (Language.ENGLISH, language)
        )
        assert said == wanted, phrase
    assert len(PHRASEBOOKS[language].weekdays) == 7
    assert len(PHRASEBOOKS[language].months) == 12


async def _speak_german(world: World) -> None:
    business = (await world.control("GET", GERMAN_PRACTICE)).json()
    assert business["language"] == "en"
    changed = await world.control("PUT", GERMAN_PRACTICE, json=business | {"language": "de"})
    assert (changed.status_code, changed.json()["language"]) == (200, "de")


def _turns(placed: Any) -> list[tuple[str, str]]:
    return [(each["speaker"], each["text"]) for each in placed["details"]["transcript"]]


async def test_calls_to_a_german_business_are_german(world: World) -> None:
    """The bot and the caller of a German business speak German, with German days and lists."""
    await _speak_german(world)

    placed = await finished(world, persona=ADA, wishes=WISHES)

    assert (placed["outcome"], placed["details"]["language"]) == ("booked", "de")
    said = _turns(placed)
    assert said[:2] == [
        (
            "bot",
            (
                "Guten Tag, hier ist der Sprachassistent von Physiotherapie Gleichgewicht."
                " Was kann ich für Sie tun?"
            ),
        ),
        ("caller", "Ich möchte einen Termin buchen."),
    ]
    assert ("caller", "Am Montag, den 5. Januar, nicht vor 10:00 Uhr, bitte.") in said
    assert said[-2:] == [
        ("bot", "Ihr Termin am Montag, den 5. Januar um 10:00 Uhr ist gebucht. Auf Wiederhören."),
        ("caller", "Vielen Dank. Auf Wiederhören."),
    ]
    assert any(" oder " in text for _, text in said)
    assert not any("Hello" in text or " or " in text for _, text in said)


@pytest.mark.parametrize("intent", ["modify", "cancel"])
async def test_appointments_are_changed_in_german(world: World, intent: str) -> None:
    """Callers who move or cancel an appointment are asked for their name in German."""
    await _speak_german(world)

    said = _turns(await finished(world, intent=intent))

    assert ("bot", "Nennen Sie mir bitte Ihren Vor- und Nachnamen.") in said
    assert said[-2][1].endswith(" Auf Wiederhören.")
    assert not any("appointment" in text for _, text in said)


async def test_call_and_option_choose_the_language(world: World) -> None:
    """The language of a call comes before the option, and the option before the business."""
    await _speak_german(world)
    asked = {"options": {"voicebooker": {"language": "en"}}}
    assert (await world.control("PATCH", "/settings", json=asked)).status_code == 200

    by_option, by_call = await finished(world), await finished(world, language="de")

    assert by_option["details"]["language"] == "en"
    assert by_call["details"]["language"] == "de"


async def test_outbound_calls_speak_the_language_of_the_business(world: World) -> None:
    """A callee of a German business answers, and is spoken to, in German."""
    await _speak_german(world)
    made = await world.http.post(
        "/voicebooker/app/api/v1/makeCall",
        json={
            "dest": "+493515550110",
            "botId": "b",
            "sipAccountId": "phoneSipId12345678",
            "startTimeout": 2,
        },
        headers={
            "X-Emulator-World": world.name,
            "Token": world.made["credentials"]["voicebooker"]["token"],
        },
    )
    await world.advance()

    path = f"/calls/{made.json()['callRequestId']}"
    said = _turns((await world.control("GET", path)).json())

    assert said[0] == ("caller", "Hallo?")
    assert said[1][1].endswith("Ich rufe wegen Ihres Termins an.")


@pytest.mark.parametrize("value", ["fr", "", "DE", 1])
async def test_other_languages_are_refused(world: World, value: object) -> None:
    """A language that no bot speaks is refused, with those that there are."""
    business = (await world.control("GET", GERMAN_PRACTICE)).json()
    placing = {"platform": "voicebooker", "language": value}

    for method, path, body in (
        ("POST", "/calls", placing),
        ("PUT", GERMAN_PRACTICE, business | {"language": value}),
        ("PATCH", "/settings", {"options": {"voicebooker": {"language": value}}}),
    ):
        refused = await world.control(method, path, json=body)
        assert refused.status_code == 400, path
        assert "en or de" in refused.text, refused.text
    assert (await call(world))["platform"] == "voicebooker"
