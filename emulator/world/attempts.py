"""Notifies those that count the attempts at callbacks or wait for one."""

from collections.abc import Callable

from emulator.domain.callbacks import Callback


class Attempts:
    """The subscribers to the attempts that a world's courier makes."""

    __slots__ = ("_subscribers",)

    def __init__(self) -> None:
        self._subscribers: list[Callable[[Callback], None]] = []

    def subscribe(self, subscriber: Callable[[Callback], None]) -> None:
        """Call this after every attempt from now on."""
        self._subscribers.append(subscriber)

    def unsubscribe(self, subscriber: Callable[[Callback], None]) -> None:
        """Stop calling this."""
        self._subscribers.remove(subscriber)

    def notify(self, callback: Callback) -> None:
        """Call the subscribers: an attempt at this callback was made."""
        for subscriber in tuple(self._subscribers):
            subscriber(callback)
