"""Operations on knowledge corpora, in the page's spelling and in that of the vendor's own client.

https://developer.exotel.com/docs/voicebot-tools/overview
"""

from bisect import bisect_left, bisect_right
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.basis import Basis
from emulator.kit.forms import MULTIPART, read_form
from emulator.kit.http import read_query
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.operation import Operation
from emulator.kit.world import world_of
from emulator.platforms.exotel.accounts import account_of_request
from emulator.platforms.exotel.tools import corpora
from emulator.platforms.exotel.tools.envelope import respond, respond_page
from emulator.platforms.exotel.tools.records.corpora import Corpus
from emulator.platforms.exotel.tools.routes.tools import DOCS, TENANT
from emulator.platforms.exotel.tools.serializers import serialize_corpus
from emulator.platforms.exotel.tools.state import CORPUS_STATUSES, state_of
from emulator.platforms.exotel.voicebots.schemas.words import CLIENT

with on_first_use():
    from emulator.platforms.exotel.tools.schemas import requests, responses

DOCUMENTED: Final = "knowledgecorpora"
OBSERVED: Final = "knowledge-corpora"


async def create_corpus(request: Request) -> Response:
    """Create a knowledge corpus from files; it is ready ten seconds later."""
    asked = read_form(request, requests.CreateCorpus, MULTIPART)
    corpus = corpora.create_corpus(world_of(request), account_of_request(request), asked)
    return respond(_shown(request, corpus), 202)


async def list_corpora(request: Request) -> Response:
    """List the knowledge corpora, newest first."""
    query = read_query(request, requests.CorporaQuery)
    listed = state_of(world_of(request)).listed_corpora.of(account_of_request(request))
    tags = list(range(len(CORPUS_STATUSES)))
    if query.status is not None:
        word = "pending" if query.status == "processing" else query.status
        tags = [CORPUS_STATUSES.index(word)]
    start, stop = 0, len(listed)
    if query.from_date is not None:
        start = bisect_left(listed, query.from_date, key=lambda corpus: corpus.created_at)
    if query.to_date is not None:
        stop = bisect_right(listed, query.to_date, key=lambda corpus: corpus.created_at)
    page = listed.page(query.offset, query.limit, tags, start, stop)
    total = listed.count(tags, start, stop)
    return respond_page(query, total, [_shown(request, each) for each in page])


async def get_corpus(request: Request) -> Response:
    """Retrieve a knowledge corpus."""
    return respond(_shown(request, _corpus(request)))


async def delete_corpus(request: Request) -> Response:
    """Delete a knowledge corpus; tools that answer from it fail from then on."""
    state_of(world_of(request)).delete_corpus(_corpus(request))
    return Response(status_code=204)


def _corpus(request: Request) -> Corpus:
    state = state_of(world_of(request))
    return state.corpus(account_of_request(request), request.path_params["corpus_id"])


def _shown(request: Request, corpus: Corpus) -> dict[str, Any]:
    """Return a corpus with the status word of the path's spelling."""
    is_documented = f"/{DOCUMENTED}" in request.scope["path"]
    return serialize_corpus(corpus, "pending" if is_documented else "processing")


PAGES: Final[dict[Basis, str]] = {"documented": DOCS, "observed": CLIENT, "assumed": DOCS}


def _spelled(name: str, *, created: Basis, read: Basis, others: Basis) -> tuple[Operation, ...]:
    """Return the operations under one of the two names."""
    path = f"{TENANT}/{name}"
    shared: dict[str, Any] = {"path": path, "gives": lambda: responses.CorpusResource}
    corpus: dict[str, Any] = {"path": f"{path}/{{corpus_id}}"}
    form: dict[str, Any] = {
        "takes": lambda: requests.CreateCorpus,
        "takes_as": MULTIPART,
        "status": 202,
    }
    return (
        _known(created, method="POST", handler=create_corpus, **shared, **form),
        _known(
            others,
            method="GET",
            handler=list_corpora,
            query=lambda: requests.CorporaQuery,
            **shared,
        ),
        _known(read, method="GET", handler=get_corpus, **shared | corpus),
        _known(others, method="DELETE", handler=delete_corpus, status=204, **corpus),
    )


def _known(basis: Basis, **rest: Any) -> Operation:
    return Operation(docs=PAGES[basis], basis=basis, **rest)


operations: Final = (
    *_spelled(DOCUMENTED, created="documented", read="documented", others="assumed"),
    *_spelled(OBSERVED, created="assumed", read="observed", others="observed"),
)
