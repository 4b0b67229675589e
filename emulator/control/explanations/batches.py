"""The story of a batch."""

from emulator.control.explanations.callbacks import tell_callbacks
from emulator.control.explanations.causes import how, step_of, tell_request, tell_wait
from emulator.control.explanations.story import Story, Told
from emulator.domain.batches import Batch, BatchStatus
from emulator.domain.ticks import moment
from emulator.kit.platform import Platform
from emulator.world.world import World


def story_of_batch(world: World, platform: Platform, batch: Batch) -> Story:
    """Tell from the request to the callback, or why there is none."""
    story = Story("batch", batch.id, batch.platform, batch.status)
    tell_request(
        story, world, step_of(world, batch.id, "pending", batch.created_at), batch.created_at
    )
    pace = world.settings.calls_per_second
    text = f"{len(batch.calls)} calls of workflow {batch.workflow_id}, dialled {pace:g} a second"
    story.tell(Told.PLAN, batch.created_at, text, calls=len(batch.calls), calls_per_second=pace)
    first = batch.calls[0].ringing_at
    if batch.status is not BatchStatus.PENDING and first is not None:
        step = step_of(world, batch.id, "processing", first)
        told, more = how(step, batch.id)
        story.tell(Told.TRANSITION, first, f"processing: the first call is dialled{told}", **more)
    counts = {str(status): count for status, count in batch.tally.by_status.items() if count}
    shown = ", ".join(f"{count} {status.replace('_', ' ')}" for status, count in counts.items())
    if batch.ended_at is not None:
        told, more = how(step_of(world, batch.id, "completed", batch.ended_at), batch.id)
        text = f"completed: the last call has ended ({shown}){told}"
        story.tell(Told.TRANSITION, batch.ended_at, text, counts=counts, **more)
    else:
        tell_wait(story, world, batch.id)
        _tell_next(story, world, batch, shown)
    tell_callbacks(story, world, platform, batch)
    return story


def _tell_next(story: Story, world: World, batch: Batch, ended: str) -> None:
    waiting = len(batch.calls) - batch.dialled
    due = world.timeline.next_due if batch.due is None else moment(batch.due)
    text = (
        f"to come: {batch.open} of {len(batch.calls)} calls have not ended, {waiting} of them "
        f"are not dialled; {'ended so far: ' + ended if ended else 'none has ended'}"
    )
    story.tell(Told.NEXT, due, text, open=batch.open, waiting=waiting)
