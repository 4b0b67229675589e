"""A platform: a vendor as code. A folder under ``platforms`` declares one as ``platform``."""

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from re import fullmatch
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar

from emulator.domain.faults import NOTHING
from emulator.domain.profiles import PlatformProfile
from emulator.kit.auth import Auth
from emulator.kit.conventions import one_of, tuple_of
from emulator.kit.errors import ApiError
from emulator.kit.hooks import Hooks, NoOptions
from emulator.kit.modules import PlatformError, load_hooks, load_module, load_part
from emulator.lazy_model import LazyModel

if TYPE_CHECKING:
    from emulator.kit.demo import Demo  # only demonstrations import it
    from emulator.kit.endpoint_check import EndpointCheck  # only its command imports it
    from emulator.kit.examples import Examples  # only the self-check imports them
    from emulator.kit.reference import Reference  # only OpenAPI documents need it
    from emulator.kit.selectors import Selectors  # only where several processes share the worlds
    from emulator.kit.snippets import Snippet  # only the dashboard asks for them

Part = TypeVar("Part")
_log: Final = logging.getLogger("emulator")


@dataclass(frozen=True, kw_only=True, eq=False)
class Platform:
    """One vendor: what selects it for a request, and where the rest is found.

    The rest, with the vendor's schemas and handlers, is in the modules of the same folder, under
    the names that ``emulator.kit.conventions`` lists; they are imported when they are first needed.
    """

    name: str
    """The name of its folder, of its paths and of its credentials."""
    title: str
    roots: tuple[str, ...]
    """The beginnings of its real paths, which are served without its name before them too."""
    auth: Auth
    hosts: tuple[str, ...] = ()
    """The vendor's own host names, and all below them: accepted from clients sent here by DNS."""
    sample: Callable[[str, Mapping[str, str]], str] | None = None
    """Write a command to paste, given the base URL and the credentials."""
    is_default: bool = False
    """The default of commands and tests that name no vendor."""
    bots: str = "bots"
    """What calls are placed with, in the vendor's word and in the plural."""
    bot_sample: Callable[[str, Mapping[str, str]], str] | None = None
    """Write a command that creates one of them, where a new world has none."""
    problems: list[str] = field(init=False, default_factory=list)
    """The mistakes in the folder that were met so far, a sentence each."""

    def __post_init__(self) -> None:
        if not isinstance(self.roots, tuple) or not self.roots:
            raise ValueError('roots must be a tuple such as ("/v1",)')
        for root in self.roots:
            if not fullmatch("(/[^/{}?#]+)+", root) or root.startswith("/_emulator"):
                raise ValueError(f"root {root!r} must be a path such as '/v1', without parameters")

    @property
    def package(self) -> str:
        """The package its modules are in."""
        return f"emulator.platforms.{self.name}"

    def command(self, base_url: str, credentials: Mapping[str, str]) -> str:
        """Return a curl command that works as pasted: ``sample``, or the first operation."""
        if self.sample is not None:
            return self.sample(base_url, credentials)
        if self.hooks.problem is not None:
            return f"curl {base_url}/{self.name}"  # which is answered with the problem
        first = self.hooks.operations[0]
        path = re.sub(r"{(\w+)}", lambda name: credentials.get(name[1], name[1]), first.path)
        headers = self.auth.headers(credentials).items()
        shown = "".join(f" -H '{name}: {value}'" for name, value in headers)
        return f"curl -X {first.method} {base_url}{path}{shown}"

    @cached_property
    def hooks(self) -> Hooks:
        """What the vendor does; a vendor with a mistake is logged, and serves nothing."""
        try:
            return load_hooks(self.package, self.roots)
        except PlatformError as error:
            return _broken(self.report(error))

    @property
    def options(self) -> type[LazyModel]:
        """The variants that the vendor's pages disagree about."""
        found: type[LazyModel] = self._variants.get("options", NoOptions)
        return found

    @property
    def profiles(self) -> Mapping[str, PlatformProfile]:
        """The editions of the vendor's pages, by name; the first has the default options."""
        found: Mapping[str, PlatformProfile] = self._variants.get("profiles", NOTHING)
        return found

    @cached_property
    def _variants(self) -> Mapping[str, Any]:
        """What ``options.py`` defines: worlds are shown with it, and need no other module."""
        try:
            return load_module(self.package, "options")
        except PlatformError as error:
            self.report(error)
            return {}

    def check(self) -> None:
        """Raise ApiError 500 with what is wrong if the vendor serves nothing."""
        if (problem := self.hooks.problem) is not None:
            raise ApiError(500, "broken_platform", problem)

    @cached_property
    def reference(self) -> "Reference":
        """What the vendor's reference says besides its operations."""
        from emulator.kit.reference import Reference  # noqa: PLC0415  # needs every schema

        return self._load("reference", Reference) or Reference()

    @cached_property
    def examples(self) -> "Examples":
        """The examples that its pages show."""
        from emulator.kit.examples import Examples  # noqa: PLC0415  # only the self-check

        return self._load("examples", Examples) or Examples()

    @cached_property
    def demo(self) -> "Demo":
        """What it contributes to demonstrations."""
        from emulator.kit.demo import Demo, load_demo  # noqa: PLC0415  # only demonstrations

        try:
            return load_demo(self.package)
        except PlatformError as error:
            self.report(error)
            return Demo()

    @cached_property
    def endpoint_check(self) -> "EndpointCheck | None":
        """The command that checks an endpoint the way the vendor uses it."""
        from emulator.kit.endpoint_check import EndpointCheck  # noqa: PLC0415  # its command alone

        return self._load("endpoint_check", EndpointCheck)

    @cached_property
    def selectors(self) -> "Selectors | None":
        """What selects the world of a request, as a proxy sees it."""
        from emulator.kit.selectors import Selectors  # noqa: PLC0415  # several processes alone

        return self._load("selectors", Selectors) or self.auth.default_selectors()

    @cached_property
    def snippets(self) -> "tuple[Snippet, ...]":
        """The samples for the client libraries that the vendor publishes."""
        from emulator.kit.snippets import Snippet  # noqa: PLC0415  # only the dashboard

        try:
            return tuple(load_part(self.package, "snippets", tuple_of(Snippet)) or ())
        except PlatformError as error:
            self.report(error)
            return ()

    def _load(self, module: str, type_: type[Part]) -> Part | None:
        """Load what an optional module defines; None without the module, or with a mistake."""
        try:
            found: Part | None = load_part(self.package, module, one_of(type_))
        except PlatformError as error:
            self.report(error)
            return None
        return found

    def report(self, error: PlatformError) -> str:
        """Log a mistake in the vendor's folder, once."""
        problem = str(error)
        if problem not in self.problems:
            self.problems.append(problem)
            _log.error("platform %s: %s", self.name, problem)
        return problem


def _broken(problem: str) -> Hooks:
    """Return hooks that serve nothing, and start no world whose records would be lost."""

    def refuse(world: Any) -> NoReturn:  # noqa: ARG001  # as new_state has it
        raise PlatformError(problem)

    return Hooks(operations=(), problem=problem, new_state=refuse)
