"""VoiceBooker's words and times on the wire."""

from datetime import datetime
from enum import StrEnum
from typing import Final, Literal, assert_never
from zoneinfo import ZoneInfo

from emulator.domain.calls import CallStatus
from emulator.domain.scenarios import Behavior, Scenario


class Action(StrEnum):
    """What a webhook asks for."""

    GET_ENTITY = "getEntityForSipId"
    GET_NAME = "getBusinessName"
    GET_TYPES = "getAppointmentTypes"
    GET_AGENTS = "getAgents"
    GET_PRODUCTS = "getProducts"
    GET_TYPES_WITH_PRODUCTS = "getAppointmentTypesWithProducts"
    GET_SLOTS = "getSlots"
    GET_REQUIRED_INFO = "getRequiredInfo"
    BOOK = "bookAppointment"
    MODIFY = "modifyAppointment"
    CANCEL = "cancelAppointment"
    FIND_USER = "findExistingUser"
    FIND_BOOKING = "findExistingBooking"


class Language(StrEnum):
    """A language that bots and their callers speak."""

    ENGLISH = "en"
    GERMAN = "de"


FUNCTION: Final = "function"
"""The event of a function's webhook, whose body has no action."""
ResultWord = Literal["callSucceeded", "callFailed"]
SUCCEEDED: Final = "callSucceeded"
FAILED: Final = "callFailed"
EARLIEST_YEAR: Final = 1971
LATEST_YEAR: Final = 8999
"""The years of the times that are accepted."""


def status_word(status: CallStatus) -> ResultWord | None:
    """Return the result of an outbound call; None until it ends. assumed: the words."""
    match status:
        case CallStatus.COMPLETED:
            return SUCCEEDED
        case CallStatus.BUSY | CallStatus.NO_ANSWER | CallStatus.FAILED | CallStatus.CANCELED:
            return FAILED
        case CallStatus.QUEUED | CallStatus.RINGING | CallStatus.IN_PROGRESS:
            return None
    assert_never(status)


def wire_time(moment: datetime, zone: ZoneInfo) -> str:
    """Write a time as the page's samples do: ``2024-09-16T08:30:00.000+02:00``."""
    return moment.astimezone(zone).isoformat(timespec="milliseconds")


def effect(scenario: Scenario) -> str:
    """Describe how a call with this scenario ends, inbound or made with makeCall."""
    match scenario.behavior:
        case Behavior.ANSWERED if scenario.keys == "":
            return "nothing said, outcome hung_up; callSucceeded"
        case Behavior.ANSWERED:
            return "whole conversation; callSucceeded"
        case Behavior.HUNG_UP:
            return "outcome hung_up midway; callSucceeded"
        case Behavior.NO_ANSWER | Behavior.BUSY | Behavior.FAILED:
            return "no conversation; callFailed"
    assert_never(scenario.behavior)
