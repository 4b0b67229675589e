"""What rate limits count, when they refuse, and how much they remember."""

from datetime import timedelta

import pytest

from emulator.app import create_app
from emulator.clock import ClockMode
from emulator.kit.errors import ApiError
from emulator.kit.rate_limit import MAX_BUCKETS, RateLimit, check_rate_limit, usage_of
from emulator.settings import Settings
from emulator.world.world import World

SLIDING = RateLimit(platform="acme", limit=2, message="slow down", window_seconds=60)
FIXED = SLIDING._replace(window="fixed")


@pytest.fixture
def frozen() -> World:
    """A world whose clock stands at a multiple of a minute."""
    return create_app(Settings(clock=ClockMode.FROZEN)).worlds.default


def waits(world: World, *limits: RateLimit) -> list[str | None]:
    """Count requests, and return what ``Retry-After`` says to each; None where it is served."""
    found: list[str | None] = []
    for limit in limits:
        try:
            check_rate_limit(world, limit)
        except ApiError as error:
            found.append(error.headers["Retry-After"])
        else:
            found.append(None)
    return found


async def later(world: World, seconds: float) -> None:
    await world.advance(world.clock.now() + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("limit", "wait"),
    [pytest.param(SLIDING, "60", id="sliding"), pytest.param(FIXED, "15", id="fixed")],
)
async def test_full_window_says_when_to_come_back(
    frozen: World, limit: RateLimit, wait: str
) -> None:
    """A sliding window has room when the oldest request leaves it, a fixed one when it ends."""
    await later(frozen, 45)

    assert waits(frozen, limit, limit, limit) == [None, None, wait]
    await later(frozen, int(wait) - 0.5)
    assert waits(frozen, limit) == ["1"]
    await later(frozen, 0.5)
    assert waits(frozen, limit) == [None]


@pytest.mark.parametrize("limit", [SLIDING, FIXED], ids=["sliding", "fixed"])
async def test_buckets_platforms_and_windows_are_counted_apart(
    frozen: World, limit: RateLimit
) -> None:
    """Requests count against the limit of their bucket alone."""
    alike = [limit, limit._replace(bucket="other"), limit._replace(platform="exotel")]

    assert waits(frozen, *alike, *alike) == [None] * 6
    assert waits(frozen, *alike) != [None] * 3


async def test_nothing_is_refused_that_is_not_enforced(frozen: World) -> None:
    """A limit that is only shown counts nothing, and leaves all of it."""
    shown = FIXED._replace(is_enforced=False)

    assert waits(frozen, shown, shown, shown) == [None] * 3
    assert usage_of(frozen, shown).remaining == 2
    assert usage_of(frozen, FIXED).remaining == 2


async def test_request_too_many_is_refused_in_the_vendors_words(frozen: World) -> None:
    """429, with the message of the limit."""
    with pytest.raises(ApiError) as refused:
        check_rate_limit(frozen, SLIDING._replace(limit=0))

    assert (refused.value.status, refused.value.code) == (429, "rate_limited")
    assert refused.value.message == "slow down"


async def test_usage_counts_down_to_the_end_of_the_window(frozen: World) -> None:
    """What is left of a fixed window, and the time at which it starts anew."""
    start = int(frozen.clock.now().timestamp())
    waits(frozen, FIXED)

    assert usage_of(frozen, FIXED) == (1, start + 60)
    await later(frozen, 60)
    assert usage_of(frozen, FIXED) == (2, start + 120)


async def test_requests_before_a_limit_was_set_count(frozen: World) -> None:
    """Without a limit requests are counted, for one that is set within the window."""
    assert waits(frozen, *[SLIDING._replace(limit=None)] * 3, SLIDING) == [None] * 3 + ["60"]


async def test_only_so_many_buckets_are_remembered(frozen: World) -> None:
    """The bucket that was used longest ago is evicted."""
    for limit in (SLIDING, FIXED):
        one = limit._replace(limit=1, bucket="first")
        others = [one._replace(bucket=number) for number in range(MAX_BUCKETS)]

        assert waits(frozen, one, one)[0] is None
        assert waits(frozen, *others) == [None] * MAX_BUCKETS
        assert waits(frozen, one) == [None]


async def test_reset_forgets_what_was_counted(frozen: World) -> None:
    """A world that begins anew has served no requests."""
    waits(frozen, SLIDING, SLIDING)
    frozen.reset()

    assert waits(frozen, SLIDING) == [None]
