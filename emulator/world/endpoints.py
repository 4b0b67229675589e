"""How the worlds of a server reach endpoints outside of it."""

from emulator.callbacks.egress import Egress
from emulator.callbacks.socket_transport import SocketTransport
from emulator.callbacks.tls import CallbackTls
from emulator.settings import Settings


def sockets(settings: Settings) -> SocketTransport:
    """Return the transport of a server's callbacks; OSError for a file of no certificates."""
    tls = CallbackTls(settings.callback_ca, is_verified=not settings.insecure_callbacks)
    if tls.ca is not None:
        tls.context()  # fails at the start, not at the first callback
    egress = Egress(allow_public=settings.allow_public_callbacks)
    return SocketTransport(egress, settings.callback_timeout, tls)
