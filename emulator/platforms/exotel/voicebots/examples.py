"""What Exotel's pages show, run in worlds of their own.

The files and their pages: ``fixtures/contracts/exotel/SOURCES.md``.
"""

import json
import re
from typing import Any, Final

from emulator.kit.comparison import PLACEHOLDERS, Comparison
from emulator.kit.examples import ExampleError, ExampleRun, Examples, example
from emulator.kit.forms import multipart

TEN: Final = {"mode": "frozen", "now": "2026-04-08T10:29:50Z"}
"""Ten seconds before the moment at which the page's bot was changed."""
NOON: Final = {"mode": "frozen", "now": "2026-04-08T12:00:00Z"}
TEXT: Final = "Create a customer support bot that handles order inquiries and returns"
CALL: Final = {
    "platform": "exotel",
    "from": "+919876543210",
    "to": "+911234567890",
    "scenario": {"behavior": "answered", "talk_seconds": 180},
}
WANTS_HUMAN: Final = [{"speaker": "user", "text": "I want to talk to a human agent"}]
SAME: Final = Comparison(
    any_value=frozenset(
        {"id", "bot_id", "conversation_id", "assistant_id", "account_id", "request_id"}
    )
)


def _places(run: ExampleRun, **ids: str) -> dict[str, str]:
    """Return the values of the texts in braces on the page."""
    account = run.credentials["account_id"]
    known = {"accountId": account, "tenant_id": account} | ids
    return {f"{{{name}}}": value for name, value in known.items()}


def _path(run: ExampleRun, rest: str) -> str:
    return f"/voicebot/api/v2/accounts/{run.credentials['account_id']}/{rest}"


def _job(run: ExampleRun, text: str = TEXT) -> Any:
    return run.request("POST", _path(run, "bot-generation"), multipart({"text_content": text})).json


def _bot(run: ExampleRun) -> str:
    job = _job(run)
    run.advance(10)
    return str(run.request("GET", _path(run, f"bot-generation/{job['id']}")).json["bot_id"])


@example(
    "create_job.request.sh",
    "create_job.response.json",
    "get_job.request.sh",
    "get_job.response.json",
)
def bot_generated(run: ExampleRun) -> None:
    """A job is created and polled with the page's commands; the responses are the page's."""
    created = run.run_curl("create_job.request.sh", _places(run)).json
    run.compare(created, "create_job.response.json", SAME)
    run.advance(10)
    polled = run.run_curl("get_job.request.sh", _places(run, generation_id=created["id"]))
    run.compare(polled.json, "get_job.response.json", SAME)


@example(
    "create_version.request.sh",
    "create_version.request.json",
    "create_version.response.json",
    "get_bot.request.sh",
    "get_bot.response.json",
    clock=TEN,
)
def version_created(run: ExampleRun) -> None:
    """A version and its bot have the page's values, down to the second."""
    bot_id = _bot(run)
    places = _places(run, botId=bot_id)
    made = run.run_curl("create_version.request.sh", places)
    run.compare(made.json, "create_version.response.json", SAME)
    shown = run.run_curl("get_bot.request.sh", places)
    run.compare(shown.json, "get_bot.response.json", SAME)
    path = _path(run, f"voicebots/{_bot(run)}/versions")
    run.send("create_version.request.json", "POST", path)


@example("list_bots.request.sh", "list_bots.response.json", clock=TEN)
def bots_listed(run: ExampleRun) -> None:
    """Twenty of forty-five bots are listed under the page's metadata, the one it shows first."""
    jobs = [_job(run) for _ in range(45)]
    run.advance(10)
    polled = run.request("GET", _path(run, f"bot-generation/{jobs[-1]['id']}")).json
    body = run.read_json("create_version.request.json")
    run.request("POST", _path(run, f"voicebots/{polled['bot_id']}/versions"), body)
    listed = run.run_curl("list_bots.request.sh", _places(run)).json
    if len(listed["data"]) != listed["metadata"]["count"]:
        raise ExampleError(
            "the length of the list differs from its metadata", "list_bots.response.json"
        )
    listed["data"] = listed["data"][:1]
    run.compare(listed, "list_bots.response.json", SAME)


@example(
    "get_conversation.request.sh",
    "get_conversation.response.json",
    "list_conversations.request.1.sh",
    "list_conversations.request.2.sh",
)
def conversation_shown(run: ExampleRun) -> None:
    """The page's call leaves the page's conversation behind, which is listed."""
    expected = run.read_json("get_conversation.response.json")
    asked = CALL | {"bot_id": _bot(run), "transcript": expected["transcript"]}
    call = run.control("POST", "/calls", asked)
    run.advance()
    places = _places(run, conversation_id=call["conversation_id"])
    shown = run.run_curl("get_conversation.request.sh", places).json
    run.compare(shown, "get_conversation.response.json", SAME)
    for name in ("list_conversations.request.1.sh", "list_conversations.request.2.sh"):
        run.run_curl(name, places)


@example(
    "create_assistant_version.request.sh",
    "create_assistant_version.request.json",
    "create_assistant_version.response.json",
    clock=NOON,
)
def assistant_versioned(run: ExampleRun) -> None:
    """The page's request creates a stable version, by the page's path and by the client's."""
    made = run.request("POST", _path(run, "assistants"), {"name": "Support"}).json
    places = _places(run, assistant_id=made["assistant_id"])
    response = run.run_curl("create_assistant_version.request.sh", places)
    run.compare(response.json, "create_assistant_version.response.json", SAME)
    other = run.request("POST", _path(run, "assistants"), {"name": "Other"}).json
    path = _path(run, f"assistants/{other['assistant_id']}/versions")
    response = run.send("create_assistant_version.request.json", "POST", path)
    run.compare(response.json, "create_assistant_version.response.json", SAME)


@example(
    "enveloped/create_job.response.json",
    "enveloped/get_job.response.json",
    options={"exotel": {"voicebot_shape": "enveloped"}},
)
def answers_enveloped(run: ExampleRun) -> None:
    """The responses of the other page have everything in an envelope."""
    created = _job(run, "...")
    run.compare(created, "enveloped/create_job.response.json", SAME)
    run.advance()
    path = _path(run, f"bot-generation/{created['response']['data']['id']}")
    run.compare(run.request("GET", path).json, "enveloped/get_job.response.json", SAME)


def _answer(run: ExampleRun, kind: str) -> None:
    """Let an inbox respond as the page shows, with URLs that exist here."""
    text = run.read_text(f"webhooks/{kind}.response.json")
    places = rf'"\1":{{"url":"{run.inbox_url}\1"'
    answer = json.loads(re.sub(r'"(\w+)":\{"url":"https://\.\.\."', places, text))
    run.control("PUT", f"/inboxes/{kind}", {"answers": [{"json": answer}]})


@example("webhooks/session_start.response.json", "webhooks/pre_agent_transfer.response.json")
def answers_acted_on(run: ExampleRun) -> None:
    """The page's responses to webhooks change all that they name: texts, constants, endpoints."""
    hooks = {"session_start": {"url": f"{run.inbox_url}session_start"}}
    bot_id = _bot(run)
    run.control("PUT", f"/exotel/bots/{bot_id}/webhooks", hooks)
    for kind in ("session_start", "pre_agent_transfer"):
        _answer(run, kind)
    asked = CALL | {"bot_id": bot_id, "transcript": WANTS_HUMAN}
    call = run.control("POST", "/calls", asked)
    run.advance()
    details = run.control("GET", f"/calls/{call['id']}")["details"]
    path = _path(run, f"voicebot-conversations/{call['conversation_id']}")
    said = [turn["text"] for turn in run.request("GET", path).json["transcript"]]
    named = run.read_json("webhooks/session_start.response.json")["response"]["data"]
    asked_at = ("session_start", *named["webhook_config"])
    unheard = [kind for kind in asked_at if not run.inbox(kind)]
    start, transfer = answers_acted_on.files
    if details["notes"] or unheard or said[0] not in PLACEHOLDERS:
        reason = f"noted: {details['notes']}; not asked: {unheard}; greeted with {said[:1]}"
        raise ExampleError(reason, start)
    run.passes(start)
    if said[-1] not in PLACEHOLDERS:
        raise ExampleError(f"transferred with {said[-1:]}", transfer)
    run.passes(transfer)


examples: Final = Examples(
    examples=(
        bot_generated,
        version_created,
        bots_listed,
        conversation_shown,
        assistant_versioned,
        answers_enveloped,
        answers_acted_on,
    ),
    skipped={"pages/voicebot-api.txt": "a page's text: its examples are run"},
)
