"""Who speaks when in the recording of a call."""

from tests.platforms.voicebooker.support import ADA, call, finished
from tests.support import World


async def test_turns_of_a_recording_are_listed(world: World) -> None:
    """Turns are in the order in which they begin, with times that the recording has."""
    placed = await finished(world, persona=ADA)
    path = f"/calls/{placed['id']}/recording/turns"

    shown = (await world.control("GET", path)).json()

    said = placed["details"]["transcript"]
    assert [each["text"] for each in shown["turns"]] == [each["text"] for each in said]
    assert shown["seconds"] == placed["talk_seconds"]
    assert {each["speaker"] for each in shown["turns"]} == {"bot", "person"}
    starts = [each["from"] for each in shown["turns"]]
    assert starts == sorted(starts)
    assert all(each["from"] < each["until"] <= shown["seconds"] for each in shown["turns"])


async def test_call_without_a_recording_has_no_turns(world: World) -> None:
    """A call that has not ended, or does not exist, answers 404."""
    placed = await call(world)

    for call_id in (placed["id"], "unknown"):
        refused = await world.control("GET", f"/calls/{call_id}/recording/turns")
        assert refused.status_code == 404
