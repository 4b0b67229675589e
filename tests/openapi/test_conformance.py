"""Requests made up from a vendor's document: the emulator does with each what the document says."""

import asyncio
from collections.abc import Iterator
from typing import Any, Final

import httpx
import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from emulator.app import Emulator, create_app
from emulator.kit.operation import Operation
from emulator.kit.platform import Platform
from emulator.platforms import discover
from emulator.settings import Settings
from tests.openapi.prepared import NARROWED, PREPARED, Given, headers_of
from tests.support import World

EXAMPLES: Final = 5
"""Requests made up at random for each operation and kind, besides those at the boundaries."""

OFF: Final = {
    # the errors that Bimpe publishes have no 405: what is not published is not found
    # https://www.docs.bimpe.ai/docs/guides/errors/
    "bimpe": ("unsupported_method",),
}
"""The checks that contradict what a vendor does."""

each_operation = pytest.mark.parametrize(
    ("platform", "operation"),
    [
        pytest.param(platform, operation, id=f"{platform.name}-{operation.id}{operation.host}")
        for platform in discover().values()
        for operation in platform.works.operations
    ],
)


async def prepare(
    app: Emulator, platform: Platform, operation: Operation
) -> tuple[Given, dict[str, str]]:
    """Put the default world to use; tell what is there, and who may ask."""
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as http:
        world = World(http, (await http.get("/_emulator/worlds/default")).json())
        given = await PREPARED[platform.name](world, operation)
        return given, headers_of(platform.name, world.made)


def narrow(value: Any) -> None:
    """Take from the document what no request can be made of in the prepared world."""
    if isinstance(value, dict):
        for name in NARROWED.keys() & value.get("properties", {}).keys():
            value["properties"][name] = {"enum": [NARROWED[name]]}
        if isinstance(name := value.get("name"), str) and name in NARROWED:
            value["schema"] = {"enum": [NARROWED[name]]}
    for each in value.values() if isinstance(value, dict) else value:
        if isinstance(each, dict | list):
            narrow(each)


def document_of(app: Emulator, platform: Platform) -> Any:
    """The vendor's document as schemathesis reads it, without settings from any file."""
    url = f"/_emulator/openapi/{platform.name}.json"
    schema = schemathesis.openapi.from_asgi(url, app, config=SchemathesisConfig())
    narrow(schema.raw_schema)
    plan = schema.config
    plan.generation.deterministic = True
    plan.generation.max_examples = EXAMPLES
    plan.generation.database = "none"
    plan.continue_on_failure = True
    return schema


def findings(schema: Any) -> Iterator[str]:
    """Run all checks, and tell what they find."""
    checked = 0
    for event in from_schema(schema).execute():
        if isinstance(event, events.NonFatalError | events.FatalError):
            yield repr(event)
        if not isinstance(event, events.ScenarioFinished):
            continue
        seen = event.recorder
        for case_id, checks in seen.checks.items():
            checked += len(checks)
            for check in checks:
                if check.failure_info is not None:
                    answer = seen.interactions[case_id].response
                    yield (
                        f"{check.name}: {check.failure_info.failure.message}\n"
                        f"{seen.cases[case_id].value.as_curl_command()}\n"
                        f"{answer and (answer.status_code, answer.content[:500])}"
                    )
    if not checked:
        yield "nothing was checked"


@each_operation
def test_operation_does_what_its_document_says(platform: Platform, operation: Operation) -> None:
    """Fitting requests are accepted, others refused; every answer has its status and schema."""
    app = create_app(Settings(auth="strict"))
    given, headers = asyncio.run(prepare(app, platform, operation))
    if operation.ticket:
        headers = {}
    if operation.host:
        headers |= {"Host": f"{operation.host}intron.health"}
    schema = document_of(app, platform)
    name = f"{operation.id}_{operation.host.strip('.')}" if operation.host else operation.id
    schema.config.update(headers=headers, workers=1)
    schema.config.parameters.update(given)
    schema.config.phases.stateful.enabled = False
    for check in OFF.get(platform.name, ()):
        getattr(schema.config.checks, check).enabled = False

    found = list(findings(schema.include(operation_id=name)))

    assert found == []
