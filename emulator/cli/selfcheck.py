"""``selfcheck``: whether an emulator still does what the vendors' documents show."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from pydantic import ValidationError

from emulator import fixtures
from emulator.cli.client import UNREACHABLE
from emulator.cli.output import fail, show
from emulator.kit.auth import Auth
from emulator.kit.examples import Example, Finding, Reply, Visit, files_in, judged
from emulator.kit.platform import Platform
from emulator.settings import ClientSettings, Settings, read_client_settings
from emulator.vendors import discover

if TYPE_CHECKING:
    import httpx

PATIENCE: Final = 60.0
COLUMNS: Final = ("platform", "fixture", "result", "reason")
FROZEN: Final = {"seed": 0, "clock": {"mode": "frozen"}, "calls_per_second": 10.0}
"""How a world is made, whatever the server was started with."""


class OverHttp:
    """The way to an emulator that listens."""

    def __init__(self, client: "httpx.Client") -> None:
        self._client = client

    def send(
        self, method: str, path: str, headers: Mapping[str, str], content: bytes, frames: int
    ) -> Reply:
        """Make a request; of an answer that has no end, read only so many frames."""
        with self._client.stream(method, path, headers=headers, content=content) as response:
            found = b""
            for chunk in response.iter_bytes():
                found += chunk
                if frames and found.count(b"\n\n") >= frames:
                    found = b"\n\n".join(found.split(b"\n\n")[:frames]) + b"\n\n"
                    break
            return Reply(response.status_code, found)


class Refused(Exception):  # noqa: N818  # an answer, no mistake
    """No world is made; the message says why, the code how the program ends."""

    def __init__(self, reason: str, code: int) -> None:
        super().__init__(reason)
        self.code = code


def do(way: OverHttp, folder: Path, auth: Auth, each: Example) -> list[Finding]:
    """Do one example in a world of its own, which is gone afterwards; raises Refused."""
    kind = {"Content-Type": "application/json"}
    body = json.dumps(FROZEN | each.settings).encode()
    reply = way.send("POST", "/_emulator/worlds", kind, body, 0)
    visit = Visit(way, _made(reply), folder, auth.headers)
    try:
        return list(judged(each, visit))
    finally:
        way.send("DELETE", f"/_emulator/worlds/{visit.world}", {}, b"", 0)


def _made(reply: Reply) -> dict[str, Any]:
    """The world that was made; raises Refused."""
    try:
        made = reply.json
    except ValueError:
        made = None
    if not isinstance(made, dict) or not {"credentials", "detail"} & made.keys():
        raise Refused("what answers there is not an emulator", UNREACHABLE)
    if "detail" in made:
        raise Refused(f"no world is made: {made['detail']}\n{made.get('hint', '')}", 1)
    return made


def checked(way: OverHttp, folder: Path, platform: Platform) -> Iterator[Finding]:
    """Say of each file of a vendor's folder what came of it; raises Refused."""
    examples = platform.examples
    found: dict[str, Finding] = {
        name: Finding(name, "skip", reason) for name, reason in examples.left_out.items()
    }
    for each in examples.run:
        for finding in do(way, folder, platform.auth, each):
            if finding.result == "fail" or finding.fixture not in found:
                found[finding.fixture] = finding
    for name in files_in(folder):
        yield found.get(name) or Finding(name, "fail", "nothing does what it shows")


@click.command()
@click.option("--url", help="A running emulator; without, one of its own is checked.")
@click.option("--token", help="The control API's token.")
@click.option("--platform", "only", type=click.Choice(list(discover())), help="Only this vendor.")
@click.option("--quiet", is_flag=True, help="Print only what did not pass.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def selfcheck(
    *, url: str | None, token: str | None, only: str | None, quiet: bool, as_json: bool
) -> None:
    """Do again what the vendors' documents show, and compare; exit 1 if anything is otherwise.

    It makes worlds of its own and deletes them; other worlds are let be.
    """
    try:
        settings = read_client_settings({"url": url, "token": token})
    except ValidationError as error:
        raise click.UsageError(str(error)) from None
    rows = _rows(settings, only)
    counts = Counter(row["result"] for row in rows)
    told = {name: counts[name] for name in ("pass", "fail", "skip")}
    result = "fail" if told["fail"] or not told["pass"] else "pass"
    shown = [row for row in rows if row["result"] != "pass"] if quiet else rows
    if as_json:
        show({"result": result, "counts": told, "fixtures": shown}, as_json=True)
    else:
        show(shown, as_json=False, columns=COLUMNS)
        summary = ", ".join(f"{count} {name}" for name, count in told.items())
        click.echo(f"{result.upper()}  {summary}")
    raise SystemExit(1 if result == "fail" else 0)


def _rows(settings: ClientSettings, only: str | None) -> list[dict[str, Any]]:
    import httpx  # noqa: PLC0415  # start-up time of the other commands

    url = settings.url
    with ExitStack() as stack:
        if "url" not in settings.model_fields_set:
            from emulator.server import running  # noqa: PLC0415  # loads a server

            url = stack.enter_context(running(Settings(port=0))).worlds.settings.base_url
        headers = {} if settings.token is None else {"X-Emulator-Token": settings.token}
        try:
            client = httpx.Client(base_url=url, headers=headers, timeout=PATIENCE, trust_env=False)
            way = OverHttp(stack.enter_context(client))
            return [
                {"platform": name} | finding._asdict()
                for name, platform in discover().items()
                if only in (None, name)
                for finding in checked(way, fixtures.folder() / "contracts" / name, platform)
            ]
        except Refused as error:
            fail(str(error), error.code)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            fail(f"no emulator at {url}: {error}", UNREACHABLE)


commands = (selfcheck,)
