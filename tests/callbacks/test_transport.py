"""Transports: how requests reach an endpoint, and what can go wrong there."""

import asyncio
import gzip
import socket
import struct
import threading
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest

from emulator.callbacks.aiohttp_client import MAX_RESPONSES
from emulator.callbacks.asgi_transport import AsgiTransport
from emulator.callbacks.egress import Egress
from emulator.callbacks.lanes import MAX_PER_ENDPOINT
from emulator.callbacks.lookups import Lookups
from emulator.callbacks.socket_transport import SocketTransport
from emulator.callbacks.transport import MAX_RESPONSE_BYTES, Transports
from emulator.domain.callbacks import CallbackResponse
from tests.cases import each_case
from tests.fakes import FakeTransport, new_callback
from tests.receiver import Receiver, answer, listening


async def nowhere(host: str) -> list[str]:
    """Resolve every name to a refused address, except two."""
    if host == "unknown.example":
        raise socket.gaierror(socket.EAI_NONAME, "no such name")
    return {"localhost": ["127.0.0.1"]}.get(host, ["169.254.169.254"])


@pytest.fixture
async def transport() -> AsyncIterator[SocketTransport]:
    """A transport with a short time-out."""
    made = SocketTransport(Egress(allow_public=False, resolve=nowhere), 0.2)
    yield made
    await made.close()


@pytest.fixture
async def patient() -> AsyncIterator[SocketTransport]:
    """A transport with a long time-out."""
    made = SocketTransport(Egress(allow_public=False, resolve=nowhere), 30)
    yield made
    await made.close()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """An endpoint on a socket."""
    async with listening() as made:
        yield made


async def test_request_arrives_byte_for_byte(patient: SocketTransport, receiver: Receiver) -> None:
    """Method, path and query, headers and body arrive unchanged, and nothing is added."""
    receiver.answers.append(answer(202, b"taken", "X-Answer: yes"))
    callback = new_callback(url=receiver.url + "?a=%20b&c=d", content=b"\x00{}\xff", method="PUT")

    said = await patient.send(
        callback, {"Content-Type": "text/x", "X-Signature": "s", "Accept": "*/*"}
    )

    (request,) = receiver.requests
    assert (request.method, request.target, request.body) == (
        "PUT",
        "/hook?a=%20b&c=d",
        b"\x00{}\xff",
    )
    assert request.headers == {
        "host": f"127.0.0.1:{receiver.port}",
        "content-type": "text/x",
        "x-signature": "s",
        "accept": "*/*",
        "content-length": "4",
    }
    assert (said.status, said.body, said.error) == (202, b"taken", None)
    assert ("X-Answer", "yes") in said.headers


@pytest.mark.parametrize(
    "tail",
    [
        pytest.param("?next=%2Fhome", id="slash-in-query"),
        pytest.param("?t=%7Ea%21", id="needlessly-encoded"),
        pytest.param("/%7Eada", id="in-the-path"),
        pytest.param("?a=1+2&b=%2B", id="plus"),
        pytest.param("/a/../b", id="dots"),
        pytest.param("//twice", id="slashes"),
    ],
)
async def test_url_is_not_normalized(
    patient: SocketTransport, receiver: Receiver, tail: str
) -> None:
    """The URL arrives as the user wrote it."""
    await patient.send(new_callback(url=receiver.url + tail), {})

    assert receiver.requests[0].target == "/hook" + tail


async def test_redirect_is_not_followed(patient: SocketTransport, receiver: Receiver) -> None:
    """A redirect is a response like any other."""
    receiver.answers.append(answer(307, b"", f"Location: {receiver.url}/elsewhere"))

    said = await patient.send(new_callback(url=receiver.url), {})

    assert said.status == 307
    assert len(receiver.requests) == 1


async def test_cookies_are_not_kept(patient: SocketTransport, receiver: Receiver) -> None:
    """A cookie that an endpoint sets is not sent back."""
    receiver.answers.append(answer(200, b"", "Set-Cookie: session=1; Path=/"))

    for _ in range(2):
        await patient.send(new_callback(url=receiver.url), {})

    assert ["cookie" in request.headers for request in receiver.requests] == [False, False]


async def test_long_response_is_truncated(patient: SocketTransport, receiver: Receiver) -> None:
    """At most 64 KiB of a response body are read."""
    receiver.answers.append(answer(200, b"x" * (MAX_RESPONSE_BYTES * 3)))

    said = await patient.send(new_callback(url=receiver.url), {})

    assert (said.status, said.body) == (200, b"x" * MAX_RESPONSE_BYTES)


async def test_compressed_response_is_not_decompressed(
    patient: SocketTransport, receiver: Receiver
) -> None:
    """A gzip body stays compressed, so that no small response becomes a large one."""
    body = gzip.compress(b"x" * 1_000_000)
    receiver.answers.append(answer(200, body, "Content-Encoding: gzip"))

    said = await patient.send(new_callback(url=receiver.url), {})

    assert said.body == body


async def test_chunked_response_is_read(patient: SocketTransport, receiver: Receiver) -> None:
    """A chunked response is read like any other."""
    receiver.answers.append(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
        b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    )

    said = await patient.send(new_callback(url=receiver.url), {})

    assert said.body == b"abcde"


async def test_missing_response_times_out(transport: SocketTransport, receiver: Receiver) -> None:
    """An endpoint that never responds is given up after the time-out."""
    receiver.gate.clear()

    said = await transport.send(new_callback(url=receiver.url), {})

    assert said == CallbackResponse(error="timeout")


async def test_unfinished_response_times_out(transport: SocketTransport) -> None:
    """The time-out covers the whole response: a body that stops half-way times out."""

    async def dribble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError):  # the time-out may come this early
            await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        await reader.read()
        writer.close()

    server = await asyncio.start_server(dribble, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]

    said = await transport.send(new_callback(url=f"http://127.0.0.1:{port}/", content=b""), {})

    server.close()
    assert said == CallbackResponse(error="timeout")


async def test_closed_port_is_a_refused_connection(patient: SocketTransport) -> None:
    """An endpoint that does not listen gives "connection refused"."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, but not listening
        port = taken.getsockname()[1]

        said = await patient.send(new_callback(url=f"http://127.0.0.1:{port}/"), {})

    assert said == CallbackResponse(error="connection refused")


@pytest.mark.parametrize(
    ("said", "error"),
    [
        pytest.param(None, "connection ", id="broken-off"),
        pytest.param(b"", "connection closed without a response", id="closed"),
        pytest.param(b"SSH-2.0-OpenSSH_9.6\r\n\r\n", "invalid response: ", id="not-http"),
        pytest.param(b"\x00\xff\x00\xff" * 100, "invalid response: ", id="noise"),
        pytest.param(b"HTTP/1.1 abc OK\r\n\r\n", "invalid response: ", id="status-is-no-number"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
            "invalid response: ",
            id="huge-header",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 50_000 + b"\r\n",
            "invalid response: ",
            id="too-many-headers",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
            "connection closed in the middle of the response",
            id="cut-short",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nha",
            "connection closed in the middle of the response",
            id="chunk-cut-short",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Length: minus\r\n\r\n",
            "invalid response: ",
            id="bad-length",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "invalid response: ",
            id="bad-chunk",
        ),
    ],
)
async def test_broken_response_is_an_error_and_no_exception(
    patient: SocketTransport, receiver: Receiver, said: bytes | None, error: str
) -> None:
    """Whatever an endpoint sends instead of a response, the result names the error."""
    receiver.answers.append(said)

    heard = await patient.send(new_callback(url=receiver.url), {})

    assert (heard.status, heard.refused) == (None, False)
    assert (heard.error or "").startswith(error)
    assert len(heard.error or "") < 300


@pytest.mark.parametrize(
    ("begin", "again"),
    [
        pytest.param(b"", b"HTTP/1.1 100 Continue\r\n\r\n", id="told-to-go-on"),
        pytest.param(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", id="given-hints"),
        pytest.param(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n", id="headers"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX: ", b"y", id="one-header"),
        pytest.param(b"HTTP/1.1 200 ", b"y", id="reason"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
            b"X: y\r\n",
            id="trailers",
        ),
    ],
)
async def test_endless_interim_responses_are_given_up(
    patient: SocketTransport, begin: bytes, again: bytes
) -> None:
    """However much an endpoint sends before a response, little of it is read."""
    said = 0
    broken = asyncio.Event()

    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal said
        await reader.readuntil(b"\r\n\r\n")
        writer.write(begin)
        with suppress(OSError):
            while True:
                writer.write(again * (65536 // len(again)))
                said += 65536
                await writer.drain()
        writer.close()
        broken.set()

    server = await asyncio.start_server(flood, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]

    heard = await patient.send(new_callback(url=f"http://127.0.0.1:{port}/"), {})

    await broken.wait()
    server.close()
    assert (heard.error or "").startswith("invalid response: ")
    assert "400" not in (heard.error or ""), "a status that nobody has sent"
    assert said < 64 * 1024 * 1024  # what the sockets of both ends hold


async def test_few_interim_responses_are_accepted(
    patient: SocketTransport, receiver: Receiver
) -> None:
    """An endpoint may send a few interim responses before its response."""
    receiver.answers.append(b"HTTP/1.1 102 Processing\r\n\r\n" * (MAX_RESPONSES - 1) + answer(204))

    said = await patient.send(new_callback(url=receiver.url), {})

    assert (said.status, said.error) == (204, None)


async def test_surplus_response_is_not_used_for_the_next_request(patient: SocketTransport) -> None:
    """Responses after the first are no response to the next request."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 201 Said\r\nContent-Length: 0\r\n\r\n" * 3)
        await reader.read()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"

    said = [await patient.send(new_callback(url=url, content=b""), {}) for _ in range(3)]

    server.close()
    assert [each.status for each in said] == [201] * 3


async def test_reset_connection_is_named(patient: SocketTransport) -> None:
    """An endpoint that resets the connection gives "connection reset"."""

    async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        at_once = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
        writer.transport.abort()

    server = await asyncio.start_server(reset, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]

    said = await patient.send(new_callback(url=f"http://127.0.0.1:{port}/"), {})

    server.close()
    assert said == CallbackResponse(error="connection reset")


async def test_plain_endpoint_under_https_is_an_error(patient: SocketTransport) -> None:
    """An https URL whose endpoint speaks plain HTTP gives "no secure connection"."""

    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        del reader
        writer.write(answer(400))
        writer.close()

    server = await asyncio.start_server(plain, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]

    said = await patient.send(new_callback(url=f"https://127.0.0.1:{port}/"), {})

    server.close()
    assert (said.status, said.refused) == (None, False)
    assert (said.error or "").startswith("no secure connection: ")


@each_case(
    ("url", "error", "refused"),
    [
        pytest.param("http://169.254.169.254/latest", "refused: ", True, id="metadata-literal"),
        pytest.param("http://8.8.8.8/", "refused: ", True, id="public-literal"),
        pytest.param("http://[::ffff:169.254.169.254]/", "refused: ", True, id="mapped-literal"),
        pytest.param("http://[fe80::1%25eth0]/", "refused: ", True, id="zone"),
        pytest.param("http://metadata.example/", "refused: ", True, id="name-of-metadata"),
        pytest.param("http://0x7f000001/", "refused: ", True, id="hexadecimal-is-a-name"),
        pytest.param("http://2852039166/", "", False, id="decimal"),
        pytest.param("http://169.16689662/", "", False, id="short-form"),
        pytest.param("http://unknown.example/", "unknown host", False, id="no-such-name"),
        pytest.param("http://" + "a" * 300 + ".example/", "", False, id="label-too-long"),
        pytest.param("http://127.0.0.1:99999/", "", False, id="no-such-port"),
        pytest.param("nonsense", "", False, id="no-url"),
    ],
)
async def test_refused_request_does_not_leave(
    patient: SocketTransport, url: str, error: str, refused: object
) -> None:
    """A URL that the egress rules refuse is refused, an invalid one is an error; neither raises."""
    said = await patient.send(new_callback(url=url), {})

    assert said.status is None
    assert (said.error or "").startswith(error)
    assert said.error or refused
    if error:
        assert said.refused is refused


async def test_name_is_called_at_the_address_that_was_checked(
    patient: SocketTransport, receiver: Receiver
) -> None:
    """A name is resolved once, when connecting, and its Host header arrives as written."""
    said = await patient.send(new_callback(url=f"http://localhost:{receiver.port}/x"), {})

    assert said.status == 200
    assert receiver.requests[0].headers["host"] == f"localhost:{receiver.port}"


async def test_many_requests_to_one_endpoint_wait_their_turn(
    patient: SocketTransport, receiver: Receiver
) -> None:
    """Concurrent requests to one endpoint are limited; the rest follow."""
    receiver.gate.clear()
    sending = asyncio.gather(
        *(patient.send(new_callback(url=receiver.url), {}) for _ in range(MAX_PER_ENDPOINT + 20))
    )
    await receiver.came(MAX_PER_ENDPOINT)
    assert len(receiver.requests) == MAX_PER_ENDPOINT

    receiver.gate.set()

    assert {said.status for said in await sending} == {200}
    assert len(receiver.requests) == MAX_PER_ENDPOINT + 20


@pytest.mark.parametrize(
    "path", [pytest.param(None, id="another-address"), pytest.param("/good", id="another-path")]
)
async def test_hanging_endpoint_does_not_delay_another(
    patient: SocketTransport, receiver: Receiver, path: str | None
) -> None:
    """An endpoint that hangs leaves the others as fast as they were."""
    receiver.held = "/hook"
    receiver.gate.clear()
    hanging = [
        asyncio.ensure_future(patient.send(new_callback(url=f"{receiver.url}?id={number}"), {}))
        for number in range(500)
    ]
    await receiver.came(MAX_PER_ENDPOINT)

    async with listening() as other:
        url = other.url if path is None else f"http://127.0.0.1:{receiver.port}{path}"
        assert (await patient.send(new_callback(url=url), {})).status == 200

    assert not any(each.done() for each in hanging)
    receiver.gate.set()
    await asyncio.gather(*hanging)


async def test_unanswered_lookup_does_not_delay_another(receiver: Receiver) -> None:
    """A name that is never resolved leaves the others as fast as they were."""
    never = threading.Event()

    def ask(host: str) -> list[str]:
        if host.startswith("hanging"):
            never.wait()
        return ["127.0.0.1"]

    transport = SocketTransport(Egress(allow_public=False, resolve=Lookups(ask)), 30)
    hanging = [
        asyncio.ensure_future(
            transport.send(new_callback(url=f"http://hanging-{number}.example/"), {})
        )
        for number in range(100)
    ]

    said = await transport.send(new_callback(url=f"http://good.example:{receiver.port}/"), {})

    assert said.status == 200
    assert not any(each.done() for each in hanging)
    for each in hanging:
        each.cancel()
    never.set()
    await transport.close()


async def test_mounted_origin_is_called_without_a_socket() -> None:
    """Requests to a mounted origin reach its app; all others go to the outside transport."""
    inside, outside = FakeTransport(), FakeTransport()
    transports = Transports(outside)
    transports.mount("http://127.0.0.1:8080", inside)

    for url in (
        "http://127.0.0.1:8080/a",
        "http://localhost:8080/b",
        "http://127.0.0.1:8081/c",
        "https://127.0.0.1:8080/d",
        "http://127.0.0.1:8080@evil.example/e",
        "http://127.0.0.1:nonsense/f",
    ):
        await transports.send(new_callback(url=url), {})

    assert [callback.url[-1] for callback, _ in inside.sent] == ["a", "b"]
    assert [callback.url[-1] for callback, _ in outside.sent] == ["c", "d", "e", "f"]


def app_that(does: Any) -> AsgiTransport:
    """Return a transport to an app of one function, with a short time-out."""
    return AsgiTransport(does, 0.2)


async def test_app_gets_the_request_and_its_response_is_read() -> None:
    """An app of this process gets the same request as an endpoint on a socket."""
    seen: dict[str, Any] = {}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.update(scope, body=(await receive())["body"])
        await send({"type": "http.response.start", "status": 201, "headers": [(b"x-a", b"1")]})
        await send({"type": "http.response.body", "body": b"y" * (MAX_RESPONSE_BYTES + 1)})

    said = await app_that(app).send(new_callback(url="http://in.example/p?q=1"), {"X-B": "2"})

    assert (seen["path"], seen["query_string"], seen["body"]) == ("/p", b"q=1", b"{}")
    assert (b"x-b", b"2") in [(name.lower(), value) for name, value in seen["headers"]]
    assert said == CallbackResponse(
        status=201, headers=(("x-a", "1"),), body=b"y" * MAX_RESPONSE_BYTES
    )


async def test_app_that_raises_responds_500() -> None:
    """An app that raises an exception is an endpoint with an error."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise ValueError(scope, receive, send)

    assert (await app_that(app).send(new_callback(), {})).status == 500


async def test_app_that_hangs_times_out() -> None:
    """An app of this process has the same time-out as an endpoint on a socket."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        del scope, receive, send
        await asyncio.Event().wait()

    assert await app_that(app).send(new_callback(), {}) == CallbackResponse(error="timeout")


async def test_app_that_returns_without_a_response_is_an_error() -> None:
    """An app that returns without a response gives an error that says so."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        del scope, receive, send

    said = await app_that(app).send(new_callback(), {})

    assert said == CallbackResponse(error="connection closed without a response")


@pytest.mark.parametrize(
    "host",
    [
        pytest.param("2130706433", id="decimal"),
        pytest.param("127.1", id="short"),
        pytest.param("0177.0.0.1", id="octal"),
        pytest.param("0x7f000001", id="hexadecimal"),
    ],
)
async def test_unusual_notation_of_an_address_is_checked(
    patient: SocketTransport, receiver: Receiver, host: str
) -> None:
    """A number that the system would take for an address is not called unchecked."""
    said = await patient.send(new_callback(url=f"http://{host}:{receiver.port}/"), {})

    assert (said.status, receiver.requests) == (None, [])
    assert said.error
