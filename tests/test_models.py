"""Models of pydantic cost nothing until they are used, on any version of Python."""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages

from pydantic import AfterValidator, BaseModel

import emulator


def models() -> Iterator[type[BaseModel]]:
    """Return every model of the emulator."""
    for module in walk_packages(emulator.__path__, "emulator."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    return (each for each in _below(BaseModel) if each.__module__.startswith("emulator."))


def test_models_are_built_when_they_are_first_used() -> None:
    """Every model has defer_build: a start would otherwise pay for models that are not used."""
    eager = {
        f"{each.__module__}.{each.__name__}"
        for each in models()
        if not each.model_config.get("defer_build")
    }

    assert {each for each in eager if ".RootModel[" not in each} == set()  # pydantic's own


def test_validators_are_functions() -> None:
    """No enum checks a field itself: from Python 3.12 on, pydantic finds no parameter of it."""
    classes = {
        f"{model.__module__}.{model.__name__}.{name}"
        for model in models()
        for name, field in model.model_fields.items()
        for each in field.metadata
        if isinstance(each, AfterValidator) and isinstance(each.func, type)
    }

    assert classes == set()


def _below(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for each in model.__subclasses__():
        yield each
        yield from _below(each)
