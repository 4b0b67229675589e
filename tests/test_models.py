"""Models of pydantic cost nothing until they are used."""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages

from pydantic import BaseModel

import emulator


def test_models_are_built_when_they_are_first_used() -> None:
    """Every model has defer_build: a start would otherwise pay for models that are not used."""
    for module in walk_packages(emulator.__path__, "emulator."):
        if not module.name.endswith("__main__"):
            import_module(module.name)

    eager = {
        f"{each.__module__}.{each.__name__}"
        for each in _below(BaseModel)
        if each.__module__.startswith("emulator.") and not each.model_config.get("defer_build")
    }

    assert {each for each in eager if ".RootModel[" not in each} == set()  # pydantic's own


def _below(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for each in model.__subclasses__():
        yield each
        yield from _below(each)
