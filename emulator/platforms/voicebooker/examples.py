"""What VoiceBooker's page shows: its bot sends the requests, the reference backend the responses.

The files and their page: ``fixtures/contracts/voicebooker/SOURCES.md``.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from emulator.kit.comparison import SHAPE, Comparison
from emulator.kit.examples import ExampleError, ExampleRun, Examples, example

WEBHOOK: Final = "/voicebooker/webhook"
DAY_BEFORE: Final = {"mode": "frozen", "now": "2024-09-15T10:00:00Z"}
"""The day before the page's slots."""
ERIKA: Final = {"firstname": "Erika", "lastname": "Mustermann"}
MASSAGE: Final = {"appointmentType": "Massage", "product": "30 minutes", "agent": "Lea"}
AT_HALF_PAST: Final = {"day": "2024-09-16", "time": "08:30"}
ANY_SLOT_IDS: Final = Comparison(any_value=frozenset({"slotId", "slotIdOld", "slotIdNew"}))
"""The ids of slots are the emulator's; one on the page is that of a product, by mistake."""
ANY_SLOT_AND_START: Final = Comparison(any_value=frozenset({"slotId", "start"}))
"""Erika's appointment in the new world's book is at another time than on the page."""


def _bot_requests(run: ExampleRun, intent: str, wishes: Mapping[str, str]) -> dict[str, Any]:
    """Call the bot at the page's number, and return its requests by action."""
    body = {
        "platform": "voicebooker",
        "intent": intent,
        "sip_id": run.read_json("getEntityForSipId.request.json")["sipId"],
        "persona": ERIKA,
        "wishes": wishes,
    }
    call = run.control("POST", "/calls", body)
    run.advance()
    found: dict[str, Any] = {}
    for question in run.control("GET", f"/calls/{call['id']}")["details"]["webhooks"]:
        callback = run.control("GET", f"/callbacks/{question['callback_id']}")
        found[question["action"]] = json.loads(callback["body"])
    return found


def _compare(
    run: ExampleRun, found: Mapping[str, Any], action: str, comparison: Comparison = ANY_SLOT_IDS
) -> None:
    name = f"{action}.request.json"
    if action not in found:
        raise ExampleError(f"the bot asked only {', '.join(found)}", name)
    run.compare(found[action], name, comparison)


BOOKING_ACTIONS: Final = (
    "getEntityForSipId",
    "getBusinessName",
    "getAppointmentTypes",
    "getAgents",
    "getProducts",
    "getSlots",
    "getRequiredInfo",
    "bookAppointment",
)


@example(*(f"{action}.request.json" for action in BOOKING_ACTIONS), clock=DAY_BEFORE)
def appointment_booked(run: ExampleRun) -> None:
    """The bot books the page's appointment with the page's requests."""
    found = _bot_requests(run, "book", MASSAGE | AT_HALF_PAST)
    for action in BOOKING_ACTIONS:
        _compare(run, found, action)


@example(
    "findExistingUser.request.json",
    "findExistingBooking.request.json",
    "modifyAppointment.request.json",
    clock=DAY_BEFORE,
)
def appointment_moved(run: ExampleRun) -> None:
    """The bot finds the page's user and booking, and moves it to the page's time."""
    found = _bot_requests(run, "modify", AT_HALF_PAST)
    for action in ("findExistingUser", "findExistingBooking", "modifyAppointment"):
        _compare(run, found, action)


@example("cancelAppointment.request.json", clock=DAY_BEFORE)
def appointment_cancelled(run: ExampleRun) -> None:
    """The bot cancels the page's booking."""
    _compare(run, _bot_requests(run, "cancel", {}), "cancelAppointment", ANY_SLOT_AND_START)


EXACT_ACTIONS: Final = ("getEntityForSipId", "getBusinessName")
LIST_ACTIONS: Final = (
    "getAppointmentTypes",
    "getAgents",
    "getProducts",
    "getSlots",
    "getRequiredInfo",
    "findExistingUser",
    "findExistingBooking",
)
"""The page does not show the entries of their lists."""


@example(
    *(f"{action}.response.json" for action in (*EXACT_ACTIONS, *LIST_ACTIONS)), clock=DAY_BEFORE
)
def backend_answers(run: ExampleRun) -> None:
    """The reference backend responds to the page's requests as the page shows."""
    for action in (*EXACT_ACTIONS, *LIST_ACTIONS):
        body = run.read_json(f"{action}.request.json")
        if "participant" in body:  # not shown on the page
            body["participant"] = ERIKA
        response = run.request("POST", WEBHOOK, body).json
        run.compare(
            response, f"{action}.response.json", SHAPE if action in LIST_ACTIONS else ANY_SLOT_IDS
        )


examples: Final = Examples(
    examples=(appointment_booked, appointment_moved, appointment_cancelled, backend_answers),
    skipped={"pages/voicebot-integration.txt": "a page's text: its examples are run"},
)
