"""What comes of using a tool: with these inputs, in a test or during a call.

A tool in Python is never run: the control API sets its result. An OpenAPI tool is really called.
https://developer.exotel.com/docs/voicebot-tools/overview
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from emulator.domain.callbacks import SUCCESS_STATUSES, Callback, CallbackResponse
from emulator.kit.json import JsonError, read_json
from emulator.kit.mcp_client import first_message, next_message
from emulator.kit.mcp_messages import McpError, McpUnreachableError
from emulator.kit.world import World
from emulator.platforms.exotel.tools.corpora import find_passage
from emulator.platforms.exotel.tools.documents import UnusableToolError
from emulator.platforms.exotel.tools.mcp_documents import mcp_name, server_of
from emulator.platforms.exotel.tools.options import options_of
from emulator.platforms.exotel.tools.records.tools import ToolVersion, VoicebotTool
from emulator.platforms.exotel.tools.state import state_of
from emulator.platforms.exotel.tools.tool_requests import CONTENT_TYPE, tool_request

TOOL_CALL: Final = "tool_call"
"""The event of the callback that asks the user's endpoint."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ToolOutcome:
    """The result of a tool, or why there is none."""

    result: Json = field(default_factory=dict)
    error: str | None = None
    milliseconds: int = 0
    """Of the world's time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolExecution:
    """A tool that is used with these inputs."""

    tool: VoicebotTool
    version: ToolVersion
    inputs: Mapping[str, Any]
    call_id: str | None = None
    on_response: str | None = None
    """What acts on the endpoint's response."""

    def begin(self, world: World) -> Callback | ToolOutcome:
        """Return the request of an OpenAPI tool, or what came of any other at once."""
        try:
            self._check_tenant(world)
            if self.tool.kind == "openapi":
                return self._request(world)
            return ToolOutcome(RESULTS[self.tool.kind](world, self))
        except UnusableToolError as error:
            return ToolOutcome(error=str(error))

    def _check_tenant(self, world: World) -> None:
        tenant = state_of(world).tenants.find(self.tool.account)
        if tenant is not None and tenant.status == "terminated":
            raise UnusableToolError("the tenant is terminated: spawn it again")

    def resume(
        self, world: World, made: Callback, response: CallbackResponse, elapsed: timedelta
    ) -> Callback | ToolOutcome:
        """Return what follows a response: the next message to an MCP server, or the outcome."""
        if made.event == TOOL_CALL:
            return outcome_of(response, elapsed)
        name = mcp_name(self.version.definition, self.tool.name)
        milliseconds = round(elapsed / timedelta(milliseconds=1))
        try:
            step = next_message(world, made, response, name, dict(self.inputs))
        except (McpError, McpUnreachableError) as failure:
            return ToolOutcome(error=str(failure), milliseconds=milliseconds)
        if isinstance(step, Callback):
            return step
        if step.is_error:
            return ToolOutcome(error=step.text or "the tool failed", milliseconds=milliseconds)
        structured = step.structured
        result = structured if isinstance(structured, dict) else {"result": step.text}
        return ToolOutcome(result, milliseconds=milliseconds)

    def _request(self, world: World) -> Callback:
        """Return the request of an OpenAPI tool, or the first message to its MCP server."""
        asked = tool_request(self.version.definition, self.tool.name, self.inputs)
        server = server_of(world, self.version.definition)
        if server is not None:
            return first_message(world, server, call_id=self.call_id, on_response=self.on_response)
        options = options_of(world)
        retries = options.tool_retries if self.on_response is not None else ()
        return Callback(
            id=world.ids.uuid("exotel.callback"),
            platform="exotel",
            event=TOOL_CALL,
            url=asked.url,
            content=asked.content,
            content_type=CONTENT_TYPE,
            method=asked.method,
            headers=asked.headers,
            call_id=self.call_id,
            retries=tuple(timedelta(seconds=each) for each in retries),
            on_response=self.on_response,
            timeout=timedelta(seconds=options.tool_seconds),
        )


def outcome_of(response: CallbackResponse, elapsed: timedelta) -> ToolOutcome:
    """Return what an endpoint's response comes to: its JSON, or else its text."""
    milliseconds = round(elapsed / timedelta(milliseconds=1))
    if response.status not in SUCCESS_STATUSES:
        reason = response.error or f"the endpoint responded with status {response.status}"
        return ToolOutcome(error=reason, milliseconds=milliseconds)
    return ToolOutcome(_result(response.body), milliseconds=milliseconds)


def _result(body: bytes) -> Json:
    try:
        value = read_json(body)
    except JsonError:
        value = body.decode(errors="replace") or None
    return value if isinstance(value, dict) else {"result": value}


def _scripted(_: World, execution: ToolExecution) -> Json:
    """Return the result that was set; UnusableToolError without one of the parameters."""
    for name, shown in execution.version.definition.get("parameters", {}).items():
        if name not in execution.inputs and "default" not in shown:
            raise UnusableToolError(f"the input {name[:100]} is missing")
    return {"result": execution.tool.script}


def _passage(world: World, execution: ToolExecution) -> Json:
    """Answer from the corpus. assumed: the input is a text, best called ``question``."""
    state, definition = state_of(world), execution.version.definition
    corpus = state.corpora.find(definition["knowledge_corpus_id"])
    if corpus is None:
        raise UnusableToolError("the knowledge corpus was deleted")
    if corpus.status != "ready":
        raise UnusableToolError(f"the knowledge corpus is {corpus.status}")
    found = find_passage(state, corpus, question_in(execution.inputs))
    if found is None:
        return {"answer": None, "document": None}
    return {"answer": found.text, "document": found.document}


def question_in(inputs: Mapping[str, Any]) -> str:
    """Return the question: the input of this name, or the only text; else UnusableToolError."""
    texts = {name: each for name, each in inputs.items() if isinstance(each, str)}
    named = texts.get(QUESTION, next(iter(texts.values()), None) if len(texts) == 1 else None)
    if named is None:
        raise UnusableToolError(f"the input {QUESTION} is missing")
    return named


QUESTION: Final = "question"
RESULTS: Final = {"python": _scripted, "knowledge_base": _passage}
