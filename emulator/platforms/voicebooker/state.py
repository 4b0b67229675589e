"""What one world's VoiceBooker remembers."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from emulator.kit.records import Collection
from emulator.kit.world import World
from emulator.platforms.voicebooker.auth import own_credentials
from emulator.platforms.voicebooker.book.bookings import Book, Booking
from emulator.platforms.voicebooker.book.businesses import Business
from emulator.platforms.voicebooker.book.demo import furnish
from emulator.platforms.voicebooker.book.people import User
from emulator.platforms.voicebooker.bot.conversations import Conversation
from emulator.platforms.voicebooker.outbound import CallRequest


@dataclass(frozen=True, slots=True)
class Number:
    """A number of the world's own that was called."""

    id: str


@dataclass(slots=True)
class VoicebookerState:
    """The bot's conversations, the calls it was asked for, and the reference backend's book."""

    conversations: Collection[Conversation] = field(
        default_factory=lambda: Collection(Conversation, "conversation")
    )
    call_requests: Collection[CallRequest] = field(
        default_factory=lambda: Collection(CallRequest, "call request")
    )
    numbers: Collection[Number] = field(
        default_factory=lambda: Collection(Number, "number", constant=True)
    )
    """Those of worlds that this one goes on from are among them."""
    businesses: Collection[Business] = field(
        default_factory=lambda: Collection(Business, "business")
    )
    users: Collection[User] = field(default_factory=lambda: Collection(User, "user"))
    bookings: Collection[Booking] = field(default_factory=lambda: Collection(Booking, "booking"))
    book: Book = field(init=False)
    """Finds its way in the last three."""

    def __post_init__(self) -> None:
        self.book = Book(self.businesses, self.users, self.bookings)

    def collections(self) -> Iterable[tuple[str, Collection[Any]]]:
        """All that is remembered."""
        return (
            ("conversations", self.conversations),
            ("call_requests", self.call_requests),
            ("numbers", self.numbers),
            ("businesses", self.businesses),
            ("users", self.users),
            ("bookings", self.bookings),
        )

    def reindex(self) -> None:
        """Work out all that follows from the records."""
        self.book.reindex()


def new_state(world: World) -> VoicebookerState:
    """Start with the demo business, reached by the number of the page's samples."""
    state = VoicebookerState()
    furnish(world, state.book)
    return state


def state_of(world: World) -> VoicebookerState:
    """What VoiceBooker remembers in this world."""
    return world.state("voicebooker", VoicebookerState)


def number_called(world: World, asked: str | None) -> str:
    """The number that somebody calls who asked for that, or for none: then the world's own."""
    own, numbers = own_credentials(world)["sip_id"], state_of(world).numbers
    if asked in (None, own) and own not in numbers:
        numbers.add(Number(own))
    return asked or own


def business_called(world: World, sip_id: str) -> Business | None:
    """Whose number it is; the world's own is that of its first business."""
    state = state_of(world)
    if state.book.has_sip(sip_id):
        return state.book.business_of_sip(sip_id)
    is_own = sip_id in state.numbers or sip_id == own_credentials(world)["sip_id"]
    return next(iter(state.book.businesses), None) if is_own else None
