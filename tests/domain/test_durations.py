"""Durations as people write them."""

import pytest

from emulator.domain.durations import duration, shown_duration
from emulator.settings import read_settings
from tests.cases import each_case


@each_case(
    ("text", "seconds"),
    [
        pytest.param("90", 90, id="number"),
        pytest.param("0.5", 0.5, id="fraction"),
        pytest.param("500ms", 0.5, id="milliseconds"),
        pytest.param("90s", 90, id="seconds"),
        pytest.param("10m", 600, id="minutes"),
        pytest.param("1.5h", 5400, id="part-of-an-hour"),
        pytest.param(" 1h30m ", 5400, id="two-units"),
        pytest.param("2d", 172_800, id="days"),
    ],
)
def test_duration_is_read(text: str, seconds: float) -> None:
    """A number alone is seconds; units stand from the largest to the smallest."""
    assert duration(text) == seconds


@each_case(
    "text", [pytest.param(text, id=text or "empty") for text in ("", "soon", "1x", "30m1h", "1h h")]
)
def test_other_text_is_refused(text: str) -> None:
    """What is no duration is refused with what is allowed."""
    with pytest.raises(ValueError, match="500ms, 90s, 10m, 1h30m or 2d"):
        duration(text)


@each_case(
    "text", [pytest.param(text, id=text) for text in ("250ms", "10s", "1m", "1h30m", "2d1h5s")]
)
def test_shown_duration_is_read_again(text: str) -> None:
    """A duration is shown as it would be written."""
    assert shown_duration(duration(text)) == text


def test_environment_has_durations(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variables of settings that are durations are read as on the command line."""
    monkeypatch.setenv("VOICEBOT_EMULATOR_CALLBACK_TIMEOUT", "1m30s")
    monkeypatch.setenv("VOICEBOT_EMULATOR_CLIENT_TIMEOUT", "45")

    settings = read_settings({}, {})

    assert (settings.callback_timeout, settings.client_timeout) == (90, 45)
