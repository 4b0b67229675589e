"""Fills a test's world with what a seed file says."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from emulator.control.seed_file.document import SeedFileError, read_document
from emulator.control.seed_file.worlds import fill
from emulator.disk import read_regular
from emulator.testing.records import EmulatorError
from emulator.testing.results import result_of
from emulator.vendors import discover


class BlockingClient:
    """A client whose coroutines never wait, since each of their requests blocks."""

    def __init__(self, client: httpx.Client, headers: Mapping[str, str]) -> None:
        """``headers`` are sent with every request."""
        self._client = client
        self._headers = headers

    async def request(self, method: str, url: str, **options: Any) -> httpx.Response:
        """Make a request."""
        given = {name: value for name, value in options.items() if value is not None}
        given["headers"] = {**self._headers, **given.get("headers", {})}
        return self._client.request(method, url, **given)


def fill_world(
    client: httpx.Client, path: str | Path, base_url: str, world: str, headers: Mapping[str, str]
) -> None:
    """Fill a world with what a file says of ``default``, or of its only world.

    EmulatorError names file, line and field of a mistake.
    """
    try:
        text = read_regular(Path(path), follow=True).decode("utf-8-sig")
        document = read_document(text, str(path))
        result_of(fill(BlockingClient(client, headers), document, discover(), base_url, world))
    except OSError as error:
        raise EmulatorError(f"cannot read {path}: {error.strerror}") from None
    except SeedFileError as error:
        raise EmulatorError(str(error)) from None
