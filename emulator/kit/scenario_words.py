"""A scenario in words, for people."""

from collections.abc import Mapping
from typing import Any, Final

from emulator.kit.json import from_json

CUSTOM_PREFIX: Final = "own:"
"""The name of a custom scenario is this, and the scenario as JSON."""
MAX_NAMED: Final = 3
"""So many tools of a scenario are named."""


def scenario_words(name: str) -> str:
    """Return the name of a built-in scenario, or what a custom one says, in a few words."""
    if not name.startswith(CUSTOM_PREFIX):
        return name
    own: Mapping[str, Any] = from_json(name.removeprefix(CUSTOM_PREFIX))
    words = [own["behavior"].replace("_", " ")]
    for label, field in (("rings", "ring_seconds"), ("talks", "talk_seconds")):
        if field in own:
            words.append(f"{label} {own[field]:g} s")
    if "keys" in own:
        words.append(f"key {own['keys']}" if own["keys"] else "no key")
    for label, field in (("speaks", "language"), ("voice", "voice")):
        if field in own:
            words.append(f"{label} {own[field]}")
    if script := own.get("script"):
        words.append(f"{len(script)} scripted step{'s'[: len(script) > 1]}")
    if tools := own.get("tools"):
        names = " and ".join(each["name"] for each in tools[:MAX_NAMED])
        more = f" and {len(tools) - MAX_NAMED} more" if len(tools) > MAX_NAMED else ""
        words.append(f"tool{'s'[: len(tools) > 1]} {names}{more}")
    return ", ".join(words)
