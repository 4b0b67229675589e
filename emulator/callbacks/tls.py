"""TLS of callbacks: which certificates are accepted, and why a connection was not secure."""

import ssl
from errno import EINVAL
from pathlib import Path
from typing import Final, NamedTuple

UNSECURED: Final = "no secure connection"
"""How the error of a callback begins whose TLS handshake failed."""
REASONS: Final = {
    "WRONG_VERSION_NUMBER": "the endpoint does not speak TLS on this port",
    "RECORD_LAYER_FAILURE": "the endpoint does not speak TLS on this port",
    "HTTP_REQUEST": "the endpoint does not speak TLS on this port",
}
"""What the TLS library says in other words than a reader would look for."""
CLOSED: Final = "the endpoint closed the connection during the handshake"


class CallbackTls(NamedTuple):
    """Which certificates of endpoints are accepted."""

    ca: Path | None = None
    """A PEM file of certificates that are trusted besides the system's."""
    is_verified: bool = True
    """False accepts every certificate."""

    def context(self) -> ssl.SSLContext:
        """Make the context of connections; OSError for a file that holds no certificates."""
        made = ssl.create_default_context()
        if self.ca is not None:
            try:
                made.load_verify_locations(self.ca)
            except ssl.SSLError:
                problem = "it holds no certificates in PEM format"
                raise OSError(EINVAL, problem, str(self.ca)) from None
            except OSError as error:
                raise OSError(error.errno, error.strerror, str(self.ca)) from None
        if not self.is_verified:
            made.check_hostname = False
            made.verify_mode = ssl.CERT_NONE
        return made


def tls_reason(error: BaseException | None) -> str:
    """Return why a handshake failed, in the words of the TLS library where it has some."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message.rstrip(".")
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return CLOSED
    if isinstance(error, ssl.SSLError):
        reason = error.reason or ""
        return REASONS.get(reason) or reason.replace("_", " ").lower() or "the handshake failed"
    return CLOSED
