"""Python's garbage collector in a server: its collections are short.

What an emulator holds for long is no garbage: its records are freed when nothing refers to them.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

NEW_OBJECTS: Final = 25_000
"""A collection of the first generation begins with so many more objects: some milliseconds."""
COLLECTIONS: Final = 0
"""So every other collection is one of the second generation: it looks once more at what the one
before has left, and after more of them it would take as long as all of them."""
SECOND_GENERATION: Final = 1
NEVER: Final = 1 << 30
"""There is never one of the third generation: it would look at every record."""


def keep_collections_short() -> None:
    """Have the collector look at new objects only, a few at a time, in the whole process.

    After a collection of the second generation all that is left is set aside for good.
    """
    gc.freeze()  # without a collection before: it takes longer than the whole of create_app
    gc.set_threshold(NEW_OBJECTS, COLLECTIONS, NEVER)
    gc.callbacks.append(_freeze)


def _freeze(phase: str, info: dict[str, int]) -> None:
    if phase == "stop" and info["generation"] >= SECOND_GENERATION:
        gc.freeze()


@contextmanager
def no_collections() -> Iterator[None]:
    """Make many objects that are no garbage: none is looked at, and all are set aside for good.

    It does nothing in a process whose collections are not kept short.
    """
    if _freeze not in gc.callbacks or not gc.isenabled():
        yield
        return
    gc.collect(SECOND_GENERATION)  # what is garbage before
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
