"""Intron's lists of calls and requests: filters, pages and statistics."""

from itertools import product
from typing import Final

import pytest

from tests.cases import each_case, each_case_alone
from tests.platforms.intron.support import ENTRY, NUMBER, QUEUE_SECONDS, all_calls, requests_of
from tests.support import Json, World


async def test_call_is_listed_as_it_was_placed(world: World) -> None:
    """A call shows its batch, number and tags; what is not known yet is null."""
    workflow_id = await world.workflow()
    tags = {"customer_id": "CUST001", "nested": {"a": [1, None, "ẹ"]}}
    batch_id = await world.place(
        workflow_id, workflow_params=[ENTRY | {"user_tag_identifiers": tags}, ENTRY]
    )

    untagged, tagged = await all_calls(world, workflow_id)

    assert tagged == {
        "id": tagged["id"],
        "batch_id": batch_id,
        "status": "PENDING",
        "phone_number": NUMBER,
        "user_tag_identifiers": tags,
        "call_result_duration": None,
        "call_result_options_selected": None,
        "created_at": "2026-01-01T00:00:00Z",
    }
    assert untagged == tagged | {"id": untagged["id"], "user_tag_identifiers": None}


async def history(world: World) -> str:
    """Two batches, one completed and one half-way, with the same numbers."""
    await world.behave(
        n2348000001={"behavior": "answered", "ring_seconds": 1, "talk_seconds": 1},
        n2348000002={"behavior": "no_answer", "ring_seconds": 2},
        n2348000003={"behavior": "failed", "ring_seconds": 1},
        n2348000004={"behavior": "answered", "ring_seconds": 1, "talk_seconds": 999},
    )
    workflow_id = await world.workflow()
    numbers = [f"+234800000{digit}" for digit in (1, 2, 3, 1, 2)]
    await world.place(workflow_id, *numbers)
    await world.advance(60)
    await world.place(workflow_id, *numbers, "+2348000004", "+2348000004")
    await world.advance(0.5)
    return workflow_id


BATCHES: Final = [pytest.param(None, id="any-batch"), pytest.param(0, id="newest-batch")]
STATUSES: Final = [
    pytest.param(word, id=word or "any-status")
    for word in (None, "PENDING", "PROCESSING", "COMPLETED", "TIMEOUT", "FAILED")
]
NUMBERS: Final = [
    pytest.param(number, id=number or "any-number")
    for number in (None, "+2348000001", "+2348000004", "+2348099999")
]


@each_case("batch", BATCHES)
@each_case("status", STATUSES)
@each_case_alone("number", NUMBERS)
async def test_filters_combine(
    world: World, batch: int | None, status: str | None, number: str | None
) -> None:
    """Any combination of filters lists exactly the calls that match each, newest first."""
    workflow_id = await history(world)
    everything = await all_calls(world, workflow_id)
    wanted = {
        "batch_id": None if batch is None else everything[batch]["batch_id"],
        "status": status,
        "phone_number": number,
    }
    query = {name: value for name, value in wanted.items() if value is not None}

    page = await world.calls(workflow_id, **query)

    matching = [call for call in everything if query.items() <= call.items()]
    assert page == {"items": matching[:10], "total": len(matching), "page": 1, "per_page": 10}


@pytest.mark.socket
@each_case_alone(
    "written",
    [
        pytest.param("%2B2348000001", id="encoded"),
        pytest.param("+2348000001", id="unencoded"),
        pytest.param("%202348000001", id="space"),
    ],
)
async def test_plus_of_a_number_need_not_be_encoded(world: World, written: str) -> None:
    """A ``+`` that arrives as a space is still the plus of a phone number."""
    workflow_id = await world.workflow()
    await world.place(workflow_id, "+2348000001", "+2348000002", "2348000001")

    response = await world.intron("GET", f"/workflows/{workflow_id}/calls?phone_number={written}")

    numbers = [call["phone_number"] for call in response.json()["data"]["items"]]
    assert numbers == ["+2348000001"]


async def test_filter_by_nothing_lists_everything(world: World) -> None:
    """An empty filter, or a field the page does not name, does not filter."""
    workflow_id = await history(world)

    page = await world.calls(workflow_id, batch_id="", status="", phone_number="", colour="red")

    assert page == await world.calls(workflow_id)


async def test_filters_only_see_their_workflow(world: World) -> None:
    """A batch of another workflow, or of none, matches no call."""
    workflow_id = await world.workflow()
    other = await world.place(await world.workflow(), NUMBER)
    await world.place(workflow_id, NUMBER)

    totals = [
        (await world.calls(workflow_id, batch_id=batch_id))["total"]
        for batch_id in (other, "550e8400-e29b-41d4-a716-446655440000")
    ]

    assert totals == [0, 0]


async def test_many_calls_to_one_number_are_listed_like_few(world: World) -> None:
    """A number called a hundred times is filtered by status and batch as any other is."""
    workflow_id = await world.workflow()
    rules = [
        {"match": {"number": NUMBER, "next": 1}, "scenario": name}
        for name in ["answered", "no_answer", "failed"] * 33
    ]
    await world.control("PUT", "/scenarios", json={"rules": rules})
    batches = [await world.place(workflow_id, *[NUMBER, "+2348000009"] * 11) for _ in range(9)]

    await world.advance()

    everything = [
        call
        for page in (1, 2)
        for call in (await world.calls(workflow_id, page=page, per_page=100))["items"]
    ]
    for batch_id, status, per_page in product(
        (None, batches[4]), (None, "COMPLETED", "TIMEOUT", "FAILED", "PENDING"), (7, 100)
    ):
        wanted = {"phone_number": NUMBER, "batch_id": batch_id, "status": status}
        query = {name: value for name, value in wanted.items() if value is not None}
        matching = [call for call in everything if query.items() <= call.items()]
        page = await world.calls(workflow_id, page=2, per_page=per_page, **query)
        assert (page["items"], page["total"]) == (
            matching[per_page : 2 * per_page],
            len(matching),
        )


@each_case_alone(
    ("page", "per_page", "first", "last"),
    [
        pytest.param(None, None, 0, 10, id="default"),
        pytest.param(1, 1, 0, 1, id="smallest"),
        pytest.param(1, 100, 0, 25, id="largest"),
        pytest.param(2, 10, 10, 20, id="second"),
        pytest.param(3, 10, 20, 25, id="last-and-short"),
        pytest.param(4, 10, 0, 0, id="past-the-end"),
        pytest.param(25, 1, 24, 25, id="oldest"),
        pytest.param(10**15, 100, 0, 0, id="far-past-the-end"),
        pytest.param("001", "05", 0, 5, id="leading-zeros"),
    ],
)
async def test_pages_of_both_lists_are_cut_alike(
    world: World, page: Json, per_page: Json, first: int, last: int
) -> None:
    """Calls and batches come newest first, a page at a time; past the end a page is empty."""
    workflow_id = await world.workflow()
    batches = [await world.place(workflow_id, NUMBER) for _ in range(25)][::-1]
    asked = {"page": page, "per_page": per_page}
    query = {name: value for name, value in asked.items() if value is not None}

    calls = await world.calls(workflow_id, **query)
    requests = await requests_of(world, workflow_id, **query)

    shown = {"total": 25, "page": int(page or 1), "per_page": int(per_page or 10)}
    assert [call["batch_id"] for call in calls.pop("items")] == batches[first:last]
    assert [request["id"] for request in requests.pop("items")] == batches[first:last]
    assert calls == shown
    del requests["stats"]
    assert requests == shown


async def test_pages_keep_their_order_while_calls_proceed(world: World) -> None:
    """A call keeps its place in the list when its status changes."""
    workflow_id = await world.workflow()
    await world.place(workflow_id, *[f"+23480990{ending}" for ending in (10, 11, 12, 13, 14)] * 3)
    before = [call["id"] for call in await all_calls(world, workflow_id)]

    seen = []
    for wait in (0, 1, 5, 30, 600):
        await world.advance(wait)
        seen.append([call["id"] for call in await all_calls(world, workflow_id)])

    assert seen == [before] * 5


async def test_statistics_of_a_workflow_without_calls_are_zero(world: World) -> None:
    """Before the first call every count and every average is zero."""
    workflow_id = await world.workflow()

    response = await world.intron("GET", f"/workflows/{workflow_id}/requests")

    assert response.json()["data"] == {
        "items": [],
        "total": 0,
        "page": 1,
        "per_page": 10,
        "stats": {
            "total_calls": 0,
            "completed_calls": 0,
            "timeout_calls": 0,
            "replied_calls": 0,
            "avg_duration": 0.0,
            "success_rate": 0.0,
        },
    }
    assert '"avg_duration":0.0,"success_rate":0.0' in response.text


async def test_statistics_count_the_whole_workflow(world: World) -> None:
    """Statistics count the calls of all batches, whatever page is requested."""
    workflow_id = await history(world)
    await world.advance()

    page = await requests_of(world, workflow_id, page=2, per_page=1)

    # two batches of: 1 s twice, no answer twice, failed; and twice 999 s in the second
    assert (len(page["items"]), page["total"]) == (1, 2)
    assert page["stats"] == {
        "total_calls": 12,
        "completed_calls": 6,
        "timeout_calls": 4,
        "replied_calls": 6,
        "avg_duration": round((4 * 1 + 2 * 999) / 6, 2),
        "success_rate": 50.0,
    }


async def test_statistics_follow_the_clock(world: World) -> None:
    """A call counts among the completed from the moment it has ended."""
    await world.behave(n2348000001={"behavior": "answered", "ring_seconds": 5, "talk_seconds": 10})
    workflow_id = await world.workflow()
    await world.place(workflow_id, "+2348000001")

    seen = []
    for wait in (QUEUE_SECONDS, 14.9, 0.1):
        await world.advance(wait)
        stats = (await requests_of(world, workflow_id))["stats"]
        seen.append((stats["total_calls"], stats["completed_calls"], stats["avg_duration"]))

    assert seen == [(1, 0, 0.0), (1, 0, 0.0), (1, 1, 10.0)]


async def test_statistics_do_not_mix_workflows(world: World) -> None:
    """The calls of one workflow are not counted in another."""
    busy, idle = await world.workflow(), await world.workflow()
    await world.place(busy, NUMBER)

    await world.advance()

    assert (await requests_of(world, idle))["stats"]["total_calls"] == 0
    assert (await requests_of(world, busy))["stats"]["total_calls"] == 1


async def test_pages_about_calls_have_their_own_order(world: World) -> None:
    """The samples of the call pages begin with ``data``, those of workflows with ``status``."""
    workflow_id = await world.workflow()
    body = {"workflow_id": workflow_id, "workflow_params": [ENTRY]}
    placed = await world.intron("POST", "/call", json=body)
    page = await world.intron("GET", f"/workflows/{workflow_id}/calls")
    (call,) = page.json()["data"]["items"]
    status = await world.intron("GET", f"/status/{call['id']}")

    assert [*placed.json()] == [*status.json()] == ["data", "message", "status"]
    assert [*page.json()] == ["status", "message", "data"]


async def test_call_is_created_when_it_is_dialed(world: World) -> None:
    """A call's time is not its batch's: it is dialed five seconds later, as in the sample."""
    workflow_id = await world.workflow(call_back_url=world.inbox_url + "done")
    await world.control("PATCH", "/settings", json={"calls_per_second": 0.5})
    params = [ENTRY for _ in range(3)]
    await world.intron(
        "POST", "/call", json={"workflow_id": workflow_id, "workflow_params": params}
    )
    waiting = (await world.intron("GET", f"/workflows/{workflow_id}/calls")).json()["data"]["items"]
    await world.advance()

    listed = (await world.intron("GET", f"/workflows/{workflow_id}/calls")).json()["data"]["items"]

    (request,) = (await world.intron("GET", f"/workflows/{workflow_id}/requests")).json()["data"][
        "items"
    ]
    (sent,) = (await world.control("GET", "/inboxes/done")).json()
    times = [f"2026-01-01T00:00:0{second}Z" for second in (5, 7, 9)]
    assert request["created_at"] == "2026-01-01T00:00:00Z"
    assert {each["created_at"] for each in waiting} == {request["created_at"]}
    assert [each["created_at"] for each in listed][::-1] == times
    assert [each["created_at"] for each in sent["json"]["request_calls"]] == times


@pytest.mark.parametrize(
    ("kind", "voice"),
    [
        ("CONVERSATION", {"tts_voice_accent": "pidgin", "tts_voice_gender": "female"}),
        ("ROBOCALL", {}),
    ],
)
async def test_default_voice_is_among_the_parameters(
    world: World, kind: str, voice: dict[str, str]
) -> None:
    """Conversations have the page's default voice; the page of robocalls names none."""
    workflow_id = await world.workflow(workflow_type=kind)
    params = [ENTRY]
    body = {"workflow_id": workflow_id, "workflow_params": params}
    await world.intron("POST", "/call", json=body)
    found = await world.intron("GET", f"/workflows/{workflow_id}/requests")

    (request,) = found.json()["data"]["items"]

    assert request["input_parameters"] == voice | {"workflow_params": params}
    assert list(request["input_parameters"]) == [*voice, "workflow_params"]
