"""What a vendor contributes to seed files: its module ``seed_file`` and its file ``seed.yaml``.

::

    class AcmeSeed(BaseModel): ...                     # the section ``acme`` of a world

    section = AcmeSeed

    async def seed(seeding: Seeding, asked: AcmeSeed) -> None: ...

``seed`` fills a world by requests, each with the path of the entry in the section that it is for,
so that a refusal names the line of the file. ``seed.yaml`` is an example of the section with
comments: ``voicebot-emulator init`` writes it into a new seed file, and ``--demo`` loads it.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from pydantic import BaseModel

from emulator.kit.auth import Credentials
from emulator.kit.conventions import FUNCTION, MODEL
from emulator.kit.demo import DemoClient
from emulator.kit.modules import PlatformError, load_names
from emulator.kit.platform import Platform

EXAMPLE: Final = "seed.yaml"
MAX_BODY_CHARACTERS: Final = 500
REFUSED: Final = range(400, 600)

Location = tuple[str | int, ...]
"""The names and indexes that lead to an entry of a seed file."""


class SeedError(Exception):
    """An entry of a seed file was refused; the message says why."""

    def __init__(self, location: Location, message: str) -> None:
        super().__init__(message)
        self.location = location


@dataclass(frozen=True, kw_only=True)
class Seeding:
    """A world that is being filled, for one vendor."""

    client: DemoClient
    headers: Mapping[str, str]
    """Select the world."""
    platform: str
    credentials: Credentials
    location: Location
    """The path of the vendor's section."""

    async def ask(self, where: Location, method: str, path: str, **options: Any) -> Any:
        """Make a request for an entry of the section; SeedError if it is refused."""
        headers = {**self.headers, **options.pop("headers", {})}
        response: Any = await self.client.request(method, path, headers=headers, **options)
        if response.status_code in REFUSED:
            raise refusal((*self.location, *where), response)
        return response.json() if response.content else None

    async def place(self, where: Location, call: BaseModel, **more: Any) -> Any:
        """Place calls of this vendor."""
        given = call.model_dump(mode="json", by_alias=True, exclude_unset=True)
        body = {"platform": self.platform, **given, **more}
        return await self.ask(where, "POST", "/_emulator/calls", json=body)

    async def advance(self, where: Location, seconds: float) -> None:
        """Let time pass in the world."""
        await self.ask(where, "POST", "/_emulator/clock/advance", json={"seconds": seconds})


def refusal(where: Location, response: Any) -> SeedError:
    """Return the error for a request that was refused, at the field that the response names."""
    try:
        shown = response.json()
        errors = shown.get("errors")
        if isinstance(errors, list) and errors and isinstance(errors[0], dict):
            field, detail = errors[0]["field"], errors[0]["detail"]
            return SeedError((*where, *field.split(".")), f"{field} {detail}")
        text = str(shown.get("detail") or shown.get("message") or response.text)
    except (ValueError, LookupError, AttributeError):
        text = response.text
    return SeedError(where, f"status {response.status_code}: {text[:MAX_BODY_CHARACTERS]}")


Seed = Callable[[Seeding, Any], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class SeedSection:
    """A vendor's section of seed files; all of it is missing where a vendor has none."""

    section: type[BaseModel] | None = None
    seed: Seed | None = None
    example: str = ""
    """The section as YAML with comments, without its own name."""


@cache
def seed_section_of(platform: Platform) -> SeedSection:
    """Return the section of a vendor; none, with a log, for a mistake in it."""
    try:
        return _load(platform.package)
    except PlatformError as error:
        platform.report(error)
        return SeedSection()


def _load(package: str) -> SeedSection:
    found = load_names(package, "seed_file", {"section": MODEL, "seed": FUNCTION})
    if not found:
        return SeedSection()
    if missing := {"section", "seed"} - found.keys():
        file = f"{package.replace('.', '/')}/seed_file.py"
        raise PlatformError(f"{file} defines no {' and no '.join(sorted(missing))}")
    example = files(package) / EXAMPLE
    return SeedSection(**found, example=example.read_text("utf-8") if example.is_file() else "")
