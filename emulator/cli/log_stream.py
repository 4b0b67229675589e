"""Where the log of ``serve`` goes: text or JSON on standard output, and never in the way.

A program that starts the emulator may stop to read what it prints. Lines then wait up to a limit,
and the server continues.
"""

import json
import os
import select
import sys
from typing import Final

import click

from emulator.cli.log_lines import LogLine

MAX_WAITING_BYTES: Final = 1024 * 1024
"""Of lines that nothing reads; further lines are dropped."""
MAX_BYTES_AT_ONCE: Final = 4096
"""What a pipe that can be written to takes for sure."""
LAST_WAIT_SECONDS: Final = 1
"""How long each part of the last lines waits until it can be written."""


class LogStream:
    """Writes lines to a file descriptor, as far as it takes them."""

    def __init__(self, descriptor: int, *, as_json: bool, is_coloured: bool) -> None:
        self._descriptor = descriptor
        self._as_json = as_json
        self._is_coloured = is_coloured
        self._waiting = bytearray()
        self._dropped = 0

    def write(self, world: str, line: LogLine) -> None:
        """Take a line about a world; ``flush`` writes it."""
        if len(self._waiting) > MAX_WAITING_BYTES:
            self._dropped += 1
            return
        self._waiting += self._formatted(world, line)

    def _formatted(self, world: str, line: LogLine) -> bytes:
        if self._as_json:
            return f"{json.dumps({'world': world} | dict(line.record))}\n".encode()
        text = line.text if world == "default" else f"{line.text}  [{world}]"
        if line.is_failure and self._is_coloured:
            text = click.style(text, fg="red", bold=True)
        return f"{text}\n".encode()

    def _dropped_line(self) -> bytes:
        record = {"kind": "dropped", "lines": self._dropped}
        text = f"{self._dropped} lines were dropped, because nothing read them"
        self._dropped = 0
        return self._formatted("default", LogLine(text, record))

    def close(self, last: str) -> None:
        """Write what waits and a last line, unless nothing reads them."""
        if self._dropped:
            self._waiting += self._dropped_line()
        self._waiting += last.encode() + b"\n"
        self.flush(LAST_WAIT_SECONDS)

    def flush(self, wait_seconds: float = 0) -> None:
        """Write what the other side takes now, or within these seconds."""
        while self._waiting and self._takes_more(wait_seconds):
            part = bytes(self._waiting[:MAX_BYTES_AT_ONCE])
            try:
                del self._waiting[: os.write(self._descriptor, part)]
            except OSError:  # the other side is closed
                self._waiting.clear()
        if self._dropped and not self._waiting:
            self._waiting += self._dropped_line()

    def _takes_more(self, wait_seconds: float) -> bool:
        if sys.platform == "win32":
            return True  # select knows sockets only
        return bool(select.select([], [self._descriptor], [], wait_seconds)[1])
