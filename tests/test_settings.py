"""Settings: flags, environment and defaults."""

from typing import Any

import pytest
from pydantic import ValidationError

from emulator.clock import ClockMode
from emulator.settings import PREFIX, Settings, read_client_settings, read_settings
from tests.cases import each_case


def test_flag_wins_over_environment_and_environment_over_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A flag counts first, then the environment, then the default."""
    monkeypatch.setenv(PREFIX + "PORT", "1111")
    monkeypatch.setenv(PREFIX + "SEED", "7")

    settings = read_settings({"port": 2222, "seed": None}, {"clock": "live", "seed": 1})

    assert (settings.port, settings.seed, settings.clock) == (2222, 7, ClockMode.LIVE)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        pytest.param("HOST", "::1", "::1", id="host"),
        pytest.param("PORT", "0", 0, id="port"),
        pytest.param("CLOCK", "auto", ClockMode.AUTO, id="clock"),
        pytest.param("SPEED", "2.5", 2.5, id="speed"),
        pytest.param("SEED", "-3", -3, id="seed"),
        pytest.param("AUTH", "strict", "strict", id="auth"),
        pytest.param("CALLS_PER_SECOND", "0.5", 0.5, id="calls-per-second"),
        pytest.param("MAX_BODY", "100", 100, id="max-body"),
        pytest.param("KEEP", "10", 10, id="keep"),
        pytest.param("KEEP_BYTES", "10", 10, id="keep-bytes"),
        pytest.param("CALLBACK_TIMEOUT", "1.5", 1.5, id="callback-timeout"),
        pytest.param("ALLOW_PUBLIC_CALLBACKS", "true", True, id="allow-public-callbacks"),
        pytest.param("CHECKPOINT_BYTES", "5", 5, id="checkpoint-bytes"),
        pytest.param("CHECKPOINT_TIMEOUT", "1.5", 1.5, id="checkpoint-timeout"),
        pytest.param("TOKEN", "t", "t", id="token"),
        pytest.param("PUBLIC_URL", "https://e.test", "https://e.test", id="public-url"),
    ],
)
def test_every_setting_is_read_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, name: str, text: str, value: Any
) -> None:
    """Each setting has an environment variable."""
    monkeypatch.setenv(PREFIX + name, text)

    assert getattr(read_settings({}, {}), name.lower()) == value


def test_variable_of_a_service_is_no_port(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kubernetes sets it for a service named voicebot-emulator: it is no port to listen on."""
    monkeypatch.setenv("VOICEBOT_EMULATOR_PORT", "tcp://10.96.0.10:8080")

    assert read_settings({}, defaults={}).port == 8080
    assert read_settings({"port": 9000}, defaults={}).port == 9000


@pytest.mark.parametrize(
    ("former", "present"),
    [
        pytest.param("FOLD_BYTES", "CHECKPOINT_BYTES", id="checkpoint-bytes"),
        pytest.param("FOLD_SECONDS", "CHECKPOINT_TIMEOUT", id="checkpoint-timeout"),
    ],
)
def test_former_name_of_a_variable_is_read_unless_the_present_one_is_set(
    monkeypatch: pytest.MonkeyPatch, former: str, present: str
) -> None:
    """A variable that was renamed keeps working under its former name."""
    monkeypatch.setenv(PREFIX + former, "7")
    assert getattr(read_settings({}, {}), present.lower()) == 7

    monkeypatch.setenv(PREFIX + present, "8")
    assert getattr(read_settings({}, {}), present.lower()) == 8


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("PORT", "70000", id="port-too-large"),
        pytest.param("PORT", "", id="port-empty"),
        pytest.param("CLOCK", "slow", id="clock"),
        pytest.param("SPEED", "0", id="no-speed"),
        pytest.param("SPEED", "nan", id="speed-nan"),
        pytest.param("SPEED", "inf", id="speed-infinite"),
        pytest.param("NOW", "today", id="no-time"),
        pytest.param("NOW", "2026-01-01T00:00:00", id="no-zone"),
        pytest.param("NOW", "9999-12-31T23:59:59Z", id="past-the-end-of-time"),
        pytest.param("TOKEN", "", id="token-empty"),
        pytest.param("SEED", "x", id="seed"),
        pytest.param("AUTH", "none", id="auth"),
        pytest.param("CALLS_PER_SECOND", "-1", id="pace"),
        pytest.param("MAX_BODY", "0", id="max-body"),
        pytest.param("KEEP", "0", id="keep"),
        pytest.param("CALLBACK_TIMEOUT", "0", id="no-patience"),
        pytest.param("ALLOW_PUBLIC_CALLBACKS", "maybe", id="not-a-bool"),
        pytest.param("DATA", "postgresql://[", id="no-url"),
        pytest.param("DATA", "mysql://host/worlds", id="other-database"),
    ],
)
def test_invalid_value_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> None:
    """The error for an invalid value names the setting."""
    monkeypatch.setenv(PREFIX + name, text)

    with pytest.raises(ValidationError) as refused:
        read_settings({}, {})

    assert [error["loc"] for error in refused.value.errors()] == [(name.lower(),)]


@each_case(
    ("given", "base_url"),
    [
        pytest.param({}, "http://127.0.0.1:8080", id="as-it-is"),
        pytest.param({"host": "::1", "port": 1}, "http://[::1]:1", id="v6"),
        pytest.param({"host": "0.0.0.0"}, "http://127.0.0.1:8080", id="any-address"),  # noqa: S104
        pytest.param({"host": "::"}, "http://127.0.0.1:8080", id="any-address-v6"),
        pytest.param({"public_url": "https://e.test/x/"}, "https://e.test/x", id="public-url"),
    ],
)
def test_base_url_is_where_the_emulator_is_reached(given: dict[str, Any], base_url: str) -> None:
    """The emulator's own URLs start with the URL at which clients reach it."""
    assert Settings(**given).base_url == base_url


def test_client_reads_its_own_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client of the command line reads URL, world and token from the environment too."""
    monkeypatch.setenv(PREFIX + "URL", "http://localhost:1")
    monkeypatch.setenv(PREFIX + "WORLD", "mine")

    chosen = read_client_settings({"world": "other", "url": None})

    assert (chosen.url, chosen.world, chosen.token) == ("http://localhost:1", "other", None)


def test_defaults_need_no_environment() -> None:
    """By default, a server listens on loopback only, and refuses public callbacks."""
    settings = Settings()

    assert (settings.host, settings.allow_public_callbacks, settings.auth) == (
        "127.0.0.1",
        False,
        "open",
    )


@each_case(
    ("given", "text"),
    [
        pytest.param({"shards": 3}, "--shards and --shard belong together", id="no-shard"),
        pytest.param({"shard": 0}, "--shards and --shard belong together", id="no-shards"),
        pytest.param({"shard_url": ("http://a:1",)}, "belong together", id="url-alone"),
        pytest.param({"shards": 3, "shard": 3}, "--shard must be 0 to 2", id="too-large"),
        pytest.param(
            {"shards": 2, "shard": 0, "shard_url": ("http://a:1",)}, "2 URLs, not 1", id="urls"
        ),
        pytest.param(
            {"shards": 1, "shard": 0, "shard_url": ("a:1",)}, "has 'a:1'; write a URL", id="no-url"
        ),
        pytest.param(
            {"shards": 1, "shard": 0, "shard_url": ("http://a/x",)}, "has 'http://a/x'", id="path"
        ),
    ],
)
def test_settings_of_shards_fit_each_other(given: dict[str, Any], text: str) -> None:
    """What does not fit is refused with the flags to change."""
    with pytest.raises(ValidationError, match=text):
        read_settings(given, {})
