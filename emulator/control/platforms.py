"""The vendors: what each can do, its operations and documents, and the magic numbers."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from emulator.control import CONTROL
from emulator.control.first_calls import places_first_call
from emulator.control.request import loaded_platforms, platforms_of, worlds_of
from emulator.domain.scenarios import MAGIC_NUMBERS, SCENARIOS
from emulator.kit import lazy_model
from emulator.kit.errors import ApiError
from emulator.kit.http import json_response
from emulator.kit.operation import Operation
from emulator.kit.platform import Platform
from emulator.kit.turns import load_once
from emulator.kit.world import world_of
from emulator.screens import dashboard_of

SCREENS: Final = "/_emulator/ui/-/platforms"
"""The path of the files that vendors add to the dashboard."""


async def list_platforms(request: Request) -> Response:
    """List the vendors with their paths, call requests, snippets and dashboard screens."""
    worlds, world = worlds_of(request), world_of(request)
    base_url = worlds.settings.base_url
    return json_response(
        [
            _shown(platform, f"{base_url}/{name}", worlds.credentials(world, name))
            for name, platform in (await loaded_platforms(request)).items()
        ]
    )


@cache
def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return model.model_json_schema()


def _shown(platform: Platform, base_url: str, credentials: dict[str, str]) -> dict[str, Any]:
    from emulator.kit.snippets import translations  # noqa: PLC0415  # start-up time

    hooks, dashboard = platform.hooks, dashboard_of(platform)
    files = f"{SCREENS}/{platform.name}"
    model_of, panel = hooks.place_model, dashboard.call_panel
    create_bot = platform.bot_sample
    command = platform.command(base_url, credentials)
    return {
        "name": platform.name,
        "title": platform.title,
        "is_default": platform.is_default,
        "roots": platform.roots,
        "bots": platform.bots,
        "places_calls": hooks.place is not None,
        "places_first_call": places_first_call(hooks),
        "call_request": None if model_of is None else _schema(model_of()),
        "sends_callbacks": bool(hooks.events),
        "callback_events": hooks.events,
        "profiles": {name: each.text for name, each in platform.profiles.items()},
        "command": command,
        "headers": platform.auth.headers(credentials),
        "snippets": [*translations(command), *_samples(platform, base_url, credentials)],
        "create_bot": None if create_bot is None else create_bot(base_url, credentials),
        "screens": [
            {"name": each.name, "title": each.title, "module": f"{files}/{each.module}"}
            for each in dashboard.screens
        ],
        "call_panel": None if panel is None else f"{files}/{panel}",
        "forms": [each.model_dump() for each in dashboard.forms],
        "options": _schema(lazy_model.model_of(platform.options)),
        "steps": {name: each.model_dump() for name, each in dashboard.steps.items()},
    }


def _samples(
    platform: Platform, base_url: str, credentials: dict[str, str]
) -> list[dict[str, str]]:
    """Return the samples for the vendor's own client libraries."""
    return [
        {
            "title": each.title,
            "language": each.language,
            "install": each.install,
            "code": each.code(base_url, credentials),
        }
        for each in platform.snippets
    ]


async def list_operations(request: Request) -> Response:
    """List every operation of every vendor with its basis."""
    return json_response(
        [
            {
                "platform": platform.name,
                "operation": operation.id,
                "alias": operation.alias or None,
                "method": operation.method,
                "path": operation.path,
                "summary": operation.summary,
                "note": operation.note,
                "docs": operation.docs,
                "basis": operation.basis,
            }
            for platform in (await loaded_platforms(request)).values()
            for operation in platform.hooks.operations
        ]
    )


async def list_numbers(request: Request) -> Response:
    """List the magic numbers: last digits of the callee's number that select a scenario."""
    platforms = await loaded_platforms(request)
    return json_response(
        [
            {
                "suffix": suffix,
                "scenario": name,
                "effect": {
                    platform.name: platform.hooks.effect(SCENARIOS[name])
                    for platform in platforms.values()
                },
            }
            for suffix, name in MAGIC_NUMBERS.items()
        ]
    )


async def get_document(request: Request) -> Response:
    """Get the OpenAPI document of a vendor, or of the control API (``control.json``)."""
    name, platforms = request.path_params["document"], platforms_of(request)
    public_path = worlds_of(request).settings.public_path
    short = name.removesuffix(".json")
    if short == name or short not in {*platforms, CONTROL}:
        known = ", ".join(f"{each}.json" for each in sorted({*platforms, CONTROL}))
        message = f"there is no OpenAPI document {name[:100]}"
        raise ApiError(404, "not_found", message, hint=f"the documents are {known}")
    await load_once(name, lambda: _document(short, platforms, public_path))
    return Response(_document(short, platforms, public_path), media_type="application/json")


def _document(name: str, platforms: Mapping[str, Platform], public_path: str) -> bytes:
    from emulator.control.document import control_text  # noqa: PLC0415  # loads every schema
    from emulator.openapi.document import document_text  # noqa: PLC0415  # as above

    if name == CONTROL:
        return control_text(tuple(platforms.values()), public_path)
    return document_text(platforms[name], public_path)


platform_routes: Final = (
    Operation(method="GET", path="/platforms", handler=list_platforms),
    Operation(method="GET", path="/operations", handler=list_operations),
    Operation(method="GET", path="/numbers", handler=list_numbers),
    Operation(method="GET", path="/openapi/{document}", handler=get_document),
)
