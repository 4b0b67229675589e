"""The page for coding agents, ``/_emulator/llms.txt``."""

import json
import re
from typing import Final

import httpx

from emulator.docs.library import guides
from emulator.docs.text_index import SUMMARY
from emulator.vendors import discover
from tests.docs.blocks import DOCUMENTS

PAGE: Final = "/_emulator/llms.txt"
FORM: Final = re.compile(
    r"# [^\n]+\n\n> [^\n]+\n\n(?:[^#\n][^\n]*\n|\n)+"
    r"(?:## [^\n]+\n\n(?:- \[[^\]]+\]\([^)]+\): [^\n]+\n)+\n?)+"
)
"""A title, a summary, text without headings, then sections of links: https://llmstxt.org."""
LINK: Final = re.compile(r"^- \[[^\]]+\]\(([^)]+)\)", re.MULTILINE)
REQUEST: Final = re.compile(r"`POST \S+?(/_emulator\S+)`")
BODY: Final = re.compile(r"`(\{.*\})`")


async def test_page_has_the_form_of_its_standard(http: httpx.AsyncClient) -> None:
    """The page is plain text: title, summary, what to know first, sections of links."""
    response = await http.get(PAGE)

    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert FORM.fullmatch(response.text)
    assert SUMMARY in DOCUMENTS["README"]


async def test_page_links_to_every_guide_and_document(http: httpx.AsyncClient) -> None:
    """Every guide, OpenAPI document and base URL is a link, and what it links to is served."""
    links = LINK.findall((await http.get(PAGE)).text)

    paths = [re.sub("^https?://[^/]+", "", each) for each in links]
    assert {f"/_emulator/guide/{topic}.md" for topic in guides()} < set(paths)
    documents = {f"/_emulator/openapi/{name}.json" for name in (*discover(), "control")}
    vendors = {f"/{name}" for name in discover()}
    assert documents | vendors < set(paths)
    for path in set(paths) - documents - vendors:  # other tests ask for these
        assert (await http.get(path)).status_code == 200, path


async def test_requests_on_the_page_can_be_sent(http: httpx.AsyncClient) -> None:
    """The bodies on the page create a world and advance it, one after another."""
    text = (await http.get(PAGE)).text
    create, advance = REQUEST.findall(text)
    settings, *steps = (json.loads(each) for each in BODY.findall(text.replace("` and", "`\n")))

    world = await http.post(create, json=settings)
    headers = {"X-Emulator-World": world.json()["name"]}
    done = [await http.post(advance, json=step, headers=headers) for step in steps]

    assert world.status_code == 201
    assert [each.status_code for each in done] == [200, 200, 200]


async def test_guides_are_markdown_for_programs(http: httpx.AsyncClient) -> None:
    """A guide's address with .md is the guide, whose links lead to other guides as Markdown."""
    response = await http.get("/_emulator/guide/quickstart.md")

    assert response.headers["content-type"] == "text/markdown; charset=utf-8"
    assert response.text.startswith("# Quickstart\n")
    for topic in re.findall(r"\]\(([\w-]+)\.md", response.text):
        assert topic in guides()
    assert (await http.get("/_emulator/guide/quikstart.md")).status_code == 404


async def test_index_of_guides_leads_to_the_page(http: httpx.AsyncClient) -> None:
    """The list of guides, and what programs get at the root, name the page."""
    index = await http.get("/_emulator/guide/")
    front = await http.get("/")

    assert 'href="/_emulator/llms.txt"' in index.text
    assert front.json()["llms"].endswith(PAGE)


async def test_page_is_read_only(http: httpx.AsyncClient) -> None:
    """Nothing can be written to the page, and other sites' pages cannot read it."""
    written = await http.post(PAGE)
    foreign = await http.get(PAGE, headers={"Host": "evil.example"})

    assert (written.status_code, foreign.status_code) == (405, 403)
