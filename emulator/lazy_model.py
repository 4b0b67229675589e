"""Models whose defaults can be read without pydantic: those of settings and of vendors' options.

A module that defines one begins with ``from __future__ import annotations``, so that what its
annotations name is imported when a value has to be checked, and not before.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, ClassVar, Self, TypeVar, dataclass_transform, get_type_hints

from emulator.lazy_imports import on_first_use

with on_first_use():
    import pydantic

Checks = Mapping[str, Callable[[Any], bool]]
"""By field: what returns True for a value that surely fits, without pydantic."""


@dataclass_transform(kw_only_default=True, frozen_default=True)
class LazyModel:
    """Values that never change; those that are given are checked by a pydantic model.

    The class has the defaults; an instance has what was given.
    """

    strict: ClassVar[bool] = False
    """Refuse values of other types, also where they could be converted."""
    checks: ClassVar[Checks] = {}

    def __init_subclass__(cls) -> None:
        annotations = vars(cls).get("__annotations__", {})
        if not all(isinstance(each, str) for each in annotations.values()):
            raise TypeError(
                f"{cls.__name__} has annotations that are no texts; "
                "begin the module with from __future__ import annotations"
            )

    def __init__(self, **values: Any) -> None:
        """Raise pydantic's ValidationError for values that do not fit."""
        if not self._surely_fit(values) or not self._surely_fit_together(values):
            checked = model_of(type(self))(**values)
            values = {name: getattr(checked, name) for name in checked.model_fields_set}
        vars(self).update(values)

    @classmethod
    def model_validate(cls, values: Mapping[str, Any]) -> Self:
        """Return a model of values whose types are not known."""
        return cls(**values)

    def check_together(self) -> None:
        """Raise ValueError for values that do not fit each other."""

    def model_copy(self, *, update: Mapping[str, Any]) -> Self:
        """Return a copy with other values, which are not checked."""
        return _made(type(self), {**vars(self), **update})

    def model_dump(self, **options: Any) -> dict[str, Any]:
        """Return the values as dictionaries, lists and plain values; the options are pydantic's."""
        return model_of(type(self)).model_construct(**vars(self)).model_dump(**options)

    def values(self) -> dict[str, Any]:
        """Return the values by the names of their fields, without a copy."""
        return {name: getattr(self, name) for name in self.fields()}

    @property
    def model_fields_set(self) -> frozenset[str]:
        """The names of the values that were given."""
        return frozenset(vars(self))

    @classmethod
    def fields(cls) -> Mapping[str, str]:
        """Return the annotation of each field, as it is written."""
        hashable: Any = cls
        return _fields_of(hashable)

    def _surely_fit(self, values: Mapping[str, Any]) -> bool:
        """Return whether all values are of the very types of their fields, or pass a check."""
        fields = self.fields()
        for name, value in values.items():
            if (check := self.checks.get(name)) is not None:
                if not check(value):
                    return False
                continue
            kind = "None" if value is None else type(value).__name__
            if kind not in fields.get(name, "").split(" | "):
                return False
        return all(name in values or hasattr(type(self), name) for name in fields)

    def _surely_fit_together(self, values: Mapping[str, Any]) -> bool:
        """Return whether values fit each other; what is wrong otherwise, pydantic reports."""
        try:
            _made(type(self), values).check_together()
        except ValueError:
            return False
        return True

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, LazyModel) or type(self) is not type(other):
            return False
        return self.values() == other.values()

    def __hash__(self) -> int:
        return hash(tuple(self.values().values()))

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in vars(self).items())
        return f"{type(self).__name__}({given})"

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{type(self).__name__}.{name} never changes: use model_copy")


Lazy = TypeVar("Lazy", bound=LazyModel)


def _made(kind: type[Lazy], values: Mapping[str, Any]) -> Lazy:
    """Return an instance with values that are not checked."""
    made = object.__new__(kind)
    vars(made).update(values)
    return made


@cache
def _fields_of(kind: Any) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for each in reversed(kind.__mro__):
        if each is not LazyModel and issubclass(each, LazyModel):
            found |= vars(each).get("__annotations__", {})
    return {name: text for name, text in found.items() if not text.startswith("ClassVar")}


def model_of(kind: type[LazyModel]) -> "type[pydantic.BaseModel]":
    """Return the pydantic model that has the fields of a lazy one."""
    hashable: Any = kind
    return _model_of(hashable)


@cache
def _model_of(kind: Any) -> "type[pydantic.BaseModel]":
    if kind is LazyModel:
        return pydantic.BaseModel
    hints = get_type_hints(kind, include_extras=True)
    own = [name for name in vars(kind).get("__annotations__", {}) if name in kind.fields()]

    def check(values: "pydantic.BaseModel") -> "pydantic.BaseModel":
        _made(kind, vars(values)).check_together()
        return values

    validators: dict[str, Callable[..., Any]] = {}
    if "check_together" in vars(kind):
        together: Any = pydantic.model_validator(mode="after")(check)
        validators["check"] = together
    fields: dict[str, Any] = {name: (hints[name], getattr(kind, name, ...)) for name in own}
    return pydantic.create_model(
        kind.__name__,
        __base__=tuple(_model_of(each) for each in kind.__bases__),
        __module__=kind.__module__,
        __doc__=kind.__doc__,
        __validators__=validators,
        __cls_kwargs__={"extra": "forbid", "strict": kind.strict, "defer_build": True},
        **fields,
    )
