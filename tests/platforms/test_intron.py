"""Intron's batches, from placing to the callback."""

from tests.support import World


async def test_batch_is_reported_once_when_its_last_call_has_ended(world: World) -> None:
    """However its calls end, a batch's call_back_url hears of it exactly once."""
    workflow_id = await world.workflow(call_back_url=world.inbox_url + "done")
    batch_id = await world.place(workflow_id, "+2348099001", "+2348099011", "+2348099012")

    await world.advance()

    (message,) = await world.inbox("done")
    assert message["json"]["request_id"] == batch_id
    assert [call["status"] for call in message["json"]["request_calls"]] == [
        "COMPLETED",
        "TIMEOUT",
        "FAILED",
    ]
