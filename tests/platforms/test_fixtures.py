"""The vendors' published examples: run as ``selfcheck`` runs them, and where they come from."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import httpx
import pytest

from emulator import fixtures
from emulator.conformance.examples import files_in
from emulator.conformance.selfcheck import HttpConnection, check_example
from emulator.kit.examples import Example
from emulator.kit.operation import Operation
from emulator.kit.platform import Platform
from emulator.platforms import discover
from emulator.platforms.intron import platform
from emulator.platforms.intron.schemas.responses import BatchCompleted
from emulator.server import running
from emulator.settings import Settings
from tests.support import Json

CONTRACTS: Final = fixtures.folder() / "contracts"
PLATFORMS: Final = list(discover().values())
EXAMPLES: Final = [(each, example) for each in PLATFORMS for example in each.examples.examples]
FOLDER: Final = CONTRACTS / "intron"
COPIES: Final = sorted(path for path in FOLDER.rglob("*") if path.suffix in {".json", ".txt"})
OPERATIONS: Final[dict[str, Operation]] = {
    operation.id: operation for operation in platform.hooks.operations if not operation.host
}
ROW: Final = re.compile(r"^\| `(.+?)` \| (.+?) \| (.+?) \|$", re.MULTILINE)
SOURCES: Final = {row[1]: row[2] for row in ROW.finditer((FOLDER / "SOURCES.md").read_text())}


def fixture(name: str) -> Json:
    return json.loads((FOLDER / f"{name}.json").read_text())


def named(kind: str) -> list[str]:
    return [path.stem for path in COPIES if path.name.split(".")[1] == kind]


@pytest.fixture(scope="module")
def connection() -> Iterator[HttpConnection]:
    """A connection to a server of its own: what a page shows of a stream needs a socket."""
    with (
        running(Settings(port=0)) as app,
        httpx.Client(base_url=app.worlds.settings.base_url, trust_env=False) as client,
    ):
        yield HttpConnection(client)


@pytest.mark.parametrize(
    ("vendor", "example"),
    [pytest.param(*pair, id=f"{pair[0].name}-{pair[1].id}") for pair in EXAMPLES],
)
def test_example_passes(connection: HttpConnection, vendor: Platform, example: Example) -> None:
    """What a page sends is accepted, and the responses and callbacks are what the page shows."""
    found = check_example(connection, CONTRACTS / vendor.name, vendor.auth, example)

    assert [(each.fixture, each.reason) for each in found if each.result != "pass"] == []
    assert [each.fixture for each in found] == list(example.files)


@pytest.mark.parametrize(
    ("vendor", "profile"),
    [
        pytest.param(each, name, id=f"{each.name}={name}")
        for each in PLATFORMS
        for name in list(each.profiles)[1:]
    ],
)
def test_sample_requests_are_accepted_in_every_profile(
    connection: HttpConnection, vendor: Platform, profile: str
) -> None:
    """Whatever edition a world follows, it accepts the requests that the pages show."""
    chosen = {"profile": {vendor.name: profile}}
    refused: list[str] = []
    for example in vendor.examples.examples:
        if any(".request." in name for name in example.files):
            own = replace(example, settings=example.settings | chosen)
            found = check_example(connection, CONTRACTS / vendor.name, vendor.auth, own)
            refused += [each.reason for each in found if each.reason.startswith("was answered")]

    assert refused == []


@pytest.mark.parametrize("vendor", [pytest.param(each, id=each.name) for each in PLATFORMS])
def test_every_file_is_run_or_skipped(vendor: Platform) -> None:
    """Each file of a vendor's is run by an example, or skipped for a reason, not both."""
    declared = vendor.examples
    run = {name for each in declared.examples for name in each.files}

    assert sorted(run | declared.skipped.keys()) == files_in(CONTRACTS / vendor.name)
    assert not run & declared.skipped.keys()
    assert all(declared.skipped.values())
    assert len({each.id for each in declared.examples}) == len(declared.examples)


@pytest.mark.parametrize("name", [path.relative_to(FOLDER).as_posix() for path in COPIES])
def test_example_names_its_source(name: str) -> None:
    """Every file says where it was copied from, and what was cut from a page is on that page."""
    source = SOURCES.get(name, "")

    assert source
    if page := re.match("`(pages/.+)`", source):
        assert (FOLDER / name).read_text().strip() in (FOLDER / page[1]).read_text()


def test_every_source_has_its_file() -> None:
    """The table of sources names no file that is not there."""
    assert [name for name in SOURCES if not (FOLDER / name).is_file()] == []


@pytest.mark.parametrize("name", named("request"))
def test_request_example_fits_its_model_both_ways(name: str) -> None:
    """A documented request is read by its operation's model and written unchanged."""
    takes = OPERATIONS[name.split(".", maxsplit=1)[0]].body_model
    example = fixture(name)
    assert takes is not None

    read = takes.model_validate(example)

    assert read.model_dump(exclude_unset=True) == example


@pytest.mark.parametrize("name", named("response"))
def test_response_example_fits_its_model_both_ways(name: str) -> None:
    """A documented response is read by its operation's model and written unchanged."""
    gives = OPERATIONS[name.split(".", maxsplit=1)[0]].response_model
    data = fixture(name)["data"]
    examples = data if isinstance(data, list) else [data]

    shown = [
        example if gives is None else gives.model_validate(example).model_dump(exclude_unset=True)
        for example in examples
    ]

    assert shown == examples


def test_callback_example_fits_its_model_both_ways() -> None:
    """The documented callback, as far as it goes, is read by its model and written unchanged."""
    example = fixture("place_robocalls.callback") | {"request_calls": []}

    read = BatchCompleted.model_validate(example)

    assert read.model_dump() == example
