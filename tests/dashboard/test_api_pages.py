"""The API pages in a browser that obeys their policy, with no other host in reach."""

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any, Final

import pytest
from playwright.async_api import Browser, Locator, expect

from emulator.control.document import control_document
from emulator.platforms import discover
from emulator.server import running
from emulator.settings import Settings
from tests.cases import checking
from tests.dashboard.pages import HEIGHT, Looker
from tests.openapi.documents import DOCUMENTS
from tests.snippets import NODE, ran_in_node, ran_in_python
from tests.support import World

each_platform = pytest.mark.parametrize("name", discover())


async def opened(looker: Looker, name: str, world: str | None = None) -> list[str]:
    """Open an API's page; return the addresses of other hosts that it asks for: none."""
    outside: list[str] = []

    def note(request: Any) -> None:
        if not request.url.startswith((looker.url, "data:", "blob:")):
            outside.append(request.url)

    looker.listen("request", note)
    await looker.page.goto(f"{looker.url}/_emulator/docs/{name}?world={world or looker.world}")
    await expect(looker.page.locator(".opblock").first).to_be_visible()
    return outside


async def unfolded(looker: Looker, method: str, path: str) -> Locator:
    """Unfold an operation; of a long list, only those in sight are there, so it is filtered."""
    if not await path_of(looker, path).count():
        await looker.page.get_by_placeholder("Filter").fill(path)
    shown = looker.page.locator(f".opblock-{method}", has=path_of(looker, path)).first
    if "is-open" not in (await shown.get_attribute("class") or ""):
        await shown.locator(".opblock-summary-control").click()
    await expect(shown.locator(".opblock-body")).to_be_visible()
    return shown


def path_of(looker: Looker, path: str) -> Locator:
    """Find an operation's path."""
    return looker.page.locator(f'.opblock-summary-path[data-path="{path}"]')


async def listed(looker: Looker) -> tuple[set[tuple[str, str]], set[str]]:
    """Scroll through a page; return the methods and paths of its operations, and the groups."""
    found, groups = set[tuple[str, str]](), set[str]()
    height = await looker.run("document.documentElement.scrollHeight")
    for top in range(0, height + HEIGHT, HEIGHT // 2):
        await looker.run(f"scrollTo(0, {top})")
        await looker.run(
            "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )
        seen = await looker.run(
            """[...document.querySelectorAll(".opblock-summary")].map((each) =>
              [each.querySelector(".opblock-summary-method").textContent.toLowerCase(),
               each.querySelector(".opblock-summary-path").dataset.path])"""
        )
        found |= {(method, path) for method, path in seen}
        groups |= {*await looker.page.locator(".opblock-tag a span").all_inner_texts()}
    return found, groups


async def check_operations(looker: Looker, name: str) -> None:
    """Each operation and webhook is there with how it is known."""
    whole = DOCUMENTS[name]
    items = [*whole["paths"].items(), *whole["webhooks"].items()]
    operations = [each for _, item in items for method, each in item.items() if method != "servers"]

    await expect(looker.page.locator(".opblock")).to_have_count(len(operations))
    badges = looker.page.locator(".opblock-summary .basis")
    await expect(badges).to_have_count(len(operations))
    shown = await badges.all_inner_texts()
    assert sorted(shown) == sorted(each["x-basis"] for each in operations)


async def check_request(looker: Looker, world: World, name: str) -> None:
    """Without anything filled in a request is accepted, in strict mode, and by this world."""
    operation = await unfolded(looker, *TRIED[name])
    await operation.get_by_role("button", name="Execute").click()

    status = operation.locator(".live-responses-table .response-col_status").last
    await expect(status).to_have_text(re.compile("^20[01]"))
    history = (await world.control("GET", "/history?kind=exchange")).json()
    assert [each["platform"] for each in history] == [name]


async def check_snippets(looker: Looker, world: World) -> None:
    """Eight languages show a request before it is sent; the one in Python runs as it is."""
    before = (await world.intron("GET", "/workflows")).json()["data"]
    operation = await unfolded(looker, "post", "/voicebot/v1/workflows")
    await operation.get_by_role("button", name="Clear").click()  # the response
    await operation.locator("textarea").fill(
        json.dumps({"name": "Zoë's", "workflow_type": "ROBOCALL", "message": "Hello"})
    )
    titles = ["curl", "Python", "Node", "Go", "Java", "PHP", "Ruby", "C#"]
    texts: dict[str, str] = {}
    for title in titles:
        await operation.locator(".drafts").get_by_text(title, exact=True).click()
        texts[title] = await operation.locator(".drafts pre").inner_text()

    assert len(set(texts.values())) == len(titles)
    assert [title for title, text in texts.items() if world.key not in text] == []
    ran = [ran_in_python(texts["Python"])]
    ran += [ran_in_node(texts["Node"])] if NODE else []
    assert [printed[:4] for printed in ran] == ["200 "] * len(ran)
    workflows = (await world.intron("GET", "/workflows")).json()["data"]
    made = [each["name"] for each in workflows if each not in before]
    assert made == ["Zoë's"] * len(ran)


async def check_operation_of_another_host(looker: Looker, world: World) -> None:
    """A browser cannot send another Host; the snippet does, and reaches the emulator."""
    operation = await unfolded(looker, "post", "/call")
    await expect(operation.get_by_role("button", name="Execute")).to_have_count(0)
    await expect(operation).to_contain_text("A browser cannot send it")
    await operation.locator(".drafts").get_by_text("Python", exact=True).click()
    text = await operation.locator(".drafts pre").inner_text()

    before = (await world.control("GET", "/history?kind=exchange")).json()
    ran_in_python(text)

    exchanges = (await world.control("GET", "/history?kind=exchange")).json()
    (exchange,) = exchanges[len(before) :]
    assert (exchange["operation"], exchange["method"]) == ("place_conversations", "POST")


async def check_nested_fields(looker: Looker, _: World) -> None:
    """A field of an object in a list stands within both, with its own basis."""
    operation = await unfolded(looker, "post", "/voicebot/v1/call")
    await operation.get_by_role("tab", name="Schema").first.click()

    inner = operation.locator(
        ".json-schema-2020-12-property .json-schema-2020-12-property", has_text="phone_number"
    )
    await expect(inner.first).to_be_visible()
    await expect(inner.first.locator(".basis").first).to_have_text("documented")


async def check_choices(looker: Looker, _: World) -> None:
    """The address says which API and which world's credentials are shown."""
    await looker.page.get_by_label("World").select_option("default")
    await expect(looker.page).to_have_url(f"{looker.url}/_emulator/docs/intron?world=default")
    title = discover()["voicebooker"].title
    await looker.page.get_by_role("link", name=title).click()
    await expect(looker.page).to_have_url(f"{looker.url}/_emulator/docs/voicebooker?world=default")
    await expect(looker.page.locator(".info .title")).to_contain_text(title)


async def check_parts_of_a_field(looker: Looker, _: World) -> None:
    """A word that a parameter takes may be known worse than the parameter."""
    operation = await unfolded(looker, "get", "/api/v1/console/workflows")

    part = operation.locator("tr[data-param-name=sort] .part", has_text="-updated_at")
    await expect(part.locator(".basis")).to_have_text("assumed")


async def check_field_of_its_own_kind(looker: Looker, _: World) -> None:
    """A parameter may have parameters: its schema is shown down to where it comes again."""
    path = "/api/v1/console/agents/{agentId}/integrations/custom_api/{integrationId}/tools"
    operation = await unfolded(looker, "post", path)
    await operation.get_by_role("tab", name="Schema").first.click()

    titles = operation.locator(".json-schema-2020-12__title")
    await expect(titles.filter(has_text="AddTool").first).to_be_visible()
    await expect(titles.filter(has_text=re.compile("^items$")).first).to_be_visible()


async def check_filter(looker: Looker, _: World) -> None:
    """The field above the list leaves the operations whose path has a word in it."""
    await looker.page.get_by_placeholder("Filter").fill("phone-numbers")

    await expect(path_of(looker, "/api/v1/console/agents")).to_have_count(0)
    await expect(path_of(looker, "/api/v1/console/phone-numbers").first).to_be_visible()


Check = Callable[[Looker, World], Awaitable[None]]
TRIED: Final = {
    "intron": ("post", "/voicebot/v1/workflows"),
    "bimpe": ("get", "/api/v1/console/agents"),
    "voicebooker": ("post", "/app/api/v1/makeCall"),
    "exotel": ("post", "/voicebot/api/v2/accounts/{accountId}/bot-generation"),
}
"""Operations with all kinds of credentials and bodies."""
DETAILS: Final[dict[str, tuple[Check, ...]]] = {
    "intron": (check_snippets, check_operation_of_another_host, check_nested_fields, check_choices),
    "bimpe": (check_parts_of_a_field, check_field_of_its_own_kind, check_filter),
}
"""What else is checked on the page of an API, which takes long to open; the last may leave it."""


@each_platform
async def test_page_shows_every_operation_and_tries_one(
    looker: Looker, world: World, name: str
) -> None:
    """Every operation has its basis, a request its credential; no other host is asked."""
    await world.control("PATCH", "/settings", json={"auth": "strict"})
    outside = await opened(looker, name)
    with checking() as checks:
        with checks("operations"):
            await check_operations(looker, name)
        with checks("request"):
            if name in TRIED:
                await check_request(looker, world, name)
        for check in DETAILS.get(name, ()):
            with checks(check.__name__):
                await check(looker, world)
    assert outside == []


async def test_control_api_has_a_page(looker: Looker, world: World) -> None:
    """Every route is there in its group, and acts on the chosen world."""
    outside = await opened(looker, "control")
    whole = control_document(discover().values())
    operations = {
        (method, path): operation
        for path, item in whole["paths"].items()
        for method, operation in item.items()
    }
    found, groups = await listed(looker)
    assert found == operations.keys()
    assert groups == {tag for each in operations.values() for tag in each["tags"]}

    operation = await unfolded(looker, "post", "/_emulator/first-call")
    await operation.get_by_role("button", name="Execute").click()

    status = operation.locator(".live-responses-table .response-col_status").last
    await expect(status).to_have_text(re.compile("^201"))
    assert len((await world.control("GET", "/calls")).json()) > 0
    assert outside == []


async def test_token_is_taken_from_the_dashboard(browser: Browser) -> None:
    """Where the emulator has a token, the pages send the one that the dashboard was given."""
    with running(Settings(port=0, token="sesame")) as app:
        url = app.worlds.settings.base_url
        looker = await Looker.open(browser, url, "default")
        await looker.page.goto(f"{url}/_emulator/docs/control#token=sesame")
        await expect(looker.page.locator(".opblock").first).to_be_visible()
        operation = await unfolded(looker, "get", "/_emulator/clock")
        await operation.get_by_role("button", name="Execute").click()

        status = operation.locator(".live-responses-table .response-col_status").last
        await expect(status).to_have_text(re.compile("^200"))
        await looker.close()
