"""Names of worlds that belong to given shards."""

from itertools import count

from emulator.ids import shard_of, slot_of


def names_on(shards: int, each: int) -> list[list[str]]:
    """Return so many names for each of so many processes."""
    found: list[list[str]] = [[] for _ in range(shards)]
    for number in count():
        name = f"load-{number}"
        own = found[shard_of(slot_of(name), shards)]
        if len(own) < each:
            own.append(name)
        if all(len(names) == each for names in found):
            return found
    raise AssertionError  # there are numbers without end
