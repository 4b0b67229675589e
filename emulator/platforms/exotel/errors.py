"""Exotel's errors, written as the first chapter writes them."""

from typing import Final

from emulator.platforms.exotel.chapters import chapters

known_errors: Final = chapters.hooks.known_errors
render_error: Final = chapters.hooks.render_error
