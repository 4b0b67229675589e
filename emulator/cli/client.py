"""The client of the control API, and the flags of every command that uses it."""

import json
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import Any, Final, NoReturn

import click
from click.core import ParameterSource

from emulator.cli.exit_codes import FAILED, TIMED_OUT, UNREACHABLE
from emulator.cli.log_lines import DEFAULT_URL, DEFAULT_WORLD
from emulator.cli.names import world_names
from emulator.cli.output import echo, fail, plain, show
from emulator.cli.problems import lines_of, unreachable

PREFIX: Final = "VOICEBOT_EMULATOR_"
"""What the environment variables of these options begin with. Click reads them, not our settings,
which take longer to import than a shell should wait for a completion."""
REQUEST_TIMEOUT_SECONDS: Final = 600.0
NEXT_CURSOR: Final = "x-next-cursor"
"""The header with the cursor of the next page of a list."""
MISSING_SHARDS: Final = "x-emulator-missing-shards"
"""The header that names the processes whose worlds are not in a list."""


class ControlClient:
    """Sends requests to the control API of one emulator, about one world."""

    def __init__(
        self,
        url: str,
        world: str,
        token: str | None,
        *,
        as_json: bool,
        ca: str | None = None,
        is_own: bool = False,
    ) -> None:
        """``ca``: a PEM file of authorities that are trusted besides the system's.

        ``is_own``: the emulator is one of this process, whatever its certificate says.
        """
        self.url = url.rstrip("/")
        self.world = world
        self.token = token
        self._ca = ca
        self._is_own = is_own
        self.headers = {"X-Emulator-World": world}
        if token is not None:
            self.headers["X-Emulator-Token"] = token
        self.as_json = as_json

    def in_world(self, world: str) -> "ControlClient":
        """Return a client of the same emulator that asks about another world."""
        return self.at(self.url, world, self.token)

    def at(self, url: str, world: str, token: str | None) -> "ControlClient":
        """Return a client of another emulator, whose certificates are accepted in the same way."""
        return ControlClient(
            url, world, token, as_json=self.as_json, ca=self._ca, is_own=self._is_own
        )

    def ask(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """Send a request and return the JSON of the response; exit with a reason if it failed."""
        try:
            content = None if body is None else json.dumps(body, allow_nan=False).encode()
        except ValueError:
            raise click.UsageError("numbers must be finite; inf and nan are not JSON") from None
        given = {name: value for name, value in query.items() if value is not None}
        return self._decoded(self.send(method, path, content, **given))

    def pages(self, path: str, **query: Any) -> Iterator[Any]:
        """Go through a list page by page; exit with a reason if it cannot be read."""
        given = {name: value for name, value in query.items() if value is not None}
        headers: Any = {}

        def respond() -> Any:
            response = self.request("GET", path, **given)
            headers.clear()
            headers.update(response.headers)
            return response

        while True:
            yield from self._decoded(self.checked(respond))
            if (missing := headers.get(MISSING_SHARDS)) is not None:
                echo(f"shard {missing} does not answer: what it has is missing here", err=True)
            if NEXT_CURSOR not in headers:
                return
            given["cursor"] = headers[NEXT_CURSOR]

    def _decoded(self, content: bytes) -> Any:
        try:
            return json.loads(content) if content else None
        except ValueError:
            self._fail_as_foreign()

    def send(self, method: str, path: str, content: bytes | None = None, **query: Any) -> bytes:
        """Send a request and return the body of the response; exit with a reason if it failed."""
        return self.checked(lambda: self.request(method, path, content, **query))

    def request(
        self,
        method: str,
        path: str,
        content: Any = None,
        *,
        length: int | None = None,
        **query: Any,
    ) -> Any:
        """Send a request and return the response, whatever it is; raises the errors of httpx.

        ``length``: of a content that is given in parts.
        """
        with self.stream(method, path, content, length=length, **query) as response:
            response.read()
            return response

    def stream(
        self,
        method: str,
        path: str,
        content: Any = None,
        *,
        length: int | None = None,
        **query: Any,
    ) -> Any:
        """Return a context manager of a response whose body is still to be read."""
        import httpx  # noqa: PLC0415  # start-up time of the other commands

        return httpx.stream(
            method,
            f"{self.url}/_emulator{path}",
            content=content,
            params=query,
            headers=self.headers | ({} if length is None else {"Content-Length": str(length)}),
            timeout=REQUEST_TIMEOUT_SECONDS,
            verify=self._verify(),
            trust_env=False,
        )

    @staticmethod
    def with_content(response: Any, content: bytes) -> Any:
        """Return a response with the body that was read from it."""
        import httpx  # noqa: PLC0415  # start-up time of the other commands

        return httpx.Response(response.status_code, content=content)

    def checked(self, respond: Callable[[], Any]) -> bytes:
        """Return the body of a response; exit with a reason if there is none or it is an error."""
        import httpx  # noqa: PLC0415  # start-up time of the other commands

        try:
            response = respond()
        except httpx.TimeoutException:
            fail(f"no response from {self.url} within {REQUEST_TIMEOUT_SECONDS:g} s", TIMED_OUT)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            fail(unreachable(self.url, error), UNREACHABLE)
        if response.is_error:
            self._fail_with(response)
        if not response.content and response.status_code != httpx.codes.NO_CONTENT:
            self._fail_as_foreign()
        content: bytes = response.content
        return content

    def _verify(self) -> Any:
        """Return which certificates of the emulator are accepted."""
        if not self.url.lower().startswith("https:"):
            return False  # there are none; to load the authorities takes as long as the request
        if self._ca is None or self._is_own:
            return not self._is_own
        import ssl  # noqa: PLC0415  # start-up time

        try:
            return ssl.create_default_context(cafile=self._ca)
        except OSError as error:
            reason = error.strerror or error
            fail(f"VOICEBOT_EMULATOR_CA: {self._ca} cannot be used: {reason}", UNREACHABLE)

    def _fail_with(self, response: Any) -> NoReturn:
        try:
            problem = response.json()
        except ValueError:
            problem = None
        if not isinstance(problem, dict):
            self._fail_as_foreign()
        is_timeout = response.status_code == 408  # noqa: PLR2004  # Request Timeout
        fail("\n".join(lines_of(problem)), TIMED_OUT if is_timeout else FAILED)

    def _fail_as_foreign(self) -> NoReturn:
        fail(f"the server at {self.url} is not an emulator", UNREACHABLE)

    def show_text(self, value: Any, text: str) -> None:
        """Print a text for people, or with --json the value."""
        if self.as_json:
            self.show(value)
        else:
            echo("\n".join(map(plain, text.splitlines())))

    def show(self, value: Any, columns: tuple[str, ...] = ()) -> None:
        """Print a value; a list of records as a table of these columns."""
        if value is not None:
            show(value, as_json=self.as_json, columns=columns)

    def show_marked(self, rows: list[dict[str, Any]], columns: tuple[str, ...]) -> None:
        """Print records in a table that names the fault of each in one word: its kind and id."""
        if self.as_json:
            self.show(rows)
            return
        marks = [row.get("fault") for row in rows]
        named = [each and f"{each['kind'] or 'fault'} {each['id']}" for each in marks]
        marked = [row | {"fault": name} for row, name in zip(rows, named, strict=True)]
        self.show(marked, columns)


def _token(token: str | None, file: Path | None) -> str | None:
    """Return the token: a flag goes before the environment, and a token before a file."""
    source_of = click.get_current_context().get_parameter_source
    is_flag = source_of("token_file") is ParameterSource.COMMANDLINE
    if file is None or (token is not None and not is_flag):
        return token
    if token is not None and source_of("token") is ParameterSource.COMMANDLINE:
        return token
    from emulator.setting_types import read_token  # noqa: PLC0415  # start-up time of completions

    try:
        return read_token(file)
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def _token_options(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the flags of the control API's token."""
    file = click.option(
        "--token-file",
        envvar=f"{PREFIX}TOKEN_FILE",
        type=click.Path(dir_okay=False, path_type=Path),
        help="File with that token.",
    )
    token = click.option("--token", envvar=f"{PREFIX}TOKEN", help="Token of the control API.")
    return token(file(function))


def with_control(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command a ControlClient, the flags of ``with_connection``, and --json."""
    json_flag = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
    return with_connection(json_flag(function))


def with_connection(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command a ControlClient, and the flags that choose the emulator and the world."""

    @click.option(
        "--url",
        envvar=f"{PREFIX}URL",
        default=DEFAULT_URL,
        help=f"URL of the emulator.  [{DEFAULT_URL}]",
    )
    @click.option(
        "--world",
        envvar=f"{PREFIX}WORLD",
        default=DEFAULT_WORLD,
        help="Name of the world.  [default]",
        shell_complete=world_names,
    )
    @_token_options
    @click.option("--ca", envvar=f"{PREFIX}CA", hidden=True, help="PEM of trusted authorities.")
    @wraps(function)
    def command(
        *args: Any,
        url: str,
        world: str,
        token: str | None,
        token_file: Path | None,
        ca: str | None,
        as_json: bool = False,
        **rest: Any,
    ) -> None:
        control = ControlClient(url, world, _token(token, token_file), as_json=as_json, ca=ca)
        function(control, *args, **rest)

    return command
