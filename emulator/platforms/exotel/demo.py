"""Seed data of a demonstration: a voicebot, and two calls to it."""

from typing import Final

from emulator.kit.auth import Credentials
from emulator.kit.demo import DemoClient, ask

BOT: Final = "A clinic's assistant that reminds patients of appointments and moves them"
GENERATION_SECONDS: Final = 10
CALLERS: Final = ("+919876599014", "+919876599015")
"""Magic numbers: one caller hangs up early, the other talks for ten minutes."""


async def seed_demo(client: DemoClient, credentials: Credentials, base_url: str) -> None:
    """Generate a voicebot, wait until it is active, and call it."""
    del base_url
    await ask(
        client,
        "POST",
        f"/voicebot/api/v2/accounts/{credentials['account_id']}/bot-generation",
        files={"text_content": (None, BOT)},
        auth=(credentials["api_key"], credentials["api_token"]),
    )
    await ask(client, "POST", "/_emulator/clock/advance", json={"seconds": GENERATION_SECONDS})
    for caller in CALLERS:
        call = {"platform": "exotel", "number": caller}
        await ask(client, "POST", "/_emulator/calls", json=call)
