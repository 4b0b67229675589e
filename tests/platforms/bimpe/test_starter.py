"""What a new world has at Bimpe."""

from emulator.platforms.bimpe.records.drafts import sent_fields
from emulator.platforms.bimpe.records.starter import FIRST_AGENT, PUBLIC_WORKFLOWS
from emulator.platforms.bimpe.schemas.agents import UpdateAgent
from emulator.platforms.bimpe.schemas.workflows import CreateWorkflow


def test_starter_is_what_requests_would_create() -> None:
    """Public workflows and the first agent have exactly the fields of records that are created."""
    created = [sent_fields(CreateWorkflow.model_validate(each)) for each in PUBLIC_WORKFLOWS]
    agent = sent_fields(UpdateAgent.model_validate(FIRST_AGENT))

    assert created == [*PUBLIC_WORKFLOWS]
    for made, content in zip(created, PUBLIC_WORKFLOWS, strict=True):
        assert str(made) == str({name: content[name] for name in made}), "in another order"
    assert agent == FIRST_AGENT
