"""Exotel's operations with anything in them: never a 500, never half a change."""

import asyncio
from typing import Any, Final

import httpx
from hypothesis import given, settings as effort, strategies as some

from emulator.app import create_app
from emulator.kit.operation import Operation
from emulator.platforms.exotel import platform
from emulator.settings import Settings
from tests.effort import examples
from tests.support import World, unwrapped

KEY: Final = ("key", "token")
QUERIES: Final = (
    "Sid", "From", "Duration", "Price", "DateCreated", "Status", "Before", "PageSize", "SortBy",
    "limit", "offset", "startDate", "endDate", "fields", "status", "version",
)  # fmt: skip
FIELDS: Final = (
    "source_version", "data", "version_description", "name", "enable_greeting_interruption",
    "supported_languages", "mark_as_stable", "instruction", "llm_config", "agents", "type",
    "status", "greeting_message", "intents", "description", "temperature", "role",
)  # fmt: skip
VALUES: Final = some.recursive(
    some.none()
    | some.booleans()
    | some.integers()
    | some.floats(allow_nan=False, allow_infinity=False)
    | some.text(max_size=20)
    | some.sampled_from(["v1", "true", "active", "inactive", "{{name}}"]),
    lambda inner: (
        some.lists(inner, max_size=4)
        | some.dictionaries(some.sampled_from(FIELDS) | some.text(max_size=8), inner, max_size=5)
    ),
    max_leaves=12,
)
BODIES: Final = some.fixed_dictionaries(
    {}, optional=dict.fromkeys(FIELDS, VALUES) | {"source_version": some.just("v1")}
)


def target(operation: Operation, ids: dict[str, str]) -> str:
    """Return the path of an operation, with ids that exist where possible."""
    path = operation.path
    for name in operation.names:
        path = path.replace(f"{{{name}}}", ids.get(name, "nope"))
    return path


async def prepared(http: httpx.AsyncClient) -> dict[str, str]:
    """A world with a record of each kind, and their ids."""
    made = (await http.post("/_emulator/worlds", json={"clock": {"mode": "frozen"}})).json()
    world = World(http, made)
    bot_id = await world.bot()
    call = await world.call(bot_id)
    await world.advance()
    asked = {"name": "x", "type": "y"}
    assistant = unwrapped(await world.exotel("POST", "/assistants", json=asked))
    persona, specialization = [
        (await world.exotel("POST", path, "/voicebot/api/v1", json=asked)).json()
        for path in ("/personas", "/specializations")
    ]
    return {
        "accountId": world.account,
        "tenant_id": world.account,
        "botId": bot_id,
        "assistant_id": assistant["assistant_id"],
        "conversation_id": call["conversation_id"],
        "session_id": call["session_id"],
        "persona_id": persona["id"],
        "specialization_id": specialization["id"],
        "provider_id": "emulated",
        "AccountSid": world.account,
        "CallSid": call["id"],
        "Number": "09876543210",
    }


async def hold(operation: Operation, query: dict[str, str], body: Any) -> None:
    app = create_app(Settings())
    transport = httpx.ASGITransport(app=app)
    address = "http://127.0.0.1:8080"
    async with httpx.AsyncClient(transport=transport, base_url=address, auth=KEY) as http:
        ids = await prepared(http)
        path = target(operation, ids)
        config = f"/voicebot/api/v1/accounts/{ids['accountId']}/voicebots/{ids['botId']}"
        before = (await http.get(config)).json()["response"]

        answered = await http.request(operation.method, path, params=query, json=body)

        assert answered.status_code in {200, 201, 400, 404}, answered.text
        after = await http.get(config)
        if operation.method != "DELETE" or not answered.is_success:
            assert after.status_code == 200, after.text
        if answered.is_error:
            assert after.json()["response"] == before
        listed = f"/voicebot/api/v2/accounts/{ids['accountId']}/voicebot-conversations"
        shown = await http.get(listed, params={"fields": "transcript,insights"})
        assert shown.status_code == 200, shown.text
    await app.worlds.stop()


@effort(max_examples=examples(20))
@given(
    operation=some.sampled_from(platform.hooks.operations),
    query=some.dictionaries(some.sampled_from(QUERIES), some.text(max_size=12), max_size=3),
    body=BODIES | VALUES,
)
def test_nothing_is_answered_500(operation: Operation, query: dict[str, str], body: Any) -> None:
    """A refusal names the problem and changes nothing."""
    asyncio.run(hold(operation, query, body))
