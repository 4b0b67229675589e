"""Which links of the world have placed a call or a batch, or acted on it."""

from datetime import datetime

from emulator.control.explanations.story import Explanation, StepKind
from emulator.domain.links import LinkFollowed
from emulator.domain.ticks import ticks
from emulator.world.world import World


def add_links(story: Explanation, world: World, subject: str, *moments: datetime | None) -> None:
    """Add the links that were followed at these moments about a call or a batch."""
    for at in dict.fromkeys(moments):
        if at is None or not world.history.links:
            continue
        for number, entry in world.history.about(LinkFollowed, subject, ticks(at), ticks(at)):
            text = f"link {entry.source} -> {entry.target}: {entry.error or 'followed'}"
            story.add(StepKind.LINK, entry.at, f"{text} [history {number}]", entry=number)
