"""Errors of the control API in the words of the command line: flags, arguments and commands."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import click

from emulator.cli.output import plain

HINTS: Final = {
    "no_world": "`world list` shows the worlds; `world create NAME` creates one",
    "unrepeatable": "start with a new world on a frozen or an auto clock, or `import` a world: from"
    " there on the history is complete, as long as --keep and --keep-bytes have room",
    "ended": "`world create NAME` creates a new world",
    "token": "give the token that the emulator was started with: --token",
    "server_token": "give the token that the emulator was started with: --token",
    "other_world": "name the world of the token with --world, or give the token that the emulator"
    " was started with: --token",
    "too_large": "start the emulator with a larger --max-body",
    "damaged": "give a world file: `export` and `serve --data` write one",
    "internal": "this is a bug of the emulator; `history --kind control` has the details",
}
"""Hints by the code of a problem, in place of the control API's, which name routes and headers."""
OF_FILES: Final = frozenset({"damaged", "missing_platform"})
"""Problems of a request whose body is a file that the user has named."""
OTHER_NAMES: Final = {"seconds": "duration"}
"""What commands call a field that the control API calls otherwise."""
OTHER_WORLD: Final = "only one world is searched: select another with --world"
FROZEN: Final = "the clock is frozen: `clock advance --idle` lets time pass"
_API_WORDS: Final = re.compile(r"X-Emulator|\b(GET|POST|PUT|PATCH|DELETE)\b|/_emulator")
_PREFIX: Final = re.compile(
    r"^(match|clock|effect|options|mix|quota|rules\[0\](\.match)?|answers\[\d+\])\."
)
"""What comes before a name in the bodies that commands send."""


def unreachable(url: str, error: Exception) -> str:
    """Say that no emulator answers at an address, why, and what to do."""
    reason = re.sub(r"^\[Errno -?\d+\] ", "", str(error))
    return f"no emulator at {url}: {reason}\n`serve` starts one; --url names another"


def lines_of(problem: Mapping[str, Any]) -> Iterator[str]:
    """Say what is wrong, what to do about it, and what a wait has seen."""
    errors, is_file = problem.get("errors"), problem.get("code") in OF_FILES
    if errors:
        yield "; ".join(f"{_option_of(each['field'])} {each['detail']}" for each in errors)
    else:
        detail = str(problem.get("detail", "the emulator refused the request"))
        yield detail.replace("the body", "the file", 1) if is_file else detail
    if hint := _hint_of(problem):
        yield hint
    yield from _seen(problem)


def _option_of(field: str) -> str:
    """Name the flag or the argument that a field of a request was given by."""
    name = _PREFIX.sub("", field)
    name = OTHER_NAMES.get(name, name)
    for param in click.get_current_context().command.params:
        if param.name == name or f"--{name}" in param.opts:
            return param.opts[0] if isinstance(param, click.Option) else param.human_readable_name
    return name


def _hint_of(problem: Mapping[str, Any]) -> str:
    clock = problem.get("clock")
    if clock is not None and clock["mode"] == "frozen" and clock["next_due"]:
        return FROZEN
    code, hint = problem.get("code", ""), str(problem.get("hint", ""))
    if code in HINTS:
        return HINTS[code]
    if _API_WORDS.search(hint):
        return OTHER_WORLD if code == "not_found" else ""
    return hint


def _seen(problem: Mapping[str, Any]) -> Iterator[str]:
    """Show the messages that arrived in a wait that timed out, and the state of the clock."""
    for each in problem.get("arrived", ()):
        line = f"{each['received_at']}  {each['method']}  {each['path']}  {each['body']}"
        yield f"arrived    {plain(line)}"
    for each in problem.get("elsewhere", ()):
        yield f"elsewhere  {each['messages']} at {each['name']}"
    if "clock" in problem:
        clock = problem["clock"]
        due = f"next due {clock['next_due']}" if clock["next_due"] else "nothing is due"
        yield f"clock      {clock['mode']}, {clock['now']}, {due}"
