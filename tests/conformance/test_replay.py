"""A run is written, and gone through again: the same bytes, or the first that is another."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from starlette.types import Receive, Scope, Send

from emulator.callbacks.asgi_transport import AsgiTransport
from emulator.cli import main
from emulator.conformance.replay import Outcome, RunError, recorded, replay, replayed
from emulator.kit.platform import Platform
from emulator.persistence.export import dump_world
from emulator.platforms import discover
from emulator.server import running
from emulator.settings import Settings
from emulator.world.steps import STEPS_PER_TURN
from tests.cases import each_case_alone
from tests.platforms.contributions import use
from tests.platforms.test_records import ResponseRecorder
from tests.support import Json, World, served
from tests.test_determinism import story

NUMBERS = ["+2348055599001", "+2348055599011", "+2348000000001"]

each_platform = pytest.mark.parametrize(
    "platform", [pytest.param(platform, id=name) for name, platform in discover().items()]
)
each_clock = pytest.mark.parametrize(
    "settings",
    [pytest.param({"seed": 7, "clock": {"mode": mode}}, id=mode) for mode in ("frozen", "auto")],
)


async def run_of(world: World) -> bytes:
    """Fetch a world's run."""
    response = await world.control("GET", "/history/export")
    assert response.status_code == 200, response.text
    return response.content


async def again(world: World) -> Outcome:
    """Go through a world's run again, which has to give the same."""
    content = await run_of(world)
    outcome = await replayed(content)
    assert outcome.difference is None
    assert outcome.same
    assert outcome.hash == head_of(content)["hash"]
    return outcome


def head_of(content: bytes) -> Json:
    """The first line of a run."""
    return json.loads(content.partition(b"\n")[0])


def lines_of(content: bytes) -> list[Json]:
    """The entries of a run."""
    return [json.loads(line) for line in content.splitlines()[1:]]


def changed(content: bytes, change: Callable[[Json], Any], kind: str, index: int = 0) -> bytes:
    """The same run with one entry of a kind changed on purpose."""
    head, entries = head_of(content), lines_of(content)
    del head["hash"]
    change([each for each in entries if each["kind"] == kind][index])
    return b"".join(
        json.dumps(each, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
        for each in (head, *entries)
    )


async def campaign(world: World) -> str:
    """Place some calls that are reported to an inbox, and let all of their time pass."""
    workflow = await world.workflow(call_back_url=world.inbox_url + "done")
    batch = await world.place(workflow, *NUMBERS)
    await world.advance()
    return batch


@each_clock
@each_platform
async def test_use_of_a_platform_is_gone_through_again(world: World, platform: Platform) -> None:
    """All there is to do with a platform gives the same answers, callbacks and history again."""
    recorder = ResponseRecorder()
    await use(platform.name, world, recorder)

    outcome = await again(world)

    recorded = [each for each, *_ in recorder.answers if not each.startswith("GET /_emulator/")]
    assert outcome.requests >= len(recorded) >= len(platform.hooks.operations)


@each_clock
async def test_story_is_gone_through_again(world: World) -> None:
    """Draws, moves by hand, refusals, failed attempts and retries come out as they did."""
    await story(world)

    outcome = await again(world)

    assert outcome.entries > 100


async def test_same_run_has_the_same_hash_elsewhere() -> None:
    """The hash stands for the bytes: another server that is asked the same has the same."""
    hashes = set()
    for _ in range(2):
        async with served(Settings()) as (_, http):
            made = await http.post("/_emulator/worlds", json={"name": "one", "seed": 3})
            world = World(http, made.json())
            await campaign(world)
            hashes.add(head_of(await run_of(world))["hash"])

    assert len(hashes) == 1


async def test_another_seed_has_another_hash(http: httpx.AsyncClient) -> None:
    """What came out otherwise hashes otherwise."""
    hashes = set()
    for seed in (1, 2):
        world = World(http, (await http.post("/_emulator/worlds", json={"seed": seed})).json())
        await campaign(world)
        hashes.add(head_of(await run_of(world))["hash"])

    assert len(hashes) == 2


async def test_first_line_says_how_it_began(world: World) -> None:
    """A run names its world, seed, credentials and settings, and what wrote it."""
    await world.control("PATCH", "/settings", json={"calls_per_second": 5})

    head = head_of(await run_of(world))

    assert head["world"] == world.name
    assert head["credentials"] == world.made["credentials"]
    assert head["began"] == "2026-01-01T00:00:00Z"
    (chapter,) = head["chapters"]
    assert chapter["clock"] == {"mode": "frozen", "speed": 1.0, "now": "2026-01-01T00:00:00Z"}
    assert chapter["settings"]["calls_per_second"] == 10


async def test_endpoints_answer_as_they_did(world: World) -> None:
    """A replay uses the recorded responses of a test's endpoint, and never calls the endpoint."""
    await world.control("PUT", "/inboxes/done", json={"answers": [500, 404, 200]})
    await campaign(world)

    attempts = [each for each in lines_of(await run_of(world)) if each["kind"] == "attempt"]
    outcome = await again(world)

    assert [each["status"] for each in attempts] == [500, 404, 200]
    assert outcome.same


async def test_callback_that_was_sent_again_is_sent_again(world: World) -> None:
    """An attempt made by hand has its recorded response, like the scheduled ones."""
    await world.control("PUT", "/inboxes/done", json={"answers": [200, 418]})
    await campaign(world)
    (callback,) = (await world.control("GET", "/callbacks")).json()
    await world.control("POST", f"/callbacks/{callback['id']}/replay")

    run = lines_of(await run_of(world))

    attempts = [each["status"] for each in run if each["kind"] == "attempt"]
    assert attempts == [200, 418]
    assert (await again(world)).same


async def test_body_that_was_too_large_is_taken_as_it_was() -> None:
    """What was thrown away cannot be sent again; its refusal is part of the run all the same."""
    async with served(Settings(max_body=1000)) as (_, http):
        world = World(http, (await http.post("/_emulator/worlds")).json())
        refused = await world.intron("POST", "/workflows", content=b"x" * 2000)
        await world.workflow()

        outcome = await again(world)

    assert refused.status_code == 413
    assert outcome.requests == 2


async def test_requests_that_came_in_the_middle_come_in_the_middle() -> None:
    """A receiver that asks the API while its callback waits is heard at the same moment again."""
    async with served(Settings()) as (app, http):
        made = await http.post("/_emulator/worlds", json={"seed": 5})
        world = World(http, made.json())
        asked: list[str] = []

        async def receiver(_: Scope, receive: Receive, send: Send) -> None:
            await receive()
            workflow = await world.workflow(name=f"after {len(asked)}")
            asked.append(await world.place(workflow, NUMBERS[0]))
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"{}"})

        app.worlds.transports.mount("http://receiver.test", AsgiTransport(receiver, 30))
        for _ in range(2):
            workflow = await world.workflow(call_back_url="http://receiver.test/x")
            await world.place(workflow, *NUMBERS)
            await world.advance()

        outcome = await again(world)

    assert len(asked) == 2
    assert outcome.requests == 2 * 5


@asynccontextmanager
async def world_with_receiver(
    method: str, body: Json = None, mode: str = "frozen"
) -> AsyncIterator[World]:
    """Serve a world with an endpoint that asks for its advance while a callback waits."""
    async with served(Settings()) as (app, http):
        asked = {"seed": 5, "clock": {"mode": mode}}
        world = World(http, (await http.post("/_emulator/worlds", json=asked)).json())

        async def receiver(_: Scope, receive: Receive, send: Send) -> None:
            await receive()
            await world.control(method, "/clock/advance", json=body)
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"{}"})

        app.worlds.transports.mount("http://receiver.test", AsgiTransport(receiver, 30))
        yield world


async def test_stopped_advance_is_stopped_again() -> None:
    """An advance that a request stopped is stopped at the same step again."""
    async with world_with_receiver("DELETE") as world:
        for _ in range(3):
            workflow = await world.workflow(call_back_url="http://receiver.test/x")
            await world.place(workflow, *NUMBERS)
        stopped = [(await world.advance()).get("stopped", False) for _ in range(4)]

        await again(world)

    assert stopped == [True, True, True, False]


@pytest.mark.parametrize(
    ("method", "body"),
    [
        pytest.param("DELETE", None, id="stopped"),
        pytest.param("POST", {"until": "idle"}, id="refused"),
    ],
)
async def test_advance_of_an_automatic_clock_ends_where_it_did(method: str, body: Json) -> None:
    """What an automatic clock does by itself is stopped, or continued by a request, as it was."""
    async with world_with_receiver(method, body, "auto") as world:
        workflow = await world.workflow(call_back_url="http://receiver.test/x")
        await asyncio.gather(*(world.place(workflow, *NUMBERS * 100) for _ in range(4)))
        await world.place(workflow, *NUMBERS)

        await again(world)


async def test_request_comes_at_the_same_step_where_a_turn_ends() -> None:
    """A request follows the same step again, also where others have their turn before it."""
    async with world_with_receiver("DELETE") as world:
        workflow = await world.workflow(call_back_url="http://receiver.test/x")
        await world.place(workflow, *NUMBERS * 62, NUMBERS[1], NUMBERS[1])
        await world.advance()

        run = lines_of(await run_of(world))
        (stop,) = [each for each in run if each.get("method") == "DELETE"]
        assert json.loads(stop["answer"])["steps"] == STEPS_PER_TURN + 1  # the one that sends
        await again(world)


@pytest.mark.parametrize("settings", [pytest.param({"auth": "strict"}, id="strict")])
async def test_strict_world_is_gone_through_again(world: World) -> None:
    """Credentials are as they were, those that were refused too."""
    await campaign(world)
    await world.intron("GET", "/workflows", headers={"Authorization": "Bearer nobody"})

    assert (await again(world)).same


async def test_run_goes_through_a_reset(world: World) -> None:
    """A reset begins the run anew."""
    await campaign(world)
    await world.control("POST", "/reset")
    await campaign(world)

    assert (await again(world)).requests == 4


async def test_run_goes_back_with_a_snapshot(world: World) -> None:
    """A world that was put back has the run that led to its snapshot, and what came since."""
    await campaign(world)
    await world.control("POST", "/snapshots", json={"name": f"of-{world.name}"})
    await campaign(world)
    await world.control("POST", f"/snapshots/of-{world.name}/restore")
    await campaign(world)

    outcome = await again(world)

    assert outcome.requests == 3 + 1 + 3


async def test_fork_has_the_run_of_what_it_goes_on_from(
    http: httpx.AsyncClient, world: World
) -> None:
    """A fork's run is its source's up to the fork, then its own, under its own name."""
    await campaign(world)
    await http.post(f"/_emulator/inbox/{world.name}/done")
    asked = {"from": world.name, "calls_per_second": 2, "options": {"intron": {"max_batch": 5}}}
    fork = World(http, (await http.post("/_emulator/worlds", json=asked)).json())
    await campaign(fork)
    await campaign(world)

    first, second = await again(world), await again(fork)

    assert (first.requests, second.requests) == (6, 6)
    assert first.hash != second.hash
    assert [each["settings"]["name"] for each in head_of(await run_of(fork))["chapters"]] == [
        world.name,
        fork.name,
    ]
    await http.delete(f"/_emulator/worlds/{fork.name}")


async def test_name_of_an_earlier_world_may_come_again(http: httpx.AsyncClient) -> None:
    """A fork may have the name of a world that was deleted since it was forked itself."""
    names = ("chain-a", "chain-b", "chain-a")
    before: Json = {}
    for name in names:
        made = await http.post("/_emulator/worlds", json={"name": name} | before)
        world = World(http, made.json())
        await campaign(world)
        if before:
            await http.delete(f"/_emulator/worlds/{before['from']}")
        before = {"from": name}

    outcome = await again(world)

    assert outcome.requests == 3 * 3
    await http.delete("/_emulator/worlds/chain-a")


async def test_chapter_that_forks_a_world_to_itself_is_refused(world: World) -> None:
    """No run begins twice in one world."""
    await campaign(world)
    content = await run_of(world)
    head = head_of(content)
    del head["hash"]
    head["chapters"] *= 2

    with pytest.raises(RunError, match="contradict each other"):
        await replayed(json.dumps(head).encode() + content[content.index(b"\n") :])


async def test_import_begins_a_run(http: httpx.AsyncClient, world: World) -> None:
    """The world file that was put in its place is where a run begins."""
    await campaign(world)
    content = (await world.control("GET", "/export")).content
    other = World(http, (await http.post("/_emulator/worlds")).json())
    await campaign(other)
    await other.control("POST", "/import", content=content)
    await campaign(world)
    await other.advance(10)

    assert (await again(other)).requests == 2


async def test_world_that_was_live_until_something_happened_has_a_run(
    http: httpx.AsyncClient,
) -> None:
    """A live world whose clock is stopped before anything is asked of it can be gone through."""
    made = await http.post("/_emulator/worlds", json={"clock": {"mode": "live"}})
    world = World(http, made.json())
    await world.control("PUT", "/clock", json={"mode": "frozen"})
    await campaign(world)
    bot = await world.bot()
    await world.call(bot)
    await world.advance()

    assert (await again(world)).requests > 5


REFUSED = "cannot be replayed"


async def test_live_world_has_no_run(http: httpx.AsyncClient) -> None:
    """What followed the wall clock would not come out the same: the refusal says so."""
    made = await http.post("/_emulator/worlds", json={"clock": {"mode": "live"}})
    world = World(http, made.json())
    await world.workflow()
    await world.control("PUT", "/clock", json={"mode": "frozen"})

    response = await world.control("GET", "/history/export")

    assert response.status_code == 409
    assert REFUSED in response.json()["detail"]
    assert "live" in response.json()["detail"]
    assert "frozen" in response.json()["hint"]


async def test_world_that_forgot_something_has_no_run() -> None:
    """A history whose oldest entries were evicted cannot be replayed."""
    async with served(Settings(keep=10)) as (_, http):
        made = await http.post("/_emulator/worlds")
        world = World(http, made.json())
        for _ in range(20):
            await world.workflow()

        response = await world.control("GET", "/history/export")

    assert response.status_code == 409
    assert "evicted" in response.json()["detail"]
    assert "--keep" in response.json()["hint"]


async def test_world_from_a_file_has_no_run(tmp_path: Path) -> None:
    """The history of a world that continues from a file does not know how that came to be."""
    async with served(Settings()) as (app, _):
        (tmp_path / "world.json").write_bytes(dump_world(app.worlds.default))
    async with served(Settings(world_files=(tmp_path / "world.json",))) as (_, http):
        await http.put("/_emulator/clock", json={"speed": 2})
        response = await http.get("/_emulator/history/export")

    assert response.status_code == 409
    assert "file" in response.json()["detail"]


async def test_requests_in_the_middle_of_a_long_advance_come_in_the_middle(world: World) -> None:
    """What is asked while a campaign continues is asked at the same moment again."""
    workflow = await world.workflow(call_back_url=world.inbox_url + "done")
    await world.place(workflow, *NUMBERS * 700)
    await world.place(await world.workflow(), *NUMBERS * 300)
    advance = asyncio.create_task(world.advance())
    for pace in (12, 14):
        await asyncio.sleep(0)  # noqa: TID251  # gives way, waits for nothing
        await world.control("PATCH", "/settings", json={"calls_per_second": pace})
    await advance

    content = await run_of(world)
    paces = [each for each in lines_of(content) if each.get("method") == "PATCH"]

    assert [each["at"] > "2026-01-01T00:00:01" for each in paces] == [True, True]
    await again(world)


@pytest.mark.parametrize(
    "settings", [pytest.param({"seed": 7, "clock": {"mode": "auto"}}, id="auto")]
)
async def test_requests_while_an_automatic_clock_settles_come_in_the_middle(world: World) -> None:
    """What is asked before an automatic clock has settled is asked at the same step again."""
    workflow = await world.workflow(call_back_url=world.inbox_url + "done")
    placing = asyncio.create_task(world.place(workflow, *NUMBERS * 700))
    for pace in range(12, 40):
        await asyncio.sleep(0)  # noqa: TID251  # gives way, waits for nothing
        await world.control("PATCH", "/settings", json={"calls_per_second": pace})
    await placing

    content = await run_of(world)
    assert len(head_of(content)["arrivals"]) > 1
    await again(world)


async def test_request_that_no_platform_serves_comes_at_its_place(world: World) -> None:
    """A request for an unknown path has its place among the others."""
    await campaign(world)
    headers = {"X-Emulator-World": world.name}
    await world.http.get("/nowhere", headers=headers)
    await campaign(world)

    assert (await again(world)).requests == 7


async def test_no_run_is_written_while_time_passes() -> None:
    """A run is refused in the middle of an advance, whose result is not known yet."""
    async with served(Settings()) as (app, http):
        world = World(http, (await http.post("/_emulator/worlds")).json())
        answers: list[httpx.Response] = []

        async def receiver(_: Scope, receive: Receive, send: Send) -> None:
            await receive()
            answers.append(await world.control("GET", "/history/export"))
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b""})

        app.worlds.transports.mount("http://receiver.test", AsgiTransport(receiver, 30))
        workflow = await world.workflow(call_back_url="http://receiver.test/x")
        await world.place(workflow, NUMBERS[0])
        await world.advance()

    assert [each.status_code for each in answers] == [409]
    assert "is advancing" in answers[0].json()["detail"]


async def test_secrets_of_the_control_api_stay_out() -> None:
    """A run can be shown to others: it has neither the token nor a cookie."""
    async with served(Settings(token="hush")) as (_, http):
        headers = {"Authorization": "Bearer hush", "Cookie": "mine"}
        await http.patch("/_emulator/settings", json={"auth": "strict"}, headers=headers)
        await http.delete("/_emulator/scenarios", headers={"X-Emulator-Token": "hush"})
        response = await http.get("/_emulator/history/export", headers=headers)

    assert response.status_code == 200
    assert b"hush" not in response.content
    assert b"mine" not in response.content
    assert (await replayed(response.content)).same


async def test_first_difference_is_shown(world: World) -> None:
    """What came out otherwise is shown with the request it came of, and both ways it went."""
    await campaign(world)

    def other_answer(entry: Json) -> None:
        entry["answer"] = entry["answer"].replace("created", "made")

    outcome = await replayed(changed(await run_of(world), other_answer, "exchange", 1))

    assert not outcome.same
    assert outcome.difference is not None
    lines = outcome.difference.splitlines()
    assert lines[0] == ("entry 3 of the history differs; it is request 2, POST /voicebot/v1/call")
    assert any(line.startswith("-") and "successfully made" not in line for line in lines)
    assert '-  "message": "batch request made successfully",' in lines
    assert '+  "message": "batch request created successfully",' in lines


async def test_difference_in_what_followed_names_its_request(world: World) -> None:
    """A step that came out otherwise is told with the request that let its time pass."""
    await campaign(world)

    def other_status(entry: Json) -> None:
        entry["status"] = "busy"

    outcome = await replayed(changed(await run_of(world), other_status, "call", -1))

    assert outcome.difference is not None
    assert "it follows from request 3, POST /_emulator/clock/advance" in outcome.difference
    assert '- "status": "busy"' in outcome.difference


async def test_other_request_has_other_consequences(world: World) -> None:
    """A run whose request was changed shows what comes of that now."""
    await campaign(world)

    def other_number(entry: Json) -> None:
        entry["body"] = entry["body"].replace(NUMBERS[0], "+2348055599012")

    outcome = await replayed(changed(await run_of(world), other_number, "exchange", 1))

    assert outcome.difference is not None
    assert outcome.difference.count("\n") < 40


async def test_missing_entries_are_a_difference(world: World) -> None:
    """A run that continues where the recorded one ended is not the same."""
    await campaign(world)
    content = await run_of(world)
    head = head_of(content) | {"hash": None}
    kept = content.splitlines(keepends=True)[1:-2]

    outcome = await replayed(json.dumps(head).encode() + b"\n" + b"".join(kept))

    assert outcome.difference is not None


@each_case_alone(
    ("spoil", "reason"),
    [
        pytest.param(lambda _: b"", "not a run file", id="empty"),
        pytest.param(lambda _: b"{}", "not a run file", id="another-object"),
        pytest.param(lambda _: b"\xff\xfe\x00", "not a run file", id="bytes"),
        pytest.param(lambda run: run[:-20], "cut off", id="cut-off"),
        pytest.param(lambda run: run.replace(b"Ada", b"Eva"), "changed", id="changed"),
        pytest.param(lambda run: run.replace(b'"run":1', b'"run":99', 1), "format 99", id="newer"),
    ],
)
async def test_what_is_no_run_is_refused(
    world: World, spoil: Callable[[bytes], bytes], reason: str
) -> None:
    """A file that cannot be gone through is refused with what is wrong with it."""
    await campaign(world)
    content = await run_of(world)

    with pytest.raises(RunError, match=reason):
        await replayed(spoil(content))


@each_case_alone(
    "line",
    [
        pytest.param("[]", id="array"),
        pytest.param('{"kind": "exchange"}', id="no-fields"),
        pytest.param('{"kind": "exchange", "number": 1, "after": "x"}', id="wrong-type"),
        pytest.param('{"number": 1}', id="no-kind"),
        pytest.param('{"kind": [], "number": 1}', id="strange-kind"),
        pytest.param("nonsense", id="no-json"),
    ],
)
async def test_line_that_is_no_entry_is_named(world: World, line: str) -> None:
    """A file that was changed on purpose, and wrongly, is refused by its line."""
    await campaign(world)
    head = head_of(await run_of(world)) | {"hash": None}

    with pytest.raises(RunError, match="line 2"):
        await replayed(f"{json.dumps(head)}\n{line}\n".encode())


@each_case_alone(
    "change",
    [
        pytest.param({"chapters": []}, id="no-chapters"),
        pytest.param({"server": {"port": "x"}}, id="bad-settings"),
        pytest.param({"began": "yesterday"}, id="bad-time"),
        pytest.param({"chapters": [{"after": 0, "settings": {}, "clock": {}}]}, id="bad-chapter"),
    ],
)
async def test_first_line_that_cannot_be_used_is_refused(world: World, change: Json) -> None:
    """So is one whose beginning makes no world."""
    head = head_of(await run_of(world)) | change

    with pytest.raises(RunError, match="first line"):
        await replayed(json.dumps(head).encode() + b"\n")


def ran(url: str, act: Callable[[World], Awaitable[Any]]) -> World:
    """Do something in a world of a server, over its socket."""

    async def acted() -> World:
        async with httpx.AsyncClient(base_url=url, trust_env=False) as http:
            world = World(http, (await http.post("/_emulator/worlds", json={"seed": 4})).json())
            await act(world)
            return world

    return asyncio.run(acted())


def test_commands_write_a_run_and_go_through_it(tmp_path: Path) -> None:
    """`history export` writes a file; `replay` needs no server, says so, and exits 0 or 1."""
    path = tmp_path / "run.jsonl"
    with running(Settings(port=0)) as app:
        url = app.worlds.settings.base_url
        world = ran(url, campaign)
        options = ["--url", url, "--world", world.name]
        runner = CliRunner()
        written = runner.invoke(main, ["history", "export", str(path), *options])
        printed = runner.invoke(main, ["history", "export", "-", *options])
        listed = runner.invoke(main, ["history", "--kind", "attempt", *options])
        misplaced = runner.invoke(main, ["history", *options, "export", "-"])
        fetched = recorded(url, world.name)
        with pytest.raises(RunError, match="no world"):
            recorded(url, "nowhere")
    assert (written.exit_code, written.output) == (0, "")
    assert printed.stdout_bytes == path.read_bytes() == fetched
    assert "attempt" in listed.stdout
    assert misplaced.exit_code == 2

    result = runner.invoke(main, ["replay", str(path)])
    shown = runner.invoke(main, ["replay", str(path), "--json"])

    def spoil(entry: Json) -> None:
        entry["status"] = 418

    path.write_bytes(changed(fetched, spoil, "exchange"))
    differs = runner.invoke(main, ["replay", str(path)])
    missing = runner.invoke(main, ["replay", str(tmp_path / "none")])
    path.write_bytes(b"x")
    nonsense = runner.invoke(main, ["replay", str(path)])

    digest = head_of(fetched)["hash"]
    counts = f"3 requests, {head_of(fetched)['entries']} entries"
    assert (result.exit_code, result.output) == (0, f"the same: {counts}, {digest}\n")
    assert json.loads(shown.stdout) == {
        "same": True,
        "requests": 3,
        "entries": head_of(fetched)["entries"],
        "hash": digest,
        "difference": None,
        "recorded_by": head_of(fetched)["emulator"],
    }
    assert (differs.exit_code, '- "status": 418' in differs.output) == (1, True)
    assert (missing.exit_code, nonsense.exit_code) == (2, 2)
    assert replay(fetched).same
