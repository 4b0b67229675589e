"""Which links of the world have placed a call or a batch, or acted on it."""

from collections.abc import Iterator
from datetime import datetime

from emulator.control.explanations.causes import CausedStep, add_request
from emulator.control.explanations.story import Explanation, StepKind
from emulator.domain.links import LinkFollowed
from emulator.domain.ticks import ticks
from emulator.world.world import World


def add_origin(
    story: Explanation, world: World, batch_id: str, step: CausedStep | None, at: datetime
) -> None:
    """Add what created a batch, a link or a request, and the links that were followed about it."""
    found = _entries(world, batch_id, at)
    placing = next((each for each in found if each[1].batch_id == batch_id), None)
    if placing is None:
        add_request(story, world, step, at)
        add_links(story, world, batch_id, at)
        return
    number, entry = placing
    text = f"created by link {entry.source} -> {entry.target} [history {number}]"
    story.add(StepKind.LINK, entry.at, text, entry=number)


def add_links(story: Explanation, world: World, subject: str, *moments: datetime | None) -> None:
    """Add the links that were followed at these moments about a call or a batch."""
    for at in dict.fromkeys(moments):
        for number, entry in _entries(world, subject, at):
            text = f"link {entry.source} -> {entry.target}: {entry.error or 'followed'}"
            story.add(StepKind.LINK, entry.at, f"{text} [history {number}]", entry=number)


def _entries(world: World, subject: str, at: datetime | None) -> Iterator[tuple[int, LinkFollowed]]:
    """Go through the links that were followed at this moment about a call or a batch."""
    if at is not None and world.history.links:
        yield from world.history.about(LinkFollowed, subject, ticks(at), ticks(at))
