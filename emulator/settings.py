"""Flags and environment become Settings; the only reader of the environment."""

import os
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final, Self, TypeVar
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from emulator.clock import ClockMode, reachable
from emulator.domain.database_url import file_or_url
from emulator.domain.durations import read_duration
from emulator.domain.links import PlatformLink
from emulator.domain.profiles import read_profiles

MAX_TOKEN_BYTES: Final = 4096
TOKENS: Final = frozenset({"token", "token_file"})
PREFIX: Final = "VOICEBOT_EMULATOR_"
ALIASES: Final = {"checkpoint_bytes": "fold_bytes", "checkpoint_timeout": "fold_seconds"}
"""Former names of settings, whose environment variables are still read."""


def _paths(value: Any) -> Any:
    """Split paths from an environment variable, which separates them as PATH does."""
    return value.split(os.pathsep) if isinstance(value, str) else value


def _list(value: Any) -> Any:
    """In the environment, values are separated by commas."""
    return [part.strip() for part in value.split(",")] if isinstance(value, str) else value


def _profiles(value: Any) -> Any:
    """Read ``PLATFORM=PROFILE,...`` from a flag or an environment variable."""
    return read_profiles(value) if isinstance(value, str) else value


def _origins(value: tuple[str, ...]) -> tuple[str, ...]:
    for origin in value:
        parts = urlsplit(origin)
        if origin != "*" and (not parts.netloc or origin != f"{parts.scheme}://{parts.netloc}"):
            raise ValueError(f"has {origin!r}; write an origin such as http://localhost:3000, or *")
    return value


def _public_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f"is {value!r}; write a URL such as https://example.com/emulator")
    return value


def read_token(path: Path) -> str:
    """Return the token that a file has, without white space around it; ValueError if none."""
    try:
        if not path.is_file():
            raise ValueError(f"{path} is not a file")
        with path.open("rb") as file:
            token = file.read(MAX_TOKEN_BYTES + 1).decode().strip()
    except OSError as error:
        raise ValueError(f"cannot read {path}: {error.strerror}") from None
    if not token or len(token) > MAX_TOKEN_BYTES or not token.isprintable():
        raise ValueError(f"{path} has no token: one line of at most {MAX_TOKEN_BYTES} characters")
    return token


TokenFile = Annotated[Path, AfterValidator(lambda path: read_token(path) and path)]
"""A file that has a token."""
Seconds = Annotated[float, BeforeValidator(read_duration)]
"""Seconds; in the environment also a duration such as 90s or 1h30m."""


class Settings(BaseModel):
    """How a server and the worlds made on it behave."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    clock: ClockMode = ClockMode.FROZEN
    speed: float = Field(default=1.0, gt=0, le=1_000_000, allow_inf_nan=False)
    now: Annotated[AwareDatetime, AfterValidator(reachable)] | None = None
    seed: int = Field(default=0, ge=-(2**63), lt=2**63)
    auth: str = Field(default="open", pattern="^(open|strict)$")
    calls_per_second: float = Field(default=10.0, ge=0.001, le=1_000_000, allow_inf_nan=False)
    profile: Annotated[dict[str, str], BeforeValidator(_profiles)] = {}
    """The profile of each of these platforms, in worlds that are created without options."""
    max_body: int = Field(default=32 * 1024 * 1024, gt=0)
    """The largest request body in bytes."""
    keep: int = Field(default=100_000, gt=0)
    """Entries that the history, the callback log and each inbox keep."""
    keep_bytes: int = Field(default=64 * 1024 * 1024, gt=0)
    """Bytes that the history, the callback log, and all inboxes of a world together keep."""
    max_world_bytes: int = Field(default=2 << 30, gt=0)
    """About how many bytes of memory one world may take."""
    max_bytes: int = Field(default=4 << 30, gt=0)
    """About how many bytes all worlds and snapshots together may take."""
    callback_timeout: Seconds = Field(default=10.0, gt=0, le=600)
    """Real seconds that an endpoint has for its whole response."""
    client_timeout: Seconds = Field(default=60.0, gt=0, le=86_400)
    """Real seconds that a client has for the head of a request, and for each KiB of its body."""
    allow_public_callbacks: bool = False
    token: str | None = Field(default=None, min_length=1)
    """The token of the control API; required when ``host`` is not a loopback address."""
    token_file: TokenFile | None = None
    """A file with the token, which then is neither in a command line nor in the environment."""
    data: Annotated[Path | str | None, BeforeValidator(file_or_url)] = None
    """The file or the database (URL) that keeps every world; None for memory only."""
    durability: str = Field(default="normal", pattern="^(normal|sync)$")
    """Answered requests survive a crash of the process, with ``sync`` a power failure too."""
    checkpoint_bytes: int = Field(default=128 * 1024 * 1024, gt=0)
    """Size of the write-ahead log that triggers a checkpoint into the data file."""
    checkpoint_timeout: Seconds = Field(default=3.0, ge=0, le=86_400)
    """Real seconds that the checkpoint at shutdown may take; a longer one is skipped."""
    checkpoint_process_bytes: int = Field(default=4 * 1024 * 1024, ge=0)
    """Size of the data file and its log from which another process makes the checkpoint."""
    world_files: Annotated[tuple[Path, ...], BeforeValidator(_paths)] = ()
    """Files whose worlds are loaded at the start."""
    seed_files: Annotated[tuple[Path, ...], BeforeValidator(_paths)] = ()
    """Seed files, which fill worlds at the start."""
    allow_origin: Annotated[tuple[str, ...], BeforeValidator(_list), AfterValidator(_origins)] = ()
    """Origins whose pages may use the vendors' paths; ``*`` for all, on loopback only."""
    allow_host: Annotated[tuple[str, ...], BeforeValidator(_list)] = ()
    """Host names that are accepted besides addresses and names that cannot be registered."""
    public_url: Annotated[str, AfterValidator(_public_url)] | None = None
    """Where clients reach the emulator, if not at http://host:port; a proxy may remove its path."""
    shards: int | None = Field(default=None, ge=1, le=4096)
    """Number of shards that the worlds are divided among; None for a process of its own."""
    shard: int | None = Field(default=None, ge=0)
    """Number of this process's shard, from 0."""
    shard_url: Annotated[tuple[str, ...], BeforeValidator(_list)] = ()
    """Where they reach each other: URLs with ``{shard}`` in them, or one URL for each."""
    tls: str | None = Field(default=None, pattern="^self-signed$")
    """Serve over TLS with a certificate that is made at the start."""
    tls_cert: Path | None = None
    """PEM file of the certificate to serve over TLS with, and of those that signed it."""
    tls_key: Path | None = None
    """PEM file of its key, without a passphrase."""
    callback_ca: Path | None = None
    """PEM file of authorities that are trusted besides the system's: for callbacks and streams."""
    insecure_callbacks: bool = False
    """Accept every certificate for callbacks."""
    insecure_streams: bool = False
    """Accept every certificate of bots that streams are opened to."""
    voice: str = Field(default="spoken", pattern="^(spoken|tones)$")
    """What recordings have: speech, where the extra ``voice`` is installed, or tones."""
    log_level: str = Field(default="warning", pattern="^(debug|info|warning|error)$")
    """The least severe messages that ``serve`` writes to stderr."""
    log: str = Field(default="text", pattern="^(text|json)$")
    """How ``serve`` writes requests, transitions and callbacks to stdout."""
    quiet: bool = False
    """``serve`` writes none of these."""

    @model_validator(mode="after")
    def _check_together(self) -> Self:
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("--tls-cert and --tls-key belong together: give both")
        if self.tls is not None and self.tls_cert is not None:
            raise ValueError("--tls and --tls-cert exclude each other: give one")
        if self.shards is not None or self.shard is not None or self.shard_url:
            from emulator.domain.shards import check_shards  # noqa: PLC0415  # start-up time

            check_shards(self.shards, self.shard, self.shard_url)
        return self

    @property
    def base_url(self) -> str:
        """The start of the emulator's own URLs."""
        return self.local_url if self.public_url is None else self.public_url.rstrip("/")

    @property
    def local_url(self) -> str:
        """The start of the URLs that reach the emulator from this machine."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        if host in {"0.0.0.0", "[::]"}:  # noqa: S104  # compared with, not bound to
            host = "127.0.0.1"
        is_plain = self.tls is None and self.tls_cert is None
        return f"{'http' if is_plain else 'https'}://{host}:{self.port}"

    @property
    def public_path(self) -> str:
        """The path of ``public_url``, without a slash at its end; empty if it has none."""
        return "" if self.public_url is None else urlsplit(self.public_url).path.rstrip("/")


def read_settings(flags: Mapping[str, Any], defaults: Mapping[str, Any]) -> Settings:
    """Combine the given flags, then ``VOICEBOT_EMULATOR_*``, then these defaults.

    Raises pydantic's ValidationError for a value that does not fit.
    """
    return _with_token(Settings(**dict(defaults) | _combined(Settings, flags)))


class ClientSettings(BaseModel):
    """The emulator and the world that a command of the client is about."""

    model_config = ConfigDict(defer_build=True)

    url: str = "http://127.0.0.1:8080"
    world: str = "default"
    token: str | None = None
    token_file: TokenFile | None = None
    ca: Path | None = None
    """A PEM file of authorities that are trusted besides the system's."""


def read_client_settings(flags: Mapping[str, Any]) -> ClientSettings:
    """Combine the given flags with ``VOICEBOT_EMULATOR_*``; a flag wins."""
    return _with_token(ClientSettings(**_combined(ClientSettings, flags)))


SettingsT = TypeVar("SettingsT", Settings, ClientSettings)


def _combined(model: type[BaseModel], flags: Mapping[str, Any]) -> dict[str, Any]:
    """Return what flags and environment say; a token in a flag replaces one in the environment."""
    environment, given = _environment(model), _given(flags)
    if given.keys() & TOKENS:
        environment = {name: each for name, each in environment.items() if name not in TOKENS}
    return environment | given


def _with_token(settings: SettingsT) -> SettingsT:
    """Return the settings with the token of the token file, unless there is a token."""
    if settings.token_file is None or settings.token is not None:
        return settings
    return settings.model_copy(update={"token": read_token(settings.token_file)})


def environment_with(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of this process with further variables, for a child process."""
    return os.environ | variables


def wants_colour() -> bool:
    """Return whether a terminal may show colours: NO_COLOR asks for none."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def has_browser() -> bool:
    """Return whether this machine has a screen, or names a program that opens URLs."""
    named = ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY")
    return sys.platform in {"darwin", "win32"} or any(os.environ.get(name) for name in named)


def variable_of(setting: str) -> str:
    """Return the environment variable of a setting: the former name only if that alone is set."""
    variable, former = (PREFIX + name.upper() for name in (setting, ALIASES.get(setting, setting)))
    return former if variable not in os.environ and former in os.environ else variable


def _environment(model: type[BaseModel]) -> dict[str, Any]:
    variables = {name: variable_of(name) for name in model.model_fields}
    return _given({name: os.environ.get(variable) for name, variable in variables.items()})


def _given(flags: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in flags.items() if value is not None}


OF_WORLDS_ALONE: Final = {"expires_at": None, "control_nonce": None}
"""The settings that no snapshot and no fork takes over from a world."""


class WorldSettings(BaseModel):
    """The settings that a world is created with; a reset keeps them."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    name: str
    seed: int
    clock: ClockMode
    speed: float
    now: datetime | None
    auth: str
    calls_per_second: float
    of: str | None = None
    """The name of the world that this is a snapshot of."""
    origins: tuple[str, ...] = ()
    """URLs of inboxes of the worlds that this one continues; it sends to its own instead."""
    options: dict[str, Any] = {}
    """The options of each platform: the published variants that the world follows."""
    links: tuple[PlatformLink, ...] = ()
    """What platforms of the world start at each other."""
    expires_at: float | None = None
    """The real time at which the world is deleted, in seconds since 1970."""
    control_nonce: str | None = None
    """What its control token is made of, besides its name and the server's token."""
