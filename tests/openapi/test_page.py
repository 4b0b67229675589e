"""The page that shows the documents: served from the package, and from nowhere else."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

import httpx
import pytest

from emulator.openapi.page import MEDIA_TYPES
from emulator.server import running
from emulator.settings import Settings
from tests.limits import LIMIT_SECONDS

BROWSER: Final = shutil.which("chromium") or shutil.which("chromium-browser")


async def test_page_is_served_with_all_its_parts(http: httpx.AsyncClient) -> None:
    """Page, style and script come from the emulator, each as what it is."""
    page = await http.get("/_emulator/docs")

    named = re.findall(r'(?:href|src)="([^"]+)"', page.text)
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert sorted(named) == ["data:,", "docs/docs.css", "docs/docs.js"]
    for part in ("docs.css", "docs.js"):
        response = await http.get(f"/_emulator/docs/{part}")
        assert response.status_code == 200
        assert response.headers["Content-Type"] == MEDIA_TYPES[part]


@pytest.mark.parametrize("part", [*MEDIA_TYPES])
async def test_page_needs_nothing_from_outside(http: httpx.AsyncClient, part: str) -> None:
    """A browser may load nothing from elsewhere, and no part asks it to."""
    response = await http.get(f"/_emulator/docs/{part}")

    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    assert (
        re.findall(r"(?:src|href|url\(|import|fetch\()\s*=?\s*[\"'`]?https?:", response.text) == []
    )
    assert "innerHTML" not in response.text


@pytest.mark.parametrize("part", ["__init__.py", "nope.js", "%2e%2e%2fdocument.py"])
async def test_nothing_but_the_page_is_served(http: httpx.AsyncClient, part: str) -> None:
    """Other files of the package are not to be had."""
    response = await http.get(f"/_emulator/docs/{part}")

    assert response.status_code == 404
    assert response.headers["Content-Type"] == "application/problem+json"


@pytest.mark.skipif(BROWSER is None, reason="there is no Chromium here")
def test_page_shows_operations_in_a_browser(tmp_path: Path) -> None:
    """In a browser that obeys the policy each operation and webhook of a platform is shown."""
    with running(Settings(port=0)) as app:
        command = [
            str(BROWSER),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            f"--user-data-dir={tmp_path}",
            "--virtual-time-budget=10000",
            "--dump-dom",
            f"{app.worlds.settings.base_url}/_emulator/docs#voicebooker",
        ]
        done = subprocess.run(  # noqa: S603  # our own command
            command, capture_output=True, text=True, timeout=LIMIT_SECONDS, check=True
        )

    shown = re.findall(r'<span class="method">POST</span><code>([^<]+)</code>', done.stdout)
    assert "/app/api/v1/makeCall" in shown
    assert "findExistingBooking" in shown
    assert 'href="/_emulator/openapi/voicebooker.json"' in done.stdout
    assert '<span class="basis assumed">assumed</span>' in done.stdout
    assert "curl -X POST" in done.stdout
    assert "<code>x-basis</code> says how" in done.stdout
    assert "types_with_products" in done.stdout
