"""Intron's callback: one POST to the workflow's address when a request is completed."""

from datetime import datetime
from itertools import pairwise

import pytest

from tests.cases import each_case_alone
from tests.platforms.intron.support import NUMBER, QUEUE_SECONDS
from tests.support import Json, World


async def callbacks(world: World) -> list[Json]:
    """Return the callbacks of the world, oldest first."""
    response = await world.control("GET", "/callbacks")
    assert response.status_code == 200, response.text
    return list(reversed(response.json()))


async def script(world: World, *answers: Json) -> None:
    """Set the next responses of the inbox ``done``."""
    response = await world.control("PUT", "/inboxes/done", json={"answers": answers})
    assert response.status_code == 200, response.text


async def reported(world: World, **fields: Json) -> str:
    """Create a workflow that reports to the inbox ``done``."""
    return await world.workflow(call_back_url=world.inbox_url + "done", **fields)


def delays(callback: Json) -> list[float]:
    """Return the seconds between the attempts, on the world's clock."""
    times = [datetime.fromisoformat(each["started_at"]) for each in callback["attempts"]]
    return [(after - before).total_seconds() for before, after in pairwise(times)]


async def test_batch_is_reported_once_when_its_last_call_has_ended(world: World) -> None:
    """However its calls end, a batch is reported to call_back_url exactly once."""
    workflow_id = await reported(world)
    batch_id = await world.place(workflow_id, "+2348099001", "+2348099011", "+2348099012")

    await world.advance()

    (message,) = await world.inbox("done")
    assert message["json"]["request_id"] == batch_id
    assert [call["status"] for call in message["json"]["request_calls"]] == [
        "COMPLETED",
        "TIMEOUT",
        "FAILED",
    ]


async def test_callback_has_the_documented_fields(world: World) -> None:
    """The callback has the batch's id, its counts, and its calls as the lists show them."""
    await world.behave(
        n2348000001={"behavior": "answered", "talk_seconds": 30, "keys": "1"},
        n2348000002={"behavior": "answered", "talk_seconds": 31, "keys": "2"},
        n2348000003={"behavior": "answered", "talk_seconds": 32, "keys": ""},
        n2348000004={"behavior": "no_answer"},
        n2348000005={"behavior": "failed"},
        n2348000006={"behavior": "busy"},
    )
    workflow_id = await reported(world)
    numbers = [f"+234800000{digit}" for digit in (1, 2, 3, 4, 5, 6)]
    tags = {"customer_id": "CUST001"}
    entries = [{"phone_number": each, "user_tag_identifiers": tags} for each in numbers]
    batch_id = await world.place(workflow_id, workflow_params=entries)

    await world.advance()

    (message,) = await world.inbox("done")
    calls = (await world.calls(workflow_id))["items"]
    assert message["json"] == {
        "request_id": batch_id,
        "status": "COMPLETED",
        "integrator_id": message["json"]["integrator_id"],
        "stats": {
            "total_calls": 6,
            "completed_calls": 3,
            "timeout_calls": 1,
            "replied_calls": 2,
            "response_options_counts": 2,
            "avg_duration": 31.0,
            "success_rate": 50.0,
        },
        "request_calls": calls[::-1],
    }
    assert [call["user_tag_identifiers"] for call in calls] == [tags] * 6


async def test_each_call_is_reported_with_its_own_tags(world: World) -> None:
    """The tags of a number are reported with its call and with no other."""
    tags = [None if number % 3 else {"customer_id": f"C{number}"} for number in range(30)]
    entries = [
        {"phone_number": f"+23480000{number:03}"} | ({"user_tag_identifiers": each} if each else {})
        for number, each in enumerate(tags)
    ]
    workflow_id = await reported(world)
    await world.place(workflow_id, workflow_params=entries)

    await world.advance()

    (message,) = await world.inbox("done")
    listed = (await world.calls(workflow_id, per_page=100))["items"]
    assert [call["user_tag_identifiers"] for call in message["json"]["request_calls"]] == tags
    assert [call["user_tag_identifiers"] for call in listed] == tags[::-1]


async def test_callback_is_a_json_post(world: World) -> None:
    """The callback is POSTed to the URL as it was given, with its query."""
    url = world.inbox_url + "done/deep?token=a%20b&x=%2B"
    workflow_id = await world.workflow(call_back_url=url)
    await world.place(workflow_id, NUMBER)

    await world.advance()

    (message,) = await world.inbox("done")
    assert message["method"] == "POST"
    assert message["path"].endswith("/done/deep?token=a%20b&x=%2B")
    assert message["headers"]["content-type"] == "application/json"


async def test_integrator_is_the_same_in_every_callback(world: World) -> None:
    """A world's callbacks all name the same integrator."""
    for _ in range(3):
        await world.place(await reported(world), NUMBER)

    await world.advance()

    messages = await world.inbox("done")
    assert len(messages) == 3
    assert len({message["json"]["integrator_id"] for message in messages}) == 1


async def test_statistics_of_a_callback_are_of_its_own_batch(world: World) -> None:
    """Each batch is reported by itself, whatever else its workflow has placed."""
    workflow_id = await reported(world)
    first = await world.place(workflow_id, "+2348099011")
    await world.advance()

    second = await world.place(workflow_id, NUMBER, NUMBER)
    await world.advance()

    messages = await world.inbox("done")
    stats = [message["json"]["stats"] for message in messages]
    assert [message["json"]["request_id"] for message in messages] == [first, second]
    assert [(each["total_calls"], each["timeout_calls"]) for each in stats] == [(1, 1), (2, 0)]


async def test_options_can_be_counted_one_by_one(world: World) -> None:
    """With ``counts_shape`` by_option, response_options_counts is a map by key."""
    await world.options(counts_shape="by_option")
    workflow_id = await reported(world)
    await world.place(workflow_id, "+2348099002", "+2348099001", "+2348099002", "+2348099000")

    await world.advance()

    (message,) = await world.inbox("done")
    assert message["json"]["stats"]["response_options_counts"] == {"1": 1, "2": 2}


async def test_callback_of_a_conversation_is_like_any_other(world: World) -> None:
    """Conversations are reported too."""
    workflow_id = await reported(world, workflow_type="CONVERSATION")
    batch_id = await world.place(workflow_id, NUMBER)

    await world.advance()

    (message,) = await world.inbox("done")
    assert (message["json"]["request_id"], message["json"]["status"]) == (batch_id, "COMPLETED")


async def test_nothing_is_sent_before_the_last_call_has_ended(world: World) -> None:
    """The callback leaves at the very moment the batch is completed."""
    await world.behave(
        n2348000001={"behavior": "answered", "ring_seconds": 5, "talk_seconds": 5},
        n2348000002={"behavior": "no_answer", "ring_seconds": 30},
    )
    workflow_id = await reported(world)
    await world.place(workflow_id, "+2348000002", "+2348000001")

    seen = []
    for wait in (QUEUE_SECONDS, 10.1, 19.8, 0.1):
        await world.advance(wait)
        seen.append(len(await world.inbox("done")))

    assert seen == [0, 0, 0, 1]
    (message,) = await world.inbox("done")
    assert message["received_at"] == "2026-01-01T00:00:35Z"


async def test_workflow_without_url_sends_nothing(world: World) -> None:
    """Without a call_back_url no callback becomes due."""
    workflow_id = await world.workflow()
    await world.place(workflow_id, NUMBER)

    await world.advance()

    assert await callbacks(world) == []


async def test_callback_goes_where_the_workflow_points_when_the_batch_ends(world: World) -> None:
    """The URL at the end of the batch is used, not the one at its start."""
    workflow_id = await reported(world)
    await world.place(workflow_id, NUMBER)
    await world.advance(1)

    url = world.inbox_url + "moved"
    await world.intron("PUT", f"/workflows/{workflow_id}", json={"call_back_url": url})
    await world.advance()

    assert (len(await world.inbox("done")), len(await world.inbox("moved"))) == (0, 1)


async def test_url_that_was_removed_gets_nothing(world: World) -> None:
    """A workflow that has no URL when the batch ends sends nothing."""
    workflow_id = await reported(world)
    await world.place(workflow_id, NUMBER)

    await world.intron("PUT", f"/workflows/{workflow_id}", json={"call_back_url": None})
    await world.advance()

    assert await callbacks(world) == []


async def test_deleted_workflow_still_reports(world: World) -> None:
    """The batches of a workflow that was deleted meanwhile are reported to its URL."""
    workflow_id = await reported(world)
    batch_id = await world.place(workflow_id, NUMBER)

    await world.intron("DELETE", f"/workflows/{workflow_id}")
    await world.advance()

    (message,) = await world.inbox("done")
    assert message["json"]["request_id"] == batch_id


async def test_failing_endpoint_is_tried_again_on_the_worlds_clock(world: World) -> None:
    """An endpoint that responds 500, 500 and 200 gets the same body three times."""
    workflow_id = await reported(world)
    await world.place(workflow_id, NUMBER)
    await script(world, 500, 500, 200)

    await world.advance()

    (callback,) = await callbacks(world)
    messages = await world.inbox("done")
    assert callback["status"] == "delivered"
    assert [each["status"] for each in callback["attempts"]] == [500, 500, 200]
    assert delays(callback) == [30, 120]
    assert len({message["body"] for message in messages}) == 1
    assert len(messages) == 3


async def test_retries_wait_for_the_clock(world: World) -> None:
    """Until its delay has passed, a callback that failed is pending and not retried."""
    await world.behave(n2348000001={"behavior": "no_answer", "ring_seconds": 30})
    workflow_id = await reported(world)
    await world.place(workflow_id, "+2348000001")
    await script(world, 500, 500, 200)

    seen = []
    for wait in (QUEUE_SECONDS + 30, 29.9, 0.1, 119.9, 0.1):
        await world.advance(wait)
        (callback,) = await callbacks(world)
        seen.append((callback["status"], len(callback["attempts"]), callback["due_at"]))

    assert seen == [
        ("pending", 1, "2026-01-01T00:01:05Z"),
        ("pending", 1, "2026-01-01T00:01:05Z"),
        ("pending", 2, "2026-01-01T00:03:05Z"),
        ("pending", 2, "2026-01-01T00:03:05Z"),
        ("delivered", 3, None),
    ]


async def test_callback_that_fails_three_times_is_given_up(world: World) -> None:
    """After three attempts without an acknowledgement a callback has failed for good."""
    workflow_id = await reported(world)
    await world.place(workflow_id, NUMBER)
    await script(world, 500, 503, 404, 200)

    await world.advance()

    (callback,) = await callbacks(world)
    assert (callback["status"], callback["due_at"]) == ("failed", None)
    assert [each["status"] for each in callback["attempts"]] == [500, 503, 404]


@each_case_alone(
    "status",
    [
        pytest.param(status, id=str(status))
        for status in (201, 202, 204, 206, 301, 302, 307, 400, 401, 404, 410, 429, 500, 503)
    ],
)
async def test_only_200_acknowledges(world: World, status: int) -> None:
    """After any other response, even another 2xx, the callback is sent again."""
    workflow_id = await reported(world)
    await world.place(workflow_id, NUMBER)
    await script(world, status, 200)

    await world.advance()

    (callback,) = await callbacks(world)
    assert callback["status"] == "delivered"
    assert [each["status"] for each in callback["attempts"]] == [status, 200]


async def test_endpoint_that_is_not_there_is_tried_three_times(world: World) -> None:
    """A refused connection counts like a response that does not acknowledge."""
    workflow_id = await world.workflow(call_back_url="http://127.0.0.1:1/done")
    await world.place(workflow_id, NUMBER)

    await world.advance()

    (callback,) = await callbacks(world)
    assert callback["status"] == "failed"
    assert [each["error"] for each in callback["attempts"]] == ["connection refused"] * 3


async def test_calls_do_not_wait_for_a_failing_endpoint(world: World) -> None:
    """A callback that fails changes nothing about the batch it reports."""
    workflow_id = await reported(world)
    await world.place(workflow_id, NUMBER)
    await script(world, 500, 500, 500)

    await world.advance()

    page = (await world.intron("GET", f"/workflows/{workflow_id}/requests")).json()["data"]
    assert [request["status"] for request in page["items"]] == ["COMPLETED"]


async def test_retries_and_headers_of_callbacks_are_options(world: World) -> None:
    """No page says whether callbacks are repeated or authenticated, so a world may choose."""
    await world.options(callback_retries=[1, 2, 3], callback_headers={"X-Secret": "s3cret"})
    await script(world, *[{"status": 500}] * 3)
    await world.place(await reported(world), NUMBER)

    await world.advance()

    (callback,) = await callbacks(world)
    assert delays(callback) == [1, 2, 3]
    assert {dict(each["headers"])["x-secret"] for each in await world.inbox("done")} == {"s3cret"}
