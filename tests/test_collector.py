"""The garbage collector of a server works in short pauses."""

import subprocess
import sys
from typing import Final

RECORDS: Final = """
import gc
from emulator.collector import keep_collections_short, no_collections

def records():
    return [[number] for number in range(100_000)]

def collections():
    return sum(each["collections"] for each in gc.get_stats())

class Ring:
    pass

freed = []
if SERVES:
    keep_collections_short()
ring = Ring()
ring.ring = ring
ring.__class__.__del__ = lambda ring: freed.append(True)
del ring
with no_collections():
    known = collections()
    kept = records()
    assert collections() == known or not SERVES
assert gc.isenabled()
assert (gc.get_freeze_count() >= 100_000) is SERVES
assert freed or not SERVES
"""

LOOKED_AT: Final = """
import gc
from emulator.collector import NEW_OBJECTS, keep_collections_short

keep_collections_short()
most = 0

def look(phase, info):
    global most
    if phase == "start":
        generations = range(info["generation"] + 1)
        most = max(most, sum(len(gc.get_objects(each)) for each in generations))

gc.callbacks.append(look)
kept = [[number] for number in range(20 * NEW_OBJECTS)]
assert NEW_OBJECTS < most < 3 * NEW_OBJECTS, most
"""


def _run(*, serves: bool) -> None:
    _run_script(f"SERVES = {serves}\n{RECORDS}")


def _run_script(script: str) -> None:
    subprocess.run([sys.executable, "-c", script], check=True)  # noqa: S603  # our own script


def test_records_of_a_large_request_are_set_aside_uncollected() -> None:
    """While many records are made none is looked at, and garbage from before is freed."""
    _run(serves=True)


def test_collector_of_a_user_is_left_alone() -> None:
    """In a process that is not a server's, the collector works as its owner has set it."""
    _run(serves=False)


def test_collection_looks_at_few_objects() -> None:
    """However many objects are made and kept, no collection looks at more than a few turns'."""
    _run_script(LOOKED_AT)
