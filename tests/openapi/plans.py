"""Runs of schemathesis over the documents that the emulator serves."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
import schemathesis
from schemathesis.config import HealthCheck, OperationConfig, SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.python import asgi
from starlette.types import Receive, Scope, Send

from emulator.app import Emulator
from tests.effort import is_campaign
from tests.limits import LIMIT_SECONDS

schemathesis.serializer.alias("audio/wav", "application/octet-stream")


@dataclass
class OperationPlan:
    """How one operation is tested: in an emulator in which no other has changed anything."""

    name: str
    """Its id in the document."""
    start: Callable[[], Awaitable[Emulator]]
    """Creates the emulator."""
    given: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Values by the parameter's place and name."""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    checks_off: tuple[str, ...] = ()
    reads: bool = False
    """Whether the operation changes nothing, so that the next one that reads has it too."""

    @property
    def config(self) -> OperationConfig:
        """The part of the configuration that is about the operation."""
        return OperationConfig.from_dict(
            {
                "include-operation-id": self.name,
                "headers": dict(self.headers),
                "parameters": dict(self.given),
                "checks": {check: {"enabled": False} for check in self.checks_off},
            }
        )


def may_refuse(name: str) -> OperationConfig:
    """Return the configuration of an operation that refuses requests which fit their schemas."""
    off = {"positive_data_acceptance": {"enabled": False}}
    return OperationConfig.from_dict({"include-operation-id": name, "checks": off})


class OperationPlans:
    """The app that schemathesis tests: it hands a request to the emulator of its operation."""

    def __init__(self, plans: Iterable[OperationPlan]) -> None:
        self.by_name = {each.name: each for each in plans}
        self.chosen = ""
        """The operation that is being tested."""
        self._running = ""
        self._app: Emulator | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request in a new emulator, if another operation may have changed this one."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        if self._app is None or self._is_changed():
            await self._stop()
            self._app = await self.by_name[self.chosen].start()
        self._running = self.chosen
        await self._app(scope, receive, send)

    def _is_changed(self) -> bool:
        """Return whether an operation before this one was about more than reading."""
        if self._running == self.chosen:
            return False
        former, plan = self.by_name[self._running], self.by_name[self.chosen]
        return not (former.reads and plan.reads)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._stop()
        await send({"type": "lifespan.shutdown.complete"})

    async def _stop(self) -> None:
        if self._app is not None:
            await self._app.worlds.stop()
            self._app = None


@schemathesis.hook
def before_call(context: Any, _: Any, __: Any) -> None:
    """Note which operation a request is about; checks repeat requests without a note."""
    operation = context.operation
    if isinstance(operation.app, OperationPlans):
        operation.app.chosen = operation.definition.raw["operationId"]


def first_of_each_kind() -> Callable[[Any, Any], bool]:
    """Return a filter that keeps the first request of each kind.

    A kind is an operation, what is right or wrong about the request, and the field with it: of ten
    wrong types of a field one is sent. Requests that are made up at random are all kept.
    """
    seen = set[tuple[str, ...]]()

    def filter_case(context: Any, case: Any) -> bool:
        data = case._meta.phase.data  # ``meta`` would read the whole request again
        if not hasattr(data, "scenario"):
            return True
        kind = (context.operation.label, data.scenario, data.location or "", data.parameter or "")
        is_first = kind not in seen
        seen.add(kind)
        return is_first

    return filter_case


def is_form_of_texts(_: Any, case: Any) -> bool:
    """Return whether a form has texts alone, besides what its schema says is a list.

    An object is sent as a text, which it is then; the items of a list are fields of one name, of
    which there may be one. No schema can say so: it is about values before they are sent.
    """
    if not isinstance(case.body, dict) or case.media_type in (None, "application/json"):
        return True
    contents = case.operation.definition.raw["requestBody"]["content"]
    known = contents[case.media_type]["schema"].get("properties", {})
    texts = {name for name in case.body if known.get(name, {}).get("type") != "array"}
    return not any(isinstance(case.body[name], list | dict) for name in texts)


def planned(app: Emulator, name: str, examples: int) -> Any:
    """Return a document as schemathesis reads it, and how it is to be tested.

    A bounded run sends one request of each kind; a campaign sends all, and random ones too.
    """
    url = f"/_emulator/openapi/{name}.json"
    config = SchemathesisConfig()
    schema = schemathesis.openapi.from_asgi(url, app, config=config, timeout=LIMIT_SECONDS)
    plan = schema.config
    if is_campaign():
        schema.hook("filter_case")(is_form_of_texts)
    else:
        schema.hook(first_of_each_kind())
        plan.phases.fuzzing.enabled = False
    plan.generation.deterministic = True
    plan.generation.max_examples = examples
    plan.generation.database = "none"
    plan.analysis.constants.enabled = is_campaign()  # words of our code, for many examples
    plan.continue_on_failure = True
    plan.suppress_health_check = [HealthCheck.all]  # they are about the machine's pace
    plan.request_timeout = LIMIT_SECONDS
    plan.update(workers=1)
    return schema


def findings_of(schema: Any, plans: Iterable[OperationPlan]) -> list[str]:
    """Test operations, each in its own emulator, and return what the checks find."""
    apps = OperationPlans(plans)
    schema.app = apps
    schema.config.phases.stateful.enabled = False
    schema.config.operations.operations += [each.config for each in apps.by_name.values()]
    checked: set[str] = set()
    found = list(findings(schema.include(operation_id=list(apps.by_name)), checked))
    return [*found, *(f"{name}: nothing was checked" for name in apps.by_name.keys() - checked)]


def findings(schema: Any, checked: set[str]) -> Iterator[str]:
    """Run all checks, and tell what they find; ``checked`` gets the ids of the operations."""
    try:
        with pytest.MonkeyPatch.context() as patched:
            patched.setenv("no_proxy", asgi.HOST)  # or requests go through all variables for one
            for event in from_schema(schema).execute():
                if isinstance(event, events.NonFatalError | events.FatalError):
                    yield repr(event)
                if isinstance(event, events.ScenarioFinished):
                    yield from _failures(event.recorder, checked)
    finally:
        asgi.shutdown_lifespans()  # or every emulator lasts as long as the run of all tests


def _failures(seen: Any, checked: set[str]) -> Iterator[str]:
    for case_id, checks in seen.checks.items():
        case = seen.cases[case_id].value
        checked |= {case.operation.definition.raw["operationId"]} if checks else set()
        for check in checks:
            if check.failure_info is not None:
                answer = seen.interactions[case_id].response
                yield (
                    f"{check.name}: {check.failure_info.failure.message}\n"
                    f"{case.as_curl_command()}\n"
                    f"{answer and (answer.status_code, answer.content[:500])}"
                )
