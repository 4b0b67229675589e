"""Two emulators get the same requests; one of them has a file and is killed now and then."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import httpx
from hypothesis import settings as effort, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from emulator.app import Emulator, create_app
from emulator.domain.scenarios import MAGIC_NUMBERS
from emulator.settings import Settings
from emulator.world.world import World
from tests.effort import examples
from tests.files import kill, tables
from tests.support import BOT, ENDS, WORKFLOW, unwrapped

NUMBERS: Final = [
    "+2348000000001",
    "2348000000002",
    *(f"+23480000{each}" for each in MAGIC_NUMBERS),
]
OWN: Final = {"behavior": "answered", "ring_seconds": 1, "talk_seconds": 2.5, "keys": "2"}
REQUEST_FAULTS: Final = (
    {"kind": "error", "status": 429, "retry_after": 30},
    *({"kind": kind} for kind in ("reset", "truncate", "accept_then_error", "accept_then_reset")),
)
OTHER_FAULTS: Final = (
    {"kind": "capacity", "calls": 1},
    {"kind": "capacity", "calls": 3},
    *({"kind": kind} for kind in ("outage", "busy_lines", "slow_answer")),
    *({"kind": kind} for kind in ("duplicate", "delay", "reorder", "drop")),
    *({"kind": kind} for kind in ("late_regression", "conflicting_final", "unknown_status")),
)
CHANGED: Final = {"source_version": "v1", "data": {"name": "Maya"}}
MAX_WORLDS: Final = 4
"""Worlds at the same time."""
BASIC_READS: Final = ("/_emulator/calls?limit=1000", "/_emulator/callbacks", "/_emulator/export")
READS: Final = (
    *BASIC_READS,
    "/voicebot/v1/workflows",
    "/_emulator/calls?status=completed",
    "/_emulator/inboxes",
    "/_emulator/inboxes/done",
    "/_emulator/scenarios",
    "/_emulator/faults",
    "/_emulator/clock",
    "/_emulator/settings",
    "/_emulator/snapshots",
)

which = st.integers(0, 12)
"""Which of those there are, counted round."""


class Twins(RuleBasedStateMachine):
    """Whatever the requests and their order, a file and a kill make no difference."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = TemporaryDirectory()
        self.clients: list[httpx.AsyncClient] = []
        self.touched = "default"

    @initialize(
        checkpoint_bytes=st.sampled_from([1, 5_000, 2**40]),
        process_bytes=st.sampled_from([0, 2**40]),
        seed=st.integers(0, 3),
    )
    def begin(self, checkpoint_bytes: int, process_bytes: int, seed: int) -> None:
        self.settings = Settings(
            seed=seed,
            data=Path(self.folder.name) / "worlds.json",
            checkpoint_bytes=checkpoint_bytes,
            checkpoint_process_bytes=process_bytes,
        )
        self.memory = create_app(self.settings.model_copy(update={"data": None}))
        self.durable = create_app(self.settings)
        self.clients = [self.client(app) for app in (self.memory, self.durable)]
        self.worlds = ["default"]
        self.made = 0

    def client(self, app: Emulator) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app),
            base_url=self.settings.base_url,
            headers={"Authorization": "Bearer x"},
        )

    def ask(self, method: str, path: str, world: str, **rest: Any) -> Any:
        """Send the same request to both, and return both responses."""
        headers = {"X-Emulator-World": world}
        first, second = [
            self.loop.run_until_complete(answer(client, method, path, headers=headers, **rest))
            for client in self.clients
        ]
        assert (second.status_code, second.text) == (first.status_code, first.text)
        self.answered = first
        if world in self.worlds:
            self.touched = world
        if "/inbox/" in path or path.endswith("/v1/call") or not first.content:
            return None  # whatever the fault was to send
        assert first.status_code < 500, first.text
        return first.json()

    def control(self, method: str, path: str, world: str, **rest: Any) -> Any:
        return self.ask(method, f"/_emulator{path}", world, **rest)

    def world(self, number: int) -> str:
        """Choose one of the worlds."""
        return self.worlds[number % len(self.worlds)]

    def one_of(self, found: list[Any], pick: int) -> str:
        """Choose the id of one of the found records, or none."""
        return str(found[pick % len(found)]["id"]) if found else "none"

    def inbox(self, world: str, name: str) -> str:
        return f"{self.settings.base_url}/_emulator/inbox/{world}/{name}"

    def workflow(self, world: str, pick: int) -> str:
        """Choose one of the workflows, or create one."""
        found = self.ask("GET", "/voicebot/v1/workflows", world)["data"]
        if pick < len(found):
            return str(found[pick]["id"])
        body = WORKFLOW | {"call_back_url": self.inbox(world, "done" if pick % 3 else "other")}
        return str(self.ask("POST", "/voicebot/v1/workflows", world, json=body)["data"]["id"])

    def exotel(self, method: str, path: str, world: str, **rest: Any) -> Any:
        made = self.control("GET", f"/worlds/{world}", world)
        account = made["credentials"]["exotel"]["account_id"]
        return self.ask(method, f"/voicebot/api/v2/accounts/{account}{path}", world, **rest)

    def bot(self, world: str, pick: int) -> str:
        """Choose one of the bots, or create one."""
        self.exotel("GET", "/voicebots", world)
        found = unwrapped(self.answered)["data"]
        if pick % 4 < len(found):
            return str(found[pick % 4]["bot_id"])
        self.exotel("POST", "/bot-generation", world, files={"text_content": (None, BOT)})
        job = unwrapped(self.answered)["id"]
        self.control("POST", "/clock/advance", world, json={"seconds": 10})
        self.exotel("GET", f"/bot-generation/{job}", world)
        return str(unwrapped(self.answered)["bot_id"])

    @rule(number=which, pick=which, name=st.sampled_from(["Ada", "Obi 🎉"]))
    def change_workflow(self, number: int, pick: int, name: str) -> None:
        world = self.world(number)
        path = f"/voicebot/v1/workflows/{self.workflow(world, pick)}"
        self.ask("PUT", path, world, json={"name": name, "message": f"{name} [time]"})

    @rule(number=which, pick=which)
    def delete_workflow(self, number: int, pick: int) -> None:
        world = self.world(number)
        self.ask("DELETE", f"/voicebot/v1/workflows/{self.workflow(world, pick)}", world)

    @rule(
        number=which,
        pick=which,
        numbers=st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=9),
    )
    def place(self, number: int, pick: int, numbers: list[str]) -> None:
        self.campaign(self.world(number), pick, numbers)

    @rule(
        number=which,
        pick=which,
        seconds=st.sampled_from([0.35, 5, 42, 80]),
        count=st.integers(1, 9),
    )
    def place_and_pass_time(self, number: int, pick: int, seconds: float, count: int) -> None:
        world = self.world(number)
        self.campaign(world, pick, NUMBERS[-count:])
        self.control("POST", "/clock/advance", world, json={"seconds": seconds})

    def campaign(self, world: str, pick: int, numbers: list[str]) -> None:
        workflow = self.workflow(world, pick)
        params = [
            {"phone_number": number, "workflow_variables": {"name": "Ada", "time": place}}
            for place, number in enumerate(numbers)
        ]
        body = {"workflow_id": workflow, "workflow_params": params}
        self.ask("POST", "/voicebot/v1/call", world, json=body)
        self.ask("GET", f"/voicebot/v1/workflows/{workflow}/requests", world)
        self.ask("GET", f"/voicebot/v1/workflows/{workflow}/calls?status=COMPLETED", world)

    @rule(number=which, seconds=st.sampled_from([0, 0.35, 2, 5, 11.5, 30, 61, 130]))
    def advance(self, number: int, seconds: float) -> None:
        self.control("POST", "/clock/advance", self.world(number), json={"seconds": seconds})

    @rule(number=which)
    def advance_until_idle(self, number: int) -> None:
        self.control("POST", "/clock/advance", self.world(number), json={"until": "idle"})

    @rule(
        number=which,
        pick=which,
        status=st.sampled_from(["ringing", "in_progress", "completed", "failed", "canceled"]),
    )
    def move(self, number: int, pick: int, status: str) -> None:
        world = self.world(number)
        if not self.control("GET", "/calls?status=ringing", world):
            self.campaign(world, pick, NUMBERS[:3])
            self.control("POST", "/clock/advance", world, json={"seconds": 0.1})
        call = self.one_of(self.control("GET", "/calls", world), pick)
        self.control("POST", f"/calls/{call}/move", world, json={"status": status})

    @rule(
        number=which,
        scenario=st.sampled_from(["busy", "no_answer", OWN]),
        callee=st.sampled_from([None, NUMBERS[0]]),
        times=st.sampled_from([None, 1, 3]),
        mix=st.sampled_from([{"answered": 1}, {"answered": 1, "busy": 1}]),
    )
    def script(
        self, number: int, scenario: Any, callee: str | None, times: int | None, mix: Any
    ) -> None:
        match = {"number": callee, "next": times}
        rules = [{"match": match, "scenario": scenario}, {"scenario": "hung_up"}][: len(mix)]
        body = {"rules": rules, "mix": mix}
        self.control("PUT", "/scenarios", self.world(number), json=body)

    @rule(
        number=which,
        effect=st.sampled_from([*REQUEST_FAULTS, *OTHER_FAULTS]),
        some=st.sampled_from([{}, {"nth": 2}, {"every": 2}, {"probability": 0.5}]),
        times=st.sampled_from([None, 1, 3]),
        lasts=st.sampled_from([None, 5, 60]),
    )
    def break_it(
        self, number: int, effect: Any, some: Any, times: int | None, lasts: float | None
    ) -> None:
        body = {"effect": effect, "expires_in": lasts, "expires_in_real": None}
        if effect["kind"] != "capacity":
            place = {"operation": "place_calls"} if effect in REQUEST_FAULTS else {}
            body |= {"match": place | some, "times": times}
        self.control("POST", "/faults", self.world(number), json=body)
        assert self.answered.status_code == 201, self.answered.text

    @rule(number=which, pick=which)
    def fix_it(self, number: int, pick: int) -> None:
        world = self.world(number)
        found = self.control("GET", "/faults", world)
        self.control("DELETE", f"/faults/{self.one_of(found, pick)}", world)

    @rule(number=which)
    def generate_bot_in_vain(self, number: int) -> None:
        files = {"text_content": (None, f"{BOT} [[fail: too long]]")}
        self.exotel("POST", "/bot-generation", self.world(number), files=files)

    @rule(number=which, pick=which, status=st.sampled_from(["active", "inactive"]))
    def change_bot(self, number: int, pick: int, status: str) -> None:
        world = self.world(number)
        bot = f"/exotel/bots/{self.bot(world, pick)}"
        self.control("PATCH", bot, world, json={"status": status})
        hook = {"url": self.inbox(world, "done")}
        hooks = {"session_start": hook, "session_end": hook}
        self.control("PUT", f"{bot}/webhooks", world, json=hooks)

    @rule(number=which, pick=which, active=st.booleans())
    def change_version(self, number: int, pick: int, *, active: bool) -> None:
        world = self.world(number)
        bot = self.bot(world, pick)
        self.exotel("POST", f"/voicebots/{bot}/versions", world, json=CHANGED)
        path = f"/exotel/bots/{bot}/versions"
        self.control("PATCH", f"{path}/v1", world, json={"is_active": active})
        self.control("GET", path, world)

    @rule(number=which, pick=which)
    def delete_bot(self, number: int, pick: int) -> None:
        world = self.world(number)
        self.exotel("DELETE", f"/voicebots/{self.bot(world, pick)}", world)

    @rule(number=which, pick=which, scenario=st.sampled_from(["answered", "hung_up", OWN]))
    def call_bot(self, number: int, pick: int, scenario: Any) -> None:
        world = self.world(number)
        body = {"platform": "exotel", "bot_id": self.bot(world, pick), "scenario": scenario} | ENDS
        self.control("POST", "/calls", world, json=body)
        self.exotel("GET", "/voicebot-conversations", world)

    @rule(
        number=which,
        intent=st.sampled_from(["book", "modify", "cancel"]),
        seconds=st.sampled_from([0, 8, 20.5, 45]),
    )
    def call_reception(self, number: int, intent: str, seconds: float) -> None:
        world = self.world(number)
        self.control("POST", "/calls", world, json={"platform": "voicebooker", "intent": intent})
        self.control("POST", "/clock/advance", world, json={"seconds": seconds})

    @rule(
        number=which,
        name=st.sampled_from(["done", "other"]),
        answers=st.lists(st.sampled_from([200, 404, 500, {"status": 500, "body": "é"}])),
    )
    def script_inbox(self, number: int, name: str, answers: list[Any]) -> None:
        self.control("PUT", f"/inboxes/{name}", self.world(number), json={"answers": answers})

    @rule(number=which)
    def empty_inbox(self, number: int) -> None:
        self.control("DELETE", "/inboxes/done", self.world(number))

    @rule(number=which, content=st.sampled_from([b"text", b"\xff\0", b"", "é".encode()]))
    def send_to_inbox(self, number: int, content: bytes) -> None:
        world = self.world(number)
        self.control("POST", f"/inbox/{world}/done", world, content=content)

    @rule(number=which, pick=which)
    def replay(self, number: int, pick: int) -> None:
        world = self.world(number)
        if not self.control("GET", "/callbacks", world):
            self.campaign(world, pick, NUMBERS[:1])
            self.control("POST", "/clock/advance", world, json={"until": "idle"})
        callback = self.one_of(self.control("GET", "/callbacks", world), pick)
        self.control("POST", f"/callbacks/{callback}/replay", world)

    @rule(
        number=which,
        pace=st.sampled_from([10, 0.5, 1000]),
        options=st.sampled_from([{}, {"intron": {"counts_shape": "by_option"}}]),
    )
    def change_settings(self, number: int, pace: float, options: Any) -> None:
        body = {"calls_per_second": pace, "options": options}
        self.control("PATCH", "/settings", self.world(number), json=body)

    @rule(number=which, mode=st.sampled_from(["frozen", "auto"]))
    def set_clock(self, number: int, mode: str) -> None:
        self.control("PUT", "/clock", self.world(number), json={"mode": mode})

    @rule(number=which)
    def reset(self, number: int) -> None:
        self.control("POST", "/reset", self.world(number))

    def begin_world(self, name: str | None = None, **fields: Any) -> None:
        """Create a world; when there are enough, replace the last."""
        if name is None:
            self.made += 1
            name = f"w{self.made}"
        if len(self.worlds) == MAX_WORLDS:
            self.control("DELETE", f"/worlds/{self.worlds.pop()}", "default")
        self.control("POST", "/worlds", "default", json={"name": name} | fields)
        assert self.answered.status_code == 201, self.answered.text
        self.worlds.append(name)

    @rule(seed=st.integers(0, 3))
    def make_world(self, seed: int) -> None:
        self.begin_world(seed=seed)

    @rule()
    def make_world_of_a_name_again(self) -> None:
        if len(self.worlds) == MAX_WORLDS:
            self.begin_world(self.worlds[-1])

    @rule(number=which)
    def fork(self, number: int) -> None:
        self.begin_world(**{"from": self.lasting_world(number)})

    def lasting_world(self, number: int) -> str:
        """Choose a world that the next one does not replace."""
        return self.worlds[number % len(self.worlds[: MAX_WORLDS - 1])]

    def snapshot(self, world: str, pick: int) -> str:
        """Choose one of the snapshots, or take one."""
        found = self.control("GET", "/snapshots", world)
        if pick < len(found):
            return str(found[pick]["name"])
        self.made += 1
        name = f"s{self.made}"
        self.control("POST", "/snapshots", world, json={"name": name})
        return name

    @rule(number=which)
    def take_snapshot(self, number: int) -> None:
        self.snapshot(self.world(number), 100)

    @rule(number=which, pick=which)
    def restore_snapshot(self, number: int, pick: int) -> None:
        world = self.world(number)
        self.control("POST", f"/snapshots/{self.snapshot(world, pick)}/restore", world)

    @rule(number=which, pick=which)
    def fork_from_snapshot(self, number: int, pick: int) -> None:
        self.begin_world(**{"from": self.snapshot(self.lasting_world(number), pick)})

    @rule(number=which, pick=which)
    def drop_snapshot(self, number: int, pick: int) -> None:
        world = self.world(number)
        self.control("DELETE", f"/snapshots/{self.snapshot(world, pick)}", world)

    @rule(number=which, into=which)
    def import_world(self, number: int, into: int) -> None:
        self.control("GET", "/export", self.world(number))
        content = self.answered.content
        self.control("POST", "/import", self.world(into), content=content)

    @rule()
    def restart(self) -> None:
        kill(self.durable)
        self.open_again()

    def open_again(self) -> None:
        """Reopen the file, and compare everything."""
        self.loop.run_until_complete(self.clients[1].aclose())
        self.loop.run_until_complete(self.durable.worlds.transports.close())
        self.durable = create_app(self.settings)
        self.clients[1] = self.client(self.durable)
        assert [tables(world) for world in all_in(self.durable)] == [
            tables(world) for world in all_in(self.memory)
        ]
        self.control("GET", "/worlds", "default")
        for world in self.worlds:
            for path in READS:
                self.ask("GET", path, world)

    @invariant()
    def both_say_the_same(self) -> None:
        if self.clients:
            for path in BASIC_READS:
                self.ask("GET", path, self.touched)

    def teardown(self) -> None:
        try:
            if self.clients:
                self.loop.run_until_complete(self.durable.worlds.stop())
                self.open_again()
                kill(self.durable)
        finally:
            self.loop.run_until_complete(self.close())
            self.loop.close()
            self.folder.cleanup()

    async def close(self) -> None:
        """Close every connection."""
        for client in self.clients:
            await client.aclose()
        if self.clients:
            for app in (self.memory, self.durable):
                await app.worlds.transports.close()


async def answer(client: httpx.AsyncClient, method: str, path: str, **rest: Any) -> httpx.Response:
    """Return the response, or how the connection broke."""
    try:
        return await client.request(method, path, **rest)
    except httpx.TransportError as error:
        return httpx.Response(499, text=str(error))


def all_in(app: Emulator) -> list[World]:
    """Return every world and every snapshot of each."""
    worlds = app.worlds.all()
    return [
        *worlds,
        *(each for world in worlds for each in app.worlds.snapshots.of(world).values()),
    ]


TestTwins = Twins.TestCase
TestTwins.settings = effort(max_examples=examples(3), stateful_step_count=40)
