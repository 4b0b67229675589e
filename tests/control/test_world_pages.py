"""The list of worlds: its pages, their order, and the search by name."""

from functools import partial
from typing import Any

import httpx
import pytest

from emulator.app import create_app
from emulator.settings import Settings
from tests.cases import each_case
from tests.support import Json
from tests.work import work_of

LESS, MANY = 20, 200
NAMES = ("b", "ci-1", "a", "CI-2", "ci-3")


@pytest.fixture
async def filled(http: httpx.AsyncClient) -> httpx.AsyncClient:
    """A server with the worlds ``default`` and NAMES."""
    for name in NAMES:
        made = await http.post("/_emulator/worlds", json={"name": name})
        made.raise_for_status()
    return http


async def page(http: httpx.AsyncClient, **query: Any) -> tuple[list[str], int, str | None]:
    """Return the names on a page, the number of all that match, and the next cursor."""
    response = await http.get("/_emulator/worlds", params=query)
    assert response.status_code == 200, response.text
    total, cursor = (response.headers.get(f"X-{each}") for each in ("Total-Count", "Next-Cursor"))
    return [each["name"] for each in response.json()], int(total), cursor


async def pages(http: httpx.AsyncClient, **query: Any) -> list[list[str]]:
    """Return the names of every page."""
    found, cursor = [], None
    while True:
        names, _, cursor = await page(http, **query, **({"cursor": cursor} if cursor else {}))
        found.append(names)
        if cursor is None:
            return found


async def use(http: httpx.AsyncClient, *names: str) -> None:
    """Make a request in each of these worlds."""
    for name in names:
        await http.post("/_emulator/reset", headers={"X-Emulator-World": name})


@each_case(
    ("query", "expected", "total"),
    [
        pytest.param({}, [["default", *NAMES]], 6, id="one-page"),
        pytest.param({"limit": 6}, [["default", *NAMES]], 6, id="page-that-is-full"),
        pytest.param(
            {"limit": 4}, [["default", "b", "ci-1", "a"], ["CI-2", "ci-3"]], 6, id="pages"
        ),
        pytest.param({"name": "ci-"}, [["ci-1", "CI-2", "ci-3"]], 3, id="part-of-the-name"),
        pytest.param(
            {"name": "CI", "limit": 2}, [["ci-1", "CI-2"], ["ci-3"]], 3, id="pages-of-a-search"
        ),
        pytest.param({"name": "nope"}, [[]], 0, id="no-match"),
    ],
)
async def test_pages_follow_each_other_in_the_order_of_creation(
    filled: httpx.AsyncClient, query: Json, expected: list[list[str]], total: int
) -> None:
    """The pages have every world that matches once, and each says how many there are."""
    assert await pages(filled, **query) == expected
    assert (await page(filled, **query))[1] == total


async def test_pages_by_activity_begin_with_the_world_that_was_used_last(
    filled: httpx.AsyncClient,
) -> None:
    """Worlds that were never used come last, in the order of their creation."""
    await use(filled, "a", "ci-1")

    assert await pages(filled, sort="activity", limit=2) == [
        ["ci-1", "a"],
        ["default", "b"],
        ["CI-2", "ci-3"],
    ]
    assert await pages(filled, sort="activity", name="ci") == [["ci-1", "CI-2", "ci-3"]]


async def test_list_continues_after_a_world_that_was_deleted(filled: httpx.AsyncClient) -> None:
    """Worlds may be deleted and created between two pages; the others are shown once."""
    first, _, cursor = await page(filled, limit=3)
    for name in ("ci-1", "CI-2"):
        await filled.delete(f"/_emulator/worlds/{name}")
    await filled.post("/_emulator/worlds", json={"name": "ci-1"})

    assert first == ["default", "b", "ci-1"]
    assert await page(filled, limit=3, cursor=cursor) == (["a", "ci-3", "ci-1"], 5, None)


@each_case(
    ("query", "field"),
    [
        pytest.param({"limit": 0}, "limit", id="no-worlds"),
        pytest.param({"limit": 201}, "limit", id="too-many"),
        pytest.param({"cursor": "x"}, "cursor", id="cursor-is-a-text"),
        pytest.param({"cursor": -1}, "cursor", id="cursor-below-zero"),
        pytest.param({"name": ""}, "name", id="empty-name"),
        pytest.param({"offset": 3}, "offset", id="offset"),
    ],
)
async def test_bad_page_is_refused_and_the_field_named(
    http: httpx.AsyncClient, query: Json, field: str
) -> None:
    """What is no page is answered 400, and the problem names the field."""
    refused = await http.get("/_emulator/worlds", params=query)

    assert refused.status_code == 400
    assert [each["field"] for each in refused.json()["errors"]] == [field]


async def test_deletion_and_a_page_cost_the_same_among_many_worlds() -> None:
    """What it takes to delete a world, or to list a page, does not grow with their number."""
    found: list[tuple[int, int]] = []
    for count in (LESS, MANY):
        worlds = create_app(Settings()).worlds
        for number in range(count):
            worlds.create(name=f"w{number}")
        worlds.delete("w1")  # what is loaded once is not counted
        page = work_of(partial(worlds.index.after, 5, 10))
        found.append((work_of(partial(worlds.delete, "w7")), page))
        await worlds.stop()

    assert found[0] == found[1]
