"""The progress of campaigns."""

from tests.campaign_progress import progress_line


def test_progress_has_rate_and_time_left() -> None:
    """What is left takes as long as what has ended, test by test."""
    assert progress_line(5, 20, 10.0) == "5 of 20 tests in 10s, 0.5/s, 30s left"
    assert progress_line(20, 20, 100.0) == "20 of 20 tests in 1m40s, 0.2/s, 0ms left"
