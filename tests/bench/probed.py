"""A server that measures how long it works between two turns of its event loop.

``python -m tests.bench.probed SETTINGS``: serves with these settings, in JSON, and answers each
line on its standard input with the longest turn since the line before: the milliseconds of
processor time of the event loop, and those of all threads meanwhile. Processor time does not
depend on what else the machine does. After the line ``rest`` it measures nothing until the next.
"""

import asyncio
import json
import sys
from time import process_time, thread_time
from typing import Final

from emulator.app import Emulator
from emulator.server import serve
from emulator.settings import Settings

MILLISECONDS: Final = 1000
TURNS_SECONDS: Final = 0.05
"""Then the turn that wrote the last response has been counted."""


class Probe:
    """Wakes in every turn of the loop, and keeps the longest time between two of them."""

    def __init__(self) -> None:
        self.longest = self.of_all = 0.0

    async def start(self, _: Emulator) -> None:
        """Watch the present loop, and answer lines from standard input."""
        loop = asyncio.get_running_loop()
        loop.add_reader(sys.stdin.fileno(), self._answer)
        self._start_watching()

    def _start_watching(self) -> None:
        self._is_watching = True
        self._task = asyncio.get_running_loop().create_task(self._watch())

    async def _watch(self) -> None:
        while self._is_watching:
            own, all_threads = thread_time(), process_time()
            await asyncio.sleep(0)  # noqa: TID251  # the next turn
            self.longest = max(self.longest, thread_time() - own)
            self.of_all = max(self.of_all, process_time() - all_threads)

    def _answer(self) -> None:
        line = sys.stdin.readline()
        if not line:
            asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
            return
        if line == "rest\n":
            self._is_watching = False
        elif not self._is_watching:
            self._start_watching()
        asyncio.get_running_loop().call_later(TURNS_SECONDS, self._tell)

    def _tell(self) -> None:
        found = [MILLISECONDS * self.longest, MILLISECONDS * self.of_all]
        print(json.dumps(found), flush=True)  # noqa: T201  # its output
        self.longest = self.of_all = 0.0


if __name__ == "__main__":
    settings = Settings.model_validate(json.loads(sys.argv[1]))
    serve(settings, lambda *_: None, prepare=Probe().start)
