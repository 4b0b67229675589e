"""The book of a new world: the practice of the page's samples, with a few patients.

The first record of each kind has the id of the page's samples.
https://api-docs.voicebooker.de/api-docs/redoc.standalone.js
"""

from datetime import date, timedelta
from typing import Final

from emulator.kit.world import World
from emulator.platforms.voicebooker.book.bookings import Book, Booking
from emulator.platforms.voicebooker.book.businesses import (
    AppointmentType,
    Business,
    BusinessAgent,
    Product,
)
from emulator.platforms.voicebooker.book.people import User
from emulator.platforms.voicebooker.book.slots import Slot

SIP_ID: Final = "phoneSipId12345678"
ENTITY_ID: Final = "xyzBusinessEntityId"
NAME_INFO: Final = ["firstname", "lastname"]
CONTACT_INFO: Final = ["firstname", "lastname", "dateOfBirth", "phone"]
LONG_DAY_HOURS: Final = [("08:00", "12:00"), ("13:00", "18:00")]

PATIENTS: Final = {
    "abcUserId": ("Erika", "Mustermann", "1985-04-12", "+493515550101"),
    "userThomasSenior": ("Thomas", "Müller", "1958-11-03", "+493515550102"),
    "userThomasJunior": ("Thomas", "Müller", "1991-07-23", "+493515550103"),
    "userAylin": ("Aylin", "Yilmaz", "1979-02-28", "+493515550104"),
}

APPOINTMENTS: Final = (
    ("abcBookingId", "abcUserId", "abcAgentId", 7, 4),
    ("bookingThomas", "userThomasJunior", "agentJonas", 8, 3),
    ("bookingAylinNext", "userAylin", "abcAgentId", 9, 5),
    ("bookingAylinLater", "userAylin", "abcAgentId", 16, 5),
)
"""Booking, user, agent, days ahead (or the next open day), and number of the slot on that day."""


def practice() -> Business:
    """Return the business of the page's samples."""
    return Business(
        id=ENTITY_ID,
        name="Physiotherapie Gleichgewicht",
        timezone="Europe/Berlin",
        sip_ids=[SIP_ID],
        hours={
            **dict.fromkeys(("mon", "tue", "wed", "thu"), LONG_DAY_HOURS),
            "fri": [("08:00", "14:00")],
        },
        agents=[
            BusinessAgent(id="abcAgentId", name="Lea Sommer"),
            BusinessAgent(id="agentJonas", name="Jonas Weber"),
            BusinessAgent(id="agentMiriam", name="Miriam Vogel"),
        ],
        products=[
            _product("abcProductTypeId", "Massage 30 minutes", 30, "29.00 EUR", NAME_INFO),
            _product("productMassage45", "Massage 45 minutes", 45, "42.00 EUR", NAME_INFO),
            _product("productGymnastics", "Medical gymnastics", 30, None, CONTACT_INFO),
            _product("productFirstVisit", "First consultation", 60, None, [*CONTACT_INFO, "email"]),
        ],
        appointment_types=_appointment_types(),
    )


def _appointment_types() -> list[AppointmentType]:
    return [
        AppointmentType(
            id="abcAppointmentTypeId",
            name="Massage",
            agents=["abcAgentId", "agentJonas"],
            products=["abcProductTypeId", "productMassage45"],
        ),
        AppointmentType(
            id="typeGymnastics",
            name="Medical gymnastics",
            agents=["abcAgentId", "agentMiriam"],
            products=["productGymnastics"],
            description="With a prescription",
        ),
        AppointmentType(
            id="typeFirstVisit",
            name="First consultation",
            agents=["agentMiriam"],
            products=["productFirstVisit"],
        ),
    ]


def _product(
    product_id: str, name: str, minutes: int, price: str | None, info: list[str]
) -> Product:
    return Product(
        id=product_id,
        name=name,
        minutes=minutes,
        price=price,
        booker_info=NAME_INFO,
        participant_info=info,
    )


def add_practice(world: World, book: Book) -> None:
    """Add the practice, its patients and their appointments to a new book."""
    business = practice()
    book.put(business)
    for user_id, (first, last, born, phone) in PATIENTS.items():
        fields = {"firstname": first, "lastname": last, "dateOfBirth": born, "phone": phone}
        book.people.add(User(id=user_id, fields=fields))
    now = world.clock.now()
    for booking_id, user_id, agent_id, ahead, place in APPOINTMENTS:
        day = date.fromisoformat(business.day_of(now)) + timedelta(days=ahead)
        while not (openings := list(business.openings(day))):
            day += timedelta(days=1)
        slot = Slot(
            appointment_type_id="abcAppointmentTypeId",
            product_id="abcProductTypeId",
            agent_id=agent_id,
            start=openings[0][0] + timedelta(minutes=business.grid) * place,
            minutes=30,
        )
        book.add(
            Booking(
                id=booking_id,
                business_id=business.id,
                appointment_type_id=slot.appointment_type_id,
                product_id=slot.product_id,
                agent_id=agent_id,
                slot_id=slot.id_in(world),
                start=slot.start,
                stop=slot.stop,
                user_id=user_id,
                booker=dict(book.people.users.get(user_id).fields),
                created_at=now,
            )
        )
