"""Bodies as HTTP libraries send them: compressed, or with a byte order mark."""

import gzip
import json
import zlib
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from emulator.app import create_app
from emulator.settings import Settings
from tests.cases import each_case

LIMIT = 10_000
WORKFLOW = {"name": "R", "workflow_type": "ROBOCALL", "message": "Hi [name]"}
ROUTES = [
    pytest.param("POST", "/voicebot/v1/workflows", WORKFLOW, id="intron"),
    pytest.param("POST", "/api/v1/console/agents", {"name": "Ada"}, id="bimpe"),
    pytest.param("POST", "/app/api/v1/makeCall", {"dest": "x"}, id="voicebooker"),
    pytest.param(
        "POST",
        "/voicebot/api/v2/accounts/acct/assistants",
        {"name": "A", "instruction": "Help"},
        id="exotel",
    ),
    pytest.param("PUT", "/_emulator/scenarios", {"mix": {"busy": 1}}, id="control"),
    pytest.param("POST", "/_emulator/inbox/default/x", {"a": 1}, id="inbox"),
]
PATHS = [pytest.param(*each.values[:2], id=each.id) for each in ROUTES]


def bare_deflate(content: bytes) -> bytes:
    """Compress without zlib's head, as some clients do."""
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()


CODINGS = [
    pytest.param("gzip", gzip.compress, id="gzip"),
    pytest.param("X-GZIP", gzip.compress, id="old-name-upper-case"),
    pytest.param("deflate", zlib.compress, id="deflate"),
    pytest.param("deflate", bare_deflate, id="deflate-bare"),
    pytest.param("deflate, gzip", lambda body: gzip.compress(zlib.compress(body)), id="both"),
    pytest.param("gzip", lambda body: gzip.compress(body[:3]) + gzip.compress(body[3:]), id="two"),
    pytest.param("identity", bytes, id="identity"),
    pytest.param("", lambda body: b"\xef\xbb\xbf" + body, id="byte-order-mark"),
]


async def answered(method: str, path: str, body: bytes, **headers: str) -> httpx.Response:
    """Send a request to a new emulator whose bodies are small."""
    app = create_app(Settings(max_body=LIMIT))
    transport = httpx.ASGITransport(app=app)
    sent = {"Authorization": "Bearer x", "Token": "x", "Content-Type": "application/json"}
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as http:
        return await http.request(method, path, content=body, headers=sent | headers)


@each_case(("method", "path", "fields"), ROUTES)
@each_case(("encoding", "pack"), CODINGS)
async def test_body_is_read_however_a_library_sends_it(
    method: str, path: str, fields: dict[str, Any], encoding: str, pack: Callable[[bytes], bytes]
) -> None:
    """A compressed body, or one behind a byte order mark, is answered as the plain one is."""
    body = json.dumps(fields).encode()
    headers = {"Content-Encoding": encoding} if encoding else {}

    found = await answered(method, path, pack(body), **headers)
    plain = await answered(method, path, body)

    assert (found.status_code, found.content) == (plain.status_code, plain.content)


@each_case(("method", "path"), PATHS)
@each_case(
    ("encoding", "body", "status", "said"),
    [
        pytest.param("br", b"{}", 415, "gzip, deflate", id="unknown"),
        pytest.param("gzip, zstd", b"{}", 415, "gzip, deflate", id="one-unknown"),
        pytest.param("gzip", b"{}", 400, "is not gzip", id="not-packed"),
        pytest.param("deflate", b"\xff{}", 400, "is not deflate", id="not-deflated"),
        pytest.param("gzip", gzip.compress(b"{}")[:-6], 400, "is not gzip", id="cut-off"),
        pytest.param("gzip", gzip.compress(b" " * 10_000_000), 413, "larger than", id="bomb"),
        pytest.param("gzip,gzip,gzip,gzip,gzip", b"{}", 415, "gzip, deflate", id="too-often"),
    ],
)
async def test_body_that_cannot_be_unpacked_is_refused(  # noqa: PLR0917  # one table
    method: str,
    path: str,
    encoding: str,
    body: bytes,
    status: int,
    said: str,
) -> None:
    """What cannot be unpacked is refused with the reason, a bomb before it grows."""
    refused = await answered(method, path, body, **{"Content-Encoding": encoding})

    assert (refused.status_code, said in refused.text) == (status, True), refused.text
    if status == 415:
        assert refused.headers["accept-encoding"] == "gzip, deflate"
        assert "hint" not in refused.json()  # the message says everything


async def test_compressed_request_is_in_the_history_as_it_was_read() -> None:
    """The history, and so a replay, has the body unpacked, and no Content-Encoding."""
    app = create_app(Settings())
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as http:
        await http.post(
            "/voicebot/v1/workflows",
            content=gzip.compress(json.dumps(WORKFLOW).encode()),
            headers={"Authorization": "Bearer x", "Content-Encoding": "gzip"},
        )
        (entry,) = (await http.get("/_emulator/history", params={"kind": "exchange"})).json()

    assert json.loads(entry["body"]) == WORKFLOW
    assert "content-encoding" not in {name.lower() for name, _ in entry["headers"]}
