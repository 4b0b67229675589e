"""Errors: ``RestException`` with the published messages, in JSON or XML as the path asks for.

https://developer.exotel.com/docs/references/error-codes
"""

from typing import Final

from starlette.responses import Response

from emulator.kit.errors import ApiError, KnownError
from emulator.kit.world import World
from emulator.platforms.exotel.calls.responses import wants_json, written

HINT: Final = "X-Emulator-Hint"
"""The header of a refusal that says what to do about it."""
UNAUTHORIZED: Final = "Authentication failed. Verify your API key and token."
PATH_WORDS: Final = {
    word.lower(): word
    for word in ("Accounts", "Calls", "IncomingPhoneNumbers", "Numbers", "ActiveStreams")
}
MESSAGES: Final = {"missing_credential": UNAUTHORIZED, "wrong_credential": UNAUTHORIZED}

known_errors: Final = (
    KnownError("out_of_balance", 402, "documented", ("out_of_balance",)),
    KnownError("suspended", 403, "documented", ("suspended",)),
)
"""Those that the Voicebot API does not have; the others have the same words as there."""


def render_error(world: World, error: ApiError) -> Response:  # noqa: ARG001  # alike in all worlds
    """Write an error."""
    message = MESSAGES.get(error.code) or _problem(error) or _sentence(error.message)
    response = written(
        {"RestException": {"Status": error.status, "Message": message}},
        error.status,
        as_json=wants_json(error.path),
    )
    hint = _case_of_path(error.path) if error.code == "no_operation" else error.hint
    if hint is not None:
        response.headers[HINT] = hint
    return response


def _case_of_path(path: str) -> str | None:
    """Say it if a part of a path that has no operation was sent in another case."""
    for segment in path.split("/"):
        sent = segment.partition(".")[0]
        right = PATH_WORDS.get(sent.lower(), sent)
        if right != sent:
            return f"paths are case-sensitive: {sent} was sent, {right} is read"
    return None


def _problem(error: ApiError) -> str | None:
    """Name the first parameter that is wrong, as the published messages do."""
    for name, problem in error.problems[:1]:
        if not name.startswith("the "):
            return f"The '{name}' parameter {problem}."
    return None


def _sentence(message: str) -> str:
    """Write our words for an error as a sentence."""
    return f"{message[:1].upper()}{message[1:]}{'' if message.endswith('.') else '.'}"
