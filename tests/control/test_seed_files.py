"""Seed files: what they fill worlds with, and how mistakes in them are reported."""

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import jsonschema
import pytest

from emulator.app import Emulator, create_app
from emulator.control.seed_file.document import SeedFileError, read_document
from emulator.control.seed_file.example import example
from emulator.control.seed_file.schema import check, json_schema
from emulator.control.seed_file.worlds import load
from emulator.kit.seed_file import seed_section_of
from emulator.platforms import discover
from emulator.settings import Settings
from tests.support import World

VENDORS = discover()
WORKFLOW = """
worlds:
  default:
    intron:
      workflows:
        - name: Reminder
          message: Hello
"""


@pytest.fixture
def app() -> Emulator:
    """An emulator of its own."""
    return create_app(Settings())


@pytest.fixture
async def client(app: Emulator) -> AsyncIterator[httpx.AsyncClient]:
    """A client of it."""
    base_url = app.worlds.settings.base_url
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=base_url) as http:
        yield http


async def loaded(client: httpx.AsyncClient, text: str) -> list[str]:
    """Load a file; the worlds that were left as they are."""
    document = read_document(text, "seed.yaml")
    return await load(client, document, VENDORS, str(client.base_url))


async def refusal(client: httpx.AsyncClient, text: str) -> str:
    """What is said of a file that cannot be loaded."""
    with pytest.raises(SeedFileError) as caught:
        await loaded(client, text)
    return str(caught.value)


async def read(client: httpx.AsyncClient, path: str, world: str = "default") -> Any:
    """A response of the control API about a world."""
    headers = {"X-Emulator-World": world}
    return (await client.get(f"/_emulator{path}", headers=headers)).json()


async def test_demo_world_uses_every_vendor(client: httpx.AsyncClient) -> None:
    """The file that ``init`` writes is complete: it is loaded, and places calls everywhere."""
    text = example(VENDORS, str(client.base_url))

    assert await loaded(client, text) == []

    calls = await read(client, "/calls")
    assert {each["platform"] for each in calls} == set(VENDORS)
    assert [each["status"] for each in await read(client, "/callbacks")] == ["failed"]
    assert (await read(client, "/scenarios"))["mix"]["busy"] > 0


def test_schema_accepts_the_demo_world_and_refuses_a_mistake() -> None:
    """Editors get a schema that is true: it holds for the example, and not for a wrong name."""
    document = read_document(example(VENDORS, ""), "demo")
    validator = jsonschema.Draft202012Validator(json_schema(VENDORS))
    validator.check_schema(json_schema(VENDORS))

    assert list(validator.iter_errors(document.value)) == []
    world = document.value["worlds"]["default"]
    world |= {"inboxs": {}, "options": {"intron": {"created_statu": 201}, "exotl": {}}}
    assert len(list(validator.iter_errors(document.value))) == 3


async def test_schema_is_served(world: World) -> None:
    """The address in the first line of a file is that of the schema."""
    assert (await world.control("GET", "/seed-file.schema.json")).json() == json_schema(VENDORS)


async def test_worlds_start_as_the_file_says(client: httpx.AsyncClient) -> None:
    """Clock, options, scenarios, inboxes and faults are set; a further world has its own seed."""
    text = """
worlds:
  default:
    calls_per_second: 5
    scenarios: {rules: [{match: {number: "+2348012345678"}, scenario: busy}]}
    faults: [{effect: drop, times: 2}]
  other:
    seed: 7
    clock: {mode: frozen, now: 2026-03-01T09:00:00Z}
    options: {intron: {created_status: 201}}
    inboxes: {hook: {answers: [500]}}
"""
    assert await loaded(client, text) == []

    shown = await read(client, "/worlds/other")
    assert (shown["seed"], shown["clock"]["now"]) == (7, "2026-03-01T09:00:00Z")
    assert shown["options"]["intron"]["created_status"] == 201
    assert (await read(client, "/settings"))["calls_per_second"] == 5
    assert (await read(client, "/scenarios"))["rules"][0]["scenario"] == "busy"
    (fault,) = await read(client, "/faults")
    assert (fault["effect"]["kind"], fault["times"]) == ("drop", 2)
    answer = await client.post(f"{shown['inbox_url']}hook")
    assert answer.status_code == 500


async def test_inbox_of_the_world_receives_callbacks(client: httpx.AsyncClient) -> None:
    """``inbox:NAME`` is the URL of an inbox of the same world; ``advance`` lets time pass."""
    text = WORKFLOW.replace("default", "clinic") + (
        '          call_back_url: "inbox:reports"\n'
        '          batches: [{to: "+2348055599012", advance: 60}]\n'
    )
    await loaded(client, text)

    (message,) = await read(client, "/inboxes/reports", "clinic")
    assert message["json"]["request_calls"][0]["status"] == "FAILED"
    assert await read(client, "/calls") == []


async def test_businesses_doctors_and_patients_are_known(client: httpx.AsyncClient) -> None:
    """VoiceBooker's section creates businesses with hours, doctors, and patients."""
    await loaded(client, example(VENDORS, ""))

    business = await read(client, "/voicebooker/businesses/heart-clinic")
    users = await read(client, "/voicebooker/users")

    assert [each["name"] for each in business["agents"]] == ["Dr. Adeyemi", "Dr. Okafor"]
    assert "Ngozi" in {each["firstname"] for each in users}


async def test_agents_are_named_by_messages_and_calls(client: httpx.AsyncClient) -> None:
    """Bimpe's section creates workflows with agents, which messages and calls go to by name."""
    text = """
worlds:
  default:
    bimpe:
      workflows:
        - name: Desk
          system_prompt: Be brief.
          agents: [{name: Amina, description: Answers}]
      calls: [{agent: Amina, number: "+2348012399015"}]
"""
    await loaded(client, text)
    (call,) = await read(client, "/calls")

    assert call["platform"] == "bimpe"
    assert (await read(client, f"/calls/{call['id']}"))["bot"] == "Amina"
    wrong = text.replace("calls: [{agent: Amina", "calls: [{agent: Amna").replace("default", "b")
    assert "seed.yaml:9: worlds.b.bimpe.calls[0].agent: there is no agent Amna" in await refusal(
        client, wrong
    )


async def test_webhooks_of_a_bot_are_set(client: httpx.AsyncClient) -> None:
    """Exotel's section generates a bot and sets its webhooks."""
    text = """
worlds:
  default:
    exotel:
      bots:
        - text: Reminds patients
          webhooks: {session_end: {url: "inbox:ends"}}
          calls: [{number: "+919876599014"}]
"""
    await loaded(client, text)
    await client.post("/_emulator/clock/advance", json={"until": "idle"})

    assert len(await read(client, "/inboxes/ends")) == 1


async def test_accounts_flows_and_calls_are_made(client: httpx.AsyncClient) -> None:
    """Exotel's section sets accounts and flows, which name bots of the file, and places calls."""
    text = """
worlds:
  shop:
    auth: strict
    exotel:
      accounts:
        own: {exophones: ["08047100100"]}
        branch: {status: suspended}
      bots: [{name: helper, text: Helps}]
      flows:
        desk:
          applets: [{kind: voicebot, bot_id: helper}]
          calls: [{number: "+919876599001"}]
      calls:
        - {From: "+919876599001", flow_id: desk, StatusCallback: "inbox:ends"}
        - From: "+919876599001"
          To: "+919876599012"
          StatusCallback: "inbox:ends"
          StatusCallbackEvents: [answered, terminal]
          advance: 600
"""
    await loaded(client, text)

    (bot,) = await read(client, "/bots?platform=exotel", "shop")
    (flow,) = await read(client, "/exotel/flows", "shop")
    assert flow["applets"][0]["bot_id"] == bot["id"]
    shown = [
        (await read(client, f"/calls/{each['id']}", "shop"))["details"]["voice_call"]
        for each in await read(client, "/calls", "shop")
    ]
    assert {each["exophone"] for each in shown} == {"08047100100"}
    assert sorted(each["kind"] for each in shown) == ["flow", "flow", "numbers"]
    assert len(await read(client, "/inboxes/ends", "shop")) == 3
    assert (await read(client, "/exotel/accounts/branch", "shop"))["status"] == "suspended"
    wrong = text.replace("shop", "b").replace("To: ", "Too: ")
    assert (await refusal(client, wrong)).startswith(
        "seed.yaml:17: worlds.b.exotel.calls[1].Too is unknown; did you mean To?"
    )
    wrong = text.replace("shop", "b").replace("flow_id: desk", "flow_id: dsk")
    assert "seed.yaml:15: worlds.b.exotel.calls[0]" in await refusal(client, wrong)


async def test_world_in_use_is_left_as_it_is(client: httpx.AsyncClient) -> None:
    """A second load changes nothing: worlds of a data file are not filled twice."""
    text = example(VENDORS, "") + "\n  other: {seed: 7}\n"
    assert await loaded(client, text) == []
    calls = len(await read(client, "/calls"))

    assert await loaded(client, text) == ["default", "other"]
    assert len(await read(client, "/calls")) == calls


async def test_world_without_calls_is_in_use_too(client: httpx.AsyncClient) -> None:
    """A file that creates no call is not loaded twice either."""
    assert await loaded(client, WORKFLOW) == []

    assert await loaded(client, WORKFLOW) == ["default"]


async def test_refused_file_leaves_nothing_behind(client: httpx.AsyncClient) -> None:
    """After a refusal the worlds are as before, so that a corrected file is loaded."""
    good = f"{WORKFLOW}    calls_per_second: 3\n  other: {{seed: 7}}\n"
    wrong = f"{good}  last: {{faults: [{{effect: drop, match: {{operation: nothing}}}}]}}\n"
    before = [await read(client, path) for path in ("/settings", "/worlds")]

    assert "seed.yaml:10: worlds.last.faults[0]" in await refusal(client, wrong)

    assert [await read(client, path) for path in ("/settings", "/worlds")] == before
    assert await loaded(client, good) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(
            WORKFLOW + "          mesage: x\n",
            "seed.yaml:8: worlds.default.intron.workflows[0].mesage is unknown; "
            "did you mean message?",
            id="field",
        ),
        pytest.param(
            "worlds:\n  default:\n    intro: {}\n",
            "seed.yaml:3: worlds.default.intro is unknown; did you mean intron?",
            id="vendor",
        ),
        pytest.param(
            "worlds:\n  a:\n    auth: stict\n",
            "seed.yaml:3: worlds.a.auth must be open or strict, not 'stict'; did you mean strict?",
            id="word",
        ),
        pytest.param(
            "worlds:\n  default:\n    seed: 1\n",
            "seed.yaml:3: worlds.default.seed cannot be set here: start with --seed",
            id="default-seed",
        ),
        pytest.param(
            "worlds:\n  a:\n    options: {exotl: {}}\n",
            "seed.yaml:3: worlds.a.options.exotl is unknown; did you mean exotel?",
            id="option",
        ),
        pytest.param("worlds:\n  a b: {}\n", "seed.yaml:2: worlds.a b is not a name", id="name"),
        pytest.param("a:\n\tb: 1\n", "seed.yaml:2: this is not YAML: a tab cannot", id="tab"),
        pytest.param("", "seed.yaml:1: must begin with `worlds:`", id="empty"),
        pytest.param("a: [", "seed.yaml:1: this is not YAML: ", id="yaml"),
        pytest.param("worlds:\n  a: {}\n  a: {}\n", "seed.yaml:3: a is given twice", id="twice"),
        pytest.param(
            "worlds:\n  a:\n    scenarios:\n      mix: {answred: 1}\n",
            "seed.yaml:4: worlds.a.scenarios.mix.answred: mix.answred is not a scenario (did you",
            id="refused-by-the-control-api",
        ),
        pytest.param(
            WORKFLOW
            + '          batches:\n            - to: "+2348012345678"\n'
            + "              scenario: bsy\n",
            "seed.yaml:10: worlds.default.intron.workflows[0].batches[0].scenario: scenario ",
            id="refused-by-a-vendor",
        ),
    ],
)
async def test_mistake_is_reported_with_its_line(
    client: httpx.AsyncClient, text: str, said: str
) -> None:
    """Whatever is wrong, the message begins with file and line and names the field."""
    assert (await refusal(client, text)).startswith(said)


def test_scalars_are_those_of_json() -> None:
    """Times, dates, phone numbers and words such as ``no`` stay text."""
    text = "[no, 09:00, 2026-01-01, +2348012345678, 012, 1, -1.5, true, null, '1']"

    assert read_document(text, "x").value == [
        *("no", "09:00", "2026-01-01", "+2348012345678", "012"),
        *(1, -1.5, True, None, "1"),
    ]


@pytest.mark.parametrize("vendor", VENDORS.values(), ids=lambda each: each.name)
def test_section_and_example_of_each_vendor_fit(vendor: Any) -> None:
    """A vendor with a section has an example of it, which has no mistake; its comments neither."""
    part = seed_section_of(vendor)
    if part.section is None:
        return  # a vendor needs none

    for text in (part.example, re.sub(r"(?m)^( *)# ", r"\1", part.example)):
        document = read_document(f"worlds: {{a: {{{vendor.name}: null}}}}", vendor.name)
        document.value["worlds"]["a"][vendor.name] = read_document(text, "seed.yaml").value
        assert check(document, VENDORS).worlds
    assert not vendor.problems
