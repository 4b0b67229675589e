"""Text between commands and terminals whose encoding cannot hold all of it."""

import sys
from collections.abc import Sequence
from contextlib import suppress

import click


def escape_unencodable() -> None:
    """Print characters that the encoding of the output lacks as escapes."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, ValueError):  # replaced by something that has no encoding
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]


def check_arguments(arguments: Sequence[str]) -> None:
    """Raise UsageError for an argument whose bytes are no text in the terminal's encoding."""
    for argument in arguments:
        try:
            argument.encode()
        except UnicodeEncodeError:
            shown = argument.encode(errors="backslashreplace").decode()
            raise click.UsageError(f"the argument {shown} is not valid text") from None
