"""``emulator.testing``: in process, served, and reached where it runs already."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx
import pytest

from emulator.testing import (
    Emulated,
    EmulatorError,
    NothingArrivedError,
    World,
    in_process,
    reached,
    served,
)
from emulator.testing.link import ADDRESS
from tests.cases import each_case
from tests.limits import LIMIT_SECONDS
from tests.receiver import listening

CONFIRMS, BUSY, PLAIN = "+2348055599001", "+2348055599012", "+2348055500001"
START = datetime(2026, 1, 1, tzinfo=UTC)


class Endpoint:
    """An ASGI app that keeps what it is sent, and answers 200."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, bytes]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        message = await receive()
        self.requests.append((scope["path"], message["body"]))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


@pytest.fixture(scope="module", params=["in-process", "served", "reached"])
def emulated(request: pytest.FixtureRequest) -> Iterator[Emulated]:
    """An emulator each way; all of them are used alike."""
    if request.param == "in-process":
        with in_process() as made:
            yield made
        return
    with served() as made:
        if request.param == "served":
            yield made
            return
        with reached(made.url) as far:
            yield far


@pytest.fixture
def mine(emulated: Emulated) -> Iterator[World]:
    """A world of the test's own."""
    with emulated.world(seed=7) as world:
        yield world


def test_calls_are_placed_time_passes_and_the_callback_is_seen(mine: World) -> None:
    """The shortest story: who was called, how each call ended, and what was reported."""
    placed = mine.place_calls(CONFIRMS, BUSY)
    mine.advance()
    callback = mine.wait_for_callback()

    assert [call.to_number for call in placed] == [CONFIRMS, BUSY]
    assert [mine.call(call.id).status for call in placed] == ["completed", "busy"]
    assert (callback.status, callback.url) == ("delivered", mine.inbox().url)
    assert callback.json == mine.inbox().messages()[0].json


def test_waiting_moves_a_frozen_clock_no_further_than_it_has_to(mine: World) -> None:
    """The clock stands where the first batch is reported; what is due later is still to come."""
    mine.place_calls(BUSY)
    mine.place_calls(CONFIRMS)

    first = mine.wait_for_callback()
    seen = mine.now()
    second = mine.wait_for_callback()

    assert first.id != second.id
    assert START < seen < mine.now()
    assert {call.status for call in mine.calls()} == {"busy", "completed"}


def test_callback_that_is_tried_again_is_waited_for_to_its_end(mine: World) -> None:
    """What is given has every attempt, with what it was answered."""
    mine.inbox().answer(500, {"status": 503, "json": {"try": "later"}}, 200)
    mine.place_calls(BUSY)

    callback = mine.wait_for_callback()

    assert [each["status"] for each in callback.attempts] == [500, 503, 200]
    assert mine.now() > START + timedelta(minutes=2)


def test_waiting_in_vain_says_what_did_arrive(mine: World) -> None:
    """The failure names what was wanted, how the clock stands, and every callback so far."""
    mine.place_calls(BUSY)
    mine.wait_for_callback()

    with pytest.raises(NothingArrivedError) as wanted_more:
        mine.wait_for_callback()
    with pytest.raises(NothingArrivedError) as wanted_else:
        mine.wait_for_callback("http://127.0.0.1/x", platform="bimpe", event="call.ended")

    message = str(wanted_more.value)
    assert f"no other callback has arrived in world {mine.name}" in message
    assert "frozen clock shows 2026-01-01T00:0" in message
    assert "nothing is due" in message
    assert "request.completed" in message
    assert "delivered (200), returned before" in message
    assert "no call.ended callback of bimpe to http://127.0.0.1/x has" in str(wanted_else.value)


@pytest.mark.parametrize(
    "clock",
    [
        pytest.param({"clock": "auto"}, id="auto"),
        pytest.param({"clock": "live", "speed": 10_000}, id="live"),
    ],
)
def test_clock_that_moves_by_itself_is_waited_for(emulated: Emulated, clock: Any) -> None:
    """A clock that is not frozen needs no advance; waiting in vain ends."""
    with emulated.world(**clock) as world:
        world.place_calls(BUSY)

        assert world.wait_for_callback(timeout=LIMIT_SECONDS).status == "delivered"
        with pytest.raises(NothingArrivedError, match="returned before"):
            world.wait_for_callback(timeout=0.05)


@pytest.mark.parametrize(
    ("asked", "now"),
    [
        pytest.param({"by": 90}, START + timedelta(seconds=90), id="seconds"),
        pytest.param({"by": timedelta(hours=1)}, START + timedelta(hours=1), id="timedelta"),
        pytest.param({"to": START + timedelta(days=1)}, START + timedelta(days=1), id="moment"),
        pytest.param({}, START, id="until-idle"),
    ],
)
def test_time_passes_as_asked(mine: World, asked: dict[str, Any], now: datetime) -> None:
    """By seconds or a timedelta, up to a moment, or until nothing is due."""
    passed = mine.advance(**asked)

    assert passed.now == now == mine.now()
    assert passed.counts == {"steps": 0, "events": 0, "callbacks": 0}


def test_what_is_refused_says_why(mine: World, emulated: Emulated) -> None:
    """An error has the emulator's own words and its hint."""
    with pytest.raises(EmulatorError, match='one of "seconds", "to" and "until"'):
        mine.advance(1, to=START + timedelta(days=1))
    with pytest.raises(EmulatorError, match="cannot go back"):
        mine.advance(to=START - timedelta(days=1))
    with pytest.raises(EmulatorError, match="must be a phone number"):
        mine.place_calls("nobody")
    with pytest.raises(EmulatorError, match="seed must be a whole number"):
        emulated.world(seed="seven")  # type: ignore[arg-type]  # what is refused
    with pytest.raises(EmulatorError, match="scenario"):
        emulated.world(name="nobody", scenario="asleep")
    names = [each["name"] for each in mine.control("GET", "/worlds")]
    assert "nobody" not in names


def test_callees_behave_as_chosen(emulated: Emulated) -> None:
    """One scenario for all calls, one for each of the next, some for a number, or by weight."""
    with emulated.world(scenario=["busy", "no_answer"], mix={"failed": 1}) as world:
        world.behave({"behavior": "answered", "ring_seconds": 2, "talk_seconds": 5}, number=PLAIN)
        for number in ("+2348055500002", "+2348055500003", "+2348055500004", PLAIN):
            world.place_calls(number)
        world.advance()

        ended = {call.to_number: call.status for call in world.calls()}

    assert list(ended.values())[::-1] == ["busy", "no_answer", "failed", "completed"]


@pytest.mark.parametrize("platform", ["bimpe", "intron", "voicebooker"])
def test_calls_are_placed_at_any_platform(mine: World, platform: str) -> None:
    """A number is enough wherever a new world has a caller to call for."""
    (call,) = mine.place_calls(BUSY, platform=platform)
    mine.advance()

    assert mine.call(call.id).platform == platform
    assert mine.call(call.id).status == "busy"


def test_large_batch_is_given_whole(mine: World) -> None:
    """However many numbers there are, there is a call for each, in their order."""
    numbers = [f"+234805550{number:04}" for number in range(1500)]

    placed = mine.place_calls(*numbers)

    assert [call.to_number for call in placed] == numbers


def test_what_would_be_left_out_is_refused(mine: World) -> None:
    """A workflow that is there keeps its callback and its words; elsewhere there is none."""
    with pytest.raises(TypeError, match="callback_url"):
        mine.place_calls(BUSY, workflow_id="x", callback_url="http://127.0.0.1/")
    with pytest.raises(TypeError, match="callback_url"):
        mine.place_calls(BUSY, platform="bimpe", callback_url="http://127.0.0.1/")
    with pytest.raises(EmulatorError, match="message cannot be given together with workflow_id"):
        mine.place_calls(BUSY, workflow_id="x", message="Hello")


def test_calls_of_exotel_take_the_first_active_bot(mine: World) -> None:
    """Without a bot there is one; if none is active, the refusal says how to create one."""
    (first,) = mine.place_calls(BUSY, platform="exotel")
    with mine.client() as client:
        own = f"/_emulator/exotel/bots/{first.fields['workflow_id']}"
        client.patch(own, json={"status": "inactive"}).raise_for_status()
    with pytest.raises(EmulatorError, match="no active voicebot: create one"):
        mine.place_calls(BUSY, platform="exotel")
    with mine.client() as client:
        path = f"/voicebot/api/v2/accounts/{mine.credentials['exotel']['account_id']}"
        text = {"text_content": (None, "A bot that takes orders for a bakery")}
        job = client.post(f"{path}/bot-generation", files=text).json()["id"]
        mine.advance(10)
        bot = client.get(f"{path}/bot-generation/{job}").json()["bot_id"]

    (call,) = mine.place_calls(BUSY, platform="exotel", bot_id=bot)
    (other,) = mine.place_calls(BUSY, platform="exotel")

    assert (call.to_number, other.to_number) == (BUSY, BUSY)
    assert call.fields["workflow_id"] == other.fields["workflow_id"] == bot
    with pytest.raises(EmulatorError, match="bot_id"):
        mine.place_calls(BUSY, platform="exotel", bot_id="")


def test_client_shows_each_vendor_its_credentials(emulated: Emulated) -> None:
    """In a world that refuses unknown credentials, every vendor's paths answer."""
    with emulated.world(auth="strict") as world, world.client() as client:
        account = world.credentials["exotel"]["account_id"]
        answers = [
            client.get("/voicebot/v1/workflows"),
            client.get("/intron/voicebot/v1/workflows"),
            client.get(f"/voicebot/api/v2/accounts/{account}/voicebots"),
            client.get(f"{world.base_urls['bimpe']}/api/v1/console/agents"),
            client.post("/voicebooker/webhook", json={"action": "getBusinessName"}),
            client.get("/_emulator/clock"),
        ]
        own = client.get("/voicebot/v1/workflows", headers={"Authorization": "Bearer wrong"})

    assert [each.status_code for each in answers][:4] == [200] * 4
    assert answers[4].status_code != httpx.codes.UNAUTHORIZED
    assert answers[5].json()["mode"] == "frozen"
    assert own.status_code == httpx.codes.FORBIDDEN


def test_callbacks_are_delivered_into_an_app_of_this_process(mine: World) -> None:
    """An ASGI app takes callbacks; where the emulator is another process, it is served."""
    endpoint = Endpoint()
    address = mine.deliver_to(endpoint)

    mine.place_calls(BUSY, callback_url=f"{address}/hook")
    callback = mine.wait_for_callback(f"{address}/hook")

    assert callback.status == "delivered"
    assert endpoint.requests == [("/hook", callback.body.encode())]


@each_case("app", ["app", lambda _environ, _start_response: []])
def test_what_is_no_asgi_app_is_refused(mine: World, app: Any) -> None:
    """A name, or an app of the older kind, is refused before any callback goes there."""
    with pytest.raises(EmulatorError, match="deliver_to takes an ASGI app"):
        mine.deliver_to(app)


def test_clock_begins_at_a_moment(emulated: Emulated) -> None:
    """``now`` is a text or a datetime with its zone."""
    begins = datetime(2027, 3, 1, 12, tzinfo=UTC)
    with emulated.world(now=begins) as world:
        assert world.now() == begins

    with pytest.raises(EmulatorError, match=r"clock\.now"):
        emulated.world(now=begins.replace(tzinfo=None))


def test_callbacks_over_sockets_continue_whatever_loop_a_test_has(emulated: Emulated) -> None:
    """Connections stay open from test to test, though each test's loop is its own."""

    async def story(world: World, loops: int) -> list[str]:
        async with listening() as receiver:
            statuses = []
            for _ in range(loops):
                await world.aio.place_calls(BUSY, callback_url=receiver.url)
                statuses.append((await world.aio.wait_for_callback()).status)
            return statuses

    for _ in range(2):
        with emulated.world() as world:
            assert asyncio.run(story(world, 2)) == ["delivered"] * 2
            world.place_calls(BUSY, callback_url="http://127.0.0.1:9")
            assert world.wait_for_callback().status == "failed"


def test_app_is_reached_only_while_its_world_lasts(emulated: Emulated) -> None:
    """What a test has mounted is gone after it."""
    with emulated.world() as world:
        address = world.deliver_to(Endpoint(), "http://127.0.0.1:9")
    with emulated.world() as world:
        world.place_calls(BUSY, callback_url=f"{address}/hook")

        assert world.wait_for_callback().status == "failed"


def test_everything_can_be_awaited(mine: World) -> None:
    """A coroutine awaits the same methods, in a loop of its own, and blocks no other."""
    endpoint = Endpoint()
    address = mine.deliver_to(endpoint)

    async def story() -> list[Any]:
        world = mine.aio
        inbox = world.inbox("other")
        await world.place_calls(CONFIRMS, callback_url=f"{address}/hook")
        waited, _ = await asyncio.gather(world.wait_for_callback(), asyncio.sleep(0))  # noqa: TID251  # gives way
        async with mine.async_client() as client:
            workflows = await client.get("/voicebot/v1/workflows")
        await inbox.answer(200)
        await inbox.empty()
        messages = await inbox.messages()
        return [waited.status, len(workflows.json()["data"]), messages, await world.now()]

    assert asyncio.run(story())[:3] == ["delivered", 1, []]
    assert [path for path, _ in endpoint.requests] == ["/hook"]


def test_same_seed_and_requests_give_the_same(emulated: Emulated) -> None:
    """Ids and times follow from the seed alone."""
    stories = []
    for _ in range(2):
        with emulated.world(name="twin", seed=5) as world:
            placed = world.place_calls(PLAIN)
            stories.append((placed, world.advance().now, world.credentials))

    assert stories[0] == stories[1]


def test_name_that_is_taken_gets_a_number(emulated: Emulated) -> None:
    """Two runs on one server do not meet, even where a test of both has the same name."""
    with emulated.world(name="twin") as one, emulated.world(name="twin") as two:
        assert (one.name, two.name) == ("twin", "twin-2")


def test_story_tells_what_happened(mine: World) -> None:
    """Every step, attempt and request has its line; what is pending and the last bodies follow."""
    mine.inbox().answer(500)
    mine.place_calls(BUSY)
    mine.advance(10)

    story = mine.story()

    assert "ringing -> busy" in story
    assert f"callback {mine.inbox().url} -> 500 (intron request.completed, attempt 1)" in story
    assert "POST /_emulator/calls -> 201" in story
    assert "pending:\n  intron request.completed" in story
    assert f'"call_back_url":"{mine.inbox().url}","to":["{BUSY}"]' in story
    assert "next due 2026-01-01T00:00:" in story


def test_story_leads_to_the_dashboard(mine: World) -> None:
    """The report names a world's screen in the dashboard, unless the emulator is in process."""
    address = mine.control("GET", f"/worlds/{mine.name}")["dashboard_url"]

    assert address.endswith(f"/_emulator/ui/{mine.name}")
    assert mine.dashboard_url == (None if address.startswith(ADDRESS) else address)
    assert (f"dashboard {address} " in mine.story()) == (mine.dashboard_url is not None)


def test_long_story_is_cut(mine: World) -> None:
    """A long story has the last events, and says how many it leaves out."""
    mine.place_calls(*[BUSY] * 100)
    mine.advance()

    story = mine.story().splitlines()

    assert len(story) < 80
    assert any("entries before these" in line for line in story)


def test_app_that_blocks_on_the_emulator_that_waits_for_it_gets_the_reason() -> None:
    """In process a blocking request from within a callback would never end; it is refused."""
    with in_process() as emulated, emulated.world() as world:
        errors: list[str] = []

        async def app(scope: Any, receive: Any, send: Any) -> None:
            await receive()
            try:
                world.now()
            except RuntimeError as error:
                errors.append(str(error))
            await Endpoint()(scope, receive, send)

        world.place_calls(BUSY, callback_url=world.deliver_to(app))
        world.advance(10)

    assert "await it there" in errors[0]


def test_app_can_be_used_without_more() -> None:
    """The app goes into httpx's own transport."""

    async def health(emulated: Emulated) -> int:
        assert emulated.app is not None
        transport = httpx.ASGITransport(app=emulated.app)
        async with httpx.AsyncClient(transport=transport, base_url=emulated.url) as client:
            return (await client.get("/_emulator/health")).status_code

    with in_process(seed=3) as emulated:
        assert asyncio.run(health(emulated)) == 200


def test_token_goes_along() -> None:
    """Where the control API asks for a token, worlds and their clients have it."""
    with (
        in_process(token="secret", public_url="http://emulator.internal") as emulated,
        emulated.world() as world,
        world.client() as client,
    ):
        answer = client.get("/_emulator/clock")
        without = client.get("/_emulator/clock", headers={"X-Emulator-Token": "wrong"})

        assert world.now() == START
        assert (answer.status_code, without.status_code) == (200, 401)


def test_closed_port_is_reported() -> None:
    """An address with no emulator behind it is named at once."""
    with pytest.raises(EmulatorError, match="there is no emulator at http://127"):
        reached("http://127.0.0.1:9").__enter__()


def test_story_tells_of_faults() -> None:
    """What went wrong on purpose stands among what happened, with its rule and to what."""
    with in_process() as emulator, emulator.world() as world:
        rule = {"effect": "drop", "match": {"platform": "intron"}}
        fault = world.control("POST", "/faults", json=rule)
        inbox = world.inbox("done")
        world.place_calls("+2348055599001", callback_url=inbox.url)
        world.advance()

        assert f"fault {fault['id']}: drop of " in world.story()
        assert inbox.messages() == []


WITHOUT_PYTEST: Final = """
import sys
sys.modules["pytest"] = None  # to import it fails
from emulator.testing import in_process
with in_process() as emulated, emulated.world() as world:
    (call,) = world.place_calls("+2348055599012")
    world.advance()
    print(world.call(call.id).status)
"""


def test_pytest_is_not_needed() -> None:
    """The emulator runs in tests of other frameworks where pytest is not installed."""
    run = subprocess.run(  # noqa: S603  # our own code
        [sys.executable, "-c", WITHOUT_PYTEST], capture_output=True, text=True, check=False
    )

    assert (run.stdout, run.stderr) == ("busy\n", "")


def test_platforms_of_a_world_are_linked() -> None:
    """``link`` connects two platforms of a world, with the settings of each end."""
    with in_process() as emulated, emulated.world() as world:
        world.link("voicebooker.appointment", "intron.reminder", when={"hours_before": 2})

        (link,) = world.control("GET", "/links")

        assert (link["when"], link["settings"]) == ({"hours_before": 2}, {})
        with pytest.raises(EmulatorError, match="source must be one of"):
            world.link("voicebooker.nothing", "intron.reminder")
