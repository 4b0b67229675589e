"""Requests made up from a vendor's document: the emulator does with each what the document says."""

import asyncio
from typing import Any, Final

import httpx
import pytest

from emulator.app import Emulator, create_app
from emulator.kit.operation import Operation
from emulator.kit.platform import Platform
from emulator.openapi.document import operation_id
from emulator.platforms import discover
from emulator.settings import Settings
from tests.effort import examples
from tests.openapi.plans import findings, planned
from tests.platforms.contributions import (
    Given,
    checks_off,
    narrowed,
    narrowed_in_query,
    prepare,
)
from tests.support import Json, World

EXAMPLES: Final = examples(1)
"""Requests made up at random for each operation and kind, besides those at the boundaries."""

each_operation = pytest.mark.parametrize(
    ("platform", "operation"),
    [
        pytest.param(platform, operation, id=f"{platform.name}-{operation_id(platform, operation)}")
        for platform in discover().values()
        for operation in platform.hooks.operations
    ],
)


async def prepared(
    app: Emulator, platform: Platform, operation: Operation
) -> tuple[Given, dict[str, str]]:
    """Put the default world to use; tell what is there, and who may ask."""
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as http:
        world = World(http, (await http.get("/_emulator/worlds/default")).json())
        given = await prepare(platform.name, world, operation)
        return given, platform.auth.headers(world.made["credentials"][platform.name])


def narrow(vendor: str, document: Json) -> None:
    """Take from a document what no request can be made of in the prepared world."""
    for component, fields in narrowed(vendor).items():
        if (found := document["components"]["schemas"].get(component)) is not None:
            found["properties"] |= fields
    of_forms = narrowed(vendor).get("forms", {})
    for item in document["paths"].values():
        for form in item.get("post", {}).get("requestBody", {}).get("content", {}).values():
            own = form["schema"].get("properties", {})  # a form has its schema in place
            own.update({name: each for name, each in of_forms.items() if name in own})
        for each in item.get("get", {}).get("parameters", ()):
            each["schema"] = narrowed_in_query(vendor).get(each["name"], each["schema"])


def plan_of(app: Emulator, platform: Platform, headers: dict[str, str]) -> Any:
    """The vendor's document as schemathesis reads it, and what it is to do about it."""
    schema = planned(app, platform.name, headers, EXAMPLES)
    narrow(platform.name, schema.raw_schema)
    for check in checks_off(platform.name):
        getattr(schema.config.checks, check).enabled = False
    return schema


@each_operation
def test_operation_does_what_its_document_says(platform: Platform, operation: Operation) -> None:
    """Fitting requests are accepted, others refused; every answer has its status and schema."""
    app = create_app(Settings(auth="strict"))
    given, headers = asyncio.run(prepared(app, platform, operation))
    if operation.ticket:
        headers = {}
    if operation.host:
        headers |= {"Host": f"{operation.host}intron.health"}
    schema = plan_of(app, platform, headers)
    name = operation_id(platform, operation)
    schema.config.parameters.update(given)
    schema.config.phases.stateful.enabled = False

    found = list(findings(schema.include(operation_id=name)))

    assert found == []


@pytest.mark.parametrize(
    "platform",
    [
        pytest.param(platform, id=platform.name)
        for platform in discover().values()
        if platform.reference.creates
    ],
)
def test_what_was_made_can_be_worked_with_until_it_is_deleted(platform: Platform) -> None:
    """Along the document's links records are found once they are made, and not once they are gone.

    Those who may not see them never do.
    """
    app = create_app(Settings(auth="strict"))
    given, headers = asyncio.run(prepared(app, platform, platform.hooks.operations[0]))
    schema = plan_of(app, platform, headers)
    own = {
        name: given[name]
        for name in ("path.accountId", "path.tenant_id", "path.AccountSid")
        if name in given
    }
    schema.config.parameters.update(own)
    for phase in ("examples", "coverage", "fuzzing"):
        getattr(schema.config.phases, phase).enabled = False

    found = list(findings(schema))

    assert found == []
