"""Worlds in use, for requests made up from a document to have something to act on."""

from base64 import b64encode
from collections.abc import Awaitable, Callable
from typing import Any, Final

from emulator.kit.operation import Operation
from tests.platforms.bimpe.support import Team, prepared
from tests.platforms.intron.support import NUMBER
from tests.support import Json, World, unwrapped

Given = dict[str, Any]
"""Values by the parameter's place and name, as schemathesis has it: ``path.botId``."""


def headers_of(platform: str, made: Json) -> dict[str, str]:
    """The credential of a world, the way each vendor asks for it."""
    own = made["credentials"][platform]
    if platform == "voicebooker":
        return {"Token": own["token"]}
    if platform == "exotel":
        proof = b64encode(f"{own['api_key']}:{own['api_token']}".encode()).decode()
        return {"Authorization": f"Basic {proof}"}
    return {"Authorization": f"Bearer {own['api_key']}"}


async def intron(world: World, operation: Operation) -> Given:
    """A workflow with a call that has ended."""
    # the vendor's 403 for a missing key is observed; 401, which every check expects, is its option
    await world.options(unauthorized_status=401)
    is_conversation = operation.id == "place_conversations"
    workflow_id = await world.workflow(
        workflow_type="CONVERSATION" if is_conversation else "ROBOCALL"
    )
    await world.place(workflow_id, NUMBER)
    await world.advance()
    (call,) = (await world.calls(workflow_id))["items"]
    return {
        "path.workflow_id": workflow_id,
        "body.workflow_id": workflow_id,
        "path.call_id": call["id"],
    }


async def bimpe(world: World, operation: Operation) -> Given:
    """An agent with one of everything."""
    ids = await prepared(Team(world))
    family = next((each for each in ids if f"/{each}/" in operation.path), "")
    given = {f"path.{name}": value for name, value in ids.items()}
    return given | {
        "path.integrationId": ids.get(family, "nope"),
        "body.workflow_id": ids["workflowId"],
        "body.source_workflow_id": ids["workflowId"],
        "body.agent_id": ids["agentId"],
    }


async def exotel(world: World, _: Operation) -> Given:
    """A bot that was called, an assistant, a persona and a specialisation."""
    proof = headers_of("exotel", world.made)

    async def make(path: str, body: Json, v: int = 1) -> Json:
        api = f"/voicebot/api/v{v}"
        response = await world.exotel("POST", path, api, json=body, headers=proof)
        assert response.status_code == 201, response.text
        return unwrapped(response)

    form = {"text_content": (None, "a bot")}
    job = await world.exotel("POST", "/bot-generation", files=form, headers=proof)
    await world.advance(10)
    polled = await world.exotel("GET", f"/bot-generation/{job.json()['id']}", headers=proof)
    bot_id = polled.json()["bot_id"]
    call = await world.call(bot_id, scenario="answered")
    await world.advance()
    assistant = await make("/assistants", {"name": "x"}, 2)
    return {
        "path.accountId": world.account,
        "path.tenant_id": world.account,
        "path.generation_id": job.json()["id"],
        "path.botId": bot_id,
        "path.conversation_id": call["conversation_id"],
        "path.session_id": call["session_id"],
        "path.recording": f"{call['conversation_id']}.wav",
        "path.assistant_id": assistant["assistant_id"],
        "path.persona_id": (await make("/personas", {"name": "x"}))["id"],
        "path.specialization_id": (await make("/specializations", {"name": "x", "type": "y"}))[
            "id"
        ],
        "path.provider_id": "emulated",
    }


async def voicebooker(world: World, _: Operation) -> Given:  # noqa: ARG001  # like the others
    """The demo business is always there."""
    return {}


PREPARED: Final[dict[str, Callable[[World, Operation], Awaitable[Given]]]] = {
    "bimpe": bimpe,
    "exotel": exotel,
    "intron": intron,
    "voicebooker": voicebooker,
}

THE_ONE: Final = {"source_version": {"enum": ["v1"]}}
"""The version that is there."""
NARROWED: Final[dict[str, Json]] = {
    "CreateVoicebotVersion": THE_ONE,
    "CreateAssistantVersion": THE_ONE,
}
"""Fields of components that may hold less than the document says."""
NARROWED_IN_QUERY: Final[Json] = {"endDate": {"enum": ["2999-12-31"]}}
"""The same of queries: no schema can say that it is not before the ``startDate``."""
