"""Assistants, personas, specialisations and voices, as the vendor's own client uses them."""

from typing import Any

import pytest

from tests.cases import each_case, each_case_alone
from tests.support import World, unwrapped

V1 = "/voicebot/api/v1"


@pytest.fixture(
    params=[pytest.param("plain", id="plain"), pytest.param("enveloped", id="enveloped")]
)
def settings(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Both published shapes come from the same handlers, and pass the same tests."""
    return {"options": {"exotel": {"voicebot_shape": request.param}}}


@pytest.fixture
async def path(world: World) -> str:
    """Return the path of an assistant with one agent."""
    body = {"name": "Support", "instruction": "Help.", "agents": [{"role": "main"}]}
    made = await world.exotel("POST", "/assistants", json=body)
    assert made.status_code == 201, made.text
    return f"/assistants/{unwrapped(made)['assistant_id']}"


async def shown(world: World, path: str, **query: str) -> Any:
    response = await world.exotel("GET", path, params=query)
    assert response.status_code == 200, response.text
    return response.json()["response"]["data"]


async def test_flat_and_nested_bodies_mean_the_same(world: World, path: str) -> None:
    """The page sends the configuration flat, the client in ``data``; a flag is a text there."""
    agents = [{"role": "orders", "instruction": "Handle orders"}]
    flat = {"source_version": "v1", "mark_as_stable": True, "agents": agents}
    nested = {"source_version": "v1", "mark_as_stable": "true", "data": {"agents": agents}}

    made = [
        unwrapped(await world.exotel("POST", f"{path}/versions", api, json=body))
        for api, body in (("/api/v2", flat), ("/voicebot/api/v2", nested))
    ]

    assert [(each["version"], each["mark_as_stable"]) for each in made] == [
        ("v2", True),
        ("v3", True),
    ]
    versions = (await shown(world, path, version="v2"))["versions"]
    versions |= (await shown(world, path, version="stable"))["versions"]
    assert versions["v2"]["agents"] == versions["v3"]["agents"] == agents
    assert versions["v2"]["instruction"] == versions["v3"]["instruction"] == "Help."


async def test_stable_is_the_version_last_marked(world: World, path: str) -> None:
    """A version that is not marked is the latest, but another stays the stable one."""
    for flag in ("TRUE", False, "false", None):
        body = {"source_version": "v1"} | ({} if flag is None else {"mark_as_stable": flag})
        made = unwrapped(await world.exotel("POST", f"{path}/versions", json=body))
        assert made["mark_as_stable"] is (flag == "TRUE")

    found = await shown(world, path)

    assert (found["stable_version"], found["latest_version"]) == ("v2", "v5")
    assert list(found["versions"]) == ["v2", "v5"]


async def test_client_finds_agents_where_it_looks(world: World) -> None:
    """A generated bot's assistant has an agent with the text as its instruction."""
    bot_id = await world.bot("A bot for a bakery")
    config = (await world.exotel("GET", f"/voicebots/{bot_id}", V1)).json()["response"]["data"]
    path = f"/assistants/{config['assistant_config']['assistant_id']}"

    found = await shown(world, path, version="stable")

    assert found["versions"]["v1"]["agents"][0]["instruction"] == "A bot for a bakery"


async def test_old_assistant_versions_stay_readable(world: World, path: str) -> None:
    """The control API shows every version with its configuration; what no page names is kept."""
    body = {"source_version": "v1", "persona_id": "p1", "version_description": "New voice"}
    await world.exotel("POST", f"{path}/versions", json=body)
    await world.exotel("POST", f"{path}/versions", json={"source_version": "v2"})

    old, new = [
        (await world.control("GET", f"/exotel{path}/versions/{name}")).json()
        for name in ("v1", "v3")
    ]

    assert (old["version"], "persona_id" in old) == ("v1", False)
    assert (new["persona_id"], new["source_version"]) == ("p1", "v2")


@each_case(
    ("body", "reason"),
    [
        pytest.param({}, "source_version is required", id="no source"),
        pytest.param({"source_version": "v7"}, "source_version v7 is not a version", id="source"),
        pytest.param(
            {"source_version": "v1", "mark_as_stable": "maybe"}, "mark_as_stable must be", id="flag"
        ),
        pytest.param(
            {"source_version": "v1", "mark_as_stable": 1}, "mark_as_stable must be", id="number"
        ),
        pytest.param(
            {"source_version": "v1", "agents": {}}, "agents must be an array", id="agents"
        ),
        pytest.param(
            {"source_version": "v1", "agents": [1]}, "agents[0] must be an object", id="agent"
        ),
        pytest.param(
            {"source_version": "v1", "llm_config": {"temperature": "hot"}},
            "llm_config.temperature must be a number",
            id="temperature",
        ),
        pytest.param(
            {"source_version": "v1", "data": {"llm_config": {"max_tokens": 0}}},
            "data.llm_config.max_tokens must be at least 1",
            id="tokens",
        ),
        pytest.param(
            {"source_version": "v1", "instruction": 5}, "instruction must be a string", id="text"
        ),
    ],
)
async def test_assistant_version_that_does_not_fit_is_refused(
    world: World, path: str, body: Any, reason: str
) -> None:
    """A 400 names the field, and there is no new version."""
    response = await world.exotel("POST", f"{path}/versions", json=body)

    assert (response.status_code, reason in response.text) == (400, True), response.text
    assert (await shown(world, path))["latest_version"] == "v1"


async def test_unknown_assistants_and_versions_are_404(world: World, path: str) -> None:
    """An unknown id or version creates nothing."""
    asked = [("GET", "/assistants/nope"), ("GET", f"{path}?version=v2")]
    answers = [await world.exotel(method, each) for method, each in asked]
    answers.append(
        await world.exotel("POST", "/assistants/nope/versions", json={"source_version": "v1"})
    )

    assert [each.status_code for each in answers] == [404] * 3


@each_case_alone(
    ("kind", "body", "change"),
    [
        pytest.param(
            "personas",
            {"name": "Kind", "instruction": "Be kind", "gender_prompt": "female"},
            {"instruction": "Be kinder"},
            id="personas",
        ),
        pytest.param(
            "specializations",
            {"name": "Tongues", "type": "language_switching", "voicebot_override_config": {"a": 1}},
            {"voicebot_override_config": {"a": 2}},
            id="specialisations",
        ),
    ],
)
async def test_entries_are_created_listed_and_updated(
    world: World, kind: str, body: dict[str, Any], change: dict[str, Any]
) -> None:
    """What was sent comes back with an id; an update keeps the rest."""
    first = unwrapped(await world.exotel("POST", f"/{kind}", V1, json=body))
    await world.exotel("POST", f"/{kind}", V1, json=body | {"name": "Other"})

    changed = unwrapped(await world.exotel("PUT", f"/{kind}/{first['id']}", V1, json=change))

    assert first | change == changed
    assert body.items() <= first.items()
    listed = (await world.exotel("GET", f"/{kind}?limit=50&offset=0", V1)).json()
    page = listed.get("response", listed)["data"]
    assert [each["name"] for each in page] == ["Other", body["name"]]
    assert listed["metadata"] == {"total": 2, "count": 2, "offset": 0, "limit": 50}
    assert (await world.exotel("PUT", f"/{kind}/nope", V1, json=change)).status_code == 404
    refused = await world.exotel("POST", f"/{kind}", V1, json={"instruction": "x"})
    assert (refused.status_code, "name is required" in refused.text) == (400, True)


async def test_voices_of_a_provider_are_listed(world: World) -> None:
    """There is a provider with voices."""
    providers = (await world.exotel("GET", "/voice-providers", V1)).json()
    (provider,) = providers.get("response", providers)["data"]

    voices = (
        await world.exotel("GET", f"/voice-providers/{provider['id']}/voices?limit=100", V1)
    ).json()

    assert voices["metadata"]["count"] == 4
    assert (await world.exotel("GET", "/voice-providers/nope/voices", V1)).status_code == 404


@pytest.mark.parametrize("where", ["flat", "data"])
@pytest.mark.parametrize("way", ["merge", "replace"])
async def test_part_of_a_model_configuration(world: World, path: str, way: str, where: str) -> None:
    """What is not sent of ``llm_config`` stays, or goes by option; the source never changes."""
    options = {"options": {"exotel": {"llm_config": way}}}
    await world.control("PATCH", "/settings", json=options)
    whole = {"model": "gpt-4", "temperature": 0.7, "max_tokens": 1024}
    for config in (whole, {"temperature": 0.1}):
        body: dict[str, Any] = {"llm_config": config}
        sent = body if where == "flat" else {"data": body}
        number = len((await shown(world, path))["versions"])
        made = await world.exotel(
            "POST", f"{path}/versions", json=sent | {"source_version": f"v{number}"}
        )
        assert made.status_code == 200, made.text

    found = await shown(world, path, version="v3")
    first = (await shown(world, path, version="v2"))["versions"]["v2"]["llm_config"]

    expected = whole | {"temperature": 0.1} if way == "merge" else {"temperature": 0.1}
    assert (found["versions"]["v3"]["llm_config"], first) == (expected, whole)


async def test_version_is_written_with_what_it_changes(world: World, path: str) -> None:
    """A small change of a long configuration makes a small row, and is read back in full."""
    long = "x" * 100_000
    before = (await shown(world, path, version="v1"))["versions"]["v1"]
    changes: list[dict[str, Any]] = [
        {"instruction": long},
        {"agents": [{"role": "a"}]},
        {"agents": []},
    ]
    for changed in changes:
        body: dict[str, Any] = {"source_version": "v1", "data": changed}
        if "agents" in changed:
            body["source_version"] = "v2"
        made = await world.exotel("POST", f"{path}/versions", json=body)
        assert made.status_code in {200, 201}, made.text

    content = (await world.control("GET", "/export")).content
    expected = [await shown(world, path, version=f"v{number}") for number in (1, 2, 3, 4)]
    taken = await world.control("POST", "/import", content=content)

    assert content.count(long.encode()) == 1
    assert taken.status_code == 200, taken.text
    assert [await shown(world, path, version=f"v{number}") for number in (1, 2, 3, 4)] == expected
    assert expected[0]["versions"]["v1"] == before
    assert expected[3]["versions"]["v4"]["instruction"] == long
