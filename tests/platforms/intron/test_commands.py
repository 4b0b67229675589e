"""Placing Intron's batches from the command line."""

import json

import httpx
from click.testing import CliRunner

from emulator.cli import main
from emulator.server import running
from emulator.settings import Settings
from tests.platforms.intron.support import NUMBER


def test_batch_is_placed_from_the_command_line() -> None:
    """A number is enough; a field with a dot is a part of another."""
    words = [f"to={NUMBER}", "message=Hello [name]", "variables.name=Ada", "option_one=Yes"]
    with running(Settings(port=0)) as app:
        url = app.worlds.settings.base_url
        arguments = ["calls", "create", "intron", *words, "--url", url, "--json"]

        done = CliRunner().invoke(main, arguments)
        httpx.post(f"{url}/_emulator/clock/advance", json={"until": "idle"}, trust_env=False)

        assert done.exit_code == 0, done.output
        (call,) = json.loads(done.output)["calls"]
        shown = CliRunner().invoke(main, ["calls", "show", call["id"], "--url", url, "--json"])
        details = json.loads(shown.output)
    assert details["details"]["message"] == "Hello Ada"
    assert (details["status"], details["keys"]) == ("completed", "1")
