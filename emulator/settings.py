"""Flags and environment become Settings; the only reader of the environment."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, TypeVar
from urllib.parse import urlsplit

from emulator.clock import ClockMode
from emulator.domain.links import PlatformLink
from emulator.lazy_imports import on_first_use
from emulator.lazy_model import Checks, LazyModel

with on_first_use():
    import pydantic

    from emulator import setting_types

TOKENS: Final = frozenset({"token", "token_file"})
PREFIX: Final = "VOICEBOT_EMULATOR_"
ANY_PORT: Final = range(65_536)
ANY_SEED: Final = range(-(2**63), 2**63)
SHARDS: Final = range(1, 4097)
MODES: Final = frozenset(ClockMode)
ALIASES: Final = {"checkpoint_bytes": "fold_bytes", "checkpoint_timeout": "fold_seconds"}
"""Former names of settings, whose environment variables are still read."""

SERVICE_URL: Final = "tcp://"
"""How ``VOICEBOT_EMULATOR_PORT`` begins where Kubernetes has a service voicebot-emulator."""


class Settings(LazyModel):
    """How a server and the worlds made on it behave."""

    checks: ClassVar[Checks] = {
        "port": lambda port: type(port) is int and port in ANY_PORT,
        "seed": lambda seed: type(seed) is int and seed in ANY_SEED,
        "token": lambda token: type(token) is str and token != "",
        "data": lambda data: isinstance(data, Path),
        "shards": lambda shards: type(shards) is int and shards in SHARDS,
        "shard": lambda shard: type(shard) is int and shard >= 0,
        "shard_url": lambda urls: type(urls) is tuple and all(type(url) is str for url in urls),
    }

    host: str = "127.0.0.1"
    port: Annotated[int, pydantic.Field(ge=0, le=65535)] = 8080
    clock: ClockMode = ClockMode.FROZEN
    speed: Annotated[float, pydantic.Field(gt=0, le=1_000_000, allow_inf_nan=False)] = 1.0
    now: setting_types.StartTime | None = None
    seed: Annotated[int, pydantic.Field(ge=-(2**63), lt=2**63)] = 0
    auth: Annotated[str, pydantic.Field(pattern="^(open|strict)$")] = "open"
    calls_per_second: Annotated[
        float, pydantic.Field(ge=0.001, le=1_000_000, allow_inf_nan=False)
    ] = 10.0
    profile: setting_types.Profiles = {}  # noqa: RUF012  # never changed
    """The profile of each of these platforms, in worlds that are created without options."""
    max_body: Annotated[int, pydantic.Field(gt=0)] = 32 * 1024 * 1024
    """The largest request body in bytes."""
    keep: Annotated[int, pydantic.Field(gt=0)] = 100_000
    """Entries that the history, the callback log and each inbox keep."""
    keep_bytes: Annotated[int, pydantic.Field(gt=0)] = 64 * 1024 * 1024
    """Bytes that the history, the callback log, and all inboxes of a world together keep."""
    max_world_bytes: Annotated[int, pydantic.Field(gt=0)] = 2 << 30
    """About how many bytes of memory one world may take."""
    max_bytes: Annotated[int, pydantic.Field(gt=0)] = 4 << 30
    """About how many bytes all worlds and snapshots together may take."""
    callback_timeout: Annotated[setting_types.Seconds, pydantic.Field(gt=0, le=600)] = 10.0
    """Real seconds that an endpoint has for its whole response."""
    client_timeout: Annotated[setting_types.Seconds, pydantic.Field(gt=0, le=86_400)] = 60.0
    """Real seconds that a client has for the head of a request, and for each KiB of its body."""
    allow_public_callbacks: bool = False
    token: Annotated[str | None, pydantic.Field(min_length=1)] = None
    """The token of the control API; required when ``host`` is not a loopback address."""
    token_file: setting_types.TokenFile | None = None
    """A file with the token, which then is neither in a command line nor in the environment."""
    data: setting_types.FileOrUrl = None
    """The file or the database (URL) that keeps every world; None for memory only."""
    durability: Annotated[str, pydantic.Field(pattern="^(normal|sync)$")] = "normal"
    """Answered requests survive a crash of the process, with ``sync`` a power failure too."""
    checkpoint_bytes: Annotated[int, pydantic.Field(gt=0)] = 128 * 1024 * 1024
    """Size of the write-ahead log that triggers a checkpoint into the data file."""
    checkpoint_timeout: Annotated[setting_types.Seconds, pydantic.Field(ge=0, le=86_400)] = 3.0
    """Real seconds that the checkpoint at shutdown may take; a longer one is skipped."""
    checkpoint_process_bytes: Annotated[int, pydantic.Field(ge=0)] = 4 * 1024 * 1024
    """Size of the data file and its log from which another process makes the checkpoint."""
    world_files: setting_types.Paths = ()
    """Files whose worlds are loaded at the start."""
    seed_files: setting_types.Paths = ()
    """Seed files, which fill worlds at the start."""
    allow_origin: setting_types.Origins = ()
    """Origins whose pages may use the vendors' paths; ``*`` for all, on loopback only."""
    allow_host: setting_types.Texts = ()
    """Host names that are accepted besides addresses and names that cannot be registered."""
    public_url: setting_types.PublicUrl | None = None
    """Where clients reach the emulator, if not at http://host:port; a proxy may remove its path."""
    shards: Annotated[int | None, pydantic.Field(ge=1, le=4096)] = None
    """Number of shards that the worlds are divided among; None for a process of its own."""
    shard: Annotated[int | None, pydantic.Field(ge=0)] = None
    """Number of this process's shard, from 0."""
    shard_url: setting_types.Texts = ()
    """Where they reach each other: URLs with ``{shard}`` in them, or one URL for each."""
    tls: Annotated[str | None, pydantic.Field(pattern="^self-signed$")] = None
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
    voice: Annotated[str, pydantic.Field(pattern="^(spoken|tones)$")] = "spoken"
    """What recordings have: speech, where the extra ``voice`` is installed, or tones."""
    log_level: Annotated[str, pydantic.Field(pattern="^(debug|info|warning|error)$")] = "warning"
    """The least severe messages that ``serve`` writes to stderr."""
    log: Annotated[str, pydantic.Field(pattern="^(text|json)$")] = "text"
    """How ``serve`` writes requests, transitions and callbacks to stdout."""
    quiet: bool = False
    """``serve`` writes none of these."""

    def check_together(self) -> None:
        """Refuse flags that exclude each other, or that need another."""
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("--tls-cert and --tls-key belong together: give both")
        if self.tls is not None and self.tls_cert is not None:
            raise ValueError("--tls and --tls-cert exclude each other: give one")
        if self.shards is not None or self.shard is not None or self.shard_url:
            from emulator.domain.shards import check_shards  # noqa: PLC0415  # start-up time

            check_shards(self.shards, self.shard, self.shard_url)

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
    return _with_token(Settings(**_converted(dict(defaults) | _combined(Settings, flags))))


def _converted(values: dict[str, Any]) -> dict[str, Any]:
    """Convert the values of the usual flags as pydantic would, which is not imported then."""
    if values.get("clock") in MODES:
        values["clock"] = ClockMode(values["clock"])
    if isinstance(data := values.get("data"), str) and "://" not in data:
        values["data"] = Path(data)
    return values


class ClientSettings(LazyModel):
    """The emulator and the world that a command of the client is about."""

    url: str = "http://127.0.0.1:8080"
    world: str = "default"
    token: str | None = None
    token_file: setting_types.TokenFile | None = None
    ca: Path | None = None
    """A PEM file of authorities that are trusted besides the system's."""


def read_client_settings(flags: Mapping[str, Any]) -> ClientSettings:
    """Combine the given flags with ``VOICEBOT_EMULATOR_*``; a flag wins."""
    return _with_token(ClientSettings(**_combined(ClientSettings, flags)))


SettingsT = TypeVar("SettingsT", Settings, ClientSettings)


def _combined(model: type[LazyModel], flags: Mapping[str, Any]) -> dict[str, Any]:
    """Return what flags and environment say; a token in a flag replaces one in the environment."""
    environment, given = _environment(model), _given(flags)
    if given.keys() & TOKENS:
        environment = {name: each for name, each in environment.items() if name not in TOKENS}
    return environment | given


def _with_token(settings: SettingsT) -> SettingsT:
    """Return the settings with the token of the token file, unless there is a token."""
    if settings.token_file is None or settings.token is not None:
        return settings
    return settings.model_copy(update={"token": setting_types.read_token(settings.token_file)})


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


def _environment(model: type[LazyModel]) -> dict[str, Any]:
    variables = {name: variable_of(name) for name in model.fields()}
    found = {name: os.environ.get(variable) for name, variable in variables.items()}
    if (found.get("port") or "").startswith(SERVICE_URL):
        del found["port"]
    return _given(found)


def _given(flags: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in flags.items() if value is not None}


OF_WORLDS_ALONE: Final = {"expires_at": None, "control_nonce": None}
"""The settings that no snapshot and no fork takes over from a world."""


class WorldSettings(LazyModel):
    """The settings that a world is created with; a reset keeps them."""

    checks: ClassVar[Checks] = {"options": lambda options: type(options) is dict}

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
    options: dict[str, Any] = {}  # noqa: RUF012  # never changed
    """The options of each platform: the published variants that the world follows."""
    links: tuple[PlatformLink, ...] = ()
    """What platforms of the world start at each other."""
    expires_at: float | None = None
    """The real time at which the world is deleted, in seconds since 1970."""
    control_nonce: str | None = None
    """What its control token is made of, besides its name and the server's token."""
