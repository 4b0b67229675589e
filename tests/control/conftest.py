"""Intron dials at once in these tests: they are about when things happen, not about its queue."""

import pytest

from tests.support import DIALED_AT_ONCE, Json


@pytest.fixture
def defaults() -> Json:
    return DIALED_AT_ONCE
