"""What Bimpe's tests contribute to the tests of OpenAPI documents."""

from pathlib import Path
from typing import Final

from emulator.kit.operation import Operation
from tests.openapi.documents import by_operation, name_of, schema_of
from tests.platforms.bimpe.support import Team, prepared
from tests.platforms.contributions import Given
from tests.support import Json, World

CHECKS_OFF: Final = ("unsupported_method",)
"""The errors that Bimpe publishes have no 405: what is not published is not found.

https://www.docs.bimpe.ai/docs/guides/errors/
"""
APART: Final = ("stream_messages",)
"""It refuses the tickets of other operations."""
DATA_ALONE: Final = {
    "get_test_code",
    "create_call",
    "create_stream_ticket",
    "configure_bimpe_integration",
}
"""The examples that have the ``data`` of a response alone."""
CUT: Final[dict[str, Json]] = {"error.response.json": {"code": "validation_error"}}
"""What a page shows no more than the type of."""


async def prepare(world: World) -> Given:
    """An agent with one of everything."""
    ids = await prepared(Team(world))
    return {f"path.{name}": value for name, value in ids.items()} | {
        "body.workflow_id": ids["workflowId"],
        "body.source_workflow_id": ids["workflowId"],
        "body.agent_id": ids["agentId"],
    }


def given(ids: Given, operation: Operation) -> Given:
    """The integration that an operation is about is of the family that its path names."""
    family = next((name for name in ids if f"/{name.removeprefix('path.')}/" in operation.path), "")
    return ids | {"path.integrationId": ids.get(family, "nope")}


def schema_of_example(path: Path) -> Json | None:
    """The schema of an example; errors and lists have those of all operations."""
    name, kind = name_of(path)
    if (name, kind) == ("error", "response") and "older" not in path.name:  # that is an option's
        return schema_of("bimpe", {"$ref": "#/components/schemas/ErrorBody"})
    if (name, kind) == ("list", "meta"):
        meta = {"meta": {"$ref": "#/components/schemas/PageMeta"}}
        return schema_of("bimpe", {"properties": meta, "required": ["meta"]})
    return by_operation("bimpe", name, kind)


def completed(path: Path, example: Json) -> Json:
    """Put back what was cut out."""
    if path.name.split(".")[0] in DATA_ALONE:
        return {"message": "Success", "data": example}
    return example | CUT.get(path.name, {}) if isinstance(example, dict) else example
