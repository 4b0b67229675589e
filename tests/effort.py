"""How much a test tries: a bounded number in every run, many more in a campaign.

``make test`` makes up the same examples every time. A campaign (``--campaign``) makes up 25 times
as many from a random seed, which the run prints and ``--seed`` takes.
"""

import secrets  # noqa: TID251  # a campaign differs from the one before
from typing import Final

import pytest
from hypothesis import HealthCheck, settings

BOUNDED: Final = "bounded"
CAMPAIGN: Final = "campaign"
SEED: Final = "seed"
"""What a worker's input has the seed under."""
CAMPAIGN_FACTOR: Final = 25
BOUNDED_EXAMPLES: Final = 40
"""Examples of a property that says no number."""
MAX_SEED: Final = 2**32

settings.register_profile(
    BOUNDED,
    max_examples=BOUNDED_EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    CAMPAIGN,
    settings.get_profile(BOUNDED),
    derandomize=False,
    max_examples=BOUNDED_EXAMPLES * CAMPAIGN_FACTOR,
)


def add_options(parser: pytest.Parser) -> None:
    """Add the options that say how much to try."""
    parser.addoption("--campaign", action="store_true", help="try much more, from a random seed")
    parser.addoption("--seed", type=int, help="the seed of the campaign to repeat")
    parser.addoption("--kills", type=int, help="how often the crash test kills a server")
    parser.addoption("--rounds", type=int, help="how many rounds each client of the load test does")


def configure(config: pytest.Config) -> None:
    """Choose the profile before tests are imported, and the seed for all workers."""
    if not config.getoption("--campaign"):
        settings.load_profile(BOUNDED)
        config.option.seed = config.option.seed or 0
        return
    settings.load_profile(CAMPAIGN)
    if (given := getattr(config, "workerinput", None)) is not None:
        config.option.seed = given[SEED]
    if config.option.seed is None:
        config.option.seed = secrets.randbelow(MAX_SEED)
    config.option.hypothesis_seed = config.option.seed


def is_campaign() -> bool:
    """Whether this run is a campaign."""
    return settings.get_current_profile_name() == CAMPAIGN


def examples(count: int) -> int:
    """Return how many examples to try: ``count``, or 25 times as many in a campaign."""
    return count * CAMPAIGN_FACTOR if is_campaign() else count
