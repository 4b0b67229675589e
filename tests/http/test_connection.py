"""Clients that send no request, too much, or too slowly, on a socket."""

import asyncio
import gc
import json
import select
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import Any, Final, Self, cast
from weakref import ref

import httpx
import pytest
import uvicorn
from uvicorn.server import ServerState

from emulator.app import create_app
from emulator.http.connection import KEEP_ALIVE_SECONDS, MAX_HEAD_BYTES, Connection
from emulator.platforms import discover
from emulator.server import running
from emulator.settings import Settings
from emulator.world.turns import end_turn
from tests.cases import each_case
from tests.limits import LIMIT_SECONDS

LIMIT: Final = 1000
SHORT_TIMEOUT_SECONDS: Final = 0.5
"""For clients that are to be cut off."""
TIMEOUT_SECONDS: Final = 2.0
"""For clients that are not: a slow machine must send a request in this time."""
"""Seconds that a client has who is not waited for."""
HEADERS: Final = b"Host: 127.0.0.1\r\n"
INTRON: Final = b"/voicebot/v1/workflows"


def paths() -> Iterator[tuple[str, bytes]]:
    """A path of everybody who answers, at which a body is taken."""
    yield "control", b"/_emulator/scenarios"
    for name, platform in discover().items():
        operations = platform.hooks.operations
        path = next(each.path for each in operations if each.method == "POST")
        path = path.replace("{", "").replace("}", "")
        yield name, path.encode()
        yield f"{name}-by-name", f"/{name}{path}".encode()


def credentials() -> Iterator[tuple[bytes, bytes]]:
    """The headers with credentials, by the beginnings of the paths that they are for."""
    for name, platform in discover().items():
        headers = platform.auth.headers(platform.auth.issue("0" * 32)).items()
        lines = b"".join(f"{header}: {value}\r\n".encode() for header, value in headers)
        yield from ((each.encode(), lines) for each in (*platform.roots, f"/{name}/"))


def headers_for(path: bytes) -> bytes:
    """The headers of a request for a path."""
    found = (lines for start, lines in CREDENTIALS.items() if path.startswith(start))
    return HEADERS + next(found, b"")


CREDENTIALS: Final = dict(credentials())
PATHS: Final = dict(paths())
EACH: Final = [pytest.param(path, id=name) for name, path in PATHS.items()]


@dataclass
class Said:
    """An answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """What it says."""
        return json.loads(self.body)


class Client:
    """A connection that sends what it is told to, byte by byte."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=LIMIT_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def send(self, *parts: bytes) -> int:
        """Send while the connection is open; return how many parts were sent."""
        for number, part in enumerate(parts):
            try:
                self._socket.sendall(part)
            except OSError:
                return number
        return len(parts)

    def pause(self, seconds: float = 0.01) -> None:
        """Wait until something is said, or a while."""
        select.select([self._socket], [], [], seconds)

    def read(self) -> bytes:
        """Read until the server closes."""
        said = b""
        with suppress(ConnectionError):
            while chunk := self._socket.recv(1 << 16):
                said += chunk
        return said

    def answers(self) -> list[Said]:
        """Read every answer until the server closes."""
        rest, found = self.read(), []
        while rest:
            head, _, rest = rest.partition(b"\r\n\r\n")
            first, *lines = head.decode("latin-1").split("\r\n")
            headers = dict(line.split(": ", 1) for line in lines)
            length = int(headers.get("content-length", "0"))
            found.append(Said(int(first.split()[1]), headers, rest[:length]))
            rest = rest[length:]
        return found


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A server with a small limit for bodies."""
    with running(Settings(port=0, max_body=LIMIT)) as app:
        yield app.worlds.settings.port


@pytest.fixture(scope="module")
def hurried() -> Iterator[int]:
    """A server that waits for no client, or not for long."""
    with running(Settings(port=0, client_timeout=SHORT_TIMEOUT_SECONDS)) as app:
        yield app.worlds.settings.port


@pytest.fixture(scope="module")
def timed() -> Iterator[int]:
    """A server whose clients have enough time to send a request, and not much more."""
    with running(Settings(port=0, client_timeout=TIMEOUT_SECONDS)) as app:
        yield app.worlds.settings.port


Connect = Callable[[], Client]


@pytest.fixture
def connect(port: int) -> Iterator[Connect]:
    """Connect to the server."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(Client(port))


def post(path: bytes, *headers: bytes, body: bytes = b"") -> bytes:
    """Write a request."""
    method = b"PUT " if path == PATHS["control"] else b"POST "
    lines = [method + path + b" HTTP/1.1", headers_for(path) + b"\r\n".join(headers), b"", body]
    return b"\r\n".join(lines)


def plain(path: bytes) -> bytes:
    """Write a request for a path."""
    return b"GET " + path + b" HTTP/1.1\r\n" + headers_for(path) + b"\r\n"


@each_case("path", EACH)
@each_case(
    ("before", "after"),
    [
        pytest.param(b"BREW ", b" HTTP/1.1\r\n\r\n", id="made-up-method"),
        pytest.param(b"GET ", b" HTTP/9.9\r\n\r\n", id="made-up-version"),
        pytest.param(b"GET ", b" HTTP/1.1\r\nX: \x00\r\n\r\n", id="header-with-a-null"),
        pytest.param(b"GET ", b" HTTP/1.1\r\nContent-Length: x\r\n\r\n", id="length-no-number"),
        pytest.param(
            b"POST ", b" HTTP/1.1\r\nContent-Length: " + b"9" * 30 + b"\r\n\r\n", id="length-huge"
        ),
        pytest.param(
            b"POST ",
            b" HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            id="two-lengths",
        ),
        pytest.param(
            b"POST ", b" HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", id="bad-chunk"
        ),
    ],
)
def test_what_is_no_request_is_refused_in_the_words_of_whom_it_is_for(
    connect: Connect, path: bytes, before: bytes, after: bytes
) -> None:
    """A request that cannot be read gets a 400 in the shape of the path's owner, then the end."""
    one, other = connect(), connect()
    one.send(before + path + after)
    other.send(post(path, b"Content-Length: 1001", b"Connection: close", body=b"x" * 1001))

    (refused,), (usual,) = one.answers(), other.answers()

    assert refused.status == 400
    assert b"this is not an HTTP request" in refused.body
    assert refused.headers["content-type"] == usual.headers["content-type"]
    assert refused.headers["connection"] == "close"
    assert refused.json.keys() == usual.json.keys()


@each_case(
    "said",
    [
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", id="tls"),
        pytest.param(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", id="http2"),
        pytest.param(b"hello\r\n\r\n", id="greeting"),
        pytest.param(b"GET /\xff HTTP/1.1\r\n\r\n", id="path-not-ascii"),
        pytest.param(b"GET http://[::1/ HTTP/1.1\r\n\r\n", id="no-address"),
        pytest.param(b"CONNECT a:1 HTTP/1.1\r\n\r\n", id="tunnel"),
    ],
)
def test_noise_is_refused_with_a_hint(connect: Connect, said: bytes) -> None:
    """A request that no route can take is refused with a hint."""
    client = connect()
    client.send(said)

    (refused,) = client.answers()

    assert (refused.status, bool(refused.json["hint"])) == (400, True)


@pytest.mark.parametrize(
    ("begin", "again"),
    [
        pytest.param(plain(INTRON)[:-2], b"X: y\r\n" * 10_000, id="headers"),
        pytest.param(plain(INTRON)[:-2] + b"X: ", b"y" * MAX_HEAD_BYTES, id="one-header"),
        pytest.param(b"GET " + INTRON + b"?", b"y" * MAX_HEAD_BYTES, id="query"),
        pytest.param(
            b"GET " + INTRON + b"?" + b"y" * MAX_HEAD_BYTES + b" HTTP/1.1\r\n\r\n", b"", id="whole"
        ),
    ],
)
def test_head_without_end_is_refused(connect: Connect, begin: bytes, again: bytes) -> None:
    """Headers and address have a limit, and little of what goes beyond is read."""
    client = connect()

    sent = client.send(begin, *[again] * 1000)

    (refused,) = client.answers()
    assert (refused.status, refused.json["status"]) == (431, "Error")
    assert sent < 1000 or not again


def test_first_piece_of_a_head_counts(connect: Connect) -> None:
    """A head that is too large is refused, also if little of it comes after its first piece."""
    client, other = connect(), connect()

    client.send(b"GET " + INTRON + b"?" + b"y" * (MAX_HEAD_BYTES - 100))
    other.send(plain(INTRON))
    other.pause(LIMIT_SECONDS)  # until it is answered, so the first piece has been read
    client.send(b"y" * 200 + b" HTTP/1.1\r\n\r\n")

    (refused,) = client.answers()
    assert refused.status == 431


def test_head_of_the_size_that_is_allowed_is_read(connect: Connect) -> None:
    """Just below the limit nothing is refused, however it is cut into pieces."""
    client = connect()
    head = (
        plain(INTRON)[:-2]
        + b"X: "
        + b"y" * (MAX_HEAD_BYTES - 200)
        + b"\r\nConnection: close\r\n\r\n"
    )

    client.send(*(head[start : start + 5000] for start in range(0, len(head), 5000)))

    (answer,) = client.answers()
    assert answer.status == 200


@each_case("path", EACH)
@each_case(
    ("header", "body"),
    [
        pytest.param(b"Content-Length: 1001", b"x" * 1001, id="by-one"),
        pytest.param(b"Content-Length: 4001", b"x" * 4001, id="by-far"),
        pytest.param(
            b"Transfer-Encoding: chunked",
            b"3e8\r\n" + b"x" * 1000 + b"\r\n1\r\nx\r\n0\r\n\r\n",
            id="in-chunks",
        ),
        pytest.param(
            b"Transfer-Encoding: chunked", (b"1\r\nx\r\n" * 1001) + b"0\r\n\r\n", id="in-crumbs"
        ),
        pytest.param(b"Content-Length: 99999\r\nExpect: 100-continue", b"", id="asked-about-first"),
    ],
)
def test_body_over_the_limit_is_refused_in_the_vendors_shape(
    connect: Connect, path: bytes, header: bytes, body: bytes
) -> None:
    """However it is sent, a body over the limit is a 413, and the connection ends."""
    client = connect()
    client.send(post(path, header, body=body))

    (refused,) = client.answers()

    assert refused.status == 413
    assert refused.headers["connection"] == "close"


def test_body_that_never_ends_is_not_read_to_the_end(connect: Connect) -> None:
    """A sender that continues for ever is cut off."""
    client = connect()

    sent = client.send(
        post(INTRON, b"Transfer-Encoding: chunked"), *[b"10000\r\n" + b"x" * 65536 + b"\r\n"] * 2000
    )

    assert sent < 2000


def test_body_within_the_limit_may_be_asked_about(connect: Connect) -> None:
    """A client that asks first gets 100 Continue."""
    client = connect()
    headers = (b"Content-Length: 2", b"Expect: 100-continue", b"Connection: close")
    client.send(post(INTRON, *headers, body=b"{}"))

    interim, answer = client.answers()

    assert (interim.status, answer.status) == (100, 400)
    assert "name is required" in answer.json["message"]


def test_requests_before_the_broken_one_are_answered(connect: Connect) -> None:
    """What came whole is answered in order, also when noise or a longer body follows it."""
    one, other = connect(), connect()
    one.send(plain(INTRON) * 3 + b"BREW / HTTP/1.1\r\n\r\n")
    other.send(post(INTRON, b"Content-Length: 2", body=b"{}" + b"and more\r\n\r\n"))

    assert [answer.status for answer in one.answers()] == [200, 200, 200]
    (answer,) = other.answers()
    assert "name is required" in answer.json["message"]


def test_many_requests_at_once_are_all_answered(connect: Connect) -> None:
    """Requests may be sent without waiting for answers, more of them than a head may be long."""
    client = connect()
    last = plain(INTRON).replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")

    client.send(plain(INTRON) * 2000 + last)

    assert [answer.status for answer in client.answers()] == [200] * 2001


def test_next_request_finds_the_one_before_in_the_history(connect: Connect) -> None:
    """The entry of a request is written before the next one is handled, however soon it comes."""
    client = connect()
    asked = [INTRON + b"/first", INTRON + b"/second"]
    history = plain(b"/_emulator/history?before=1000000&limit=2")

    client.send(*map(plain, asked), history.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))

    found = client.answers()[-1].json
    assert [each["target"].encode() for each in found] == asked


def test_other_protocol_is_not_taken_up(connect: Connect) -> None:
    """A client that would rather speak something else is answered as it asked."""
    client = connect()
    upgrade = b"Upgrade: h2c\r\nConnection: upgrade, close\r\n\r\n"

    client.send(plain(INTRON)[:-2] + upgrade)

    (answer,) = client.answers()
    assert answer.status == 200


@pytest.mark.parametrize(
    ("sent", "path"),
    [
        pytest.param(b"GET " + INTRON + b" HTTP/1.1\r\nHo", "intron", id="head"),
        pytest.param(post(INTRON, b"Content-Length: 200", body=b"{}"), "intron", id="body"),
        pytest.param(post(INTRON, b"Content-Length: 99999999", body=b"{}"), "intron", id="lie"),
        pytest.param(
            post(INTRON, b"Transfer-Encoding: chunked", body=b"5\r\nab"), "intron", id="chunk"
        ),
        pytest.param(
            post(PATHS["control"], b"Content-Length: 9", body=b"{}"), "control", id="control"
        ),
    ],
)
def test_rest_that_does_not_come_is_not_waited_for(hurried: int, sent: bytes, path: str) -> None:
    """A request that is left unfinished gets a 408 in its owner's shape, and the end."""
    with Client(hurried) as client:
        client.send(sent)

        (refused,) = client.answers()

    assert refused.status == 408
    assert ("hint" in refused.json) is (path == "control")


def test_body_that_no_route_reads_is_not_waited_for(hurried: int) -> None:
    """A request that was answered without its body is not waited for, and not answered again."""
    with Client(hurried) as client:
        client.send(post(INTRON + b"/no/such/path", b"Content-Length: 99", body=b"{"), b"}")
        client.pause(LIMIT_SECONDS)
        client.send(b"}")

        assert [answer.status for answer in client.answers()] in ([404], [])


def test_silence_is_ended(hurried: int) -> None:
    """A connection on which no request is begun is closed."""
    with Client(hurried) as client:
        assert client.read() == b""


@pytest.mark.parametrize(
    ("begin", "drop", "ends"),
    [
        pytest.param(plain(INTRON)[:-2], b"X: y\r\n", ([408], [431], []), id="head"),
        pytest.param(post(INTRON, b"Content-Length: 9999999"), b"x", ([408], []), id="body"),
    ],
)
def test_drops_keep_no_request_alive(
    hurried: int, begin: bytes, drop: bytes, ends: tuple[list[int], ...]
) -> None:
    """A request has to get on, though a little more of it comes and comes."""
    with Client(hurried) as client:
        client.send(begin)
        while client.send(drop):
            client.pause()

        assert [answer.status for answer in client.answers()] in ends


def test_client_that_waits_for_its_answer_is_not_slow(timed: int) -> None:
    """What takes its time on our side, or has been answered, is not the client's fault."""
    with httpx.Client(base_url=f"http://127.0.0.1:{timed}", trust_env=False) as http:
        waited = http.get("/_emulator/inboxes/none/wait", params={"timeout": 1.5 * TIMEOUT_SECONDS})
        with http.stream("GET", "/_emulator/health") as open_still:
            again = http.get(
                "/_emulator/inboxes/none/wait", params={"timeout": 1.5 * TIMEOUT_SECONDS}
            )
            open_still.read()

    assert [waited.json()["title"], again.json()["title"]] == ["Request Timeout"] * 2
    assert all("0 of 1 messages" in each.json()["detail"] for each in (waited, again))


def test_answer_that_no_client_reads_is_not_kept_for_ever(timed: int) -> None:
    """A client that does not read what it asked for is cut off."""
    with httpx.Client(base_url=f"http://127.0.0.1:{timed}", trust_env=False) as http:
        name = "x" * 1_000_000
        body = {"name": name, "workflow_type": "ROBOCALL", "message": "m"}
        http.post(INTRON.decode(), json=body, headers={"Authorization": "Bearer x"})
    with Client(timed) as client:
        client.send(plain(INTRON) * 100)
        while client.send(plain(INTRON)):
            pass

        assert len(client.read()) < 100 * len(name)


class FakeLoop:
    """An event loop of which only the time is asked."""

    now = 0.0

    def time(self) -> float:
        return self.now


class FakeTransport:
    """A transport that is only closed."""

    is_closed = False

    def write(self, data: bytes) -> None:
        raise AssertionError(data)

    def close(self) -> None:
        self.is_closed = True

    abort = close

    def is_closing(self) -> bool:
        return self.is_closed

    def get_extra_info(self, name: str) -> None:
        """Return nothing: it has no socket."""

    def get_write_buffer_size(self) -> int:
        return 0


def test_connection_stays_open_between_requests() -> None:
    """After a response, a connection is closed once it was idle for the keep-alive time."""
    loop, transport = cast("Any", FakeLoop()), cast("Any", FakeTransport())
    config = uvicorn.Config(create_app(Settings()), timeout_keep_alive=KEEP_ALIVE_SECONDS)
    connection = Connection(config, ServerState(), {}, loop)
    connection.connection_made(transport)
    connection.cycle = cast("Any", Answered())
    loop.now = 1000.0
    connection.on_response_complete()

    loop.now += KEEP_ALIVE_SECONDS - 1
    connection.check(TIMEOUT_SECONDS)
    assert not transport.is_closed

    loop.now += 2
    connection.check(TIMEOUT_SECONDS)
    assert transport.is_closed


class Answered:
    """A request that was answered."""

    response_complete = True
    more_body = False


def test_idle_connections_keep_no_client_waiting(port: int) -> None:
    """However many connect and say nothing, or half of something, others are served."""
    with ExitStack() as stack:
        idle = [stack.enter_context(Client(port)) for _ in range(200)]
        for client in idle[::2]:
            client.send(post(INTRON, b"Content-Length: 900", body=b"{"))

        answers = [
            httpx.get(f"http://127.0.0.1:{port}/_emulator/health", trust_env=False)
            for _ in range(3)
        ]

    assert [answer.status_code for answer in answers] == [200] * 3


UPGRADE: Final = (
    b"Connection: Upgrade, HTTP2-Settings",
    b"Upgrade: h2c",
    b"HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA",
)
"""What Java's HttpClient and `curl --http2` add to each request by default."""
WORKFLOW: Final = b'{"name": "R", "workflow_type": "ROBOCALL", "message": "Hi [name]"}'


def framed(body: bytes, *, chunked: bool) -> tuple[bytes, bytes]:
    """Return the header that frames a body, and the body as it is sent."""
    if chunked:
        return b"Transfer-Encoding: chunked", b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    return b"Content-Length: %d" % len(body), body


@each_case("path", EACH)
@each_case("chunked", [pytest.param(False, id="length"), pytest.param(True, id="chunked")])
@each_case("piece", [pytest.param(1 << 20, id="at-once"), pytest.param(7, id="in-pieces")])
def test_declined_upgrade_changes_no_response(
    connect: Connect, path: bytes, piece: int, *, chunked: bool
) -> None:
    """A request that offers HTTP/2 is answered over HTTP/1.1 as if it did not, body and all."""
    header, body = framed(b'{"name": 1}', chunked=chunked)
    offered, plainly = connect(), connect()
    whole = (
        post(path, *UPGRADE, header, body=body) + plain(INTRON)[:-2] + b"Connection: close\r\n\r\n"
    )
    offered.send(*(whole[at : at + piece] for at in range(0, len(whole), piece)))
    plainly.send(post(path, header, b"Connection: close", body=body))

    answered, (expected,) = offered.answers(), plainly.answers()

    assert [each.status for each in answered] == [expected.status, 200]
    assert answered[0].json.keys() == expected.json.keys()


def test_body_of_a_declined_upgrade_is_read(connect: Connect) -> None:
    """The body that follows an offer to upgrade makes the workflow, on a connection that stays."""
    client = connect()
    for chunked in (False, True, False):
        header, body = framed(WORKFLOW, chunked=chunked)
        client.send(post(INTRON, *UPGRADE, header, body=body))
    client.send(plain(INTRON)[:-2] + b"Connection: close\r\n\r\n")

    *made, listed = client.answers()

    ids = [each.json["data"]["id"] for each in made]
    assert [each["id"] for each in listed.json["data"]][-3:] == ids


@each_case("path", EACH)
def test_two_hosts_are_refused(connect: Connect, path: bytes) -> None:
    """With two Host headers, a proxy and the emulator could each believe another one."""
    client = connect()
    client.send(b"GET " + path + b" HTTP/1.1\r\n" + HEADERS + b"Host: evil.example\r\n\r\n")
    (answer,) = client.answers()
    assert answer.status == 400
    assert b"2 Host headers" in answer.body


@each_case("path", EACH)
def test_host_of_a_whole_url_is_checked(connect: Connect, path: bytes) -> None:
    """The host in the first line goes before the Host header, as RFC 9112 has it."""
    client = connect()
    rest = b" HTTP/1.1\r\n" + headers_for(path) + b"Connection: close\r\n\r\n"
    client.send(b"GET http://evil.example" + path + rest)
    (answer,) = client.answers()
    assert answer.status == 403
    assert b"evil.example" in answer.body


def test_whole_url_of_the_emulator_is_served(connect: Connect) -> None:
    """A client that takes the emulator for a proxy is answered."""
    client = connect()
    rest = b" HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
    client.send(b"GET http://127.0.0.1:1/_emulator/health" + rest)
    (answer,) = client.answers()
    assert answer.status == 200


@pytest.mark.parametrize(
    "trailers",
    [
        pytest.param([b"x: y\r\n" * 1000] * 100, id="many"),
        pytest.param([b"x: "] + [b"y" * 10_000] * 50, id="one-without-end"),
    ],
)
def test_trailers_without_end_are_refused(connect: Connect, trailers: list[bytes]) -> None:
    """What follows a body is bounded as what comes before it."""
    client = connect()
    head = b"POST " + INTRON + b" HTTP/1.1\r\n" + headers_for(INTRON)
    client.send(head + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n")
    assert client.send(*trailers) < len(trailers) or client.answers()[0].status == 431


def test_trailers_are_no_headers(connect: Connect) -> None:
    """A trailer names no world and sends no credential."""
    client = connect()
    head = b"PUT /_emulator/scenarios HTTP/1.1\r\n" + HEADERS
    head += b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\n{}\r\n0\r\n"
    client.send(head + b"X-Emulator-World: other\r\nHost: evil.example\r\n\r\n")
    (answer,) = client.answers()
    assert answer.status == 200


def test_chunks_of_one_byte_are_a_body(connect: Connect) -> None:
    """Framing is bounded only where no body comes."""
    client = connect()
    head = b"PUT /_emulator/scenarios HTTP/1.1\r\n" + HEADERS
    head += b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    spaces = b"1;%s\r\n \r\n" % (b"x" * 1000)
    client.send(head, *[spaces * 100] * 9, b"2\r\n{}\r\n0\r\n\r\n")
    (answer,) = client.answers()
    assert answer.status == 200


class Watched(Connection):
    """A connection that says when it was closed."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in Connection
        super().connection_made(transport)
        self.lost = asyncio.Event()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.lost.set()


@pytest.mark.anyio
async def test_closed_connection_leaves_nothing_to_collect() -> None:
    """What a connection took is freed as soon as it is closed, not by the garbage collector."""
    config = uvicorn.Config(create_app(Settings()), lifespan="off")
    config.load()
    loop, made = asyncio.get_running_loop(), list[Watched]()

    def connect() -> Watched:
        made.append(Watched(config, ServerState(), {}, loop))
        return made[-1]

    async with await loop.create_server(connect, "127.0.0.1", 0) as server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(b"GET /_emulator/health HTTP/1.1\r\n" + HEADERS + b"\r\n")
        await reader.readuntil(b"\r\n\r\n")
        writer.close()
        lost, connection = made[0].lost, ref(made.pop())
        gc.disable()
        try:
            await lost.wait()
            await end_turn()
            assert connection() is None
        finally:
            gc.enable()
