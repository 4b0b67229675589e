"""The guides: found, linked, printed by the program and served as pages."""

import re
from html.parser import HTMLParser
from typing import Final

import httpx
import pytest
from click.testing import CliRunner

from emulator.cli import main
from emulator.docs.library import ORDER, UnknownGuideError, guide_about, guides
from emulator.docs.pages import anchor_of
from emulator.vendors import discover
from tests.docs.blocks import DOCUMENTS
from tests.readme import ROOT, documents

TOPICS: Final = [pytest.param(topic, id=topic) for topic in guides()]
LINK: Final = re.compile(r"!?\[[^\]]*\]\(([^)]+)\)")
CODE: Final = re.compile(r"^```.*?^```$|`[^`\n]*`", re.DOTALL | re.MULTILINE)
HEADING: Final = re.compile(r"^#+ (.*)$", re.MULTILINE)
TOO_LONG: Final = 200


class Page(HTMLParser):
    """What a browser would follow and load of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.anchors: set[str] = set()
        self.tags: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.add(tag)
        if tag == "a":
            self.links.append(given["href"] or "")
        self.loaded += [given[name] or "" for name in ("src",) if name in given]
        if tag == "link":
            self.loaded.append(given["href"] or "")
        if given.get("id"):
            self.anchors.add(given["id"] or "")


def test_every_file_is_a_guide() -> None:
    """Each Markdown file beside the code is listed, in its place."""
    assert set(guides()) == set(documents()) - {"README"}
    assert [*guides()] == [*ORDER, *discover()]


@pytest.mark.parametrize("topic", TOPICS)
def test_guide_begins_with_title_and_summary(topic: str) -> None:
    """A list of guides shows a title and one short paragraph of each."""
    guide = guide_about(topic)

    assert guide.text.startswith(f"# {guide.title}\n\n{guide.summary}\n\n")
    assert guide.summary.endswith(".")
    assert len(guide.summary) < TOO_LONG


@pytest.mark.parametrize("topic", [pytest.param(topic, id=topic) for topic in DOCUMENTS])
def test_links_lead_somewhere(topic: str) -> None:
    """In a checkout, each relative link leads to a file, and to a heading of it."""
    folder = documents()[topic].parent
    for link in LINK.findall(CODE.sub("", DOCUMENTS[topic])):
        target, _, anchor = link.partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        path = (folder / target).resolve() if target else documents()[topic]
        assert path.is_relative_to(ROOT)
        assert path.is_file(), link
        if anchor:
            anchors = {anchor_of(heading) for heading in HEADING.findall(path.read_text())}
            assert anchor in anchors, link


@pytest.mark.parametrize("topic", TOPICS)
async def test_links_of_a_page_lead_somewhere(http: httpx.AsyncClient, topic: str) -> None:
    """Served, each link between guides leads to a page, and to a heading of it."""
    page = await http.get(f"/_emulator/guide/{topic}")
    assert page.status_code == 200

    for link in Page(page.text).links:
        target, _, anchor = link.partition("#")
        if target.startswith("https://") or target == "/_emulator/ui":
            continue
        assert target == "" or target.startswith("/_emulator/guide/"), link
        other = page if target == "" else await http.get(target)
        assert other.status_code == 200, link
        assert not anchor or anchor in Page(other.text).anchors, link


@pytest.mark.parametrize("topic", TOPICS)
async def test_page_shows_the_guide_and_nothing_that_runs(
    http: httpx.AsyncClient, topic: str
) -> None:
    """A page has the guide's headings, tables and pictures, a style sheet and no script."""
    response = await http.get(f"/_emulator/guide/{topic}")

    page = Page(response.text)
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    own, pictures = page.loaded[:2], page.loaded[2:]
    assert own == ["/_emulator/ui/-/icon.svg", "/_emulator/guide/-/guide.css"]
    assert len(pictures) == guide_about(topic).text.count("](static/")
    for each in pictures:
        picture = await http.get(each)
        assert (picture.status_code, picture.headers["content-type"]) == (200, "image/png"), each
    assert "script" not in page.tags
    assert "<!-- " not in response.text
    assert "&lt;!-- " not in response.text
    assert ("table" in page.tags) == ("|---" in guide_about(topic).text)


async def test_index_lists_every_guide(http: httpx.AsyncClient) -> None:
    """The first page leads to every guide, and to the dashboard."""
    for path in ("/_emulator/guide", "/_emulator/guide/"):
        page = Page((await http.get(path)).text)

        assert {f"/_emulator/guide/{topic}" for topic in guides()} < set(page.links)
        assert "/_emulator/ui" in page.links


async def test_dashboard_leads_to_the_guides(http: httpx.AsyncClient) -> None:
    """Around every screen of the dashboard is a link to the guides."""
    frame = await http.get("/_emulator/ui/-/frame.js")

    assert "href: `${BASE}/_emulator/guide/`" in frame.text


async def test_page_may_load_only_its_own_style_sheet(http: httpx.AsyncClient) -> None:
    """A browser is told to run nothing, to load nothing from elsewhere, and to show no frame."""
    response = await http.get("/_emulator/guide/faults")

    policy = response.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'self';")
    assert "script" not in policy
    assert "frame-ancestors 'none'" in policy
    style = await http.get("/_emulator/guide/-/guide.css")
    assert style.headers["content-type"].startswith("text/css")


async def test_unknown_guide_is_refused_with_the_nearest(http: httpx.AsyncClient) -> None:
    """A mistyped topic is answered with the one that was probably meant."""
    response = await http.get("/_emulator/guide/fautls")

    assert response.status_code == 404
    assert response.json()["detail"] == 'unknown guide "fautls"; did you mean "faults"?'


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        pytest.param("POST", {}, 405, id="written-to"),
        pytest.param("GET", {"Host": "evil.example"}, 403, id="rebound-name"),
        pytest.param("GET", {"Sec-Fetch-Site": "cross-site"}, 403, id="other-site"),
        pytest.param(
            "GET",
            {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"},
            200,
            id="link-on-another-site",
        ),
    ],
)
async def test_guides_are_guarded_as_the_dashboard_is(
    http: httpx.AsyncClient, method: str, headers: dict[str, str], status: int
) -> None:
    """Pages of other sites may link to a guide and do nothing else with it."""
    response = await http.request(method, "/_emulator/guide/faults", headers=headers)

    assert response.status_code == status


@pytest.mark.parametrize("topic", TOPICS)
def test_program_prints_the_guide(topic: str) -> None:
    """Printed, the guide's links are commands to type."""
    printed = CliRunner().invoke(main, ["docs", topic])

    assert printed.exit_code == 0
    assert printed.stdout.splitlines()[0] == f"# {guide_about(topic).title}"
    assert ".md)" not in printed.stdout
    assert "<!--" not in printed.stdout
    for other in re.findall(r"\(voicebot-emulator docs ([\w-]+)\)", printed.stdout):
        assert other in guides()


def test_program_lists_the_guides() -> None:
    """Without a topic, every guide is a line with its title."""
    printed = CliRunner().invoke(main, ["docs"])

    listed = [line.split()[0] for line in printed.stdout.splitlines()[1:]]
    assert listed == [*guides()]


def test_program_names_the_nearest_guide() -> None:
    """A mistyped topic ends with exit code 2 and the topic that was probably meant."""
    printed = CliRunner().invoke(main, ["docs", "intorn"])

    assert printed.exit_code == 2
    assert 'unknown guide "intorn"; did you mean "intron"?' in printed.stderr


def test_unknown_guide_without_a_near_one_names_none() -> None:
    """Nothing is suggested where nothing is near."""
    with pytest.raises(UnknownGuideError, match=r'^unknown guide "xyzzy"$'):
        guide_about("xyzzy")
