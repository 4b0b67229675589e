"""Requests to Acme, as tests make them."""

from typing import Any

import httpx

from emulator.platforms.acme import platform
from tests.support import Step, World

TO = "+15550199010"


async def ask(world: World, method: str, path: str, **options: Any) -> httpx.Response:
    """Make a request about the world's account."""
    own = world.made["credentials"]["acme"]
    path = f"/2010-04-01/Accounts/{own['AccountSid']}/{path}"
    return await world.http.request(method, path, headers=platform.auth.headers(own), **options)


async def use(world: World, step: Step) -> None:
    """Use every operation."""
    form = {"To": TO, "StatusCallback": f"{world.inbox_url}status"}
    call = step(await ask(world, "POST", "Calls.json", data=form)).json()
    await world.advance()
    step(await ask(world, "GET", f"Calls/{call['sid']}.json"))
