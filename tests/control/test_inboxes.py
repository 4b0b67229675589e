"""Inboxes over the control API."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.cases import each_case_alone
from tests.support import World


async def post(world: World, name: str, **rest: Any) -> httpx.Response:
    """Send a request to an inbox, as a callback would."""
    return await world.http.post(f"/_emulator/inbox/{world.name}/{name}", **rest)


async def test_inbox_takes_whatever_comes(world: World) -> None:
    """Any method, path below it, query and body is taken, kept as it came, and answered 200."""
    sent = await world.http.request(
        "PUT",
        f"/_emulator/inbox/{world.name}/hook/deep/er?a=1&b=%20",
        content=b'{"n": 1}',
        headers={"X-Signature": "s", "Content-Type": "text/plain"},
    )

    (message,) = await world.inbox("hook")
    assert (sent.status_code, sent.content) == (200, b"")
    assert (message["method"], message["json"], message["body"]) == ("PUT", {"n": 1}, '{"n": 1}')
    assert message["path"].endswith("/hook/deep/er?a=1&b=%20")
    assert (message["headers"]["x-signature"], message["headers"]["content-type"]) == (
        "s",
        "text/plain",
    )
    assert message["received_at"] == "2026-01-01T00:00:00Z"


@each_case_alone(
    ("content", "body"),
    [
        pytest.param(b"", "", id="empty"),
        pytest.param(b"a=1&b=2", "a=1&b=2", id="form"),
        pytest.param(b"\xff\xfe", "\ufffd\ufffd", id="no-text"),
        pytest.param(b'{"a": NaN}', '{"a": NaN}', id="nearly-json"),
    ],
)
async def test_inbox_takes_what_is_not_json(world: World, content: bytes, body: str) -> None:
    """A body that is no JSON is kept as text, and its JSON is null."""
    await post(world, "hook", content=content)

    (message,) = await world.inbox("hook")
    assert (message["json"], message["body"]) == (None, body)


async def test_answers_are_given_as_scripted(world: World) -> None:
    """Answers are statuses or whole answers, given once each in order; then it is 200 again."""
    answers = [
        500,
        {"status": 202, "json": {"ok": True}},
        {"body": "<a/>", "content_type": "application/xml"},
        {"json": None},
    ]
    scripted = await world.control("PUT", "/inboxes/hook", json={"answers": answers})

    said = [await post(world, "hook") for _ in range(5)]

    assert scripted.json() == {"answers": 4}
    assert [answer.status_code for answer in said] == [500, 202, 200, 200, 200]
    assert [answer.content for answer in said] == [b"", b'{"ok":true}', b"<a/>", b"null", b""]
    assert said[2].headers["content-type"] == "application/xml"


async def test_new_script_replaces_the_old(world: World) -> None:
    """What was scripted before and not used is forgotten."""
    await world.control("PUT", "/inboxes/hook", json={"answers": [500, 500]})
    await world.control("PUT", "/inboxes/hook", json={"answers": [404]})

    assert [(await post(world, "hook")).status_code for _ in range(2)] == [404, 200]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        pytest.param({}, "answers", id="no-answers"),
        pytest.param({"answers": 500}, "answers", id="no-list"),
        pytest.param({"answers": [200], "loop": True}, "loop", id="unknown-field"),
    ],
)
async def test_bad_script_is_refused(world: World, body: dict[str, Any], field: str) -> None:
    """A script that cannot be is named, and the one before stays."""
    await world.control("PUT", "/inboxes/hook", json={"answers": [503]})

    refused = await world.control("PUT", "/inboxes/hook", json=body)

    assert refused.status_code == 400
    assert [error["field"] for error in refused.json()["errors"]] == [field]
    assert (await post(world, "hook")).status_code == 503


async def test_answer_that_is_a_text_is_refused_with_what_is_allowed(world: World) -> None:
    """A status in quotes is refused with a sentence that says what an answer is."""
    refused = await world.control("PUT", "/inboxes/hook", json={"answers": ["500"]})

    expected = "answers[0] must be a status from 200 to 599, or an object with one"
    assert refused.json()["detail"] == expected


@each_case_alone(
    "answer",
    [
        pytest.param(99, id="no-status"),
        pytest.param(600, id="beyond-statuses"),
        pytest.param(101, id="an-upgrade"),
        pytest.param("500", id="a-text"),
        pytest.param({"status": "500"}, id="a-text-inside"),
        pytest.param({"content_type": "a\r\nX: y"}, id="header-injection"),
        pytest.param({"delay": 5}, id="unknown-field"),
        pytest.param(None, id="nothing"),
    ],
)
async def test_answer_that_cannot_be_given_is_refused(world: World, answer: Any) -> None:
    """An answer must be a status from 200 to 599, or an object with one."""
    refused = await world.control("PUT", "/inboxes/hook", json={"answers": [200, answer]})

    assert refused.status_code == 400
    assert all(error["field"].startswith("answers[1]") for error in refused.json()["errors"])


async def test_inboxes_are_listed_by_name(world: World) -> None:
    """Every inbox that was used is listed with how much it holds."""
    for name in ("a", "a", "b"):
        await post(world, name)

    listed = (await world.control("GET", "/inboxes")).json()

    assert listed == [
        {"name": "a", "messages": 2, "received": 2, "newest_at": "2026-01-01T00:00:00Z"},
        {"name": "b", "messages": 1, "received": 1, "newest_at": "2026-01-01T00:00:00Z"},
    ]


async def test_inbox_is_read_in_slices(world: World) -> None:
    """Messages are listed oldest first, from an offset, up to a limit."""
    for number in range(5):
        await post(world, "hook", json=number)

    read = await world.control("GET", "/inboxes/hook?offset=1&limit=2")

    assert [message["json"] for message in read.json()] == [1, 2]


async def test_emptied_inbox_holds_nothing(world: World) -> None:
    """Emptying forgets messages and script, and the inbox continues taking."""
    await world.control("PUT", "/inboxes/hook", json={"answers": [500, 500]})
    await post(world, "hook")

    assert (await world.control("DELETE", "/inboxes/hook")).status_code == 204

    assert await world.inbox("hook") == []
    assert (await post(world, "hook", json=2)).status_code == 200
    assert [message["json"] for message in await world.inbox("hook")] == [2]


async def test_waiting_ends_when_enough_has_come(world: World) -> None:
    """Waiting is answered with the messages once there are so many, not before."""
    waiting = asyncio.ensure_future(world.control("GET", "/inboxes/hook/wait?count=2&timeout=300"))
    await post(world, "hook", json=1)
    assert not waiting.done()

    await post(world, "hook", json=2)

    assert [message["json"] for message in (await waiting).json()] == [1, 2]


async def test_waiting_for_what_is_there_takes_no_time(world: World) -> None:
    """What has arrived before is not waited for."""
    await post(world, "hook", json=1)

    waited = await world.control("GET", "/inboxes/hook/wait?timeout=0")

    assert [message["json"] for message in waited.json()] == [1]


async def test_waiting_in_vain_says_how_many_came(world: World) -> None:
    """When the time is over the problem tells how far it got."""
    await post(world, "hook")

    waited = await world.control("GET", "/inboxes/hook/wait?count=3&timeout=0")

    assert waited.status_code == 408
    assert waited.headers["content-type"] == "application/problem+json"
    assert waited.json()["detail"] == "1 of 3 messages arrived within 0 s"
    assert "hint" not in waited.json()  # nothing is due, so to advance the clock is no help


async def test_wait_hints_at_a_clock_that_stands_still(world: World) -> None:
    """While something is due on a frozen clock, the hint is to advance it."""
    await world.control("POST", "/calls", json={"platform": "intron", "to": "+2348055599001"})

    waited = await world.control("GET", "/inboxes/hook/wait?timeout=0")

    assert "POST /_emulator/clock/advance" in waited.json()["hint"]


async def test_waiting_in_vain_tells_what_did_come(world: World) -> None:
    """The problem has the newest messages, cut short, the other inboxes, and what is due."""
    for number in range(11):
        await post(world, "hook", json=number)
    await post(world, "hook", content=b"x" * 5000)
    await post(world, "hok")

    shown = (await world.control("GET", "/inboxes/hook/wait?count=13&timeout=0")).json()

    assert [each["json"] for each in shown["arrived"]] == [*range(2, 11), None]
    assert shown["arrived"][-1]["body"] == "x" * 4096
    assert shown["arrived"][-1]["cut"]
    assert shown["elsewhere"] == [{"name": "hok", "messages": 1}]
    assert shown["clock"] == (await world.control("GET", "/clock")).json()


async def test_inboxes_belong_to_a_world(http: httpx.AsyncClient, world: World) -> None:
    """Inboxes of the same name in two worlds are two."""
    await post(world, "hook")

    assert (await http.get("/_emulator/inboxes/hook")).json() == []


async def test_looking_at_an_inbox_makes_none(world: World) -> None:
    """An inbox that was only read is not one that was used."""
    assert await world.inbox("looked-at") == []

    assert (await world.control("GET", "/inboxes")).json() == []


async def test_waiting_request_is_answered_when_the_world_ends(world: World) -> None:
    """A wait in a world that is deleted ends at once, and says why."""
    answer, _ = await asyncio.gather(
        world.control("GET", "/inboxes/box/wait?timeout=300"),
        world.http.delete(f"/_emulator/worlds/{world.name}"),
    )

    assert (answer.status_code, answer.json()["detail"]) == (410, "the world was deleted or reset")


async def test_inbox_has_a_name(world: World) -> None:
    """A callback to no inbox in particular is refused."""
    answer = await world.http.post(f"/_emulator/inbox/{world.name}/")

    assert answer.status_code == 404


async def test_scripted_status_out_of_range_is_named(world: World) -> None:
    """The problem names the field of the user's own body, in plain words."""
    refused = await world.control("PUT", "/inboxes/box", json={"answers": [200, 999]})

    assert refused.json()["detail"] == "answers[1].status must be at most 599, not 999"
