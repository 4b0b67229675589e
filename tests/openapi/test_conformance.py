"""Requests made up from a vendor's document: the emulator does with each what the document says."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import httpx
import pytest

from emulator.app import Emulator, create_app
from emulator.kit.operation import Operation
from emulator.kit.platform import Platform
from emulator.openapi.document import operation_id
from emulator.persistence.export import dump_world
from emulator.platforms import discover
from emulator.settings import Settings
from tests.effort import examples
from tests.platforms.contributions import (
    Given,
    apart,
    checks_off,
    given,
    narrowed,
    narrowed_in_query,
    prepare,
    refused,
    refused_along_links,
)
from tests.support import Json, World

if TYPE_CHECKING:
    from tests.openapi.plans import OperationPlan

EXAMPLES: Final = examples(1)
"""Requests made up at random for each operation and kind, besides those at the boundaries.

Of one operation a campaign makes them up; along links every run does.
"""

OPERATIONS_PER_RUN: Final = 20
"""Each run has costs of its own: what hypothesis has parsed is kept by the thread of a run."""


def runs() -> Iterator[Any]:
    """Yield the operations of each vendor in parts: several workers can have one each."""
    for name, platform in discover().items():
        alone = [each for each in platform.hooks.operations if each.id in apart(name)]
        others = [each for each in platform.hooks.operations if each not in alone]
        firsts = range(0, len(others), OPERATIONS_PER_RUN)
        parts = [*(others[first : first + OPERATIONS_PER_RUN] for first in firsts), alone]
        for number, part in enumerate(filter(None, parts), start=1):
            yield pytest.param(platform, part, id=f"{name}-{number}")


async def prepared(app: Emulator, platform: Platform) -> tuple[Given, dict[str, str]]:
    """Put the default world to use; tell what is there, and who may ask."""
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as http:
        world = World(http, (await http.get("/_emulator/worlds/default")).json())
        ids = await prepare(platform.name, world)
        return ids, platform.auth.headers(world.made["credentials"][platform.name])


def narrow(vendor: str, document: Json) -> None:
    """Take from a document what no request can be made of in the prepared world."""
    for component, fields in narrowed(vendor).items():
        if (found := document["components"]["schemas"].get(component)) is not None:
            found["properties"] |= fields
    of_forms = narrowed(vendor).get("forms", {})
    for item in document["paths"].values():
        contents = item.get("post", {}).get("requestBody", {}).get("content", {})
        for form in contents.values():
            own = form["schema"].get("properties", {})  # a form has its schema in place
            own.update({name: each for name, each in of_forms.items() if name in own})
        for each in item.get("get", {}).get("parameters", ()):
            each["schema"] = narrowed_in_query(vendor).get(each["name"], each["schema"])


def plan_of(app: Emulator, platform: Platform) -> Any:
    """The vendor's document as schemathesis reads it, and what it is to do about it."""
    from tests.openapi.plans import planned  # noqa: PLC0415  # slow to import

    schema = planned(app, platform.name, EXAMPLES)
    narrow(platform.name, schema.raw_schema)
    for check in checks_off(platform.name):
        getattr(schema.config.checks, check).enabled = False
    return schema


def operation_plan(
    platform: Platform, operation: Operation, ids: Given, headers: dict[str, str], file: Path
) -> "OperationPlan":
    """How an operation is tested, in the world of the file."""
    from tests.openapi.plans import OperationPlan  # noqa: PLC0415  # slow to import

    async def started() -> Emulator:
        return create_app(Settings(auth="strict", world_files=(file,)))

    if operation.ticket:
        headers = {}
    if operation.host:
        headers = headers | {"Host": f"{operation.host}intron.health"}
    return OperationPlan(
        operation_id(platform, operation),
        started,
        given(platform.name, ids, operation),
        headers,
        ("positive_data_acceptance",) if operation.id in refused(platform.name) else (),
        operation.method == "GET",
    )


@pytest.mark.fuzz
@pytest.mark.parametrize(("platform", "operations"), [*runs()])
def test_operations_do_what_their_document_says(
    platform: Platform, operations: list[Operation], tmp_path: Path
) -> None:
    """Fitting requests are accepted, others refused; every answer has its status and schema."""
    from tests.openapi.plans import findings_of  # noqa: PLC0415  # slow to import

    app = create_app(Settings(auth="strict"))
    ids, headers = asyncio.run(prepared(app, platform))
    file = tmp_path / "prepared.json"
    file.write_bytes(dump_world(app.worlds.default))
    plans = [operation_plan(platform, each, ids, headers, file) for each in operations]

    found = findings_of(plan_of(app, platform), plans)

    assert found == [], "\n\n".join(found[:3])


@pytest.mark.fuzz
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
    from tests.openapi.plans import findings, may_refuse  # noqa: PLC0415  # slow to import

    app = create_app(Settings(auth="strict"))
    ids, headers = asyncio.run(prepared(app, platform))
    schema = plan_of(app, platform)
    own = {
        name: ids[name]
        for name in ("path.accountId", "path.tenant_id", "path.AccountSid")
        if name in ids
    }
    schema.config.parameters.update(own)
    schema.config.update(headers=headers)
    schema.config.operations.operations += [
        may_refuse(operation_id(platform, each))
        for each in platform.hooks.operations
        if each.id in refused_along_links(platform.name)
    ]
    for phase in ("examples", "coverage", "fuzzing"):
        getattr(schema.config.phases, phase).enabled = False
    checked: set[str] = set()

    found = list(findings(schema, checked))

    assert found == []
    assert checked
