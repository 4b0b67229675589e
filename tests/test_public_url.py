"""The emulator behind a proxy that serves it below a path."""

from collections.abc import AsyncIterator
from typing import Any, Final

import httpx
import pytest

from emulator.app import Emulator, create_app
from emulator.cli.demo_data import seed_demo
from emulator.settings import Settings
from tests.support import World

HOST: Final = "https://8.8.8.8"
PATH: Final = "/voice/emulator"


class StrippingProxy:
    """Hands requests below a path on without it, and answers 502 to every other."""

    def __init__(self, app: Emulator) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        path: str = scope["path"]
        if not path.startswith(f"{PATH}/"):
            await send({"type": "http.response.start", "status": 502, "headers": []})
            await send({"type": "http.response.body"})
            return
        raw = scope["raw_path"].removeprefix(PATH.encode())
        await self._app({**scope, "path": path.removeprefix(PATH), "raw_path": raw}, receive, send)


@pytest.fixture
def app() -> Emulator:
    return create_app(Settings(public_url=HOST + PATH))


@pytest.fixture(params=[pytest.param(True, id="stripped"), pytest.param(False, id="kept")])
async def http(request: pytest.FixtureRequest, app: Emulator) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the public URL, whose path the proxy removes or leaves."""
    served: Any = StrippingProxy(app) if request.param else app
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=served), base_url=HOST + PATH
    ) as client:
        yield client


async def test_every_address_it_shows_is_reached(http: httpx.AsyncClient) -> None:
    """Base URLs, inboxes, dashboard, guides and documents lead through the proxy."""
    front = (await http.get("/", headers={"Accept": "application/json"})).json()
    made = (await http.post("/_emulator/worlds", json={"name": "w"})).json()
    shown = [
        *(front[name] for name in ("dashboard", "guides")),
        front["control"] + "/health",
        *(f"{HOST}{PATH}/_emulator/openapi/{name}.json" for name in made["base_urls"]),
    ]

    assert all(url.startswith(f"{HOST}{PATH}/") for url in (*shown, *made["base_urls"].values()))
    assert [(url, (await http.get(url)).status_code) for url in shown] == [
        (url, 200) for url in shown
    ]


async def test_callbacks_reach_inboxes(http: httpx.AsyncClient) -> None:
    """A callback to an inbox below the public URL arrives, without a connection."""
    world = World(http, (await http.get("/_emulator/worlds/default")).json())
    workflow = await world.workflow(call_back_url=world.inbox_url + "done")
    await world.place(workflow, "+23480099012")
    await world.advance()

    assert world.inbox_url.startswith(f"{HOST}{PATH}/_emulator/inbox/")
    assert len(await world.inbox("done")) == 1


async def test_callbacks_beside_its_path_leave(http: httpx.AsyncClient) -> None:
    """Other paths of the same host belong to other programs: a callback to them leaves."""
    world = World(http, (await http.get("/_emulator/worlds/default")).json())
    await world.place(await world.workflow(call_back_url=f"{HOST}/mine"), "+23480099012")
    await world.advance()

    (callback,) = (await world.control("GET", "/callbacks")).json()
    assert "--allow-public-callbacks" in callback["attempts"][0]["error"]


@pytest.mark.parametrize("name", ["bimpe", "exotel", "intron", "voicebooker"])
async def test_documents_name_the_public_path(http: httpx.AsyncClient, name: str) -> None:
    """The servers of an OpenAPI document are below the public URL's path."""
    document = (await http.get(f"/_emulator/openapi/{name}.json")).json()

    own = [each["url"] for each in document["servers"] if each["url"].startswith("/")]
    assert own == [f"{PATH}/", f"{PATH}/{name}"]


async def test_pages_load_their_files_below_the_path(http: httpx.AsyncClient) -> None:
    """The dashboard and the guides link to their files and pages below the public path."""
    for page in ("/_emulator/ui", "/_emulator/guide/", "/_emulator/guide/quickstart"):
        text = (await http.get(page)).text

        assert f'"{PATH}/_emulator/' in text
        assert '"/_emulator/' not in text


async def test_text_index_names_the_public_path(http: httpx.AsyncClient) -> None:
    """Every address on the page for coding agents is below the public URL."""
    text = (await http.get("/_emulator/llms.txt")).text

    assert text.count("://") == text.count(f"{HOST}{PATH}/")


async def test_demo_data_is_seeded(app: Emulator) -> None:
    """``--demo`` works behind a proxy: its own callbacks reach its inboxes."""
    base_url = app.worlds.settings.base_url
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url=base_url
    ) as client:
        credentials = {
            name: app.worlds.credentials(app.worlds.default, name) for name in app.platforms
        }
        await seed_demo(client, credentials, base_url)

    assert len(app.worlds.default.calls) > 0


@pytest.mark.parametrize("url", ["example.com", "ftp://example.com", "http://e.test/?a=b"])
def test_public_url_is_checked(url: str) -> None:
    """What is not the address of a website is refused at the start."""
    with pytest.raises(ValueError, match="write a URL such as"):
        Settings(public_url=url)
