"""Seed files, such as ``init`` writes: ``serve`` and ``exec`` load them at their start."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from emulator.app import Emulator
from emulator.cli.output import counted
from emulator.cli.progress import Progress
from emulator.control.seed_file.document import SeedDocument, SeedFileError, read_document
from emulator.disk import read_regular
from emulator.kit.demo import DemoClient, ask
from emulator.listeners import CannotStartError
from emulator.vendors import discover

MAX_COUNTED_FAILURES: Final = 1000
"""Failed callbacks of a world that are counted after it was filled."""


def read_seed_files(paths: Iterable[Path], *, demo: bool = False) -> list[SeedDocument]:
    """Read and check files; CannotStartError has every mistake, its file, line and field."""
    from emulator.control.seed_file.schema import check  # noqa: PLC0415  # start-up time

    found: list[SeedDocument] = []
    try:
        for path in paths:
            document = read_document(read_regular(path, follow=True).decode("utf-8-sig"), str(path))
            check(document, discover())
            found.append(document)
    except OSError as error:
        raise CannotStartError(f"cannot read {error.filename}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise CannotStartError(f"{path}:1: this is not text in UTF-8") from None
    except SeedFileError as error:
        raise CannotStartError(str(error)) from None
    if demo:
        from emulator.cli.demo_data import clinic_document, demo_document  # noqa: PLC0415  # start-up time

        found += [demo_document(), clinic_document()]
    return found


async def seed(app: Emulator, documents: list[SeedDocument], loading: Progress) -> None:
    """Load the files; CannotStartError names the line of an entry that is refused."""
    import httpx  # noqa: PLC0415  # start-up time

    from emulator.control.seed_file.worlds import load  # noqa: PLC0415  # start-up time

    settings = app.worlds.settings
    token = {} if settings.token is None else {"X-Emulator-Token": settings.token}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url=settings.base_url, headers=token
    ) as client:
        for document in _own(app, documents):
            try:
                kept = await load(client, document, app.platforms, settings.base_url)
            except SeedFileError as error:
                raise CannotStartError(str(error)) from None
            for name in document.value["worlds"]:
                text = "already has data and is not changed"
                if name not in kept:
                    text = await _contents(client, name)
                loading.say(f"{document.name}: world {name} {text}")


def _own(app: Emulator, documents: list[SeedDocument]) -> list[SeedDocument]:
    """Return the files without the worlds of other processes."""
    if app.worlds.settings.shards is None:
        return documents
    from emulator.world.shard import Shard  # noqa: PLC0415  # several processes alone

    shard = Shard.of(app.worlds.settings)
    found = []
    for each in documents:
        worlds = each.value["worlds"].items()
        if own := {name: value for name, value in worlds if shard.owns(name)}:
            found.append(SeedDocument(each.name, each.value | {"worlds": own}, each.lines))
    return found


async def _contents(client: DemoClient, world: str) -> str:
    """Say how much a world has now, and how many of its callbacks failed."""
    headers = {"X-Emulator-World": world}
    shown = await ask(client, "GET", "/_emulator/summary", headers=headers)
    path = f"/_emulator/callbacks?status=failed&limit={MAX_COUNTED_FAILURES}"
    failed = len(await ask(client, "GET", path, headers=headers))
    text = f"has {counted(shown['calls'], 'call')}, {counted(shown['callbacks'], 'callback')}"
    least = "at least " if failed == MAX_COUNTED_FAILURES else ""
    return f"{text} ({least}{failed:,} failed)" if failed else text
