"""Exotel's chapters, one package for each of its APIs.

To add a chapter, write its package and list it here; its options go to ``options.py``, and how its
calls are placed to ``calls.py``.
"""

from typing import Final

from emulator.kit.chapters import Chapters
from emulator.platforms.exotel import voicebots

chapters: Final = Chapters(voicebots)
