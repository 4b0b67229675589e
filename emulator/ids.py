"""Identifiers and luck, drawn by key: the only source of randomness."""

from hashlib import blake2b
from typing import Final

SCALE: Final = 2**128
DIGITS: Final = 32
"""Hexadecimal digits of a name."""
TOGETHER: Final = 4
"""Names that are cut from one digest: making a digest is most of the work."""
VARIANTS: Final = dict(zip("0123456789abcdef", "89ab" * 4, strict=True))
_LINE: Final = b"xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx\n"
_COLUMNS: Final = [column for column, sign in enumerate(_LINE) if sign == ord("x")]
_VERSION, _VARIANT = 12, 16
"""Which of the digits say what kind of UUID it is."""


class Ids:
    """Everything drawn depends only on the seed, the kind of thing and which of its kind it is.

    So one more record of one kind leaves every id and draw of another kind as it was.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        key = blake2b(str(seed).encode(), digest_size=32).digest()
        self._drawing = blake2b(key=key, digest_size=DIGITS // 2)
        self._naming = blake2b(key=key, digest_size=DIGITS // 2 * TOGETHER)
        self.counters: dict[str, int] = {}

    def _digest(self, text: str) -> str:
        keyed = self._drawing.copy()
        keyed.update(text.encode())
        return keyed.hexdigest()

    def _next(self, kind: str) -> str:
        count = self.counters.get(kind, 0)
        self.counters[kind] = count + 1
        which, place = divmod(count, TOGETHER)
        keyed = self._naming.copy()
        keyed.update(f"{kind}#{which}".encode())
        return keyed.hexdigest()[DIGITS * place : DIGITS * (place + 1)]

    def hex(self, kind: str, length: int = 32) -> str:
        """Name the next thing of this kind with up to 32 hexadecimal digits."""
        return self._next(kind)[:length]

    def uuid(self, kind: str) -> str:
        """Name the next thing of this kind with a version 4 UUID."""
        return as_uuid(self._next(kind))

    def uuids(self, kind: str, count: int) -> list[str]:
        """Name the next things of this kind, as so many calls of ``uuid`` would."""
        start = self.counters.get(kind, 0)
        self.counters[kind] = stop = start + count
        first, last = start // TOGETHER, -(-stop // TOGETHER)
        of_kind = self._naming.copy()
        of_kind.update(f"{kind}#".encode())
        digits: list[str] = []
        for which in range(first, last):
            keyed = of_kind.copy()
            keyed.update(b"%d" % which)
            digits.append(keyed.hexdigest())
        skipped = DIGITS * (start - first * TOGETHER)
        return as_uuids("".join(digits)[skipped : skipped + DIGITS * count])

    def draw(self, purpose: str, key: str) -> int:
        """Draw a number from 0 up to 2**128; the same every time for this purpose and key."""
        return int(self._digest(f"{purpose}?{key}"), 16)

    def secret(self, purpose: str) -> str:
        """Make up a credential: 32 hexadecimal digits, the same every time."""
        return self._digest(f"secret!{purpose}")


def as_uuid(digits: str) -> str:
    """Write 32 hexadecimal digits as a version 4 UUID."""
    variant = VARIANTS[digits[16]]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


def as_uuids(digits: str) -> list[str]:
    """Write many times 32 hexadecimal digits as UUIDs, as ``as_uuid`` would each of them.

    Column by column: slices are copied at the machine's speed, however many ids there are.
    """
    known, lines = digits.encode(), bytearray(_LINE * (len(digits) // DIGITS))
    for place, column in enumerate(_COLUMNS):
        lines[column :: len(_LINE)] = known[place::DIGITS]
    count = len(digits) // DIGITS
    lines[_COLUMNS[_VERSION] :: len(_LINE)] = b"4" * count
    variants = str.maketrans(VARIANTS)
    lines[_COLUMNS[_VARIANT] :: len(_LINE)] = digits[_VARIANT::DIGITS].translate(variants).encode()
    return lines.decode().splitlines()
