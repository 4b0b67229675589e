"""What the pages of the Tools Server show, run in worlds of their own.

The files and their pages: ``fixtures/contracts/exotel/SOURCES.md``.
"""

from typing import Any, Final

from emulator.kit.comparison import Comparison
from emulator.kit.examples import ExampleRun, Examples, example

TOOL: Final = Comparison(
    any_value=frozenset({"id", "tenant_id", "latest_version_id", "created_at", "updated_at"})
)
RESULT: Final = Comparison(
    any_value=frozenset({"test_id", "test_result", "test_args", "execution_time_ms"})
)


def _path(run: ExampleRun, rest: str) -> str:
    return f"/tools/api/v1/tenants/{run.credentials['account_id']}{rest}"


def _created(run: ExampleRun, kind: str, definition: Any, name: str = "adder") -> Any:
    body = {"name": name, "description": "adds", "type": kind, "definition": definition}
    return run.request("POST", _path(run, "/tools"), body).json


def _tested(run: ExampleRun, tool: Any, inputs: Any) -> Any:
    version = f"/tools/{tool['id']}/versions/{tool['latest_version_id']}"
    return run.request("POST", _path(run, f"{version}/tests"), {"test_inputs": inputs}).json


@example(
    "tools/create_tool.request.definition.python.json",
    "tools/create_tool.response.json",
    "tools/test_tool.response.json",
)
def tool_created_and_tested(run: ExampleRun) -> None:
    """A tool in Python is created with the page's definition, and tested."""
    definition, created, tested = tool_created_and_tested.files
    made = _created(run, "python", run.read_json(definition))
    run.passes(definition)
    run.compare(made, created, TOOL)
    run.compare(_tested(run, made["response"]["data"], {"x": 1}), tested, RESULT)


LOOKUP: Final = {
    "openapi": "3.0.0",
    "paths": {
        "/lookup": {
            "post": {
                "requestBody": {
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "required": ["phone_number"],
                                "properties": {"phone_number": {"type": "string"}},
                            }
                        }
                    }
                }
            }
        }
    },
}
"""A document for the page's request."""


@example("tools/tool_call.request.json")
def endpoint_called(run: ExampleRun) -> None:
    """An OpenAPI tool sends its endpoint the page's body."""
    (file,) = endpoint_called.files
    document = LOOKUP | {"servers": [{"url": run.inbox_url}]}
    made = _created(run, "openapi", document, "lookup_customer")
    _tested(run, made["response"]["data"], {"phone_number": "+919876543210"})
    run.compare(run.inbox("lookup")[0], file)


examples: Final = Examples(
    examples=(tool_created_and_tested, endpoint_called),
    skipped={
        "tools/create_tool.request.definition.knowledge_base.json": (
            "the id in it is a placeholder; a tool needs a corpus of its tenant"
        )
    },
)
