"""The links of a world: what its vendors start at each other."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple
from weakref import ref

from emulator.domain.batches import Batch
from emulator.domain.calls import Call
from emulator.domain.errors import DomainError
from emulator.domain.links import LinkError, LinkFollowed, PlatformLink
from emulator.lazy_imports import on_first_use
from emulator.world.vendors import Vendor

with on_first_use():
    import pydantic

NO_FACTS: Final[Mapping[str, Any]] = {}


Subject = Literal["appointment", "call", "person"]
"""What a link is about: it decides which facts its source knows, and which targets fit."""


class LinkSource(NamedTuple):
    """What can happen at a vendor that a link may wait for."""

    text: str
    subject: Subject
    settings: "Callable[[], type[pydantic.BaseModel]]"
    """Return the model that says which of them a link is about, and when it acts."""


class LinkTarget(NamedTuple):
    """What a vendor can do for a link."""

    text: str
    subject: Subject
    settings: "Callable[[], type[pydantic.BaseModel]]"
    """Return the model of what ``run`` is given."""
    run: Callable[[Any, Any, Mapping[str, Any]], Any]
    """Do it in a world, with these settings, for what is known of the source. DomainError if
    that is not possible, and then nothing has changed."""


@dataclass(slots=True, eq=False)
class LinkResults:
    """How often a link was followed since the server started, and why it last was not."""

    followed: int = 0
    failed: int = 0
    error: str | None = None


class CheckedLink(NamedTuple):
    """A link with its settings, checked."""

    link: PlatformLink
    when: Any
    settings: Any


class Links:
    """The links of one world, by their number."""

    def __init__(
        self, world: Any, vendors: Mapping[str, Vendor], links: Sequence[PlatformLink]
    ) -> None:
        self._world = ref(world)
        self._vendors = vendors
        self._links = tuple(links)
        self._checked: dict[int, CheckedLink] = {}
        self._sources: dict[str, list[int]] = {}
        self.results: dict[int, LinkResults] = {}
        for number, link in enumerate(self._links):
            self._sources.setdefault(link.source, []).append(number)

    def of(self, source: str) -> list[tuple[int, Any]]:
        """Return the number of each link from a source, with the settings of its source."""
        numbers = self._sources.get(source)
        return [(each, self.find(each).when) for each in numbers] if numbers else []

    def find(self, number: int) -> CheckedLink:
        """Return a link with its settings; LookupError if there is none of this number."""
        if (found := self._checked.get(number)) is None:
            found = self._checked[number] = checked(self._vendors, self._links[number])
        return found

    def follow(self, number: int, facts: Mapping[str, Any] = NO_FACTS) -> Any:
        """Have the target of a link do its part, and return what it returns.

        None for a link that was removed since, or if the target refuses: ``results`` says why.
        """
        if number >= len(self._links):
            return None
        world: Any = self._world()
        found, results = self.find(number), self.results.setdefault(number, LinkResults())
        answer, error = None, None
        try:
            answer = target_of(self._vendors, found.link).run(world, found.settings, facts)
            results.followed += 1
        except DomainError as refused:
            results.failed += 1
            results.error = error = str(refused)
        call = answer if isinstance(answer, Call) else facts.get("call")
        world.history.link(
            LinkFollowed(
                at=world.clock.now(),
                platform=found.link.target.partition(".")[0],
                source=found.link.source,
                target=found.link.target,
                call_id=call.id if isinstance(call, Call) else None,
                batch_id=answer.id if isinstance(answer, Batch) else None,
                error=error,
            )
        )
        return answer


def checked(vendors: Mapping[str, Vendor], link: PlatformLink) -> CheckedLink:
    """Check a link; LinkError for parts that do not exist or do not fit each other.

    Raises pydantic's ValidationError for wrong settings.
    """
    source, target = source_of(vendors, link), target_of(vendors, link)
    return CheckedLink(link, source.settings()(**link.when), target.settings()(**link.settings))


def source_of(vendors: Mapping[str, Vendor], link: PlatformLink) -> LinkSource:
    """Return the source of a link, or raise LinkError."""
    found: LinkSource = _part(vendors, link.source, "source", lambda each: each.hooks.link_sources)
    return found


def target_of(vendors: Mapping[str, Vendor], link: PlatformLink) -> LinkTarget:
    """Return the target of a link; LinkError if there is none, or it does not fit the source."""
    found: LinkTarget = _part(vendors, link.target, "target", lambda each: each.hooks.link_targets)
    source = source_of(vendors, link)
    if found.subject != source.subject:
        raise LinkError(
            "target",
            f"needs a source about a {found.subject}, but {link.source} is about"
            f" a {source.subject}".replace("a appointment", "an appointment"),
        )
    return found


def _part(
    vendors: Mapping[str, Vendor],
    name: str,
    field_name: str,
    parts: Callable[[Vendor], Mapping[str, Any]],
) -> Any:
    platform, _, part = name.partition(".")
    found = parts(vendors[platform]).get(part) if platform in vendors else None
    if found is None:
        known = [f"{vendor}.{each}" for vendor in vendors for each in parts(vendors[vendor])]
        allowed = ", ".join(known)
        raise LinkError(field_name, f"must be one of {allowed}, not {name[:60]!r}")
    return found
