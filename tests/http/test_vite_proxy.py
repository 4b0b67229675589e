"""The guide's configuration of Vite: a page in development reaches a vendor's paths."""

import re
import subprocess
from pathlib import Path
from typing import Final

import httpx
import pytest

from emulator.app import Emulator
from emulator.server import running
from emulator.settings import Settings
from tests.limits import LIMIT_SECONDS
from tests.readme import ROOT

VITE: Final = ROOT / ".node" / "node_modules" / ".bin" / "vite"
ADDRESS: Final = re.compile(r"http://127\.0\.0\.1:\d+")


def status_of(app: Emulator, folder: Path, config: str) -> int:
    """Serve a page by Vite with this configuration, and place a request from the page."""
    url = app.worlds.settings.base_url
    folder.joinpath("vite.config.mjs").write_text(ADDRESS.sub(url, config))
    folder.joinpath("index.html").write_text("<title>Clinic</title>")
    command = [str(VITE), "--host", "127.0.0.1", "--port", "0", "--clearScreen", "false"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as served:  # noqa: S603  # a fixed command
        try:
            assert served.stdout is not None
            lines = (re.sub(r"\x1b\[[0-9;]*m", "", line) for line in served.stdout)
            page = next(found[0] for line in lines if (found := ADDRESS.search(line)))
            return httpx.post(
                f"{page}/intron/voicebot/v1/workflows",
                json={"name": "A", "workflow_type": "ROBOCALL", "message": "Hello"},
                headers={
                    "Authorization": "Bearer any",
                    "Origin": page,
                    "Sec-Fetch-Site": "same-origin",
                },
                timeout=LIMIT_SECONDS,
                trust_env=False,
            ).status_code
        finally:
            served.terminate()


@pytest.mark.skipif(not VITE.exists(), reason="there is no Vite here: make node-tools")
def test_page_behind_vite_reaches_the_vendor(tmp_path: Path) -> None:
    """As the guide says: the written-out form works without a flag, the short form does not."""
    config = (ROOT / "tests/examples/vite_proxy/vite.config.mjs").read_text()
    short = re.sub(r"\{ target: (\S+), changeOrigin: false \}", r"\1", config)
    assert short != config
    with running(Settings(port=0)) as app:
        statuses = [status_of(app, tmp_path, each) for each in (config, short)]

    assert statuses == [200, 403]
