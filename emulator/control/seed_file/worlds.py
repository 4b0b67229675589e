"""Fills worlds with what a seed file says, by requests that anybody could make."""

from collections.abc import Mapping
from typing import Any, Final

from emulator.control.seed_file.document import SeedDocument, SeedFileError
from emulator.control.seed_file.schema import WorldSeed, check
from emulator.kit.demo import DemoClient
from emulator.kit.errors import field_path
from emulator.kit.platform import Platform
from emulator.kit.seed_file import Location, SeedError, Seeding, refusal, seed_section_of

DEFAULT: Final = "default"
PREFIX: Final = "/_emulator"
HEADER: Final = "X-Emulator-World"
NOT_FOUND: Final = 404
RESET: Final = f"{PREFIX}/reset"
"""The only entry in the history of a world that was reset."""


class WorldSeeder:
    """Fills one world."""

    def __init__(
        self,
        client: DemoClient,
        platforms: Mapping[str, Platform],
        name: str,
        asked: WorldSeed,
        document: SeedDocument,
    ) -> None:
        """``document`` says in which order the vendors are filled."""
        self._client = client
        written = document.value["worlds"].get(name) or {}
        self._platforms = {key: platforms[key] for key in written if key in platforms}
        self._headers = {HEADER: name}
        self._name = name
        self._asked = asked
        self._where: Location = ("worlds", name)
        self._former: Any = None
        """The settings of ``default`` before; None for a world that is created."""

    async def ask(self, where: Location, method: str, path: str, body: Any = None) -> Any:
        """Make a request to the control API; SeedError if it is refused."""
        response: Any = await self._client.request(
            method, f"{PREFIX}{path}", json=body, headers=self._headers
        )
        if not response.is_success:
            raise refusal((*self._where, *where), response)
        return response.json() if response.content else None

    async def create(self) -> bool:
        """Create the world, or change the settings of ``default``; False if it is in use."""
        if self._name != DEFAULT:
            if await self._exists():
                return False
            self._headers = {}
            await self.ask((), "POST", "/worlds", {"name": self._name, **self._settings()})
            self._headers = {HEADER: self._name}
            return True
        entries = await self.ask((), "GET", "/history?limit=2&brief=true")
        if any(each.get("target") != RESET for each in entries):
            return False
        self._former = await self.ask((), "GET", "/settings")
        settings = self._settings()
        clock = settings.pop("clock", None)
        settings.pop("seed", None)
        if clock:
            await self.ask(("clock",), "PUT", "/clock", clock)
        if settings:
            await self.ask((), "PATCH", "/settings", settings)
        return True

    async def undo(self) -> None:
        """Delete the world, or reset ``default``, as if the file had not been loaded."""
        if self._former is None:
            if self._headers:
                await self.ask((), "DELETE", f"/worlds/{self._name}")
            return
        await self.ask((), "PATCH", "/settings", self._former)
        await self.ask((), "POST", RESET.removeprefix(PREFIX))

    async def _exists(self) -> bool:
        found: Any = await self._client.request("GET", f"{PREFIX}/worlds/{self._name}")
        if found.status_code == NOT_FOUND:
            return False
        if not found.is_success:
            raise refusal(self._where, found)
        return True

    def _settings(self) -> dict[str, Any]:
        names = {"seed", "clock", "auth", "calls_per_second", "profile", "options"}
        return self._asked.model_dump(
            mode="json", include=names, exclude_unset=True, exclude_none=True
        )

    async def fill(self) -> None:
        """Fill the world on a frozen clock, so that what a file says to advance is what passes."""
        clock = await self.ask((), "GET", "/clock")
        await self.ask((), "PUT", "/clock", {"mode": "frozen"})
        try:
            await self._fill()
        finally:
            mode = {"mode": clock["mode"], "speed": clock["speed"]}
            await self.ask((), "PUT", "/clock", mode)

    async def _fill(self) -> None:
        """Set scenarios and inboxes, then have each vendor create its records; faults come last.

        Vendors are filled in the order of the file.
        """
        asked = self._asked
        if asked.scenarios.model_fields_set:
            body = asked.scenarios.model_dump(mode="json", exclude_unset=True)
            await self.ask(("scenarios",), "PUT", "/scenarios", body)
        for name, script in asked.inboxes.items():
            body = script.model_dump(mode="json", by_alias=True, exclude_unset=True)
            await self.ask(("inboxes", name), "PUT", f"/inboxes/{name}", body)
        if asked.links:
            links = [each.model_dump(mode="json", exclude_unset=True) for each in asked.links]
            await self.ask(("links",), "PUT", "/links", links)
        made = await self.ask((), "GET", f"/worlds/{self._name}")
        for name, platform in self._platforms.items():
            await self._seed(name, platform, made["credentials"][name])
        for number, fault in enumerate(asked.faults):
            body = fault.model_dump(mode="json", exclude_unset=True)
            await self.ask(("faults", number), "POST", "/faults", body)

    async def _seed(self, name: str, platform: Platform, credentials: Mapping[str, str]) -> None:
        asked, part = getattr(self._asked, name, None), seed_section_of(platform)
        if asked is None or part.seed is None:
            return
        seeding = Seeding(
            client=self._client,
            headers=self._headers,
            platform=name,
            credentials=credentials,
            location=(*self._where, name),
        )
        await part.seed(seeding, asked)


async def load(
    client: DemoClient, document: SeedDocument, platforms: Mapping[str, Platform], base_url: str
) -> list[str]:
    """Fill the worlds of a file; return those that are left as they are, because they are in use.

    SeedFileError names the line of an entry that a vendor or the control API refuses; then the
    worlds are as before.
    """
    kept: list[str] = []
    begun: list[WorldSeeder] = []
    asked = check(document, platforms, base_url)
    try:
        for name, world in asked.worlds.items():
            seeder = WorldSeeder(client, platforms, name, world, document)
            begun.append(seeder)
            if await seeder.create():
                await seeder.fill()
            else:
                begun.remove(seeder)
                kept.append(name)
    except BaseException as error:
        for each in begun:
            await each.undo()
        if isinstance(error, SeedError):
            raise refused(document, error) from None
        raise
    return kept


async def fill(
    client: DemoClient,
    document: SeedDocument,
    platforms: Mapping[str, Platform],
    base_url: str,
    world: str,
) -> None:
    """Fill a world that exists with what a file says of ``default``, or of its only world."""
    value = document.value if isinstance(document.value, dict) else {}
    worlds = value.get("worlds")
    if not isinstance(worlds, dict):
        check(document, platforms, base_url)
        return
    source = DEFAULT if DEFAULT in worlds else next(iter(worlds), DEFAULT)
    check(document, platforms, base_url)
    renamed = SeedDocument(document.name, {"worlds": {world: worlds.get(source)}}, document.lines)
    asked = check(renamed, platforms, base_url).worlds[world]
    try:
        await WorldSeeder(client, platforms, world, asked, renamed).fill()
    except SeedError as error:
        place = ("worlds", source, *error.location[2:])
        raise refused(document, SeedError(place, str(error))) from None


def refused(document: SeedDocument, error: SeedError) -> SeedFileError:
    """Say which entry was refused, and where it is written."""
    return SeedFileError(document.at(error.location, f"{field_path(error.location)}: {error}"))
