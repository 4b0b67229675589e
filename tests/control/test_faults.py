"""Fault rules over the control API: adding, listing, deleting, and what is refused."""

import asyncio
import json
from typing import Any, Final

import httpx
import pytest
from hypothesis import given, settings as hypothesis, strategies as st

from emulator.app import create_app
from emulator.domain.faults import Effect
from emulator.platforms import discover
from tests.cases import each_case_alone
from tests.effort import examples
from tests.faults.support import break_it
from tests.support import Json, World

RULE: Json = {
    "match": {"platform": "intron", "operation": "place_calls", "nth": 2},
    "effect": {"kind": "error", "status": 429, "retry_after": 30},
    "times": 3,
    "starts_in": 10,
    "expires_in": 60,
    "expires_in_real": 120,
}


async def faults(world: World) -> Json:
    """The rules there are."""
    return (await world.control("GET", "/faults")).json()


async def refused(world: World, body: Json) -> dict[str, str]:
    """What is wrong with a rule that is refused, by field; nothing has changed."""
    response = await world.control("POST", "/faults", json=body)
    assert (response.status_code, await faults(world)) == (400, []), response.text
    assert response.headers["Content-Type"] == "application/problem+json"
    return {each["field"]: each["detail"] for each in response.json()["errors"]}


async def test_rule_is_shown_as_it_was_made(world: World) -> None:
    """A rule has an id, shows what was asked with the times it means, and counts from nought."""
    made = await world.control("POST", "/faults", json=RULE)

    fault = made.json()
    assert made.status_code == 201
    assert fault == {
        "id": fault["id"],
        "match": RULE["match"],
        "effect": RULE["effect"],
        "times": 3,
        "starts_at": "2026-01-01T00:00:10Z",
        "ends_at": "2026-01-01T00:01:10Z",
        "expires_in_real": 120.0,
        "seen": 0,
        "hits": 0,
        "why_unused": "it starts at 2026-01-01T00:00:10Z, and the clock shows 2026-01-01T00:00:00Z",
    }
    assert await faults(world) == [fault]
    assert (await world.control("GET", f"/faults/{fault['id']}")).json() == fault


async def test_rule_of_one_word_has_defaults(world: World) -> None:
    """An effect may be named alone; a rule lasts an hour of real time unless it says otherwise."""
    made = (await world.control("POST", "/faults", json={"effect": "duplicate"})).json()

    assert made["effect"] == {"kind": "duplicate", "seconds": 1.0, "copies": 1}
    assert (made["ends_at"], made["expires_in_real"]) == (None, 3600.0)


async def test_rules_are_taken_out_alone_or_together(world: World) -> None:
    """Deleting one leaves the others, deleting all leaves none; what is gone is not found."""
    first, second, third = [await break_it(world, "drop") for _ in range(3)]

    gone = await world.control("DELETE", f"/faults/{second['id']}")

    assert (gone.status_code, gone.content) == (204, b"")
    assert await faults(world) == [first, third]
    for method in ("GET", "DELETE"):
        assert (await world.control(method, f"/faults/{second['id']}")).status_code == 404
    assert (await world.control("DELETE", "/faults")).status_code == 204
    assert await faults(world) == []


async def test_dead_test_leaves_nothing_behind(world: World) -> None:
    """On a clock that stands still a rule ends by real time, and is neither shown nor met."""
    fault = await break_it(world, "reset", expires_in_real=0.000001)

    assert await faults(world) == []
    assert (await world.control("GET", f"/faults/{fault['id']}")).status_code == 404
    assert (await world.intron("GET", "/workflows")).status_code == 200


async def test_rule_expires_with_the_worlds_time(world: World) -> None:
    """A rule ends in the moment it says, and not before."""
    await break_it(world, "error", expires_in=10)

    await world.advance(9)
    assert (await world.intron("GET", "/workflows")).status_code == 503
    await world.advance(1)

    assert (await world.intron("GET", "/workflows")).status_code == 200
    assert await faults(world) == []


async def test_reset_and_other_worlds_know_no_rules(world: World, http: httpx.AsyncClient) -> None:
    """A rule is of one world, and gone when that begins anew."""
    await break_it(world, "error")
    other = World(http, (await http.post("/_emulator/worlds")).json())

    assert (await other.intron("GET", "/workflows")).status_code == 200
    await world.control("POST", "/reset")

    assert (await world.intron("GET", "/workflows")).status_code == 200
    await http.delete(f"/_emulator/worlds/{other.name}")


async def test_kinds_are_listed_with_their_parameters(world: World) -> None:
    """Every kind of fault is listed with its defaults; what has none must be said."""
    kinds = {each["kind"]: each for each in (await world.control("GET", "/faults/kinds")).json()}

    assert set(kinds) == set(Effect)
    assert kinds["hang"]["fields"] == {"seconds": 600}
    assert kinds["capacity"] == kinds["capacity"] | {"target": "call", "fields": {"calls": None}}


@each_case_alone(
    ("body", "problems"),
    [
        pytest.param({}, {"effect": "is required"}, id="nothing"),
        pytest.param(
            {"effect": "duplicat"},
            {"effect.kind": "is unknown: 'duplicat'; did you mean duplicate?"},
            id="effect",
        ),
        pytest.param({"effect": {}}, {"effect.kind": "is required"}, id="no-kind"),
        pytest.param({"effect": None}, {"effect": "must be an object"}, id="null"),
        pytest.param(
            {"effect": "error", "starts_in": True}, {"starts_in": "must be a number"}, id="yes"
        ),
        pytest.param(
            {"effect": "error", "starts_in": "5"}, {"starts_in": "must be a number"}, id="text"
        ),
        pytest.param({"effect": {"kind": 1}}, {"effect.kind": "must be a string"}, id="kind-type"),
        pytest.param({"effect": "latency"}, {"effect.seconds": "is required"}, id="field-required"),
        pytest.param(
            {"effect": {"kind": "capacity", "calls": 0, "lines": 1}},
            {
                "effect.calls": "must be at least 1",
                "effect.lines": "is not a field of this request",
            },
            id="two-at-once",
        ),
        pytest.param(
            {"effect": {"kind": "error", "status": 599}},
            {"effect": "has status 599, which HTTP does not define"},
            id="status",
        ),
        pytest.param(
            {"effect": {"kind": "wrong_content_type", "content_type": "a\r\nX: y"}},
            {"effect.content_type": "does not have the required form"},
            id="header-injection",
        ),
        pytest.param(
            {"effect": "drop", "match": {"platform": "intrn"}},
            {
                "match.platform": f"must be one of {', '.join(discover())}, not 'intrn'; "
                "did you mean intron?"
            },
            id="platform",
        ),
        pytest.param(
            {"effect": "drop", "match": {"platform": "bimpe"}},
            {"match.platform": "bimpe sends no callbacks"},
            id="no-callbacks",
        ),
        pytest.param(
            {"effect": "drop", "match": {"platform": "exotel", "event": "session_strt"}},
            {
                "match.event": "must be one of answered, insights_events, passthru, "
                "pre_agent_transfer, ringing, session_end, session_start, stream_address, "
                "terminal, tool_call, transcript_events, not 'session_strt'; "
                "did you mean session_start?"
            },
            id="event",
        ),
        pytest.param(
            {"effect": "reset", "match": {"operation": "place_cals"}},
            {"match.operation": "is unknown: 'place_cals'; did you mean place_calls?"},
            id="operation",
        ),
        pytest.param(
            {"effect": "reset", "match": {"event": "x"}},
            {"match.event": "does not fit the effect: only callbacks have one"},
            id="event-of-a-route",
        ),
        pytest.param(
            {"effect": "outage", "match": {"operation": "place_calls"}},
            {"match.operation": "does not fit the effect: only requests have one"},
            id="operation-of-a-call",
        ),
        pytest.param(
            {"effect": "accept_then_reset", "match": {"operation": "list_workflows"}},
            {
                "match.operation": "is a read, and accept_then_reset applies only to operations "
                "that change something"
            },
            id="read",
        ),
        pytest.param(
            {"effect": "early", "match": {"platform": "bimpe"}},
            {"match.platform": "no request to bimpe leads to a callback"},
            id="early-without-callbacks",
        ),
        pytest.param(
            {"effect": "early", "match": {"platform": "intron", "operation": "create_workflow"}},
            {
                "match.operation": "leads to no callback: it must be one of place_calls, "
                "place_conversations, place_robocalls, not 'create_workflow'"
            },
            id="early-elsewhere",
        ),
        pytest.param(
            {"effect": "drop", "match": {"platform": "intron", "number": "+2348000000001"}},
            {"match.number": "can never match: the callbacks of intron are about whole batches"},
            id="number-of-a-batch",
        ),
        pytest.param(
            {
                "effect": {"kind": "missing_field", "field": "statu"},
                "match": {"platform": "intron"},
            },
            {
                "effect.field": "must be one of integrator_id, request_calls, request_id, stats, "
                "status, not 'statu'; did you mean status?"
            },
            id="field",
        ),
        pytest.param(
            {"effect": "stale_signature"},
            {
                "effect.kind": "can never apply: it needs a platform that documents a time in the "
                "signature of its callbacks, and none does"
            },
            id="stale-signature",
        ),
        pytest.param(
            {"effect": "bad_signature", "match": {"platform": "exotel"}},
            {
                "effect.kind": "can never apply: it needs a platform that documents a signature of "
                "its callbacks, and exotel does not"
            },
            id="bad-signature",
        ),
        pytest.param(
            {"effect": "late_regression", "match": {"platform": "voicebooker"}},
            {
                "effect.kind": "can never apply: it needs a platform that reports an earlier "
                "status before a later one in its callbacks, and voicebooker does not"
            },
            id="no-older-status",
        ),
        pytest.param(
            {"effect": "drop", "match": {"nth": 1, "probability": 0.5}},
            {"match.probability": "cannot be given together with nth"},
            id="nth-and-probability",
        ),
        pytest.param(
            {"effect": {"kind": "capacity", "calls": 1}, "times": 1, "match": {"every": 2}},
            {
                "match.every": "cannot be given together with capacity",
                "times": "cannot be given together with capacity",
            },
            id="capacity",
        ),
        pytest.param(
            {"effect": "drop", "expires_in": 0, "times": 0},
            {"expires_in": "must be more than 0, not 0", "times": "must be at least 1, not 0"},
            id="numbers",
        ),
        pytest.param(
            {"effect": "drop", "starts_in": 9e9, "expires_in": 9e9, "match": {"number": "one"}},
            {"match.number": "must be a phone number"},
            id="number",
        ),
    ],
)
async def test_rule_that_can_never_apply_is_refused(
    world: World, body: Json, problems: dict[str, str]
) -> None:
    """Every field that is wrong is named, with what is nearest to it; nothing changes."""
    assert await refused(world, body) == problems


TEXT: Final = st.text(alphabet=st.characters(), max_size=20)
"""With lone surrogates, which no JSON text may carry."""
VALUES: Final = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**400), 10**400) | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
KINDS: Final = st.sampled_from([*Effect])
SECONDS: Final = st.floats(0, 100) | st.integers(0, 100)


def near_miss(**fields: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    """Objects with any of these fields, each right or anything at all."""
    optional = {name: right | VALUES for name, right in fields.items()}
    return st.fixed_dictionaries({}, optional=optional)


EFFECTS: Final = near_miss(
    kind=KINDS,
    seconds=SECONDS,
    status=st.integers(400, 599) | TEXT,
    calls=st.integers(1, 5),
    copies=st.integers(1, 5),
    field=st.just("status"),
    content_type=st.just("text/plain"),
    body=VALUES,
)
MATCHES: Final = near_miss(
    platform=st.sampled_from(["intron", "exotel", "bimpe", "voicebooker"]),
    operation=st.sampled_from(["place_calls", "list_workflows"]),
    number=st.just("+2348000000001"),
    workflow_id=st.just("w"),
    event=st.sampled_from(["session_end", "request.completed"]),
    nth=st.integers(1, 5),
    every=st.integers(1, 5),
    probability=st.floats(0.1, 1),
)
RULES: Final = near_miss(
    effect=KINDS | EFFECTS,
    match=MATCHES,
    times=st.integers(1, 5),
    starts_in=SECONDS,
    expires_in=SECONDS,
    expires_in_real=SECONDS,
)


@given(RULES | VALUES)
@hypothesis(max_examples=examples(10))
def test_any_body_is_a_rule_or_is_refused(body: Any) -> None:
    """Whatever is sent makes a rule that is listed, or is refused with reasons; never a 500."""

    async def post() -> None:
        app = create_app()
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app), base_url=app.worlds.settings.base_url
        ) as client:
            response = await client.post("/_emulator/faults", content=json.dumps(body))
            listed = await client.get("/_emulator/faults")
        assert response.status_code in {201, 400}, response.text
        assert len(listed.json()) <= (response.status_code == 201)
        assert response.status_code == 201 or response.json()["errors"]

    asyncio.run(post())


async def test_rules_are_limited_in_number(world: World) -> None:
    """A thousand rules are enough; those that have expired do not count."""
    for _ in range(1000):
        await break_it(world, "drop", expires_in=1)
    assert (await world.control("POST", "/faults", json={"effect": "drop"})).status_code == 409

    await world.advance(1)

    assert (await world.control("POST", "/faults", json={"effect": "drop"})).status_code == 201
    assert len(await faults(world)) == 1
