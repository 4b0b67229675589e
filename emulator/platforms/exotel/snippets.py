"""Samples for client libraries of Exotel's Calls API.

The library ``exotel`` takes the address of a server. ``exotel-node`` has the
vendor's host in its code, so it cannot be pointed here.
"""

import json
from collections.abc import Mapping
from typing import Final

from emulator.kit.snippets import Snippet
from emulator.platforms.exotel.calls.phone_numbers import exophones_of

CALLER: Final = "+919876599001"
CALLEE: Final = "+919876599014"
"""Magic numbers: one answers, the other hangs up midway."""


def _python(base_url: str, own: Mapping[str, str]) -> str:
    """Connect two numbers with ``exotel``."""
    account, token, address = (
        json.dumps(each) for each in (own["account_id"], own["api_token"], f"{base_url}/")
    )
    exophone = exophones_of(own["account_id"])[0]
    return (
        "from exotel import Exotel\n\n"
        f"client = Exotel({account}, {token}, {address})\n"
        f'response = client.call_number("{CALLER}", "{exophone}", "{CALLEE}")\n'
        "print(response.status_code, response.text)"
    )


snippets: Final = (
    Snippet(title="Python: exotel", language="python", install="pip install exotel", code=_python),
)
