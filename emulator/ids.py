"""Ids and seeded draws: the only source of randomness."""

import os
from binascii import crc32
from hashlib import blake2b
from operator import itemgetter
from typing import Final

SCALE: Final = 2**128
"""The number of values that a draw can have."""
DIGITS: Final = 32
"""Hexadecimal digits of an id."""
IDS_PER_DIGEST: Final = 4
"""Ids that are cut from one digest, because computing a digest is most of the work."""
NO_DIGEST: Final = -1, ""
MAX_LAST_DIGESTS: Final = 64
"""Kinds whose last digest is kept; there are fewer, but for vendors that make up kinds."""
SLOTS: Final = 65_536
"""How many slots there are: worlds are spread over them."""
SLOT_DIGITS: Final = 4
"""Hexadecimal digits of a slot, at the start of every secret."""
VARIANTS: Final = dict(zip("0123456789abcdef", "89ab" * 4, strict=True))
"""The digit of the UUID variant, by the digit that it replaces."""
_GROUPS: Final = itemgetter(
    slice(8), slice(8, 12), slice(13, 16), 16, slice(17, 20), slice(20, None)
)
"""Cuts 32 digits into those of a UUID."""
_LINE: Final = b"xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx\n"
_COLUMNS: Final = [column for column, sign in enumerate(_LINE) if sign == ord("x")]
_VERSION, _VARIANT = 12, 16
"""The positions of the digits that hold the version and the variant of a UUID."""


def nonce() -> str:
    """Return 32 hexadecimal digits that cannot be guessed, for what keeps others out."""
    return os.urandom(16).hex()


def slot_of(name: str) -> int:
    """Return the slot of a world from 0 to 65,535: it is that of its name up to the first dot."""
    return crc32(name.partition(".")[0].encode()) % SLOTS


def shard_of(slot: int, shards: int) -> int:
    """Return which of so many processes has a slot: each has as many that follow each other."""
    return slot * shards // SLOTS


class Ids:
    """Makes ids and draws that depend only on the seed, the kind, and the count or key.

    One more record of one kind changes no id and no draw of another kind.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        key = blake2b(str(seed).encode(), digest_size=32).digest()
        self._drawing = blake2b(key=key, digest_size=DIGITS // 2)
        self._naming = blake2b(key=key, digest_size=DIGITS // 2 * IDS_PER_DIGEST)
        self.counters: dict[str, int] = {}
        self._last_digests: dict[str, tuple[int, str]] = {}
        """The number of the last digest that was cut, and its digits, by kind."""
        self._secrets: dict[str, str] = {}
        """By platform and world: there are a few, and requests ask for them again and again."""

    def _digest(self, text: str) -> str:
        keyed = self._drawing.copy()
        keyed.update(text.encode())
        return keyed.hexdigest()

    def _next(self, kind: str) -> str:
        count = self.counters.get(kind, 0)
        self.counters[kind] = count + 1
        which, start = count // IDS_PER_DIGEST, count % IDS_PER_DIGEST * DIGITS
        known, digits = self._last_digests.get(kind, NO_DIGEST)
        if known != which:
            keyed = self._naming.copy()
            keyed.update(f"{kind}#{which}".encode())
            digits = keyed.hexdigest()
            if len(self._last_digests) >= MAX_LAST_DIGESTS:
                self._last_digests.clear()
            self._last_digests[kind] = which, digits
        return digits[start : start + DIGITS]

    def hex(self, kind: str, length: int = 32) -> str:
        """Return the next id of a kind: up to 32 hexadecimal digits."""
        return self._next(kind)[:length]

    def uuid(self, kind: str) -> str:
        """Return the next id of a kind as a version 4 UUID."""
        return as_uuid(self._next(kind))

    def uuids(self, kind: str, count: int) -> list[str]:
        """Return the next ids of a kind, the same as ``count`` calls of ``uuid``."""
        if count == 1:  # without the machinery for many
            return [self.uuid(kind)]
        start = self.counters.get(kind, 0)
        self.use_up(kind, count)
        return self.uuids_from(kind, start, count)

    def use_up(self, kind: str, count: int) -> None:
        """Do not give the next ids of a kind again."""
        self.counters[kind] = self.counters.get(kind, 0) + count

    def uuids_from(self, kind: str, start: int, count: int) -> list[str]:
        """Return the ids of a kind from a number on, without using them up."""
        stop = start + count
        first, last = start // IDS_PER_DIGEST, -(-stop // IDS_PER_DIGEST)
        of_kind = self._naming.copy()
        of_kind.update(f"{kind}#".encode())
        digits: list[str] = []
        for which in range(first, last):
            keyed = of_kind.copy()
            keyed.update(b"%d" % which)
            digits.append(keyed.hexdigest())
        skipped = DIGITS * (start - first * IDS_PER_DIGEST)
        return as_uuids("".join(digits)[skipped : skipped + DIGITS * count])

    def draw(self, purpose: str, key: str) -> int:
        """Return a number from 0 to 2**128 - 1, always the same for a purpose and key."""
        return int(self._digest(f"{purpose}?{key}"), 16)

    def secret(self, platform: str, world: str) -> str:
        """Return what a world's credentials for a platform are made of: always the same.

        It has 32 hexadecimal digits; the first four are the slot of the world.
        """
        purpose = f"{platform} {world}"
        if (found := self._secrets.get(purpose)) is None:
            rest = self._digest(f"secret!{purpose}")[SLOT_DIGITS:]
            found = self._secrets[purpose] = f"{slot_of(world):04x}{rest}"
        return found


def as_uuid(digits: str) -> str:
    """Format 32 hexadecimal digits as a version 4 UUID."""
    first, second, third, variant, fourth, last = _GROUPS(digits)
    return f"{first}-{second}-4{third}-{VARIANTS[variant]}{fourth}-{last}"


def as_uuids(digits: str) -> list[str]:
    """Format ids of 32 hexadecimal digits each as UUIDs, as ``as_uuid`` does.

    It works column by column: slice assignments are much faster than a loop over the ids.
    """
    known, lines = digits.encode(), bytearray(_LINE * (len(digits) // DIGITS))
    for place, column in enumerate(_COLUMNS):
        lines[column :: len(_LINE)] = known[place::DIGITS]
    count = len(digits) // DIGITS
    lines[_COLUMNS[_VERSION] :: len(_LINE)] = b"4" * count
    variants = str.maketrans(VARIANTS)
    lines[_COLUMNS[_VARIANT] :: len(_LINE)] = digits[_VARIANT::DIGITS].translate(variants).encode()
    return lines.decode().splitlines()
