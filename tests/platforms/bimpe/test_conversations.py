"""Conversations of Bimpe's agents: how they start, what is replied, how they are listed."""

from itertools import product
from typing import Any, Final

import pytest

from tests.platforms.bimpe.support import FLOW, Team, visitor
from tests.support import Json

FILTERS: Final = ("channel", "is_test_channel", "is_ai_chat_paused", "needs_attention")
FALLBACK: Final = (
    "Thank you for your message. I cannot answer that myself, so I have asked my team to help you."
)


def flow(name: str, said: str, priority: int | None = None, **keywords: str) -> Json:
    """Return a flow of one step."""
    return {
        "name": name,
        "priority": priority,
        "trigger_keywords": [
            {"keyword": keyword, "weight": weight} for keyword, weight in keywords.items()
        ],
        "conversation_steps": [{"type": "text_response", "content": said}],
    }


@pytest.fixture
async def agent_id(team: Team) -> str:
    return await team.agent()


async def listed(team: Team, agent_id: str, **query: Any) -> list[Json]:
    page = await team.get(f"/agents/{agent_id}/conversations", **query)
    assert page["meta"]["total_count"] >= len(page["data"])
    return list(page["data"])


async def test_first_agent_follows_a_flow(team: Team) -> None:
    """The agent of a new world replies by one step of a flow after another."""
    (ada,) = (await team.get("/agents"))["data"]
    conversation = await team.conversation(ada["id"], "Where is my order?")
    await team.world.advance()
    for text in ("4711", "Obi"):
        await team.write(ada["id"], text)
        await team.world.advance()

    said = await team.said(ada["id"], conversation)

    assert [text for role, text in said if role == "assistant"] == [
        "I can look that up. What is your order number?",
        "Thank you. Which name is the order under?",
        "Your order has left our warehouse, and arrives tomorrow.",
    ]


async def test_message_starts_or_continues_a_conversation(team: Team, agent_id: str) -> None:
    """A user of a channel has one conversation, and another one for tests."""
    user = {"channel_user_id": "+15551234567", "channel_username": "Ada"}
    first = await team.write(agent_id, "hi", channel_type="whatsapp", **user)
    await team.write(agent_id, "again", channel_type="whatsapp", **user)
    await team.write(agent_id, "test", channel_type="whatsapp", is_test_channel=True, **user)
    await team.write(agent_id, "other", channel_username="Ada")

    conversations = await listed(team, agent_id)

    fields = {"id", "role", "message", "message_type", "created_at", "attachments"}
    assert first.keys() == {*fields, "conversation_id"}
    assert [(each["channel_type"], each["is_test_channel"]) for each in conversations] == [
        ("webchat", False),
        ("whatsapp", True),
        ("whatsapp", False),
    ]
    oldest = conversations[-1]
    assert oldest["channel_user_username"] == "Ada"
    assert first["conversation_id"] == oldest["id"]
    said = await team.said(agent_id, oldest["id"])
    assert [text for role, text in said if role == "user"] == ["hi", "again"]
    whole = await team.get(f"/agents/{agent_id}/conversations/{oldest['id']}")
    assert whole == oldest | {
        "full_name": None,
        "email": None,
        "phone_number": "+15551234567",
        "profile_picture": None,
    }


async def test_message_goes_to_a_conversation_by_its_id(team: Team, agent_id: str) -> None:
    """Both paths send to an existing conversation, here as its operator."""
    await team.options(default_role="assistant")
    conversation_id = await team.conversation(agent_id)
    path = f"/agents/{agent_id}/conversations"

    one = await team.post(
        f"{path}/messages", {"message": "one", "conversation_id": conversation_id}
    )
    two = await team.post(f"{path}/{conversation_id}/messages", {"message": "two"})

    assert await team.said(agent_id, conversation_id) == [
        ("user", "hi"),
        ("assistant", FALLBACK),
        ("assistant", "one"),
        ("assistant", "two"),
    ]
    for sent in (one, two):
        shown = await team.get(f"{path}/{conversation_id}/messages/{sent['id']}")
        assert sent == shown | {"conversation_id": conversation_id}
    gone = await team.refused("GET", f"{path}/{conversation_id}/messages/stream")
    assert gone == (404, "not_found", "Message not found")


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        pytest.param("My order please!", "high", id="heaviest-keyword"),
        pytest.param("Can I PAY for two small things?", "two medium", id="sum-of-weights"),
        pytest.param("refund", "priority", id="priority-decides"),
        pytest.param("reorder", FALLBACK, id="whole-words"),
        pytest.param("What about ORDERS?", "high", id="endings"),
        pytest.param("sleeping", FALLBACK, id="inactive-flow"),
        pytest.param("When are you open on Sunday?", "From nine to five.", id="faq"),
        pytest.param("opening times?", "From nine to five.", id="faq-endings"),
        pytest.param("Is there any discount?", "SAVE10", id="rule"),
        pytest.param("shipping", FALLBACK, id="disabled-rule"),
        pytest.param("Tell me a joke", FALLBACK, id="fallback"),
        pytest.param("Mo fẹ́ ọkọ̀.", "car", id="yoruba-tone"),
        pytest.param("Mo fẹ́ ọkọ́.", "hoe", id="yoruba-another-tone"),
        pytest.param("मेरा नाम राम है", "Ram", id="devanagari"),
        pytest.param("मेरा नाम रमा है", FALLBACK, id="devanagari-vowel-sign"),
        pytest.param("RESERVATION s'il vous plait", "table", id="accents-left-out"),
    ],
)
async def test_assistant_replies_from_the_workflow(team: Team, text: str, answer: str) -> None:
    """Keywords by weight come first, then the FAQ, the rules and a fallback."""
    flows = [
        flow("low", "low", order="low", things="low"),
        flow("high", "high", order="high"),
        flow("medium", "two medium", pay="medium", small="medium", two="low"),
        flow("big", "no", pay="high"),
        flow("first", "no", 1, refund="high"),
        flow("second", "priority", 2, refund="high"),
        flow("car", "car", ọkọ̀="high"),
        flow("hoe", "hoe", ọkọ́="high"),
        flow("Ram", "Ram", राम="high"),
        flow("table", "table", réservation="high"),
        flow("asleep", "no", sleeping="high") | {"is_active": False},
    ]
    rule = {"name": "r", "enabled": True}
    rules = [
        rule | {"id": "1", "trigger": "customer asks for a discount", "response": "SAVE10"},
        rule | {"id": "2", "trigger": "shipping", "response": "no", "enabled": False},
    ]
    workflow = await team.workflow(flows=flows, rules=rules)
    agent_id = await team.agent(workflow_id=workflow["id"])
    conversation_id = await team.conversation(agent_id, text)

    await team.world.advance()

    said = await team.said(agent_id, conversation_id)
    assert said == [("user", text), ("assistant", answer)]
    (shown,) = await listed(team, agent_id)
    assert shown["needs_attention"] == (answer == FALLBACK)


async def test_reply_is_due_on_the_world_clock(team: Team, agent_id: str) -> None:
    """Where the response has the message, the assistant takes two to three seconds to reply."""
    await team.options(message_response="message")
    conversation_id = await team.conversation(agent_id, "order")

    await team.world.advance(1.99)
    early = await team.said(agent_id, conversation_id)
    await team.world.advance(1.01)

    assert early == [("user", "order")]
    assert len(await team.said(agent_id, conversation_id)) == 2
    (shown,) = await listed(team, agent_id)
    assert shown["last_message_at"] == "2026-01-01T00:00:02Z"
    assert shown["last_seen"] == "2026-01-01T00:00:00Z"


async def test_flow_continues_step_by_step(team: Team, agent_id: str) -> None:
    """A message that matches nothing else gets the next step of the active flow."""
    conversation_id = await team.conversation(agent_id, "my order")
    await team.world.advance()
    for text in ("It is 4711", "Anything else?"):
        await team.write(agent_id, text)
        await team.world.advance()

    said = await team.said(agent_id, conversation_id)

    steps = ["What is your order number?", "Thank you, I am looking."]
    assert [text for role, text in said if role == "assistant"] == [*steps, FALLBACK]


async def test_followup_is_part_of_its_step(team: Team) -> None:
    """A step's followup comes with its content."""
    said = {"type": "text_response", "content": "Hello.", "followup": "How are you?"}
    flows = [FLOW | {"conversation_steps": [{"type": "wait"}, said]}]
    agent_id = await team.agent(workflow_id=(await team.workflow(flows=flows))["id"])
    conversation_id = await team.conversation(agent_id, "order")

    await team.world.advance()

    assert (await team.said(agent_id, conversation_id))[1][1] == "Hello.\nHow are you?"


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_paused_conversation_gets_no_reply(team: Team, agent_id: str, moment: str) -> None:
    """While the assistant is paused it does not reply, and the conversation needs attention."""
    await team.options(message_response="message", default_role="assistant")
    conversation_id = await team.conversation(agent_id)
    await team.world.advance()
    path = f"/agents/{agent_id}/conversations/{conversation_id}"

    async def pause(*, paused: bool) -> None:
        shown = await team.patch(f"{path}/ai-status", {"is_ai_chat_paused": paused})
        assert shown == {"is_ai_chat_paused": paused}

    if moment == "before":
        await pause(paused=True)
    await team.write(agent_id, "order")
    await pause(paused=True)
    await team.world.advance()
    paused = await team.get(path)
    before = await team.said(agent_id, conversation_id)
    await team.post(f"{path}/messages", {"message": "An operator here."})
    handled = await team.get(path)
    await pause(paused=False)
    await team.write(agent_id, "order")
    await team.world.advance()

    assert (paused["is_ai_chat_paused"], paused["needs_attention"]) == (True, True)
    assert before[-1] == ("user", "order")
    assert not handled["needs_attention"]
    assert (await team.said(agent_id, conversation_id))[-1][0] == "assistant"


async def test_paused_agent_does_not_reply(team: Team, agent_id: str) -> None:
    """An agent whose live status is paused replies to no message."""
    await team.patch(f"/agents/{agent_id}/live-status", {"status": "paused"})
    conversation_id = await team.conversation(agent_id, "order")

    await team.world.advance()

    assert await team.said(agent_id, conversation_id) == [("user", "order")]


async def test_telephony_needs_a_number(team: Team, agent_id: str) -> None:
    """Documented: without a linked number the channel is not configured."""
    body = {"message": "hi", "channel_type": "telephony", "channel_user_id": "+15551234567"}
    path = f"/agents/{agent_id}/conversations/messages"

    refused = await team.refused("POST", path, json=body)
    await team.post(path, body | {"is_test_channel": True})
    await team.number(agent_id)
    await team.post(path, body)

    message = "telephony channel is not configured for this agent"
    assert refused == (400, "channel_not_configured", message)
    assert len(await listed(team, agent_id)) == 2


async def test_disconnected_channel_takes_no_messages(team: Team, agent_id: str) -> None:
    """Neither new nor existing conversations use a disconnected channel."""
    conversation_id = await team.conversation(agent_id)
    off = {"is_connected": False}
    await team.world.control("PUT", f"/bimpe/agents/{agent_id}/channels/webchat", json=off)
    body = {"message": "hi", "channel_type": "webchat", "channel_user_id": visitor("u2")}
    path = f"/agents/{agent_id}/conversations"

    answers = [
        await team.refused("POST", f"{path}/messages", json=body),
        await team.refused("POST", f"{path}/{conversation_id}/messages", json={"message": "x"}),
    ]

    assert [answer[1] for answer in answers] == ["channel_not_configured"] * 2
    assert len(await team.said(agent_id, conversation_id)) == 2


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        pytest.param(
            {},
            [
                "message: is required",
                "channel_type: is required without conversation_id",
                "channel_user_id: is required without conversation_id",
            ],
            id="empty",
        ),
        pytest.param(
            {"message": " ", "role": "system", "conversation_id": 1, "is_test_channel": "yes"},
            [
                "message: must not be blank",
                "role: must be user or assistant",
                "conversation_id: must be a string",
                "is_test_channel: must be true or false",
            ],
            id="types",
        ),
        pytest.param(
            {"message": "x", "channel_type": "pigeon", "channel_user_id": "u" * 256},
            [
                "channel_type: must be whatsapp, webchat or telephony",
                "channel_user_id: must have at most 255 characters",
            ],
            id="channel",
        ),
    ],
)
async def test_invalid_message_is_refused(
    team: Team, agent_id: str, body: Json, problems: list[str]
) -> None:
    """Every invalid field is named, and no conversation starts."""
    path = f"/agents/{agent_id}/conversations/messages"

    assert await team.refused("POST", path, json=body) == (400, "validation_error", problems)
    assert await listed(team, agent_id) == []


async def test_unknown_conversation_is_404(team: Team, agent_id: str) -> None:
    """An unknown conversation, in the path or in the body, gets 404."""
    path = f"/agents/{agent_id}/conversations"
    body = {"message": "x", "conversation_id": "nope"}

    answers = [
        await team.refused("POST", f"{path}/messages", json=body),
        await team.refused("GET", f"{path}/nope"),
        await team.refused("PATCH", f"{path}/nope/ai-status", json={"is_ai_chat_paused": True}),
        await team.refused("POST", f"{path}/nope/stream-ticket"),
    ]

    assert answers == [(404, "not_found", "Conversation not found")] * 4


async def test_conversations_are_listed_by_every_filter(team: Team, agent_id: str) -> None:
    """Channel, test, paused and attention filter, alone and together."""
    facts = list(product(("whatsapp", "webchat"), (False, True), (False, True), (False, True)))
    ids: dict[str, int] = {}
    for number, (kind, is_test, paused, attention) in enumerate(facts):
        name = visitor(f"u{number}") if kind == "webchat" else f"+155512300{number:02}"
        ids[name] = number
        user = {"channel_user_id": name, "is_test_channel": is_test}
        await team.write(agent_id, "order", channel_type=kind, **user)
        (newest,) = await listed(team, agent_id, limit=1)
        path = f"/agents/{agent_id}/conversations/{newest['id']}/ai-status"
        await team.patch(path, {"is_ai_chat_paused": paused})
        await team.world.control(
            "PATCH",
            f"/bimpe/conversations/{newest['id']}",
            json={"needs_attention": attention},
        )

    async def users(**query: str) -> list[int]:
        found = await listed(team, agent_id, limit=100, sort="created_at", **query)
        return [ids[each["channel_user_id"]] for each in found]

    three = (None, False, True)
    for asked in product((None, "whatsapp", "webchat"), three, three, three):
        channel, tests = asked[:2]
        query = {
            name: str(value).lower()
            for name, value in zip(FILTERS, asked, strict=True)
            if value is not None
        }
        if channel is not None and tests:
            query["channel"] = f"test_{channel}"
        live = False if channel is not None and tests is None else tests
        wanted = (live, *asked[2:])

        assert await users(**query) == [
            number
            for number, (kind, *flags) in enumerate(facts)
            if channel in (None, kind)
            and all(want in (None, has) for want, has in zip(wanted, flags, strict=True))
        ], query
    assert await users(channel="whatsapp", is_test_channel="true") == []
    wrong = await team.refused(
        "GET", f"/agents/{agent_id}/conversations?is_test_channel=1&channel=pigeon"
    )
    assert wrong[2][0].startswith("channel: must be ")
    assert wrong[2][1] == "is_test_channel: must be true or false"


async def test_conversations_are_searched_and_sorted(team: Team, agent_id: str) -> None:
    """Search by user, name and latest message; sort by creation or latest message."""
    await team.options(message_response="message")
    for user, text in (("ada", "order"), ("obi", "Invoice 7"), ("eve", "hello")):
        address = {"channel_user_id": visitor(user), "channel_username": user}
        await team.write(agent_id, text, **address)
        await team.world.advance(10)
    await team.write(agent_id, "order", channel_user_id=visitor("ada"))

    async def users(**query: str) -> list[str]:
        return [each["channel_user_username"] for each in await listed(team, agent_id, **query)]

    assert await users() == ["eve", "obi", "ada"]
    assert await users(sort="-last_message_at") == ["ada", "eve", "obi"]
    assert await users(sort="updated_at") == ["obi", "eve", "ada"]
    assert await users(search="OBI") == ["obi"]
    assert await users(search=visitor("eve").upper(), sort="-created_at") == ["eve"]
    assert await users(search="thank you", sort="created_at") == ["obi", "eve"]
    assert await users(search="thank you", is_test_channel="true") == []


async def test_messages_are_searched_and_paged(team: Team, agent_id: str) -> None:
    """Newest first by default; a search also finds messages added after the first search."""
    await team.options(message_response="message")
    conversation_id = await team.conversation(agent_id, "message 0")
    for number in range(1, 5):
        await team.write(agent_id, f"message {number}")
    path = f"/agents/{agent_id}/conversations/{conversation_id}/messages"

    async def texts(**query: Any) -> list[str]:
        return [each["message"] for each in (await team.get(path, **query))["data"]]

    assert await texts(limit=2) == ["message 4", "message 3"]
    assert await texts(limit=2, page=3) == ["message 0"]
    assert await texts(limit=2, page=2, sort="created_at") == ["message 2", "message 3"]
    assert await texts(search="AGE 3") == ["message 3"]
    await team.write(agent_id, "another 3")
    assert await texts(search="3", sort="created_at") == ["message 3", "another 3"]


async def test_control_api_sends_a_message_of_a_user(team: Team, agent_id: str) -> None:
    """The message arrives as from the channel, with the user's details."""
    body = {
        "message": "order",
        "channel_type": "whatsapp",
        "channel_user_id": "+15551234567",
        "full_name": "Ada Obi",
        "email": "ada@example.com",
    }
    response = await team.world.control("POST", f"/bimpe/agents/{agent_id}/messages", json=body)
    await team.world.advance()

    made = response.json()["conversation"]
    assert (response.status_code, made["full_name"]) == (201, "Ada Obi")
    assert len(await team.said(agent_id, made["id"])) == 2
    assert [each["id"] for each in await listed(team, agent_id, search="ada obi")] == [made["id"]]


VISITOR: Final = "0c514e7e-57f1-4373-89e5-4bb83a64a853"


@pytest.mark.parametrize("role", [None, "user"])
async def test_response_to_a_user_is_the_reply(team: Team, agent_id: str, role: str | None) -> None:
    """Observed: role defaults to user; 201 at once with the assistant's reply and its place."""
    asked = {
        "message": "I want a refund for order 1024.",
        "channel_type": "webchat",
        "channel_user_id": VISITOR,
        "is_test_channel": True,
    } | ({} if role is None else {"role": role})
    path = f"/agents/{agent_id}/conversations"

    reply = await team.post(f"{path}/messages", asked)
    again = await team.post(
        f"{path}/{reply['conversation_id']}/messages", {"message": "It is 1024."}
    )

    assert (reply["role"], reply["message"]) == ("assistant", "What is your order number?")
    assert (again["role"], again["message"]) == ("assistant", "Thank you, I am looking.")
    assert again["conversation_id"] == reply["conversation_id"]
    said = await team.said(agent_id, reply["conversation_id"])
    assert said == [
        ("user", asked["message"]),
        ("assistant", reply["message"]),
        ("user", "It is 1024."),
        ("assistant", again["message"]),
    ]
    await team.world.advance()
    newest = await team.get(f"{path}/{reply['conversation_id']}/messages", sort="-created_at")
    assert newest["data"][0]["id"] == again["id"]
    assert newest["meta"]["total_count"] == 4


async def test_older_assumption_is_an_option(team: Team, agent_id: str) -> None:
    """By option a message without a role is the assistant's, and replies come later."""
    await team.options(default_role="assistant", message_response="message")
    user = {"channel_type": "webchat", "channel_user_id": VISITOR}
    path = f"/agents/{agent_id}/conversations/messages"

    own = await team.post(path, {"message": "Hello.", **user})
    asked = await team.post(path, {"message": "order", "role": "user", **user})
    before = await team.said(agent_id, own["conversation_id"])
    await team.world.advance()

    assert (own["role"], own["message"]) == ("assistant", "Hello.")
    assert (asked["role"], asked["message"]) == ("user", "order")
    assert before == [("assistant", "Hello."), ("user", "order")]
    said = await team.said(agent_id, own["conversation_id"])
    assert said[-1] == ("assistant", "What is your order number?")


async def test_response_without_a_reply_is_the_message(team: Team, agent_id: str) -> None:
    """A paused agent does not reply: the response has the user's message, which needs attention."""
    await team.patch(f"/agents/{agent_id}/live-status", {"status": "paused"})

    sent = await team.write(agent_id, "order")

    assert (sent["role"], sent["message"]) == ("user", "order")
    (shown,) = await listed(team, agent_id)
    assert shown["needs_attention"]


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        pytest.param(
            {"channel_type": "webchat", "channel_user_id": "session-42"},
            "channel_user_id: must be a UUID for webchat",
            id="webchat",
        ),
        pytest.param(
            {"channel_type": "whatsapp", "channel_user_id": "ada"},
            "channel_user_id: must be a phone number in E.164 form, such as +15551234567",
            id="whatsapp",
        ),
        pytest.param(
            {"channel_type": "telephony", "channel_user_id": "ada"},
            "channel_user_id: must be a phone number in E.164 form, such as +15551234567",
            id="telephony",
        ),
        pytest.param(
            {"message": "x" * 4097}, "message: must have at most 4096 characters", id="message"
        ),
    ],
)
async def test_observed_limit_of_a_message_holds(
    team: Team, agent_id: str, fields: Json, problem: str
) -> None:
    """Integrators saw the live API refuse these with 400."""
    body = {
        "message": "x" * 4096,
        "role": "user",
        "channel_type": "webchat",
        "channel_user_id": VISITOR,
        "is_test_channel": True,
    }
    path = f"/agents/{agent_id}/conversations/messages"

    refused = await team.refused("POST", path, json=body | fields)
    taken = await team.post(path, body)

    assert refused == (400, "validation_error", [problem])
    if "message" in fields:
        inside = f"/agents/{agent_id}/conversations/{taken['conversation_id']}/messages"
        assert await team.refused("POST", inside, json=fields) == refused


async def test_other_observed_limits_hold(team: Team, agent_id: str) -> None:
    """Knowledge of type text has 2,500 characters; a tool's timeout is at least 1,000 ms."""
    bases = f"/agents/{agent_id}/knowledge_bases"
    text = {"type": "text", "name": "n", "content": "x" * 2500}
    made = await team.post(bases, text)
    apis = f"/agents/{agent_id}/integrations/custom_api"
    api = await team.post(f"{apis}/configure", {"name": "a", "base_url": "https://api.example"})
    tools = f"{apis}/{api['id']}/tools"
    tool = {"name": "t", "http_method": "POST", "url_template": "/a"}

    answers = [
        await team.refused("POST", bases, json=text | {"content": "x" * 2501}),
        await team.refused("PATCH", f"{bases}/{made['id']}", json={"content": "x" * 2501}),
        await team.refused("POST", tools, json=tool | {"timeout": 2}),
    ]
    await team.post(tools, tool | {"timeout": 1000})

    long = (400, "validation_error", ["content: must have at most 2500 characters"])
    short = (400, "validation_error", ["timeout: must be at least 1000"])
    assert answers == [long, long, short]


async def test_times_of_a_list_have_one_form(team: Team, agent_id: str) -> None:
    """Every time is written as the page's sample is, to the second."""
    for _ in range(3):
        await team.write(agent_id, "order")
        await team.world.advance(0.7)
    (shown,) = await listed(team, agent_id)
    path = f"/agents/{agent_id}/conversations/{shown['id']}/messages"

    times = [each["created_at"] for each in (await team.get(path))["data"]]

    assert {len(each) for each in [*times, shown["updated_at"]]} == {len("2026-01-01T00:00:00Z")}


@pytest.mark.parametrize("way", ["documented", "observed"])
async def test_message_beside_the_data_is_an_option(team: Team, agent_id: str, way: str) -> None:
    """The pages have one message for all; by option it is what integrators saw live."""
    await team.options(success_message=way)
    workflow = (await team.get("/workflows", scope="owned"))["data"][0]["id"]
    body = {"message": "x", "channel_type": "webchat", "channel_user_id": VISITOR}

    sent = await team.world.bimpe("POST", f"/agents/{agent_id}/conversations/messages", json=body)
    updated = await team.world.bimpe("PATCH", f"/workflows/{workflow}", json={})

    seen = ["Message sent successfully", "Workflow updated successfully"]
    expected = seen if way == "observed" else ["Success"] * 2
    assert [sent.json()["message"], updated.json()["message"]] == expected
