"""The certificate of a server that is reached over TLS: given as files, or made for it."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from urllib.parse import urlsplit

from emulator.settings import Settings

LOCAL_NAMES: Final = ("localhost", "127.0.0.1", "::1")
WILDCARDS: Final = frozenset({"0.0.0.0", "::"})  # noqa: S104  # compared with, not bound to


class CertificateError(Exception):
    """The server's certificate cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """PEM files of a server's certificate and key."""

    cert: Path
    key: Path
    ca: Path | None = None
    """The authority that was made to sign it, for clients to trust."""


@contextmanager
def certificate_of(settings: Settings) -> Iterator[Certificate]:
    """Return the certificate that a server over TLS is to use.

    One that was made for the server is deleted at the end. CertificateError if there is none to
    use.
    """
    if settings.tls is not None:
        with TemporaryDirectory(prefix="voicebot-emulator-") as folder:
            yield _made(Path(folder), settings)
    if settings.tls_cert is not None and settings.tls_key is not None:
        found = Certificate(settings.tls_cert, settings.tls_key)
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(found.cert, found.key)
        except (OSError, ssl.SSLError) as error:
            reason = error.strerror or getattr(error, "reason", None) or error
            raise CertificateError(
                f"cannot use the certificate {found.cert} with the key {found.key}: {reason}"
            ) from None
        yield found


def _made(folder: Path, settings: Settings) -> Certificate:
    try:
        import trustme  # noqa: PLC0415  # an extra
    except ImportError:
        raise CertificateError(
            "--tls self-signed needs the package trustme: pip install 'voicebot-emulator[tls]'"
        ) from None
    names = [*LOCAL_NAMES, settings.host, urlsplit(settings.base_url).hostname or "localhost"]
    authority = trustme.CA(organization_name="voicebot-emulator")
    issued = authority.issue_cert(*dict.fromkeys(each for each in names if each not in WILDCARDS))
    made = Certificate(folder / "cert.pem", folder / "key.pem", folder / "ca.pem")
    issued.private_key_pem.write_to_path(made.key)
    issued.cert_chain_pems[0].write_to_path(made.cert)
    authority.cert_pem.write_to_path(folder / "ca.pem")
    return made
