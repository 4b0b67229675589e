"""Where a callback to the emulator's own URL goes if several processes share the worlds."""

from dataclasses import dataclass, field

import pytest

from emulator.callbacks.shard_transport import ShardTransport
from emulator.domain.callbacks import Callback, CallbackResponse
from emulator.world.shard import Shard
from tests.cases import each_case

OWN = "http://emulator.internal/tools"
URLS = [[f"http://shard-{each}:8080"] for each in range(3)]
NUMBERED = "http://shard-2-{}:8080"
STANDBYS = [[], [], [NUMBERED.format(each) for each in range(3)]]
"""Processes of shard 2, of which one has the worlds."""

GONE = CallbackResponse(error="connection refused")
STANDBY = CallbackResponse(status=503, headers=(("x-emulator-standby", "2"),))


@dataclass
class Keeper:
    """A transport that keeps the URLs of what it sends."""

    answers: dict[str, CallbackResponse] = field(default_factory=dict[str, CallbackResponse])
    """Responses by the start of the URL."""
    sent: list[str] = field(default_factory=list[str])

    async def send(self, callback: Callback, headers: dict[str, str]) -> CallbackResponse:  # noqa: ARG002  # as transports have it
        self.sent.append(callback.url)
        found = [each for url, each in self.answers.items() if callback.url.startswith(url)]
        return found[0] if found else CallbackResponse(status=200)

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
    path: str, urls: list[list[str]], outside: str | None
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


@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        pytest.param([], 1, id="first-has-them"),
        pytest.param([GONE], 2, id="first-is-down"),
        pytest.param([STANDBY, GONE], 3, id="first-is-a-standby"),
        pytest.param([GONE, STANDBY, GONE], 3, id="none-has-them"),
        pytest.param([CallbackResponse(status=503)], 1, id="error-of-the-owner"),
    ],
)
async def test_callback_goes_to_the_process_that_has_the_worlds(
    answers: list[CallbackResponse], asked: int
) -> None:
    """A standby, or one that is down, has done nothing: the next process of the shard is asked."""
    shard = Shard(0, 3)
    out = Keeper({NUMBERED.format(at): each for at, each in enumerate(answers)})
    transport = ShardTransport(Keeper(), out, shard.other_owner, STANDBYS)
    url = f"{OWN}/_emulator/inbox/a/x"
    callback = Callback(
        id="1", platform="p", event="e", url=url, content=b"", content_type="text/plain"
    )

    response = await transport.send(callback, {})

    tried = [f"{NUMBERED.format(at)}/_emulator/inbox/a/x" for at in range(asked)]
    assert out.sent == tried
    assert response == ([*answers, CallbackResponse(status=200)][asked - 1])
