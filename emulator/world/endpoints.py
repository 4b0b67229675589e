"""How the worlds of a server reach endpoints outside of it."""

from emulator.callbacks.dialer import StreamDialer
from emulator.callbacks.egress import Egress
from emulator.callbacks.socket_transport import SocketTransport
from emulator.callbacks.tls import CallbackTls
from emulator.callbacks.transport import Transports
from emulator.settings import Settings


def outside_of(settings: Settings) -> Transports:
    """Return the ways out of a server; OSError for a file of no certificates."""
    tls = CallbackTls(settings.callback_ca, is_verified=not settings.insecure_callbacks)
    if tls.ca is not None:
        tls.context()  # fails at the start, not at the first callback
    streams = CallbackTls(settings.callback_ca, is_verified=not settings.insecure_streams)
    egress = Egress(allow_public=settings.allow_public_callbacks)
    transport = SocketTransport(egress, settings.callback_timeout, tls)
    return Transports(transport, StreamDialer(egress, streams))
