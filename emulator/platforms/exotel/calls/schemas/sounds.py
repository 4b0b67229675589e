"""Sounds in files: base64, and read as strictly as one that is sent."""

from base64 import b64decode, b64encode
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, PlainSerializer

from emulator.kit.sounds import read_wav


def _decoded(value: object) -> bytes:
    if not isinstance(value, str):
        raise ValueError("must be base64")  # noqa: TRY004  # as pydantic has it
    return b64decode(value, validate=True)


def _checked(content: bytes) -> bytes:
    read_wav(content)
    return content


def _encoded(content: bytes) -> str:
    return b64encode(content).decode()


Wav = Annotated[
    bytes, BeforeValidator(_decoded), AfterValidator(_checked), PlainSerializer(_encoded)
]
"""A WAV file; in files it is base64, and read as strictly as one that is sent."""
