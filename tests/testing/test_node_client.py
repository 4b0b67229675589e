"""The client for tests in JavaScript: served, typed, and used by the example projects."""

import json
import shutil
import subprocess
from pathlib import Path
from shutil import copytree, ignore_patterns
from typing import Final

import pytest

from emulator.control.client_files import CLIENT, TYPES
from tests.cli.test_exec import NODE, OLDEST, node_version
from tests.limits import LIMIT_SECONDS
from tests.processes import run
from tests.support import World

ROOT: Final = Path(__file__).parents[2]
EXAMPLES: Final = ROOT / "tests" / "examples"
TOOLS: Final = ROOT / ".node" / "node_modules"
"""vitest and the TypeScript compiler, installed by ``make node-tools``."""
PATIENT: Final = [f"--{each}={LIMIT_SECONDS}000" for each in ("testTimeout", "hookTimeout")]
FAILING: Final = """
import { test } from "node:test";
const { connect } = await import(process.env.VOICEBOT_EMULATOR_CLIENT);
test("fails", connect().test({ name: "sad" }, async (world) => {
  await world.fault("drop", { match: { platform: "voicebooker" } });
  await world.placeCalls("intron", { to: ["+2348055599012"], call_back_url: world.inbox().url });
  await world.inbox().answer(500);
  await world.advance(10);
  throw new Error("as expected");
}));
test("passes", connect().test({ name: "idle" }, async (world) => {
  await world.fault("outage");
}));
test("refused", async () => {
  await connect().world({ name: "sad!" });
});
"""

pytestmark = pytest.mark.skipif(
    node_version() < OLDEST, reason=f"Node {OLDEST} or newer is not installed"
)
with_tools = pytest.mark.skipif(not TOOLS.exists(), reason="make node-tools installs them")


async def test_client_and_types_are_served(world: World) -> None:
    """Both files come from the emulator, as modules of the same name."""
    module = await world.control("GET", "/client.mjs")
    types = await world.control("GET", "/client.d.mts")

    assert module.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert (module.content, types.content) == (CLIENT.read_bytes(), TYPES.read_bytes())


def project(name: str, folder: Path) -> Path:
    """Copy an example project, with the tools beside it."""
    copied = copytree(EXAMPLES / name, folder / name, ignore=ignore_patterns("node_modules"))
    if TOOLS.exists():
        (copied / "node_modules").symlink_to(TOOLS)
    return copied


def test_node_project_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The project for node:test passes against an emulator of its own."""
    monkeypatch.chdir(project("node_reminders", tmp_path))

    ended = run("exec", "--", NODE or "", "--test", "--test-reporter", "tap")

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "# pass 3" in ended.stdout


@with_tools
def test_vitest_project_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The project for vitest passes under vitest itself."""
    monkeypatch.chdir(project("vitest_reminders", tmp_path))
    command = str(TOOLS / ".bin" / "vitest")

    ended = run("exec", "--", command, "run", "--reporter", "json", *PATIENT)

    assert ended.returncode == 0, ended.stdout + ended.stderr
    report = json.loads(ended.stdout[ended.stdout.index("{") :])
    assert (report["numPassedTests"], report["numTotalTests"]) == (3, 3)


@with_tools
def test_types_fit_the_client(tmp_path: Path) -> None:
    """TypeScript accepts how the client is used, and refuses what it does not return."""
    for path in (ROOT / "tests" / "node" / "types.mts", Path(str(CLIENT)), Path(str(TYPES))):
        shutil.copy(path, tmp_path)
    command = [str(TOOLS / ".bin" / "tsc"), "--noEmit", "--strict", "--target", "es2022"]

    done = subprocess.run(  # noqa: S603  # a fixed command
        [*command, "--module", "nodenext", "types.mts"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_failure_shows_the_story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test throws gets the story of its world; unused faults are named in any case."""
    (tmp_path / "sad.test.mjs").write_text(FAILING)
    monkeypatch.chdir(tmp_path)

    ended = run("exec", "--", NODE or "", "--test", "--test-reporter", "tap")

    assert ended.returncode == 1
    text = ended.stdout + ended.stderr
    for expected in (
        "as expected",
        "emulator world sad (seed ",
        "POST /_emulator/calls -> 201",
        "ringing -> busy",
        "fault drop was never applied: no callback matched platform voicebooker; callbacks that",
        "pending: intron request.completed to ",
        "POST /worlds got status 400: name ",
        "world idle: fault outage was never applied: no call came that it can apply to",
    ):
        assert expected in text, text
