"""``demo``: the work, with everything that it imports."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from emulator.app import Emulator
from emulator.cli.output import echo, fail
from emulator.clock import ClockMode
from emulator.kit.demo import DemoClient, Story, ask
from emulator.server import running
from emulator.settings import Settings


def play(*, as_json: bool) -> None:
    """Play the demonstration, and print what happened."""
    with running(Settings(port=0, clock=ClockMode.FROZEN)) as app:
        story, shown = asyncio.run(_played(app))
    if as_json:
        echo(json.dumps(shown, indent=2))
    else:
        _print(story, shown)


async def _played(app: Emulator) -> tuple[Story, dict[str, Any]]:
    import httpx  # noqa: PLC0415  # start-up time of the other commands

    worlds = app.worlds
    base_url = worlds.settings.base_url
    stories = {name: each.demo.story for name, each in app.platforms.items() if each.demo.story}
    if not stories:
        fail("no vendor has a demonstration: the demo.py of a vendor's folder defines one")
    name, place = next(iter(stories.items()))
    async with httpx.AsyncClient(base_url=base_url, trust_env=False) as client:
        story = await place(client, worlds.credentials(worlds.default, name), base_url)
        return story, await _shown(client, story)


async def _shown(client: DemoClient, story: Story) -> dict[str, Any]:
    """Let all of the story's time pass, and return what happened."""
    passed = await ask(client, "POST", "/_emulator/clock/advance", json={"until": "idle"})
    calls = (await ask(client, "GET", f"/_emulator/calls?batch_id={story.batch_id}"))[::-1]
    return {
        **story.records,
        "calls": [await ask(client, "GET", f"/_emulator/calls/{call['id']}") for call in calls],
        "now": passed["now"],
        "callbacks": await ask(client, "GET", f"/_emulator/inboxes/{story.inbox}"),
    }


def _print(story: Story, shown: Mapping[str, Any]) -> None:
    echo(story.title)
    for call in shown["calls"]:
        steps = "  ".join(f"{step['at'][11:19]} {step['status']}" for step in call["steps"])
        pressed = f"  pressed {call['keys']}" if call["keys"] else ""
        echo(f"  {call['to']}  {call['scenario']:<16}{steps}{pressed}")
    echo(f"all of it took until {shown['now']} on the world's clock")
    for callback in shown["callbacks"]:
        echo(f"{callback['method']} {callback['path']} at {callback['received_at']}")
        echo(f"  {story.summary(callback['json'])}")
