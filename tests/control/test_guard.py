"""Who may use the control API: every route of it."""

import httpx
import pytest

from emulator.app import create_app
from emulator.control.app import PREFIX, ControlApp
from emulator.control.guard import Guard
from emulator.platforms import discover
from emulator.settings import Settings
from emulator.worlds import Worlds

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


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Host": "emulator.evil.example"}, id="rebound-name"),
        pytest.param({"Host": "127.0.0.1.evil.example:8080"}, id="name-like-an-address"),
        pytest.param({"Host": "localhost.evil.example"}, id="name-like-localhost"),
        pytest.param({"Host": ""}, id="no-host"),
        pytest.param({"Origin": "https://evil.example"}, id="origin-of-another-site"),
        pytest.param({"Origin": "http://127.0.0.1:3000"}, id="origin-of-another-port"),
        pytest.param({"Origin": "null"}, id="origin-null"),
        pytest.param({"Sec-Fetch-Site": "cross-site"}, id="cross-site"),
        pytest.param({"Sec-Fetch-Site": "same-site"}, id="same-site"),
    ],
)
async def test_no_page_of_another_site_gets_through(
    method: str, path: str, headers: dict[str, str]
) -> None:
    """A name that could be rebound, a foreign Origin or a cross-site fetch is refused anywhere."""
    async with client() as http:
        refused = await http.request(method, path, headers=headers)
        worlds = (await http.get("/_emulator/health")).json()["worlds"]

    assert refused.status_code == 403
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["hint"]
    assert worlds == 1


@pytest.mark.parametrize(("method", "path"), ROUTES)
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


@pytest.mark.parametrize(
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


async def test_vendors_routes_are_open_to_any_name() -> None:
    """A vendor's API is served under whatever host it is asked for, token or not."""
    async with client(TOKEN) as http:
        answered = await http.get(
            "/voicebot/v1/workflows",
            headers={"Host": "voice.intron.io", "Authorization": "Bearer x"},
        )

    assert answered.status_code == 200


@pytest.mark.parametrize(("method", "path"), ROUTES)
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
    assert "VOICEBOT_EMULATOR_MAX_BODY" in refused.json()["hint"]
