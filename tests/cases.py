"""Tests that go through many cases at once: what a test of each would cost is paid once.

Every case is checked, whatever becomes of those before it, and a failure names the cases that
failed. ``pytest --case TEXT`` runs only the cases whose names contain the text.
"""

import inspect
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial, wraps
from traceback import format_exception
from typing import Any, ClassVar, Final

import pytest

from tests.support import World

WORLD: Final = "world"
MAX_SHOWN: Final = 10
"""Failed cases that are shown in full; the others are only named."""
MAX_NAME: Final = 100

Test = Callable[..., Any]
Case = tuple[str, Mapping[str, Any]]
"""A name, and the arguments."""


class Choice:
    """What the names of the cases of this run contain."""

    text: ClassVar[str | None] = None


def choose(text: str | None) -> None:
    """Run only the cases whose names contain this."""
    Choice.text = text


class CasesError(AssertionError):
    """Cases of a test have failed."""


class Cases:
    """Notes which cases failed, and continues with the next."""

    def __init__(self) -> None:
        self.failures: dict[str, BaseException] = {}
        self.count = 0

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        """Check a case; nothing is raised by it."""
        self.count += 1
        try:
            yield
        except (Exception, pytest.fail.Exception) as error:  # noqa: BLE001  # shown in the end
            self.failures[f"{name} (case {self.count})"] = error

    def finish(self) -> None:
        """Raise an error that names every case that failed; also if there was none to check."""
        if self.failures:
            shown = [*map(shown_failure, [*self.failures.items()][:MAX_SHOWN])]
            shown += [f"failed too: {name}" for name in [*self.failures][MAX_SHOWN:]]
            heading = f"{len(self.failures)} of {self.count} cases failed"
            raise CasesError("\n\n".join([heading, *shown]))
        if not self.count and Choice.text is None:
            raise CasesError("there are no cases")


def shown_failure(failure: tuple[str, BaseException]) -> str:
    """Return what there is to say of a case that failed."""
    name, error = failure
    if isinstance(error, CasesError):
        return f"{name}: {error}"
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next
    return f"{name}:\n{''.join(format_exception(type(error), error, trace)).rstrip()}"


@contextmanager
def checking() -> Iterator[Cases]:
    """Check cases one by one: ``with cases(name): ...``."""
    cases = Cases()
    yield cases
    cases.finish()


def each_case(
    names: str | Sequence[str], given: Iterable[Any], *, ids: Sequence[str] | None = None
) -> Callable[[Test], Test]:
    """Have a test go over cases that ``pytest.mark.parametrize`` would make a test of each.

    The cases share the fixtures of the test, whose names are those of its other arguments.
    """
    return partial(_over, _cases(names, given, ids), is_alone=False)


def each_case_alone(
    names: str | Sequence[str], given: Iterable[Any], *, ids: Sequence[str] | None = None
) -> Callable[[Test], Test]:
    """As ``each_case``, with a world for each case that is created as the test's is."""
    return partial(_over, _cases(names, given, ids), is_alone=True)


def _cases(
    names: str | Sequence[str], given: Iterable[Any], ids: Sequence[str] | None
) -> list[Case]:
    keys = [each.strip() for each in names.split(",")] if isinstance(names, str) else [*names]
    cases: list[Case] = []
    for place, each in enumerate(given):
        values, name = _read(each, is_single=len(keys) == 1)
        name = name or (ids[place] if ids else "-".join(map(str, values)))
        cases.append((name[:MAX_NAME], dict(zip(keys, values, strict=True))))
    return cases


def _read(given: Any, *, is_single: bool) -> tuple[Sequence[Any], str | None]:
    if isinstance(given, type(pytest.param())):
        assert not given.marks, "a case has no marks"
        return given.values, None if given.id is None else str(given.id)
    return ((given,) if is_single else given), None


def _over(cases: list[Case], test: Test, *, is_alone: bool) -> Test:
    """Return a test that goes over the cases, with the fixtures that it needs."""
    signature = inspect.signature(test)
    of_cases = cases[0][1].keys() if cases else set[str]()
    fixtures = [each for name, each in signature.parameters.items() if name not in of_cases]
    signature = signature.replace(parameters=fixtures)

    if inspect.iscoroutinefunction(test):

        @wraps(test)
        async def go_over(**fixtures: Any) -> None:
            with checking() as checked:
                for name, arguments in _selected(cases):
                    with checked(name):
                        await _run(partial(test, **arguments), fixtures, is_alone=is_alone)

    else:

        @wraps(test)
        def go_over(**fixtures: Any) -> None:
            with checking() as checked:
                for name, arguments in _selected(cases):
                    with checked(name):
                        test(**fixtures, **arguments)

    vars(go_over)["__signature__"] = signature
    return go_over


async def _run(
    test: Callable[..., Awaitable[None]], fixtures: dict[str, Any], *, is_alone: bool
) -> None:
    if not is_alone:
        await test(**fixtures)
        return
    world: World = fixtures[WORLD]
    async with world.another() as own:
        await test(**fixtures | {WORLD: own})


def _selected(cases: list[Case]) -> Iterator[Case]:
    """Yield those that the run is about."""
    for case in cases:
        if Choice.text is None or Choice.text in case[0]:
            yield case
