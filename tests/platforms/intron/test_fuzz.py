"""Whatever is sent to Intron, it answers in its envelope and never with a 500."""

import asyncio
import json
from collections.abc import Iterator
from typing import Final

import httpx
import pytest
from hypothesis import given, settings, strategies as st

from emulator.app import create_app
from emulator.settings import Settings
from tests.effort import examples
from tests.support import Json

REDUCED: Final = settings(max_examples=examples(10))

TEXT: Final = st.text(alphabet=st.characters(), max_size=20)
"""With lone surrogates, which no JSON text may carry."""

SCALARS: Final = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=-(10**400), max_value=10**400)
    | st.floats()
    | TEXT
)
VALUES: Final = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner), max_leaves=20
)
NUMBER: Final = st.from_regex(r"\+?[0-9]{7,15}", fullmatch=True) | VALUES
WORD: Final = TEXT.filter(bool)


def near_miss(**fields: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    """Objects with any of these fields, each right or anything at all, and some others."""
    optional = {name: right | VALUES for name, right in fields.items()}
    known = st.fixed_dictionaries({}, optional=optional)
    return st.builds(lambda one, two: two | one, known, st.dictionaries(TEXT, VALUES, max_size=2))


WORKFLOWS: Final = near_miss(
    name=WORD,
    description=TEXT,
    workflow_type=st.sampled_from(["ROBOCALL", "CONVERSATION"]),
    message=WORD | st.just("[a] {{a}}"),
    include_reply=st.booleans(),
    option_one=TEXT,
    option_two=TEXT,
    response_options=st.dictionaries(st.sampled_from("0123456789"), TEXT),
    call_back_url=st.just("http://127.0.0.1:1/") | TEXT.map("http://".__add__),
)
ENTRIES: Final = near_miss(
    phone_number=NUMBER,
    workflow_variables=st.dictionaries(st.just("a") | TEXT, VALUES),
    user_tag_identifiers=st.dictionaries(TEXT, VALUES),
)
CALLS: Final = near_miss(
    workflow_id=st.just("WORKFLOW"),
    workflow_params=st.lists(ENTRIES, min_size=1, max_size=3),
    tts_voice_accent=st.sampled_from(["igbo", "pidgin", "english"]),
    tts_voice_gender=st.sampled_from(["male", "female"]),
)
BODIES: Final = st.binary() | (VALUES | WORKFLOWS | CALLS).map(json.dumps).map(str.encode)


class Intron:
    """An emulator in process, with requests that are not awaited."""

    def __init__(self, runner: asyncio.Runner) -> None:
        app = create_app(Settings())
        self._runner = runner
        self._http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app),
            base_url="http://127.0.0.1:8080",
            headers={"Authorization": "Bearer any"},
        )

    def ask(self, method: str, path: str, content: bytes = b"", host: str = "") -> httpx.Response:
        """Make a request."""
        headers = {"Host": host} if host else {}
        return self._runner.run(self._http.request(method, path, content=content, headers=headers))

    def renew(self) -> str:
        """Reset the world and create its first workflow."""
        self.ask("POST", "/_emulator/reset")
        body = b'{"name": "a", "message": "[a] {{a}}", "include_reply": true, "option_one": "b"}'
        made = self.ask("POST", "/voicebot/v1/workflows", body)
        return str(made.json()["data"]["id"])

    def check(self, response: httpx.Response) -> Json:
        """See that an answer is Intron's: strict JSON, the envelope, an expected status."""
        answer = json.loads(response.content.decode(), parse_constant=self._refuse)
        assert set(answer) == {"status", "message", "data"}
        if response.status_code == 200:
            assert answer["status"] == "Ok"
        else:
            assert response.status_code in {400, 404, 405}
            assert (answer["status"], answer["data"]) == ("Error", {})
        return answer

    def _refuse(self, constant: str) -> None:
        raise AssertionError(f"an answer has {constant}, which is not JSON")

    def check_lists(self) -> None:
        """See that what was kept can still be shown."""
        shown = self.check(self.ask("GET", "/voicebot/v1/workflows"))["data"]
        for workflow in shown:
            for rest in ("", "/requests", "/calls"):
                path = f"/voicebot/v1/workflows/{workflow['id']}{rest}"
                assert self.check(self.ask("GET", path))["status"] == "Ok"
        self.ask("POST", "/_emulator/clock/advance", b'{"seconds": 100}').raise_for_status()
        for call in self.ask("GET", "/_emulator/calls").json():
            self.ask("GET", f"/_emulator/calls/{call['id']}").raise_for_status()


@pytest.fixture(scope="module")
def intron() -> Iterator[Intron]:
    """One emulator for the whole module."""
    with asyncio.Runner() as runner:
        yield Intron(runner)


@REDUCED
@given(body=BODIES)
def test_any_body_is_answered_in_the_envelope(intron: Intron, body: bytes) -> None:
    """Any bytes, sent to any operation that takes a body, are answered in the envelope."""
    workflow_id = intron.renew()

    for method, path in (
        ("POST", "/workflows"),
        ("PUT", f"/workflows/{workflow_id}"),
        ("POST", "/call"),
        ("POST", "/robocall/call"),
        ("POST", "/convobot/call"),
    ):
        intron.check(intron.ask(method, f"/voicebot/v1{path}", body))

    intron.check_lists()


@REDUCED
@given(body=WORKFLOWS)
def test_workflow_is_created_whole_or_refused(intron: Intron, body: Json) -> None:
    """A workflow that is nearly valid is created as requested, or not at all."""
    content = json.dumps(body).encode()
    intron.renew()

    answer = intron.check(intron.ask("POST", "/voicebot/v1/workflows", content))

    listed = intron.check(intron.ask("GET", "/voicebot/v1/workflows"))["data"]
    assert listed[1:] == ([answer["data"]] if answer["status"] == "Ok" else [])
    assert all(answer["data"][name] == body[name] for name in ("name", "message") if answer["data"])
    intron.check_lists()


@REDUCED
@given(
    body=CALLS,
    path=st.sampled_from(["call", "robocall/call", "convobot/call"]),
    host=st.sampled_from(["", "convobot.intron.health"]),
)
def test_batch_is_placed_whole_or_refused(intron: Intron, body: Json, path: str, host: str) -> None:
    """Of a batch that is nearly valid all calls are placed, or none."""
    workflow_id = intron.renew()
    content = json.dumps(body).replace('"WORKFLOW"', json.dumps(workflow_id)).encode()

    answer = intron.check(intron.ask("POST", f"/voicebot/v1/{path}", content, host))

    calls = intron.ask("GET", f"/voicebot/v1/workflows/{workflow_id}/calls").json()["data"]
    placed = len(body["workflow_params"]) if answer["status"] == "Ok" else 0
    assert calls["total"] == placed
    intron.check_lists()


@REDUCED
@given(
    query=st.dictionaries(
        st.sampled_from(["page", "per_page", "batch_id", "status", "phone_number", "x"]),
        st.integers().map(str) | st.sampled_from(["COMPLETED", "+2348099010", ""]) | st.text(),
    ),
    path=st.sampled_from(["requests", "calls"]),
)
def test_any_query_is_answered_in_the_envelope(
    intron: Intron, query: dict[str, str], path: str
) -> None:
    """Any query is answered with a page or refused in the envelope."""
    params = httpx.QueryParams(query)
    workflow_id = intron.renew()

    intron.check(intron.ask("GET", f"/voicebot/v1/workflows/{workflow_id}/{path}?{params}"))
