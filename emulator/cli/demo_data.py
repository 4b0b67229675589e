"""The seed data of ``serve --demo``: the seed file that ``init`` writes."""

from collections.abc import Mapping
from importlib.resources import files

from emulator.control.seed_file.document import SeedDocument, read_document
from emulator.control.seed_file.example import example
from emulator.control.seed_file.worlds import fill
from emulator.kit.auth import Credentials
from emulator.kit.demo import DemoClient
from emulator.vendors import discover


def demo_document() -> SeedDocument:
    """Return the demo world as a seed file."""
    return read_document(example(discover(), ""), "the demo world")


def clinic_document() -> SeedDocument:
    """Return the seed file of a second world, in which all platforms work together."""
    text = (files("emulator.control.seed_file") / "clinic.yaml").read_text(encoding="utf-8")
    return read_document(text, "the clinic world")


async def seed_demo(
    client: DemoClient, credentials: Mapping[str, Credentials], base_url: str
) -> None:
    """Fill the default world with the demo world, whether it is in use or not."""
    del credentials  # the world's own are read
    await fill(client, demo_document(), discover(), base_url, "default")
