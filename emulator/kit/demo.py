"""What a vendor contributes to demonstrations: its module ``demo``.

::

    async def story(client: DemoClient, credentials: Credentials, base_url: str) -> Story: ...

The command ``demo`` shows the first vendor's ``story``, which is optional. What ``serve --demo``
starts with is in the vendors' ``seed.yaml``: see ``emulator.kit.seed_file``.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from emulator.kit.auth import Credentials
from emulator.kit.conventions import FUNCTION
from emulator.kit.modules import load_names


class DemoResponse(Protocol):
    """A response to a request of a demonstration."""

    def raise_for_status(self) -> Any:
        """Raise an error for a refusal."""

    def json(self) -> Any:
        """Return the decoded body."""


class DemoClient(Protocol):
    """A client of the emulator, for its control API and for all vendors' paths.

    ``httpx.AsyncClient`` is one; a vendor must not import it.
    """

    async def request(
        self,
        method: str,
        url: str,
        *,
        json: Any = None,
        headers: Any = None,
        auth: Any = None,
        files: Any = None,
    ) -> DemoResponse:
        """Make a request."""


async def ask(client: DemoClient, method: str, path: str, **options: Any) -> Any:
    """Make a request that must succeed, and return the decoded body."""
    response = await client.request(method, path, **options)
    response.raise_for_status()
    return response.json()


def _no_summary(body: Any) -> str:  # noqa: ARG001  # a default
    return ""


@dataclass(frozen=True, kw_only=True)
class Story:
    """A batch of calls that was placed to be shown from beginning to end."""

    batch_id: str
    title: str
    """The first line that is printed."""
    inbox: str
    """The inbox that the callbacks go to."""
    records: Mapping[str, Any] = field(default_factory=dict)
    """What was created before the calls, printed with ``--json``."""
    summary: Callable[[Any], str] = _no_summary
    """Describe the JSON body of a callback in one line."""


Stage = Callable[[DemoClient, Credentials, str], Awaitable[Story]]


@dataclass(frozen=True, kw_only=True)
class Demo:
    """A vendor's module ``demo``."""

    story: Stage | None = None
    """Place a batch of calls on a frozen clock; time passes afterwards."""


def load_demo(package: str) -> Demo:
    """Return what a vendor's module ``demo`` defines; PlatformError for a mistake in it."""
    return Demo(**load_names(package, "demo", {"story": FUNCTION}))
