"""Every route, with odd paths, queries, headers and bodies: never an error of our own."""

import json
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote

import httpx
import pytest

from emulator.app import create_app
from emulator.control.app import PREFIX, ControlApp
from emulator.http.guard import Guard
from emulator.ids import Ids
from emulator.platforms import discover
from emulator.settings import Settings
from emulator.worlds import Worlds
from tests.cases import checking
from tests.effort import examples
from tests.persistence.mutations import ODD_VALUES, deep

TRIES: Final = 2
"""Odd requests to each route in each run; far more in a campaign."""
FULL: Final = 507
"""The status of a request for which there is no room, which is no error of ours."""
SLOW_PATHS: Final = ("/wait", "/events", "/stream")
"""Routes that wait for something are not waited for."""
METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "QUERY")
ODD_TEXTS: Final = (
    *("", "%", "%00", "%ff%fe", "..", "../..", ";a=b", "a b", "é", "0", "-1", "1e999", "null"),
    *("x" * 2_000, "{}", "[]", "'\"<>&", "2026-13-45", "9" * 40, "__proto__", "\u202e", "+"),
)
ODD_HEADERS: Final[tuple[tuple[bytes, bytes], ...]] = (
    (b"content-type", b"multipart/form-data"),
    (b"content-type", b"multipart/form-data; boundary=\xff"),
    (b"content-type", b"application/x-www-form-urlencoded; charset=\xff"),
    (b"content-type", b"text/\x00"),
    (b"content-encoding", b"gzip"),
    (b"content-encoding", b"br, gzip, deflate"),
    (b"authorization", b"Basic \xff\xff"),
    (b"authorization", b"Basic Og=="),
    (b"authorization", b"Bearer"),
    (b"authorization", b"\xe9"),
    (b"accept", b"\xff/*;q=x"),
    (b"accept-language", b"x" * 5_000),
    (b"cookie", b"a=\xff; b"),
    (b"idempotency-key", b"\xff" * 300),
    (b"x-request-id", b"\r"),
    (b"x-emulator-world", b"\xe9"),
    (b"x-emulator-world", b"default" * 50),
    (b"x-forwarded-host", b"evil.example"),
    (b"range", b"bytes=9-1"),
    (b"if-none-match", b"\xff"),
    (b"last-event-id", b"-1"),
    (b"referer", b"http://["),
    (b"expect", b"200-ok"),
)


def routes() -> Iterator[tuple[str, str]]:
    """Yield method and path of every operation that a router knows, vendors' and our own."""
    for name, platform in discover().items():
        for each in platform.hooks.operations:
            yield each.method, each.path
            yield each.method, f"/{name}{each.path}"
    platforms = discover()
    table = ControlApp(Worlds(Settings(), platforms), platforms, Guard()).table
    for each in table.operations:
        yield each.method, PREFIX + each.path
    yield "POST", f"{PREFIX}/inbox/default/{{name}}"


ROUTES: Final = sorted({each for each in routes() if not each[1].endswith(SLOW_PATHS)})
PARTS: Final = 4
"""The routes are tested in parts: several workers can have one each."""


class OddRequests:
    """Draws odd requests, the same for the same seed and route."""

    def __init__(self, seed: int, route: str) -> None:
        self._ids = Ids(seed)
        self._route = route
        self._drawn = 0

    def pick(self, choices: Any) -> Any:
        """Return one of these."""
        self._drawn += 1
        return choices[self._ids.draw(self._route, str(self._drawn)) % len(choices)]

    def request(self, method: str, path: str) -> httpx.Request:
        """Return a request for a route."""
        parts = path.split("{")
        filled = parts[0] + "".join(
            f"{quote(self.pick(ODD_TEXTS), safe='%')}{each.partition('}')[2]}" for each in parts[1:]
        )
        query = self.pick(("", "", "?" + "&".join(self._pair() for _ in range(3))))
        headers: list[tuple[bytes, bytes]] = [(b"host", b"127.0.0.1:8080")]
        credential = self.pick(self._credentials())
        headers += [(name.encode(), value.encode()) for name, value in credential.items()]
        headers += [self.pick(ODD_HEADERS) for _ in range(self.pick(range(3)))]
        sent = method if self.pick(range(4)) else self.pick(METHODS)
        url = httpx.URL("http://127.0.0.1:8080").copy_with(raw_path=(filled + query).encode())
        return httpx.Request(sent, url, headers=headers, content=self._body())

    def _pair(self) -> str:
        names = ("limit", "offset", "page", "per_page", "status", "after", "kind", "sort", "a[]")
        return f"{self.pick(names)}={quote(self.pick(ODD_TEXTS), safe='%')}"

    @staticmethod
    def _credentials() -> list[dict[str, str]]:
        auths = [each.auth for each in discover().values()]
        return [{}, *(auth.headers(auth.issue("0" * 32)) for auth in auths)]

    def _body(self) -> bytes:
        names = ("name", "id", "to", "rules", "answers", "workflow_id", "workflow_params", "clock")
        match self.pick(range(6)):
            case 0:
                return b""
            case 1:
                return bytes(self.pick((b"\xff", b"{", b"null", b"a=b&a=%ff", b"--x\r\n\r\n")))
            case 2:
                return json.dumps(deep(self.pick(range(100)))).encode()
            case _:
                fields = {self.pick(names): self.pick(ODD_VALUES) for _ in range(4)}
                return json.dumps(fields).encode()


@pytest.mark.fuzz
@pytest.mark.parametrize("part", range(PARTS))
async def test_odd_request_is_no_error_of_ours(part: int, pytestconfig: pytest.Config) -> None:
    """Whatever is asked of a route, it answers below 500, and the world can still be read."""
    seed = pytestconfig.getoption("--seed")
    with checking() as cases:
        for method, path in ROUTES[part::PARTS]:
            with cases(f"{method} {path}"):
                await check_odd_requests(method, path, seed)


async def check_odd_requests(method: str, path: str, seed: int) -> None:
    """Make odd requests to a route."""
    app = create_app()
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    odd = OddRequests(seed, f"{method} {path}")
    async with httpx.AsyncClient(transport=transport) as http:
        for number in range(examples(TRIES)):
            request = odd.request(method, path)
            response = await http.send(request)
            assert response.status_code < 500 or response.status_code == FULL, (
                f"{number}: {request.method} {request.url} {request.headers.raw}"
                f" {request.content[:300]!r}: {response.text[:300]}"
            )
        shown = await http.get("http://127.0.0.1:8080/_emulator/calls")
    await app.worlds.stop()
    assert shown.status_code == 200
