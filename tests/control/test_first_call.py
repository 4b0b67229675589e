"""The first call of an app that listens on no port."""

from emulator.settings import Settings
from tests.support import served


async def test_first_call_needs_an_address_for_its_callbacks() -> None:
    """An app without a port says that its inboxes have no address, and places nothing."""
    async with served(Settings(port=0)) as (_, http):
        local = {"Host": "127.0.0.1"}
        asked = {"platform": "intron"}
        refused = await http.post("/_emulator/first-call", json=asked, headers=local)
        calls = await http.get("/_emulator/calls", headers=local)

    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert "its inboxes have no address" in refused.text
    assert calls.json() == []
