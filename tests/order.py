"""The order of the tests: the slowest run first, so that no worker is left with one at the end.

With ``--dist worksteal`` each worker has a share of the tests, and takes from the ends of others'
shares once it is through with its own. Tests that start a browser, or import much, are of one lane:
the share of one worker begins with them, and no other worker starts or imports the same.
"""

from collections.abc import Sequence
from itertools import islice
from typing import Final, Protocol, TypeVar

LANES: Final = (
    (
        "tests/test_new_vendor.py",
        "tests/openapi/test_conformance.py",
        "tests/openapi/test_control.py",
        "tests/http/test_turns.py",
        "tests/platforms/exotel/test_voice_lists.py",
        "tests/platforms/test_records.py",
        "tests/platforms/voicebooker/test_check_webhook.py",
    ),
    ("tests/dashboard/",),
    (
        "tests/test_wheel.py",
        "tests/testing/test_beside_other_tools.py",
        "tests/testing/test_pytest_plugin.py",
        "tests/docs/test_examples.py",
        "tests/test_readme.py",
        "tests/persistence/test_crash.py",
        "tests/test_load.py",
        "tests/persistence/test_data.py",
        "tests/cli/test_exec.py",
        "tests/http/test_java_client.py",
    ),
)
"""Files and folders, slowest first: generated requests, the browser, and processes."""


class Named(Protocol):
    """A test."""

    @property
    def nodeid(self) -> str:
        """Its file and name."""


Item = TypeVar("Item", bound=Named)


def slow_first(items: Sequence[Item], workers: int = 1) -> list[Item]:
    """Return the tests so that the share of each worker begins with lanes of its own."""
    named = [(each.nodeid, each) for each in items]
    lanes = [[each for name in lane for at, each in named if at.startswith(name)] for lane in LANES]
    slow = tuple(name for lane in LANES for name in lane)
    quick = iter([each for at, each in named if not at.startswith(slow)])
    ordered: list[Item] = []
    left = len(items)
    for worker in range(workers):
        own = [each for lane in lanes[worker::workers] for each in lane]
        size = left // (workers - worker)
        left -= size
        ordered += [*own, *islice(quick, max(0, size - len(own)))]
    return [*ordered, *quick]
