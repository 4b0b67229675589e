"""The commented seed file that ``init`` writes and ``--demo`` loads."""

from collections.abc import Mapping
from textwrap import indent
from typing import Final

from emulator.control.seed_file.schema import SCHEMA_PATH
from emulator.kit.platform import Platform
from emulator.kit.seed_file import seed_section_of

HEAD: Final = """\
# yaml-language-server: $schema={url}{path}
#
# A seed file of the voicebot emulator: what its worlds start with. Load it with
#   voicebot-emulator serve --seed-file emulator.yaml
# An editor that knows the schema above completes names and shows mistakes;
# `voicebot-emulator init --schema` prints the schema, too.
#
# `inbox:NAME` stands for the URL of an inbox of the world, wherever a URL is asked for.
# A world that is in use already, as one from --data, is left as it is.

worlds:
  default:                       # the world of requests that name no other
    # clock: {{mode: live, speed: 10}}   # live, frozen or auto; `now` is its start
    # auth: strict                 # accept only this world's own credentials
    # calls_per_second: 10         # how fast batches are dialed
    # profile: {{VENDOR: PROFILE}}   # the edition of a vendor's API
    # options:                     # variants of the vendors' pages: see each guide
    #   VENDOR: {{OPTION: value}}
    scenarios:                     # how callees behave
      mix: {{answered_1: 60, answered_2: 15, no_answer: 15, busy: 10}}   # weights
      # rules:                     # the first rule that matches decides
      #   - match: {{number: "+2348012345678"}}
      #     scenario: busy
    inboxes:                       # endpoints of the emulator, which keep what they receive
      broken:
        answers:                   # the next responses; after these, 200
          - {{status: 500, json: {{error: no connection to the database}}}}
          - {{status: 500, json: {{error: no connection to the database}}}}
          - {{status: 500, json: {{error: no connection to the database}}}}
    # faults:
    #   - {{effect: duplicate, times: 1}}
"""
TAIL: Final = """
  # another:                       # further worlds have credentials of their own
  #   seed: 7
  #   clock: {mode: frozen}
"""


def example(platforms: Mapping[str, Platform], base_url: str) -> str:
    """Return the file: what all worlds have, then the section of each vendor."""
    parts = [HEAD.format(url=base_url, path=SCHEMA_PATH)]
    for name, platform in platforms.items():
        text = seed_section_of(platform).example
        if text:
            parts.append(indent(f"{name}:\n{indent(text, '  ')}", "    "))
    return "\n".join(parts) + TAIL
