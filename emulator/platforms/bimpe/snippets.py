"""Samples for Bimpe's client libraries.

https://github.com/BimpeAI/bimpe-sdk
"""

import json
from collections.abc import Mapping
from typing import Final

from emulator.kit.snippets import Snippet


def _python(base_url: str, own: Mapping[str, str]) -> str:
    """List the agents with ``bimpeai``."""
    return (
        "from bimpeai import BimpeAI\n\n"
        f"with BimpeAI(\n    api_key={json.dumps(own['api_key'])},\n"
        f"    base_url={json.dumps(base_url)},\n) as client:\n"
        "    for agent in client.agents.list():\n"
        "        print(agent.id, agent.name)"
    )


snippets: Final = (
    Snippet(
        title="Python: bimpeai", language="python", install="pip install bimpeai", code=_python
    ),
)
