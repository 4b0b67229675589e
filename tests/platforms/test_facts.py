"""Honesty about what is known: no fact is called better known than its sources make it."""

import re
from fnmatch import fnmatchcase
from typing import Final

import httpx
import pytest

from emulator import fixtures
from emulator.kit.platform import Platform
from emulator.platforms import discover
from tests.cases import each_case
from tests.openapi.documents import DOCUMENTS
from tests.platforms.facts import OWN, facts_of, fields_of

PLATFORMS: Final = discover()
ROW: Final = re.compile(r"^\| `(.+?)` \| (\w+) \| (.*?) ?\|$", re.MULTILINE)
each_platform: Final = pytest.mark.parametrize(
    "platform", [pytest.param(each, id=name) for name, each in PLATFORMS.items()]
)


def rows(platform: Platform) -> dict[str, str]:
    """Return the patterns of a vendor's table with their bases."""
    text = (fixtures.folder() / "contracts" / platform.name / "FACTS.md").read_text()
    return {row[1]: row[2] for row in ROW.finditer(text)}


def expected(fact: str, table: dict[str, str]) -> str | None:
    """Return the basis of the longest pattern that fits a fact; None for a chapter without rows."""
    fitting = [each for each in table if fnmatchcase(fact, each)]
    return table[max(fitting, key=len)] if fitting else None


def strength(basis: str) -> int:
    """Return how well a fact is known."""
    return ["assumed", "observed", "documented"].index(basis)


@each_platform
def test_every_basis_is_that_of_the_contract(platform: Platform) -> None:
    """Operations, statuses, query fields, words and errors are known as the table says."""
    table = rows(platform)
    facts = facts_of(platform) | {
        name: basis for name, basis in fields_of(platform).items() if name in table
    }

    wrong = {
        fact: f"{basis}, and {expected(fact, table)} in the table"
        for fact, basis in facts.items()
        if expected(fact, table) not in {None, basis}
    }

    assert wrong == {}


@each_platform
def test_every_row_is_about_something(platform: Platform) -> None:
    """A pattern that fits no fact is a mistake in the table."""
    facts = facts_of(platform) | fields_of(platform)

    assert [
        row for row in rows(platform) if not any(fnmatchcase(each, row) for each in facts)
    ] == []


@each_case(
    ("vendor", "fact", "basis"),
    [
        ("bimpe", "POST /api/v1/console/agents 403", "assumed"),
        ("bimpe", "error agent_limit_reached", "observed"),
        ("bimpe", "POST /api/v1/console/workflows 409", "assumed"),
        ("bimpe", "GET /api/v1/console/agents ?sort: name", "assumed"),
        ("bimpe", "WorkflowRule.enabled", "observed"),
        (
            "exotel",
            "GET /voicebot/api/v2/accounts/{accountId}/voicebot-conversations ?limit",
            "assumed",
        ),
        ("exotel", "GenerationJobResource.reason", "assumed"),
        ("exotel", "WebhookMetadata.call_sid", "observed"),
        ("exotel", "GET /voicebot/api/v1/accounts/{accountId}/voice-providers ?limit", "assumed"),
        ("voicebooker", "webhook getSlots: method", "assumed"),
        ("intron", "WorkflowCallResource.status: TIMEOUT", "assumed"),
        ("intron", "GET /voicebot/v1/workflows 200", "assumed"),
    ],
)
def test_fact_that_no_page_has_is_not_called_documented(vendor: str, fact: str, basis: str) -> None:
    """What an audit found to be called better known than it is stays corrected."""
    platform = PLATFORMS[vendor]

    assert (facts_of(platform) | fields_of(platform))[fact] == basis


@each_platform
async def test_coverage_agrees_with_the_document(
    http: httpx.AsyncClient, platform: Platform
) -> None:
    """Coverage lists the statuses of the document, and knows errors as well as the document."""
    shown = (await http.get("/_emulator/coverage")).json()[platform.name]
    facts = facts_of(platform)
    whole = DOCUMENTS[platform.name]

    for operation in platform.hooks.operations:
        if operation.host:
            continue
        listed = next(each for each in shown["operations"] if each["operation"] == operation.label)
        item = whole["paths"][operation.path][operation.method.lower()]
        assert listed["basis"] == item["x-basis"]
        assert listed["status_basis"] == facts[f"{operation.label} {operation.status}"]
        assert {*listed["answered"], *listed["unanswered"]} >= {*item["responses"]} - {*OWN}
    for status in {each["status"] for each in shown["errors"]}:
        known = [each["basis"] for each in shown["errors"] if each["status"] == status]
        documented = [basis for fact, basis in facts.items() if fact.endswith(f" {status}")]
        assert not documented or max(map(strength, documented)) <= max(map(strength, known)), status


@each_platform
def test_docs_lead_to_a_page(platform: Platform) -> None:
    """Operations of one page lead to their own place on it, where the page is known to have one."""
    for operation in platform.hooks.operations:
        assert operation.docs.startswith("https://")
    if platform.name == "exotel":
        page = "https://developer.exotel.com/docs/voicebot-tools/voicebot-api"
        documented = [each for each in platform.hooks.operations if each.basis == "documented"]
        assert page not in {each.docs for each in documented}
