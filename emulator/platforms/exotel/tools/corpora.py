"""Knowledge corpora: uploaded, indexed ten seconds later, asked by tools.

https://developer.exotel.com/docs/voicebot-tools/overview
"""

from datetime import timedelta
from typing import Final

from emulator.domain.actions import Wake
from emulator.kit.errors import invalid
from emulator.kit.forms import FormFile
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.world import World
from emulator.platforms.exotel.tools.passages import Passage, PassageIndex
from emulator.platforms.exotel.tools.records.corpora import Corpus, CorpusDocument
from emulator.platforms.exotel.tools.state import ToolsState, state_of
from emulator.platforms.exotel.voicebots.drafts import failure_in

with on_first_use():
    from emulator.platforms.exotel.tools.schemas import requests

INDEX_STEP: Final = "tools.corpus"
INDEX_DELAY: Final = timedelta(seconds=10)  # assumed
MAX_CORPUS_CHARACTERS: Final = 1_000_000


def create_corpus(world: World, account: str, asked: "requests.CreateCorpus") -> Corpus:
    """Keep the texts of the files; they are indexed ten seconds later."""
    state, now = state_of(world), world.clock.now()
    texts = [_text(each) for each in asked.files]
    if sum(map(len, texts)) > MAX_CORPUS_CHARACTERS:
        problem = f"must have at most {MAX_CORPUS_CHARACTERS:,} characters of text together"
        raise invalid(("files", problem))
    corpus = Corpus(
        id=world.ids.uuid("exotel.corpus"),
        account=account,
        name=asked.metadata.name,
        description=asked.metadata.description,
        rag_engine=asked.metadata.rag_engine,
        created_at=now,
        updated_at=now,
        document_ids=[],
    )
    for file, text in zip(asked.files, texts, strict=True):
        document = CorpusDocument(
            id=world.ids.uuid("exotel.document"),
            corpus_id=corpus.id,
            name=file.filename,
            text=text,
        )
        state.documents.add(document)
        corpus.document_ids.append(document.id)
    state.add_corpus(corpus)
    world.timeline.schedule(now + INDEX_DELAY, Wake("exotel", INDEX_STEP, corpus.id))
    return corpus


def _text(file: FormFile) -> str:
    try:
        return file.content.decode()
    except UnicodeDecodeError:
        return ""  # such as a PDF, which the emulator cannot read


def index_corpus(world: World, corpus_id: str) -> None:
    """Make a corpus ready, or failed if its name says so."""
    state = state_of(world)
    corpus = state.corpora.find(corpus_id)
    if corpus is not None and corpus.status == "pending":
        corpus.status = "ready" if failure_in(corpus.name) is None else "failed"
        corpus.updated_at = world.clock.now()
        state.save_corpus(corpus)


def find_passage(state: ToolsState, corpus: Corpus, question: str) -> Passage | None:
    """Return the passage that answers a question; None if no word of it is in the corpus."""
    if (index := state.passages.get(corpus.id)) is None:
        documents = [state.documents.get(each) for each in corpus.document_ids]
        index = state.passages[corpus.id] = PassageIndex(documents)
    return index.find(question)
