"""The order of the tests: the slowest run first, so that no worker is left with one at the end."""

from typing import Final

import pytest

SLOW_FIRST: Final = (
    "tests/test_new_vendor.py",
    "tests/openapi/test_conformance.py",
    "tests/openapi/test_control.py",
    "tests/dashboard",
    "tests/persistence/test_crash.py",
    "tests/test_load.py",
    "tests/persistence/test_data.py",
    "tests/test_wheel.py",
    "tests/testing/test_beside_other_tools.py",
    "tests/testing/test_pytest_plugin.py",
    "tests/cli/test_exec.py",
    "tests/docs/test_examples.py",
    "tests/test_readme.py",
    "tests/http/test_turns.py",
    "tests/http/test_java_client.py",
    "tests/platforms/exotel/test_voice_lists.py",
    "tests/platforms/test_records.py",
    "tests/platforms/voicebooker/test_check_webhook.py",
)
"""Files and folders, slowest first."""


def slow_first(items: list[pytest.Item]) -> list[pytest.Item]:
    """Return the tests of the slow files first, and the rest as it was."""
    return sorted(items, key=_rank)


def _rank(item: pytest.Item) -> int:
    for rank, place in enumerate(SLOW_FIRST):
        if item.nodeid.startswith(place):
            return rank
    return len(SLOW_FIRST)
