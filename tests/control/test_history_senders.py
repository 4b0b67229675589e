"""Whose requests the history lists: those of clients, and callbacks to the emulator itself."""

from tests.platforms.voicebooker.support import finished
from tests.support import World


async def test_callbacks_to_itself_are_kept_apart_from_requests(world: World) -> None:
    """A webhook that the emulator answers itself names its callback, and can be left out."""
    placed = await finished(world)
    webhooks = placed["details"]["webhooks"]
    await world.http.post(
        "/voicebooker/webhook",
        json={"action": "getBusinessName", "entityId": "xyzBusinessEntityId"},
        headers={"X-Emulator-World": world.name},
    )

    every = (await world.control("GET", "/history?kind=exchange")).json()
    (client,) = (await world.control("GET", "/history?kind=exchange&sender=client")).json()

    assert [each.get("callback_id") for each in every] == [
        *(each["callback_id"] for each in webhooks),
        None,
    ]
    assert client == every[-1]
    assert "callback_id" not in client


async def test_requests_of_one_operation_are_distinguished_by_their_action(world: World) -> None:
    """A request to the webhook says which of the thirteen actions it asks for."""
    placed = await finished(world)

    every = (await world.control("GET", "/history?kind=exchange&brief=true")).json()
    assert [each["action"] for each in every] == [
        each["action"] for each in placed["details"]["webhooks"]
    ]
    for content in (b"", b"[]", b"{", b'{"action": 5}', b"[" * 60_000):
        await world.http.post(
            "/voicebooker/webhook", content=content, headers={"X-Emulator-World": world.name}
        )
    refused = (await world.control("GET", "/history?kind=exchange&limit=5")).json()
    assert [each.get("action") for each in refused] == [None] * 5
