"""The page of a call whose bot has used tools: each use with its result, and what was amiss."""

from typing import Final

from playwright.async_api import expect

from tests.dashboard.pages import HEIGHT, NARROW, Looker
from tests.platforms.exotel.test_tool_uses import attach, bound
from tests.platforms.exotel.tool_use import PYTHON, make_tool
from tests.support import World

LONG: Final = "a_tool_whose_name_is_longer_than_a_small_screen_is_wide_and_has_no_space"

TABLET: Final = 768
BEYOND: Final = """[...document.querySelectorAll("main section")].flatMap(panel => {
  const edge = panel.getBoundingClientRect().right;
  const isBeyond = each => each.getBoundingClientRect().right > edge;
  return [...panel.querySelectorAll("li, p")].filter(isBeyond).map(each => each.textContent);
})"""
"""The texts that reach beyond their panels."""


async def test_call_shows_the_tools_that_its_bot_used(looker: Looker, world: World) -> None:
    """A result, a failure and a note look different; nothing reaches beyond its panel."""
    bot, names = await world.bot(), ("order_status", LONG, "unused")
    made = [await make_tool(world, name, PYTHON, "python") for name in names]
    script = {"result": "Your order is on its way, and it will be with you tomorrow at nine."}
    await world.control("PUT", f"/exotel/tools/{made[0]['id']}/script", json=script)
    await attach(world, bot, bound(made[0], x=1, y=2), bound(made[1]))
    tools = [
        {"name": "order_status", "after": 2},
        {"name": LONG, "inputs": {"x": 1}, "after": 6},
        {"name": "unused"},
    ]
    scenario = {"behavior": "answered", "ring_seconds": 1, "talk_seconds": 40, "tools": tools}
    rules = {"rules": [{"scenario": scenario}]}
    assert (await world.control("PUT", "/scenarios", json=rules)).status_code == 200
    call = await world.call(bot, scenario=None)
    await world.advance()

    await looker.goto(f"calls/{call['id']}")

    panel = looker.page.locator("section", has=looker.page.get_by_role("heading", name="Tools"))
    rows = panel.locator("li")
    await expect(rows).to_have_count(2)
    await expect(rows.nth(0)).to_contain_text("succeeded")
    await expect(rows.nth(0)).to_contain_text("on its way")
    await expect(rows.nth(1)).to_contain_text("failed")
    await expect(rows.nth(1)).to_contain_text("the input y is missing")
    await expect(panel).to_contain_text("unused, which the scenario names: name is not attached")
    await looker.sees("answered, rings 1 s, talks 40 s, 3 tools")
    for width in (NARROW, TABLET):
        await looker.page.set_viewport_size({"width": width, "height": HEIGHT})
        assert await looker.run(BEYOND) == []
