"""The filters of lists, as one number for each combination of filtered fields."""

from collections.abc import Mapping
from itertools import product
from typing import Any, Final, get_args

from emulator.platforms.bimpe.schemas.words import CHANNELS, CallWord

Tags = Mapping[tuple[Any, ...], int]
"""A number for each combination of values that records are filtered by."""
FLAGS: Final = (False, True)


def _numbered(*facts: tuple[Any, ...]) -> Tags:
    return {combination: tag for tag, combination in enumerate(product(*facts))}


WORKFLOW_TAGS: Final = _numbered(FLAGS)
"""By whether the team owns the workflow."""
CONVERSATION_TAGS: Final = _numbered(CHANNELS, FLAGS, FLAGS, FLAGS)
"""By channel, whether it is a test, the assistant is paused, and it needs attention."""
CALL_TAGS: Final = _numbered(get_args(CallWord), FLAGS)
"""By status as shown, and whether it is a test."""


def matching_tags(tags: Tags, *asked: Any) -> list[int] | None:
    """Return the tags of these values, in which None stands for any; None for all tags."""
    if all(each is None for each in asked):
        return None
    return [
        tag
        for facts, tag in tags.items()
        if all(want in (None, fact) for want, fact in zip(asked, facts, strict=True))
    ]
