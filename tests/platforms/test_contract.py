"""What every platform must do, checked for each one found: a new vendor needs no new test."""

import json
import re
from collections.abc import AsyncIterator, Iterable, Iterator
from functools import cache
from typing import Any, Final

import httpx
import pytest
from starlette.datastructures import Headers

import emulator.world.world
from emulator.app import create_app
from emulator.kit.auth import basic_header
from emulator.kit.curl import read_curl
from emulator.kit.errors import ApiError
from emulator.kit.operation import Operation, OperationTable
from emulator.kit.platform import Platform
from emulator.openapi.document import operation_id
from emulator.platforms import discover
from emulator.settings import Settings
from tests.cases import checking
from tests.support import Json, World

pytestmark = pytest.mark.socket

PLATFORMS: Final = list(discover().values())
MISSING: Final = ApiError(401, "missing_credential", "no credential was sent")
WRONG: Final = ApiError(401, "wrong_credential", "the credential does not belong to this world")

each_platform = pytest.mark.parametrize(
    "platform", [pytest.param(platform, id=platform.name) for platform in PLATFORMS]
)


def each_operation(platform: Platform) -> Iterator[tuple[str, Operation]]:
    """Yield the operations of a platform with their names."""
    for operation in platform.hooks.operations:
        yield operation_id(platform, operation), operation


def rendered(
    platform: Platform, error: ApiError, operation: Operation | None = None
) -> tuple[int, bytes]:
    """Return the status and body of an error in the platform's shape, or in an operation's."""
    if operation is not None:
        error = ApiError(error.status, error.code, error.message)
        error.operation, error.path = operation.label, path_of(operation)
    response = platform.hooks.render_error(plain_world(), error)
    return response.status_code, without_ids(bytes(response.body))


@cache
def plain_world() -> emulator.world.world.World:
    """Return a world that nothing has happened in."""
    return create_app(Settings()).worlds.default


def answered(response: httpx.Response) -> tuple[int, bytes]:
    """Return the status and body of a response, without the id of its request."""
    return response.status_code, without_ids(response.content)


def without_ids(content: bytes) -> bytes:
    """Replace UUIDs."""
    return re.sub(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", b"?", content)


def refusal(platform: Platform, method: str, path: str) -> ApiError:
    """Return the error of the platform's table of operations for a path it does not have."""
    with pytest.raises(ApiError) as refused:
        OperationTable(platform.hooks.operations).find(method, path, "")
    return refused.value


def path_of(operation: Operation) -> str:
    """Return the path of an operation on records that do not exist."""
    return re.sub(r"\{.+?\}", "nope", operation.path)


def headers_of(operation: Operation) -> dict[str, str]:
    """Return the Host header of an operation that needs one."""
    return {"Host": f"{operation.host}example.test"} if operation.host else {}


def sample(world: World, platform: Platform) -> dict[str, Any]:
    """Return the request of the platform's sample command, with its credential."""
    base_url = str(world.http.base_url).rstrip("/")
    command = read_curl(platform.command(base_url, world.made["credentials"][platform.name]))
    user, _, password = (command.user or "").partition(":")
    own = {} if command.user is None else basic_header(user, password)
    return {
        "method": command.method,
        "url": command.target,
        "content": command.content,
        "headers": command.headers | own,
    }


async def ask(
    http: httpx.AsyncClient, operation: Operation, prefix: str = "", **headers: str
) -> httpx.Response:
    """Request an operation, on records that do not exist and without a body."""
    path = f"{prefix}{path_of(operation)}"
    return await http.request(operation.method, path, headers=headers_of(operation) | headers)


async def entries(http: httpx.AsyncClient, world: str = "default") -> Json:
    """Return a world's history."""
    headers = {"X-Emulator-World": world}
    return (await http.get("/_emulator/history?limit=10000", headers=headers)).json()


@pytest.fixture
async def other(http: httpx.AsyncClient) -> AsyncIterator[World]:
    """Another world, for its credentials."""
    world = World(http, (await http.post("/_emulator/worlds")).json())
    yield world
    await http.delete(f"/_emulator/worlds/{world.name}")


@each_platform
def test_platform_has_a_title_roots_and_operations(platform: Platform) -> None:
    """A platform has a title, paths of its own, and operations that differ."""
    operations = [(each.method, each.path, each.host) for each in platform.hooks.operations]

    assert re.fullmatch("[a-z]+", platform.name)
    assert platform.title
    assert len(set(operations)) == len(operations) > 0
    assert all(each.path.startswith(platform.roots) for each in platform.hooks.operations)


def test_platforms_do_not_share_paths() -> None:
    """No platform's paths begin like another's, so all are served at the root at once."""
    roots = [root for platform in PLATFORMS for root in platform.roots]

    nested = [(one, two) for one in roots for two in roots if f"{two}/".startswith(f"{one}/")]

    assert nested == [(root, root) for root in roots]


@each_platform
def test_operation_says_how_we_know(platform: Platform) -> None:
    """Each operation has a page, a basis and a sentence."""
    with checking() as cases:
        for name, operation in each_operation(platform):
            with cases(name):
                assert operation.docs.startswith("https://"), platform.name
                assert operation.basis in {"documented", "observed", "assumed"}
                assert re.fullmatch(r"[A-Z].+\.", operation.summary)


async def test_operations_are_served_with_their_basis(http: httpx.AsyncClient) -> None:
    """The control API lists each operation of each platform with its page and basis."""
    listed = (await http.get("/_emulator/operations")).json()

    assert [
        (each["platform"], each["method"], each["path"], each["docs"], each["basis"])
        for each in listed
    ] == [
        (platform.name, each.method, each.path, each.docs, each.basis)
        for platform in PLATFORMS
        for each in platform.hooks.operations
    ]


@each_platform
@pytest.mark.parametrize(
    "under_name", [pytest.param(False, id="root"), pytest.param(True, id="prefix")]
)
async def test_operation_is_served_and_asks_for_a_credential(
    http: httpx.AsyncClient, platform: Platform, *, under_name: bool
) -> None:
    """Every documented path is served twice, and refuses requests without a credential.

    Where the path names the account, every request has one; public operations need none.
    """
    prefix = f"/{platform.name}" if under_name else ""

    with checking() as cases:
        for name, operation in each_operation(platform):
            with cases(name):
                response = await ask(http, operation, prefix)
                params = dict.fromkeys(operation.names, "nope")
                is_asked = platform.auth.credential(Headers({}), params) is None
                if is_asked and not operation.public:
                    assert answered(response) == rendered(platform, MISSING, operation)

    operations = platform.hooks.operations
    exchanges = (await entries(http))[-len(operations) :]
    assert [(each["platform"], each["operation"]) for each in exchanges] == [
        (platform.name, each.id) for each in operations
    ]


@each_platform
@pytest.mark.parametrize("settings", [pytest.param({"auth": "strict"}, id="strict")])
async def test_strict_world_refuses_credentials_that_are_not_its_own(
    world: World, other: World, platform: Platform
) -> None:
    """On every operation a strict world refuses made-up credentials and those of other worlds."""
    foreign = sample(other, platform)["headers"]
    made_up = {name: f"{value[:-1]}?" for name, value in foreign.items()}
    own = {"X-Emulator-World": world.name}

    with checking() as cases:
        for name, operation in each_operation(platform):
            refused = rendered(platform, WRONG, operation)
            for said, headers in (("foreign", foreign), ("made up", made_up)):
                with cases(f"{name}, {said}"):
                    response = await ask(world.http, operation, **headers, **own)
                    assert answered(response) == refused


@each_platform
@pytest.mark.parametrize(
    "settings",
    [pytest.param({"auth": auth}, id=auth) for auth in ("open", "strict")],
)
async def test_sample_is_answered_in_its_own_world(world: World, platform: Platform) -> None:
    """The sample command of a platform succeeds, in the world whose credential it has."""
    response = await world.http.request(**sample(world, platform))

    exchange = (await entries(world.http, world.name))[-1]
    assert response.is_success, response.text
    assert (exchange["platform"], exchange["status"]) == (platform.name, response.status_code)


@each_platform
@pytest.mark.parametrize(
    "under_name", [pytest.param(False, id="root"), pytest.param(True, id="prefix")]
)
async def test_unknown_path_is_answered_in_the_vendors_envelope(
    http: httpx.AsyncClient, platform: Platform, *, under_name: bool
) -> None:
    """A path that a platform does not have is reported in its own words, with the nearest."""
    path = f"{platform.roots[0]}/no/such/path"

    response = await http.get(f"/{platform.name}{path}" if under_name else path)

    error = refusal(platform, "GET", path)
    assert answered(response) == rendered(platform, error)
    assert response.headers["X-Emulator-Nearest"] == error.headers["X-Emulator-Nearest"]


@each_platform
async def test_path_under_another_vendors_name_leads_to_its_own(
    world: World, platform: Platform
) -> None:
    """A request for another vendor's operation is answered with its path, also in the history."""
    operation = platform.hooks.operations[0]
    path = path_of(operation)
    headers = {"X-Emulator-World": world.name, "Authorization": "Bearer x"}
    others = [each.name for each in PLATFORMS if each is not platform]

    answers = [
        await world.http.request(operation.method, f"/{other}{path}", headers=headers)
        for other in others
    ]

    wanted = f"{operation.method} /{platform.name}{operation.path}"
    nearest = [answer.headers["X-Emulator-Nearest"].split(", ") for answer in answers]
    assert [answer.status_code for answer in answers] == [404] * len(others)
    assert [near[0] for near in nearest] == [wanted] * len(others)
    assert [entry["nearest"] for entry in await entries(world.http, world.name)] == nearest


@each_platform
async def test_wrong_method_is_answered_in_the_vendors_envelope(
    http: httpx.AsyncClient, platform: Platform
) -> None:
    """A method that a path does not have is reported in the platform's words, with those it has."""
    with checking() as cases:
        for name, operation in each_operation(platform):
            with cases(name):
                path = path_of(operation)
                response = await http.request("LOCK", path)

                error = refusal(platform, "LOCK", path)
                assert answered(response) == rendered(platform, error)
                assert operation.method in response.headers["Allow"].split(", ")


@each_platform
def test_known_errors_have_words_of_their_own(platform: Platform) -> None:
    """Each known error of a vendor has a basis and a word; none of our codes has two."""
    errors = platform.hooks.known_errors
    codes = [code for known in errors for code in known.codes]

    assert {known.basis for known in errors} <= {"documented", "observed", "assumed"}
    assert len({known.word for known in errors}) == len(errors) > 0
    assert len(set(codes)) == len(codes)
    assert {"missing_credential", "wrong_credential", "no_operation", "not_found"} <= set(codes)
    for known in errors:
        for code in known.codes:
            assert rendered(platform, ApiError(known.status, code, "..."))[0] == known.status


@each_platform
async def test_reset_leaves_nothing(world: World, platform: Platform) -> None:
    """After a reset a world is like a new one: the first request gets the same bytes again."""
    made = world.made
    request = sample(world, platform)
    first = await world.http.request(**request)
    await world.advance(60)

    response = await world.control("POST", "/reset")

    assert response.json() == made
    assert await left(world, ("/calls", "/callbacks", "/inboxes")) == [[], [], []]
    again = await world.http.request(**request)
    assert (again.status_code, again.content) == (first.status_code, first.content)


async def left(world: World, paths: Iterable[str]) -> list[Json]:
    """Return what the control API lists."""
    return [(await world.control("GET", path)).json() for path in paths]


@each_platform
async def test_worlds_have_credentials_of_their_own(
    world: World, other: World, platform: Platform
) -> None:
    """Two worlds never have the same credentials, and a world keeps its own."""
    shown = (await world.http.get(f"/_emulator/worlds/{world.name}")).json()

    mine, theirs = (each.made["credentials"][platform.name] for each in (world, other))
    assert shown["credentials"][platform.name] == mine
    assert not set(mine.values()) & set(theirs.values())


@each_platform
async def test_first_call_needs_nothing_prepared(world: World, platform: Platform) -> None:
    """A new world places a call of each vendor at once, and its callbacks come to an inbox."""
    placed = await world.control("POST", "/first-call", json={"platform": platform.name})
    assert placed.status_code == 201, placed.text
    first = placed.json()
    await world.advance()

    ended = [(await world.control("GET", f"/calls/{each['id']}")).json() for each in first["calls"]]
    about = {"batch_id": first["batch_id"]} if first["batch_id"] else {"call_id": ended[0]["id"]}
    callbacks = (await world.control("GET", "/callbacks", params=about)).json()
    received = (await world.control("GET", f"/inboxes/{first['inbox']}")).json()
    assert {each["platform"] for each in ended} == {platform.name}
    assert [each["planned"] for each in ended] == [[]] * len(ended)
    assert {each["status"] for each in callbacks} <= {"delivered"}
    # a bot may also ask a backend of the emulator's own
    reported = [each for each in callbacks if each["url"].endswith(f"/{first['inbox']}")]
    assert len(received) == len(reported)
    assert bool(received) == (platform.hooks.receiver_check is not None)


@each_platform
def test_options_are_shown_alike_after_a_restart(platform: Platform) -> None:
    """A default has the type of its option: what a file keeps is read as it was written."""
    options = platform.options()
    kept = json.dumps(options.model_dump())
    again = platform.options(**json.loads(kept))
    assert json.dumps(again.model_dump()) == kept


@each_platform
async def test_first_callback_comes_soon(world: World, platform: Platform) -> None:
    """On a live clock, a person who has placed a first call sees a callback within 20 seconds."""
    await world.control("POST", "/first-call", json={"platform": platform.name})
    await world.advance(20)

    delivered = (await world.control("GET", "/callbacks?status=delivered")).json()
    assert bool(delivered) == (platform.hooks.receiver_check is not None)


@each_platform
async def test_first_call_changes_nothing_else(world: World, platform: Platform) -> None:
    """The settings that a world had before stay as they were set."""
    before = (await world.control("GET", "/settings")).json()["options"]

    await world.control("POST", "/first-call", json={"platform": platform.name})

    after = (await world.control("GET", "/settings")).json()["options"]
    changed = {
        (vendor, name)
        for vendor, values in before.items()
        for name, value in values.items()
        if value and after[vendor][name] != value
    }
    assert changed == set()


@each_platform
async def test_snippets_have_the_credentials_of_the_world(world: World, platform: Platform) -> None:
    """Each vendor has its command in curl, Python and Node, for the world that is named."""
    listed = (await world.control("GET", "/platforms")).json()
    (shown,) = (each for each in listed if each["name"] == platform.name)
    own = world.made["credentials"][platform.name]

    titles = [each["title"] for each in shown["snippets"]]
    assert titles[:3] == ["curl", "Python", "Node"]
    assert shown["snippets"][0]["code"] == shown["command"]
    assert shown["headers"] == platform.auth.headers(own)
    for each in shown["snippets"]:
        assert world.made["base_urls"][platform.name].partition("/")[0] in each["code"]
        said = [*own.values(), *shown["headers"].values()]
        assert any(value in each["code"] for value in said)
