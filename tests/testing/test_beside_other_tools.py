"""The plugin beside tools that replace clients, sockets or time in the same process."""

import pytest

pytest_plugins = ["pytester"]

MODES = [
    pytest.param([], id="served"),
    pytest.param(["--emulator-in-process"], id="in-process"),
]
USE = """
import httpx, pytest, requests

def use(world, inbox):
    world.place_calls("+2348055599001")
    world.advance()
    assert inbox.messages()[0].json["status"] == "COMPLETED"
    with world.client() as client:
        assert client.get("/_emulator/health").json()["status"] == "ok"
"""
MOCKS = {
    "pytest-httpx": """
def test_it(httpx_mock, emulator_world, emulator_inbox):
    httpx_mock.add_response(url="https://pay.example/charge", json={"ok": True})
    use(emulator_world, emulator_inbox)
    assert httpx.get("https://pay.example/charge").json() == {"ok": True}
""",
    "respx": """
import respx

@respx.mock
def test_it(emulator_world, emulator_inbox):
    respx.get("https://pay.example/charge").respond(json={"ok": True})
    use(emulator_world, emulator_inbox)
    assert httpx.get("https://pay.example/charge").json() == {"ok": True}
""",
    "responses": """
import responses

@responses.activate
def test_it(emulator_world, emulator_inbox):
    responses.get("https://pay.example/charge", json={"ok": True})
    use(emulator_world, emulator_inbox)
    assert requests.get("https://pay.example/charge").json() == {"ok": True}
""",
    "vcrpy": """
import vcr

def test_it(tmp_path, emulator_world, emulator_inbox):
    own = ("127.0.0.1", "localhost", "emulator.test")
    with vcr.use_cassette(tmp_path / "none.yaml", record_mode="none", ignore_hosts=own):
        use(emulator_world, emulator_inbox)
        with pytest.raises(Exception):
            requests.get("https://pay.example/charge")
""",
    "time-machine": """
import datetime, time_machine

def test_it(emulator_world, emulator_inbox):
    with time_machine.travel("2030-01-01", tick=False):
        use(emulator_world, emulator_inbox)
        assert datetime.date.today().year == 2030
""",
    "freezegun": """
import datetime, freezegun

def test_it(emulator_world, emulator_inbox):
    with freezegun.freeze_time("2030-01-01"):
        use(emulator_world, emulator_inbox)
        assert datetime.date.today().year == 2030
""",
    "pytest-socket": """
@pytest.mark.allow_hosts(["127.0.0.1", "::1"])
def test_it(emulator_world, emulator_inbox):
    use(emulator_world, emulator_inbox)
""",
}


@pytest.fixture(autouse=True)
def _alone(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project of its own, whose options are not those of this run."""
    for name in ("PYTEST_ADDOPTS", "PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT"):
        monkeypatch.delenv(name, raising=False)
    pytester.makeini("[pytest]\nfilterwarnings = error\n")


LIVE = """
import datetime, freezegun, pytest, time_machine

@pytest.mark.emulator(clock="live", speed=1000)
@pytest.mark.parametrize("replaced", [freezegun.freeze_time, time_machine.travel])
def test_it(emulator_world, emulator_inbox, replaced):
    before = emulator_world.now()
    with replaced("2035-12-01"):
        within = emulator_world.now()
    after = emulator_world.now()
    assert before <= within <= after < before + datetime.timedelta(days=30)
"""
"""A live clock follows the real one while a test has replaced time, at any speed."""


@pytest.mark.parametrize("options", MODES)
def test_mocks_and_the_plugin_keep_apart(pytester: pytest.Pytester, options: list[str]) -> None:
    """What a test asks of its emulator is never answered by a mock of the test's."""
    files = {f"test_{name.replace('-', '_')}": USE + body for name, body in MOCKS.items()}
    pytester.makepyfile(test_live_clock=LIVE, **files)

    run = pytester.runpytest_subprocess(*options, "-p", "no:schemathesis")

    run.assert_outcomes(passed=len(MOCKS) + 2)
