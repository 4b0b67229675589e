"""Exotel in use: all that it remembers, and all that it shows of it."""

import wave
from io import BytesIO
from typing import Any, Final

import httpx

from tests.platforms.exotel.tool_use import use_in_call, use_tools
from tests.support import BOT, ENDS, Json, Step, World, unwrapped

V1: Final = "/voicebot/api/v1"
KINDS: Final = (
    "session_start",
    "session_end",
    "transcript_events",
    "insights_events",
    "pre_agent_transfer",
)
WANTS_HUMAN: Final = [
    {"speaker": "user", "text": "My order is late"},
    {"speaker": "user", "text": "I want to talk to a human agent"},
]


def lasting(seconds: int) -> Json:
    """Return a scenario that answers at once and talks for so long."""
    return {"behavior": "answered", "ring_seconds": 1, "talk_seconds": seconds}


async def use(world: World, step: Step) -> None:
    """Create every kind of record that Exotel has, and read all of them."""
    throttled = {"options": {"exotel": {"max_streams": 0}}}  # what bots do is not recorded
    step(await world.control("PATCH", "/settings", json=throttled))
    bots = await make_bots(world, step)
    assistant_id = await make_assistants(world, step)
    entries = await make_entries(world, step)
    await change_bots(world, step, *bots)
    subscribed, plain, doomed = bots
    await use_tools(world, step)
    await use_in_call(world, step, plain)
    await answer_webhooks(world, step)
    calls = [
        await dial(world, step, subscribed, scenario=lasting(40), transcript=WANTS_HUMAN),
        await dial(world, step, subscribed, scenario=lasting(12), direction="outbound"),
        await dial(
            world,
            step,
            plain,
            scenario=lasting(7),
            custom_parameters={"call_setup_url": f"{world.inbox_url}setup"},
        ),
        await dial(world, step, plain, scenario=lasting(5)),
        await dial(world, step, plain, scenario="no_answer"),
        await dial(world, step, doomed, scenario=lasting(9)),
    ]
    voice = await place_voice_calls(world, step)
    for second in range(45):
        step(await world.pass_time(1))
        if second == 3:
            step(await world.exotel("DELETE", f"/voicebots/{doomed}"))
            changed = {"status": "inactive"}
            step(await world.control("PATCH", f"/exotel/bots/{plain}", json=changed))
    for _ in range(2):
        await look_at_calls(world, step, voice)
        await look(world, step, (*bots, assistant_id, *entries), calls)
        step(await world.pass_time())


async def make_bots(world: World, step: Step) -> list[str]:
    """Generate three bots, of which one is deleted later; one more job fails."""
    jobs = []
    for text in (BOT, "A bot called Maya that books tables in Hindi", "Nobody", "No [[fail]]"):
        form = {"text_content": (None, text)}
        jobs.append(unwrapped(step(await world.exotel("POST", "/bot-generation", files=form))))
    shown: list[Json] = []
    for _ in range(11):
        step(await world.pass_time(1))
        shown = [
            unwrapped(step(await world.exotel("GET", f"/bot-generation/{each['id']}")))
            for each in jobs
        ]
    return [each["bot_id"] for each in shown if "bot_id" in each]


async def change_bots(world: World, step: Step, subscribed: str, plain: str, doomed: str) -> None:
    """Set webhooks of two bots, and deactivate versions of the third."""
    hooks: dict[str, Any] = {kind: {"url": world.inbox_url + kind} for kind in KINDS}
    hooks["session_start"]["headers"] = {"Authorization": "Bearer x"}
    hooks["insights_events"] |= {"trigger_type": "timer", "trigger_interval_sec": 15}
    step(await world.control("PUT", f"/exotel/bots/{subscribed}/webhooks", json=hooks))
    one = {"transcript_events": hooks["transcript_events"]}
    step(await world.control("PUT", f"/exotel/bots/{doomed}/webhooks", json=one))
    hooks["insights_events"] = {"url": world.inbox_url, "trigger_type": "timer"}
    step(await world.control("PUT", f"/exotel/bots/{plain}/webhooks", json=hooks))
    step(await world.control("PUT", f"/exotel/bots/{plain}/webhooks", json={}))
    data = {"greeting_message": {"text": "Hello {{who}}"}, "anything": [1, 2.5, {"deep": None}]}
    for source in ("v1", "v2", "v9"):
        body = {"source_version": source, "data": data, "version_description": f"after {source}"}
        step(await world.exotel("POST", f"/voicebots/{plain}/versions", json=body))
    for changes in ({"status": "inactive", "intents": ["book_table"]}, {"status": "active"}):
        step(await world.exotel("PUT", f"/voicebots/{plain}", V1, json=changes))
    for number, is_active in ((5, False), (5, True), (4, False), (5, False)):
        path = f"/exotel/bots/{plain}/versions/v{number}"
        step(await world.control("PATCH", path, json={"is_active": is_active}))


async def make_assistants(world: World, step: Step) -> str:
    """Create an assistant with versions; the stable one is not the latest."""
    asked: Json = {"name": "Ann", "llm_config": {"model": "m", "temperature": 1, "top_p": 0.5}}
    made = step(await world.exotel("POST", "/assistants", json=asked))
    assistant_id = str(unwrapped(made)["assistant_id"])
    path = f"/assistants/{assistant_id}/versions"
    for source, stable, api in (
        ("v1", False, "/voicebot/api/v2"),
        ("stable", True, "/api/v2"),
        ("v2", False, "/api/v2"),
        ("v9", True, "/api/v2"),
    ):
        body = {"source_version": source, "mark_as_stable": stable, "instruction": source}
        step(await world.exotel("POST", path, api, json=body))
    return assistant_id


async def make_entries(world: World, step: Step) -> list[str]:
    """Create personas and specializations, and update the first of each."""
    ids = []
    for path in ("/personas", "/specializations"):
        for name in ("one", "two"):
            asked = {"name": name, "type": "t", "assistant_override_config": {"a": [1]}}
            made = step(await world.exotel("POST", path, V1, json=asked))
            ids.append(unwrapped(made)["id"])
        changed = {"name": "three"}
        step(await world.exotel("PUT", f"{path}/{ids[-2]}", V1, json=changed))
    return ids


async def answer_webhooks(world: World, step: Step) -> None:
    """Set responses to webhooks: valid ones, invalid ones, and errors."""
    taken = {
        "greeting_message": {"text": "Hi {{who}}"},
        "session_constants": {"who": "Ada", "age": 7},
        "conversation_assistant_id": "asst_1",
        "webhook_config": {
            "session_end": {"url": f"{world.inbox_url}elsewhere", "headers": {"A": "b"}},
            "insights_events": {
                "url": world.inbox_url,
                "trigger_type": "timer",
                "trigger_interval_sec": 5,
            },
            "session_start": {"url": "nowhere"},
        },
    }
    for name, answers in (
        ("session_start", [{"json": {"response": {"data": taken}}}, {"json": []}]),
        ("setup", [{"json": {"response": {"data": {"greeting_message": "Hello!"}}}}]),
        ("pre_agent_transfer", [{"json": {"response": {"data": {"agent_transfer_message": "!"}}}}]),
        ("transcript_events", [500, 200]),
    ):
        step(await world.control("PUT", f"/inboxes/{name}", json={"answers": answers}))


async def dial(world: World, step: Step, bot_id: str, **more: Json) -> Json:
    """Place a call."""
    body = {"platform": "exotel", "bot_id": bot_id} | ENDS | more
    return step(await world.control("POST", "/calls", json=body)).json()


async def place_voice_calls(world: World, step: Step) -> list[str]:
    """Set flows and an account, and place calls of every kind; return their Sids."""
    sound = BytesIO()
    with wave.open(sound, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(8000)
        written.writeframes(bytes(1600))
    step(await world.control("PUT", "/exotel/sounds/silence", content=sound.getvalue()))
    flows: Json = {
        "talk": {"kind": "voicebot", "url": "ws://169.254.1.1/stream", "extension": {}},
        "menu": {
            "applets": [
                {"kind": "greeting", "text": "Welcome to the clinic"},
                {"kind": "passthru", "url": f"{world.inbox_url}ask", "branches": {"200": "talk"}},
            ]
        },
        "team": {
            "applets": [
                {"kind": "wait", "seconds": 2},
                {"kind": "connect", "to": "+919876599001"},
                {"kind": "stream", "url": "ws://169.254.1.1/listen"},
                {"kind": "passthru", "url": f"{world.inbox_url}note", "async": True},
                {"kind": "hangup"},
            ]
        },
        "gone": {"kind": "hangup"},
    }
    for name, flow in flows.items():
        step(await world.control("PUT", f"/exotel/flows/{name}", json=flow))
    step(await world.control("DELETE", "/exotel/flows/gone"))
    account = {"status": "active", "exophones": ["08047112233"]}
    step(await world.control("PUT", f"/exotel/accounts/{world.account}", json=account))
    sids = []
    for name, fields in {
        "numbers": {"To": "09876599001", "Record": "true"},
        "busy": {"To": "+919876599012"},
        "stream": {"StreamUrl": "ws://169.254.1.1/x", "StreamType": "bidirectional"},
        **{name: {"Url": f"http://my.exotel.com/a/exoml/start_voice/{name}"} for name in flows},
    }.items():
        form = {
            "From": "+919876599001",
            "CallerId": "08047112233",
            "StatusCallback": f"{world.inbox_url}{name}",
            "StatusCallbackEvents[0]": "answered",
            "StatusCallbackEvents[1]": "terminal",
        }
        for path in ("connect.json", "connect"):
            placed = step(await voice(world, "POST", f"/Calls/{path}", data=form | fields))
            if path.endswith("json") and placed.is_success:
                sids.append(placed.json()["Call"]["Sid"])
    flow = {"platform": "exotel", "flow_id": "team", "from": "+919876599001"}
    sids.append(step(await world.control("POST", "/calls", json=flow)).json()["id"])
    return sids


async def voice(world: World, method: str, path: str, **rest: Any) -> httpx.Response:
    """Make a request to the Calls API about this world's account."""
    url = f"/v1/Accounts/{world.account}{path}"
    return await world.http.request(method, url, auth=("key", "token"), **rest)


async def look_at_calls(world: World, step: Step, sids: list[str]) -> None:
    """Read all calls, in both formats, and what there is besides."""
    for path in (
        *("/Calls", "/Calls.json?PageSize=2", "/Calls.json?Duration=gte:1s&Price=gte:0.1"),
        *("/Calls.json?From=09876599001&SortBy=DateCreated:asc", "/Calls.json?Status=completed"),
        *("/IncomingPhoneNumbers", "/IncomingPhoneNumbers.json", "/ActiveStreams"),
        *("/ActiveStreams.json", "/Numbers/09876543210", "/Numbers/09876543210.json"),
    ):
        step(await voice(world, "GET", path))
    for sid in sids:
        for path in (f"/Calls/{sid}", f"/Calls/{sid}.json?details=true", f"/Calls.json/{sid}"):
            step(await voice(world, "GET", path))
        step(await world.control("GET", f"/calls/{sid}"))
        recording = f"/exotelrecordings/{world.account}/calls/{sid}.wav"
        step(await world.http.get(recording, auth=("key", "token")))
    sound = BytesIO()
    with wave.open(sound, "wb") as made:
        made.setparams((1, 2, 8000, 8, "NONE", ""))
        made.writeframes(bytes(16))
    step(await world.control("PUT", "/exotel/sounds/beep", content=sound.getvalue()))
    for stream in step(await world.control("GET", "/exotel/streams")).json():
        path = f"/exotelrecordings/{world.account}/streams/{stream['stream_sid']}.wav"
        step(await world.http.get(path, auth=("key", "token")))
        for path in ("", "/frames"):
            step(await world.control("GET", f"/exotel/streams/{stream['stream_sid']}{path}"))
        recording = f"/exotelrecordings/{world.account}/streams/{stream['stream_sid']}.wav"
        step(await world.http.get(recording, auth=("key", "token")))
    step(await world.control("GET", "/exotel/sounds"))
    for path in ("/exotel/flows", "/exotel/flows/talk", f"/exotel/accounts/{world.account}"):
        step(await world.control("GET", path))
    for name in ("numbers", "busy", "stream", "talk", "menu", "team", "ask", "note"):
        step(await world.control("GET", f"/inboxes/{name}"))


async def look(world: World, step: Step, ids: tuple[str, ...], calls: list[Json]) -> None:
    """Read everything that can be read, by every id."""
    for path in (
        "/voicebots?limit=2",
        "/voicebots?status=inactive&startDate=2026-01-01",
        "/voicebot-conversations?limit=2&offset=1",
        "/voicebot-conversations?fields=transcript,insights",
    ):
        step(await world.exotel("GET", path))
    for path in (
        "/personas",
        "/specializations?limit=1&offset=1",
        "/voice-providers",
        "/voice-providers/emulated/voices",
    ):
        step(await world.exotel("GET", path, V1))
    for each in ids:
        for path in (f"/voicebots/{each}", f"/assistants/{each}", f"/assistants/{each}?version=v2"):
            step(await world.exotel("GET", path))
        for path in (f"/voicebots/{each}", f"/bots/{each}/dp-endpoint"):
            step(await world.exotel("GET", path, V1))
        for path in ("", "/versions", "/versions/v2", "/webhooks"):
            step(await world.control("GET", f"/exotel/bots/{each}{path}"))
        step(await world.control("GET", f"/exotel/assistants/{each}/versions/stable"))
    for call in calls:
        step(await world.exotel("GET", f"/voicebot-conversations/{call['conversation_id']}"))
        step(await world.exotel("GET", f"/sessions/{call['session_id']}/transcript"))
        step(await world.control("GET", f"/calls/{call['id']}"))
        path = f"/exotelrecordings/{world.account}/{call['conversation_id']}.wav"
        step(await world.http.get(path))
    for name in (*KINDS, "setup", "elsewhere"):
        step(await world.control("GET", f"/inboxes/{name}"))
