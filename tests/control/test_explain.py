"""Explaining a call, a batch or a callback over the control API."""

from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

import httpx
import pytest

from emulator.kit.platform import Platform
from emulator.platforms import discover
from emulator.platforms.voicebooker.auth import TOKEN_HEADER
from emulator.settings import Settings
from tests.cases import each_case_alone
from tests.platforms.contributions import use
from tests.platforms.test_records import ResponseRecorder
from tests.support import Json, World, served
from tests.work import work_of

BUSY = "+2348055599012"
PLAIN = "+2348000000001"
OTHER = "+2348000000002"

each_platform = pytest.mark.parametrize(
    "platform", [pytest.param(platform, id=name) for name, platform in discover().items()]
)


async def explained(world: World, thing: str) -> Json:
    """Have something explained."""
    response = await world.control("GET", f"/explain/{thing}")
    assert response.status_code == 200, response.text
    return response.json()


def steps(story: Json, kind: str) -> list[Json]:
    """The steps of a kind."""
    return [each for each in story["steps"] if each["step"] == kind]


def texts(story: Json, kind: str) -> str:
    """What the steps of a kind say."""
    return "\n".join(each["text"] for each in steps(story, kind))


async def one_call(world: World, number: str = PLAIN, **fields: Any) -> tuple[str, str]:
    """Place one call at Intron: the ids of its batch and of itself."""
    batch = await world.place(await world.workflow(**fields), number)
    (call,) = (await world.control("GET", f"/calls?batch_id={batch}")).json()
    return batch, call["id"]


@each_platform
async def test_whatever_a_platform_does_is_explained(world: World, platform: Platform) -> None:
    """Every call, batch and callback of every platform has a story; silence has a reason."""
    await use(platform.name, world, ResponseRecorder())
    calls = (await world.control("GET", "/calls?limit=1000")).json()
    callbacks = (await world.control("GET", "/callbacks?limit=1000")).json()
    batches = dict.fromkeys(call["batch_id"] for call in calls if call["batch_id"])
    assert calls

    for call in calls:
        story = await explained(world, call["id"])
        assert (story["kind"], story["platform"]) == ("call", platform.name)
        assert story["status"] == call["status"]
        assert steps(story, "request")[0]["entry"] is not None, story["text"]
        assert len(steps(story, "scenario")) == len(steps(story, "plan")) == 1
        reached = [each["status"] for each in steps(story, "transition")]
        assert reached[-1:] == ([] if call["status"] == "queued" else [call["status"]])
        assert all(each["entry"] is not None for each in steps(story, "transition"))
        assert steps(story, "callback") or steps(story, "no_callback"), story["text"]
    for batch in batches:
        story = await explained(world, batch)
        assert steps(story, "callback") or steps(story, "no_callback"), story["text"]
    for callback in callbacks:
        story = await explained(world, callback["id"])
        assert (story["kind"], story["status"]) == ("callback", callback["status"])
        assert len(steps(story, "attempt")) == len(callback["attempts"])


async def test_story_begins_with_the_request(world: World) -> None:
    """A call is traced to the request that placed it, by its number in the history."""
    _, call = await one_call(world)

    (request,) = steps(await explained(world, call), "request")

    history = (await world.control("GET", "/history")).json()
    (entry,) = [each for each in history if each["number"] == request["entry"]]
    assert (entry["operation"], entry["status"]) == ("place_calls", 200)
    assert (request["method"], request["target"]) == ("POST", "/voicebot/v1/call")
    assert call in (await explained(world, call))["text"]


async def test_request_that_the_history_let_go_of_is_said_to_be_gone() -> None:
    """A bounded history forgets; the story says so instead of guessing."""
    async with served(Settings(keep=10)) as (_, http):
        world = World(http, (await http.post("/_emulator/worlds")).json())
        _, call = await one_call(world, BUSY)
        await world.advance()
        for _ in range(30):
            await world.workflow()

        story = await explained(world, call)

    assert steps(story, "request")[0]["entry"] is None
    assert "no longer has" in texts(story, "request")
    assert [each["status"] for each in steps(story, "transition")] == ["ringing", "busy"]


async def test_magic_number_is_named(world: World) -> None:
    """A number that chooses is told with the digits that do."""
    _, call = await one_call(world, BUSY)

    (scenario,) = steps(await explained(world, call), "scenario")

    assert (scenario["by"], scenario["suffix"]) == ("magic_number", "99012")
    assert scenario["scenario"] == "busy"


async def test_rule_is_named_with_what_it_asks(world: World) -> None:
    """A rule is told as it was, though it was used up or replaced since."""
    rules = [{"match": {"number": PLAIN, "next": 1}, "scenario": "failed"}]
    await world.control("PUT", "/scenarios", json={"rules": rules})
    _, call = await one_call(world)
    await world.control("DELETE", "/scenarios")

    (scenario,) = steps(await explained(world, call), "scenario")

    assert scenario["by"] == "rule"
    assert (scenario["match"], scenario["limited"]) == ({"number": PLAIN}, True)
    assert scenario["scenario"] == "failed"


async def test_draw_is_shown_with_its_probability(world: World) -> None:
    """A draw is told with the mix as it was, the weight, and the number that was drawn."""
    await world.control("PUT", "/scenarios", json={"mix": {"busy": 30, "failed": 10}})
    _, call = await one_call(world)
    await world.control("PUT", "/scenarios", json={"mix": {"answered": 1, "busy": 1}})

    (scenario,) = steps(await explained(world, call), "scenario")

    assert (scenario["by"], scenario["mix"]) == ("draw", {"busy": 30, "failed": 10})
    probability = {"busy": 0.75, "failed": 0.25}[scenario["scenario"]]
    assert scenario["probability"] == probability
    assert scenario["weight"] == {"busy": 30, "failed": 10}[scenario["scenario"]]
    assert (scenario["drawn"] < 0.75) is (scenario["scenario"] == "busy")
    assert f"probability is {probability:g}" in scenario["text"]


async def test_magic_number_goes_before_the_mix(world: World) -> None:
    """Where a number decides nothing is drawn, and nothing of a draw is told."""
    await world.control("PUT", "/scenarios", json={"mix": {"answered": 1, "busy": 1}})
    _, call = await one_call(world, BUSY)

    (scenario,) = steps(await explained(world, call), "scenario")

    assert scenario["by"] == "magic_number"
    assert "drawn" not in scenario


async def test_mix_of_one_is_no_draw(world: World) -> None:
    """Where the mix has nothing else there is nothing to draw."""
    _, call = await one_call(world)

    (scenario,) = steps(await explained(world, call), "scenario")

    assert (scenario["by"], scenario["probability"]) == ("mix", 1.0)


async def test_request_that_asks_for_a_scenario_is_named(world: World) -> None:
    """A simulated call with a scenario of its own was asked to go so."""
    call = await world.call(await world.bot(), scenario={"behavior": "busy", "ring_seconds": 9})

    story = await explained(world, call["id"])

    assert steps(story, "scenario")[0]["by"] == "request"
    assert (steps(story, "plan")[0]["ring_seconds"], steps(story, "plan")[0]["then"]) == (9, "busy")


async def test_custom_scenario_is_said_in_words(world: World) -> None:
    """For programs it is as it was given."""
    script = [{"say": "Hello"}, {"hang_up": True}]
    times = {"ring_seconds": 2.0, "talk_seconds": 30.5}
    scenario = {"behavior": "hung_up", **times, "keys": "", "language": "de", "script": script}
    call = await world.call(await world.bot(), scenario=scenario | {"voice": "f4"})

    story = await explained(world, call["id"])

    words = "hung up, rings 2 s, talks 30.5 s, no key, speaks de, voice f4, 2 scripted steps"
    (step,) = steps(story, "scenario")
    assert step["text"] == f"scenario {words}: the request that placed the call gave it"
    assert step["scenario"] == scenario | {"voice": "f4"}
    assert "own:" not in story["text"]


async def test_what_chose_lasts_through_a_file_and_a_fork(
    http: httpx.AsyncClient, world: World
) -> None:
    """A world that was exported, imported or forked still knows why its calls go as they do."""
    await world.control("PUT", "/scenarios", json={"mix": {"busy": 3, "failed": 1}})
    _, call = await one_call(world)
    content = (await world.control("GET", "/export")).content
    fork = World(http, (await http.post("/_emulator/worlds", json={"from": world.name})).json())
    other = World(http, (await http.post("/_emulator/worlds")).json())
    await other.control("POST", "/import", content=content)

    explanations = [steps(await explained(each, call), "scenario") for each in (world, fork, other)]

    assert explanations[0] == explanations[1] == explanations[2]
    assert explanations[0][0]["by"] == "draw"
    for each in (fork, other):
        await http.delete(f"/_emulator/worlds/{each.name}")


async def test_transitions_say_what_made_them_happen(world: World) -> None:
    """A step is shown with its time, and with its cause: the clock or a request."""
    _, call = await one_call(world)
    await world.advance(1)
    await world.control("POST", f"/calls/{call}/move", json={"status": "failed"})

    ringing, failed = steps(await explained(world, call), "transition")

    assert (ringing["status"], ringing["by"]) == ("ringing", "time")
    assert ringing["request"]["target"] == "/_emulator/clock/advance"
    assert (failed["status"], failed["by"]) == ("failed", "control")
    assert (failed["at"], failed["request"]["method"]) == ("2026-01-01T00:00:01Z", "POST")
    assert f"forced by POST /_emulator/calls/{call}/move" in failed["text"]


async def test_pending_steps_are_shown_with_their_times(world: World) -> None:
    """A call in a queue, one that rings and one that talks are told what is next, and when."""
    batch = await world.place(await world.workflow(), *[BUSY] * 30)
    calls = (await world.control("GET", f"/calls?batch_id={batch}")).json()

    queued = steps(await explained(world, calls[0]["id"]), "next")
    await world.advance(2.9)
    ringing = steps(await explained(world, calls[0]["id"]), "next")

    assert [each["at"] for each in queued] == ["2026-01-01T00:00:02.900000Z"]
    assert [each["at"] for each in ringing] == ["2026-01-01T00:00:03.900000Z"]
    assert ringing[0]["status"] == "busy"


async def test_workflow_without_address_is_explained(world: World) -> None:
    """Nothing was posted because the workflow has no callback URL."""
    batch, call = await one_call(world, BUSY)
    await world.advance()

    for thing in (batch, call):
        assert "has no call_back_url" in texts(await explained(world, thing), "no_callback")


async def test_unfinished_batch_is_explained(world: World) -> None:
    """Nothing was posted yet because calls have not ended: how many, and what is next."""
    workflow = await world.workflow(call_back_url=world.inbox_url + "done")
    batch = await world.place(workflow, BUSY, PLAIN, OTHER)
    await world.advance(2)

    story = await explained(world, batch)

    assert "2 of its 3 calls have not ended" in texts(story, "no_callback")
    due = (await world.control("GET", "/clock")).json()["next_due"]
    assert f"due at {due}" in texts(story, "no_callback")
    (coming,) = steps(story, "next")
    assert (coming["open"], coming["waiting"], coming["at"]) == (2, 0, due)


async def test_address_that_came_too_late_is_explained(world: World) -> None:
    """An address that was given when all was over is not blamed on anybody."""
    workflow = await world.workflow()
    batch = await world.place(workflow, BUSY)
    await world.advance()
    await world.intron("PUT", f"/workflows/{workflow}", json={"call_back_url": world.inbox_url})

    assert "had no call_back_url when" in texts(await explained(world, batch), "no_callback")


async def test_attempts_and_retries_are_shown(world: World) -> None:
    """Each attempt is told with what came of it, then when the next is, or that there is none."""
    await world.control("PUT", "/inboxes/done", json={"answers": [500, 503, 500]})
    batch, call = await one_call(world, BUSY, call_back_url=world.inbox_url + "done")
    await world.advance(2)

    waiting = await explained(world, call)
    await world.advance()
    given_up = await explained(world, batch)
    (callback,) = (await world.control("GET", "/callbacks")).json()
    alone = await explained(world, callback["id"])

    assert [each["status"] for each in steps(waiting, "attempt")] == [500]
    (coming,) = steps(waiting, "next")
    assert (coming["at"], "attempt 2" in coming["text"]) == ("2026-01-01T00:00:31Z", True)
    assert [each["status"] for each in steps(given_up, "attempt")] == [500, 503, 500]
    assert "no retries are left" in texts(given_up, "end")
    assert steps(given_up, "no_callback") == []
    assert alone["status"] == "failed"
    assert steps(alone, "attempt") == steps(given_up, "attempt")
    assert f"batch {batch}" in texts(alone, "callback")
    assert steps(alone, "callback")[0]["entry"] is not None


async def test_refusal_names_the_flag(world: World) -> None:
    """A callback that was kept from leaving says which flag lets it."""
    _, call = await one_call(world, BUSY, call_back_url="http://93.184.216.34/hook")
    await world.advance()

    story = await explained(world, call)

    assert "--allow-public-callbacks" in texts(story, "attempt")
    assert "never sent" in texts(story, "end")


async def test_call_is_found_by_the_names_its_vendor_gives_it(world: World) -> None:
    """Exotel's conversations, sessions and external ids lead to the call."""
    made = await world.call(await world.bot())
    shown = (await world.control("GET", f"/calls/{made['id']}")).json()["details"]

    names = [made["conversation_id"], shown["session_id"], f"CA{made['id']}"]
    stories = [await explained(world, name) for name in names]

    assert [story["id"] for story in stories] == [made["id"]] * 3


async def test_webhooks_that_are_not_set_are_explained(world: World) -> None:
    """A bot without webhooks, with some, and an unanswered call: each has its reason."""
    bot = await world.bot()
    silent = await explained(world, (await world.call(bot))["id"])
    hooks = {"session_start": {"url": world.inbox_url + "start"}}
    await world.control("PUT", f"/exotel/bots/{bot}/webhooks", json=hooks)
    call = await world.call(bot, scenario="busy")
    await world.advance()

    some = await explained(world, call["id"])

    assert "has no webhooks" in texts(silent, "no_callback")
    assert "not answered yet" in texts(silent, "no_callback")
    assert "was never answered" in texts(some, "no_callback")
    assert "no webhook for session_end, transcript_events" in texts(some, "no_callback")


async def test_answers_that_lead_somewhere_are_shown(world: World) -> None:
    """What VoiceBooker's bot made of an answer is told: what it asked next, or why it gave up."""
    asked = {"platform": "voicebooker", "intent": "book"}
    call = (await world.control("POST", "/calls", json=asked)).json()
    broken = {**asked, "webhook_url": world.inbox_url + "broken"}
    other = (await world.control("POST", "/calls", json=broken)).json()
    await world.advance()

    story, failed = await explained(world, call["id"]), await explained(world, other["id"])

    assert "then the bot asked getBusinessName" in texts(story, "answer")
    assert "came to its end: booked" in texts(story, "answer")
    assert "could not use the response" in texts(failed, "answer")


async def test_call_of_make_call_says_where_results_would_go(world: World) -> None:
    """VoiceBooker names no address for results; the option that has one is named instead."""
    body = {"dest": PLAIN, "botId": "demo", "sipAccountId": "demo"}
    headers = {TOKEN_HEADER: world.made["credentials"]["voicebooker"]["token"]}
    made = await world.http.post("/app/api/v1/makeCall", json=body, headers=headers)
    await world.advance()

    story = await explained(world, made.json()["callRequestId"])

    assert "result_webhooks has no address for bot demo" in texts(story, "no_callback")


async def unknown(world: World, thing: str) -> Json:
    """What is said of an id that is none."""
    response = await world.control("GET", f"/explain/{thing}")
    assert response.status_code == 404
    return response.json()


async def test_unknown_id_is_answered_with_the_nearest(world: World) -> None:
    """A part of an id, or one that is misspelt, leads to what was meant."""
    batch, call = await one_call(world, BUSY)

    for wrong in (call[:8], f"{call[:-1]}x", call.upper()[:9] + call[9:]):
        assert f"call {call}" in (await unknown(world, wrong))["hint"]
    assert f"batch {batch}" in (await unknown(world, batch[:13]))["hint"]
    assert "/calls" in (await unknown(world, "nonsense"))["hint"]


async def test_id_of_another_world_leads_there(http: httpx.AsyncClient, world: World) -> None:
    """A request to the wrong world is answered with the right one."""
    _, call = await one_call(world)

    response = await http.get(f"/_emulator/explain/{call}")

    assert response.status_code == 404
    assert f"in world {world.name}" in response.json()["hint"]


@each_case_alone(
    "thing",
    [
        pytest.param("%00", id="nul"),
        pytest.param("%2F..%2F", id="slashes"),
        pytest.param("x" * 5000, id="long"),
        pytest.param("%F0%9F%92%A5", id="emoji"),
        pytest.param("%ff", id="no-utf-8"),
        pytest.param("CA", id="bare-prefix"),
    ],
)
async def test_hostile_id_is_only_unknown(world: World, thing: str) -> None:
    """Whatever is put in the place of an id is a problem with a hint, and changes nothing."""
    before = (await world.control("GET", "/history")).content

    assert (await unknown(world, thing))["hint"]
    assert (await world.control("GET", "/history")).content == before


async def test_explaining_changes_nothing(world: World) -> None:
    """Who looks leaves no trace: not in the history, not in the world."""
    batch, call = await one_call(world, BUSY, call_back_url=world.inbox_url + "done")
    await world.advance()
    before = [(await world.control("GET", path)).content for path in ("/history", "/export")]

    for thing in (batch, call):
        assert await explained(world, thing) == await explained(world, thing)

    after = [(await world.control("GET", path)).content for path in ("/history", "/export")]
    assert after == before


async def test_explanation_costs_the_same_in_any_batch(world: World) -> None:
    """The last call of a large batch is explained with the work that one of a small takes."""
    costs: list[int] = []
    for size in (500, 5_000):
        numbers = [f"+2348{each:07}000" for each in range(size)]
        batch = await world.place(await world.workflow(), *numbers)
        await world.advance()
        (call,) = (await world.control("GET", f"/calls?batch_id={batch}&limit=1")).json()
        await explained(world, call["id"])  # which also lists what the batch did
        costs.append(work_of_request(world.control("GET", f"/explain/{call['id']}")))

    assert costs[1] < 1.5 * costs[0]


def work_of_request(request: Coroutine[Any, Any, httpx.Response]) -> int:
    """Return how many lines of the emulator a request executes."""

    def ask() -> None:
        with suppress(StopIteration):
            while True:
                request.send(None)

    return work_of(ask)
