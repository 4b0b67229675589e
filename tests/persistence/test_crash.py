"""A server that is killed again and again under load: nothing that was acknowledged is lost.

It is killed a few times, and 200 times with ``make crash-test`` (``--kills``). Every fourth time it
is told to stop, and with every other file it has no time for a checkpoint then. Meanwhile clients
place batches, whose callbacks are under way, and others make, fork, save, restore, import and
delete worlds; checkpoints come after every few requests or seldom, in both modes of durability.
"""

import re
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from signal import SIGKILL
from ssl import PROTOCOL_TLS_CLIENT, SSLContext
from typing import Any, Final

import httpx
import pytest

from emulator.ids import Ids
from tests.effort import is_campaign
from tests.limits import LIMIT_SECONDS
from tests.persistence.crash_receiver import HANGING, Endpoint, receiving
from tests.persistence.crash_worlds import KnownWorlds
from tests.processes import serving
from tests.support import WORKFLOW

KILLS: Final = 8
CAMPAIGN_KILLS: Final = 200
MAX_KILLS_PER_FILE: Final = 10
CLIENTS: Final = 3
"""Clients that place batches."""
WORLD_CLIENTS: Final = 2
"""Clients that make worlds."""
CALLBACK_SECONDS: Final = "1"
"""What a callback waits for an endpoint that hangs."""
RETRY_SECONDS: Final = 30
MAX_RETRIES: Final = 8
ANSWERS: Final = 120
"""Requests that may be answered before a kill."""
NUMBERS: Final = [f"+23480000990{outcome:02}" for outcome in (1, 2, 10, 11, 12, 13, 14, 15)]
CONDITIONS: Final = (
    ("normal", 2_000),
    ("normal", 200_000),
    ("sync", 2_000),
    ("sync", 200_000),
)
"""Durability, and the size of the write-ahead log that triggers a checkpoint."""
PROCESS_BYTES: Final = (0, 4 << 20, 50_000)
"""The size above which another process makes the checkpoint."""
ENDS_PER_STOP: Final = 4
"""Every fourth end is a stop by SIGTERM; the others are kills."""
WORLD_ENDED: Final = 410
"""The status of a request that advances the clock of a world that ends."""
HOOK_TURN: Final = 8
"""Of so many callbacks, one goes to an endpoint, and one to an endpoint that hangs at first."""
EXPECTED_LOG: Final = re.compile("an incomplete write|the next start reads both")
TLS: Final = SSLContext(PROTOCOL_TLS_CLIENT)  # the default reads every root certificate


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Share the kills out among files, with at least one file for each condition."""
    if "life" in metafunc.fixturenames:
        default = CAMPAIGN_KILLS if is_campaign() else KILLS
        total = metafunc.config.getoption("--kills") or default
        files = max(len(CONDITIONS), ceil(total / MAX_KILLS_PER_FILE))
        first = metafunc.config.getoption("--seed") * len(CONDITIONS)
        metafunc.parametrize("kills", [ceil(total / files)])
        metafunc.parametrize("life", range(first, first + files), ids=str)


@dataclass
class Acknowledged:
    """What was acknowledged to all clients."""

    life: int
    endpoint: Endpoint
    worlds: tuple[KnownWorlds, ...] = tuple[KnownWorlds, ...]()
    workflows: dict[str, Any] = field(default_factory=dict[str, Any])
    """By id, as they were answered."""
    batches: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """The numbers of each batch, by its id."""
    inboxes: dict[str, str] = field(default_factory=dict[str, str])
    """Where the callback of a batch goes: an inbox, or a path of the endpoint."""
    calls: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """The ids of the calls of each batch, as they were found after the next kill."""
    made: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def number(self) -> int:
        """Number the next workflow."""
        with self.lock:
            self.made += 1
            return self.made


def client_of(url: str) -> httpx.Client:
    """Return a client of a server."""
    return httpx.Client(
        base_url=url,
        headers={"Authorization": "Bearer x"},
        verify=TLS,
        trust_env=False,
        timeout=LIMIT_SECONDS,
    )


def use(url: str, known: Acknowledged, answered: threading.Semaphore) -> None:
    """Create workflows, place batches and advance the clock until the server is gone."""
    with suppress(httpx.TransportError), client_of(url) as http:
        for ask in (answer for _ in iter(int, 1) for answer in campaign(http, known)):
            if ask.status_code == WORLD_ENDED:
                break
            assert ask.status_code in {200, 409}, ask.text
            answered.release()


def use_worlds(url: str, known: KnownWorlds, answered: threading.Semaphore) -> None:
    """Make, fork, save, restore, import and delete worlds until the server is gone."""
    with suppress(httpx.TransportError), client_of(url) as http:
        for ask in (answer for _ in iter(int, 1) for answer in known.campaign(http)):
            if ask.status_code == WORLD_ENDED:
                break
            assert ask.is_success, ask.text
            answered.release()


def campaign(http: httpx.Client, known: Acknowledged) -> Iterator[httpx.Response]:
    """Place one workflow with its batch, and note what was acknowledged."""
    number = known.number()
    inbox = f"i{number}"
    failures = [500] * (number % 3)  # one attempt less than there are
    yield http.put(f"/_emulator/inboxes/{inbox}", json={"answers": failures})
    hooks = [
        f"{http.base_url}/_emulator/inbox/default/{inbox}",
        f"{known.endpoint.url}/taken/{number}",
        f"{known.endpoint.url}{HANGING}{number}",
    ]
    hook = hooks[number % HOOK_TURN if number % HOOK_TURN < len(hooks) else 0]
    body = WORKFLOW | {"name": inbox, "call_back_url": hook}
    made = http.post("/voicebot/v1/workflows", json=body)
    yield made  # and no further, if the server stops
    workflow = made.json()["data"]
    known.workflows[workflow["id"]] = workflow
    numbers = NUMBERS[: number % len(NUMBERS) + 1]
    params = [{"phone_number": number} for number in numbers]
    body = {"workflow_id": workflow["id"], "workflow_params": params}
    placed = http.post("/voicebot/v1/call", json=body)
    yield placed
    batch_id = placed.json()["data"]["batch_id"]
    known.batches[batch_id] = numbers
    known.inboxes[batch_id] = inbox if inbox in hook else hook.removeprefix(known.endpoint.url)
    yield http.post("/_emulator/clock/advance", json={"seconds": 7})


def allow_slow_responses(http: httpx.Client) -> None:
    """Allow more attempts than endpoints refuse, as a busy machine may take longer than a second.

    No callback fails, then, unless it is lost.
    """
    options = {"intron": {"callback_retries": [RETRY_SECONDS] * MAX_RETRIES}}
    changed = http.patch("/_emulator/settings", json={"options": options})
    assert changed.status_code == 200, changed.text


def check(http: httpx.Client, known: Acknowledged) -> None:
    """Everything that was acknowledged is there as it was acknowledged."""
    listed = http.get("/voicebot/v1/workflows").json()["data"]
    found = {workflow["id"]: workflow for workflow in listed}
    for workflow_id, workflow in known.workflows.items():
        assert found.get(workflow_id) == workflow
    for worlds in known.worlds:
        worlds.check(http)
    for batch_id in known.batches.keys() - known.calls.keys():
        known.calls[batch_id] = [call["id"] for call in calls_of(http, known, batch_id)]


def calls_of(http: httpx.Client, known: Acknowledged, batch_id: str) -> list[Any]:
    """Return the calls of a batch, which are those that were requested."""
    answer = http.get("/_emulator/calls", params={"batch_id": batch_id})
    assert answer.status_code == 200, answer.text
    calls: list[Any] = answer.json()[::-1]
    assert [call["to"] for call in calls] == known.batches[batch_id]
    return calls


def check_end(http: httpx.Client, known: Acknowledged) -> None:
    """Every batch ends with its calls, and its callback is delivered once, with the same bytes."""
    advanced = http.post("/_emulator/clock/advance", json={"until": "idle"})
    assert advanced.status_code == 200, advanced.text
    callbacks = {each["batch_id"]: each for each in pages(http, "/_emulator/callbacks")}
    for batch_id, call_ids in known.calls.items():
        calls = calls_of(http, known, batch_id)
        assert [call["id"] for call in calls] == call_ids
        assert all(call["ended_at"] for call in calls)
        callback = callbacks.pop(batch_id)
        attempts = callback["attempts"]
        assert callback["status"] == "delivered", callback
        assert [each["status"] for each in attempts].count(200) == 1
        hook = known.inboxes[batch_id]
        if hook.startswith("/"):
            received = known.endpoint.received[hook]
            answered = [each for each in attempts if each["status"] is not None]
            assert len(answered) <= received <= len(attempts) + MAX_KILLS_PER_FILE
            continue
        messages = http.get(f"/_emulator/inboxes/{hook}").json()
        assert len({message["body"] for message in messages}) == 1
        assert messages[0]["json"]["request_id"] == batch_id
        assert [each["id"] for each in messages[0]["json"]["request_calls"]] == call_ids
        assert len(attempts) <= len(messages) <= len(attempts) + MAX_KILLS_PER_FILE
    for callback in callbacks.values():  # of batches that were placed without an acknowledgement
        assert callback["status"] == "delivered"


def pages(http: httpx.Client, path: str) -> Iterator[Any]:
    """Go through the pages of a list."""
    offset = 0
    while page := http.get(path, params={"limit": 1000, "offset": offset}).json():
        yield from page
        offset += len(page)


def live(url: str, end: Callable[[], None], known: Acknowledged, answers: int) -> list[Exception]:
    """Use a server, and end it after some responses, while others are in flight.

    Return what went wrong for the clients.
    """
    answered = threading.Semaphore(0)
    uses = [(use, known)] * CLIENTS + [(use_worlds, worlds) for worlds in known.worlds]
    problems: list[Exception] = []

    def run(use_server: Callable[..., None], knowing: Any) -> None:
        try:
            use_server(url, knowing, answered)
        except Exception as error:  # noqa: BLE001  # the test fails with it
            problems.append(error)
        finally:
            answered.release(answers + 1)  # whatever ended it: the server is not waited for

    clients = [threading.Thread(target=run, args=each) for each in uses]
    for client in clients:
        client.start()
    for _ in range(answers):
        assert answered.acquire(timeout=LIMIT_SECONDS)
    end()
    for client in clients:
        client.join()
    return problems


def test_nothing_that_was_acknowledged_is_lost(tmp_path: Path, life: int, kills: int) -> None:
    """However and whenever it ends, everything that was acknowledged is there."""
    durability, checkpoint_bytes = CONDITIONS[life % len(CONDITIONS)]
    data = str(tmp_path / "worlds.json")
    arguments = ["--clock", "frozen", "--data", data, "--durability", durability]
    arguments += ["--callback-timeout", CALLBACK_SECONDS]
    environment = {
        "VOICEBOT_EMULATOR_CHECKPOINT_BYTES": str(checkpoint_bytes),
        "VOICEBOT_EMULATOR_CHECKPOINT_PROCESS_BYTES": str(PROCESS_BYTES[life % len(PROCESS_BYTES)]),
        "VOICEBOT_EMULATOR_CHECKPOINT_TIMEOUT": str(life // len(CONDITIONS) % 2 * LIMIT_SECONDS),
    }
    ids, port = Ids(life), "0"
    with receiving() as endpoint:
        known = Acknowledged(life, endpoint, worlds_of_clients())
        for kill in range(kills):
            with serving(*arguments, "--port", port, **environment) as (process, url):
                port = url.rpartition(":")[2]
                with client_of(url) as http:
                    check(http, known)
                    allow_slow_responses(http)
                is_stopped = kill % ENDS_PER_STOP == ENDS_PER_STOP - 1
                end = process.terminate if is_stopped else process.kill
                problems = live(url, end, known, ids.draw("kill", str(kill)) % ANSWERS)
                code = process.wait(LIMIT_SECONDS)
                assert process.stderr is not None
                found = (code, [*unexpected(process.stderr)], problems)
                assert found == (0 if is_stopped else -SIGKILL, [], [])
        with serving(*arguments, "--port", port) as (_, url), client_of(url) as http:
            check(http, known)
            check_end(http, known)
        with serving(*arguments, "--port", port) as (_, url), client_of(url) as http:
            check(http, known)


def unexpected(lines: Iterable[str]) -> Iterator[str]:
    """Return what a server should not have logged."""
    return (line for line in lines if not EXPECTED_LOG.search(line))


def worlds_of_clients() -> tuple[KnownWorlds, ...]:
    """Return what the clients that make worlds know at first."""
    return tuple(KnownWorlds(f"client{each}") for each in range(WORLD_CLIENTS))
