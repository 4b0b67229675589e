"""What the tests of one vendor contribute to the tests of all.

``tests/platforms/<vendor>/support.py`` has ``use(world, step)``, which uses every operation.
``tests/platforms/<vendor>/openapi.py`` has ``prepare(world)``, which fills a world for
requests that are made up from the vendor's document, and what else only this vendor needs.
"""

from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from emulator.kit.operation import Operation
from tests.openapi.documents import by_operation, name_of
from tests.support import Json, Step, World

Given = dict[str, Any]
"""Values by the parameter's place and name, as schemathesis has it: ``path.botId``."""


def _openapi(vendor: str) -> ModuleType:
    return import_module(f"tests.platforms.{vendor}.openapi")


async def use(vendor: str, world: World, step: Step) -> None:
    """Use every operation of a vendor; ``step`` is called with each response."""
    await import_module(f"tests.platforms.{vendor}.support").use(world, step)


async def prepare(vendor: str, world: World) -> Given:
    """Fill a world, and return the ids of what is in it."""
    ids: Given = await _openapi(vendor).prepare(world)
    return ids


def given(vendor: str, ids: Given, operation: Operation) -> Given:
    """Return the ids that an operation is tested with."""
    found = getattr(_openapi(vendor), "given", None)
    own: Given = ids if found is None else found(ids, operation)
    return own


def apart(vendor: str) -> tuple[str, ...]:
    """Return the operations that schemathesis tests in a run of their own.

    Within a run it uses ids and bodies of one operation for others, which some refuse.
    """
    return getattr(_openapi(vendor), "APART", ())


def refused(vendor: str) -> tuple[str, ...]:
    """Return the operations that refuse requests which fit their schemas."""
    return getattr(_openapi(vendor), "REFUSED", ())


def refused_along_links(vendor: str) -> tuple[str, ...]:
    """Return the operations that refuse what others have created, besides those of ``refused``."""
    return (*refused(vendor), *getattr(_openapi(vendor), "OF_ONE_TYPE", ()))


def narrowed(vendor: str) -> dict[str, Json]:
    """Return the fields of components that may hold less than the document says."""
    return getattr(_openapi(vendor), "NARROWED", {})


def narrowed_in_query(vendor: str) -> Json:
    """Return the parameters of queries that may hold less than the document says."""
    return getattr(_openapi(vendor), "NARROWED_IN_QUERY", {})


def checks_off(vendor: str) -> tuple[str, ...]:
    """Return the checks of schemathesis that contradict what the vendor does."""
    return getattr(_openapi(vendor), "CHECKS_OFF", ())


def schema_of_example(vendor: str, path: Path) -> Json | None:
    """Return the schema of a file of the vendor's examples; None if it has none."""
    found = getattr(_openapi(vendor), "schema_of_example", None)
    return by_operation(vendor, *name_of(path)) if found is None else found(path)


def completed(vendor: str, path: Path, example: Json) -> Json:
    """Return an example with what its page has cut out of it."""
    found = getattr(_openapi(vendor), "completed", None)
    return example if found is None else found(path, example)
