"""The generation of bots from texts, in steps: pending, in progress, completed or failed."""

from datetime import timedelta
from typing import Any, Final

from emulator.domain.actions import Wake
from emulator.kit.world import World
from emulator.platforms.exotel.accounts import OWN
from emulator.platforms.exotel.voicebots.drafts import BotDraft, draft_bot, failure_in
from emulator.platforms.exotel.voicebots.records.assistants import Assistant
from emulator.platforms.exotel.voicebots.records.bots import GenerationJob, Voicebot
from emulator.platforms.exotel.voicebots.state import new_id, state_of

QUEUE_DELAY: Final = timedelta(seconds=2)  # assumed
GENERATION_DELAY: Final = timedelta(seconds=8)  # assumed
COMPLETED_REASON: Final = "Bot generated successfully"
"""The reason in the enveloped page's sample."""
MODEL: Final = {"model": "gpt-4", "temperature": 0.7, "max_tokens": 1024}
"""As in the page's sample of an assistant."""
GENERATE_STEP: Final = "voicebots.generate"


def start_job(world: World, text: str, account: str) -> GenerationJob:
    """Create a job that generates a bot of an account from a text."""
    made = GenerationJob(id=new_id(world, "gen"), text=text, account=account)
    job = state_of(world).jobs.add(made)
    world.timeline.schedule(world.clock.now() + QUEUE_DELAY, Wake("exotel", GENERATE_STEP, job.id))
    return job


def generate(world: World, job_id: str) -> None:
    """Take the next step of a job."""
    jobs = state_of(world).jobs
    job = jobs.get(job_id)
    if job.status == "pending":
        job.status = "in_progress"
        world.timeline.schedule(
            world.clock.now() + GENERATION_DELAY, Wake("exotel", GENERATE_STEP, job.id)
        )
    elif (reason := failure_in(job.text)) is not None:
        job.status, job.reason = "failed", reason
    else:
        job.bot_id = new_bot(world, draft_bot(job.text), job.account).id
        job.status, job.reason = "completed", COMPLETED_REASON
    jobs.save(job)


def new_bot(world: World, draft: BotDraft, account: str = OWN) -> Voicebot:
    """Create a bot of an account, and the assistant behind it."""
    main = {"role": "main", "instruction": draft.text}
    assistant_config = {"instruction": draft.text, "llm_config": MODEL, "agents": [main]}
    assistant = new_assistant(world, f"{draft.name} assistant", None, assistant_config, account)
    bot = Voicebot(
        id=new_id(world, "bot"),
        created_at=world.clock.now(),
        draft=draft,
        assistant_id=assistant.id,
        account=account,
    )
    config = {
        "name": draft.name,
        "enable_greeting_interruption": False,  # assumed
        "supported_languages": list(draft.languages),
    }
    state_of(world).add_bot(bot, config)
    return bot


def new_assistant(
    world: World, name: str, description: str | None, config: dict[str, Any], account: str
) -> Assistant:
    """Create an assistant; its first version is the stable one."""
    now, state = world.clock.now(), state_of(world)
    assistant = Assistant(
        id=new_id(world, "asst"),
        name=name,
        description=description,
        created_at=now,
        account=account,
    )
    state.assistant_versions.create(assistant.id, now, config)
    return state.assistants.add(assistant)
