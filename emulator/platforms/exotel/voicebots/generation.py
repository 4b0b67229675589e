"""Making bots from texts, as time passes: pending, in progress, completed or failed."""

from datetime import timedelta
from typing import Any, Final

from emulator.domain.actions import Wake
from emulator.kit.world import World
from emulator.platforms.exotel.voicebots.assistants import Assistant
from emulator.platforms.exotel.voicebots.bots import Bot, Job
from emulator.platforms.exotel.voicebots.drafting import Draft, draft, failure_in
from emulator.platforms.exotel.voicebots.state import new_id, state_of

QUEUED: Final = timedelta(seconds=2)  # assumed
WORKED_ON: Final = timedelta(seconds=8)  # assumed
DONE: Final = "Bot generated successfully"
"""The reason in the enveloped page's sample."""
MODEL: Final = {"model": "gpt-4", "temperature": 0.7, "max_tokens": 1024}
"""As in the page's sample of an assistant."""
STEP: Final = "voicebots.generate"


def start_job(world: World, text: str) -> Job:
    """Take on a text."""
    job = state_of(world).jobs.add(Job(id=new_id(world, "gen"), text=text))
    world.timeline.schedule(world.clock.now() + QUEUED, Wake("exotel", STEP, job.id))
    return job


def generate(world: World, job_id: str) -> None:
    """Take a job one step on."""
    jobs = state_of(world).jobs
    job = jobs.get(job_id)
    if job.status == "pending":
        job.status = "in_progress"
        world.timeline.schedule(world.clock.now() + WORKED_ON, Wake("exotel", STEP, job.id))
    elif (reason := failure_in(job.text)) is not None:
        job.status, job.reason = "failed", reason
    else:
        job.bot_id = make_bot(world, draft(job.text)).id
        job.status, job.reason = "completed", DONE
    jobs.save(job)


def make_bot(world: World, drafted: Draft) -> Bot:
    """Make a bot and the assistant that thinks for it."""
    main = {"role": "main", "instruction": drafted.text}
    mind = {"instruction": drafted.text, "llm_config": MODEL, "agents": [main]}
    assistant = make_assistant(world, f"{drafted.name} assistant", None, mind)
    bot = Bot(
        id=new_id(world, "bot"),
        created_at=world.clock.now(),
        draft=drafted,
        assistant_id=assistant.id,
    )
    config = {
        "name": drafted.name,
        "enable_greeting_interruption": False,  # assumed
        "supported_languages": list(drafted.languages),
    }
    state_of(world).add_bot(bot, config)
    return bot


def make_assistant(
    world: World, name: str, description: str | None, config: dict[str, Any]
) -> Assistant:
    """Make an assistant; its first version is the stable one."""
    now, state = world.clock.now(), state_of(world)
    assistant = Assistant(
        id=new_id(world, "asst"), name=name, description=description, created_at=now
    )
    state.assistant_versions.make(assistant.id, now, config)
    return state.assistants.add(assistant)
