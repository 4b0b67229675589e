"""A booking backend as a user would write it: another program, other names, its own shapes.

It shares no code with the emulator. ``faults`` make it wrong in one way each.
"""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any
from zoneinfo import ZoneInfo

from tests.limits import LIMIT_SECONDS
from tests.threads import serving

Json = Any

TODAY = date(2026, 1, 1)
BERLIN = ZoneInfo("Europe/Berlin")
HOURS = (9, 10, 11, 14, 15, 16)
KINDS: list[dict[str, Any]] = [
    {"appointmentTypeId": "7", "title": "Haircut"},
    {"appointmentTypeId": "col", "title": "Colouring", "popular": True},
]
STYLISTS = [
    {"agentId": "st-1", "firstname": "Mia", "lastname": "Kraft"},
    {"agentId": "st-2", "firstname": "Tom", "lastname": "Zeh"},
]
PRODUCTS = {"7": [{"productId": "cut", "title": "Wash and cut"}], "col": []}
PEOPLE = [
    {"userId": "u1", "firstname": "Eva", "lastname": "Lang", "dateOfBirth": "1990-05-05"},
    {"userId": "u2", "firstname": "Eva", "lastname": "Lang", "dateOfBirth": "1964-08-30"},
    {"userId": "u3", "firstname": "Jo", "lastname": "Roth", "dateOfBirth": "2001-01-31"},
]


Spoil = Callable[["Diary", Json, Callable[[Json], Json]], tuple[int, bytes]]


class RefusedError(Exception):
    """An answer other than a result."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class Diary:
    """What it remembers: people, and which slot is whose. A slot is its stylist and its time."""

    def __init__(self, *faults: str, **spoilt: Spoil) -> None:
        self.faults = set(faults)
        self.spoilt = spoilt
        """For an action, what becomes of the right answer."""
        self.silence = threading.Event()
        """Requests that get no answer wait for this."""
        self.people = [dict(each) for each in PEOPLE]
        self.taken: dict[str, dict[str, Any]] = {}
        self.requests: list[Json] = []
        self.lock = threading.Lock()
        self.together = threading.Barrier(2)
        self._number = 0
        self.put("u1", self.slot_id("st-1", TODAY + timedelta(days=5), 10))
        self.put("u3", self.slot_id("st-2", TODAY + timedelta(days=5), 11))
        self.put("u3", self.slot_id("st-2", TODAY + timedelta(days=6), 11))

    @staticmethod
    def slot_id(stylist: str, day: date, hour: int) -> str:
        return f"{stylist}/{day.isoformat()}/{hour:02}"

    def put(self, user: str, slot: str) -> Json:
        self._number += 1
        key = f"{slot} for {user}" if slot in self.taken else slot
        booking = {"bookingId": f"b{self._number}", "user": user, "slot": slot}
        self.taken[key] = booking
        return booking

    def starts(self, slot: str) -> str:
        _, day, hour = slot.split("/")
        moment = datetime.combine(date.fromisoformat(day), time(int(hour)), BERLIN)
        return moment.isoformat(timespec="milliseconds")

    def answer(self, body: bytes) -> tuple[int, bytes]:
        try:
            asked = json.loads(body)
            with self.lock:
                self.requests.append(asked)
            does = self.handler(asked["action"])
            spoil = self.spoilt.get(asked["action"])
            if spoil is not None:
                return spoil(self, asked, does)
            return 200, json.dumps(does(asked)).encode()
        except RefusedError as refused:
            return refused.status, json.dumps({"reason": str(refused)}).encode()
        except (ValueError, KeyError, TypeError) as error:
            return 400, json.dumps({"reason": repr(error)}).encode()

    def handler(self, action: str) -> Any:
        name = re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", action)
        if not hasattr(self, name):
            raise RefusedError(400, "unknown action")
        return getattr(self, name)

    def get_entity_for_sip_id(self, asked: Json) -> Json:
        if asked["sipId"] != "salon":
            raise RefusedError(404, "no such number")
        return {"entityId": "salon-1"}

    def get_business_name(self, asked: Json) -> Json:
        self.check_entity(asked)
        return {"name": "Salon Schick", "since": 1999}

    def get_appointment_types(self, asked: Json) -> Json:
        self.check_entity(asked)
        return KINDS[:1]

    def get_agents(self, asked: Json) -> Json:
        self.check_entity(asked)
        return STYLISTS

    def get_products(self, asked: Json) -> Json:
        self.check_entity(asked)
        return PRODUCTS[asked["appointmentTypeId"]]

    def get_appointment_types_with_products(self, asked: Json) -> Json:
        self.check_entity(asked)
        return [kind | {"products": PRODUCTS["7"]} for kind in KINDS]

    @staticmethod
    def check_entity(asked: Json) -> None:
        if asked["entityId"] != "salon-1":
            raise RefusedError(404, "no such business")

    def get_slots(self, asked: Json) -> Json:
        if asked["productId"] != "cut":
            raise RefusedError(404, "no such product")
        day = date.fromisoformat(asked["dateTime"][:10])
        stylists = [asked["agentId"]] if asked["agentId"] else ["st-1", "st-2"]
        if day.weekday() == 6 or (day <= TODAY and "past" not in self.faults):
            return []
        found = []
        for hour in HOURS:
            for stylist in stylists:
                slot = self.slot_id(stylist, day, hour)
                if slot not in self.taken or "offers-taken" in self.faults:
                    found.append({"slotId": slot, "start": self.starts(slot), "agentId": stylist})
        return found

    def get_required_info(self, asked: Json) -> Json:
        if asked["productId"] != "cut":
            raise RefusedError(404, "no such product")
        names = [{"name": "firstname", "label": "Vorname"}, {"name": "lastname"}]
        return {"bookerInfo": names, "participantInfo": [*names, {"name": "dateOfBirth"}]}

    def book_appointment(self, asked: Json) -> Json:
        slot, who = asked["slotId"], asked["participant"]
        self.check_slot(slot, asked["start"])
        if slot in self.taken and "books-twice" not in self.faults:
            raise RefusedError(409, "taken")
        races = "races" in self.faults and self.known("Zweitfall")
        if races:
            self.together.wait(LIMIT_SECONDS)
            self.faults.discard("races")
        with self.lock:
            if slot in self.taken and not races and "books-twice" not in self.faults:
                raise RefusedError(409, "taken")
            user = next((each for each in self.people if self.is_named(each, who)), None)
            if user is None:
                user = {"userId": f"u{len(self.people) + 1}", **who}
                self.people.append(user)
            self.put(user["userId"], slot)
        return None

    def known(self, lastname: str) -> bool:
        return any(each["lastname"] == lastname for each in self.people)

    def check_slot(self, slot: str, start: str) -> None:
        moment = datetime.fromisoformat
        if slot.count("/") != 2 or moment(self.starts(slot)) != moment(start):
            raise RefusedError(404, "no such slot")

    @staticmethod
    def is_named(person: Json, who: Json) -> bool:
        return all(person.get(name) == who[name] for name in ("firstname", "lastname"))

    def find_existing_user(self, asked: Json) -> Json:
        if "finds-anybody" in self.faults:
            return self.people
        return [each for each in self.people if self.is_named(each, asked["participant"])]

    def find_existing_booking(self, asked: Json) -> Json:
        return [
            {
                "bookingId": each["bookingId"],
                "slotId": each["slot"],
                "start": self.starts(each["slot"]),
                "appointmentTypeId": "7",
                "productId": "cut",
                "agentId": each["slot"].split("/")[0],
            }
            for each in self.taken.values()
            if each["user"] == asked["id"]
        ]

    def find(self, asked: Json, slot: str) -> str:
        for key, booking in self.taken.items():
            if (booking["bookingId"], booking["slot"]) == (asked["bookingId"], slot):
                return key
        raise RefusedError(404, "no such booking")

    def modify_appointment(self, asked: Json) -> Json:
        new = asked["slotIdNew"]
        old = self.find(asked, asked["slotIdOld"])
        booking = self.taken[old]
        self.check_slot(new, asked["start"])
        if new in self.taken and "moves-onto-taken" not in self.faults:
            raise RefusedError(409, "taken")
        if "forgets-moves" not in self.faults:
            if "keeps-old-slot" in self.faults:
                self.taken[old] = {"bookingId": "ghost", "user": "nobody", "slot": old}
            else:
                del self.taken[old]
            self.taken[new] = booking | {"slot": new}
        return {"ok": True}

    def cancel_appointment(self, asked: Json) -> Json:
        key = self.find(asked, asked["slotId"])
        if "forgets-cancels" in self.faults:
            return "fine"
        if "keeps-cancelled-slot" in self.faults:
            self.taken[key] |= {"user": "nobody", "bookingId": "ghost"}
        else:
            del self.taken[key]
        return {"cancelled": True}


@contextmanager
def served(diary: Diary) -> Iterator[str]:
    """Serve it on a free port; give its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body leave together, or the client waits for both

        def do_POST(self) -> None:
            status, body = diary.answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response_only(status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with serving(Handler, diary.silence) as url:
        yield f"{url}/webhook"
