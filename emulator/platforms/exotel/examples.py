"""What Exotel's pages show, done again in worlds of their own.

The files and their pages: ``fixtures/contracts/exotel/SOURCES.md``.
"""

import json
import re
from base64 import b64encode
from collections.abc import Mapping
from typing import Any, Final

from emulator.kit.comparison import PLACEHOLDERS, Rules
from emulator.kit.examples import Difference, Examples, Visit, example

TEN: Final = {"mode": "frozen", "now": "2026-04-08T10:29:50Z"}
"""The bot is made ten seconds later, when the page says that it was changed."""
NOON: Final = {"mode": "frozen", "now": "2026-04-08T12:00:00Z"}
TEXT: Final = "Create a customer support bot that handles order inquiries and returns"
CALL: Final = {
    "platform": "exotel",
    "from": "+919876543210",
    "to": "+911234567890",
    "scenario": {"answer": "answered", "talk_seconds": 180},
}
WANTS_HUMAN: Final = [{"speaker": "user", "text": "I want to talk to a human agent"}]
SAME: Final = Rules(
    any_value=frozenset(
        {"id", "bot_id", "conversation_id", "assistant_id", "account_id", "request_id"}
    )
)


def _proof(own: Mapping[str, str]) -> dict[str, str]:
    pair = f"{own['api_key']}:{own['api_token']}"
    return {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}


def _places(visit: Visit, **ids: str) -> dict[str, str]:
    """What stands in braces on the page."""
    account = visit.own["account_id"]
    known = {"accountId": account, "tenant_id": account} | ids
    return {f"{{{name}}}": value for name, value in known.items()}


def _path(visit: Visit, rest: str) -> str:
    return f"/voicebot/api/v2/accounts/{visit.own['account_id']}/{rest}"


def _job(visit: Visit, text: str = TEXT) -> Any:
    return visit.ask("POST", _path(visit, "bot-generation"), form={"text_content": text}).json


def _bot(visit: Visit) -> str:
    job = _job(visit)
    visit.advance(10)
    return str(visit.ask("GET", _path(visit, f"bot-generation/{job['id']}")).json["bot_id"])


@example(
    "create_job.request.sh",
    "create_job.response.json",
    "get_job.request.sh",
    "get_job.response.json",
)
def bot_generated(visit: Visit) -> None:
    """A job is created and polled with the page's commands, and answered as it shows."""
    created = visit.run("create_job.request.sh", _places(visit)).json
    visit.same(created, "create_job.response.json", SAME)
    visit.advance(10)
    polled = visit.run("get_job.request.sh", _places(visit, generation_id=created["id"]))
    visit.same(polled.json, "get_job.response.json", SAME)


@example(
    "create_version.request.sh",
    "create_version.request.json",
    "create_version.response.json",
    "get_bot.request.sh",
    "get_bot.response.json",
    clock=TEN,
)
def version_created(visit: Visit) -> None:
    """A version and its bot have the page's values, down to the second."""
    bot_id = _bot(visit)
    places = _places(visit, botId=bot_id)
    made = visit.run("create_version.request.sh", places)
    visit.same(made.json, "create_version.response.json", SAME)
    shown = visit.run("get_bot.request.sh", places)
    visit.same(shown.json, "get_bot.response.json", SAME)
    path = _path(visit, f"voicebots/{_bot(visit)}/versions")
    visit.sent("create_version.request.json", "POST", path)


@example("list_bots.request.sh", "list_bots.response.json", clock=TEN)
def bots_listed(visit: Visit) -> None:
    """Twenty of forty-five bots are listed under the page's metadata, the one it shows first."""
    jobs = [_job(visit) for _ in range(45)]
    visit.advance(10)
    polled = visit.ask("GET", _path(visit, f"bot-generation/{jobs[-1]['id']}")).json
    body = visit.example("create_version.request.json")
    visit.ask("POST", _path(visit, f"voicebots/{polled['bot_id']}/versions"), body)
    listed = visit.run("list_bots.request.sh", _places(visit)).json
    if len(listed["data"]) != listed["metadata"]["count"]:
        raise Difference("the list is not as long as it says", "list_bots.response.json")
    listed["data"] = listed["data"][:1]
    visit.same(listed, "list_bots.response.json", SAME)


@example(
    "get_conversation.request.sh",
    "get_conversation.response.json",
    "list_conversations.request.1.sh",
    "list_conversations.request.2.sh",
)
def conversation_shown(visit: Visit) -> None:
    """The page's call, simulated, leaves the page's conversation behind, and is listed."""
    expected = visit.example("get_conversation.response.json")
    asked = CALL | {"bot_id": _bot(visit), "transcript": expected["transcript"]}
    call = visit.control("POST", "/calls", asked)
    visit.advance()
    places = _places(visit, conversation_id=call["conversation_id"])
    shown = visit.run("get_conversation.request.sh", places).json
    visit.same(shown, "get_conversation.response.json", SAME)
    for name in ("list_conversations.request.1.sh", "list_conversations.request.2.sh"):
        visit.run(name, places)


@example(
    "create_assistant_version.request.sh",
    "create_assistant_version.request.json",
    "create_assistant_version.response.json",
    clock=NOON,
)
def assistant_versioned(visit: Visit) -> None:
    """The page's request makes a stable version, by the page's path and by the client's."""
    made = visit.ask("POST", _path(visit, "assistants"), {"name": "Support"}).json
    places = _places(visit, assistant_id=made["assistant_id"])
    reply = visit.run("create_assistant_version.request.sh", places)
    visit.same(reply.json, "create_assistant_version.response.json", SAME)
    other = visit.ask("POST", _path(visit, "assistants"), {"name": "Other"}).json
    path = _path(visit, f"assistants/{other['assistant_id']}/versions")
    reply = visit.sent("create_assistant_version.request.json", "POST", path)
    visit.same(reply.json, "create_assistant_version.response.json", SAME)


@example(
    "enveloped/create_job.response.json",
    "enveloped/get_job.response.json",
    options={"exotel": {"voicebot_shape": "enveloped"}},
)
def answers_enveloped(visit: Visit) -> None:
    """The other page's answers, with everything in an envelope."""
    created = _job(visit, "...")
    visit.same(created, "enveloped/create_job.response.json", SAME)
    visit.advance()
    path = _path(visit, f"bot-generation/{created['response']['data']['id']}")
    visit.same(visit.ask("GET", path).json, "enveloped/get_job.response.json", SAME)


def _answer(visit: Visit, kind: str) -> None:
    """Have an inbox answer as the page shows, with addresses that exist here."""
    text = visit.text(f"webhooks/{kind}.response.json")
    places = rf'"\1":{{"url":"{visit.inbox_url}\1"'
    answer = json.loads(re.sub(r'"(\w+)":\{"url":"https://\.\.\."', places, text))
    visit.control("PUT", f"/inboxes/{kind}", {"answers": [{"json": answer}]})


@example("webhooks/session_start.response.json", "webhooks/pre_agent_transfer.response.json")
def answers_acted_on(visit: Visit) -> None:
    """The page's answers to webhooks change all that they name: words, constants, addresses."""
    hooks = {"session_start": {"url": f"{visit.inbox_url}session_start"}}
    bot_id = _bot(visit)
    visit.control("PUT", f"/exotel/bots/{bot_id}/webhooks", hooks)
    for kind in ("session_start", "pre_agent_transfer"):
        _answer(visit, kind)
    asked = CALL | {"bot_id": bot_id, "transcript": WANTS_HUMAN}
    call = visit.control("POST", "/calls", asked)
    visit.advance()
    details = visit.control("GET", f"/calls/{call['id']}")["details"]
    path = _path(visit, f"voicebot-conversations/{call['conversation_id']}")
    said = [turn["text"] for turn in visit.ask("GET", path).json["transcript"]]
    named = visit.example("webhooks/session_start.response.json")["response"]["data"]
    asked_at = ("session_start", *named["webhook_config"])
    unheard = [kind for kind in asked_at if not visit.inbox(kind)]
    start, transfer = answers_acted_on.files
    if details["notes"] or unheard or said[0] not in PLACEHOLDERS:
        reason = f"noted: {details['notes']}; not asked: {unheard}; greeted with {said[:1]}"
        raise Difference(reason, start)
    visit.done.add(start)
    if said[-1] not in PLACEHOLDERS:
        raise Difference(f"handed over with {said[-1:]}", transfer)
    visit.done.add(transfer)


examples: Final = Examples(
    run=(
        bot_generated,
        version_created,
        bots_listed,
        conversation_shown,
        assistant_versioned,
        answers_enveloped,
        answers_acted_on,
    ),
    left_out={"pages/voicebot-api.txt": "a page's text: what is cut out of it is done"},
)
