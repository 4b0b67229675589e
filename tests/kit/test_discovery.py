"""Vendors with mistakes: one sentence names the file and what to write, and the others work."""

import json
import logging
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

import emulator.platforms
from emulator.app import create_app
from emulator.kit.platform import Platform
from emulator.kit.seed_file import SeedSection, seed_section_of
from emulator.platforms import discover
from emulator.screens import dashboard_of
from emulator.settings import Settings
from tests.support import World
from tests.vendors import WHOLE, Folder, vendor_folder

ASTER: Final = "emulator/platforms/aster"
OTHERS: Final = [*discover()]
TIMEOUT_SECONDS: Final = 300
OPTIONS: Final = """
from __future__ import annotations

from emulator.kit.lazy_model import LazyModel


class AsterOptions(LazyModel):
    shape: str = "old"


options = AsterOptions
"""
GUESS: Final = ". Did you mean 'title'?"
"""What Python adds to its error since 3.13."""
DECLARATION: Final = "platform = Platform(name=..., title=..., roots=(...,), auth=auth)"
OPERATIONS: Final = "operations = (Operation(method=..., path=..., handler=...), ...)"
PLACE: Final = "def place(world: World, asked: CallRequest) -> Call: ..."
ALLOWED: Final = (
    "a segment is plain text, {name}, or {name} with one suffix such as {name}.json, "
    "where each name is a Python identifier that the path has once"
)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    """An empty place for vendors, in which they are looked for too."""
    with vendor_folder(tmp_path) as found:
        yield found


def logged(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The errors that were logged."""
    return [each.getMessage() for each in caplog.records if each.levelno == logging.ERROR]


def test_whole_vendor_is_found(folder: Folder, caplog: pytest.LogCaptureFixture) -> None:
    """A folder that lacks nothing is a platform, with the defaults for what it leaves out."""
    folder.write({})

    platform = discover()["aster"]

    assert [*discover()] == sorted(["aster", *OTHERS])
    assert platform.hooks.problem is None
    assert platform.hooks.place_model is not None
    assert platform.hooks.place_model().__name__ == "CallRequest"
    assert platform.examples.examples == ()
    assert platform.reference.notices == ()
    assert (platform.endpoint_check, platform.demo.story) == (None, None)
    assert seed_section_of(platform) == SeedSection()
    assert platform.command("http://h", {"api_key": "k"}).startswith("curl -X GET http://h/aster")
    assert logged(caplog) == []


def init(text: str) -> dict[str, str | None]:
    """A change to the module that declares the platform."""
    return {"__init__.py": WHOLE["__init__.py"].replace('title="Aster"', text)}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        pytest.param(
            dict.fromkeys(WHOLE),
            f"{ASTER}/__init__.py is missing; write in it: {DECLARATION}",
            id="empty",
        ),
        pytest.param(
            {"__init__.py": ""},
            f"{ASTER}/__init__.py declares no platform; write: {DECLARATION}",
            id="no-platform",
        ),
        pytest.param(
            {"__init__.py": "platform = 1"},
            f"{ASTER}/__init__.py declares no platform; write: {DECLARATION}",
            id="platform-of-another-type",
        ),
        pytest.param(
            {"__init__.py": WHOLE["__init__.py"].replace('"aster"', '"astere"')},
            f"{ASTER}/__init__.py declares platform 'astere'; "
            "its name must be that of its folder, 'aster'",
            id="other-name",
        ),
        pytest.param(
            {"routes.py": None},
            f"{ASTER}/routes.py is missing; write in it: {OPERATIONS}",
            id="no-routes",
        ),
        pytest.param(
            {"calls.py": None}, f"{ASTER}/calls.py is missing; write in it: {PLACE}", id="no-calls"
        ),
        pytest.param(
            {"schemas.py": None},
            f"{ASTER}/schemas.py is missing; write in it: "
            "the models of requests and responses, spelled as the vendor spells them",
            id="no-schemas",
        ),
        pytest.param(
            {"auth.py": None},
            f"{ASTER}/auth.py is missing; write in it: "
            "auth = basic_auth(...), bearer_auth(...) or Auth(...)",
            id="no-auth",
        ),
        pytest.param(
            {"auth.py": ""},
            f"{ASTER}/auth.py defines no auth; write in it: "
            "auth = basic_auth(...), bearer_auth(...) or Auth(...)",
            id="missing-name",
        ),
        pytest.param(
            {"__init__.py": "platform = (\n"},
            f"{ASTER}/__init__.py, line 1, cannot be imported: SyntaxError: '(' was never closed",
            id="syntax-error",
        ),
        pytest.param(
            {"auth.py": "\n\nimport nowhere"},
            f"{ASTER}/auth.py, line 3, cannot be imported: "
            "ModuleNotFoundError: No module named 'nowhere'",
            id="import-error",
        ),
        pytest.param(
            init('titel="Aster"'),
            f"{ASTER}/__init__.py, line 5, cannot be imported: TypeError: "
            "Platform.__init__() got an unexpected keyword argument 'titel'",
            id="unknown-field",
        ),
        pytest.param(
            {"__init__.py": WHOLE["__init__.py"].replace('("/aster/v1",)', '("/aster/v1")')},
            f"{ASTER}/__init__.py, line 5, cannot be imported: ValueError: "
            'roots must be a tuple such as ("/v1",)',
            id="roots-without-comma",
        ),
        pytest.param(
            {"__init__.py": WHOLE["__init__.py"].replace("/aster/v1", "/_emulator/x")},
            f"{ASTER}/__init__.py, line 5, cannot be imported: ValueError: "
            "root '/_emulator/x' must be a path such as '/v1', without parameters",
            id="root-of-the-control-api",
        ),
        pytest.param(
            {"__init__.py": WHOLE["__init__.py"].replace("/aster/v1", "/voicebot/v1/more")},
            "emulator/platforms/intron/__init__.py: /voicebot/v1 overlaps /voicebot/v1/more of "
            f"{ASTER}/__init__.py; give one of them other roots",
            id="overlapping-roots",
        ),
        pytest.param(
            {"__init__.py": WHOLE["__init__.py"].replace("/aster/v1", "/intron")},
            "emulator/platforms/intron/__init__.py: /intron overlaps /intron of "
            f"{ASTER}/__init__.py; give one of them other roots",
            id="root-is-a-name",
        ),
        pytest.param(
            init('title="Aster", sample=lambda url, own: own["key"]'),
            f"{ASTER}/__init__.py: sample cannot be used: KeyError: 'key'",
            id="sample",
        ),
        pytest.param(
            {
                "auth.py": "from emulator.kit.auth import Auth\nauth = Auth(issue=lambda _: {}, "
                "headers=lambda _: {}, credential=lambda headers, _: headers.get('key'))"
            },
            f"{ASTER}/auth.py: auth cannot be used: ValueError: "
            "auth.credential finds nothing in auth.headers",
            id="auth-finds-nothing",
        ),
        pytest.param(
            {"callback.py": ""},
            f"{ASTER}/callback.py is read by nothing; did you mean callbacks?",
            id="mistyped-module",
        ),
    ],
)
def test_folder_that_is_no_vendor_is_left_out(
    folder: Folder,
    caplog: pytest.LogCaptureFixture,
    changes: dict[str, str | None],
    sentence: str,
) -> None:
    """One sentence names the file and what to write; the other vendors are found."""
    folder.write(changes)

    found = [*discover()]
    discover()

    left_out = "intron" if "/intron/" in sentence else "aster"
    said = [each.removesuffix(GUESS) for each in logged(caplog)]
    assert said == [f"platform {left_out} is left out: {sentence}"]
    assert found == [each for each in sorted(["aster", *OTHERS]) if each != left_out]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        pytest.param(
            "my-aster",
            "platform my-aster is left out: emulator/platforms/my-aster must have a name of "
            "lower-case letters, such as acme",
            id="no-identifier",
        ),
        pytest.param("_aster", None, id="private"),
        pytest.param(".aster", None, id="hidden"),
    ],
)
def test_name_of_a_folder_is_checked(
    folder: Folder, caplog: pytest.LogCaptureFixture, name: str, sentence: str | None
) -> None:
    """A folder whose name cannot be a platform's is named, unless it is private or hidden."""
    folder.write({}, name)

    assert [*discover()] == OTHERS
    assert logged(caplog) == ([] if sentence is None else [sentence])


def test_remains_of_a_vendor_are_ignored(folder: Folder, caplog: pytest.LogCaptureFixture) -> None:
    """Python leaves a folder of compiled modules behind when a vendor's files are deleted."""
    (folder.path / "aster" / "__pycache__").mkdir(parents=True)

    assert [*discover()] == OTHERS
    assert logged(caplog) == []


def routes(old: str, new: str) -> dict[str, str | None]:
    """A change to the module of operations."""
    assert old in WHOLE["routes.py"]
    return {"routes.py": WHOLE["routes.py"].replace(old, new)}


def place(text: str) -> dict[str, str | None]:
    """A change to what ``place`` is written like."""
    return {"calls.py": WHOLE["calls.py"].replace("world: World, asked: CallRequest", text)}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        pytest.param(
            {"routes.py": ""},
            f"{ASTER}/routes.py defines no operations; write in it: {OPERATIONS}",
            id="no-operations",
        ),
        pytest.param(
            {"routes.py": "operations = ()"},
            f"{ASTER}/routes.py defines no operations; write in it: {OPERATIONS}",
            id="operations-empty",
        ),
        pytest.param(
            {"routes.py": None, "routes/__init__.py": ""},
            f"{ASTER}/routes/__init__.py defines no operations; write in it: {OPERATIONS}",
            id="package",
        ),
        pytest.param(
            routes("operations = ", "operation = "),
            f"{ASTER}/routes.py defines operation, which nothing reads; did you mean operations?",
            id="operation",
        ),
        pytest.param(
            routes("operations = ", "OPERATIONS = "),
            f"{ASTER}/routes.py defines OPERATIONS, which nothing reads; did you mean operations?",
            id="upper-case",
        ),
        pytest.param(
            routes("operations = (", "operations = [1, ") | {},
            f"{ASTER}/routes.py, line 11, cannot be imported: SyntaxError: "
            "closing parenthesis ')' does not match opening parenthesis '['",
            id="syntax-error",
        ),
        pytest.param(
            {"routes.py": "operations = (1, 2)"},
            f"{ASTER}/routes.py: operations must be a tuple of Operation",
            id="operations-of-another-type",
        ),
        pytest.param(
            {"callbacks.py": "import nowhere"},
            f"{ASTER}/callbacks.py, line 1, cannot be imported: "
            "ModuleNotFoundError: No module named 'nowhere'",
            id="import-error",
        ),
        pytest.param(
            {"state.py": "import emulator.platforms.aster.records"},
            f"{ASTER}/state.py, line 1, cannot be imported: "
            "ModuleNotFoundError: No module named 'emulator.platforms.aster.records'",
            id="own-module-missing",
        ),
        pytest.param(
            {
                "options.py": "from emulator.platforms.aster.limits import LIMIT",
                "limits.py": "1 / 0",
            },
            f"{ASTER}/limits.py, line 1, cannot be imported: ZeroDivisionError: division by zero",
            id="error-in-a-module-of-its-own",
        ),
        pytest.param(
            {"callbacks.py": "def on_event_handlers(): ..."},
            f"{ASTER}/callbacks.py defines on_event_handlers, which nothing reads; "
            "did you mean event_handlers?",
            id="on-event-handlers",
        ),
        pytest.param(
            {"errors.py": "from emulator.kit.errors import ApiError\n\nknown_error = ()"},
            f"{ASTER}/errors.py defines known_error, which nothing reads; "
            "did you mean known_errors?",
            id="known-error",
        ),
        pytest.param(
            {"callbacks.py": "events = ('call.ended')"},
            f"{ASTER}/callbacks.py: events must be a tuple of str",
            id="events-without-comma",
        ),
        pytest.param(
            {"callbacks.py": "event_handlers = []"},
            f"{ASTER}/callbacks.py: event_handlers must be a dictionary",
            id="handlers-of-another-type",
        ),
        pytest.param(
            {"options.py": "options = {}"},
            f"{ASTER}/options.py: options must be a class derived from LazyModel",
            id="options-of-another-type",
        ),
        pytest.param(
            {"options.py": OPTIONS.replace("from __future__ import annotations", "")},
            f"{ASTER}/options.py, line 7, cannot be imported: TypeError: AsterOptions has "
            "annotations that are no texts; begin the module with "
            "from __future__ import annotations",
            id="options-without-future-annotations",
        ),
        pytest.param(
            {"chapters.py": "profiles = {}"},
            f"{ASTER}/chapters.py defines profiles, which belongs in options.py: move it",
            id="profiles-of-chapters",
        ),
        pytest.param(
            {"state.py": "new_state = {}"},
            f"{ASTER}/state.py: new_state must be a function",
            id="state-of-another-type",
        ),
        pytest.param(
            place("world, asked"),
            f"{ASTER}/calls.py: place() must be written as {PLACE}",
            id="place-without-annotations",
        ),
        pytest.param(
            place("world: World, asked: dict"),
            f"{ASTER}/calls.py: place() must be written as {PLACE}",
            id="place-without-a-model",
        ),
        pytest.param(
            place("world: World"),
            f"{ASTER}/calls.py: place() must be written as {PLACE}",
            id="place-of-one-parameter",
        ),
        pytest.param(
            place("world: World, asked: 'Nowhere'"),
            f"{ASTER}/calls.py: place() must be written as {PLACE}",
            id="place-with-an-unknown-model",
        ),
        pytest.param(
            routes("/calls/{sid}", "/calls/{sid"),
            f"{ASTER}/routes.py, line 11, cannot be imported: PathError: "
            "path '/aster/v1/calls/{sid' has the segment '{sid', which cannot be served: "
            f"{ALLOWED}",
            id="path",
        ),
        pytest.param(
            routes("/aster/v1/calls", "/v1/calls"),
            f"{ASTER}/routes.py declares GET /v1/calls/{{sid}}, which is below none of the "
            f"platform's roots (/aster/v1); add a root in {ASTER}/__init__.py",
            id="path-below-no-root",
        ),
        pytest.param(
            routes(
                "operations = (",
                'operations = (Operation(method="GET", path="/aster/v1/calls/{id}", '
                "handler=get_call), ",
            ),
            f"{ASTER}/routes.py declares GET /aster/v1/calls/{{sid}} twice; remove one of them",
            id="equal-paths",
        ),
    ],
)
def test_vendor_with_a_mistake_serves_nothing(
    folder: Folder,
    caplog: pytest.LogCaptureFixture,
    changes: dict[str, str | None],
    sentence: str,
) -> None:
    """A mistake in a module is one sentence, logged once, when the module is first needed."""
    folder.write(changes)

    platform = discover()["aster"]
    hooks = platform.hooks

    assert (hooks.problem, hooks.operations, platform.problems) == (sentence, (), [sentence])
    assert logged(caplog) == [f"platform aster: {sentence}"]
    assert all(discover()[name].hooks.operations for name in OTHERS)


@pytest.mark.parametrize(
    ("module", "text", "sentence"),
    [
        pytest.param(
            "reference.py",
            "",
            "reference.py defines no reference; write in it: reference = Reference(...)",
            id="no",
        ),
        pytest.param(
            "reference.py",
            "references = 1",
            "reference.py defines references, which nothing reads; did you mean reference?",
            id="mistyped",
        ),
        pytest.param(
            "examples.py", "examples = ()", "examples.py: examples must be Examples(...)", id="type"
        ),
        pytest.param(
            "examples.py",
            "x = (",
            "examples.py, line 1, cannot be imported: SyntaxError: '(' was never closed",
            id="syntax-error",
        ),
        pytest.param(
            "endpoint_check.py",
            "import nowhere",
            "endpoint_check.py, line 1, cannot be imported: "
            "ModuleNotFoundError: No module named 'nowhere'",
            id="import-error",
        ),
        pytest.param("demo.py", "story = 1", "demo.py: story must be a function", id="demo"),
        pytest.param(
            "seed_file.py",
            "async def seed(seeding, asked): ...",
            "seed_file.py defines no section",
            id="seed-file",
        ),
        pytest.param(
            "dashboard/screens.json",
            '{"screen": []}',
            "dashboard/screens.json: screen is not a field",
            id="dashboard",
        ),
    ],
)
def test_mistake_in_an_optional_part_is_logged(
    folder: Folder, caplog: pytest.LogCaptureFixture, module: str, text: str, sentence: str
) -> None:
    """The vendor is served without the part, and the sentence is logged when the part is needed."""
    folder.write({module: text})
    platform = discover()["aster"]

    name = module.partition(".")[0].partition("/")[0]
    parts = {"dashboard": dashboard_of, "seed_file": seed_section_of}
    part: Any = parts[name](platform) if name in parts else getattr(platform, name)

    assert platform.problems == [f"{ASTER}/{sentence}"]
    assert logged(caplog) == [f"platform aster: {ASTER}/{sentence}"]
    assert platform.hooks.problem is None
    assert part is None or part == type(part)()


@pytest.mark.parametrize(
    ("changes", "shown", "sentence"),
    [
        pytest.param(
            {"options.py": "options = {}"},
            {},
            "options.py: options must be a class derived from LazyModel",
            id="in-options",
        ),
        pytest.param(
            {"options.py": OPTIONS, "routes.py": "operations = 1"},
            {"shape": "old"},
            "routes.py: operations must be a tuple of Operation",
            id="elsewhere",
        ),
    ],
)
async def test_world_is_shown_with_the_options_that_can_be_imported(
    folder: Folder,
    caplog: pytest.LogCaptureFixture,
    changes: dict[str, str | None],
    shown: dict[str, str],
    sentence: str,
) -> None:
    """A mistake in ``options.py`` leaves a vendor without options, one elsewhere changes none."""
    folder.write(changes)
    platform = discover()["aster"]
    app = create_app(Settings())
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
        made = await http.post("/_emulator/worlds")
        called = await http.get("/aster/v1/calls/1")
    await app.worlds.stop()

    assert (made.status_code, made.json()["options"]["aster"]) == (201, shown)
    assert (called.status_code, called.json()["message"]) == (500, f"{ASTER}/{sentence}")
    assert platform.problems == [f"{ASTER}/{sentence}"]
    assert logged(caplog) == [f"platform aster: {ASTER}/{sentence}"]


async def test_request_to_a_vendor_with_a_mistake_is_answered_with_it(folder: Folder) -> None:
    """A request to the vendor is answered with what is wrong; the control API lists the others."""
    folder.write({"routes.py": "operations = ()"})
    app = create_app(Settings())
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
        world = World(http, (await http.post("/_emulator/worlds")).json())

        called = await http.get("/aster/v1/calls/1")
        placed = await world.control("POST", "/calls", json={"platform": "aster"})
        lists = [
            await http.get(f"/_emulator{path}")
            for path in ("/operations", "/numbers", "/platforms", "/coverage", "/calls", "/bots")
        ]
        await world.place(await world.workflow(), "+2348000000001")
        await world.advance()
    await app.worlds.stop()

    sentence = f"{ASTER}/routes.py defines no operations; write in it: {OPERATIONS}"
    assert (called.status_code, called.json()["message"]) == (500, sentence)
    assert (placed.status_code, placed.json()["detail"]) == (500, sentence)
    assert [each.status_code for each in lists] == [200] * len(lists)


SCRIPT: Final = """
import json, sys
import emulator.platforms
emulator.platforms.__path__.append(sys.argv[1])
from click.testing import CliRunner
from emulator.cli import main
results = []
for arguments in json.loads(sys.argv[2]):
    done = CliRunner().invoke(main, arguments)
    results.append([done.exit_code, done.stdout, done.stderr])
print(json.dumps(results))
"""


def commands(folder: Folder, *commands_: list[str]) -> list[tuple[int, str, str]]:
    """Run commands in one process, in which the vendor is looked for: code and both outputs."""
    done = subprocess.run(  # noqa: S603  # our own program
        [sys.executable, "-c", SCRIPT, str(folder.path), json.dumps(commands_)],
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=True,
    )
    return [(0, "", done.stderr), *(tuple(each) for each in json.loads(done.stdout))]


@pytest.mark.parametrize(
    ("changes", "is_found"),
    [
        pytest.param({"calls.py": None}, False, id="left-out"),
        pytest.param({"routes.py": "operations = 1"}, True, id="with-a-mistake"),
    ],
)
def test_commands_work_for_the_other_vendors(
    folder: Folder, changes: dict[str, str | None], *, is_found: bool
) -> None:
    """Commands end as ever and show the other vendors; the sentence is printed once."""
    folder.write(changes)

    started, listed, numbers, document = commands(
        folder, ["operations", "--json"], ["numbers", "--json"], ["openapi", "intron"]
    )
    *_, refused = commands(folder, ["openapi", "aster"])

    printed = "".join(stderr for *_, stderr in (started, listed, numbers, document))
    assert [code for code, *_ in (listed, numbers, document)] == [0, 0, 0]
    assert [*dict.fromkeys(each["platform"] for each in json.loads(listed[1]))] == OTHERS
    assert {*OTHERS} <= json.loads(numbers[1])[0].keys()
    assert "Intron" in json.loads(document[1])["info"]["title"]
    assert (printed.count("\n"), printed.startswith("platform aster")) == (1, True)
    assert refused[:2] == (1 if is_found else 2, "")


SERVE: Final = """
import sys
import emulator.platforms
emulator.platforms.__path__.append(sys.argv.pop(1))
from emulator.cli import main
main()
"""


def test_server_starts_with_the_other_vendors(folder: Folder) -> None:
    """``serve`` prints the sentence, serves the others and stops as ever."""
    folder.write({"routes.py": "operations = ()"})
    process = subprocess.Popen(  # noqa: S603  # our own program
        [sys.executable, "-c", SERVE, str(folder.path), "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    url = ""
    for line in process.stdout:
        if line.startswith("control"):
            url = line.split()[1].removesuffix("/_emulator")
            break

    answered = [
        httpx.get(f"{url}/{path}", headers={"Authorization": "Bearer x"}, trust_env=False)
        for path in ("voicebot/v1/workflows", "aster/v1/calls/1")
    ]
    process.send_signal(signal.SIGINT)
    _, printed = process.communicate(timeout=TIMEOUT_SECONDS)

    assert [each.status_code for each in answered] == [200, 500]
    assert process.returncode == 0
    assert printed == (
        f"platform aster: {ASTER}/routes.py defines no operations; write in it: {OPERATIONS}\n"
    )


@pytest.mark.parametrize(
    "platform", [pytest.param(each, id=each.name) for each in discover().values()]
)
def test_vendor_has_no_mistake(platform: Platform) -> None:
    """Every vendor of this project is whole, in its optional parts too."""
    for name in ("hooks", "reference", "examples", "demo", "endpoint_check"):
        getattr(platform, name)
    dashboard_of(platform)
    seed_section_of(platform)

    assert platform.problems == []


def test_every_folder_is_a_vendor() -> None:
    """No vendor of this project is left out."""
    (path,) = emulator.platforms.__path__
    folders = {each.name for each in Path(path).iterdir() if (each / "__init__.py").is_file()}

    assert {*discover()} == folders
