"""What a request's connection can do besides: extensions of ASGI."""

from typing import Final

CONNECTION: Final = "emulator.http.connection"
"""The extension of ASGI in which a server puts the ways to break a connection off; in process
there is none."""
AT_ONCE: Final = "emulator.at_once"
"""The extension in which a request that is asked once more says that no real time is to pass for
it, and whether its client stayed then."""
