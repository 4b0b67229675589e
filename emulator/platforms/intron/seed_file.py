"""Intron's section of seed files: workflows, and batches of calls."""

from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from emulator.kit.call_request import Phone
from emulator.kit.scenarios import OwnScenario
from emulator.kit.seed_file import Location, Seeding
from emulator.platforms.intron.schemas.requests import CreateIntronWorkflow, Gender

API: Final = "/voicebot/v1"
CONFIG: Final = ConfigDict(extra="forbid", defer_build=True)


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


class IntronSeedCall(BaseModel):
    """One call of a batch, as Intron's API takes it."""

    model_config = CONFIG

    phone_number: Phone
    user_tag_identifiers: dict[str, Any] | None = None
    workflow_variables: dict[str, Any] | None = None


class IntronSeedBatch(BaseModel):
    """Calls that are placed with one request."""

    model_config = CONFIG

    to: Annotated[list[Phone], BeforeValidator(_as_list)] = []
    """The numbers, with the same variables for each of them."""
    variables: dict[str, Any] | None = None
    user_tag_identifiers: dict[str, Any] | None = None
    workflow_params: list[IntronSeedCall] = []
    """In place of ``to``: each number with its own values."""
    scenario: str | OwnScenario | None = None
    tts_voice_accent: str | None = None
    tts_voice_gender: Gender | None = None
    advance: Annotated[float, Field(gt=0)] | None = None
    """Seconds of the world's time that pass afterwards."""


class IntronSeedWorkflow(CreateIntronWorkflow):
    """A workflow with its batches."""

    model_config = ConfigDict(extra="forbid", strict=False, defer_build=True)

    batches: list[IntronSeedBatch] = Field(default_factory=list)


class IntronSeed(BaseModel):
    """What Intron's account has."""

    model_config = CONFIG

    workflows: list[IntronSeedWorkflow] = []


section = IntronSeed


async def seed(seeding: Seeding, asked: IntronSeed) -> None:
    """Create each workflow and place its batches, in the order of the file."""
    headers = {"Authorization": f"Bearer {seeding.credentials['api_key']}"}
    for number, workflow in enumerate(asked.workflows):
        where: Location = ("workflows", number)
        fields = workflow.model_dump(mode="json", exclude_unset=True, exclude={"batches"})
        made = await seeding.ask(where, "POST", f"{API}/workflows", json=fields, headers=headers)
        for index, batch in enumerate(workflow.batches):
            await _place((*where, "batches", index), seeding, made["data"]["id"], batch)


async def _place(
    where: Location, seeding: Seeding, workflow_id: str, batch: IntronSeedBatch
) -> None:
    body = batch.model_copy(update={"advance": None})
    body.model_fields_set.discard("advance")
    await seeding.place(where, body, workflow_id=workflow_id)
    if batch.advance is not None:
        await seeding.advance(where, batch.advance)
