"""What a batch is refused for, before any of its calls is placed.

https://docs.voice.intron.io/docs/voicebot/robocall-call
"""

from collections.abc import Callable, Iterable, Iterator

from emulator.kit.errors import ApiError, invalid
from emulator.kit.lazy_imports import on_first_use
from emulator.platforms.intron.messages import (
    MAX_MESSAGE_CHARACTERS,
    MessageTemplate,
    template_of,
    variables_of,
)
from emulator.platforms.intron.options import IntronOptions
from emulator.platforms.intron.params import ENTRIES_PER_CHUNK, WorkflowParams
from emulator.platforms.intron.state import IntronWorkflow

with on_first_use():
    from emulator.platforms.intron.schemas import requests


def check_size(options: IntronOptions, count: int, path: str) -> None:
    """Refuse a batch of more calls than the options allow; ``path`` is the field they come from."""
    limit = options.max_batch
    if count > limit:
        raise invalid((path, f"must have at most {limit} entries"))


Warn = Callable[[str], None]
"""Told about what is accepted although the vendor might refuse it."""


def accept_silently(_: str) -> None:
    """Accept it without a warning."""


def check_batch(
    options: IntronOptions,
    workflow: IntronWorkflow,
    asked: "requests.PlaceCalls",
    params: WorkflowParams,
    path: str,
    *,
    warn: Warn = accept_silently,
) -> None:
    """Refuse what the workflow cannot be called with; ``params`` are the entries."""
    for _ in checking_batch(options, workflow, asked, params, path, warn=warn):
        pass


def checking_batch(
    options: IntronOptions,
    workflow: IntronWorkflow,
    asked: "requests.PlaceCalls",
    params: WorkflowParams,
    path: str,
    *,
    warn: Warn = accept_silently,
) -> Iterable[None]:
    """Do the same in pieces."""
    is_conversation = workflow.workflow_type == "CONVERSATION"
    if is_conversation and workflow.status != "ACTIVE":
        raise ApiError(400, "not_active", "workflow is not active")
    accents = requests.CONVERSATION_ACCENTS if is_conversation else requests.ROBOCALL_ACCENTS
    if asked.tts_voice_accent is not None and asked.tts_voice_accent not in accents:
        message = f"invalid tts_voice_accent,{asked.tts_voice_accent[:40]} not supported"
        raise ApiError(400, "invalid", message)
    template = template_of(workflow.message, workflow.workflow_type)
    refuse_missing = options.missing_variable == "refuse"
    if _fits(template, max(params.lengths), refuse_missing=refuse_missing):
        return ()
    is_limited = not is_conversation or options.long_conversation == "refuse"
    warned = None if is_limited else warn
    return _checking_messages(params, template, path, refuse_missing=refuse_missing, warn=warned)


def _fits(template: MessageTemplate, size: int, *, refuse_missing: bool) -> bool:
    """Check whether no message with values of so many bytes is refused."""
    return not refuse_missing and template.max_length(size) <= MAX_MESSAGE_CHARACTERS


def _checking_messages(
    params: WorkflowParams,
    template: MessageTemplate,
    path: str,
    *,
    refuse_missing: bool,
    warn: Warn | None,
) -> Iterator[None]:
    """Refuse the first message that is too long, or warn of it if there is whom to warn."""
    for number, length in enumerate(params.lengths):
        yield
        if _fits(template, length, refuse_missing=refuse_missing):
            continue
        for index, entry in enumerate(params.read(number), number * ENTRIES_PER_CHUNK):
            values = variables_of(entry)
            if template.length(values) > MAX_MESSAGE_CHARACTERS:
                if warn is None:
                    raise ApiError(400, "invalid", _too_long(path, index))
                warn(f"{_too_long(path, index)}; the page has this limit for robocalls alone")
                if not refuse_missing:
                    return
                warn = accept_silently
            if refuse_missing and (missing := template.missing(values)):
                where = "variables" if path == "to" else f"{path}[{index}].workflow_variables"
                raise invalid((f"{where}.{missing[0]}", "is required"))


def _too_long(path: str, index: int) -> str:
    limit = f"the max limit of {MAX_MESSAGE_CHARACTERS} characters"
    return f"message length greater than {limit} for {path}[{index}]"
