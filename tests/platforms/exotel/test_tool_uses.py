"""Bots use tools during calls: which, when, with what inputs, and what they say of the result."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final

import httpx
import pytest
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

from emulator.app import Emulator
from emulator.callbacks.asgi_transport import AsgiTransport
from emulator.clock import ClockMode
from emulator.settings import Settings
from tests.cases import each_case_alone
from tests.platforms.exotel.tool_use import (
    PYTHON,
    document,
    make_corpus,
    make_tool,
    tools_server,
)
from tests.support import Json, World, served

SERVER: Final = "http://crm.test"
CALLER: Final = "+919876543210"
SCENARIO: Final = {"behavior": "answered", "ring_seconds": 1, "talk_seconds": 60}
ASKS: Final = [
    {"speaker": "user", "text": "Hello, my order id is A-4711"},
    {"speaker": "bot", "text": "How can I help?"},
    {"speaker": "user", "text": "What is the status of my order?"},
    {"speaker": "bot", "text": "Is there anything else?"},
]


class Lookup(BaseModel):
    """What the vendor's page sends."""

    phone_number: str


def crm() -> FastAPI:
    """Return a tool server as its user writes it, from the page alone."""
    app = FastAPI(servers=[{"url": SERVER}])

    @app.post("/api/customers/lookup", operation_id="lookup_customer")
    def lookup(asked: Lookup) -> dict[str, str]:
        if asked.phone_number != CALLER:
            raise HTTPException(404)
        return {"answer": "Welcome back, Asha. Your plan is Gold.", "customer_id": "C-7"}

    @app.post("/slow", operation_id="slow", include_in_schema=False)
    async def wait_forever() -> None:
        await asyncio.Event().wait()

    return app


def bound(tool: Json, **parameters: Any) -> Json:
    """Return a tool as an assistant names it; ``static`` values are those that are no objects."""
    shown = {
        name: each if isinstance(each, dict) else {"source": "static", "value": each}
        for name, each in parameters.items()
    }
    return {"tool_id": tool["id"], "version_id": tool["latest_version_id"], "parameters": shown}


def state(name: str) -> Json:
    return {"source": "conversation_state", "value": name}


async def attach(world: World, bot_id: str, *tools: Json) -> None:
    """Push a stable version of a bot's assistant that has these tools, as the vendor's client."""
    shown = (await world.control("GET", f"/exotel/bots/{bot_id}")).json()
    path = f"/assistants/{shown['assistant_config']['assistant_id']}/versions"
    data = {"agents": [{"role": "main", "instruction": "help", "tools": [*tools]}]}
    body = {"source_version": "stable", "mark_as_stable": "true", "data": data}
    pushed = await world.exotel("POST", path, json=body)
    assert pushed.status_code == 200, pushed.text


async def talked(world: World, bot_id: str, **fields: Any) -> tuple[Json, Json]:
    """Return the uses of tools of a call that has ended, and its transcript."""
    call = await world.call(bot_id, **{"scenario": SCENARIO} | fields)
    await world.advance()
    details = (await world.control("GET", f"/calls/{call['id']}")).json()["details"]
    return details.get("tool_uses"), details["transcript"]


@pytest.fixture
async def emulator() -> AsyncIterator[tuple[Emulator, httpx.AsyncClient]]:
    """An emulator beside which a user's tool server runs."""
    async with served(Settings(clock=ClockMode.FROZEN)) as (app, http):
        app.worlds.transports.mount(SERVER, AsgiTransport(crm(), 10))
        yield app, http


async def test_tool_server_of_a_user_is_called_and_its_answer_is_spoken(
    emulator: tuple[Emulator, httpx.AsyncClient],
) -> None:
    """During a call the bot asks the user's own server, and says what that responds.

    The use is in the transcript, the history, the explanation, the callbacks and the details.
    """
    _, http = emulator
    world = World(http, (await http.get("/_emulator/worlds/default")).json())
    bot_id = await world.bot()
    tool = await make_tool(world, "lookup_customer", crm().openapi())
    await attach(world, bot_id, bound(tool, phone_number=state("caller_number")))

    asked = [{"name": "lookup_customer", "after": 4}]
    call = await world.call(bot_id, scenario=SCENARIO, tools=asked)
    await world.advance()

    spoken = "Welcome back, Asha. Your plan is Gold."
    transcript = (await world.conversation(call))["transcript"]
    assert [each["speaker"] for each in transcript if each["text"] == spoken] == ["bot"]
    (use,) = (await world.control("GET", f"/calls/{call['id']}")).json()["details"]["tool_uses"]
    assert (use["status"], use["said"]) == ("succeeded", spoken)
    assert use["inputs"] == {"phone_number": CALLER}
    (sent,) = (await world.control("GET", f"/callbacks?call_id={call['id']}")).json()
    assert (sent["event"], sent["url"]) == ("tool_call", f"{SERVER}/api/customers/lookup")
    history = (await world.control("GET", f"/history?call_id={call['id']}&kind=tool")).json()
    (entry,) = history
    assert (entry["tool"], entry["status"]) == ("lookup_customer", "succeeded")
    assert entry["callback_id"] == sent["id"] == use["callback_id"]
    story = (await world.control("GET", f"/explain/{call['id']}")).json()["text"]
    used = f"tool lookup_customer(phone_number {CALLER}), by request: succeeded"
    assert f'{used}; the bot said "{spoken}"' in story


async def test_endpoint_that_is_too_slow_is_given_up(
    emulator: tuple[Emulator, httpx.AsyncClient],
) -> None:
    """An attempt takes no longer than the option says; the callback is kept with its time-out."""
    _, http = emulator
    world = World(http, (await http.get("/_emulator/worlds/default")).json())
    await world.control("PATCH", "/settings", json={"options": {"exotel": {"tool_seconds": 0.01}}})
    bot_id = await world.bot()
    tool = await make_tool(world, "slow", document(SERVER, "/slow"))
    await attach(world, bot_id, bound(tool))

    (use,), _ = await talked(world, bot_id, tools=[{"name": "slow"}])

    assert (use["status"], use["error"]) == ("failed", "timeout")


async def test_inputs_come_from_the_call_a_constant_and_the_conversation(world: World) -> None:
    """What the person says makes the bot use a tool; a later one has a field of its result."""
    bot_id = await world.bot()
    orders = await make_tool(world, "order_status", document(world.inbox_url, "/orders"))
    person = await make_tool(world, "person", document(world.inbox_url, "/person"))
    llm = {"source": "llm"}
    fields = {"order_id": llm, "channel": "voice", "session": state("session_id")}
    await attach(
        world, bot_id, bound(orders, **fields), bound(person, id=state("owner"), note=llm, x=llm)
    )
    for name, answer in (("orders", {"state": "sent", "owner": "P-1"}), ("person", "Ada")):
        await world.control("PUT", f"/inboxes/{name}", json={"answers": [{"json": answer}]})
    late = [{"name": "person", "inputs": {"note": [1]}, "after": 30}]

    uses, transcript = await talked(world, bot_id, transcript=ASKS, tools=late)

    (order,) = await world.inbox("orders")
    (owner,) = await world.inbox("person")
    assert order["json"].pop("session")
    assert order["json"] == {"order_id": "A-4711", "channel": "voice"}
    assert owner["json"] == {"id": "P-1", "note": [1], "x": "A-4711"}
    assert [each["trigger"] for each in uses] == ["speech", "request"]
    assert [each["text"] for each in transcript] == [
        "Hello! How can I help you today?",
        *(each["text"] for each in ASKS[:3]),
        "state: sent, owner: P-1",
        ASKS[3]["text"],
        "Ada",
    ]
    seconds = [each["second"] for each in transcript]
    assert seconds == sorted(seconds)


@pytest.mark.parametrize(
    ("answers", "options", "attempts", "error"),
    [
        pytest.param([500], {}, 1, "the endpoint responded with status 500", id="once"),
        pytest.param([500, 200], {"tool_retries": [2]}, 2, None, id="again"),
    ],
)
async def test_endpoint_that_fails_is_apologized_for(
    world: World, answers: Json, options: Json, attempts: int, error: str | None
) -> None:
    """The bot says that it could not look it up; an option has it ask again."""
    await world.control("PATCH", "/settings", json={"options": {"exotel": options}})
    bot_id = await world.bot()
    tool = await make_tool(world, "lookup", document(world.inbox_url))
    await attach(world, bot_id, bound(tool))
    await world.control("PUT", "/inboxes/lookup", json={"answers": answers})

    (use,), transcript = await talked(world, bot_id, tools=[{"name": "lookup"}])

    assert use["error"] == error
    assert len(await world.inbox("lookup")) == attempts
    sorry = "I am sorry, I could not look that up."
    assert (sorry in [each["text"] for each in transcript]) is (error is not None)


async def test_other_tools_answer_at_once(world: World) -> None:
    """Python results in what was set, a knowledge base in a passage; numbers are understood."""
    bot_id = await world.bot()
    corpus = await make_corpus(world, "hours", "We open at nine.\n\nOn Sunday we are closed.")
    hours = await make_tool(world, "hours", {"knowledge_corpus_id": corpus}, "knowledge_base")
    adder = await make_tool(world, "sum", PYTHON, "python")
    await world.control("PUT", f"/exotel/tools/{adder['id']}/script", json={"result": 4})
    await attach(world, bot_id, bound(hours), bound(adder, y=2), {"tool_id": "nope"}, bound(adder))
    await world.advance(10)
    said = ["The sum with x is 2, please", "What are your hours on Sunday?"]
    turns = [{"speaker": "user", "text": each} for each in said]

    uses, transcript = await talked(world, bot_id, transcript=turns)

    assert [each["inputs"] for each in uses] == [{"x": 2, "y": 2}, {"question": said[1]}]
    texts = [each["text"] for each in transcript]
    assert texts[1:] == [said[0], "result: 4", said[1], "On Sunday we are closed."]
    (call,) = (await world.control("GET", "/calls")).json()
    shown = (await world.control("GET", f"/calls/{call['id']}")).json()
    notes = shown["details"]["tool_notes"]
    assert notes == ["agents[0].tools[2] names no tool of the account: tool_id is nope"]


@each_case_alone(
    ("use", "problem"),
    [
        pytest.param({"name": "other"}, "tools[0].name is not attached to the", id="name"),
        pytest.param({"name": "off"}, "tools[0].name is not active; activate", id="inactive"),
        pytest.param(
            {"name": "lookup", "inputs": {"x": 1}}, "tools[0].inputs.x comes from static", id="x"
        ),
        pytest.param({"name": "lookup", "after": -1}, "tools[0].after must be at l", id="after"),
    ],
)
async def test_tool_that_the_bot_does_not_have_is_refused(
    world: World, use: Json, problem: str
) -> None:
    """The request names what is wrong, and no call is placed; nor is it with a flow."""
    bot_id = await world.bot()
    lookup = await make_tool(world, "lookup", document(world.inbox_url))
    off = await make_tool(world, "off", document(world.inbox_url))
    await tools_server(world, "PUT", f"/tools/{off['id']}", json={"status": "inactive"})
    await attach(world, bot_id, bound(lookup, x=1), bound(off))
    body = {"platform": "exotel", "bot_id": bot_id, "tools": [use]}

    refused = await world.control("POST", "/calls", json=body)

    assert (refused.status_code, problem in refused.json()["detail"]) == (400, True), refused.text
    assert (await world.control("GET", "/calls")).json() == []


async def test_webhooks_report_what_was_said_of_a_result(world: World) -> None:
    """Each turn of the transcript is reported once and when it ends, that of a tool included."""
    bot_id = await world.bot()
    tool = await make_tool(world, "order", document(world.inbox_url, "/order"))
    await attach(world, bot_id, bound(tool))
    hooks = {"transcript_events": {"url": f"{world.inbox_url}turns"}}
    await world.control("PUT", f"/exotel/bots/{bot_id}/webhooks", json=hooks)
    answer = {"answers": [{"json": {"answer": "It was sent."}}]}
    await world.control("PUT", "/inboxes/order", json=answer)

    _, transcript = await talked(world, bot_id, transcript=ASKS[:1], scenario=SCENARIO)

    reports = [
        message["json"]["events"][0]["event_data"]["transcript_segments"][0]
        for message in await world.inbox("turns")
    ]
    assert [each["text"] for each in reports] == [each["text"] for each in transcript]
    assert transcript[-1]["text"] == "It was sent."
    assert [each["sequence"] for each in reports] == [1, 2, 3]


async def test_use_goes_on_in_a_fork(world: World) -> None:
    """What is planned, heard and said is in a snapshot: both worlds continue alike."""
    bot_id = await world.bot()
    tool = await make_tool(world, "order", PYTHON, "python")
    await attach(world, bot_id, bound(tool, x=1, y=2))
    planned = [{"name": "order", "after": 25}]
    call = await world.call(bot_id, scenario=SCENARIO, transcript=ASKS, tools=planned)
    await world.advance(12)
    made = await world.http.post("/_emulator/worlds", json={"from": world.name})
    fork = World(world.http, made.json())

    shown = []
    for each in (world, fork):
        await each.advance()
        details = (await each.control("GET", f"/calls/{call['id']}")).json()["details"]
        shown.append([details["tool_uses"], details["transcript"]])

    assert shown[0] == shown[1]
    assert [each["trigger"] for each in shown[0][0]] == ["speech", "request"]
    await world.http.delete(f"/_emulator/worlds/{fork.name}")
