"""Processes that share the worlds and ask each other: lists, coverage, callbacks."""

import socket
from collections.abc import Iterator
from typing import Final

import pytest
from click.testing import CliRunner

from emulator.cli import main
from tests.shards import NAMES, TOKEN, Running
from tests.support import WORKFLOW

MISSING: Final = "x-emulator-missing-shards"


@pytest.fixture
def three() -> Iterator[Running]:
    """Three that run."""
    made = Running(3)
    with made.stack:
        yield made


@pytest.fixture
def two_of_three() -> Iterator[Running]:
    """Three, the last of which does not run."""
    made = Running(3, silent=frozenset({2}))
    with made.stack:
        yield made


@pytest.mark.parametrize("query", [pytest.param(each, id=each) for each in ("created", "activity")])
def test_pages_have_the_worlds_of_all(three: Running, query: str) -> None:
    """Every process lists the same worlds in the same order, each once, however long a page is."""
    for name in NAMES:
        three.make(name)

    found = [
        three.names(number, f"sort={query}&limit={limit}")
        for number, limit in ((0, 3), (1, 2), (2, 200))
    ]

    lists = [[name for page in pages for name in page] for pages, _ in found]
    assert lists[0] == lists[1] == lists[2]
    assert sorted(lists[0]) == sorted(["default", *NAMES])
    assert [len(page) for page in found[0][0]] == [3, 3, 2]
    assert {total for _, totals in found for total in totals} == {"8"}


def test_search_finds_worlds_of_all(three: Running) -> None:
    """A part of a name finds the worlds of every process."""
    for name in NAMES:
        three.make(name)

    (page,), totals = three.names(1, "name=job")

    assert (sorted(page), totals) == (["job-0", "job-1", "job-2"], {"3"})


def test_missing_process_is_named(two_of_three: Running) -> None:
    """A list is answered without the worlds of a process that is down, and says so."""
    two_of_three.make("d")

    for path in ("/worlds", "/coverage?worlds=all", "/health?shards=all"):
        answered = two_of_three.get(0, path)
        assert (answered.status_code, answered.headers[MISSING]) == (200, "2")
    shown = two_of_three.get(1, "/health?shards=all").json()
    assert [each and each["shard"] for each in shown["answers"]] == [0, 1, None]


def test_command_names_the_missing_process(two_of_three: Running) -> None:
    """``world list`` says which worlds it does not know of."""
    listed = CliRunner().invoke(
        main, ["world", "list", "--url", two_of_three.urls[0], "--token", TOKEN]
    )

    assert listed.exit_code == 0, listed.output
    assert "default" in listed.stdout
    assert listed.stderr == "shard 2 does not answer: what it has is missing here\n"


def test_slow_process_is_not_waited_for(two_of_three: Running) -> None:
    """A process that accepts a connection and answers nothing is missing after its time."""
    port = int(two_of_three.urls[2].rpartition(":")[2])
    with socket.create_server(("127.0.0.1", port)):
        answered = two_of_three.get(0, "/worlds")

    assert (answered.status_code, answered.headers[MISSING]) == (200, "2")


def test_coverage_counts_the_worlds_of_all(three: Running) -> None:
    """What was used in any process is used; each process says the same."""
    for name in ("a", "d"):
        key = three.make(name)["credentials"]["intron"]["api_key"]
        used = three.http.post(
            f"{three.url(name)}/voicebot/v1/workflows",
            json=WORKFLOW,
            headers={"Authorization": f"Bearer {key}"},
        )
        assert used.status_code == 200, used.text

    shown = [three.get(number, "/coverage?worlds=all").json() for number in range(3)]

    assert shown[0] == shown[1] == shown[2]
    operations = {each["operation"]: each["answered"] for each in shown[0]["intron"]["operations"]}
    assert operations["POST /voicebot/v1/workflows"] == {"200": 2}
    assert "POST /voicebot/v1/workflows" not in shown[0]["intron"]["untouched"]["operations"]


def test_callback_reaches_an_inbox_of_another_process(three: Running) -> None:
    """A callback to the inbox of a world elsewhere goes over the socket, and is delivered."""
    world, other = three.make("a"), three.make("d")
    assert three.url("a") != three.url("d")
    inside = world["inbox_url"].rpartition("/_emulator")[0]
    inbox = other["inbox_url"].replace(other["inbox_url"].partition("/_emulator")[0], inside)
    key = {"Authorization": f"Bearer {world['credentials']['intron']['api_key']}"}
    in_world, in_other = ({"X-Emulator-World": name} for name in ("a", "d"))
    made = three.http.post(
        f"{three.url('a')}/_emulator/calls",
        json={
            "platform": "intron",
            "to": ["+2348055599001"],
            "call_back_url": f"{inbox}reports",
        },
        headers=in_world | key,
    )
    assert made.status_code == 201, made.text
    three.http.post(
        f"{three.url('a')}/_emulator/clock/advance", json={"until": "idle"}, headers=in_world
    )

    sent = three.http.get(f"{three.url('a')}/_emulator/callbacks", headers=in_world).json()
    received = three.http.get(f"{three.url('d')}/_emulator/inboxes/reports", headers=in_other)

    assert [each["status"] for each in sent] == ["delivered"]
    assert len(received.json()) == 1
