"""A world as environment variables: what ``exec`` gives its command, and ``world env`` prints."""

import json
import shlex
from collections.abc import Callable, Mapping
from typing import Any, Final

Variables = dict[str, str]


def variables_of(world: Mapping[str, Any], url: str, token: str | None) -> Variables:
    """Return the addresses and credentials of a world, each after the name of its platform.

    ``world``: as the control API shows it.
    """
    found = {
        "VOICEBOT_EMULATOR_URL": url,
        "VOICEBOT_EMULATOR_WORLD": world["name"],
        "VOICEBOT_EMULATOR_INBOX_URL": world["inbox_url"],
    }
    if token is not None:
        found["VOICEBOT_EMULATOR_TOKEN"] = token
    for name, address in world["base_urls"].items():
        found[f"{name}_BASE_URL".upper()] = address
        for key, value in world["credentials"][name].items():
            found[f"{name}_{key}".upper()] = value
    return found


def _sh(variables: Variables) -> str:
    return "\n".join(f"export {name}={shlex.quote(text)}" for name, text in variables.items())


def _dotenv(variables: Variables) -> str:
    return "\n".join(f"{name}={shlex.quote(text)}" for name, text in variables.items())


def _fish(variables: Variables) -> str:
    return "\n".join(f"set -gx {name} {_fish_quoted(text)}" for name, text in variables.items())


def _fish_quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _powershell(variables: Variables) -> str:
    doubled = ((name, text.replace("'", "''")) for name, text in variables.items())
    return "\n".join(f"$env:{name} = '{text}'" for name, text in doubled)


def _json(variables: Variables) -> str:
    return json.dumps(variables, indent=2)


FORMATS: Final[dict[str, Callable[[Variables], str]]] = {
    "sh": _sh,
    "dotenv": _dotenv,
    "fish": _fish,
    "powershell": _powershell,
    "json": _json,
}
"""How variables are written, by the name of the format."""
