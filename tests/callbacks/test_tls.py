"""Callbacks to endpoints with certificates of their own."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
import trustme

from emulator.callbacks.egress import Egress
from emulator.callbacks.socket_transport import SocketTransport
from emulator.callbacks.tls import CallbackTls
from tests.fakes import new_callback

RESPONSE = b"HTTP/1.1 204 No Content\r\n\r\n"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@asynccontextmanager
async def served(context: ssl.SSLContext | None, *, closes: bool = False) -> AsyncIterator[int]:
    """Answer every request 204; with ``closes``, end every connection instead."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not closes:
            await reader.read(1)
            writer.write(RESPONSE)
            await writer.drain()
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]


def context_of(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate.configure_cert(context)
    return context


async def reply(url: str, tls: CallbackTls | None = None) -> str:
    """Send one callback; return the status of its response, or the error."""
    transport = SocketTransport(Egress(allow_public=False), 60, tls)
    try:
        response = await transport.send(new_callback(url=url), {})
    finally:
        await transport.close()
    return response.error or str(response.status)


async def test_unknown_authority_is_named(authority: trustme.CA) -> None:
    """A certificate of an authority that is not trusted fails with the TLS library's reason."""
    async with served(context_of(authority.issue_cert("127.0.0.1"))) as port:
        error = await reply(f"https://127.0.0.1:{port}/")

    assert error == "no secure connection: unable to get local issuer certificate"


async def test_authority_can_be_trusted(authority: trustme.CA, tmp_path: Path) -> None:
    """The certificates of a file (``--callback-ca``) are trusted besides the system's."""
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    async with served(context_of(authority.issue_cert("127.0.0.1"))) as port:
        status = await reply(f"https://127.0.0.1:{port}/", CallbackTls(ca=tmp_path / "ca.pem"))

    assert status == "204"


async def test_wrong_host_is_named(authority: trustme.CA, tmp_path: Path) -> None:
    """A certificate for another host fails, and the reason names the host."""
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    async with served(context_of(authority.issue_cert("other.test"))) as port:
        error = await reply(f"https://127.0.0.1:{port}/", CallbackTls(ca=tmp_path / "ca.pem"))

    assert error.startswith("no secure connection: IP address mismatch")
    assert "127.0.0.1" in error


async def test_any_certificate_can_be_accepted(authority: trustme.CA) -> None:
    """Without verification (``--insecure-callbacks``) every certificate is accepted."""
    async with served(context_of(authority.issue_cert("other.test"))) as port:
        status = await reply(f"https://127.0.0.1:{port}/", CallbackTls(is_verified=False))

    assert status == "204"


@pytest.mark.parametrize(
    ("closes", "reason"),
    [
        pytest.param(False, "the endpoint does not speak TLS on this port", id="plain"),
        pytest.param(True, "the endpoint closed the connection during the handshake", id="closes"),
    ],
)
async def test_endpoint_without_tls_is_named(*, closes: bool, reason: str) -> None:
    """An endpoint that speaks plain HTTP, or hangs up, is told from one that is not trusted."""
    async with served(None, closes=closes) as port:
        error = await reply(f"https://127.0.0.1:{port}/")

    assert error == f"no secure connection: {reason}"
