"""The emulator over TLS."""

import ssl
from pathlib import Path
from typing import Final

import httpx
import pytest
import trustme

from emulator.server import running
from emulator.settings import Settings
from tests.cases import each_case
from tests.processes import run, serving

HEALTH: Final = "/_emulator/health"


def get(url: str, ca: Path) -> httpx.Response:
    return httpx.get(url, verify=ssl.create_default_context(cafile=ca), trust_env=False)


def test_server_uses_the_certificate_it_is_given(tmp_path: Path) -> None:
    """``--tls-cert`` and ``--tls-key`` serve over TLS, under addresses that begin with https."""
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    issued.private_key_pem.write_to_path(tmp_path / "key.pem")
    issued.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    settings = Settings(port=0, tls_cert=tmp_path / "cert.pem", tls_key=tmp_path / "key.pem")

    with running(settings) as app:
        response = get(app.worlds.settings.base_url + HEALTH, tmp_path / "ca.pem")

    assert app.worlds.settings.base_url.startswith("https://127.0.0.1:")
    assert response.status_code == 200


def test_certificate_is_made_on_request() -> None:
    """``--tls self-signed`` prints the authority to trust; requests, callbacks and CLI use it."""
    with serving("--tls", "self-signed") as (process, url):
        assert process.stdout is not None
        name, _, path = process.stdout.readline().strip().partition("  ")
        response = get(url + HEALTH, Path(path))
        trusting = run("health", "--url", url, VOICEBOT_EMULATOR_CA=path)
        other = run("health", "--url", url)

    assert name == "certificate authority"
    assert url.startswith("https://")
    assert response.status_code == 200
    assert (trusting.returncode, other.returncode) == (0, 4)
    assert not Path(path).exists()


@each_case(
    ("arguments", "code", "reason"),
    [
        pytest.param(["--tls-cert", "a.pem"], 2, "--tls-key", id="half"),
        pytest.param(
            ["--tls-cert", "a.pem", "--tls-key", "b.pem"], 3, "No such file", id="missing"
        ),
        pytest.param(["--callback-ca", "a.pem"], 3, "cannot use a.pem", id="ca-missing"),
        pytest.param(["--callback-ca", __file__], 3, "holds no certificates", id="ca-no-pem"),
        pytest.param(
            ["--tls-cert", __file__, "--tls-key", __file__], 3, "cannot use the", id="no-pem"
        ),
    ],
)
def test_certificate_that_cannot_be_used_is_named(
    arguments: list[str], code: int, reason: str
) -> None:
    """A file that is missing or holds no certificate ends the start in one sentence."""
    ended = run("serve", "--port", "0", *arguments)

    assert ended.returncode == code
    assert reason in ended.stderr
    assert "Traceback" not in ended.stderr


def test_insecure_connections_are_announced() -> None:
    """That certificates are not checked is said at the start, on stderr."""
    with serving("--insecure-callbacks", "--insecure-streams") as (process, _):
        assert process.stderr is not None
        lines = [process.stderr.readline() for _ in range(2)]

    assert "--insecure-callbacks" in lines[0]
    assert "--insecure-streams" in lines[1]
