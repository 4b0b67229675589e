"""What VoiceBooker remembers in a world, and what a new world starts with."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from emulator.domain.calls import Call
from emulator.kit.records import Collection
from emulator.kit.world import World
from emulator.platforms.voicebooker.auth import own_credentials
from emulator.platforms.voicebooker.book.bookings import Book, Booking
from emulator.platforms.voicebooker.book.businesses import Business
from emulator.platforms.voicebooker.book.people import User
from emulator.platforms.voicebooker.book.practice import add_practice
from emulator.platforms.voicebooker.bot.conversations import Conversation


@dataclass(slots=True, kw_only=True)
class OutboundCall:
    """The request for an outbound call; its id is the call's."""

    id: str
    dest: str
    """The number as it was sent."""
    bot_id: str
    sip_account_id: str
    start_timeout: float | None = None
    state: dict[str, Any] = field(default_factory=dict[str, Any])
    """That of the request, and what functions have returned since."""

    def state_during(self, call: Call) -> dict[str, Any]:
        """Return the bot's ``state``: as documented it starts with the numbers of the call."""
        return self.state | {"call": {"from": call.from_number, "to": self.dest}}


@dataclass(frozen=True, slots=True)
class CalledNumber:
    """A number of this world, or of one it was forked from, that was called."""

    id: str


@dataclass(slots=True)
class VoicebookerState:
    """The bot's conversations, outbound calls, and the reference backend's appointment book."""

    conversations: Collection[Conversation] = field(
        default_factory=lambda: Collection(Conversation, "conversation")
    )
    call_requests: Collection[OutboundCall] = field(
        default_factory=lambda: Collection(OutboundCall, "call request")
    )
    numbers: Collection[CalledNumber] = field(
        default_factory=lambda: Collection(CalledNumber, "number", constant=True)
    )
    businesses: Collection[Business] = field(
        default_factory=lambda: Collection(Business, "business")
    )
    users: Collection[User] = field(default_factory=lambda: Collection(User, "user"))
    bookings: Collection[Booking] = field(default_factory=lambda: Collection(Booking, "booking"))
    book: Book = field(init=False)
    """The index of the last three."""

    def __post_init__(self) -> None:
        self.book = Book(self.businesses, self.users, self.bookings)

    def collections(self) -> Iterable[tuple[str, Collection[Any]]]:
        """Return every collection with the name of its table."""
        return (
            ("conversations", self.conversations),
            ("call_requests", self.call_requests),
            ("numbers", self.numbers),
            ("businesses", self.businesses),
            ("users", self.users),
            ("bookings", self.bookings),
        )

    def check(self, world: World) -> None:
        """Refuse the records of a file that contradict each other."""
        from emulator.platforms.voicebooker.controls.references import (  # noqa: PLC0415  # uses this
            check_references,
        )

        check_references(self, world)

    def reindex(self) -> None:
        """Compute all indexes from the records."""
        self.book.reindex()


def new_state(world: World) -> VoicebookerState:
    """Start with the demo business, which has the number of the page's samples."""
    state = VoicebookerState()
    add_practice(world, state.book)
    return state


def state_of(world: World) -> VoicebookerState:
    """Return VoiceBooker's state in this world."""
    state: VoicebookerState = world.contexts["voicebooker"].state
    return state


def called_number(world: World, state: VoicebookerState, asked: str | None) -> str:
    """Return the number that is called: the one asked for, or the world's own."""
    own, numbers = own_credentials(world)["sip_id"], state.numbers
    if asked in (None, own) and own not in numbers:
        numbers.add(CalledNumber(own))
    return asked or own


def called_business(world: World, sip_id: str) -> Business | None:
    """Return the business that has a number; the first business has the world's own number."""
    state = state_of(world)
    if state.book.directory.has_sip(sip_id):
        return state.book.directory.of_sip(sip_id)
    is_own = sip_id in state.numbers or sip_id == own_credentials(world)["sip_id"]
    return next(iter(state.book.businesses), None) if is_own else None


def numbers_of(world: World, business: Business) -> list[str]:
    """Return the ids of the numbers that reach a business."""
    state, own = state_of(world), own_credentials(world)["sip_id"]
    others = [own, *(each.id for each in state.numbers)]
    found = [each for each in others if called_business(world, each) is business]
    return [*dict.fromkeys([*business.sip_ids, *found])]
