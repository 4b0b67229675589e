"""The thin client of the control API."""

import json
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any, Final
from urllib.parse import quote

import click
from pydantic import ValidationError

from emulator.cli.output import fail, plain, show
from emulator.settings import read_client_settings

UNREACHABLE: Final = 4
TIMED_OUT: Final = 5
PATIENCE: Final = 600.0
CALL_COLUMNS: Final = ("id", "platform", "to", "status", "outcome", "scenario", "created_at")
CALLBACK_COLUMNS: Final = ("id", "platform", "event", "status", "url", "due_at")


class Control:
    """One emulator's control API, acting on one world."""

    def __init__(self, url: str, world: str, token: str | None, *, as_json: bool) -> None:
        self._url = url.rstrip("/")
        self._headers = {"X-Emulator-World": world}
        if token is not None:
            self._headers["X-Emulator-Token"] = token
        self.as_json = as_json

    def ask(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """Make a request and return its JSON; end the program with a reason if it failed."""
        try:
            content = None if body is None else json.dumps(body, allow_nan=False).encode()
        except ValueError:
            raise click.UsageError("numbers have to be finite") from None
        given = {name: value for name, value in query.items() if value is not None}
        answer = self.send(method, path, content, **given)
        try:
            return json.loads(answer) if answer else None
        except ValueError:
            fail(f"what answers at {self._url} is not an emulator", UNREACHABLE)

    def send(self, method: str, path: str, content: bytes | None = None, **query: Any) -> bytes:
        """Make a request and return what is answered; end the program if it failed."""
        import httpx  # noqa: PLC0415  # start-up time of the other commands

        try:
            response = httpx.request(
                method,
                f"{self._url}/_emulator{path}",
                content=content,
                params=query,
                headers=self._headers,
                timeout=PATIENCE,
                trust_env=False,
            )
        except httpx.TimeoutException:
            fail(f"no answer from {self._url} within {PATIENCE:g} s", TIMED_OUT)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            fail(f"no emulator at {self._url}: {error}", UNREACHABLE)
        if response.is_error:
            try:
                problem = response.json()
            except ValueError:
                problem = None
            if not isinstance(problem, dict):
                fail(f"what answers at {self._url} is not an emulator", UNREACHABLE)
            hint = "".join(f"\n{line}" for line in _told(problem))
            timed_out = response.status_code == httpx.codes.REQUEST_TIMEOUT
            fail(f"{problem.get('detail', response.text)}{hint}", TIMED_OUT if timed_out else 1)
        if not response.content and response.status_code != httpx.codes.NO_CONTENT:
            fail(f"what answers at {self._url} is not an emulator", UNREACHABLE)
        return response.content

    def show_text(self, value: Any, text: str) -> None:
        """Print a text for people, the whole answer for programs."""
        if self.as_json:
            self.show(value)
        else:
            click.echo("\n".join(map(plain, text.splitlines())))

    def show(self, value: Any, columns: tuple[str, ...] = ()) -> None:
        """Print what came back."""
        if value is not None:
            show(value, as_json=self.as_json, columns=columns)


def _told(problem: dict[str, Any]) -> Iterator[str]:
    """What else a refusal says: a hint, and what did arrive instead of what was waited for."""
    if problem.get("hint"):
        yield problem["hint"]
    for each in problem.get("arrived", ()):
        line = f"{each['received_at']}  {each['method']}  {each['path']}  {each['body']}"
        yield "arrived    " + "".join(sign if sign.isprintable() else " " for sign in line)
    for each in problem.get("elsewhere", ()):
        yield f"elsewhere  {each['messages']} at {each['name']}"
    if "clock" in problem:
        clock = problem["clock"]
        due = f"next due {clock['next_due']}" if clock["next_due"] else "nothing is due"
        yield f"clock      {clock['mode']}, {clock['now']}, {due}"


def talks(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that say which emulator and which world."""

    @click.option("--url", help="Where the emulator is.  [http://127.0.0.1:8080]")
    @click.option("--world", help="Which world.  [default]")
    @click.option("--token", help="The control API's token.")
    @click.option("--json", "as_json", is_flag=True, help="Print JSON.")
    @wraps(function)
    def command(
        *args: Any,
        url: str | None,
        world: str | None,
        token: str | None,
        as_json: bool,
        **rest: Any,
    ) -> None:
        try:
            chosen = read_client_settings({"url": url, "world": world, "token": token})
        except ValidationError as error:
            raise click.UsageError(str(error)) from None
        function(Control(chosen.url, chosen.world, chosen.token, as_json=as_json), *args, **rest)

    return command


@click.command()
@talks
def health(control: Control) -> None:
    """Say whether the emulator serves."""
    control.show(control.ask("GET", "/health"))


@click.command()
@talks
def reset(control: Control) -> None:
    """Go back to a new world with the same settings and credentials."""
    control.show(control.ask("POST", "/reset"))


@click.command()
@click.argument("changes", nargs=-1, metavar="[KEY=VALUE]...")
@talks
def settings(control: Control, changes: tuple[str, ...]) -> None:
    """Show the world's settings, or change some: auth=strict intron.reply_shape=..."""
    if not changes:
        control.show(control.ask("GET", "/settings"))
        return
    body: dict[str, Any] = {}
    for change in changes:
        key, found, value = change.partition("=")
        if not found:
            raise click.UsageError(f"{change} is not of the form KEY=VALUE")
        platform, dotted, option = key.partition(".")
        if dotted:
            body.setdefault("options", {}).setdefault(platform, {})[option] = _plain(value)
        else:
            body[key] = _plain(value)
    control.show(control.ask("PATCH", "/settings", body))


def _plain(value: str) -> Any:
    """Read a number, true or false; anything else is text."""
    words = {"true": True, "false": False}
    if value in words:
        return words[value]
    for kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            continue
    return value


@click.group()
def world() -> None:
    """Make, list and end worlds."""


@world.command("list")
@talks
def list_worlds(control: Control) -> None:
    """List the worlds."""
    control.show(control.ask("GET", "/worlds"), ("name", "seed", "auth", "clock"))


@world.command("create")
@click.argument("name", required=False)
@click.option("--seed", type=int)
@click.option("--clock", "mode", type=click.Choice(["live", "frozen", "auto"]))
@click.option("--speed", type=float)
@click.option("--now")
@click.option("--auth", type=click.Choice(["open", "strict"]))
@click.option("--from", "origin", help="Another world, or a snapshot, to go on from.")
@talks
def create_world(
    control: Control,
    mode: str | None,
    speed: float | None,
    now: str | None,
    origin: str | None,
    **rest: Any,
) -> None:
    """Make a world, and print its credentials and addresses."""
    clock = {"mode": mode, "speed": speed, "now": now}
    given = rest | {"from": origin}
    body = {name: value for name, value in given.items() if value is not None}
    body["clock"] = {name: value for name, value in clock.items() if value is not None}
    control.show(control.ask("POST", "/worlds", body))


@world.command("show")
@click.argument("name")
@talks
def show_world(control: Control, name: str) -> None:
    """Show a world."""
    control.show(control.ask("GET", f"/worlds/{name}"))


@world.command("delete")
@click.argument("name")
@talks
def delete_world(control: Control, name: str) -> None:
    """End a world and forget all of it."""
    control.ask("DELETE", f"/worlds/{name}")


@click.group()
def clock() -> None:
    """Read the clock, set it, and let time pass."""


@clock.command("show")
@talks
def show_clock(control: Control) -> None:
    """Show the time, who moves it, and when something is due next."""
    control.show(control.ask("GET", "/clock"))


@clock.command("set")
@click.option("--mode", type=click.Choice(["live", "frozen", "auto"]))
@click.option("--speed", type=float)
@click.option("--now")
@talks
def set_clock(control: Control, **changes: Any) -> None:
    """Set who moves the time, how fast, or the time itself."""
    body = {name: value for name, value in changes.items() if value is not None}
    control.show(control.ask("PUT", "/clock", body))


@clock.command("advance", context_settings={"ignore_unknown_options": True})
@click.argument("seconds", type=float, required=False)
@click.option("--to", help="A time, for instance 2026-01-01T00:05:00Z.")
@click.option("--idle", is_flag=True, help="Until nothing is due.")
@talks
def advance(control: Control, seconds: float | None, to: str | None, *, idle: bool) -> None:
    """Let time pass: so many seconds, up to a time, or until nothing is due."""
    body = {"seconds": seconds, "to": to, "until": "idle" if idle else None}
    given = {name: value for name, value in body.items() if value is not None}
    if len(given) != 1:
        raise click.UsageError("say how long: SECONDS, --to or --idle")
    control.show(control.ask("POST", "/clock/advance", given))


@click.group()
def calls() -> None:
    """Simulate calls, look at them, and move them by hand."""


@calls.command("create")
@click.argument("platform")
@click.argument("fields", nargs=-1, metavar="[FIELD=VALUE]...")
@talks
def create_call(control: Control, platform: str, fields: tuple[str, ...]) -> None:
    """Simulate a call: exotel bot_id=bot_1 from=+919876543210 to=+911234567890.

    A VALUE that begins with { or [ is JSON, anything else is text. A FIELD with a dot is a part
    of another: voicebooker intent=book persona.firstname=Ada wishes.day=monday
    """
    body: dict[str, Any] = {"platform": platform}
    for each in fields:
        name, found, value = each.partition("=")
        if not found:
            raise click.UsageError(f"{each} is not of the form FIELD=VALUE")
        whole, dotted, part = name.partition(".")
        if not dotted:
            body[name] = _structure(value)
        elif isinstance(parts := body.setdefault(whole, {}), dict):
            parts[part] = _structure(value)
        else:
            raise click.UsageError(f"{whole} has a value already, and no parts")
    control.show(control.ask("POST", "/calls", body))


def _structure(value: str) -> Any:
    """Read an object or an array; anything else is text, also a number (+91...)."""
    if value[:1] not in {"{", "["}:
        return value
    try:
        return json.loads(value)
    except ValueError as error:
        raise click.UsageError(f"{value} is not JSON: {error}") from None


@calls.command("list")
@click.option("--platform")
@click.option("--status")
@click.option("--batch", "batch_id")
@click.option("--limit", type=int)
@click.option("--offset", type=int)
@talks
def list_calls(control: Control, **query: Any) -> None:
    """List calls, newest first."""
    control.show(control.ask("GET", "/calls", **query), CALL_COLUMNS)


@calls.command("show")
@click.argument("call_id", metavar="ID")
@talks
def show_call(control: Control, call_id: str) -> None:
    """Show a call, its steps, and what its vendor knows of it."""
    control.show(control.ask("GET", f"/calls/{call_id}"))


@calls.command("move")
@click.argument("call_id", metavar="ID")
@click.argument("status")
@click.option("--keys", help="The key pressed, for a call that completes.")
@talks
def move_call(control: Control, call_id: str, status: str, keys: str | None) -> None:
    """Force a legal step now."""
    body = {"status": status} | ({} if keys is None else {"keys": keys})
    control.show(control.ask("POST", f"/calls/{call_id}/move", body))


@click.group()
def callbacks() -> None:
    """Look at callbacks and their attempts, and send one again."""


@callbacks.command("list")
@click.option("--platform")
@click.option("--status")
@click.option("--call", "call_id")
@click.option("--batch", "batch_id")
@click.option("--limit", type=int)
@talks
def list_callbacks(control: Control, **query: Any) -> None:
    """List callbacks, newest first."""
    control.show(control.ask("GET", "/callbacks", **query), CALLBACK_COLUMNS)


@callbacks.command("show")
@click.argument("callback_id", metavar="ID")
@talks
def show_callback(control: Control, callback_id: str) -> None:
    """Show a callback with its body and every attempt."""
    control.show(control.ask("GET", f"/callbacks/{callback_id}"))


@callbacks.command("replay")
@click.argument("callback_id", metavar="ID")
@talks
def replay_callback(control: Control, callback_id: str) -> None:
    """Send a callback again at once, the same bytes."""
    control.show(control.ask("POST", f"/callbacks/{callback_id}/replay"))


@click.group()
def inbox() -> None:
    """Read, script and wait on the built-in endpoints."""


@inbox.command("read")
@click.argument("name")
@talks
def read_inbox(control: Control, name: str) -> None:
    """List what an inbox took."""
    control.show(control.ask("GET", f"/inboxes/{name}"), ("received_at", "method", "path", "body"))


@inbox.command("wait")
@click.argument("name")
@click.option("--count", type=int)
@click.option("--timeout", type=float, help="Real seconds.")
@talks
def wait_inbox(control: Control, name: str, **query: Any) -> None:
    """Wait until an inbox holds so many messages."""
    found = control.ask("GET", f"/inboxes/{name}/wait", **query)
    control.show(found, ("received_at", "method", "path", "body"))


@inbox.command("script")
@click.argument("name")
@click.argument("answers", nargs=-1, type=int, metavar="STATUS...")
@talks
def script_inbox(control: Control, name: str, answers: tuple[int, ...]) -> None:
    """Say with which statuses the next requests are answered."""
    control.show(control.ask("PUT", f"/inboxes/{name}", {"answers": list(answers)}))


@inbox.command("empty")
@click.argument("name")
@talks
def empty_inbox(control: Control, name: str) -> None:
    """Forget messages and scripted answers."""
    control.ask("DELETE", f"/inboxes/{name}")


@click.group()
def scenario() -> None:
    """Choose how callees behave."""


@scenario.command("list")
@talks
def list_scenarios(control: Control) -> None:
    """Show the rules, the outcome mix, and the scenarios there are."""
    control.show(control.ask("GET", "/scenarios"))


@scenario.command("add")
@click.argument("name")
@click.option("--platform")
@click.option("--number")
@click.option("--workflow", "workflow_id")
@click.option("--next", "next_", type=int, help="Only for so many calls.")
@talks
def add_rule(control: Control, name: str, next_: int | None, **match: Any) -> None:
    """Give calls that match a scenario; goes before the rules there are."""
    given = {key: value for key, value in ({"next": next_} | match).items() if value is not None}
    rules = control.ask("GET", "/scenarios")["rules"]
    rules.insert(0, {"match": given, "scenario": name})
    control.show(control.ask("PUT", "/scenarios", {"rules": rules}))


@scenario.command("mix")
@click.argument("weights", nargs=-1, required=True, metavar="NAME=WEIGHT...")
@talks
def set_mix(control: Control, weights: tuple[str, ...]) -> None:
    """Set what calls draw from that no rule and no magic number decides."""
    control.show(control.ask("PUT", "/scenarios", {"mix": _pairs(weights)}))


@scenario.command("quota")
@click.argument("counts", nargs=-1, required=True, metavar="NAME=COUNT...")
@talks
def set_quota(control: Control, counts: tuple[str, ...]) -> None:
    """Have exactly so many of each so many calls go one way: answered=700 no_answer=300."""
    control.show(control.ask("PUT", "/scenarios", {"quota": _pairs(counts)}))


def _pairs(given: tuple[str, ...]) -> dict[str, Any]:
    pairs = [each.partition("=") for each in given]
    if not all(found for _, found, _ in pairs):
        raise click.UsageError("each is of the form NAME=NUMBER")
    return {name: _plain(value) for name, _, value in pairs}


@scenario.command("clear")
@talks
def clear_scenarios(control: Control) -> None:
    """Go back to no rules and the first outcome mix."""
    control.show(control.ask("DELETE", "/scenarios"))


@click.command()
@click.argument("thing", metavar="ID")
@talks
def explain(control: Control, thing: str) -> None:
    """Tell why a call, a batch or a callback is as it is, step by step."""
    told = control.ask("GET", f"/explain/{quote(thing, safe='')}")
    control.show_text(told, told["text"])


commands = (
    explain,
    health,
    reset,
    settings,
    world,
    clock,
    calls,
    callbacks,
    inbox,
    scenario,
)
