"""The page of a request: its bodies to read, commands to paste, sending it again."""

import json

from playwright.async_api import expect

from tests.dashboard.pages import Looker
from tests.support import World

PATH = "/voicebooker/webhook"
SENT = (
    '{"action": "getEntityForSipId", "sipId": "unknown", "large": 12345678901234567890,'
    ' "a": {"b": {"c": {"d": [1.0]}}}}'
)


async def _open(looker: Looker, world: World) -> int:
    """Make a request and open its page."""
    headers = {"X-Emulator-World": world.name, "Content-Type": "application/json"}
    await world.http.post(PATH, content=SENT, headers=headers)
    (made,) = (await world.control("GET", "/history?kind=exchange&limit=1")).json()
    await looker.goto(f"requests/{made['number']}")
    return int(made["number"])


async def test_bodies_are_read_as_trees(looker: Looker, world: World) -> None:
    """JSON is collapsed below the third level, and numbers are shown as they were written."""
    await _open(looker, world)
    tree = looker.page.get_by_role("region", name="body of the request")

    await expect(tree).to_contain_text('"large": 12345678901234567890,')
    deepest = tree.get_by_text("1.0")
    await expect(deepest).to_be_hidden()
    await tree.get_by_text('"c": {').click()
    await tree.get_by_text('"d": [').click()
    await expect(deepest).to_be_visible()


async def test_requests_are_sent_again(looker: Looker, world: World) -> None:
    """A request is sent again as it was or edited, and its response leads to the new request."""
    number = await _open(looker, world)
    await looker.button("Send again").click()
    result = looker.page.locator(".resent")
    await expect(result).to_contain_text("Response 404")
    await looker.page.get_by_text("Edit and send").click()
    await looker.page.get_by_label("Body", exact=True).fill('{"action": "getBusinessName"}')
    await looker.button("Send the edited request").click()
    await expect(result).to_contain_text("Response 400")
    await result.get_by_role("link").click()

    await looker.sees('"getBusinessName"')
    made = (await world.control("GET", f"/history?kind=exchange&after={number}")).json()
    again, edited = [
        (await world.control("GET", f"/history/{each['number']}")).json() for each in made
    ]
    assert json.loads(again["body"]) == json.loads(SENT)
    assert edited["body"] == '{"action": "getBusinessName"}'


async def test_requests_are_copied_in_three_languages(looker: Looker, world: World) -> None:
    """A request can be pasted as curl, Python and Node, with its own headers and body."""
    await _open(looker, world)

    for name, start in (("curl", "curl -X POST"), ("Python", "import httpx"), ("Node", "const ")):
        summary = looker.page.get_by_text(f"As {name}", exact=True)
        if name != "curl":
            await summary.click()
        shown = summary.locator("xpath=..").locator("pre")
        await expect(shown).to_contain_text(start)
        await expect(shown).to_contain_text("12345678901234567890")
        await expect(looker.button(f"Copy as {name}").first).to_be_visible()
