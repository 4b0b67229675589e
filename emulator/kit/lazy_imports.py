"""Imports that wait until a module is used: models, so that a server starts without pydantic."""

from emulator.lazy_imports import on_first_use

__all__ = ["on_first_use"]
