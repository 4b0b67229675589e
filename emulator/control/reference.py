"""What the control API's OpenAPI document says besides its routes: responses, errors, groups.

Only the document needs it, so the routes themselves load without these models.
"""

from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import Any, Final

from emulator.control import (
    batches,
    bots,
    callbacks,
    calls,
    client_files,
    clock,
    coverage,
    events,
    explain,
    exports,
    faults,
    files,
    first_calls,
    health,
    history,
    inbox_endpoint,
    inboxes,
    links,
    platforms,
    recordings,
    scenarios,
    search,
    seed_schema,
    timeline,
    worlds,
)
from emulator.control.responses import (
    batches as batch_views,
    behavior,
    calls as call_views,
    history as entries,
    platforms as platform_views,
    worlds as world_views,
)
from emulator.control.responses.fields import Json, ProblemView
from emulator.kit.operation import Handler, Operation
from emulator.kit.platform import Platform
from emulator.kit.reference import ErrorResponse, Reference

PREFIX: Final = "/_emulator"
JSON_TYPE: Final = "application/json"
WORLD_PARAMETER: Final[Json] = {
    "name": "X-Emulator-World",
    "in": "header",
    "required": False,
    "description": "The world that the request acts on; `default` if absent.",
    "schema": {"type": "string", "default": "default"},
}
NO_WORLD: Final = (
    "health",
    "worlds",
    "operations",
    "numbers",
    "openapi",
    "inbox",
    "client.",
    "seed-file",
)
UNBOUND: Final = tuple(f"{PREFIX}/{each}" for each in NO_WORLD)
"""The beginnings of the paths that act on no world, or name it themselves."""
OPEN: Final = (f"{PREFIX}/health", f"{PREFIX}/inbox")
"""The beginnings of the paths that ask for no token."""

RESPONSES: Final[Mapping[Handler, Any]] = {
    health.health: world_views.HealthView,
    worlds.list_worlds: list[world_views.WorldView],
    worlds.create_world: world_views.OwnedWorldView,
    worlds.get_world: world_views.OwnedWorldView,
    worlds.delete_world: None,
    worlds.get_settings: world_views.SettingsView,
    worlds.change_settings: world_views.SettingsView,
    worlds.reset_world: world_views.OwnedWorldView,
    client_files.get_client: str,
    client_files.get_client_types: str,
    clock.get_clock: world_views.ClockView,
    clock.set_clock: world_views.ClockView,
    clock.advance: world_views.AdvanceView,
    clock.get_advance: world_views.ProgressView,
    clock.stop_advance: world_views.StoppedAdvance,
    platforms.list_platforms: list[platform_views.PlatformView],
    platforms.list_operations: list[behavior.OperationView],
    platforms.list_numbers: list[behavior.NumberView],
    platforms.get_document: Json,
    seed_schema.get_seed_schema: Json,
    bots.list_bots: list[behavior.BotView],
    coverage.read_coverage: dict[str, platform_views.CoverageView],
    scenarios.get_scenarios: behavior.ScenariosView,
    scenarios.set_scenarios: behavior.ScenariosView,
    scenarios.delete_scenarios: behavior.ScenariosView,
    links.list_links: list[behavior.LinkView],
    links.set_links: list[behavior.LinkView],
    links.add_link: behavior.LinkView,
    links.list_link_kinds: behavior.LinkKindsView,
    faults.list_faults: list[behavior.FaultView],
    faults.list_unused_faults: list[behavior.FaultView],
    faults.list_fault_kinds: list[behavior.FaultKindView],
    faults.add_fault: behavior.FaultView,
    faults.get_fault: behavior.FaultView,
    faults.delete_fault: None,
    faults.delete_faults: None,
    calls.list_calls: list[call_views.ListedCall],
    calls.create_call: call_views.PlacedCalls | call_views.PlacedCall,
    calls.get_call: call_views.CallDetailsView,
    recordings.get_call_recording: bytes,
    recordings.list_recorded_turns: call_views.RecordedTurnsView,
    calls.move_call: call_views.CallView,
    first_calls.place_first_call: call_views.FirstCallView,
    batches.list_batches: list[batch_views.BatchView],
    batches.get_batch: batch_views.BatchDetails,
    exports.export_calls: str,
    exports.export_callbacks: str,
    exports.export_batches: str,
    callbacks.list_callbacks: list[call_views.CallbackView],
    callbacks.get_callback: call_views.CallbackDetails,
    callbacks.resend_callback: call_views.CallbackDetails,
    inbox_endpoint.take_message: Any,
    inboxes.list_inboxes: list[behavior.InboxView],
    inboxes.read_inbox: list[behavior.MessageView],
    inboxes.script_inbox: behavior.ScriptView,
    inboxes.empty_inbox: None,
    inboxes.wait_for_messages: list[behavior.MessageView],
    history.list_requests: list[entries.HistoryExchange],
    history.read_history: list[entries.EntryView],
    history.read_entry: entries.EntryView,
    history.export_run: str,
    search.search: list[entries.FoundView],
    timeline.read_timeline: list[entries.PendingStep],
    events.get_summary: entries.SummaryView,
    events.stream_events: entries.EventMessage,
    explain.explain: entries.ExplanationView,
    files.list_snapshots: list[world_views.SnapshotView],
    files.take_snapshot: world_views.SnapshotView,
    files.restore_snapshot: world_views.SnapshotView,
    files.delete_snapshot: None,
    files.export_world: Json,
    files.import_world: world_views.ImportedWorld,
}
"""The type of each route's response; None for one without a body."""
ADVANCING: Final = "another request advances the clock, or an auto clock waits for an endpoint"
CONFLICTS: Final[Mapping[Handler, str]] = {
    worlds.create_world: "a world with this name or with its credentials exists",
    worlds.delete_world: "the default world cannot be deleted",
    clock.set_clock: ADVANCING,
    clock.advance: ADVANCING,
    calls.create_call: "the vendor has no bot, agent or workflow to place the call with",
    calls.move_call: "the call cannot enter this status",
    first_calls.place_first_call: "the vendor has no bot, agent or workflow to place the call with",
    callbacks.resend_callback: "the body is no longer kept",
    faults.add_fault: "the world has the maximum number of fault rules",
    files.take_snapshot: "a snapshot with this name exists",
    history.export_run: "the history lacks entries that a replay needs",
}


def reference_of(vendors: Mapping[str, Platform]) -> Reference:
    """Return the reference of the control API of a server with these vendors."""
    models = [each.hooks.place_model() for each in vendors.values() if each.hooks.place_model]
    requests = reduce(or_, models) if models else None

    def takes(operation: Operation) -> Any:
        if operation.handler is calls.create_call:
            return requests
        if operation.takes is None and operation.takes_as != JSON_TYPE:
            return bytes
        return Json if operation.handler is files.import_world else operation.body_model

    def tag(operation: Operation) -> str:
        area = operation.path.split("/")[2]
        own = operation.handler.__module__.rpartition(".")[2]
        return vendors[area].title if area in vendors else own.replace("_", " ").capitalize()

    return Reference(
        takes=takes,
        response=_response,
        others=_others,
        optional_bodies=frozenset({"create_world", "take_snapshot", "resend_callback"}),
        error_body=ProblemView,
        error_as="application/problem+json",
        errors=_errors,
        parameters=lambda each: (WORLD_PARAMETER,) if _is_bound(each) else (),
        requires=lambda each: [{}] if each.path.startswith(OPEN) else [{}, {"token": []}],
        tag=tag,
    )


def _is_bound(operation: Operation) -> bool:
    return not operation.path.startswith(UNBOUND)


def _response(operation: Operation) -> Any:
    if operation.handler in RESPONSES:
        return RESPONSES[operation.handler]
    return list[operation.response_model] if operation.many else operation.response_model  # type: ignore[name-defined]


def _others(operation: Operation) -> dict[int, Any]:
    if operation.handler is callbacks.resend_callback:
        return {201: call_views.CallbackDetails}
    return {201: None} if operation.method == "PUT" and operation.id.startswith("put_") else {}


def _errors(operation: Operation) -> dict[int, ErrorResponse]:
    found = {403: "the request comes from a page of another site, or its Host is not accepted"}
    if not operation.path.startswith(OPEN):
        found[401] = "the emulator was started with a token, and the request has no valid token"
    if operation.takes is not None or operation.query or operation.takes_as != JSON_TYPE:
        found[400] = "fields of the request are wrong"
    if operation.names or _is_bound(operation):
        found[404] = "the record or the world does not exist"
    if operation.handler is inboxes.wait_for_messages:
        found[408] = "too few messages arrived in time"
    if operation.handler is files.import_world:
        found[400] = "the file is damaged, or was written by a newer version"
    if operation.handler in CONFLICTS:
        found[409] = CONFLICTS[operation.handler]
    elif operation.handler not in RESPONSES and operation.method != "GET":
        found[409] = "the state of the record does not allow it"
    return {status: ErrorResponse(when=text) for status, text in found.items()}
