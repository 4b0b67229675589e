"""check-webhook: a correct backend passes, a wrong one gets exactly its failures."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result

from emulator.app import create_app
from emulator.cli import main
from emulator.clock import ClockMode
from emulator.domain.callbacks import Callback, CallbackResponse
from emulator.platforms.voicebooker.endpoint_check import endpoint_check
from emulator.platforms.voicebooker.schemas.words import Action
from emulator.server import running
from emulator.settings import Settings
from tests.cases import each_case
from tests.limits import LIMIT_SECONDS
from tests.platforms.diary import Diary, Json, RefusedError, Spoil, served

JSON_HEADERS: Final = (("content-type", "application/json"),)
SALON: Final = "http://salon.test"
NOW: Final = ("--now", "2026-01-01T08:00:00Z", "--sip-id", "salon")


Right = Callable[[Json], Json]


def check(url: str, *more: str) -> Result:
    return CliRunner().invoke(main, ["check-webhook", url, *NOW, *more])


def report_on(diary: Diary, *more: str) -> Json:
    """Check a backend and return the report; the exit code must agree."""
    with served(diary) as url:
        done = check(url, "--json", *more)
    assert done.exit_code in {0, 1}, done.output
    report = json.loads(done.stdout)
    assert (report["result"] == "fail") == (done.exit_code == 1)
    assert report["url"] == url
    return report


class DiaryTransport:
    """Asks a diary without a socket; a request that gets no response has timed out at once."""

    def __init__(self, diary: Diary) -> None:
        self._diary = diary

    async def send(self, callback: Callback, headers: dict[str, str]) -> CallbackResponse:
        """Return the diary's response."""
        del headers
        try:
            status, body = self._diary.answer(callback.content or b"")
        except TimeoutError:
            return CallbackResponse(error="timeout")
        return CallbackResponse(status=status, headers=JSON_HEADERS, body=body)

    async def close(self) -> None:
        """Close nothing."""


async def report_without_socket(diary: Diary) -> Json:
    """Check a backend as the command does, apart from the socket."""
    asked = endpoint_check.options(sip_id="salon")
    app = create_app(Settings(clock=ClockMode.FROZEN, now=datetime(2026, 1, 1, 8, tzinfo=UTC)))
    app.worlds.transports.mount(SALON, DiaryTransport(diary))
    world = app.worlds.create(name="check")
    report = (await endpoint_check.run(world, SALON, asked)).shown()
    await app.worlds.stop()
    return report


def quickly_report_on(diary: Diary) -> Json:
    """Check a backend without a socket, which takes a third of the time."""
    return asyncio.run(report_without_socket(diary))


def problems(report: Json) -> list[tuple[str, str, str, str]]:
    """Return every check that neither passed nor was skipped."""
    return [
        (each["result"], each["action"], each["check"], each["reason"])
        for each in report["checks"]
        if each["result"] not in {"pass", "skip"}
    ]


def plainly(status: int, body: bytes = b"{}") -> Spoil:
    """Return a change that always responds this."""
    return lambda *_: (status, body)


def changed(change: Any) -> Spoil:
    """Return a change that alters the correct response."""
    return lambda _, asked, right: (200, json.dumps(change(right(asked))).encode())


def without(*names: str) -> Spoil:
    """Return a change that removes these fields at every level."""

    def strip(value: Json) -> Json:
        if isinstance(value, list):
            return [strip(each) for each in value]
        return {name: each for name, each in value.items() if name not in names}

    return changed(strip)


def never(diary: Diary, asked: Json, right: Right) -> tuple[int, bytes]:
    """Return a change that never responds."""
    del asked, right
    diary.silence.wait(LIMIT_SECONDS)
    return 500, b""


def test_correct_backend_passes() -> None:
    """It passes every check and has the same book afterwards; no two checks have one name."""
    diary = Diary()
    before = sorted(diary.taken)

    report = report_on(diary)

    assert problems(report) == []
    assert report["counts"] == {"pass": len(report["checks"]), "warn": 0, "fail": 0, "skip": 0}
    assert sorted(diary.taken) == before
    names = [(each["action"], each["check"]) for each in report["checks"]]
    assert len(set(names)) == len(names)
    assert {name for name, _ in names} == {*Action, "any", "conversation"}


def test_reference_backend_passes() -> None:
    """The emulator's own backend passes, and its book is the same afterwards."""
    with running(Settings(port=0)) as app:
        url = f"{app.worlds.settings.base_url}/voicebooker/webhook"
        done = CliRunner().invoke(
            main, ["check-webhook", url, "--now", "2026-01-01T00:00:00Z", "--json"]
        )

    report = json.loads(done.stdout)
    assert (done.exit_code, problems(report)) == (0, [])


def test_report_has_the_exact_request_and_response() -> None:
    """Each check shows what was sent and received."""
    report = report_on(Diary())

    (first, *_) = report["checks"]
    (exchange,) = first["exchanges"]
    assert exchange["request"] == '{"action":"getEntityForSipId","sipId":"salon"}'
    assert (exchange["status"], exchange["answer"]) == (200, '{"entityId": "salon-1"}')
    assert ["Content-Type", "application/json; charset=utf-8"] in exchange["headers"]


def test_report_is_printed_for_people() -> None:
    """By action: the result, the check, the reason, the request and the response."""
    with served(Diary(getProducts=plainly(503))) as url:
        done = check(url)
        quiet = check(url, "--quiet")

    lines = done.stdout.splitlines()
    at = lines.index("getProducts")
    asked = '{"action":"getProducts","entityId":"salon-1","appointmentTypeId":"7"}'
    assert lines[at + 1 : at + 4] == [
        "  FAIL  products are listed: status 503",
        f"      > {asked}",
        "      < 503 {}",
    ]
    assert lines[0] == "getEntityForSipId"
    assert lines[-1].startswith(f"FAIL  {url}: ")
    assert "PASS" not in quiet.stdout
    assert (done.exit_code, quiet.exit_code) == (1, 1)


def test_same_backend_gets_the_same_report() -> None:
    """At the same time of the world, results and reasons are the same."""

    def results_of_a_run() -> Json:
        checks = report_on(Diary("forgets-moves"))["checks"]
        return [{name: each[name] for name in each if name != "exchanges"} for each in checks]

    assert results_of_a_run() == results_of_a_run()


POSITIVE: Final = {
    "getEntityForSipId": "a number leads to a business",
    "getBusinessName": "the business has a name",
    "getAppointmentTypes": "appointment types are listed",
    "getAgents": "agents are listed",
    "getProducts": "products are listed",
    "getSlots": "free slots are listed",
    "getRequiredInfo": "the required fields are listed",
    "bookAppointment": "a free slot is booked",
    "findExistingUser": "the person who booked is found",
    "findExistingBooking": "the appointment is found",
    "modifyAppointment": "an appointment is moved",
    "cancelAppointment": "an appointment is cancelled",
}
LISTS: Final = ("getAppointmentTypes", "getAgents", "getProducts", "getSlots")
READ: Final = [name for name in POSITIVE if not name.endswith("Appointment")]


def earnestly(spoil: Spoil) -> Spoil:
    """Return a change that spares requests with invented names and ids."""

    def answer(diary: Diary, asked: Json, right: Right) -> tuple[int, bytes]:
        if "Quirinalda" in json.dumps(asked) or "no-such-id" in json.dumps(asked):
            return 200, json.dumps(right(asked)).encode()
        return spoil(diary, asked, right)

    return answer


WAYS: Final = [
    *(
        pytest.param({action: earnestly(plainly(500))}, action, "status 500", id=f"500-{action}")
        for action in POSITIVE
    ),
    *(
        pytest.param(
            {action: earnestly(plainly(200, b"{]"))},
            action,
            "the response is not JSON: ",
            id=f"bad-json-{action}",
        )
        for action in READ
    ),
    *(
        pytest.param(
            {action: earnestly(plainly(200, b""))},
            action,
            "the response is empty",
            id=f"empty-{action}",
        )
        for action in READ
    ),
    *(
        pytest.param(
            {action: earnestly(plainly(200, b'"yes"'))},
            action,
            "the response is a text, not an ",
            id=f"shape-{action}",
        )
        for action in READ
    ),
    *(
        pytest.param(
            {action: without("id", f"{kind}Id", "agentId")},
            action,
            "none of the ",
            id=f"no-ids-{action}",
        )
        for action, kind in zip(LISTS, ("appointmentType", "agent", "product", "slot"), strict=True)
    ),
    pytest.param(
        {"getEntityForSipId": plainly(200)},
        "getEntityForSipId",
        "the response has no entityId",
        id="no-entity",
    ),
    pytest.param(
        {"getBusinessName": earnestly(plainly(200))},
        "getBusinessName",
        "the response has no name",
        id="no-name",
    ),
    *(
        pytest.param(
            {action: plainly(200, b"[]")}, action, "the list is empty", id=f"none-{action}"
        )
        for action in ("getAppointmentTypes", "getProducts")
    ),
    pytest.param(
        {"getSlots": plainly(200, b"[]")},
        "getSlots",
        "the next 14 days have no free slot: nothing can be booked",
        id="no-slots",
    ),
    pytest.param(
        {"getSlots": without("start")},
        "getSlots",
        "st-1/2026-01-02/09 has no start that is a time: None",
        id="start",
    ),
    pytest.param(
        {"getSlots": changed(lambda value: [each | {"start": "9 o'clock"} for each in value])},
        "getSlots",
        "st-1/2026-01-02/09 has no start that is a time: 9 o'clock",
        id="no-time",
    ),
    pytest.param(
        {"getRequiredInfo": without("participantInfo")},
        "getRequiredInfo",
        "the response has no participantInfo",
        id="no-info",
    ),
    pytest.param(
        {"findExistingUser": plainly(200, b"[]")},
        "findExistingUser",
        "the person who just booked is not found",
        id="not-found",
    ),
    pytest.param(
        {"findExistingBooking": plainly(200, b"[]")},
        "findExistingBooking",
        "the appointment just made is not listed",
        id="not-listed",
    ),
]


@each_case(("spoilt", "action", "reason"), WAYS)
def test_failure_is_reported_once(spoilt: dict[str, Spoil], action: str, reason: str) -> None:
    """The failed action fails; checks that depend on it are skipped."""
    report = quickly_report_on(Diary(**spoilt))

    ((result, where, what, why),) = problems(report)
    assert (result, where, what) == ("fail", action, POSITIVE[action])
    assert why.startswith(reason)
    for each in report["checks"]:
        assert each["result"] != "skip" or each["reason"]


def silent(diary: Diary, asked: Json, right: Right) -> tuple[int, bytes]:
    """Have the request time out."""
    del diary, asked, right
    raise TimeoutError


@each_case("action", [pytest.param(action, id=action) for action in POSITIVE])
async def test_time_out_is_reported_for_its_action(action: str) -> None:
    """An action without a response in time fails with that reason."""
    report = await report_without_socket(Diary(**{action: earnestly(silent)}))

    ((result, where, what, why),) = problems(report)
    assert (result, where, what) == ("fail", action, POSITIVE[action])
    assert why.endswith("timeout")


def test_checks_need_no_socket() -> None:
    """Without a socket, a backend gets the same results, so that time-outs can be tested so."""
    report = asyncio.run(report_without_socket(Diary("forgets-moves")))

    assert problems(report) == problems(report_on(Diary("forgets-moves")))


def test_silent_endpoint_times_out() -> None:
    """An endpoint that accepts a request and never responds fails after the time-out."""
    report = report_on(Diary(getEntityForSipId=never), "--timeout", "0.5")

    ((result, action, _, why),) = problems(report)
    assert (result, action) == ("fail", "getEntityForSipId")
    assert why.endswith("timeout")


@each_case(
    ("fault", "result", "action", "what", "reason"),
    [
        pytest.param(
            "offers-taken",
            "fail",
            "getSlots",
            "a booked slot is not offered",
            "2026-01-02T09:00:00.000+01:00 is taken and refused to the next caller, "
            "but still offered",
            id="offers-taken",
        ),
        pytest.param(
            "books-twice",
            "fail",
            "bookAppointment",
            "a booked slot is not booked again",
            "2026-01-02T09:00:00.000+01:00 is taken and no longer offered, but booked again",
            id="books-twice",
        ),
        pytest.param(
            "races",
            "fail",
            "bookAppointment",
            "one of two simultaneous bookings gets the slot",
            "both bookings got the slot at 2026-01-02T10:00:00.000+01:00",
            id="races",
        ),
        pytest.param(
            "finds-anybody",
            "fail",
            "findExistingUser",
            "a made-up name finds no user",
            "user u1 does not match the requested name",
            id="finds-anybody",
        ),
        pytest.param(
            "forgets-moves",
            "fail",
            "modifyAppointment",
            "an appointment is moved",
            "the appointment is not listed at its new time 2026-01-02T11:00:00.000+01:00",
            id="forgets-moves",
        ),
        pytest.param(
            "moves-onto-taken",
            "fail",
            "modifyAppointment",
            "no appointment is moved to a taken slot",
            "2026-01-02T09:00:00.000+01:00 is taken, but an appointment was moved to it",
            id="moves-onto-taken",
        ),
        pytest.param(
            "forgets-cancels",
            "fail",
            "cancelAppointment",
            "an appointment is cancelled",
            "the appointment is still listed",
            id="forgets-cancels",
        ),
        pytest.param(
            "past",
            "warn",
            "getSlots",
            "no slot is offered in the past",
            "2025-12-31T09:00:00.000+01:00 is in the past but offered",
            id="past",
        ),
        pytest.param(
            "keeps-old-slot",
            "warn",
            "modifyAppointment",
            "the old slot is free again",
            "the old slot is not offered again",
            id="keeps-old-slot",
        ),
        pytest.param(
            "keeps-cancelled-slot",
            "warn",
            "cancelAppointment",
            "a cancelled slot can be booked again",
            "the slot is not offered again",
            id="keeps-cancelled-slot",
        ),
    ],
)
def test_fault_is_reported_by_its_check(
    fault: str, result: str, action: str, what: str, reason: str
) -> None:
    """A fault of the book fails or warns at exactly the check for it."""
    report = report_on(Diary(fault))

    assert problems(report) == [(result, action, what, reason)]
    assert report["result"] == ("fail" if result == "fail" else "pass")


@each_case(
    ("spoilt", "result", "action", "what", "reason"),
    [
        pytest.param(
            {"getSlots": changed(lambda value: [utc(each) for each in value])},
            "fail",
            "getSlots",
            "slots are in the requested time zone",
            "2026-01-02T08:00:00+00:00 is not a time of Europe/Berlin",
            id="time-zone",
        ),
        pytest.param(
            {"getAppointmentTypesWithProducts": plainly(404)},
            "warn",
            "getAppointmentTypesWithProducts",
            "types come with their products",
            "status 404; bots ask for this only in rare cases",
            id="rare",
        ),
        pytest.param(
            {"getBusinessName": changed(lambda value: {"title": value["name"]})},
            "warn",
            "getBusinessName",
            "the business has a name",
            "the name is not in the field name",
            id="title",
        ),
        pytest.param(
            {"getAgents": changed(lambda value: [{"id": each["agentId"]} for each in value])},
            "warn",
            "getAgents",
            "agents are listed",
            "[0] has neither name nor title; [1] has neither name nor title",
            id="nameless",
        ),
    ],
)
def test_deviation_is_reported_by_its_check(
    spoilt: dict[str, Spoil], result: str, action: str, what: str, reason: str
) -> None:
    """Deviations from documented rules fail; from assumed ones they warn, with exit code 0."""
    report = quickly_report_on(Diary(**spoilt))

    assert problems(report) == [(result, action, what, reason)]


def utc(slot: Json) -> Json:
    """Return the slot with its start in UTC."""
    hour = int(slot["start"][11:13]) - 1
    return slot | {"start": f"{slot['start'][:11]}{hour:02}:00:00+00:00"}


def test_lax_backend_gets_warnings() -> None:
    """200 to unknown ids is no failure, but every case gets a warning."""

    class Lax(Diary):
        def answer(self, body: bytes) -> tuple[int, bytes]:
            status, said = super().answer(body)
            return (status, said) if status in {200, 409} else (200, b"{}")

    report = report_on(Lax())

    results = {result for result, *_ in problems(report)}
    checks = {what for _, _, what, _ in problems(report)}
    assert results == {"warn"}
    assert checks == {
        "an unknown number is refused",
        "an unknown business is refused",
        "an unknown product is refused",
        "an unknown slot is refused",
        "an unknown booking is refused",
        "an appointment is not cancelled twice",
        "an unknown action is refused",
        "a body that is not JSON is refused",
    }


def test_unreachable_backend_fails_once() -> None:
    """One check reports it, all others are skipped, and the exit code says that nothing answers."""
    with served(Diary()) as url:
        pass

    done = check(url, "--json")

    report = json.loads(done.stdout)
    assert done.exit_code == 4
    assert done.stderr.strip() == "no server responds at that address: connection refused"
    ((result, action, _, reason),) = problems(report)
    assert (result, action, reason) == ("fail", "getEntityForSipId", "connection refused")
    assert report["counts"]["skip"] == len(report["checks"]) - 1


@each_case(
    ("words", "said"),
    [
        pytest.param(["http://93.184.216.34/hook"], "--allow-public-callbacks", id="public"),
        pytest.param(["ftp://127.0.0.1/"], "URL must begin with http:// or https://", id="scheme"),
        pytest.param([], "Missing argument 'URL'", id="no-url"),
        pytest.param(["http://127.0.0.1:1/", "--days", "0"], "--days", id="days"),
        pytest.param(["http://127.0.0.1:1/", "--timezone", "Mars"], "--timezone must", id="zone"),
        pytest.param(["http://127.0.0.1:1/", "--persona", "Ada"], "NAME=VALUE", id="persona"),
        pytest.param(["http://127.0.0.1:1/", "--header", "=x"], "NAME=VALUE", id="header"),
        pytest.param(
            ["http://127.0.0.1:1/", "--header", "Host=x"],
            "Error: --header may not set Host",
            id="host",
        ),
        pytest.param(
            ["http://127.0.0.1:1/", "--header", "A:b=x"], "Error: --header A:b", id="header-name"
        ),
        pytest.param(["http://127.0.0.1:1/", "--now", "soon"], "--now must", id="now"),
        pytest.param(["http://127.0.0.1:1/", "--timeout", "-1"], "--timeout must", id="timeout"),
    ],
)
def test_usage_error_has_exit_code_2(words: list[str], said: str) -> None:
    """The reason is on standard error, and nothing is checked."""
    done = CliRunner().invoke(main, ["check-webhook", *words])

    assert (done.exit_code, said in done.stderr) == (2, True), done.output
    assert done.stdout == ""


def test_options_reach_the_backend() -> None:
    """Persona, time zone, headers and ``entityId`` are sent as given."""
    diary = Diary()

    report = report_on(
        diary,
        *("--persona", "lastname=Prüfer", "--persona", "firstname=Paula"),
        *("--header", "X-Key=secret", "--entity-id", "--days", "3"),
    )

    assert problems(report) == []
    found = [each for each in diary.requests if each.get("action") == "findExistingUser"]
    assert {"firstname": "Paula", "lastname": "Prüfer"} in [each["participant"] for each in found]
    assert all(
        each["entityId"] == "salon-1"
        for each in diary.requests
        if each.get("action") in {"getSlots", "bookAppointment", "cancelAppointment"}
    )


def test_one_slot_a_day_is_enough() -> None:
    """A backend with one slot a day passes like any other."""
    report = report_on(Diary(getSlots=changed(lambda value: value[:1])))

    assert problems(report) == []
    assert report["counts"]["skip"] == 0


def test_optional_fields_of_a_booking_may_be_left_out() -> None:
    """A booking with id, slot and start is enough, for the bot, too."""
    spoil = without("appointmentTypeId", "productId", "agentId")

    assert problems(report_on(Diary(findExistingBooking=spoil))) == []


def losing(status: int | None) -> Spoil:
    """Return a change that responds this to the loser of two simultaneous bookings."""

    def answer(_: Diary, asked: Json, right: Right) -> tuple[int, bytes]:
        try:
            return 200, json.dumps(right(asked)).encode()
        except RefusedError as error:
            who = asked.get("participant", {}).get("lastname")
            is_race = error.status == 409 and who in {"Zweitfall", "Drittfall"}
            if not is_race or asked["start"] == "2026-01-02T09:00:00.000+01:00":
                raise
            if status is None:
                raise TimeoutError from None
            return status, b"{}"

    return answer


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        pytest.param(None, "the loser: timeout", id="hangs"),
        pytest.param(500, "the loser gets status 500", id="crashes"),
    ],
)
async def test_loser_of_a_race_must_be_refused(status: int | None, reason: str) -> None:
    """The second booking must be refused; no response and a crash are no refusals."""
    report = await report_without_socket(Diary(bookAppointment=losing(status)))

    assert problems(report) == [
        (
            "warn",
            "bookAppointment",
            "one of two simultaneous bookings gets the slot",
            reason
            + (
                "; expected a response with a 4xx status"
                if status is None
                else "; expected a 4xx status"
            ),
        )
    ]


def test_refusals_with_status_200_are_no_double_bookings() -> None:
    """The form of refusals is assumed: one with 200 gets a warning for that reason only."""

    class Polite(Diary):
        def answer(self, body: bytes) -> tuple[int, bytes]:
            status, said = super().answer(body)
            return 200, said if status == 200 else b'{"error": "that cannot be"}'

    found = problems(report_on(Polite()))

    assert {result for result, *_ in found} == {"warn"}
    assert {what: why for _, _, what, why in found}.items() >= {
        "a booked slot is not booked again": "a booked slot gets status 200; expected a 4xx status",
        "one of two simultaneous bookings gets the slot": (
            "the loser gets status 200; expected a 4xx status"
        ),
        "no appointment is moved to a taken slot": (
            "a taken slot gets status 200; expected a 4xx status"
        ),
    }.items()


def later(slot: Json) -> Json:
    """Return the slot eighteen days later."""
    start = datetime.fromisoformat(slot["start"]) + timedelta(days=18)
    return slot | {"start": start.isoformat(timespec="milliseconds")}


def test_slots_of_other_days_are_reported() -> None:
    """Slots of another day than the requested one fail."""
    report = report_on(Diary(getSlots=changed(lambda value: [later(each) for each in value])))

    ((result, action, _, reason),) = problems(report)
    assert (result, action) == ("fail", "getSlots")
    assert reason == "2026-01-20T09:00:00.000+01:00 is not on 2026-01-02, which was requested"


def test_unsaved_booking_is_named_as_a_cause() -> None:
    """If the person who booked is not found, the reason asks whether the booking was saved."""
    report = report_on(Diary(bookAppointment=earnestly(plainly(200))))

    reasons = {action: why for result, action, _, why in problems(report) if result == "fail"}
    assert reasons == {
        "findExistingUser": (
            "the person who just booked is not found; did bookAppointment save anything?"
        )
    }


def abroad(_: Diary, asked: Json, right: Right) -> tuple[int, bytes]:
    """Return slots of the requested zone's day, written in that zone."""
    day, zone = date.fromisoformat(asked["dateTime"]), ZoneInfo(asked["timezone"])
    found = []
    for each in (day - timedelta(days=1), day):
        for slot in right(asked | {"dateTime": each.isoformat()}):
            start = datetime.fromisoformat(slot["start"]).astimezone(zone)
            if start.date() == day:
                found.append(slot | {"start": start.isoformat()})
    return 200, json.dumps(found).encode()


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_days_are_those_of_the_requested_zone(zone: str) -> None:
    """An appointment listed with another offset is found on its day in the requested zone."""
    assert problems(report_on(Diary(getSlots=abroad), "--timezone", zone)) == []


def test_appointments_left_behind_are_reported() -> None:
    """Both forms of the report list what could not be cancelled."""
    with served(Diary("forgets-cancels")) as url:
        done = check(url, "--json")
    with served(Diary("forgets-cancels")) as url:
        printed = check(url, "--quiet")

    left = json.loads(done.stdout)["left"]
    assert "Vera Testfall, 2026-01-02T11:00:00.000+01:00: still listed after cancelling" in left
    assert f"LEFT  {left[0]}" in printed.stdout.splitlines()
    assert report_on(Diary())["left"] == []


def test_users_not_found_again_are_reported() -> None:
    """If users cannot be looked up, the report names who has booked."""
    left = report_on(Diary(findExistingUser=earnestly(plainly(500))))["left"]

    assert left == [
        f"{who}: not found again to be cancelled: status 500"
        for who in ("Vera Testfall", "Viktor Zweitfall", "Dora Drittfall")
    ]


def insured(diary: Diary, asked: Json, right: Right) -> tuple[int, bytes]:
    """Return a change that refuses a person without insurance number."""
    del diary
    if "insuranceNumber" not in asked["participant"]:
        return 422, b'{"error": "insuranceNumber"}'
    return 200, json.dumps(right(asked)).encode()


def asking_more(value: Json) -> Json:
    """Return a change that also requires the number."""
    return value | {"participantInfo": [*value["participantInfo"], "insuranceNumber"]}


def test_information_that_the_caller_lacks_is_named() -> None:
    """The reason says how to give the caller the missing information."""
    spoilt = {"getRequiredInfo": changed(asking_more), "bookAppointment": earnestly(insured)}

    lacking = problems(report_on(Diary(**spoilt)))
    knowing = problems(report_on(Diary(**spoilt), "--persona", "insuranceNumber=A123"))

    ((result, action, _, reason),) = lacking
    assert (result, action) == ("fail", "bookAppointment")
    assert reason == (
        "status 422; the caller has no insuranceNumber: give it with --persona insuranceNumber=..."
    )
    assert knowing == []


def test_persona_may_use_other_field_names() -> None:
    """A field given under another of its names replaces the invented one."""
    diary = Diary()

    report = report_on(diary, "--persona", "firstName=Paula", "--persona", "Nachname=Prüfer")

    assert problems(report) == []
    found = [each for each in diary.requests if each.get("action") == "findExistingUser"]
    assert {"firstname": "Paula", "lastname": "Prüfer"} in [each["participant"] for each in found]


def test_control_characters_never_reach_a_terminal() -> None:
    """A backend's texts are printed on one line, without control characters."""
    evil = "\x1b[31mred\x1b[0m\x9b2J\r\n\x07\u202e"
    answer = json.dumps({"name": evil}, ensure_ascii=False).encode()
    with served(Diary(getBusinessName=plainly(500, evil.encode()))) as url:
        broken = check(url)
    with served(Diary(getBusinessName=plainly(200, answer))) as url:
        named = check(url)

    for done in (broken, named):
        shown = done.stdout.replace("\n", "")
        assert "red" in shown
        assert shown.isprintable()
    with served(Diary(getBusinessName=plainly(200, answer))) as url:
        done = check(url, "--json")
    (_, _, found, *_) = json.loads(done.stdout)["checks"]
    assert json.loads(found["exchanges"][0]["answer"]) == {"name": evil}
    assert done.stdout.replace("\n", "").isprintable()


def test_password_in_the_url_is_not_printed() -> None:
    """Reports mask the user and password of a URL."""
    with served(Diary()) as url:
        secret = url.replace("http://", "http://me:s3cret@")
        done, printed = check(secret, "--json"), check(secret)

    assert done.exit_code == printed.exit_code == 0
    assert json.loads(done.stdout)["url"] == url.replace("http://", "http://***@")
    assert "s3cret" not in done.output + printed.output


def test_one_cause_is_one_failure() -> None:
    """If users cannot be looked up at all, the second lookup is not another failure."""
    page = plainly(200, b"<html>Welcome</html>")

    report = report_on(Diary(findExistingUser=page))

    ((result, action, what, _),) = problems(report)
    assert (result, action, what) == ("fail", "findExistingUser", "the person who booked is found")


@each_case("action", [action for action in POSITIVE if action != "getAgents"])
def test_skipped_check_names_its_cause(action: str) -> None:
    """After a failure, every skipped check names an action whose checks give the reason."""
    report = quickly_report_on(Diary(**{action: earnestly(plainly(500))}))

    reasons = {each["reason"] for each in report["checks"] if each["result"] == "skip"}
    assert reasons <= {f"depends on {other}" for other in (*POSITIVE, "conversation")}
