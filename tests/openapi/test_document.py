"""The documents: valid, complete, and true to the vendors' own examples."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import httpx
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.operation import Operation
from emulator.kit.platform import Platform
from emulator.openapi.document import document, operation_ids
from emulator.platforms import discover
from tests.cases import checking
from tests.openapi.documents import DOCUMENTS, operations_of
from tests.platforms.contributions import completed, schema_of_example
from tests.support import Json

FOLDER: Final = Path(__file__).parents[2] / "fixtures" / "contracts"
PLATFORMS: Final = discover()
BASES: Final = {"documented", "observed", "assumed"}
each_platform = pytest.mark.parametrize(
    "platform", [pytest.param(each, id=name) for name, each in PLATFORMS.items()]
)


def parameters_of(whole: Json) -> Iterator[Json]:
    """Every parameter of a document."""
    for operation in operations_of(whole).values():
        yield from operation["parameters"]


def examples(vendor: str) -> Iterator[tuple[Path, Json]]:
    """Yield every fixture with JSON in it that has a place in the document, with its schema."""
    for path in sorted((FOLDER / vendor).rglob("*.json")):
        schema = schema_of_example(vendor, path)
        if schema is not None:
            yield path, schema


@each_platform
def test_document_is_valid(platform: Platform) -> None:
    """An independent validator finds nothing wrong with a document."""
    errors = OpenAPIV31SpecValidator(DOCUMENTS[platform.name]).iter_errors()

    assert [error.message for error in errors] == []


@each_platform
def test_references_stand_where_the_specification_has_them(platform: Platform) -> None:
    """An extension has none for its value: strict validators take them where schemas go."""
    whole = DOCUMENTS[platform.name]
    extensions = {name: value for name, value in whole.items() if name.startswith("x-")}

    assert list(extensions) == ["x-emulator-options"]
    assert "$ref" not in extensions["x-emulator-options"]
    assert extensions["x-emulator-options"]["schema"]["$ref"].startswith("#/components/schemas/")


async def get_call(request: Request) -> Response:
    """Show a call."""
    del request
    return Response()


def test_operations_that_share_a_handler_are_named_apart() -> None:
    """Ids are unique: the host, the suffix of the path or a number is added to a name in use."""
    declared = [
        Operation(method="GET", path="/Calls/{sid}", handler=get_call),
        Operation(method="GET", path="/Calls/{sid}.json", handler=get_call),
        Operation(method="GET", path="/Calls/{sid}", handler=get_call, host="old."),
        Operation(method="GET", path="/calls/{sid}", handler=get_call),
        Operation(method="GET", path="/calls/{sid}.json", handler=get_call),
    ]

    assert list(operation_ids(declared).values()) == [
        "get_call",
        "get_call_json",
        "get_call_old",
        "get_call_2",
        "get_call_3",
    ]


@each_platform
def test_document_has_every_operation(platform: Platform) -> None:
    """The operations of the table are in the document, and no others."""
    found = operations_of(DOCUMENTS[platform.name])

    ids = operation_ids(platform.hooks.operations)
    assert set(found) == set(ids.values())
    for operation in platform.hooks.operations:
        shown = found[ids[operation.label]]
        method, path = shown["at"]
        assert method == operation.method
        assert operation.path.endswith(path)
        assert shown["x-basis"] == operation.basis
        assert shown["externalDocs"] == {"url": operation.docs}


@each_platform
def test_document_says_how_everything_is_known(platform: Platform) -> None:
    """Operations, parameters, components, their fields, webhooks and errors all have a basis."""
    whole = DOCUMENTS[platform.name]
    components = whole["components"]
    marked = [
        *operations_of(whole).values(),
        *(each["post"] for each in whole["webhooks"].values()),
        *components["schemas"].values(),
        *(
            field
            for each in components["schemas"].values()
            for field in each.get("properties", {}).values()
        ),
        *components["responses"].values(),
        *components["headers"].values(),
        *parameters_of(whole),
    ]

    assert [each for each in marked if each.get("x-basis") not in BASES] == []


@each_platform
def test_vendors_example_fits_the_document(platform: Platform) -> None:
    """The vendor's own requests, answers and callbacks are what the document says they are."""
    with checking() as cases:
        for path, schema in examples(platform.name):
            with cases(path.relative_to(FOLDER).as_posix()):
                text = path.read_text().replace("https://...", "https://example.com/")
                example = completed(platform.name, path, json.loads(text))
                errors = Draft202012Validator(schema).iter_errors(example)
                assert [f"{error.json_path}: {error.message}" for error in errors] == []


def test_every_kind_of_example_is_compared() -> None:
    """No vendor's examples are passed over for want of a name."""
    for vendor in PLATFORMS:
        compared = [path.name for path, _ in examples(vendor)]
        assert any(".request." in name for name in compared), vendor
        assert any(".response." in name for name in compared), vendor


def test_webhooks_and_callbacks_are_there() -> None:
    """The vendors' callbacks and webhooks are there, with the requests of tools and functions."""
    intron_operations = operations_of(DOCUMENTS["intron"])
    addresses = {
        name: [*each["callbacks"]["requestCompleted"]]
        for name, each in intron_operations.items()
        if "callbacks" in each
    }

    assert addresses["create_workflow"] == ["{$request.body#/call_back_url}"]
    assert {"place_calls", "place_robocalls", "place_conversations"} < set(addresses)
    assert len(DOCUMENTS["exotel"]["webhooks"]) == 6
    assert len(DOCUMENTS["voicebooker"]["webhooks"]) == 13 + 1 + 2


@each_platform
async def test_document_is_served(http: httpx.AsyncClient, platform: Platform) -> None:
    """The control API serves the document as it is written, the same every time."""
    responses = [await http.get(f"/_emulator/openapi/{platform.name}.json") for _ in range(2)]

    for response in responses:
        assert response.status_code == 200
        assert response.headers["Content-Type"] == "application/json"
        assert response.json() == document(platform)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("nobody.json", id="vendor"),
        pytest.param("intron", id="suffix"),
        pytest.param("..json", id="dots"),
    ],
)
async def test_unknown_document_is_not_found(http: httpx.AsyncClient, name: str) -> None:
    """The problem of an unknown document lists the documents."""
    response = await http.get(f"/_emulator/openapi/{name}")

    assert response.status_code == 404
    assert response.json()["detail"] == f"there is no OpenAPI document {name}"
    assert "control.json, exotel.json, intron.json" in response.json()["hint"]


def test_writing_a_document_is_left_until_it_is_asked_for() -> None:
    """Serving a vendor reads no reference: neither start nor requests pay for documents."""
    code = (
        "import asyncio, sys, httpx\n"
        "from emulator.app import create_app\n"
        "from emulator.settings import Settings\n"
        "async def main():\n"
        "    app = create_app(Settings())\n"
        "    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app),"
        " base_url='http://127.0.0.1:8080') as http:\n"
        "        for path in ('/_emulator/health', '/voicebot/v1/workflows'):\n"
        "            await http.get(path)\n"
        "asyncio.run(main())\n"
        "print(*(name for name in sys.modules if 'openapi' in name or name.endswith('.reference')"
        " and 'platforms' in name))\n"
    )

    assert ran(code) == ""


def ran(code: str) -> str:
    """What a program prints."""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603  # above
    return done.stdout.strip()
