"""The vendor's published Python client completes whole sessions against a running server."""

import asyncio
from collections.abc import Iterator
from typing import Any, Final

import bimpeai
import httpx
import pytest
from bimpeai import AsyncBimpeAI, BimpeAI

from emulator.server import running
from emulator.settings import Settings
from tests.platforms.bimpe.support import BUSY, PERSON, visitor
from tests.support import Json

WORKFLOW: Final[Any] = {
    "name": "Shop",
    "system_prompt": "You sell shoes.",
    "flows": [
        {
            "name": "Orders",
            "trigger_keywords": [{"keyword": "order", "weight": "high"}],
            "conversation_steps": [{"type": "text_response", "content": "Which order?"}],
        }
    ],
    "guide": {"steps": ["One"], "youtube_url": "https://youtu.be/1"},
}
ANSWERED: Final = "Which order?"

LATER: Final[Json] = {"message_response": "message", "default_role": "assistant"}
"""The options with which the assistant replies later, and an operator writes without a role."""


class Served:
    """A frozen world on a running server, with its URL, key and clock."""

    def __init__(self, control: httpx.Client) -> None:
        made = control.post("/_emulator/worlds", json={"seed": 3}).json()
        self.name: str = made["name"]
        self.key: str = made["credentials"]["bimpe"]["api_key"]
        self.url: str = made["base_urls"]["bimpe"]
        self._control = control

    def control(self, method: str, path: str, body: Json = None) -> Json:
        headers = {"X-Emulator-World": self.name}
        response = self._control.request(method, f"/_emulator{path}", json=body, headers=headers)
        assert response.is_success, response.text
        return response.json()

    def advance(self) -> None:
        self.control("POST", "/clock/advance", {"until": "idle"})

    def options(self, **values: Json) -> None:
        self.control("PATCH", "/settings", {"options": {"bimpe": values}})


@pytest.fixture(scope="module")
def control() -> Iterator[httpx.Client]:
    with (
        running(Settings(port=0)) as app,
        httpx.Client(base_url=app.worlds.settings.base_url, trust_env=False) as control,
    ):
        yield control


@pytest.fixture
def served(control: httpx.Client) -> Served:
    return Served(control)


@pytest.fixture
def client(served: Served) -> Iterator[BimpeAI]:
    with (
        httpx.Client(trust_env=False) as http,
        BimpeAI(api_key=served.key, base_url=served.url, http_client=http, max_retries=0) as client,
    ):
        yield client


def test_session_of_the_client(served: Served, client: BimpeAI) -> None:
    """From a workflow and an agent to conversations, calls and numbers, and back."""
    public = client.workflows.list(scope="public").data[0]
    workflow = client.workflows.create(**WORKFLOW)
    copied = client.workflows.clone(source_workflow_id=public.id)
    assert client.workflows.update(copied.id, tags=["v2"]).tags == ["v2"]
    assert client.workflows.retrieve(workflow.id).flows[0].name == "Orders"
    client.workflows.delete(copied.id)

    agent = client.agents.create(workflow_id=workflow.id, name="Bo", description="Sells")
    assert agent.workflow is not None
    assert client.agents.update(agent.id, persona="concise").persona == "concise"
    assert client.agents.update_live_status(agent.id, status="live").status == "live"
    code = client.agents.get_test_code(agent.id)
    assert code.channels.whatsapp.start_message == f"start {code.code}"
    assert {each.type for each in client.agents.channels.list(agent.id)} >= {"whatsapp", "webchat"}

    served.options(**LATER)
    started = client.conversations.send(
        agent.id,
        message="my order",
        role="user",
        channel_type="whatsapp",
        channel_user_id="+15551234567",
    )
    served.advance()
    (conversation,) = client.conversations.list(agent.id, channel="whatsapp", search="order")
    messages = client.conversations.messages
    said = list(messages.list(agent.id, conversation.id, sort="created_at"))
    assert [(each.role, each.message) for each in said] == [
        ("user", "my order"),
        ("assistant", ANSWERED),
    ]
    assert messages.retrieve(agent.id, conversation.id, started.id).message == "my order"
    status = client.conversations.set_ai_status(agent.id, conversation.id, is_ai_chat_paused=True)
    assert status.is_ai_chat_paused
    assert messages.send(agent.id, conversation.id, message="Hello").role == "assistant"
    detail = client.conversations.retrieve(agent.id, conversation.id)
    assert (detail.phone_number, detail.is_ai_chat_paused) == ("+15551234567", True)

    client.phone_numbers.requests.create(
        business_name="Shoes",
        intended_use="Support",
        region="ng",
        agent_count=1,
        outbound_minutes=10,
    )
    (asked,) = client.phone_numbers.requests.list()
    served.control("PATCH", f"/bimpe/phone-number-requests/{asked.id}", {"status": "fulfilled"})
    (number,) = client.phone_numbers.list()
    linked = client.phone_numbers.update(number.id, agent_id=agent.id, label="Line")
    assert linked == client.phone_numbers.retrieve(number.id)
    for destination, ends in ((PERSON, "ended"), (BUSY, "busy")):
        made = client.calls.make(agent.id, {"destination": destination, "is_test_call": False})
        assert (made.status, made.call_id is None) == ("initiated", False)
        served.advance()
        call = client.calls.retrieve(agent.id, made.call_id or "")
        assert (call.status, call.source) == (ends, number.e164)
        assert bool(call.conversation_logs) == (ends == "ended")
    assert [each.status for each in client.calls.list(agent.id, status="busy")] == ["busy"]
    client.agents.delete(agent.id)
    with pytest.raises(bimpeai.NotFoundError, match="Agent not found"):
        client.agents.retrieve(agent.id)


def test_client_manages_integrations_and_knowledge_bases(served: Served, client: BimpeAI) -> None:
    """All four families, with tools and actions, and both types of knowledge bases."""
    (agent,) = client.agents.list()
    integrations, bases = client.agents.integrations, client.agents.knowledge_bases
    api = integrations.custom_api.configure(agent.id, name="Shop", base_url="https://shop.test")
    tool = integrations.custom_api.tools.add(
        agent.id, api.id, {"name": "Create order", "http_method": "POST", "url_template": "/o"}
    )
    server = integrations.mcp_server.configure(
        agent.id, name="Guild", server_url="https://mcp.example"
    )
    found = integrations.mcp_server.discover(agent.id, server.id)
    served.options(configure_answer="onboarding_url")
    stripe = integrations.bimpeai.configure(
        agent.id, type="stripe", public_key="pk_1", secret_key="sk_1"
    )
    integrations.pipedream.configure(agent.id, app_slug="google-sheets")

    assert tool.action_name == "create_order"
    assert integrations.mcp_server.test(agent.id, server.id).tools_count == found.discovered
    assert stripe.onboarding_url.endswith("stripe")
    assert [each.type for each in integrations.list(agent.id)] == [
        "custom_api",
        "mcp_server",
        "stripe",
        "pipedream",
    ]
    actions = client.agents.actions.list(agent.id)
    assert len(actions) == 1 + found.created + 2
    ids = [each.id for each in actions]
    assert client.agents.actions.disable(agent.id, action_ids=ids).updated_count == len(ids)
    integrations.custom_api.tools.delete(agent.id, api.id, tool.id)
    integrations.custom_api.disconnect(agent.id, api.id)
    integrations.mcp_server.disconnect(agent.id, server.id)
    (app,) = integrations.pipedream.list(agent.id)
    integrations.pipedream.disconnect(agent.id, app.id)
    (own,) = [each for each in integrations.bimpeai.list(agent.id) if each.id]
    integrations.bimpeai.disconnect(agent.id, own.id or "")
    assert integrations.list(agent.id) == []

    text = bases.create(agent.id, {"type": "text", "name": "FAQ", "content": "Yes."})
    link = bases.create(agent.id, {"type": "url", "name": "Docs", "url": "https://docs.test"})
    assert bases.update(agent.id, link.id, description="All").description == "All"
    bases.delete(agent.id, text.id)
    assert [each.id for each in bases.list(agent.id)] == [link.id]


def test_client_reads_all_pages(client: BimpeAI) -> None:
    """Iterating a page fetches the next one, to the end."""
    for number in range(5):
        client.workflows.create(name=f"walk {number}", system_prompt="p")

    page = client.workflows.list(scope="owned", limit=2, sort="name", search="walk")

    assert [each.name for each in page] == [f"walk {number}" for number in range(5)]
    assert [len(each.data) for each in page.pages()] == [2, 2, 1]
    assert page.meta is not None
    assert (page.meta.total_count, page.meta.page_count) == (5, 3)


def test_messages_are_streamed(served: Served, client: BimpeAI) -> None:
    """A stream sends missed and new messages, and is closed when the client leaves."""
    served.options(**LATER)
    (agent,) = client.agents.list()
    first = client.conversations.send(
        agent.id, message="order", role="user", channel_type="webchat", channel_user_id=visitor("u")
    )
    (conversation,) = client.conversations.list(agent.id)
    served.advance()
    stream = client.conversations.messages.stream(agent.id, conversation.id, after=first.id)

    missed = next(stream)
    sent = client.conversations.messages.send(agent.id, conversation.id, message="live")
    live = next(stream)
    assert served.control("GET", "/bimpe/streams") == {conversation.id: 1}
    stream.close()  # type: ignore[attr-defined]  # a generator, whatever its annotation says

    assert (missed.role, missed.conversation_id) == ("assistant", conversation.id)
    assert (live.id, live.message) == (sent.id, "live")
    while served.control("GET", "/bimpe/streams"):
        pass  # the connection's end is on its way


def test_client_resumes_a_broken_stream(served: Served, client: BimpeAI) -> None:
    """The client reconnects with a new ticket and misses no message."""
    served.options(**LATER)
    (agent,) = client.agents.list()
    first = client.conversations.send(
        agent.id, message="a", channel_type="webchat", channel_user_id=visitor("u")
    )
    (conversation,) = client.conversations.list(agent.id)
    messages = client.conversations.messages
    messages.send(agent.id, conversation.id, message="b")
    stream = messages.stream(agent.id, conversation.id, after=first.id, reconnect=False)
    one = next(stream)
    messages.send(agent.id, conversation.id, message="c")

    again = messages.stream(agent.id, conversation.id, after=one.id, reconnect=False)

    assert (one.message, next(again).message) == ("b", "c")
    served.control("POST", "/reset")
    assert [each.message for each in stream] == ["c"]  # what waited, then the end
    assert list(again) == []


def test_client_raises_typed_errors(served: Served, client: BimpeAI) -> None:
    """Each status and code becomes the client's own error with its fields."""
    with pytest.raises(bimpeai.ValidationError) as invalid:
        client.agents.create(workflow_id="x", name="", description="")
    with pytest.raises(bimpeai.PermissionDeniedError) as forbidden:
        client.workflows.delete(client.workflows.list(scope="public").data[0].id)
    (agent,) = client.agents.list()
    with pytest.raises(bimpeai.BadRequestError) as unset:
        client.calls.make(agent.id, {"destination": PERSON, "is_test_call": False})
    client.workflows.create(**WORKFLOW, idempotency_key="k")
    with pytest.raises(bimpeai.ConflictError):
        client.workflows.create(**WORKFLOW | {"name": "Other"}, idempotency_key="k")
    served.control("PATCH", "/settings", {"auth": "strict"})
    with (
        httpx.Client(trust_env=False, headers={"X-Emulator-World": served.name}) as http,
        pytest.raises(bimpeai.AuthenticationError) as stranger,
    ):
        BimpeAI(api_key="sk_x", base_url=served.url, http_client=http).agents.list()

    assert invalid.value.field_errors == [
        {"path": "name", "message": "must not be blank"},
        {"path": "description", "message": "must not be blank"},
    ]
    assert forbidden.value.code == "forbidden"
    assert unset.value.code == "channel_not_configured"
    assert (stranger.value.status, stranger.value.code) == (401, "api_key_invalid")
    assert stranger.value.request_id == stranger.value.body["request_id"]


def test_client_reads_the_rate_limit(served: Served, client: BimpeAI) -> None:
    """A 429 has the time to retry and the limit."""
    served.options(rate_limit="enforce", reads_per_minute=1)
    client.agents.list()

    with pytest.raises(bimpeai.RateLimitError) as limited:
        client.agents.list()

    error = limited.value
    assert (error.code, error.retry_after, error.limit, error.remaining) == (
        "rate_limited",
        60,
        1,
        0,
    )
    assert error.reset_at == 1767225660


class Lossy(httpx.BaseTransport):
    """A transport that loses its first response and asks for an immediate retry."""

    def __init__(self) -> None:
        self._inner = httpx.HTTPTransport()
        self.seen: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request, and lose the first response."""
        self.seen.append(request)
        response = self._inner.handle_request(request)
        if len(self.seen) > 1:
            return response
        response.read()
        return httpx.Response(429, headers={"Retry-After": "0"}, json={"message": "later"})

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()


def test_retry_creates_nothing_twice(served: Served, client: BimpeAI) -> None:
    """The client retries with the same keys and gets the lost response."""
    way = Lossy()
    with httpx.Client(transport=way) as http:
        patient = BimpeAI(api_key=served.key, base_url=served.url, http_client=http)
        made = patient.workflows.create(**WORKFLOW)

    first, second = way.seen
    for name in ("Idempotency-Key", "X-Request-Id"):
        assert first.headers[name] == second.headers[name]
    (only,) = client.workflows.list(scope="owned", search="Shop")
    assert only == made


async def session(served: Served) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        client = AsyncBimpeAI(api_key=served.key, base_url=served.url, http_client=http)
        workflow = await client.workflows.create(**WORKFLOW)
        agent = await client.agents.create(workflow_id=workflow.id, name="Bo", description="Sells")
        address: Any = {"channel_type": "webchat", "channel_user_id": visitor("u")}
        await asyncio.to_thread(served.options, **LATER)
        first = await client.conversations.send(agent.id, message="hi", **address)
        page = await client.conversations.list(agent.id)
        conversation = page.data[0]
        stream = client.conversations.messages.stream(agent.id, conversation.id, after=first.id)
        asked = await client.conversations.send(agent.id, message="order", role="user", **address)
        received = [await anext(stream)]
        await asyncio.to_thread(served.advance)
        received.append(await anext(stream))
        await stream.aclose()  # type: ignore[attr-defined]  # a generator as well
        made = await client.calls.make(agent.id, {"destination": PERSON, "is_test_call": True})
        await asyncio.to_thread(served.advance)
        call = await client.calls.retrieve(agent.id, made.call_id or "")
        names = [each.name async for each in await client.agents.list(sort="name")]

    assert [each.id for each in received][:1] == [asked.id]
    assert received[1].message == ANSWERED
    assert (call.status, names) == ("ended", ["Ada", "Bo"])
    assert call.conversation_logs


def test_session_of_the_asynchronous_client(served: Served) -> None:
    """The asynchronous client does the same, and streams while it writes."""
    asyncio.run(session(served))
