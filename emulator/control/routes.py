"""Every route of the control API that belongs to no vendor."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from emulator.control.batches import batch_routes
from emulator.control.bots import bot_routes
from emulator.control.callbacks import callback_routes, former_callback_routes
from emulator.control.calls import call_routes
from emulator.control.client_files import client_routes
from emulator.control.clock import clock_routes
from emulator.control.coverage import coverage_routes
from emulator.control.events import event_routes
from emulator.control.explain import explain_routes
from emulator.control.exports import export_routes
from emulator.control.faults import fault_routes
from emulator.control.files import file_routes
from emulator.control.first_calls import first_call_routes
from emulator.control.health import health_routes
from emulator.control.history import former_history_routes, history_routes
from emulator.control.inboxes import inbox_routes
from emulator.control.links import link_routes
from emulator.control.platforms import platform_routes
from emulator.control.recordings import recording_routes
from emulator.control.scenarios import scenario_routes
from emulator.control.search import search_routes
from emulator.control.seed_schema import seed_schema_routes
from emulator.control.timeline import timeline_routes
from emulator.control.worlds import world_routes
from emulator.kit.operation import Operation
from emulator.kit.platform import Platform

OWN: Final = (
    *health_routes,
    *world_routes,
    *clock_routes,
    *client_routes,
    *platform_routes,
    *bot_routes,
    *coverage_routes,
    *scenario_routes,
    *link_routes,
    *fault_routes,
    *call_routes,
    *recording_routes,
    *first_call_routes,
    *batch_routes,
    *export_routes,
    *callback_routes,
    *inbox_routes,
    *history_routes,
    *search_routes,
    *seed_schema_routes,
    *timeline_routes,
    *event_routes,
    *explain_routes,
    *file_routes,
)
FORMER: Final = (*former_callback_routes, *former_history_routes)
"""Routes by the names that they had before."""


def all_routes(platforms: Iterable[Platform]) -> tuple[Operation, ...]:
    """Return every route, with those for the records of each vendor."""
    vendors = (
        replace(each, path=f"/{platform.name}{each.path}")
        for platform in platforms
        for each in platform.hooks.controls
    )
    return (*OWN, *vendors)
