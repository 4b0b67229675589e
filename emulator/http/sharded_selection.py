"""Finds the world of a request to a vendor where several processes share the worlds."""

from emulator.http.selection import WORLD_HEADER, WORLD_KEY, Selection
from emulator.ids import slot_of
from emulator.kit.http import IndexedHeaders
from emulator.kit.operation import Operation
from emulator.kit.platform import Platform
from emulator.sharded_worlds import ShardedWorlds
from emulator.world.world import World
from emulator.worlds import DEFAULT


class ShardedSelection(Selection):
    """Refuses what is about a world of another process: MisdirectedError, which is 421."""

    def __init__(self, platform: Platform, worlds: ShardedWorlds) -> None:
        super().__init__(platform, worlds)
        self._shard = worlds.shard

    def authenticate(
        self,
        operation: Operation,
        headers: IndexedHeaders,
        credential: str | None,
        owner: World | None,
        world: World,
    ) -> None:
        """Do as Selection does, if the request may act on a world of this process."""
        if WORLD_KEY in headers.first:
            self._shard.check(headers[WORLD_HEADER])
        elif owner is None and (credential is not None or operation.public):
            self._check_unknown(credential or "")
        super().authenticate(operation, headers, credential, owner, world)

    def _check_unknown(self, credential: str) -> None:
        """Raise MisdirectedError for a credential that no world of this process has.

        Either it is that of a world of another process, or ``default``, which takes unknown ones,
        is there.
        """
        selectors = self._platform.selectors
        slot = None if selectors is None else selectors.slot_in(credential)
        if slot is not None and (other := self._shard.owner(slot)) != self._shard.number:
            raise self._shard.refusal("the world of this credential", other)
        if not self._shard.owns(DEFAULT):
            what = f"the world {DEFAULT}, which takes unknown credentials such as this one,"
            raise self._shard.refusal(what, self._shard.owner(slot_of(DEFAULT)))
