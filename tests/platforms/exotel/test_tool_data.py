"""What tools work with: knowledge corpora, tables with rows, and tenants."""

from typing import Any, Final

import httpx
import pytest

from tests.cases import each_case_alone
from tests.platforms.exotel.test_tools import IDS, reason_of, run_test
from tests.platforms.exotel.tool_use import (
    PYTHON,
    TABLE,
    data_of,
    make_corpus,
    make_tool,
    tools_server,
)
from tests.support import Json, World

HOURS: Final = "We open at nine.\n\nOn Sunday we are closed.\r\n \r\nParking is free."
LONG: Final = " ".join(f"Sentence number {number} is about pears." for number in range(40))


async def ask(world: World, method: str, path: str, **rest: Any) -> Json:
    """Return the data of a response that is a success."""
    response = await tools_server(world, method, path, **rest)
    assert response.is_success, response.text
    return data_of(response)


async def test_corpus_is_ready_ten_seconds_later_in_both_spellings(world: World) -> None:
    """The page's path says pending where the client's says processing; ``[[fail]]`` fails."""
    good = await make_corpus(world, "good", HOURS)
    bad = await make_corpus(world, "bad [[fail]]", HOURS)

    async def words(corpus_id: str) -> list[str]:
        paths = (f"/{name}/{corpus_id}" for name in ("knowledgecorpora", "knowledge-corpora"))
        return [(await ask(world, "GET", path))["status"] for path in paths]

    async def listed(query: str) -> list[str]:
        found = await ask(world, "GET", f"/knowledge-corpora?{query}")
        return [each["name"] for each in found]

    early = [await words(good), await listed("status=processing&limit=1")]
    await world.advance(10)
    late = [await words(good), await words(bad)]
    found = [await listed(each) for each in ("status=failed", "to_date=2025-12-31", "")]

    assert early == [["pending", "processing"], ["bad [[fail]]"]]
    assert late == [["ready"] * 2, ["failed"] * 2]
    assert found == [["bad [[fail]]"], [], ["bad [[fail]]", "good"]]
    assert IDS.match(good)


@each_case_alone(
    ("question", "answer"),
    [
        pytest.param("Are you CLOSED on Sunday?", ("On Sunday we are closed.", "1.txt"), id="most"),
        pytest.param("When do you open?", ("We open at nine.", "1.txt"), id="first"),
        pytest.param("Which sentence is number 39?", ("number 39", "2.txt"), id="long"),
        pytest.param("Xyzzy", (None, None), id="none"),
    ],
)
async def test_knowledge_base_answers_from_the_texts(
    world: World, question: str, answer: tuple[Any, Any]
) -> None:
    """The passage that shares most words with the question is the answer, with its document."""
    corpus = await make_corpus(world, "texts", HOURS, LONG)
    tool = await make_tool(world, "hours", {"knowledge_corpus_id": corpus}, "knowledge_base")
    early = await run_test(world, tool, question=question)
    await world.advance(10)

    result = (await run_test(world, tool, question=question))["test_result"]

    text, document = answer
    assert early["details"]["error_message"] == "the knowledge corpus is pending"
    assert result["document"] == document
    assert (result["answer"] is None) if text is None else text in result["answer"]
    assert len(result["answer"] or "") <= 600


async def test_deleted_corpus_is_gone_with_its_texts(world: World) -> None:
    """Deleting has an empty response; a tool that needs the corpus fails, a new one is refused."""
    corpus = await make_corpus(world, "texts", HOURS)
    definition = {"knowledge_corpus_id": corpus}
    tool = await make_tool(world, "hours", definition, "knowledge_base")

    gone = await tools_server(world, "DELETE", f"/knowledge-corpora/{corpus}")

    again = await tools_server(world, "DELETE", f"/knowledgecorpora/{corpus}")
    failed = await run_test(world, tool, question="When?")
    body = {"name": "new", "type": "knowledge_base", "definition": definition}
    refused = await tools_server(world, "POST", "/tools", json=body)
    await world.advance(10)
    assert (gone.status_code, gone.content, again.status_code) == (204, b"", 404)
    assert failed["details"]["error_message"] == "the knowledge corpus was deleted"
    assert "is not a knowledge corpus of this tenant" in reason_of(refused)
    assert await ask(world, "GET", "/knowledge-corpora") == []


@each_case_alone(
    ("form", "problem"),
    [
        pytest.param([], "metadata is required; files is required", id="nothing"),
        pytest.param([("metadata", (None, "{"))], "metadata is not JSON", id="json"),
        pytest.param([("metadata", (None, "{}"))], "metadata.name is required", id="name"),
        pytest.param([("metadata", ("m.json", b"{}"))], "metadata must be a text field", id="file"),
        pytest.param(
            [("metadata", (None, '{"name": "x"}')), ("files[]", ("a", b"x" * 1_000_001))],
            "files must have at most 1,000,000 characters of text together",
            id="large",
        ),
    ],
)
async def test_bad_upload_is_refused(world: World, form: Any, problem: str) -> None:
    """What is wrong with a form is named, and no corpus is made."""
    files = [*form, ("other", (None, ""))]
    refused = await tools_server(world, "POST", "/knowledgecorpora", files=files)

    assert refused.status_code == 400
    assert problem in reason_of(refused)
    assert await ask(world, "GET", "/knowledgecorpora") == []


async def test_rows_are_added_changed_and_deleted(world: World) -> None:
    """Rows come in the order they were added; an update changes the values that it has."""
    table = f"/tables/{(await ask(world, 'POST', '/tables', json=TABLE))['id']}"
    rows = [{"item": "tea", "price": 2.5}, {"item": "bun", "sold": False}, {"item": "jam"}]
    added = await ask(world, "POST", f"{table}/rows", json={"rows": rows})

    await ask(world, "PUT", f"{table}/rows/{added[0]['id']}", json={"data": {"price": None}})
    gone = await tools_server(world, "DELETE", f"{table}/rows/{added[1]['id']}")
    shown = (await tools_server(world, "GET", f"{table}/rows")).json()
    second = await ask(world, "GET", f"{table}/rows?limit=1&offset=1")
    body = {"columns": [{"name": "item", "type": "string"}], "description": "less"}
    changed = await ask(world, "PUT", table, json=body)

    assert [each["data"] for each in added] == rows
    assert (gone.status_code, gone.content) == (204, b"")
    data = [each["data"] for each in shown["response"]["data"]]
    assert data == [{"item": "tea", "price": None}, {"item": "jam"}]
    assert shown["metadata"] == {"total": 2, "count": 2, "offset": 0, "limit": 50}
    assert [each["data"] for each in second] == [{"item": "jam"}]
    assert (changed["name"], changed["description"]) == ("prices", "less")
    first = await ask(world, "GET", f"{table}/rows/{added[0]['id']}")
    assert first["data"] == {"item": "tea"}
    assert all(IDS.match(each["id"]) for each in added)


async def test_table_is_deleted_with_its_rows(world: World) -> None:
    """A table that is deleted is in no list, its rows are found nowhere, and others keep theirs."""
    one, two = [(await ask(world, "POST", "/tables", json=TABLE))["id"] for _ in "12"]
    for each in (one, two):
        await ask(world, "POST", f"/tables/{each}/rows", json={"rows": [{"item": each}]})
    (row,) = await ask(world, "GET", f"/tables/{one}/rows")

    gone = await tools_server(world, "DELETE", f"/tables/{one}")

    missing = [
        (await tools_server(world, "GET", path)).status_code
        for path in (f"/tables/{one}", f"/tables/{one}/rows", f"/tables/{two}/rows/{row['id']}")
    ]
    assert (gone.status_code, gone.content, missing) == (204, b"", [404] * 3)
    assert [each["id"] for each in await ask(world, "GET", "/tables")] == [two]
    assert [each["data"] for each in await ask(world, "GET", f"/tables/{two}/rows")] == [
        {"item": two}
    ]


@each_case_alone(
    ("rows", "problem"),
    [
        pytest.param([], "rows must not be empty", id="none"),
        pytest.param([{"item": "a"}, {"item": 1}], "rows[1].item must be a string or", id="text"),
        pytest.param([{"price": True}], "rows[0].price must be a number or null", id="number"),
        pytest.param([{"sold": 1}], "rows[0].sold must be true or false or null", id="boolean"),
        pytest.param(
            [{"cost": 1}],
            "rows[0].cost is not a column; the columns are item, price, sold",
            id="unknown",
        ),
    ],
)
async def test_row_that_does_not_fit_is_refused(world: World, rows: Json, problem: str) -> None:
    """No row of the request is added, and a row is not changed, if one value does not fit."""
    path = f"/tables/{(await ask(world, 'POST', '/tables', json=TABLE))['id']}/rows"
    (row,) = await ask(world, "POST", path, json={"rows": [{"item": "a"}]})

    refused = await tools_server(world, "POST", path, json={"rows": rows})

    assert refused.status_code == 400
    assert problem in reason_of(refused)
    body = {"data": rows[-1] if rows else 1}
    assert (await tools_server(world, "PUT", f"{path}/{row['id']}", json=body)).status_code == 400
    assert await ask(world, "GET", path) == [row]


async def test_terminated_tenant_cannot_use_its_tools(world: World) -> None:
    """Spawning and terminating have empty responses; a tenant is created once."""
    tool = await make_tool(world, "adder", PYTHON, "python")

    async def create(tenant: str) -> httpx.Response:
        own = world.made["credentials"]["exotel"]
        auth = (own["api_key"], own["api_token"])  # which select the world, as the path does not
        body = {"tenant_id": tenant, "name": "Acme"}
        return await world.http.post("/tools/api/v1/tenants", json=body, auth=auth)

    before = await tools_server(world, "POST", "/spawn")
    made, again, odd = [await create(each) for each in (world.account, world.account, "a/b")]
    results = []
    for path in ("/spawn", "/terminate", "/spawn"):
        changed = await tools_server(world, "POST", path)
        assert (changed.status_code, changed.content) == (204, b"")
        results.append((await run_test(world, tool, x=1, y=2))["details"]["error_message"])

    assert [each.status_code for each in (before, made, again, odd)] == [404, 201, 409, 400]
    assert data_of(made)["tenant_id"] == world.account
    assert results == [None, "the tenant is terminated: spawn it again", None]


async def test_everything_is_in_a_fork(world: World) -> None:
    """A fork has tools, texts, rows and tenants of its own from the moment it is made."""
    corpus = await make_corpus(world, "texts", HOURS)
    tool = await make_tool(world, "hours", {"knowledge_corpus_id": corpus}, "knowledge_base")
    table = f"/tables/{(await ask(world, 'POST', '/tables', json=TABLE))['id']}/rows"
    await ask(world, "POST", table, json={"rows": [{"item": "tea"}, {"item": "bun"}]})
    await tools_server(world, "DELETE", f"{table}/{(await ask(world, 'GET', table))[0]['id']}")
    made = await world.http.post("/_emulator/worlds", json={"from": world.name})
    fork = World(world.http, made.json())

    await tools_server(world, "DELETE", f"/knowledgecorpora/{corpus}")
    await fork.advance(10)
    await ask(fork, "POST", table, json={"rows": [{"item": "jam"}]})
    result = await run_test(fork, tool, question="Is parking free?")
    rows = [[each["data"] for each in await ask(some, "GET", table)] for some in (world, fork)]

    assert result["test_result"]["answer"] == "Parking is free."
    assert rows == [[{"item": "bun"}], [{"item": "bun"}, {"item": "jam"}]]
    await world.http.delete(f"/_emulator/worlds/{fork.name}")
