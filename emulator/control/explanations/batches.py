"""The story of a batch."""

from emulator.control.explanations.callbacks import add_callbacks
from emulator.control.explanations.causes import add_wait, how, step_of
from emulator.control.explanations.links import add_origin
from emulator.control.explanations.story import Explanation, StepKind
from emulator.domain.batches import Batch, BatchStatus
from emulator.domain.ticks import moment
from emulator.kit.platform import Platform
from emulator.world.world import World


def story_of_batch(world: World, platform: Platform, batch: Batch) -> Explanation:
    """Return the steps from the request to the callbacks, or why there are none."""
    story = Explanation("batch", batch.id, batch.platform, batch.status)
    created = step_of(world, batch.id, "pending", batch.created_at)
    add_origin(story, world, batch.id, created, batch.created_at)
    pace = world.settings.calls_per_second
    text = f"{len(batch.calls)} calls of workflow {batch.workflow_id}, dialed {pace:g} a second"
    story.add(StepKind.PLAN, batch.created_at, text, calls=len(batch.calls), calls_per_second=pace)
    first = batch.calls[0].ringing_at
    if batch.status is not BatchStatus.PENDING and first is not None:
        step = step_of(world, batch.id, "processing", first)
        note, more = how(step, batch.id)
        story.add(StepKind.TRANSITION, first, f"processing: the first call is dialed{note}", **more)
    counts = {str(status): count for status, count in batch.tally.by_status.items() if count}
    shown = ", ".join(f"{count} {status.replace('_', ' ')}" for status, count in counts.items())
    if batch.ended_at is not None:
        note, more = how(step_of(world, batch.id, "completed", batch.ended_at), batch.id)
        text = f"completed: the last call has ended ({shown}){note}"
        story.add(StepKind.TRANSITION, batch.ended_at, text, counts=counts, **more)
    else:
        add_wait(story, world, batch.id)
        _add_next(story, world, batch, shown)
    add_callbacks(story, world, platform, batch)
    return story


def _add_next(story: Explanation, world: World, batch: Batch, ended: str) -> None:
    waiting = len(batch.calls) - batch.dialled
    due = world.timeline.next_due if batch.due is None else moment(batch.due)
    text = (
        f"next: {batch.open} of {len(batch.calls)} calls have not ended, {waiting} of them "
        f"are not dialed; {'ended so far: ' + ended if ended else 'none has ended'}"
    )
    story.add(StepKind.NEXT, due, text, open=batch.open, waiting=waiting)
