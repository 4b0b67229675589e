"""eSpeak NG, which PyPI's ``espeakng-loader`` brings along with its data; called by ctypes.

The library is global state, so there is one synthesis at a time. What it says also depends on
what it has said before, so it is loaded anew for each text: that takes 5 ms.
https://github.com/espeak-ng/espeak-ng/blob/master/src/include/espeak-ng/speak_lib.h
"""

import _ctypes
import ctypes
import os
import re
import sys
from ctypes import CFUNCTYPE, POINTER, c_int, c_short, c_void_p
from dataclasses import dataclass
from importlib import import_module
from threading import Lock
from typing import Any, Final

EXTRA: Final = "espeakng_loader"
INSTALL: Final = "pip install 'voicebot-emulator[voice]'"
SYNCHRONOUS: Final = 2
DO_NOT_EXIT: Final = 1 << 15
UTF8: Final = 1
SPEED: Final = 1
NORMAL_SPEED: Final = 175
FASTEST_SPEED: Final = 450
"""Words per minute: what eSpeak NG takes."""
MAX_SECONDS: Final = 120
"""Of a text that takes longer, no more is said."""
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f]+")
"""Some of them are commands to eSpeak NG."""
_LOCK: Final = Lock()
_Callback: Final = CFUNCTYPE(c_int, POINTER(c_short), c_int, c_void_p)


class SpeechError(Exception):
    """eSpeak NG cannot speak; the message says why."""


@dataclass(frozen=True, slots=True)
class Espeak:
    """The library and the folder of its data."""

    library: str
    data: str

    @classmethod
    def find(cls, package: str = EXTRA) -> "Espeak | None":
        """Return the library that a package brings, or None if it is not installed."""
        try:
            found = import_module(package)
        except ModuleNotFoundError:
            return None
        return cls(found.get_library_path(), found.get_data_path())

    def say(self, text: str, voice: str, speed: int = NORMAL_SPEED) -> tuple[bytes, int]:
        """Return the samples of a text and their rate; SpeechError if there is no such voice.

        Equal arguments have equal samples, whatever was said before.
        """
        with _LOCK:
            library = self._load()
            try:
                return _spoken(library, self.data, _CONTROLS.sub(" ", text), (voice, speed))
            finally:
                _unload(library)

    def _load(self) -> ctypes.CDLL:
        try:
            return ctypes.CDLL(self.library)
        except OSError as error:
            raise SpeechError(f"eSpeak NG cannot be loaded from {self.library}: {error}") from None


def _spoken(library: Any, data: str, text: str, how: tuple[str, int]) -> tuple[bytes, int]:
    voice, speed = how
    rate: int = library.espeak_Initialize(SYNCHRONOUS, 0, os.fsencode(data), DO_NOT_EXIT)
    if rate <= 0:
        raise SpeechError(f"eSpeak NG cannot read its data in {data}: is the path too long?")
    pieces: list[bytes] = []
    left = rate * MAX_SECONDS

    def take(samples: Any, count: int, _: Any) -> int:
        nonlocal left
        if count:
            pieces.append(ctypes.string_at(samples, 2 * min(count, left)))
            left -= min(count, left)
        return int(left == 0)

    callback = _Callback(take)
    try:
        library.espeak_SetSynthCallback(callback)
        if library.espeak_SetVoiceByName(voice.encode()):
            raise SpeechError(f"eSpeak NG has no voice {voice!r}")
        library.espeak_SetParameter(SPEED, min(max(speed, NORMAL_SPEED), FASTEST_SPEED), 0)
        encoded = text.encode("utf-8", "replace")
        library.espeak_Synth(encoded, ctypes.c_size_t(len(encoded) + 1), 0, 1, 0, UTF8, None, None)
        library.espeak_Synchronize()
    finally:
        library.espeak_Terminate()
    return b"".join(pieces), rate


def _unload(library: ctypes.CDLL) -> None:
    if sys.platform == "win32":
        _ctypes.FreeLibrary(library._handle)  # noqa: SLF001  # ctypes has no other way
    else:
        _ctypes.dlclose(library._handle)  # noqa: SLF001
