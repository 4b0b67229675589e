"""Many worlds in the dashboard: the first of them are listed, others are found by name."""

from playwright.async_api import Browser, expect

from emulator.server import running
from emulator.settings import Settings
from tests.dashboard.pages import Looker
from tests.shards import TOKEN, Running
from tests.support import World

MANY = 60


async def test_worlds_are_found_by_name(looker: Looker, world: World) -> None:
    """The chooser and the list of worlds have one page; a search by name finds the others."""
    names = [f"many-{number:02}" for number in range(MANY)]
    for name in names:
        (await world.http.post("/_emulator/worlds", json={"name": name})).raise_for_status()
    await looker.goto("worlds")
    rows = looker.page.get_by_role("region", name="Worlds").locator("tbody tr")

    await expect(rows).to_have_count(50)
    await looker.button("More worlds").click()
    await expect(rows.filter(has_text="many-59")).to_have_count(1)
    await expect(looker.button("More worlds")).to_have_count(0)
    await looker.page.get_by_label("Find worlds").fill("Y-5")
    await expect(rows).to_have_count(10)

    await looker.page.get_by_label("Find a world").fill("many-58")
    chooser = looker.page.get_by_label("World", exact=True)
    await expect(chooser.locator("option")).to_have_text(["many-58", world.name])
    await chooser.select_option("many-58")
    await expect(looker.page).to_have_url(f"{looker.url}/_emulator/ui/many-58/calls")

    for name in names:
        await world.http.delete(f"/_emulator/worlds/{name}")


async def test_shard_that_does_not_answer_is_named(browser: Browser) -> None:
    """A list that lacks the worlds of a shard says which."""
    shards = Running(2, silent=frozenset({1}))
    with shards.stack:
        looker = await Looker.open(browser, shards.urls[0], "default")
        await looker.page.goto(f"{looker.url}/_emulator/ui/default/worlds#token={TOKEN}")
        alert = looker.page.get_by_text("Not listed: the worlds of shard 1, which does not answer.")
        await expect(alert).to_be_visible()
        await looker.close()


async def test_token_of_a_world_shows_this_world(browser: Browser) -> None:
    """With the token of one world, every screen of this world works, and no other is listed."""
    with running(Settings(port=0, token="open sesame")) as app:
        for name in ("mine", "theirs"):
            app.worlds.create(name=name)
        token = app.worlds.tokens.of(app.worlds.get("mine"))
        looker = await Looker.open(browser, app.worlds.settings.base_url, "mine")
        await looker.page.goto(f"{looker.url}/_emulator/ui/mine/worlds#token={token}")
        await expect(looker.page.locator("span.live")).to_have_text("Connected")

        rows = looker.page.get_by_role("region", name="Worlds").locator("tbody tr")
        await expect(rows).to_have_count(1)
        chooser = looker.page.get_by_label("World", exact=True)
        await expect(chooser.locator("option")).to_have_text(["mine"])
        await looker.goto("start")
        panel = looker.page.locator("section.panel", has_text="most recently used first")
        await expect(panel.get_by_role("listitem")).to_have_count(1)
        await looker.button("Place a first call").first.click()
        await expect(looker.button("Place another call").first).to_be_visible()
        await looker.close()
