"""The part of a file that a request asks for."""

import pytest

from emulator.kit.byte_range import asked_range
from emulator.kit.errors import ApiError
from tests.cases import each_case


@each_case(
    ("header", "found"),
    [
        pytest.param(None, None, id="none"),
        pytest.param("bytes=0-", (0, 100), id="all"),
        pytest.param("bytes=0-0", (0, 1), id="first"),
        pytest.param("bytes=10-19", (10, 20), id="middle"),
        pytest.param("bytes=90-1000", (90, 100), id="past-the-end"),
        pytest.param("bytes=-7", (93, 100), id="last"),
        pytest.param("bytes=-700", (0, 100), id="last-of-more"),
        pytest.param("Bytes = 5-6", (5, 7), id="spaces"),
        pytest.param("bytes=0-1,5-6", None, id="several"),
        pytest.param("lines=0-1", None, id="other-unit"),
        pytest.param("bytes=-", None, id="empty"),
        pytest.param("bytes=9-2", None, id="backwards"),
    ],
)
def test_range_is_read(header: str | None, found: tuple[int, int] | None) -> None:
    """What is no single range of bytes is ignored, as the RFC has it."""
    assert asked_range(header, 100) == found


@pytest.mark.parametrize(
    "header", [pytest.param("bytes=100-", id="after"), pytest.param("bytes=-0", id="empty")]
)
def test_range_that_has_nothing_is_refused(header: str) -> None:
    """The refusal says how long the file is."""
    with pytest.raises(ApiError) as caught:
        asked_range(header, 100)

    assert (caught.value.status, caught.value.headers) == (416, {"Content-Range": "bytes */100"})
