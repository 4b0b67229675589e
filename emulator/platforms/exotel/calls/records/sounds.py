"""Sounds that persons can play: WAV files, as the control API has taken them."""

from dataclasses import dataclass

from emulator.kit.lazy_imports import on_first_use

with on_first_use():
    from emulator.platforms.exotel.calls.schemas import sounds as sound_schemas


@dataclass(slots=True, kw_only=True)
class PersonSound:
    """A sound that steps of scripts name."""

    id: str
    """Its name."""
    content: "sound_schemas.Wav"
