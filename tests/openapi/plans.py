"""Runs of schemathesis over the documents that the emulator serves."""

from collections.abc import Iterator
from typing import Any

import schemathesis
from schemathesis.config import HealthCheck, SchemathesisConfig
from schemathesis.engine import events, from_schema

from emulator.app import Emulator

schemathesis.serializer.alias("audio/wav", "application/octet-stream")


def planned(app: Emulator, name: str, headers: dict[str, str], examples: int) -> Any:
    """Return a document as schemathesis reads it, and how it is to be tested."""
    url = f"/_emulator/openapi/{name}.json"
    schema = schemathesis.openapi.from_asgi(url, app, config=SchemathesisConfig())
    plan = schema.config
    plan.generation.deterministic = True
    plan.generation.max_examples = examples
    plan.generation.database = "none"
    plan.continue_on_failure = True
    plan.suppress_health_check = [HealthCheck.all]  # they are about the machine's pace
    plan.request_timeout = 60
    plan.update(headers=headers, workers=1)
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
