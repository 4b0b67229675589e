"""Bimpe's records survive forks, snapshots and restarts."""

from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from tests.platforms.bimpe.support import Team, data, visitor
from tests.platforms.bimpe.test_scale import day, everything
from tests.processes import serving
from tests.support import World

STRICT: Final = {"auth": "strict"}


async def agent_of(team: Team) -> str:
    """Return the agent of the day."""
    return str((await team.get("/agents", search="bo"))["data"][0]["id"])


async def copied(team: Team, how: str) -> Team:
    """Return a fork of the world, an import of its export, or itself restored from a snapshot."""
    world = team.world
    if how == "restored":
        name = (await world.control("POST", "/snapshots", json={})).json()["name"]
        await day(team)
        assert (await world.control("POST", f"/snapshots/{name}/restore")).status_code == 200
        return team
    if how == "imported":
        made = (await world.http.post("/_emulator/worlds", json={"seed": 99})).json()
        other = World(world.http, made)
        content = (await world.control("GET", "/export")).content
        assert (await other.control("POST", "/import", content=content)).status_code == 200
        made = (await world.http.get(f"/_emulator/worlds/{other.name}")).json()
        return Team(World(world.http, made))
    made = (await world.http.post("/_emulator/worlds", json={"from": world.name})).json()
    return Team(World(world.http, made))


@pytest.mark.parametrize("settings", [pytest.param(STRICT, id="strict")])
@pytest.mark.parametrize("how", ["forked", "imported", "restored"])
async def test_copy_has_everything_and_continues(team: Team, how: str) -> None:
    """Lists, logs and pending steps are the same in a copy, which has its own keys."""
    await day(team)
    await team.workflow(setup_time=3, name="Whole")
    await team.workflow(setup_time=1.5, name="Broken")
    agent_id = await agent_of(team)
    await team.options(message_response="message")
    await team.write(agent_id, "order", channel_user_id=visitor("late"), channel_username="late")
    made = await team.world.control("POST", "/bimpe/keys", json={"scopes": ["agents:read"]})
    before = await everything(team, agent_id)

    copy = await copied(team, how)

    assert await everything(copy, agent_id) == before
    done = await copy.world.advance()
    assert done["counts"]["steps"] == 1  # the reply that was due
    (late,) = (await copy.get(f"/agents/{agent_id}/conversations", search="late"))["data"] or [{}]
    assert late["last_message_at"] > late["last_seen"]
    keys = (await copy.world.control("GET", "/bimpe/keys")).json()
    assert keys[0]["api_key"] == copy.world.bimpe_key
    for key in keys:
        headers = {"Authorization": f"Bearer {key['api_key']}"}
        shown = await copy.world.http.get("/api/v1/console/agents", headers=headers)
        assert data(shown) == (await copy.get("/agents"))["data"]
    same = made.json()["api_key"] == keys[1]["api_key"]
    assert same == (how == "restored")


@pytest.mark.parametrize("how", ["forked", "imported", "restored"])
async def test_queued_call_is_dialed_in_a_copy(team: Team, how: str) -> None:
    """A queued call is dialed in a copy at the same time."""
    agent_id = await team.agent()
    body = {"destination": "+15551234567", "is_test_call": True}
    made = await team.post(f"/agents/{agent_id}/calls", body)
    path = f"/agents/{agent_id}/calls/{made['call_id']}"

    copy = await copied(team, how)
    queued = await copy.get(path)
    await copy.world.advance(1)
    ringing = await copy.get(path)
    await copy.world.advance()
    ended = await copy.get(path)

    assert [each["status"] for each in (queued, ringing, ended)] == ["queued", "ringing", "ended"]
    assert ringing["ringing_at"] == "2026-01-01T00:00:01Z"
    if copy is not team:
        assert (await team.get(path)) == queued
        await team.world.advance()
        assert (await team.get(path)) == ended


async def test_idempotency_keys_are_copied(team: Team) -> None:
    """A copy returns the first response to a key."""
    body = {"name": "x", "system_prompt": "y"}
    headers = {"Idempotency-Key": "k"}
    first = await team.world.bimpe("POST", "/workflows", json=body, headers=headers)

    copy = await copied(team, "forked")
    again = await copy.world.bimpe("POST", "/workflows", json=body, headers=headers)

    assert again.content == first.content


def test_team_survives_a_restart(tmp_path: Path) -> None:
    """With a data file, a pending reply is sent and a queued call dialed after a restart."""
    data_file = str(tmp_path / "worlds.json")
    lists: list[Any] = []
    statuses: list[str] = []
    for step in range(2):
        with (
            serving("--clock", "frozen", "--data", data_file) as (_, url),
            httpx.Client(base_url=url, trust_env=False, headers={"X-Api-Key": "sk_x"}) as http,
        ):
            console = "/api/v1/console/agents"
            path = f"{console}/{http.get(console).json()['data'][0]['id']}/conversations"
            if step == 0:
                options = {"options": {"bimpe": {"message_response": "message"}}}
                http.patch("/_emulator/settings", json=options)
                body = {"message": "order", "role": "user"}
                user = {"channel_type": "webchat", "channel_user_id": visitor("u")}
                http.post(f"{path}/messages", json=body | user)
                call = {"destination": "+15551234567", "is_test_call": True}
                http.post(path.replace("conversations", "calls"), json=call)
            else:
                http.post("/_emulator/clock/advance", json={"until": "idle"})
            lists.append(http.get(path).json()["data"])
            (call,) = http.get(path.replace("conversations", "calls")).json()["data"]
            statuses.append(call["status"])

    (first,), (second,) = lists
    assert statuses == ["queued", "ended"]
    assert first["id"] == second["id"]
    assert first["last_message_preview"] == "order"
    assert second["last_message_preview"].startswith("I can look that up")
