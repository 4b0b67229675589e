"""Links: what one platform of a world starts at another."""

from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, RootModel, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from emulator.control.request import CLOSED, platforms_of
from emulator.domain.errors import ConflictError
from emulator.domain.links import LinkError, PlatformLink
from emulator.kit.errors import as_invalid, invalid
from emulator.kit.http import json_response, read_body
from emulator.kit.operation import Operation
from emulator.kit.world import world_of
from emulator.world.links import LinkResults, source_of, target_of
from emulator.world.world import World

MAX_LINKS: Final = 100


class NewLink(BaseModel):
    """A link: ``source`` and ``target`` are PLATFORM.NAME, as ``GET /links/kinds`` lists them."""

    model_config = CLOSED

    source: str
    target: str
    when: dict[str, Any] = {}
    """The settings of the source."""
    settings: dict[str, Any] = {}
    """The settings of the target."""


class SetLinksRequest(RootModel[list[NewLink]]):
    """The body of ``PUT /links``: all links of the world."""

    model_config = ConfigDict(defer_build=True)

    root: list[NewLink] = Field(max_length=MAX_LINKS)


async def list_links(request: Request) -> Response:
    """List the links of the world, with how often each was followed since the server started."""
    return json_response(_shown(world_of(request)))


async def set_links(request: Request) -> Response:
    """Set all links of the world; a reset keeps them."""
    links = [_link(each) for each in read_body(request, SetLinksRequest).root]
    for number, link in enumerate(links):
        _check(request, link, f"[{number}].")
    return json_response(_use(request, links))


async def add_link(request: Request) -> Response:
    """Add a link to those of the world."""
    link = _link(read_body(request, NewLink))
    _check(request, link)
    former = world_of(request).settings.links
    if len(former) >= MAX_LINKS:
        raise ConflictError(f"the world has {MAX_LINKS} links, which is the maximum")
    return json_response(_use(request, [*former, link])[-1], 201)


async def list_link_kinds(request: Request) -> Response:
    """List the sources and targets of links, with the JSON Schema of their settings."""
    platforms = platforms_of(request)
    return json_response(
        {
            "sources": [
                _kind(f"{name}.{source}", each)
                for name, platform in platforms.items()
                for source, each in platform.hooks.link_sources.items()
            ],
            "targets": [
                _kind(f"{name}.{target}", each)
                for name, platform in platforms.items()
                for target, each in platform.hooks.link_targets.items()
            ],
        }
    )


def _link(asked: NewLink) -> PlatformLink:
    return PlatformLink(
        source=asked.source, target=asked.target, when=asked.when, settings=asked.settings
    )


def _use(request: Request, links: list[PlatformLink]) -> list[dict[str, Any]]:
    world = world_of(request)
    world.use_settings(world.settings.model_copy(update={"links": tuple(links)}))
    return _shown(world)


def _check(request: Request, link: PlatformLink, before: str = "") -> None:
    """Refuse a link that cannot be; ``before`` stands before the names of its fields."""
    platforms = platforms_of(request)
    try:
        parts = (
            ("when", source_of(platforms, link).settings(), link.when),
            ("settings", target_of(platforms, link).settings(), link.settings),
        )
    except LinkError as error:
        raise invalid((f"{before}{error.field_name}", error.text)) from None
    for where, model, given in parts:
        try:
            model(**given)
        except ValidationError as error:
            problems = as_invalid(error).problems
            raise invalid(*((f"{before}{where}.{path}", text) for path, text in problems)) from None


def _kind(name: str, each: Any) -> dict[str, Any]:
    return {
        "name": name,
        "text": each.text,
        "subject": each.subject,
        "settings": each.settings().model_json_schema(),
    }


def _shown(world: World) -> list[dict[str, Any]]:
    links = []
    for number, link in enumerate(world.settings.links):
        results = world.links.results.get(number, LinkResults())
        links.append(
            {
                "source": link.source,
                "target": link.target,
                "when": link.when,
                "settings": link.settings,
                "followed": results.followed,
                "failed": results.failed,
                "error": results.error,
            }
        )
    return links


link_routes: Final = (
    Operation(method="GET", path="/links", handler=list_links),
    Operation(method="PUT", path="/links", handler=set_links, takes=SetLinksRequest),
    Operation(method="POST", path="/links", handler=add_link, takes=NewLink, status=201),
    Operation(method="GET", path="/links/kinds", handler=list_link_kinds),
)
