"""The steps of the Tools Server: a knowledge corpus is indexed.

https://developer.exotel.com/docs/voicebot-tools/overview
"""

from typing import Final

from emulator.platforms.exotel.tools.corpora import INDEX_STEP, index_corpus
from emulator.platforms.exotel.tools.executions import TOOL_CALL

events: Final = (TOOL_CALL,)
steps: Final = {INDEX_STEP: index_corpus}
