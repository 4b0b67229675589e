"""Knowledge corpora: uploaded documents that tools answer from."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

CorpusStatus = Literal["pending", "ready", "failed"]


@dataclass(slots=True, kw_only=True)
class Corpus:
    """A corpus of a tenant; its documents are records of their own."""

    id: str
    account: str = ""
    name: str
    description: str
    rag_engine: str
    created_at: datetime
    updated_at: datetime
    document_ids: list[str]
    status: CorpusStatus = "pending"


@dataclass(slots=True, kw_only=True)
class CorpusDocument:
    """A file as text; it never changes. A file that is no text in UTF-8 is empty."""

    id: str
    corpus_id: str
    name: str
    text: str
