"""Cuts the samples out of VoiceBooker's page into files: ``python -m tests.platforms.samples``."""

import json
import re
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parents[2] / "fixtures" / "contracts" / "voicebooker"
PAGE: Final = FOLDER / "pages" / "voicebot-integration.txt"
SAMPLE: Final = re.compile(r"^(?:\{|\[)$.*?^(?:\}|\])$", re.MULTILINE | re.DOTALL)


def cut(page: str) -> dict[str, str]:
    """Every sample by the name of its file, as the page has it but for the bullets."""
    found: dict[str, str] = {}
    for part in re.split(r"^(?=\w+ Webhook$)", page, flags=re.MULTILINE)[1:]:
        action = part.partition(" ")[0]
        asked, marker, answered = part.partition("Response samples")
        for kind, text in (("request", asked), ("response", answered if marker else "")):
            if sample := SAMPLE.search(text):
                found[f"{action}.{kind}.json"] = sample[0].replace("• ", "") + "\n"
    return found


if __name__ == "__main__":
    for name, text in cut(PAGE.read_text()).items():
        json.loads(text)
        (FOLDER / name).write_text(text)
