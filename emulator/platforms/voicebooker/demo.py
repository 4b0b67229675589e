"""Seed data of a demonstration: a call to the bot to book an appointment."""

from typing import Final

from emulator.kit.auth import Credentials
from emulator.kit.demo import DemoClient, ask

PATIENT: Final = "+4917099000123"


async def seed_demo(client: DemoClient, credentials: Credentials, base_url: str) -> None:
    """Call the bot."""
    del base_url
    call = {
        "platform": "voicebooker",
        "intent": "book",
        "sip_id": credentials["sip_id"],
        "from": PATIENT,
    }
    await ask(client, "POST", "/_emulator/calls", json=call)
