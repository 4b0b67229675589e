"""The modules of a vendor's folder: imported when they are needed, their mistakes in a sentence."""

import traceback
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from functools import cache, partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any, Final, get_type_hints

from emulator.kit.conventions import CONVENTIONS, MODEL, OPTIONAL, REQUIRED, ValueKind
from emulator.kit.hooks import Hooks
from emulator.kit.operation import Operation
from emulator.kit.receiver_check import SHORT_CALL, ReceiverCheck
from emulator.lazy_imports import on_first_use

with on_first_use():
    import pydantic

    from emulator.kit import call_request

MIN_LIKENESS: Final = 0.8
"""How alike two names must be for one to be taken for a mistyped other; equal names are 1."""


class PlatformError(ValueError):
    """A vendor's folder lacks something; the message names the file and what to write."""


def check_modules(package: str, folder: Path) -> None:
    """Look for the modules of a vendor's folder; PlatformError for a missing or mistyped one."""
    path = package.replace(".", "/")
    found = {each.name.removesuffix(".py") for each in folder.iterdir()}
    for module, example in REQUIRED.items():
        if module not in found:
            raise PlatformError(f"{path}/{module}.py is missing; write in it: {example}")
    _check_names(found, OPTIONAL, lambda name: f"{path}/{name}.py is read by nothing")


def load_names(package: str, module: str, conventions: Mapping[str, ValueKind]) -> dict[str, Any]:
    """Import a vendor's module and return the names that it defines; none without the module."""
    loaded = _import(package, module)
    if loaded is None:
        return {}
    found = {name: getattr(loaded, name) for name in conventions if hasattr(loaded, name)}
    for name, value in found.items():
        if not conventions[name].fits(value):
            words = conventions[name].words
            raise PlatformError(f"{file_of(package, module)}: {name} must be {words}")
    _check_own_names(package, loaded, conventions)
    return found


def load_hooks(package: str, roots: tuple[str, ...]) -> Hooks:
    """Import a vendor's modules and collect what they define; PlatformError for what is wrong.

    Where a chapter has the name of a module, the vendor's ``chapters`` defines that module's names.
    """
    found: dict[str, Any] = {}
    for module in dict.fromkeys(each.module for each in CONVENTIONS):
        found |= load_module(package, module)
    found |= _load_chapters(package)
    if not found.get("operations"):
        file = file_of(package, "routes")
        raise PlatformError(f"{file} defines no operations; write in it: {REQUIRED['routes']}")
    found = {name: tuple(each) if isinstance(each, list) else each for name, each in found.items()}
    _check_operations(package, found["operations"], roots)
    if "place" in found:
        model_of = found["place_model"] = _model_of(package, found["place"])
        if found.get("events") and "receiver_check" not in found:
            found["receiver_check"] = _receiver_check(package, found["place"], model_of())
    return Hooks(**{name: each for name, each in found.items() if name in Hooks._fields})


def load_module(package: str, module: str) -> dict[str, Any]:
    """Import one of the modules that conventions name, and return the names that it defines."""
    conventions = {each.name: each.kind for each in CONVENTIONS if each.module == module}
    return load_names(package, module, conventions)


def _load_chapters(package: str) -> dict[str, Any]:
    found = load_names(package, "chapters", {each.name: each.kind for each in CONVENTIONS})
    for name in found:
        if name not in Hooks._fields:
            file = file_of(package, "chapters")
            raise PlatformError(f"{file} defines {name}, which belongs in options.py: move it")
    return found


def load_part(package: str, module: str, kind: ValueKind) -> Any:
    """Return what an optional module defines under its own name; None without the module."""
    found = load_names(package, module, {module: kind})
    if not found and find_spec(f"{package}.{module}") is not None:
        file = file_of(package, module)
        raise PlatformError(f"{file} defines no {module}; write in it: {module} = {kind.words}")
    return found.get(module)


def file_of(package: str, module: str) -> str:
    """Return the path of a vendor's module, for messages."""
    spec = find_spec(f"{package}.{module}")
    is_package = spec is not None and spec.submodule_search_locations is not None
    path = f"{package}.{module}".replace(".", "/")
    return f"{path}/__init__.py" if is_package else f"{path}.py"


def import_error(package: str, folder: Path, module: str, error: Exception) -> PlatformError:
    """Say in which line of a vendor's folder an import failed."""
    places = [(each.filename, each.lineno) for each in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, SyntaxError):
        places.append((error.filename or "", error.lineno))
    path = package.replace(".", "/")
    where = f"{path}/{module}.py"
    for file, line in places:
        if folder in Path(file).parents:
            where = f"{path}/{Path(file).relative_to(folder).as_posix()}, line {line},"
    reason = error.msg if isinstance(error, SyntaxError) else str(error)
    if isinstance(error, ImportError) and (defined := _missing_name(package, error)):
        return PlatformError(defined)
    return PlatformError(
        f"{where} cannot be imported: {type(error).__name__}: {' '.join(reason.split())}"
    )


def _missing_name(package: str, error: ImportError) -> str | None:
    """Say what to write into a required module that lacks the name of the same name."""
    module = (error.name or "").removeprefix(f"{package}.")
    if REQUIRED.get(module, "").startswith(f"{module} = ") and f"name '{module}'" in str(error):
        return f"{file_of(package, module)} defines no {module}; write in it: {REQUIRED[module]}"
    return None


def _import(package: str, module: str) -> ModuleType | None:
    """Import a vendor's module; None if it has none of this name."""
    name = f"{package}.{module}"
    if find_spec(name) is None:
        return None
    try:
        return import_module(name)
    except Exception as error:  # one vendor never stops the others
        folder = Path(import_module(package).__path__[0])
        raise import_error(package, folder, module, error) from error


def _check_own_names(package: str, loaded: ModuleType, names: Iterable[str]) -> None:
    """Refuse a name that a module defines and nothing reads, if it is like one that is read."""
    own = {
        name
        for name, value in vars(loaded).items()
        if not name.startswith("_")
        and not isinstance(value, ModuleType)
        and getattr(value, "__module__", loaded.__name__) == loaded.__name__
    }
    file = file_of(package, loaded.__name__.rpartition(".")[2])
    _check_names(own, names, lambda name: f"{file} defines {name}, which nothing reads")


def _check_names(found: Iterable[str], read: Iterable[str], said: Callable[[str], str]) -> None:
    known = {each.name for each in CONVENTIONS} | {*REQUIRED, *OPTIONAL}
    unread = {name for name in found if name not in known}
    for name in read:
        if name in found:
            continue
        by_lower = {each.lower(): each for each in unread}
        if close := get_close_matches(name, by_lower, n=1, cutoff=MIN_LIKENESS):
            raise PlatformError(f"{said(by_lower[close[0]])}; did you mean {name}?")


def _check_operations(
    package: str, operations: tuple[Operation, ...], roots: tuple[str, ...]
) -> None:
    """Refuse operations that would never be served."""
    file = file_of(package, "routes")
    seen: set[tuple[str, ...]] = set()
    for each in operations:
        shape = (each.method, each.host, *each.shape)
        if shape in seen:
            raise PlatformError(f"{file} declares {each.label} twice; remove one of them")
        seen.add(shape)
        if not any(f"{each.path}/".startswith(f"{root}/") for root in roots):
            raise PlatformError(
                f"{file} declares {each.label}, which is below none of the platform's roots "
                f"({', '.join(roots)}); add a root in {package.replace('.', '/')}/__init__.py"
            )


def _model_of(package: str, place: Callable[..., Any]) -> "Callable[[], type[pydantic.BaseModel]]":
    """Return what returns the model that the second parameter of ``place`` is annotated with.

    The model ``"schemas.CallRequest"`` of a module is looked up when it is first needed.
    """
    model_of = cache(partial(_annotated_model, package, place))
    annotations = getattr(place, "__annotations__", {})
    texts = [each for name, each in annotations.items() if name != "return"][1:2]
    module = texts[0].partition(".")[0] if texts and isinstance(texts[0], str) else ""
    if not isinstance(getattr(place, "__globals__", {}).get(module), ModuleType):
        model_of()  # its mistakes are reported at once
    return model_of


def _annotated_model(package: str, place: Callable[..., Any]) -> "type[pydantic.BaseModel]":
    try:
        hints = [each for name, each in get_type_hints(place).items() if name != "return"]
    except Exception:  # noqa: BLE001  # an annotation may be any expression
        hints = []
    if len(hints) < 2 or not MODEL.fits(hints[1]):  # noqa: PLR2004  # world and request
        file = file_of(package, "calls")
        raise PlatformError(f"{file}: place() must be written as {REQUIRED['calls']}")
    model: type[pydantic.BaseModel] = hints[1]
    return model


def _receiver_check(
    package: str, place: Callable[..., Any], model: "type[pydantic.BaseModel]"
) -> ReceiverCheck | None:
    """Place a call whose callbacks go to a URL, if a call request has a field for that."""
    field = next(
        (
            info.alias or name
            for name, info in model.model_fields.items()
            if any(mark == call_request.CALLBACK for mark in info.metadata)
        ),
        None,
    )
    if field is None:
        return None
    asked = {"platform": package.rpartition(".")[2]}
    short = {"scenario": SHORT_CALL} if "scenario" in model.model_fields else {}
    return ReceiverCheck(
        place=lambda world, url: place(world, model.model_validate(asked | {field: url})),
        first=lambda world, url: place(world, model.model_validate(asked | short | {field: url})),
    )
