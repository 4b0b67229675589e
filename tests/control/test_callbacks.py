"""Callbacks: what was due, every attempt, and sending one again."""

from typing import Any

import httpx
import pytest

from tests.cases import each_case_alone
from tests.receiver import listening
from tests.support import World

BUSY = "+23480099012"


async def reported(world: World, *answers: int) -> Any:
    """Run a batch to its end with these answers to its callback, and show the callback."""
    await world.control("PUT", "/inboxes/done", json={"answers": list(answers)})
    await world.place(await world.workflow(call_back_url=world.inbox_url + "done"), BUSY)
    await world.advance()
    newest = (await world.control("GET", "/callbacks")).json()[0]
    return (await world.control("GET", f"/callbacks/{newest['id']}")).json()


async def test_callback_shows_its_body_and_every_attempt(world: World) -> None:
    """What was sent, when, and what came of it is there to read, in order."""
    callback = await reported(world, 500, 200)

    (first, second) = await world.inbox("done")
    assert callback["body"] == first["body"] == second["body"]
    assert callback["headers"]["content-type"] == first["headers"]["content-type"]
    assert (callback["platform"], callback["status"], callback["method"]) == (
        "intron",
        "delivered",
        "POST",
    )
    assert callback["url"] == world.inbox_url + "done"
    assert callback["due_at"] is None
    assert [
        (attempt["number"], attempt["started_at"], attempt["status"], attempt["error"])
        for attempt in callback["attempts"]
    ] == [
        (1, "2026-01-01T00:00:01Z", 500, None),
        (2, "2026-01-01T00:00:31Z", 200, None),
    ]


async def test_callbacks_are_listed_by_status_and_subject(world: World) -> None:
    """The list holds what matches, newest first, in slices, without bodies."""
    delivered = await reported(world)
    failed = await reported(world, 500, 500, 500)

    async def listed(query: str) -> list[str]:
        found = (await world.control("GET", f"/callbacks?{query}")).json()
        assert all("body" not in callback for callback in found)
        return [callback["id"] for callback in found]

    assert await listed("") == [failed["id"], delivered["id"]]
    assert await listed("status=failed") == [failed["id"]]
    assert await listed("status=pending") == []
    assert await listed(f"batch_id={delivered['batch_id']}") == [delivered["id"]]
    assert await listed("call_id=none") == []
    assert await listed("platform=intron&limit=1&offset=1") == [delivered["id"]]
    assert await listed("platform=exotel") == []


async def test_resending_sends_the_same_bytes_again(world: World) -> None:
    """A callback that failed can be sent again, whenever, and is then delivered."""
    callback = await reported(world, 500, 500, 500)
    assert callback["status"] == "failed"

    resent = await world.control("POST", f"/callbacks/{callback['id']}/resend")

    assert (resent.status_code, resent.json()["status"]) == (200, "delivered")
    assert len(resent.json()["attempts"]) == 4
    messages = await world.inbox("done")
    assert [message["body"] for message in messages] == [callback["body"]] * 4


async def test_pending_callback_cannot_be_resent(world: World) -> None:
    """A callback that is still pending is a conflict."""
    await world.control("PUT", "/inboxes/done", json={"answers": [500]})
    await world.place(await world.workflow(call_back_url=world.inbox_url + "done"), BUSY)
    await world.advance(2)
    (callback,) = (await world.control("GET", "/callbacks")).json()
    assert (callback["status"], callback["due_at"]) == ("pending", "2026-01-01T00:00:31Z")

    refused = await world.control("POST", f"/callbacks/{callback['id']}/resend")

    assert refused.status_code == 409
    assert "still pending" in refused.json()["detail"]


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("http://8.8.8.8/hook", id="public"),
        pytest.param("http://169.254.169.254/latest/meta-data", id="metadata"),
        pytest.param("http://[::ffff:a9fe:a9fe]/", id="mapped-metadata"),
    ],
)
async def test_callback_that_may_not_leave_is_refused_once(world: World, url: str) -> None:
    """A callback to a forbidden address is never sent nor retried, and says why."""
    await world.place(await world.workflow(call_back_url=url), BUSY)

    await world.advance()

    (callback,) = (await world.control("GET", "/callbacks")).json()
    assert callback["status"] == "refused"
    (attempt,) = callback["attempts"]
    assert attempt["status"] is None
    assert attempt["error"].startswith("refused: ")
    assert ("--allow-public-callbacks" in attempt["error"]) == ("8.8.8.8" in url)


async def test_callback_reaches_an_endpoint_on_a_socket(world: World) -> None:
    """A receiver elsewhere on this machine gets the callback over HTTP."""
    async with listening() as receiver:
        await world.place(await world.workflow(call_back_url=receiver.url), BUSY)
        await world.advance()

    (request,) = receiver.requests
    assert (request.method, request.target) == ("POST", "/hook")
    assert request.headers["content-type"] == "application/json"
    assert request.headers["user-agent"].startswith("voicebot-emulator/")


async def test_closed_port_fails_after_the_retries(http: httpx.AsyncClient, world: World) -> None:
    """An endpoint that is not there makes the callback fail, and the world continues."""
    del http
    async with listening() as receiver:
        gone = receiver.url
    await world.place(await world.workflow(call_back_url=gone), BUSY)

    await world.advance()

    (callback,) = (await world.control("GET", "/callbacks")).json()
    assert callback["status"] == "failed"
    assert [attempt["error"] for attempt in callback["attempts"]] == ["connection refused"] * 3


async def test_edited_copy_is_a_callback_of_its_own(world: World) -> None:
    """What was edited is sent once, whatever is answered; the original stays as it was."""
    callback = await reported(world, 500, 500, 500)
    await world.control("PUT", "/inboxes/done", json={"answers": [500]})

    edits = {"body": "a=1", "content_type": "text/plain"}
    sent = await world.control("POST", f"/callbacks/{callback['id']}/resend", json=edits)
    await world.advance()

    copy = sent.json()
    assert (sent.status_code, copy["status"], copy["copy_of"]) == (201, "failed", callback["id"])
    assert (copy["url"], copy["batch_id"]) == (callback["url"], callback["batch_id"])
    assert len(copy["attempts"]) == 1
    message = (await world.inbox("done"))[-1]
    assert (message["body"], message["headers"]["content-type"]) == ("a=1", "text/plain")
    path = f"/callbacks/{callback['id']}"
    assert (await world.control("GET", path)).json() == callback
    assert (await world.control("GET", "/callbacks")).headers["x-total-count"] == "2"


async def test_edited_copy_goes_where_it_is_sent(world: World) -> None:
    """Another endpoint may be named, under the same rules as any."""
    callback = await reported(world, 200)

    edits = {"url": world.inbox_url + "other"}
    await world.control("POST", f"/callbacks/{callback['id']}/resend", json=edits)
    edits = {"url": "http://8.8.8.8/"}
    refused = await world.control("POST", f"/callbacks/{callback['id']}/resend", json=edits)

    assert [each["body"] for each in await world.inbox("other")] == [callback["body"]]
    assert refused.json()["status"] == "refused"


@each_case_alone(
    ("edits", "field"),
    [
        pytest.param({"url": "ftp://x"}, "url", id="scheme"),
        pytest.param({"url": 5}, "url", id="number"),
        pytest.param({"body": {}}, "body", id="object"),
        pytest.param({"content_type": "a\r\nb: c"}, "content_type", id="two-headers"),
        pytest.param({"content_type": ""}, "content_type", id="empty"),
        pytest.param({"headers": {}}, "headers", id="unknown"),
    ],
)
async def test_edits_that_do_not_fit_are_named(world: World, edits: Any, field: str) -> None:
    """A wrong field is named, and nothing is sent."""
    callback = await reported(world, 200)

    refused = await world.control("POST", f"/callbacks/{callback['id']}/resend", json=edits)

    assert refused.status_code == 400
    assert [each["field"] for each in refused.json()["errors"]] == [field]
    assert len(await world.inbox("done")) == 1


async def test_former_name_of_resending_is_still_served(world: World) -> None:
    """Clients that know the route as /replay resend a callback too."""
    callback = await reported(world, 500, 500, 500)

    resent = await world.control("POST", f"/callbacks/{callback['id']}/replay")

    assert (resent.status_code, resent.json()["status"]) == (200, "delivered")
