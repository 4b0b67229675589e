"""Text that is safe to print on a terminal."""

import re
from typing import Final

COMMANDING: Final = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""Characters that control a terminal or change the direction of text, except line end and tab."""


def escaped(text: str) -> str:
    """Write control characters as escapes, as JSON has them."""
    return COMMANDING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
