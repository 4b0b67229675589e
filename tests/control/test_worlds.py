"""Worlds: made, told apart, changed, reset and ended."""

from typing import Any

import httpx
import pytest

from emulator.app import create_app
from emulator.settings import Settings
from tests.cases import each_case, each_case_alone
from tests.support import WORKFLOW, World

START = "2026-01-01T00:00:00Z"


async def test_world_is_made_as_asked(http: httpx.AsyncClient) -> None:
    """Every option of a world can be said when it is made, and is shown."""
    asked = {
        "name": "Mine.1_a-b",
        "seed": -7,
        "clock": {"mode": "auto", "speed": 2.5, "now": "2030-06-01T12:00:00+02:00"},
        "auth": "strict",
        "calls_per_second": 0.5,
        "options": {"intron": {"reply_shape": "response_options", "created_status": 201}},
    }

    made = await http.post("/_emulator/worlds", json=asked)

    shown = made.json()
    assert made.status_code == 201
    assert {name: shown[name] for name in ("name", "seed", "auth", "calls_per_second")} == {
        "name": "Mine.1_a-b",
        "seed": -7,
        "auth": "strict",
        "calls_per_second": 0.5,
    }
    assert shown["clock"] == {
        "now": "2030-06-01T10:00:00Z",
        "mode": "auto",
        "speed": 2.5,
        "next_due": None,
    }
    assert shown["options"]["intron"]["reply_shape"] == "response_options"
    assert shown["options"]["intron"]["created_status"] == 201
    assert shown["base_urls"]["intron"].endswith("/intron")
    assert shown["inbox_url"].endswith("/_emulator/inbox/Mine.1_a-b/")
    assert (await http.get("/_emulator/worlds/Mine.1_a-b")).json() == shown


@pytest.mark.parametrize(
    "body", [pytest.param(b"", id="no-body"), pytest.param(b"{}", id="empty-object")]
)
async def test_world_can_be_made_without_a_word(http: httpx.AsyncClient, body: bytes) -> None:
    """What is not said is as the server was started, and the name is one that is free."""
    await http.post("/_emulator/worlds", json={"name": "world-1"})

    made = (await http.post("/_emulator/worlds", content=body)).json()

    assert (made["name"], made["seed"], made["auth"]) == ("world-2", 0, "open")
    assert made["clock"] == {"now": START, "mode": "frozen", "speed": 1.0, "next_due": None}


async def test_worlds_are_listed_in_the_order_they_were_made(http: httpx.AsyncClient) -> None:
    """The default world is there from the start; the others follow."""
    for name in ("b", "a"):
        await http.post("/_emulator/worlds", json={"name": name})

    listed = (await http.get("/_emulator/worlds")).json()

    assert [world["name"] for world in listed] == ["default", "b", "a"]
    assert (await http.get("/_emulator/health")).json()["worlds"] == 3


@each_case(
    ("body", "field"),
    [
        pytest.param({"name": ""}, "name", id="empty-name"),
        pytest.param({"name": "a b"}, "name", id="blank-in-name"),
        pytest.param({"name": "a/b"}, "name", id="slash-in-name"),
        pytest.param({"name": ".a"}, "name", id="leading-dot"),
        pytest.param({"name": "a\n"}, "name", id="line-break"),
        pytest.param({"name": "a" * 65}, "name", id="long-name"),
        pytest.param({"name": 5}, "name", id="name-is-a-number"),
        pytest.param({"seed": "1"}, "seed", id="seed-is-a-text"),
        pytest.param({"seed": 1.5}, "seed", id="seed-is-a-fraction"),
        pytest.param({"seed": 2**63}, "seed", id="seed-too-large"),
        pytest.param({"seed": True}, "seed", id="seed-is-a-bool"),
        pytest.param({"clock": "frozen"}, "clock", id="clock-is-a-text"),
        pytest.param({"clock": {"mode": "fast"}}, "clock.mode", id="mode"),
        pytest.param({"clock": {"speed": 0}}, "clock.speed", id="no-speed"),
        pytest.param({"clock": {"speed": -1}}, "clock.speed", id="backwards"),
        pytest.param({"clock": {"speed": 1_000_001}}, "clock.speed", id="too-fast"),
        pytest.param({"clock": {"now": "today"}}, "clock.now", id="no-time"),
        pytest.param({"clock": {"now": "2026-01-01T00:00:00"}}, "clock.now", id="no-zone"),
        pytest.param({"clock": {"now": "9500-01-01T00:00:00Z"}}, "clock.now", id="too-late"),
        pytest.param({"clock": {"now": "1950-01-01T00:00:00Z"}}, "clock.now", id="too-early"),
        pytest.param({"clock": {"nope": 1}}, "clock.nope", id="unknown-field-of-clock"),
        pytest.param({"auth": "maybe"}, "auth", id="auth"),
        pytest.param({"calls_per_second": 0}, "calls_per_second", id="no-pace"),
        pytest.param({"calls_per_second": 2e6}, "calls_per_second", id="pace-too-fast"),
        pytest.param({"options": {"nope": {}}}, "options.nope", id="unknown-platform"),
        pytest.param({"options": {"intron": 1}}, "options.intron", id="options-are-a-number"),
        pytest.param(
            {"options": {"intron": {"reply_shape": "x"}}}, "options.intron.reply_shape", id="option"
        ),
        pytest.param(
            {"options": {"intron": {"nope": 1}}}, "options.intron.nope", id="unknown-option"
        ),
        pytest.param({"sed": 1}, "sed", id="unknown-field"),
        pytest.param([], "the body", id="not-an-object"),
    ],
)
async def test_bad_world_is_refused_and_the_field_named(
    http: httpx.AsyncClient, body: Any, field: str
) -> None:
    """A world that cannot be is not created; the problem names the field, and says it all."""
    refused = await http.post("/_emulator/worlds", json=body)

    problem = refused.json()
    assert refused.status_code == 400
    assert refused.headers["content-type"] == "application/problem+json"
    assert [error["field"] for error in problem["errors"]] == [field]
    assert (problem["title"], problem["status"]) == ("Bad Request", 400)
    assert field in problem["detail"]
    assert "hint" not in problem
    assert (await http.get("/_emulator/health")).json()["worlds"] == 1


@pytest.mark.parametrize(
    "name", [pytest.param("default", id="default"), pytest.param("mine", id="made")]
)
async def test_name_that_is_taken_is_a_conflict(http: httpx.AsyncClient, name: str) -> None:
    """There is one world of a name; the second is refused and the first stays as it is."""
    await http.post("/_emulator/worlds", json={"name": "mine", "seed": 1})

    refused = await http.post("/_emulator/worlds", json={"name": name, "seed": 2})

    assert refused.status_code == 409
    assert name in refused.json()["detail"]
    assert (await http.get("/_emulator/worlds/mine")).json()["seed"] == 1


async def test_name_that_cannot_be_is_refused_with_its_form(http: httpx.AsyncClient) -> None:
    """The refusal of a name says which names there can be."""
    refused = await http.post("/_emulator/worlds", json={"name": "a b"})

    assert refused.status_code == 400
    assert refused.json()["detail"].startswith("name must have 1 to 64 letters, digits")


async def test_default_world_cannot_be_deleted(http: httpx.AsyncClient) -> None:
    """The default world stays; the refusal says what to do instead."""
    refused = await http.delete("/_emulator/worlds/default")

    assert refused.status_code == 409
    assert "reset" in refused.json()["detail"]
    assert (await http.get("/_emulator/worlds/default")).status_code == 200


async def test_deleted_world_is_gone(http: httpx.AsyncClient, world: World) -> None:
    """After a world was deleted neither its name nor what it knew is there."""
    assert (await http.delete(f"/_emulator/worlds/{world.name}")).status_code == 204

    assert (await http.get(f"/_emulator/worlds/{world.name}")).status_code == 404
    assert (await http.delete(f"/_emulator/worlds/{world.name}")).status_code == 404
    assert (await world.control("GET", "/calls")).status_code == 404
    assert (await http.post(f"/_emulator/inbox/{world.name}/x")).status_code == 404


@pytest.mark.parametrize(
    ("auth", "status"),
    [pytest.param("open", 200, id="open"), pytest.param("strict", 403, id="strict")],
)
async def test_credential_of_a_deleted_world_is_a_strangers(
    http: httpx.AsyncClient, world: World, auth: str, status: int
) -> None:
    """What was a world's credential leads, once the world is gone, where any other does."""
    await world.workflow()
    await http.delete(f"/_emulator/worlds/{world.name}")
    await http.patch("/_emulator/settings", json={"auth": auth})

    listed = await world.intron("GET", "/workflows")

    assert listed.status_code == status
    assert not listed.json()["data"]


async def test_name_of_a_deleted_world_can_be_used_again(
    http: httpx.AsyncClient, world: World
) -> None:
    """A world of the same name and seed begins anew, with the same credentials."""
    await world.workflow()
    await http.delete(f"/_emulator/worlds/{world.name}")

    again = (await http.post("/_emulator/worlds", json={"name": world.name})).json()

    assert again["credentials"] == world.made["credentials"]
    assert (await world.intron("GET", "/workflows")).json()["data"] == []


async def test_credential_leads_to_its_world(http: httpx.AsyncClient) -> None:
    """Requests land in the world whose credential they carry, and no other sees them."""
    worlds = [World(http, (await http.post("/_emulator/worlds")).json()) for _ in range(3)]
    for number, world in enumerate(worlds):
        await world.workflow(name=f"of {number}")

    seen = [
        [each["name"] for each in (await world.intron("GET", "/workflows")).json()["data"]]
        for world in worlds
    ]

    assert seen == [["of 0"], ["of 1"], ["of 2"]]
    anonymous = await http.get(
        "/voicebot/v1/workflows", headers={"Authorization": "Bearer anything"}
    )
    assert anonymous.json()["data"] == []


async def test_header_selects_the_world(http: httpx.AsyncClient, world: World) -> None:
    """X-Emulator-World says which world a request is for, whatever its credential."""
    await world.workflow()

    listed = await http.get(
        "/voicebot/v1/workflows",
        headers={"Authorization": "Bearer anything", "X-Emulator-World": world.name},
    )

    assert len(listed.json()["data"]) == 1


async def test_header_goes_before_the_credential(http: httpx.AsyncClient, world: World) -> None:
    """With a header and another world's credential, the header decides in open worlds."""
    other = World(http, (await http.post("/_emulator/worlds")).json())
    await other.workflow()

    listed = await world.intron("GET", "/workflows", headers={"X-Emulator-World": other.name})

    assert len(listed.json()["data"]) == 1


async def test_unknown_world_is_refused_in_the_vendors_words(world: World) -> None:
    """A vendor's route answers a world that is not there in the vendor's own envelope."""
    refused = await world.intron("GET", "/workflows", headers={"X-Emulator-World": "nope"})

    assert refused.status_code == 404
    assert refused.json() == {
        "data": {},
        "message": "there is no world nope",
        "status": "Error",
    }


async def test_unknown_world_is_a_problem_of_the_control_api(http: httpx.AsyncClient) -> None:
    """A control route for a world that is not there says so, and how to find those there are."""
    refused = await http.get("/_emulator/calls", headers={"X-Emulator-World": "nope"})

    assert refused.status_code == 404
    assert "nope" in refused.json()["detail"]
    assert "/_emulator/worlds" in refused.json()["hint"]


@pytest.mark.parametrize("settings", [pytest.param({"auth": "strict"}, id="strict")])
@pytest.mark.parametrize(
    ("credential", "status"),
    [
        pytest.param("its-own", 200, id="its-own"),
        pytest.param("another-worlds", 403, id="another-worlds"),
        pytest.param("made-up", 403, id="made-up"),
    ],
)
async def test_strict_world_takes_its_own_credential_alone(
    http: httpx.AsyncClient, world: World, credential: str, status: int
) -> None:
    """In strict mode a request needs the credential of the very world it is for."""
    other = (await http.post("/_emulator/worlds")).json()
    key = {
        "its-own": world.key,
        "another-worlds": other["credentials"]["intron"]["api_key"],
    }.get(credential, "made-up")

    answered = await http.get(
        "/voicebot/v1/workflows",
        headers={"Authorization": f"Bearer {key}", "X-Emulator-World": world.name},
    )

    assert answered.status_code == status


async def test_missing_credential_is_always_refused(http: httpx.AsyncClient) -> None:
    """Even an open world wants a credential, whichever."""
    for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": "Basic abc"}):
        refused = await http.get("/voicebot/v1/workflows", headers=headers)
        assert refused.status_code == 403
        assert refused.json()["status"] == "Error"


async def test_settings_can_be_changed_one_by_one(world: World) -> None:
    """A change of settings leaves alone what it does not name, and lasts through a reset."""
    await world.control("PATCH", "/settings", json={"options": {"intron": {"max_batch": 5}}})
    await world.control("PATCH", "/settings", json={"options": {"intron": {"show_status": True}}})
    changed = (await world.control("PATCH", "/settings", json={"calls_per_second": 3})).json()

    assert (changed["auth"], changed["calls_per_second"]) == ("open", 3)
    assert changed["options"]["intron"]["max_batch"] == 5
    assert changed["options"]["intron"]["show_status"] is True
    assert (await world.control("GET", "/settings")).json() == changed
    await world.control("POST", "/reset")
    assert (await world.control("GET", "/settings")).json() == changed


@each_case_alone(
    ("body", "field"),
    [
        pytest.param({"auth": "no"}, "auth", id="auth"),
        pytest.param({"calls_per_second": "many"}, "calls_per_second", id="pace"),
        pytest.param({"seed": 5}, "seed", id="not-a-setting-that-changes"),
        pytest.param({"options": {"nope": {}}}, "options.nope", id="platform"),
        pytest.param(
            {"options": {"intron": {"max_batch": 0}}}, "options.intron.max_batch", id="option"
        ),
    ],
)
async def test_bad_setting_is_refused_and_named(
    world: World, body: dict[str, Any], field: str
) -> None:
    """A setting that does not fit is named, and nothing is changed."""
    before = (await world.control("GET", "/settings")).json()

    refused = await world.control("PATCH", "/settings", json=body)

    assert refused.status_code == 400
    assert [error["field"] for error in refused.json()["errors"]] == [field]
    assert (await world.control("GET", "/settings")).json() == before


@pytest.mark.parametrize(
    ("method", "path", "body", "detail"),
    [
        pytest.param(
            "PATCH",
            "/_emulator/settings",
            {"auth": "stict"},
            "auth must be open or strict, not 'stict'; did you mean strict?",
            id="choice",
        ),
        pytest.param(
            "PATCH",
            "/_emulator/settings",
            {"atuh": "open"},
            "atuh is not a field of this request; did you mean auth?",
            id="field",
        ),
        pytest.param(
            "GET",
            "/_emulator/calls?statsu=busy&limit=0",
            None,
            "statsu is not a field of this request; did you mean status?",
            id="query",
        ),
        pytest.param(
            "PUT",
            "/_emulator/clock",
            {"speed": -0.5},
            "speed must be more than 0, not -0.5",
            id="number",
        ),
    ],
)
async def test_wrong_value_is_quoted_and_the_right_one_suggested(
    http: httpx.AsyncClient, method: str, path: str, body: Any, detail: str
) -> None:
    """A problem says what is wrong with the value, what is allowed, and what was meant."""
    response = await http.request(method, path, json=body)

    assert response.status_code == 400
    assert detail in response.json()["detail"]
    assert detail.partition(" ")[2] in [each["detail"] for each in response.json()["errors"]]


async def test_changed_auth_holds_at_once(world: World) -> None:
    """A world made strict refuses strangers from the next request on."""
    await world.control("PATCH", "/settings", json={"auth": "strict"})

    refused = await world.http.get(
        "/voicebot/v1/workflows",
        headers={"Authorization": "Bearer x", "X-Emulator-World": world.name},
    )

    assert refused.status_code == 403
    assert (await world.intron("GET", "/workflows")).status_code == 200


async def test_changed_pace_holds_for_batches_under_way(world: World) -> None:
    """A batch is dialled on at the new pace from its next call."""
    await world.control("PATCH", "/settings", json={"calls_per_second": 1})
    await world.place(await world.workflow(), *["+2348000000001"] * 4)
    await world.advance(0)

    await world.control("PATCH", "/settings", json={"calls_per_second": 100})
    await world.advance(1.5)

    queued = await world.control("GET", "/calls?status=queued")
    assert queued.json() == []


async def test_reset_leaves_nothing_but_settings_and_credentials(world: World) -> None:
    """After a reset a world is as it was made: no records, the first time, the same keys."""
    workflow = await world.workflow(call_back_url=world.inbox_url + "done")
    await world.place(workflow, "+2348000000001")
    await world.control("PUT", "/inboxes/other", json={"answers": [500]})
    await world.control("PUT", "/scenarios", json={"mix": {"busy": 1}})
    await world.advance()

    reset = await world.control("POST", "/reset")

    assert reset.status_code == 200
    assert reset.json() == world.made
    for path in ("/calls", "/callbacks", "/inboxes"):
        assert (await world.control("GET", path)).json() == []
    assert (await world.control("GET", "/scenarios")).json()["mix"] == {"answered": 1.0}
    assert (await world.intron("GET", "/workflows")).json()["data"] == []
    kinds = [entry["kind"] for entry in (await world.control("GET", "/history")).json()]
    assert kinds == ["control", "exchange"]
    assert await world.workflow() == workflow


async def test_reset_of_one_world_leaves_the_others(http: httpx.AsyncClient, world: World) -> None:
    """Only the world that is named is reset."""
    other = World(http, (await http.post("/_emulator/worlds")).json())
    await other.workflow()

    await world.control("POST", "/reset")

    assert len((await other.intron("GET", "/workflows")).json()["data"]) == 1


async def test_health_tells_what_is_served(http: httpx.AsyncClient) -> None:
    """The health route answers as soon as vendor requests would be answered."""
    health = await http.get("/_emulator/health")

    assert health.status_code == 200
    assert health.json().keys() == {"status", "version", "store", "worlds"}
    assert health.json()["status"] == "ok"


async def test_front_page_says_where_everything_is(http: httpx.AsyncClient) -> None:
    """The root names each platform's address and the control API's."""
    front = (await http.get("/")).json()

    assert front["platforms"]["intron"].endswith("/intron")
    assert front["control"].endswith("/_emulator")


@each_case_alone(
    ("method", "path", "nearest"),
    [
        pytest.param("GET", "/nowhere/at/all", "", id="nobody's"),
        pytest.param("GET", "/v1/status/7", "GET /voicebot/v1/status/{call_id}", id="cut"),
        pytest.param("POST", "/makeCall", "POST /app/api/v1/makeCall", id="end"),
        pytest.param(
            "GET",
            "/voicebot/v2/accounts/a-name-of-its-own/voicebots",
            "GET /voicebot/api/v2/accounts/{accountId}/voicebots",
            id="mistyped",
        ),
        pytest.param(
            "POST", "/intro/voicebot/v1/workflows", "POST /voicebot/v1/workflows", id="vendor"
        ),
        pytest.param("GET", "/%ff%00%0d%0aX:%20y/" + "x" * 5000, "", id="hostile"),
    ],
)
async def test_unknown_path_is_a_problem_that_names_the_nearest(
    world: World, method: str, path: str, nearest: str
) -> None:
    """A path of no vendor is answered with the paths there are, and is in the history."""
    headers = {"Authorization": f"Bearer {world.key}"}

    refused = await world.http.request(method, path, headers=headers)

    near = refused.headers["X-Emulator-Nearest"].split(", ")
    assert refused.status_code == 404
    assert f"nothing is served at {path[:20]}" in refused.json()["detail"]
    assert refused.json()["detail"].endswith(", ".join(near))
    assert refused.json()["hint"]
    assert len(set(near)) == 3
    assert not nearest or nearest in near
    (entry,) = (await world.control("GET", "/history")).json()
    assert (entry["kind"], entry["platform"], entry["status"]) == ("exchange", None, 404)
    assert entry["nearest"] == near


async def test_vendor_is_served_under_its_name_too(http: httpx.AsyncClient, world: World) -> None:
    """A vendor's paths work at the root and under the vendor's name alike."""
    headers = {"Authorization": f"Bearer {world.key}"}
    made = await http.post("/intron/voicebot/v1/workflows", json=WORKFLOW, headers=headers)

    assert made.status_code == 200
    assert len((await world.intron("GET", "/workflows")).json()["data"]) == 1


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param(
            {"auth": "strict", "options": {"intron": {"unauthorized_status": 401}}}, id="strict"
        )
    ],
)
@pytest.mark.parametrize(
    "credential",
    [pytest.param({"Authorization": "Bearer x"}, id="wrong"), pytest.param({}, id="missing")],
)
async def test_refusal_follows_the_options_of_the_world_that_is_named(
    world: World, credential: dict[str, str]
) -> None:
    """A request refused by the world it names is answered and written down by that world."""
    refused = await world.http.get(
        "/voicebot/v1/workflows", headers={"X-Emulator-World": world.name} | credential
    )

    assert refused.status_code == 401
    assert len((await world.control("GET", "/history")).json()) == 1
    assert (await world.http.get("/_emulator/history")).json()[1:] == []


async def test_unknown_operation_is_written_down_in_the_callers_world(world: World) -> None:
    """A request for no operation is found in the history of the world whose key it carries."""
    await world.intron("GET", "/nope")

    entries = (await world.control("GET", "/history")).json()
    assert [entry["target"] for entry in entries] == ["/voicebot/v1/nope"]
    assert (await world.http.get("/_emulator/history?kind=exchange")).json() == []


@pytest.mark.parametrize(
    "pace",
    [pytest.param(1e-300, id="longer-than-time"), pytest.param(1e-6, id="twelve-days-a-call")],
)
async def test_pace_too_slow_for_any_calendar_is_refused(
    http: httpx.AsyncClient, world: World, pace: float
) -> None:
    """A pace that would reach the end of time is no pace."""
    made = await http.post("/_emulator/worlds", json={"calls_per_second": pace})
    changed = await world.control("PATCH", "/settings", json={"calls_per_second": pace})

    assert (made.status_code, changed.status_code) == (400, 400)


async def test_live_world_deleted_by_its_own_name_stays_dead() -> None:
    """A world ends even if the request that ends it was addressed to it."""
    app = create_app(Settings())
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url=app.worlds.settings.base_url
    ) as http:
        made = await http.post("/_emulator/worlds", json={"clock": {"mode": "live"}})
        world = World(http, made.json())
        inner = app.worlds.get(world.name)
        await world.place(await world.workflow(), "+2348000000001")

        await world.control("DELETE", f"/worlds/{world.name}")

    assert inner.timeline.next_due is not None
    assert inner.time_loop._timer is None


async def test_emulator_takes_its_own_callbacks_under_its_public_address() -> None:
    """Under the address it is told it is reached at, inboxes and control API work."""
    app = create_app(Settings(public_url="https://emulator.example.com/"))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="https://emulator.example.com"
    ) as http:
        world = World(http, (await http.get("/_emulator/worlds/default")).json())
        await world.place(
            await world.workflow(call_back_url=world.inbox_url + "done"), "+23480099012"
        )
        await world.advance()

        assert world.inbox_url.startswith("https://emulator.example.com/")
        assert len(await world.inbox("done")) == 1
