"""A platform: a vendor as code. A folder under ``platforms`` declares one as ``platform``."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from emulator.kit.auth import Auth
from emulator.kit.hooks import Hooks, load_hooks

if TYPE_CHECKING:
    from emulator.kit.dashboard import VendorDashboard  # only the dashboard asks for it
    from emulator.kit.demo import Demo  # only demonstrations import it
    from emulator.kit.endpoint_check import EndpointCheck  # only its command imports it
    from emulator.kit.examples import Examples  # only the self-check imports them
    from emulator.kit.reference import Reference  # only OpenAPI documents need it


@dataclass(frozen=True, kw_only=True, eq=False)
class Platform:
    """One vendor: what selects it for a request, and where the rest is found.

    The rest, with the vendor's schemas and handlers, is in the modules of the same folder, under
    the names that ``emulator.kit.hooks`` lists; they are imported when they are first needed.
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
    bots: str = "bots"
    """What calls are placed with, in the vendor's word and in the plural."""
    bot_sample: Callable[[str, Mapping[str, str]], str] | None = None
    """Write a command that creates one of them, where a new world has none."""

    @property
    def package(self) -> str:
        """The package its modules are in."""
        return f"emulator.platforms.{self.name}"

    def command(self, base_url: str, credentials: Mapping[str, str]) -> str:
        """Return a curl command that works as pasted: ``sample``, or the first operation."""
        if self.sample is not None:
            return self.sample(base_url, credentials)
        first = self.hooks.operations[0]
        path = re.sub(r"{(\w+)}", lambda name: credentials.get(name[1], name[1]), first.path)
        headers = self.auth.headers(credentials).items()
        shown = "".join(f" -H '{name}: {value}'" for name, value in headers)
        return f"curl -X {first.method} {base_url}{path}{shown}"

    @cached_property
    def hooks(self) -> Hooks:
        """What the vendor does; PlatformError if its folder lacks something."""
        return load_hooks(self.package)

    @cached_property
    def reference(self) -> "Reference":
        """What the vendor's reference says besides its operations."""
        if find_spec(f"{self.package}.reference") is None:
            from emulator.kit.reference import Reference  # noqa: PLC0415  # needs every schema

            return Reference()
        reference: Reference = import_module(f"{self.package}.reference").reference
        return reference

    @cached_property
    def examples(self) -> "Examples":
        """What its pages show, to run again."""
        if find_spec(f"{self.package}.examples") is None:
            from emulator.kit.examples import Examples  # noqa: PLC0415  # only the self-check

            return Examples()
        examples: Examples = import_module(f"{self.package}.examples").examples
        return examples

    @cached_property
    def demo(self) -> "Demo":
        """What it contributes to demonstrations."""
        from emulator.kit.demo import Demo  # noqa: PLC0415  # only demonstrations need it

        if find_spec(f"{self.package}.demo") is None:
            return Demo()
        module = import_module(f"{self.package}.demo")
        names = ("seed_demo", "story")
        return Demo(**{name: getattr(module, name) for name in names if hasattr(module, name)})

    @cached_property
    def endpoint_check(self) -> "EndpointCheck | None":
        """The command that checks an endpoint the way the vendor uses it."""
        if find_spec(f"{self.package}.endpoint_check") is None:
            return None
        check: EndpointCheck = import_module(f"{self.package}.endpoint_check").endpoint_check
        return check

    @cached_property
    def dashboard(self) -> "VendorDashboard":
        """The screens that only this vendor has."""
        from emulator.kit.dashboard import load_dashboard  # noqa: PLC0415  # reads files

        return load_dashboard(self.package)
