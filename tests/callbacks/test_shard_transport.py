"""Where a callback to the emulator's own URL goes if several processes share the worlds."""

from dataclasses import dataclass, field

import pytest

from emulator.callbacks.shard_transport import ShardTransport
from emulator.domain.callbacks import Callback, CallbackResponse
from emulator.world.shard import Shard
from tests.cases import each_case

OWN = "http://emulator.internal/tools"
URLS = ["http://shard-0:8080", "http://shard-1:8080", "http://shard-2:8080"]


@dataclass
class Keeper:
    """A transport that keeps the URLs of what it sends."""

    sent: list[str] = field(default_factory=list[str])

    async def send(self, callback: Callback, headers: dict[str, str]) -> CallbackResponse:  # noqa: ARG002  # as transports have it
        self.sent.append(callback.url)
        return CallbackResponse(status=200)

    async def close(self) -> None:
        pass


@each_case(
    ("path", "urls", "outside"),
    [
        pytest.param("/_emulator/inbox/d/x?a=1", URLS, None, id="own-inbox"),
        pytest.param("/voicebooker/webhook", URLS, None, id="path-of-a-vendor"),
        pytest.param(
            "/_emulator/inbox/a/x?a=1",
            URLS,
            "http://shard-2:8080/_emulator/inbox/a/x?a=1",
            id="inbox-of-another",
        ),
        pytest.param(
            "/_emulator/inbox/a.b/x",
            URLS,
            "http://shard-2:8080/_emulator/inbox/a.b/x",
            id="inbox-of-a-fork",
        ),
        pytest.param("/_emulator/inbox/a/x", [], f"{OWN}/_emulator/inbox/a/x", id="no-shard-urls"),
    ],
)
async def test_callback_goes_to_the_process_of_the_inbox(
    path: str, urls: list[str], outside: str | None
) -> None:
    """An inbox of another process is asked at its own URL, or else at the address of all."""
    shard = Shard(0, 3)
    inside, out = Keeper(), Keeper()
    transport = ShardTransport(inside, out, shard.other_owner, urls)
    callback = Callback(
        id="1", platform="p", event="e", url=f"{OWN}{path}", content=b"", content_type="text/plain"
    )

    await transport.send(callback, {})

    assert (inside.sent, out.sent) == (([callback.url], []) if outside is None else ([], [outside]))
    assert callback.url == f"{OWN}{path}"
