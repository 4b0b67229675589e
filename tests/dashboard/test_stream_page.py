"""The page of a call with a stream: what was heard, when, and why it was slow."""

import re

from playwright.async_api import expect

from tests.bots import serving
from tests.dashboard.pages import Looker
from tests.platforms.exotel.test_stream_calls import LOCKSTEP, follow, streams, talk
from tests.platforms.exotel.test_stream_quality import SCRIPT, says
from tests.platforms.exotel.test_voice_calls import Voice
from tests.support import World


async def test_call_with_a_bot_shows_what_was_heard_and_how_fast(
    looker: Looker, world: World
) -> None:
    """Latencies, keys and marks are on the axis, findings have times, the recording plays."""
    voice, page = Voice(world), looker.page
    await world.control("PATCH", "/settings", json={"options": {"exotel": LOCKSTEP}})
    await follow(voice, *SCRIPT)
    async with serving(says((3, 8), (33, 10))) as bot:
        call = await talk(voice, bot.url, Record="true")
    (stream,) = await streams(voice)

    await looker.goto(f"calls/{call['Sid']}")

    waves = page.locator(".waves")
    wait = f"{stream['quality']['response']['each'][0]:.2f} s"
    await expect(waves.locator(".latency text")).to_have_text([wait])
    await expect(waves.locator(".moment.key text")).to_have_text(["key 5"])
    await expect(waves.locator(".moment.mark text")).to_have_text(["after 3", "after 33"])
    assert await waves.locator("rect.person").count() == 2
    assert await waves.locator("rect.bot").count() == 2
    await looker.sees("Response, median", "ended by the person after")
    await expect(page.locator(".findings li").first).to_contain_text("chunk below minimum")
    await expect(page.locator(".findings time").first).to_have_text("first at 0.30 s")
    await looker.text("As a list").click()
    await looker.sees("stream handshake: the bot answered 101", "stream stop: the bot was sent")

    await looker.button("Play the recording").click()
    await expect(page.get_by_label("Recording of the call")).to_be_visible()
    await page.wait_for_function(
        f"() => Math.abs(document.querySelector('audio').duration - {stream['duration']}) < .01"
    )
    for side in ("person", "bot"):
        drawn = await waves.locator(f"path.{side}").get_attribute("d")
        assert len(set(re.findall(r"V([\d.]+)", drawn or ""))) > 1
    await expect(waves.locator(".latency text")).to_have_text([wait])
    await waves.click(position={"x": 480, "y": 40})
    await page.wait_for_function("() => document.querySelector('audio').currentTime >= 4")
    await page.wait_for_function(
        "() => +document.querySelector('.waves .head').getAttribute('x1') > 300"
    )


async def test_barge_in_is_drawn_to_clear_and_to_silence(looker: Looker, world: World) -> None:
    """A stream that is not recorded is drawn too; a failed one says why."""
    voice = Voice(world)
    await world.control("PATCH", "/settings", json={"options": {"exotel": LOCKSTEP}})
    await follow(
        voice, {"wait_for": "speech"}, {"wait": 1}, {"say": 1}, {"wait": 1}, {"hang_up": True}
    )
    async with serving(says((1, 60), clear_at=16)) as bot:
        call = await talk(voice, bot.url)
        failed = await talk(voice, "ws://127.0.0.1:9/")
    (barge_in,) = (await streams(voice))[0]["quality"]["barge_ins"]

    await looker.goto(f"calls/{call['Sid']}")

    waves = looker.page.locator(".waves")
    await expect(waves.locator(".barge-in text")).to_have_text(
        [f"clear {barge_in['to_clear']:.2f} s", f"silence {barge_in['to_silence']:.2f} s"]
    )
    await expect(waves.locator(".moment.clear text")).to_have_text(["clear"])
    await expect(looker.button("Play the recording")).to_have_count(0)
    await looker.goto(f"calls/{failed['Sid']}")
    await looker.sees("3009 failed to establish ws conn")
