"""What VoiceBooker's tests contribute to the tests of OpenAPI documents."""

from pathlib import Path
from typing import Final

from tests.openapi.documents import by_webhook, name_of
from tests.platforms.contributions import Given
from tests.support import Json, World

CUT: Final[dict[str, Json]] = {
    "findExistingUser.request.json": {"participant": {"firstname": "Ada"}},
}
"""The sections that the page shows collapsed."""


async def prepare(world: World) -> Given:  # noqa: ARG001  # like the others
    """The demo business is always there."""
    return {}


def schema_of_example(path: Path) -> Json:
    """The schema of an example: all are webhooks'."""
    return by_webhook("voicebooker", *name_of(path))


def completed(path: Path, example: Json) -> Json:
    """Put back what was cut out."""
    if isinstance(example, list) and ".response." in path.name:
        return []  # the page does not show the entries
    return example | CUT.get(path.name, {}) if isinstance(example, dict) else example
