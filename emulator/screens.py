"""What a vendor adds to the dashboard: files in its folder ``dashboard``.

``screens.json`` declares them::

    {
      "screens": [{"name": "bookings", "title": "Bookings", "module": "bookings.js"}],
      "call_panel": "sequence.js",
      "forms": [{"title": "Patient", "operation": "create_user", "rows": "fields"}],
      "steps": {"hang_up": {"text": "the caller hangs up", "screen": "calls"}}
    }

A screen's module exports ``screen(place)``, which returns the same as the dashboard's own screens
do. The call panel's module exports ``panel(call)``, which returns a node for the page of a call of
this vendor, or null, and ``entries(call, callbacks)``, what the conversation has besides; one of
the two is enough. Both import the dashboard's modules as ``../../ui.js``. A form makes a request
of an operation, with the fields of its OpenAPI document.
``steps`` says in words what a step of the timeline does, by the name of its ``Wake``, and on which
screen its subject is shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError

from emulator.kit.errors import as_invalid
from emulator.kit.modules import PlatformError
from emulator.kit.platform import Platform

FOLDER: Final = "dashboard"
DECLARATION: Final = "screens.json"
CLOSED: Final = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Screen(BaseModel):
    """A screen that only one vendor has."""

    model_config = CLOSED

    name: str
    """What it is called in addresses."""
    title: str
    """What it is called in the navigation."""
    module: str


class Form(BaseModel):
    """A form that makes a request."""

    model_config = CLOSED

    title: str
    """What it creates or changes."""
    operation: str
    """The id of the operation in an OpenAPI document."""
    is_control: bool = False
    """The document is that of the control API, not the vendor's."""
    rows: str | None = None
    """The field that a row of a CSV file becomes; ``""`` is the body, null takes no CSV file."""


class StepText(BaseModel):
    """What a step of the timeline does."""

    model_config = CLOSED

    text: str
    screen: str | None = None
    """The screen that shows the step's subject, by its id."""


class _Declared(BaseModel):
    """``screens.json``."""

    model_config = CLOSED

    screens: tuple[Screen, ...] = ()
    call_panel: str | None = None
    forms: tuple[Form, ...] = ()
    steps: dict[str, StepText] = {}


@dataclass(frozen=True, kw_only=True)
class VendorDashboard:
    """A vendor's screens and the files they are made of."""

    screens: tuple[Screen, ...] = ()
    call_panel: str | None = None
    """The module that adds to the page of a call."""
    forms: tuple[Form, ...] = ()
    steps: Mapping[str, StepText] = field(default_factory=dict)
    contents: Mapping[str, bytes] = field(default_factory=dict)
    """The files by their names, the declaration left out."""


@cache
def dashboard_of(platform: Platform) -> VendorDashboard:
    """Return what a vendor adds to the dashboard; nothing, with a log, for a mistake in it."""
    try:
        return _load(platform.package)
    except PlatformError as error:
        platform.report(error)
        return VendorDashboard()


def _load(package: str) -> VendorDashboard:
    """Read the folder ``dashboard`` of a vendor's package; without one, nothing is added."""
    folder = files(package) / FOLDER
    if not (folder / DECLARATION).is_file():
        return VendorDashboard()
    try:
        declared = _Declared.model_validate_json((folder / DECLARATION).read_bytes())
    except ValidationError as error:
        path = f"{package.replace('.', '/')}/{FOLDER}/{DECLARATION}"
        problem = as_invalid(error, "the file").message.replace(" of this request", "")
        raise PlatformError(f"{path}: {problem}") from None
    return VendorDashboard(
        screens=declared.screens,
        call_panel=declared.call_panel,
        forms=declared.forms,
        steps=declared.steps,
        contents={
            each.name: each.read_bytes()
            for each in folder.iterdir()
            if each.is_file() and each.name != DECLARATION
        },
    )
