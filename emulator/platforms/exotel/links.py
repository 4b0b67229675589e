"""What Exotel's calls start at other vendors."""

from typing import Final

from emulator.kit.lazy_imports import on_first_use
from emulator.kit.links import LinkSource

with on_first_use():
    from emulator.platforms.exotel.voicebots.schemas import number_links

link_sources: Final = {
    "number": LinkSource(
        "a call with a voicebot on a number is answered",
        "call",
        lambda: number_links.NumberSettings,
    )
}
