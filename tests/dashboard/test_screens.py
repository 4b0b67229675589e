"""Every screen: opened cold, in both themes, wide and narrow, and fit for everybody."""

import re
from importlib.resources import files
from typing import Any, Final, Literal

import pytest
from playwright.async_api import Browser, expect

from emulator.platforms import discover
from tests.dashboard.pages import FILLED, HEIGHT, NARROW, WIDE, Looker
from tests.platforms.voicebooker.support import ADA, finished
from tests.support import World

AXE: Final = (files("axe_playwright_python") / "axe.min.js").read_text()
STRUCTURE: Final = "rules: {'color-contrast': {enabled: false}, 'target-size': {enabled: true}}"
"""Everything but what differs between themes."""
OF_WIDTH: Final = "runOnly: ['target-size', 'scrollable-region-focusable', 'aria-hidden-focus']"
"""What differs between widths."""
CONTRAST: Final = """async () => {
  const known = (window.known ??= new Set());
  const keys = new Map();
  const taken = new Set();
  const grounds = new Map();
  const groundOf = (each) => {
    if (!grounds.has(each)) {
      const { backgroundColor, backgroundImage, opacity } = getComputedStyle(each);
      const below = backgroundColor.startsWith("rgb(") || !each.parentElement;
      const own = backgroundColor === "rgba(0, 0, 0, 0)" ? "" : backgroundColor;
      const text = `${own} ${backgroundImage} ${opacity}`.replace(" none 1", "");
      grounds.set(each, below ? text : text + groundOf(each.parentElement));
    }
    return grounds.get(each);
  };
  for (const each of document.querySelectorAll("body *")) {
    const isText = [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!(isText || each.matches("input, select, textarea")) || !each.checkVisibility()) continue;
    const own = getComputedStyle(each);
    const tag = isText ? "" : each.tagName;
    const key = [tag, own.color, own.fontSize, own.fontWeight, groundOf(each)].join();
    if (known.has(key) || taken.has(key)) continue;
    taken.add(key);
    keys.set(each, key);
  }
  if (!keys.size) return [];
  const options = { runOnly: ["color-contrast"], elementRef: true };
  const found = await axe.run({ include: [...keys.keys()] }, options);
  const nodesOf = (rules) => rules.flatMap((each) => each.nodes);
  for (const each of nodesOf(found.passes)) known.add(keys.get(each.element));
  return nodesOf(found.violations).map((each) => ["color-contrast", [each.target]]);
}"""
"""Look at a text of each colour, ground and size that was not seen yet in any theme."""
MEDIUM: Final = 768
WIDTHS: Final = (WIDE, MEDIUM, NARROW)
THEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")
LISTS: Final = {
    "start": "Start",
    "calls": "Calls",
    "batches": "Batches",
    "callbacks": "Callbacks",
    "requests": "Requests",
    "inboxes": "Inboxes",
    "bookings": "Bookings",
    "chat": "Chat",
    "bots": "Bots and workflows",
    "data": "Your data",
    "faults": "Faults",
    "worlds": "Worlds",
}


async def populated(world: World) -> dict[str, str]:
    """Have something of everything; the addresses of one of each, and what they are headed."""
    await world.control("PUT", "/inboxes/done", json={"answers": [500]})
    workflow = await world.workflow(call_back_url=world.inbox_url + "done")
    await world.place(workflow, "+2348055599001", "+2348055599012")
    bot = await world.bot()
    await world.call(bot)
    applets = {"applets": [{"kind": "connect", "to": "+919876599012"}, {"kind": "hangup"}]}
    await world.control("PUT", "/exotel/flows/menu", json=applets)
    in_flow = {"platform": "exotel", "flow_id": "menu", "from": "+919876599001"}
    await world.control("POST", "/calls", json=in_flow)
    await world.control("POST", "/calls", json={"platform": "voicebooker", "intent": "book"})
    await world.advance()
    await world.control("POST", "/snapshots")
    calls: Any = (await world.control("GET", "/calls")).json()
    (callback, *_) = (await world.control("GET", "/callbacks?platform=intron")).json()
    (request, *_) = (await world.control("GET", "/history?kind=exchange")).json()
    ones = {f"calls/{each['id']}": each["from"] for each in calls if each["platform"] != "intron"}
    return {
        f"calls/{calls[-1]['id']}": calls[-1]["to"],
        **{path: number if number.startswith("+") else "" for path, number in ones.items()},
        f"callbacks/{callback['id']}": callback["event"],
        f"requests/{request['number']}": request["method"],
        "inboxes/done": "done",
        f"bots/{workflow}?platform=intron": "Bots",
        "calls?status=busy&platform=intron": "Calls",
        f"batches/{calls[-1]['batch_id']}": "Reminder",
        "calls?q=status:busy": "Calls",
        "bookings?q=status:booked": "Bookings",
        "data/voicebooker.put_business": "Your data",
    }


async def test_every_address_is_opened_cold(looker: Looker, world: World) -> None:
    """A shared link shows the same screen in another browser."""
    for path, heading in (LISTS | await populated(world)).items():
        await looker.load(path)
        await expect(looker.page.locator("main h1").first).to_contain_text(heading)
        assert looker.world in await looker.page.title()


async def test_empty_screens_say_what_to_paste(looker: Looker) -> None:
    """An empty list says how to fill it."""
    for path in ("calls", "callbacks", "requests", "inboxes"):
        await looker.goto(path)
        await expect(looker.page.locator(".empty .command").first).to_be_visible()


async def test_filters_list_every_vendor(looker: Looker) -> None:
    """Wherever something can be filtered by platform, each vendor that is found can be chosen."""
    names = list(discover())
    for path in ("calls", "callbacks", "requests", "faults"):
        await looker.goto(path)
        options = looker.page.get_by_label("Platform").locator("option")
        await expect(options).to_have_text(["any", *names])
    await looker.goto("bots")
    titles = [re.compile(f"^{re.escape(each.title)}(:|$)") for each in discover().values()]
    await expect(looker.page.locator("main .panel > h2")).to_have_text(titles)


async def test_what_is_not_there_is_said(looker: Looker) -> None:
    """An address of something that is gone says so, and where to look."""
    for path in ("calls/none", "callbacks/none", "requests/999999", "requests/x"):
        await looker.goto(path)
        await looker.sees("No such")


async def test_screens_are_accessible(browser: Browser, world: World) -> None:
    """axe-core finds nothing serious in either theme at any width; nothing is wider than a page.

    The frame, which all screens share, is looked at once.
    """
    paths = LISTS | await populated(world)
    looker = await Looker.open(browser, str(world.http.base_url), world.name, bypass_csp=True)
    found: list[str] = []
    await looker.goto()
    await looker.run(AXE)
    for number, (path, heading) in enumerate(paths.items()):
        await looker.goto(path)
        await expect(looker.page.locator("main h1").first).to_contain_text(heading)
        await expect(looker.page.locator(FILLED).first).to_be_visible()
        place = "'main'" if path != "start" else "document"
        wrong = await impaired_at_widths(looker, place, is_even=number % 2 == 0)
        found += [f"{path} {each}" for each in wrong]
    assert found == []
    assert looker.complaints == []
    await looker.close()


async def impaired_at_widths(looker: Looker, place: str, *, is_even: bool) -> list[str]:
    """What is wrong with a screen that is open, at each width and in both themes.

    Every second screen begins with the width and the theme that the one before ended with.
    """
    page, step = looker.page, 1 if is_even else -1
    found: list[str] = []
    for width in WIDTHS[::step]:
        await page.set_viewport_size({"width": width, "height": HEIGHT})
        rules = STRUCTURE if width == WIDE else OF_WIDTH
        found += [f"at {width}: {each}" for each in await impaired(looker, place, rules)]
        wide = await looker.run("document.documentElement.scrollWidth")
        found += [f"{wide} wide at {width}"] if wide > width else []
    for theme in THEMES[::step]:
        await page.emulate_media(color_scheme=theme)
        found += [f"in {theme}: {each}" for each in await looker.run(CONTRAST)]
    return found


async def impaired(looker: Looker, place: str, options: str) -> list[str]:
    """What axe-core finds serious or worse in a part of the page."""
    response: list[list[Any]] = await looker.run(
        f"axe.run({place}, {{resultTypes: ['violations'], {options}}}).then((found) =>"
        " found.violations.filter((each) => ['serious', 'critical'].includes(each.impact))"
        " .map((each) => [each.id, each.nodes.slice(0, 3).map((node) => node.target)]))"
    )
    return [f"{name} {targets}" for name, targets in response]


@pytest.mark.parametrize(
    ("theme", "ground"),
    [
        pytest.param("light", "rgb(246, 247, 249)", id="light"),
        pytest.param("dark", "rgb(16, 19, 26)", id="dark"),
    ],
)
async def test_theme_is_chosen_and_kept(looker: Looker, theme: str, ground: str) -> None:
    """The theme follows the system until another is chosen, which is still so next time."""
    await looker.goto()
    await looker.page.get_by_label("Settings").click()
    await looker.page.get_by_label("Theme").select_option(theme)
    await looker.page.reload()

    assert await looker.run("getComputedStyle(document.body).backgroundColor") == ground


async def test_narrow_page_keeps_what_is_needed_in_view(looker: Looker) -> None:
    """On a phone all steps of the clock and the present screen's name can be seen, cut nowhere."""
    await looker.page.set_viewport_size({"width": NARROW, "height": HEIGHT})
    for path in ("calls", "bookings", "worlds"):
        await looker.goto(path)
        for part in (looker.button("Until idle"), looker.page.locator(".navigation .here")):
            box = await part.bounding_box()
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= NARROW
        cut = await looker.run(
            "[...document.querySelectorAll('main .bar *, .clockbar *')]"
            ".filter(each => each.getBoundingClientRect().right > innerWidth).length"
        )
        assert cut == 0


async def test_commands_to_paste_name_the_world(looker: Looker) -> None:
    """What an empty screen says to paste does its work in the world that is looked at."""
    for path in ("calls", "requests", "bookings", "faults"):
        await looker.goto(path)
        commands = looker.page.locator(".command pre")
        await expect(commands.first).to_be_visible()
        for text in await commands.all_inner_texts():
            assert f"X-Emulator-World: {looker.world}" in text


async def test_steps_of_a_call_are_not_written_over_each_other(
    looker: Looker, world: World
) -> None:
    """Names on the timeline keep apart, however soon after each other the steps come."""
    call = await world.call(await world.bot())
    await world.advance(0.1)
    await world.control("POST", f"/calls/{call['id']}/move", json={"status": "in_progress"})
    await looker.goto(f"calls/{call['id']}")
    await expect(looker.page.locator("svg .name").first).to_be_visible()

    over = await looker.run(
        """[...document.querySelectorAll("svg .name")].flatMap((one, index, all) =>
          all.slice(index + 1).filter((other) => {
            const [a, b] = [one.getBoundingClientRect(), other.getBoundingClientRect()];
            const beside = a.right <= b.left || b.right <= a.left;
            return !beside && a.top + 4 < b.bottom && b.top + 4 < a.bottom;
          }).map((other) => `${one.textContent} ${other.textContent}`))"""
    )

    assert over == []


async def test_no_line_of_the_timeline_runs_through_a_text(looker: Looker, world: World) -> None:
    """Lines to steps and callbacks end before the texts of the others, however many there are."""
    made = await finished(world, persona=ADA)
    await looker.goto(f"calls/{made['id']}")
    await expect(looker.page.locator(".timeline .arrow").nth(7)).to_be_visible()

    through = await looker.run(
        """[...document.querySelectorAll(".timeline line:not(.track)")].flatMap((line) =>
          [...document.querySelectorAll(".timeline text")].filter((text) => {
            const [a, b] = [line.getBoundingClientRect(), text.getBoundingClientRect()];
            const beside = a.left <= b.left || a.left >= b.right;
            return !beside && a.top + 3 < b.bottom && b.top + 3 < a.bottom;
          }).map((text) => text.textContent))"""
    )

    assert through == []


async def test_call_is_one_conversation(looker: Looker, world: World) -> None:
    """What was said and asked is in one list by time, with the bodies of each webhook in place."""
    made = await finished(world, persona=ADA)
    await looker.goto(f"calls/{made['id']}")
    entries = looker.page.locator(".sequence > ol > li")

    await expect(entries.first).to_contain_text("getEntityForSipId")
    await expect(entries.nth(2)).to_contain_text("this is the voice assistant")
    await expect(entries.last).to_contain_text("Thank you. Goodbye.")
    await entries.first.get_by_text("Bodies").click()
    await expect(entries.first.locator(".json").first).to_contain_text('"sipId"')
    bars = looker.page.locator(".waves rect")
    turns = (await world.control("GET", f"/calls/{made['id']}/recording/turns")).json()["turns"]
    await expect(bars).to_have_count(len(turns))


async def test_long_words_stay_within_the_screen(looker: Looker, world: World) -> None:
    """A word as long as a vendor takes it is broken, and pushes nothing out of sight."""
    workflow = await world.workflow(name="W" * 200, message="Hello [name] " + "x" * 500)
    await world.place(workflow, "+2348055599012")
    await world.advance()
    (call, *_) = (await world.control("GET", "/calls")).json()
    for path in (f"calls/{call['id']}", "bots", f"bots/{workflow}?platform=intron"):
        await looker.goto(path)
        await expect(looker.text("xxxx").first).to_be_visible()
        main = await looker.run("[main.scrollWidth, main.clientWidth]")
        assert main[0] <= main[1]
