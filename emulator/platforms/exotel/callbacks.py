"""The callbacks of all chapters: what becomes due, why none came, what responses change."""

from typing import Final

from emulator.platforms.exotel.chapters import chapters

event_handlers: Final = chapters.hooks.event_handlers
why_none: Final = chapters.hooks.why_none
consequences: Final = chapters.hooks.consequences
events: Final = chapters.hooks.events
shape: Final = chapters.hooks.shape
steps: Final = chapters.hooks.steps
responses: Final = chapters.hooks.responses
receiver_check: Final = chapters.hooks.receiver_check
