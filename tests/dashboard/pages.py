"""A user of the dashboard: opens addresses, clicks, and reads the page."""

import re
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote, urlsplit

from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

EXPECT_MILLISECONDS: Final = 120_000
expect.set_options(timeout=EXPECT_MILLISECONDS)

REFUSED: Final = re.compile("status of 4[0-9][0-9]")
"""The browser's own message about an answer that the page reports itself."""
WIDE: Final = 1280
HEIGHT: Final = 800
NARROW: Final = 320
FILLED: Final = "main .space .row a, main .panel, main .empty, main .cards"
"""What a screen has once it has read its world."""
MAX_CLICKS: Final = 4
"""Clicks that the answer to a question takes."""
FOLLOW: Final = """(to) => {
  window.formerScreen = emulator.screen();
  const link = document.createElement("a");
  link.href = to;
  document.body.append(link);
  link.click();
  link.remove();
}"""
"""Follow a link to an address."""
ARRIVED: Final = "() => emulator.screen() !== formerScreen && emulator.live.status === 'live'"


class Looker:
    """One page, which notes whatever the browser complains of."""

    def __init__(self, context: BrowserContext, page: Page, url: str, world: str) -> None:
        self.context = context
        self.page = page
        self.url = url
        self.world = world
        self.complaints: list[str] = []
        self.clicks = 0
        self._is_loaded = False
        self._listeners: list[tuple[Any, Callable[[Any], None]]] = []
        page.set_default_timeout(EXPECT_MILLISECONDS)
        self.listen("pageerror", lambda error: self.complaints.append(str(error)))
        self.listen("console", self._hear)

    def listen(self, event: Any, listener: Callable[[Any], None]) -> None:
        """Call this at each event of the page, until it is left."""
        self.page.on(event, listener)
        self._listeners.append((event, listener))

    def _hear(self, message: Any) -> None:
        if message.type == "error" and not REFUSED.search(message.text):
            self.complaints.append(message.text)

    @classmethod
    async def open(
        cls,
        browser: Browser,
        url: str,
        world: str,
        *,
        width: int = WIDE,
        theme: Any = "light",
        bypass_csp: bool = False,
    ) -> "Looker":
        """Begin with a context of its own, which shares nothing with any other."""
        context = await browser.new_context(
            viewport={"width": width, "height": HEIGHT},
            color_scheme=theme,
            reduced_motion="reduce",
            bypass_csp=bypass_csp,
        )
        return cls(context, await context.new_page(), url.rstrip("/"), world)

    async def close(self) -> None:
        """Be done."""
        await self.context.close()

    def leave(self) -> None:
        """Hear no more of the page."""
        for event, listener in self._listeners:
            self.page.remove_listener(event, listener)

    async def load(self, path: str = "calls") -> None:
        """Open an address cold, and wait until the stream is there."""
        await self.page.goto(f"{self.url}/_emulator/ui/{quote(self.world)}/{path}")
        await expect(self.page.locator("span.live")).to_have_text("Connected")
        self._is_loaded = True

    async def goto(self, path: str = "calls") -> None:
        """Open the first address cold, and others as a link does, which takes a fifth as long.

        Either way the screen is a new one, and the stream is there.
        """
        if not self._is_loaded:
            await self.load(path)
            return
        below = urlsplit(self.url).path  # the public path of a server that has one
        await self.run(FOLLOW, f"{below}/_emulator/ui/{quote(self.world)}/{path}")
        await self.page.wait_for_function(ARRIVED)

    def text(self, text: str) -> Locator:
        """Whatever says this on the screen."""
        return self.page.locator("main").get_by_text(text)

    def button(self, name: str) -> Locator:
        """A button anywhere."""
        return self.page.get_by_role("button", name=name, exact=True)

    def rows(self) -> Locator:
        """The rows of the table that exist."""
        return self.page.locator(".space .row")

    def row(self, text: str) -> Locator:
        """The rows that say this."""
        return self.rows().filter(has_text=text)

    def requests(self, part: str) -> list[str]:
        """The addresses with this in them that the page asks for from now on."""
        asked: list[str] = []
        self.listen("request", lambda each: asked.append(each.url) if part in each.url else None)
        return asked

    async def sees(self, *texts: str) -> None:
        """Wait until the screen says all of these."""
        for text in texts:
            await expect(self.text(text).filter(visible=True).first).to_be_visible()

    async def follow(self, *targets: Locator) -> None:
        """Click one after another, and count the clicks."""
        for target in targets:
            await target.click()
            self.clicks += 1

    def answered(self) -> None:
        """End a question, which took a few clicks at most."""
        assert self.clicks <= MAX_CLICKS
        self.clicks = 0

    def to(self, path: str) -> Locator:
        """A link to a screen of this world."""
        return self.page.locator(f'a[href="/_emulator/ui/{quote(self.world)}/{path}"]')

    async def fill(self, **values: str) -> None:
        """Fill fields of a form by their names: ``agents_0_id`` is ``agents[0].id``."""
        for name, value in values.items():
            field = re.sub(r"_(\d+)_", r"[\1].", name)
            await self.page.locator(f"form [name='{field}']").fill(value)

    async def run(self, script: str, argument: Any = None) -> Any:
        """Work something out in the page."""
        return await self.page.evaluate(script, argument)
