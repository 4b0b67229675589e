"""What Bimpe promises on the wire, spelled as its pages spell it; one module for each noun.

https://bimpe-docs-dev.admin.rectlabs.com/docs/api/
"""

from emulator.platforms.bimpe.schemas.words import effect, status_word, wire_time

__all__ = ["effect", "status_word", "wire_time"]
