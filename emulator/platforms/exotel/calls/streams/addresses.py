"""What the address of a bot says: where it is, the sample rate, and custom parameters.

https://developer.exotel.com/docs/agentstream/websocket-protocol
"""

from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlsplit

RATES: Final = (8000, 16000, 24000)
RATE_NAMES: Final = ("sample-rate", "sample_rate")
"""One example of the vendor's writes the second."""
MAX_PARAMETERS: Final = 3
MAX_PARAMETER_CHARACTERS: Final = 256


@dataclass(frozen=True, slots=True)
class BotAddress:
    """An address, read."""

    shown: str
    """Without user and password, which appear nowhere but in the handshake."""
    rate: int
    names_rate: bool
    """It says the rate; otherwise it is the default."""
    parameters: dict[str, str]
    notes: tuple[str, ...]
    """What the vendor would not accept, or not pass on."""


def read_address(url: str) -> BotAddress:
    """Read an address; a rate that does not exist is the default, more parameters are dropped."""
    parts = urlsplit(url)
    notes: list[str] = []
    rate, parameters, length = RATES[0], dict[str, str](), 0
    names_rate = False
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        if name in RATE_NAMES:
            if value in map(str, RATES):
                rate, names_rate = int(value), True
            else:
                notes.append(f"sample-rate {value[:20]} must be 8000, 16000 or 24000; 8000 is used")
            continue
        length += len(name) + len(value)
        if len(parameters) == MAX_PARAMETERS or length > MAX_PARAMETER_CHARACTERS:
            notes.append(
                f"custom parameter {name[:40]} is not sent: the limit is 3, of 256 characters"
            )
        else:
            parameters[name] = value
    return BotAddress(without_credentials(url), rate, names_rate, parameters, tuple(notes))


def without_credentials(url: str) -> str:
    """Return an address without user and password."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
