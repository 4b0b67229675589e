"""Who may use the control API: every route of it."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from pydantic import ValidationError

from emulator.app import create_app
from emulator.control.app import PREFIX, ControlApp
from emulator.http.guard import Guard
from emulator.platforms import discover
from emulator.settings import Settings
from emulator.worlds import Worlds
from tests.cases import each_case

TOKEN = "open sesame"


def every_route() -> list[tuple[str, str]]:
    """Method and path of every control route there is, inboxes included."""
    platforms = discover()
    table = ControlApp(Worlds(Settings(), platforms), platforms, Guard()).table
    routes = [
        (each.method, PREFIX + each.path.replace("{", "").replace("}", ""))
        for each in table.operations
    ]
    routes = [
        (
            method,
            path + "?timeout=0" * path.endswith("/wait") + "?count=1" * path.endswith("/events"),
        )
        for method, path in routes
    ]
    return [*routes, ("POST", f"{PREFIX}/inbox/default/x"), ("GET", f"{PREFIX}/no/such/route")]


ROUTES = [pytest.param(*route, id=f"{route[0]}-{route[1][11:]}") for route in every_route()]


def client(token: str | None = None, base_url: str = "http://127.0.0.1:8080") -> httpx.AsyncClient:
    """A client of a server with or without a token."""
    app = create_app(Settings(token=token))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=base_url)


@pytest.fixture
async def local() -> AsyncIterator[httpx.AsyncClient]:
    """A client of an emulator without a token."""
    async with client() as http:
        yield http


@each_case(("method", "path"), ROUTES)
@each_case(
    "headers",
    [
        pytest.param({"Host": "emulator.evil.example"}, id="rebound-name"),
        pytest.param({"Host": "127.0.0.1.evil.example:8080"}, id="name-like-an-address"),
        pytest.param({"Host": "localhost.evil.example"}, id="name-like-localhost"),
        pytest.param({"Host": "[::1]emulator.evil.example"}, id="address-before-a-name"),
        pytest.param({"Host": "evil.example\\.localhost"}, id="backslash"),
        pytest.param({"Host": "evil.example%00.localhost"}, id="escape"),
        pytest.param({"Host": ""}, id="no-host"),
        pytest.param({"Origin": "//127.0.0.1:8080"}, id="origin-without-scheme"),
        pytest.param({"Origin": "https://evil.example"}, id="origin-of-another-site"),
        pytest.param({"Origin": "http://127.0.0.1:3000"}, id="origin-of-another-port"),
        pytest.param({"Origin": "null"}, id="origin-null"),
        pytest.param({"Origin": "http://["}, id="origin-unclosed"),
        pytest.param({"Origin": "http://[x]"}, id="origin-no-address"),
        pytest.param({"Sec-Fetch-Site": "cross-site"}, id="cross-site"),
        pytest.param({"Sec-Fetch-Site": "same-site"}, id="same-site"),
    ],
)
async def test_no_page_of_another_site_gets_through(
    local: httpx.AsyncClient, method: str, path: str, headers: dict[str, str]
) -> None:
    """A name that could be rebound, a foreign Origin or a cross-site fetch is refused anywhere."""
    refused = await local.request(method, path, headers=headers)
    worlds = (await local.get("/_emulator/health")).json()["worlds"]

    assert refused.status_code == 403
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["hint"]
    assert worlds == 1


@each_case(("method", "path"), ROUTES)
async def test_token_is_asked_for_wherever_something_is_to_be_had(method: str, path: str) -> None:
    """With a token set, only health and what takes callbacks work without it."""
    free = path == f"{PREFIX}/health" or path.startswith(f"{PREFIX}/inbox/")
    wrong: tuple[dict[str, str], ...] = (
        {},
        {"X-Emulator-Token": "x"},
        {"Authorization": f"Bearer {TOKEN}x"},
    )
    async with client(TOKEN) as http:
        without = [await http.request(method, path, headers=headers) for headers in wrong]
        with_it = await http.request(method, path, headers={"X-Emulator-Token": TOKEN})
        as_bearer = await http.request(method, path, headers={"Authorization": f"Bearer {TOKEN}"})

    assert [answer.status_code == 401 for answer in without] == [not free] * 3
    assert with_it.status_code != 401
    assert as_bearer.status_code != 401
    if not free:
        assert without[0].headers["www-authenticate"] == "Bearer"
        assert without[0].json()["hint"]


@each_case(
    "headers",
    [
        pytest.param({"Host": "localhost:8080"}, id="localhost"),
        pytest.param({"Host": "127.0.0.1"}, id="address"),
        pytest.param({"Host": "192.168.1.20:8080"}, id="address-in-the-network"),
        pytest.param({"Host": "[::1]:8080"}, id="address-v6"),
        pytest.param({"Host": "emulator:8080"}, id="name-of-a-container"),
        pytest.param({"Host": "emulator.localhost:8080"}, id="under-localhost"),
        pytest.param({"Host": "voicebot.test"}, id="reserved-name"),
        pytest.param({"Host": "host.docker.internal:8080"}, id="docker"),
        pytest.param({"Host": "LOCALHOST:8080"}, id="upper-case"),
        pytest.param({"Origin": "http://127.0.0.1:8080"}, id="own-origin"),
        pytest.param({"Sec-Fetch-Site": "same-origin"}, id="own-page"),
        pytest.param({"Sec-Fetch-Site": "none"}, id="typed-by-the-user"),
    ],
)
async def test_own_names_and_pages_get_through(headers: dict[str, str]) -> None:
    """Addresses, single labels and reserved names are ours, and so are our own pages."""
    async with client() as http:
        assert (await http.get("/_emulator/clock", headers=headers)).status_code == 200


def vendor_routes() -> Iterator[tuple[str, str, str]]:
    """Vendor, method and path of every operation, at the root and below the vendor's name."""
    for name, platform in discover().items():
        for each in platform.hooks.operations:
            path = each.path.replace("{", "").replace("}", "")
            yield name, each.method, path
            yield name, each.method, f"/{name}{path}"


VENDOR_ROUTES = [
    *(
        pytest.param(*route, id=f"{route[1]}-{route[2]}")
        for route in dict.fromkeys(vendor_routes())
    ),
    pytest.param("", "GET", "/", id="front"),
    pytest.param("", "POST", "/no/such/route", id="nobody"),
]
FOREIGN: dict[str, dict[str, str]] = {
    "rebound-name": {"Host": "emulator.evil.example"},
    "name-like-an-address": {"Host": "127.0.0.1.evil.example:8080"},
    "address-before-a-name": {"Host": "[::1]emulator.evil.example"},
    "origin-without-scheme": {"Origin": "//127.0.0.1:8080"},
    "name-like-a-vendor": {"Host": "exotel.com.evil.example"},
    "name-that-ends-like-a-vendor": {"Host": "evilexotel.com"},
    "origin-of-another-site": {"Origin": "https://evil.example"},
    "origin-of-another-port": {"Origin": "http://127.0.0.1:3000"},
    "origin-null": {"Origin": "null"},
    "origin-unclosed": {"Origin": "http://["},
    "origin-unopened": {"Origin": "http://]"},
    "origin-no-address": {"Origin": "http://[x]"},
    "cross-site": {"Sec-Fetch-Site": "cross-site"},
    "same-site": {"Sec-Fetch-Site": "same-site"},
}


@each_case(("vendor", "method", "path"), VENDOR_ROUTES)
async def test_no_page_of_another_site_uses_a_vendors_route(
    vendor: str, method: str, path: str
) -> None:
    """A rebound name, a foreign Origin or a cross-site fetch is refused in the vendor's shape."""
    app = create_app(Settings())
    before = app.worlds.default.history.last
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as http:
        for case, headers in FOREIGN.items():
            refused = await http.request(method, path, headers=headers, content=b"text_content=x")
            assert refused.status_code == 403, (case, refused.text)
            assert "--allow-" in refused.text
            assert not [name for name in refused.headers if name.startswith("access-control")]
            is_problem = refused.headers["content-type"] == "application/problem+json"
            assert is_problem == (vendor == "")

    assert app.worlds.default.history.last == before


@each_case(
    "headers",
    [
        pytest.param({"Host": "voice.intron.io"}, id="host-of-a-vendor"),
        pytest.param({"Host": "convobot.intron.health"}, id="other-host-of-a-vendor"),
        pytest.param({"Host": "emulator:8080"}, id="name-of-a-container"),
        pytest.param({"Host": "voicebot.apps.example.com"}, id="allowed-host"),
        pytest.param({"Origin": "http://127.0.0.1:8080"}, id="own-origin"),
        pytest.param({"Sec-Fetch-Site": "same-origin"}, id="own-page"),
        pytest.param({"Sec-Fetch-Site": "none"}, id="typed-by-the-user"),
        pytest.param({"Origin": "http://localhost:3000"}, id="allowed-origin"),
        pytest.param(
            {"Sec-Fetch-Site": "cross-site", "Referer": "http://localhost:3000/calls"},
            id="link-of-an-allowed-origin",
        ),
        pytest.param({}, id="no-browser"),
    ],
)
async def test_clients_and_allowed_pages_use_a_vendors_route(headers: dict[str, str]) -> None:
    """The vendor's own host names, other clients and origins that are allowed pass, no token."""
    settings = Settings(
        token=TOKEN,
        allow_origin=("http://localhost:3000",),
        allow_host=("voicebot.apps.example.com",),
    )
    transport = httpx.ASGITransport(app=create_app(settings))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as http:
        answered = await http.get(
            "/voicebot/v1/workflows", headers={"Authorization": "Bearer x", **headers}
        )
        control = await http.get("/_emulator/clock", headers={"X-Emulator-Token": TOKEN, **headers})

    assert answered.status_code == 200
    origin = headers.get("Origin")
    allowed = origin if origin == "http://localhost:3000" else None
    assert answered.headers.get("access-control-allow-origin") == allowed
    assert "access-control-allow-origin" not in control.headers


@pytest.mark.parametrize("auth", [pytest.param("open"), pytest.param("strict")])
async def test_preflight_of_an_allowed_origin_is_answered(auth: str) -> None:
    """A browser's preflight gets the method and headers it asks for, without a credential."""
    settings = Settings(auth=auth, allow_origin=("http://localhost:3000",))
    transport = httpx.ASGITransport(app=create_app(settings))
    headers = {
        "Origin": "http://localhost:3000",
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "authorization, content-type",
    }
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as http:
        answered = await http.options("/voicebot/v1/workflows/x", headers=headers)
        foreign = await http.options(
            "/voicebot/v1/workflows/x", headers=headers | {"Origin": "http://localhost:4000"}
        )

    assert answered.status_code == 200
    assert answered.headers["access-control-allow-origin"] == "http://localhost:3000"
    assert "PUT" in answered.headers["access-control-allow-methods"]
    assert "authorization" in answered.headers["access-control-allow-headers"].lower()
    assert foreign.status_code == 403


@each_case(
    "origin",
    [
        pytest.param("localhost:3000", id="no-scheme"),
        pytest.param("http://localhost:3000/", id="path"),
        pytest.param("null", id="null"),
    ],
)
def test_origin_that_is_none_is_refused_at_start(origin: str) -> None:
    """--allow-origin takes an origin as browsers send it, or *."""
    with pytest.raises(ValidationError, match="write an origin such as"):
        Settings(allow_origin=(origin,))


@each_case(("method", "path"), ROUTES)
async def test_wrong_method_and_strange_bodies_are_no_mistake_of_ours(
    method: str, path: str
) -> None:
    """Whatever is sent to a control route, the answer is a problem and never a 500."""
    bodies = (b"", b"{", b"[]", b"null", b'"x"', b"\xff", b'{"a":' * 100, b"9" * 5000)
    async with client() as http:
        for body in bodies:
            answered = await http.request(method, path, content=body)
            assert answered.status_code < 500, answered.text
        brewed = await http.request("BREW", path)

    inbox = path.startswith(f"{PREFIX}/inbox/")
    assert brewed.status_code in ({200} if inbox else {404, 405})
    if not inbox:
        assert brewed.json()["detail"]


async def test_body_over_the_cap_is_refused() -> None:
    """A body that is too large is refused with what would let it in."""
    app = create_app(Settings(max_body=100))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://localhost"
    ) as http:
        refused = await http.put("/_emulator/scenarios", content=b" " * 101)

    assert refused.status_code == 413
    assert "--max-body" in refused.json()["hint"]


async def test_history_has_no_token() -> None:
    """Reading the history of a world tells no token: not of any path or header."""
    headers = {"X-Emulator-Token": TOKEN, "Authorization": f"Bearer {TOKEN}"}
    async with client(TOKEN) as http:
        await http.put("/_emulator/scenarios", json={}, headers=headers)
        await http.get("/voicebot/v1/workflows", headers=headers)
        await http.get(f"/no/such/path?token={TOKEN}", headers=headers)
        shown = await http.get("/_emulator/history?limit=1000", headers=headers)
        run = await http.get("/_emulator/history/export", headers=headers)
    assert len(shown.json()) == 3
    assert shown.text.count("[redacted]") >= 3
    assert TOKEN not in shown.text
    assert TOKEN not in run.text


async def test_response_of_an_inbox_is_no_page() -> None:
    """A scripted response runs nothing in a browser, whatever content type it claims."""
    script = {"body": "<script>alert(1)</script>", "content_type": "text/html"}
    async with client() as http:
        await http.put("/_emulator/inboxes/a", json={"answers": [script]})
        response = await http.get("/_emulator/inbox/default/a")
    assert response.headers["content-security-policy"] == "sandbox"
    assert response.headers["x-content-type-options"] == "nosniff"
