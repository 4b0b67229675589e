"""What Exotel's calls start at other vendors."""

from typing import Final

from emulator.kit.links import LinkSource
from emulator.platforms.exotel.voicebots.records.number_links import NumberSettings

link_sources: Final = {
    "number": LinkSource(
        "a call with a voicebot on a number is answered", "call", lambda: NumberSettings
    )
}
