"""Profiles: a world follows one edition of a vendor's pages."""

from typing import Any, Final

import httpx
import pytest

from emulator.app import create_app
from emulator.platforms import discover
from emulator.settings import Settings
from emulator.world.profiles import profile_of, with_profiles
from tests.cases import each_case

EVERY: Final = [
    pytest.param(platform, name, id=f"{platform}={name}")
    for platform, each in discover().items()
    for name in each.profiles
]


@each_case(("platform", "name"), EVERY)
def test_profile_is_made_of_options_and_recognized(platform: str, name: str) -> None:
    """A profile names options that exist, and a world that follows it is shown to follow it."""
    vendors = discover()

    (options,) = with_profiles(vendors, {platform: name}, {}).values()

    assert profile_of(vendors[platform], options) == name


@each_case("platform", [pytest.param(each, id=each) for each in discover()])
def test_first_profile_is_the_default(platform: str) -> None:
    """A world without a word about profiles follows the first of each platform."""
    vendor = discover()[platform]

    assert profile_of(vendor, vendor.options()) == next(iter(vendor.profiles), None)


async def test_world_follows_its_profile_and_then_its_options(http: httpx.AsyncClient) -> None:
    """Options given beside a profile win; all others that profiles differ in come from it."""
    asked: dict[str, Any] = {
        "name": "newer",
        "profile": {"intron": "g4", "exotel": "enveloped"},
        "options": {"intron": {"requests_per_second": 0}},
    }

    made = (await http.post("/_emulator/worlds", json=asked)).json()

    assert made["options"]["intron"]["reply_shape"] == "response_options"
    assert made["options"]["intron"]["requests_per_second"] == 0
    assert made["options"]["exotel"]["voicebot_shape"] == "enveloped"
    assert made["profile"] == {
        "intron": None,
        "exotel": "enveloped",
        "bimpe": "current",
        "voicebooker": "actions",
    }


async def test_another_profile_undoes_the_former_and_keeps_the_rest(
    http: httpx.AsyncClient,
) -> None:
    """Changing the profile changes what profiles differ in, and no other option."""
    await http.patch(
        "/_emulator/settings",
        json={"profile": {"intron": "g4"}, "options": {"intron": {"created_status": 201}}},
    )

    changed = await http.patch("/_emulator/settings", json={"profile": {"intron": "g1"}})

    found = changed.json()["options"]["intron"]
    assert changed.json()["profile"]["intron"] == "g1"
    assert (found["reply_shape"], found["workflow_type"]) == ("option_one_two", "required")
    assert found["created_status"] == 201


@pytest.mark.parametrize(
    ("profile", "said"),
    [
        pytest.param({"intron": "g5"}, "profile.intron must be one of g2, g1, g4, gx, not 'g5'"),
        pytest.param({"twilio": "v1"}, "profile.twilio is not a platform; there are"),
        pytest.param({"intron": 4}, "profile.intron must be a string"),
    ],
    ids=["unknown", "platform", "number"],
)
async def test_unknown_profile_is_refused(
    http: httpx.AsyncClient, profile: dict[str, Any], said: str
) -> None:
    """What cannot be followed is named with what can, and nothing changes."""
    before = (await http.get("/_emulator/settings")).json()

    refused = await http.patch("/_emulator/settings", json={"profile": profile})

    assert refused.status_code == 400
    assert said in refused.json()["detail"]
    assert (await http.get("/_emulator/settings")).json() == before


def test_server_gives_new_worlds_its_profile() -> None:
    """``serve --profile`` is the default of every world, also of those created later."""
    app = create_app(Settings(profile={"bimpe": "older"}))

    for world in (app.worlds.default, app.worlds.create(name="later")):
        assert world.contexts.options["bimpe"].create_agent == "older"


async def test_settings_can_be_put_back(http: httpx.AsyncClient) -> None:
    """What ``GET /settings`` returned, sent back, restores them: null is no profile."""
    own = {"options": {"intron": {"voice_bot_api": True}}}
    before = (await http.patch("/_emulator/settings", json=own)).json()
    await http.patch("/_emulator/settings", json={"profile": {"intron": "g4"}})

    restored = await http.patch("/_emulator/settings", json=before)

    assert before["profile"]["intron"] is None
    assert restored.json() == before
