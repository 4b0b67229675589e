"""What Exotel's tests contribute to the tests of OpenAPI documents."""

import json
from pathlib import Path
from typing import Final

from emulator.platforms.exotel import platform
from tests.openapi.documents import (
    DOCUMENTS,
    by_operation,
    by_webhook,
    name_of,
    operations_of,
    schema_of,
)
from tests.platforms.contributions import Given
from tests.platforms.exotel.tool_use import (
    PYTHON,
    TABLE,
    data_of,
    make_corpus,
    make_tool,
    tools_server,
)
from tests.support import Json, World, unwrapped

DEFINITION_OF: Final = {".python": "PythonDefinition", ".knowledge_base": "KnowledgeDefinition"}
THE_ONE: Final = {"source_version": {"enum": ["v1"]}}
"""The version that is there."""
ONE_COLUMN: Final = {"enum": [[{"name": "x", "type": "string"}]]}
"""No schema can say that names are unique."""
NARROWED: Final[dict[str, Json]] = {
    "forms": {
        "metadata": {"enum": ['{"name": "x"}']},
        "Url": {"enum": ["http://my.exotel.com/acme/exoml/start_voice/1"]},
    },
    "CreateTool": {
        "type": {"enum": ["python"]},
        "definition": {"$ref": "#/components/schemas/PythonDefinition"},
    },
    "CreateToolVersion": {"definition": {"$ref": "#/components/schemas/PythonDefinition"}},
    "CreateTable": {"columns": ONE_COLUMN},
    "UpdateTable": {"columns": ONE_COLUMN},
    "CreateRows": {"rows": {"enum": [[{}], [{"item": "tea"}, {"price": 1}]]}},
    "UpdateRow": {"data": {"enum": [{}, {"sold": True}]}},
    "UpdateTool": {"current_version_id": {"type": "null"}},
    "CreateVoicebotVersion": THE_ONE,
    "CreateAssistantVersion": THE_ONE,
}
"""Fields of components that may hold less than the document says."""
NARROWED_IN_QUERY: Final[Json] = {
    "endDate": {"enum": ["2999-12-31"]},
    "to_date": {"enum": ["2999-12-31"]},
    "Before": {"enum": [""]},
    "After": {"enum": [""]},
}
"""The same of queries: no schema can say that it is not before the ``startDate``."""


async def prepare(world: World) -> Given:
    """A bot that was called, an assistant, a persona and a specialisation."""
    headers = platform.auth.headers(world.made["credentials"]["exotel"])

    async def make(path: str, body: Json, v: int = 1) -> Json:
        api = f"/voicebot/api/v{v}"
        response = await world.exotel("POST", path, api, json=body, headers=headers)
        assert response.status_code == 201, response.text
        return unwrapped(response)

    form = {"text_content": (None, "a bot")}
    job = await world.exotel("POST", "/bot-generation", files=form, headers=headers)
    await world.advance(10)
    polled = await world.exotel("GET", f"/bot-generation/{job.json()['id']}", headers=headers)
    bot_id = polled.json()["bot_id"]
    call = await world.call(bot_id, scenario="answered")
    await world.advance()
    assistant = await make("/assistants", {"name": "x"}, 2)
    tool = await make_tool(world, "adder", PYTHON, "python", auth=None, headers=headers)
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
        **await prepare_tools(world, headers),
        "path.tool_id": tool["id"],
        "path.version_id": tool["latest_version_id"],
        "path.AccountSid": world.account,
        "path.CallSid": await place_call(world, headers),
        "path.Number": "09876543210",
    }


async def prepare_tools(world: World, headers: Json) -> Given:
    """Create a corpus, a table with a row, and the tenant."""
    own: Json = {"auth": None, "headers": headers}
    corpus = await make_corpus(world, "hours", "Open at nine.", **own)
    table = data_of(await tools_server(world, "POST", "/tables", json=TABLE, **own))["id"]
    path = f"/tables/{table}/rows"
    (row,) = data_of(await tools_server(world, "POST", path, json={"rows": [{}]}, **own))
    body = {"tenant_id": world.account, "name": "Own"}
    made = await world.http.post("/tools/api/v1/tenants", json=body, headers=headers)
    assert made.status_code == 201, made.text
    return {"path.corpus_id": corpus, "path.table_id": table, "path.row_id": row["id"]}


async def place_call(world: World, headers: Json) -> str:
    """Place a call of two numbers that is recorded, and let it end; return its Sid."""
    await world.control("PUT", "/exotel/flows/1", json={"kind": "hangup"})
    form = {"From": "+919876599001", "To": "+919876599001", "CallerId": "08047000000"}
    placed = await world.http.post(
        f"/v1/Accounts/{world.account}/Calls/connect.json",
        data=form | {"Record": "true"},
        headers=headers,
    )
    await world.advance()
    return str(placed.json()["Call"]["Sid"])


def schema_of_example(path: Path) -> Json | None:
    """The schema of an example; those in envelopes are an option's."""
    if path.parent.name == "webhooks":
        return by_webhook("exotel", *name_of(path))
    if path.name.startswith("tool_call."):
        return by_webhook("exotel", *name_of(path))
    if ".definition." in path.name:
        name = DEFINITION_OF[path.suffixes[-2]]
        return schema_of("exotel", {"$ref": f"#/components/schemas/{name}"})
    if path.parent.name == "enveloped" or path.name.startswith("error."):
        return None
    is_abridged = ".abridged." in path.name
    if name_of(path)[1] == "callback":
        operation = operations_of(DOCUMENTS["exotel"])["connect_call"]
        (item,) = operation["callbacks"]["terminal"].values()
        (report,) = item["post"]["requestBody"]["content"].values()
        found = schema_of("exotel", report["schema"])
    else:
        found = by_operation("exotel", *name_of(path))
    return without_required(found) if is_abridged else found


def completed(path: Path, example: Json) -> Json:
    """Return an example of the Tools Server with an id in the place of each placeholder."""
    if path.parent.name != "tools":
        return example
    own = "11111111-2222-4333-8444-555555555555"
    return json.loads(json.dumps(example).replace("<uuid>", own).replace("<id>", own))


def without_required(schema: Json) -> Json:
    """Return a schema that samples fit from which a page leaves fields out."""
    if isinstance(schema, dict):
        return {
            name: without_required(each)
            for name, each in schema.items()
            if name != "required" or not isinstance(each, list)
        }
    return [without_required(each) for each in schema] if isinstance(schema, list) else schema
