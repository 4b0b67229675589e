"""The token of a world: with it, the control API may be used about this world only."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from emulator.app import Emulator, create_app
from emulator.control.permission import NO_WORLD, SERVER_ROUTES
from emulator.control.routes import OWN
from emulator.settings import Settings
from tests.cases import checking, each_case
from tests.support import Json

SERVER: Final = "open sesame"


@asynccontextmanager
async def serving(**settings: Any) -> AsyncIterator[tuple[Emulator, httpx.AsyncClient]]:
    """An emulator in process with a client that sends no token."""
    app = create_app(Settings(**{"token": SERVER} | settings))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(
        transport=transport, base_url=app.worlds.settings.base_url
    ) as http:
        yield app, http
    await app.worlds.stop()


async def ask(
    http: httpx.AsyncClient, token: str, method: str, path: str, world: str = "", **rest: Any
) -> httpx.Response:
    """Make a request to the control API with a token, about a world if one is given."""
    headers = {"X-Emulator-Token": token} | ({"X-Emulator-World": world} if world else {})
    return await http.request(method, f"/_emulator{path}", headers=headers, **rest)


async def made(http: httpx.AsyncClient, name: str, **fields: Any) -> str:
    """Create a world, and return its token."""
    response = await ask(http, SERVER, "POST", "/worlds", json={"name": name, **fields})
    assert response.status_code == 201, response.text
    token = response.json()["control_token"]
    assert isinstance(token, str)
    return token


@each_case(
    ("method", "path", "body", "status"),
    [
        pytest.param("GET", "/clock", None, 200, id="clock"),
        pytest.param("POST", "/clock/advance", {"seconds": 1}, 200, id="advance"),
        pytest.param("GET", "/calls", None, 200, id="calls"),
        pytest.param("POST", "/faults", {"effect": {"kind": "duplicate"}}, 201, id="fault"),
        pytest.param("PATCH", "/settings", {"auth": "strict"}, 200, id="settings"),
        pytest.param("POST", "/snapshots", {"name": "s"}, 201, id="snapshot"),
        pytest.param("GET", "/coverage", None, 200, id="coverage"),
        pytest.param("GET", "/worlds/mine", None, 200, id="world"),
        pytest.param("GET", "/operations", None, 200, id="operations"),
        pytest.param("GET", "/openapi/intron.json", None, 200, id="document"),
        pytest.param("POST", "/reset", None, 200, id="reset"),
        pytest.param("DELETE", "/worlds/mine", None, 204, id="deletion"),
    ],
)
async def test_token_of_a_world_permits_all_about_it(
    method: str, path: str, body: Json | None, status: int
) -> None:
    """Who created a world may read, change, reset and delete it without the server's token."""
    async with serving() as (_, http):
        token = await made(http, "mine")

        response = await ask(http, token, method, path, "mine", json=body)

        assert response.status_code == status, response.text


async def test_token_of_a_world_opens_no_other() -> None:
    """Every route refuses it about another world, about default, and about all worlds."""
    async with serving() as (app, http):
        token = await made(http, "mine")
        await made(http, "theirs")
        with checking() as cases:
            for each in OWN:
                if each.path == "/health" or each.path.startswith(NO_WORLD):
                    continue
                path = each.path.replace("{name}", "theirs").replace("{", "").replace("}", "")
                for world in ("theirs", "", "nowhere"):
                    with cases(f"{each.label} in {world or 'default'}"):
                        refused = await ask(http, token, each.method, path, world)
                        assert refused.status_code == 403, refused.text
                if each.label in SERVER_ROUTES:
                    refused = await ask(http, token, each.method, path, "mine")
                    assert (refused.status_code, refused.json()["code"]) == (403, "server_token")
        of_all = await ask(http, token, "GET", "/coverage?worlds=all", "mine")
        assert (of_all.status_code, of_all.json()["code"]) == (403, "server_token")
        assert app.worlds.named("theirs") is not None


async def test_route_about_a_named_world_needs_no_header() -> None:
    """``/worlds/{name}`` is about the world in its path, and is recorded there."""
    async with serving() as (app, http):
        token = await made(http, "mine")
        before = app.worlds.default.history.last

        assert (await ask(http, token, "GET", "/worlds/mine")).json()["control_token"] == token
        assert (await ask(http, token, "DELETE", "/worlds/mine", "default")).status_code == 204

        assert app.worlds.default.history.last == before
        assert (await ask(http, token, "GET", "/clock", "mine")).status_code == 401


@each_case(
    "fields",
    [
        pytest.param({"name": "mine"}, id="created-again"),
        pytest.param({"name": "mine", "seed": 5}, id="with-another-seed"),
        pytest.param({"name": "mine", "from": "other"}, id="fork"),
    ],
)
async def test_token_of_a_former_world_opens_nothing(fields: Json) -> None:
    """A world that is created again under the same name has another token."""
    async with serving() as (_, http):
        former = await made(http, "mine")
        other = await made(http, "other")
        await ask(http, SERVER, "DELETE", "/worlds/mine")
        token = await made(http, **fields)

        assert len({former, other, token}) == 3
        assert (await ask(http, former, "GET", "/clock", "mine")).status_code == 401
        assert (await ask(http, token, "GET", "/clock", "mine")).status_code == 200
        assert (await ask(http, other, "GET", "/clock", "mine")).status_code == 403


async def test_token_lasts_through_reset_restore_and_import() -> None:
    """Whatever becomes of what is in a world, its token stays the same, and so do all others."""
    async with serving() as (_, http):
        token, other = await made(http, "mine"), await made(http, "other")
        for method, path in (
            ("POST", "/reset"),
            ("POST", "/snapshots"),
            ("POST", "/snapshots/snapshot-1/restore"),
        ):
            assert not (await ask(http, token, method, path, "mine")).is_error
        exported = await ask(http, token, "GET", "/export", "mine")
        imported = await ask(http, other, "POST", "/import", "other", content=exported.content)
        assert imported.status_code == 200, imported.text

        assert (await ask(http, token, "GET", "/clock", "mine")).status_code == 200
        assert (await ask(http, other, "GET", "/clock", "other")).status_code == 200
        assert (await ask(http, token, "GET", "/clock", "other")).status_code == 403


async def test_token_lasts_through_a_restart(tmp_path: Path) -> None:
    """A data file keeps it, but without the server's token the file opens nothing."""
    data = tmp_path / "worlds.json"
    async with serving(data=data) as (_, http):
        token = await made(http, "mine")
    assert token not in data.read_text()

    async with serving(data=data) as (_, http):
        assert (await ask(http, token, "GET", "/clock", "mine")).status_code == 200
    async with serving(data=data, token="another") as (_, http):
        assert (await ask(http, token, "GET", "/clock", "mine")).status_code == 401


async def test_open_server_has_no_tokens() -> None:
    """Without ``--token`` everyone may use everything, as before."""
    async with serving(token=None) as (_, http):
        shown = (await http.post("/_emulator/worlds", json={"name": "mine"})).json()
        assert shown["control_token"] is None
        assert (await ask(http, "whatever", "POST", "/reset", "mine")).status_code == 200


async def test_token_is_redacted(caplog: pytest.LogCaptureFixture) -> None:
    """No history, run file or log line has the token of a world, wherever it was sent."""
    caplog.set_level("INFO")
    async with serving(auth="open") as (_, http):
        token, other = await made(http, "mine"), await made(http, "other")
        for name in ("mine", "other"):
            own = {"X-Emulator-World": name, "X-Emulator-Token": token}
            await http.get(f"/voicebot/v1/workflows?t={token}", headers=own | {"X-More": other})
            await http.get(f"/nowhere/{other}", headers=own)
        await ask(http, token, "POST", "/reset", "mine")
        await ask(http, token, "POST", "/snapshots", "mine")

        for name in ("default", "mine", "other"):
            history = await ask(http, SERVER, "GET", "/history?limit=1000", name)
            run = await ask(http, SERVER, "GET", "/history/export", name)
            for text in (history.text, run.text):
                assert "[redacted]" in text or name == "mine"
                assert token not in text
                assert other not in text
    logged = [each.getMessage() for each in caplog.records if each.name == "emulator"]
    assert logged
    assert not any(secret in line for line in logged for secret in (token, other))
