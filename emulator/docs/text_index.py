"""The page ``/_emulator/llms.txt``: where everything is, for coding agents and other programs.

Its form is that of https://llmstxt.org: a title, a summary, what to know first, then lists of
links. The guides it links to are Markdown, as they are in the package.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from starlette.responses import Response

from emulator.docs.library import guides
from emulator.docs.pages import HEADERS, ROOT
from emulator.http.exchange import READS
from emulator.kit.errors import ApiError
from emulator.kit.platform import Platform

SUMMARY: Final = (
    "A local program that stands in for voicebot platforms: it answers their APIs, simulates calls"
    " on a clock that you control, and sends callbacks to your code."
)
FIRST_STEPS: Final = """\
Use a vendor's base URL from the list below in place of the vendor's own; its paths stay the same.
By default any non-empty credential is accepted. The control API under {url}/_emulator creates
worlds, lets time pass and shows what happened. Errors say what is allowed and what to do next.

- Create a world for each test: `POST {url}/_emulator/worlds` with
  `{{"clock": {{"mode": "frozen"}}}}` returns its `name`, `credentials` and `base_urls`. Requests
  with these credentials reach it; the header `X-Emulator-World: NAME` selects it in any request.
  Without it, the world is `default`.
- Advance time instead of waiting: `POST {url}/_emulator/clock/advance` with `{{"until": "idle"}}`
  runs all that is due, calls and callbacks included; `{{"seconds": 60}}` and
  `{{"to": "2026-01-01T09:00:00Z"}}` stop earlier. On the clock modes `live` and `auto` time passes
  by itself: `GET {url}/_emulator/clock` shows the mode.
- The last digits of a phone number choose how a call goes: `GET {url}/_emulator/numbers`.
- Callbacks can go to an inbox, `{url}/_emulator/inbox/WORLD/NAME`, which
  `GET {url}/_emulator/inboxes/NAME` lists.
- Ask why: `GET {url}/_emulator/explain/ID` explains a call, a batch or a callback.
- `voicebot-emulator mcp` offers the control API as tools of an MCP server, on its standard input
  and output.
"""


def text_index(method: str, base_url: str, platforms: Mapping[str, Platform]) -> Response:
    """Return the page of an emulator at this address; ApiError 405 if it is to be written."""
    if method not in READS:
        raise ApiError(405, "method_not_allowed", "it is read-only", headers={"Allow": "GET"})
    content = "\n".join(_lines(base_url, platforms)) + "\n"
    return Response(content, headers=HEADERS, media_type="text/plain")


def _lines(url: str, platforms: Mapping[str, Platform]) -> Iterator[str]:
    yield from ("# Voicebot emulator", "", f"> {SUMMARY}", "", FIRST_STEPS.format(url=url))
    own = [each for each in guides() if each not in platforms]
    yield from _section("Base URLs", [_vendor(url, each) for each in platforms])
    yield from _section("Guides", [_guide(url, topic) for topic in own])
    yield from _section("Guides of the vendors", [_guide(url, each) for each in platforms])
    control = _link(
        "Control API", f"{url}/_emulator/openapi/control.json", "every route with its body"
    )
    documents = [
        _link(each.title, f"{url}/_emulator/openapi/{name}.json", "requests, responses, callbacks")
        for name, each in platforms.items()
    ]
    yield from _section("OpenAPI documents", [control, *documents])
    yield from _section("Optional", [_link(*each) for each in _optional(url)], is_last=True)


def _optional(url: str) -> Iterator[tuple[str, str, str]]:
    """The title, the address and the description of what is useful now and then."""
    yield "Operations", f"{url}/_emulator/operations", "every operation of every vendor as JSON"
    yield "Kinds of faults", f"{url}/_emulator/faults/kinds", "what can be made to fail"
    yield "Dashboard", f"{url}/_emulator/ui", "calls and callbacks in a browser"


def _section(title: str, entries: list[str], *, is_last: bool = False) -> Iterator[str]:
    yield from (f"## {title}", "", *entries)
    if not is_last:
        yield ""


def _vendor(url: str, name: str) -> str:
    guide = guides()[name]
    return _link(guide.title, f"{url}/{name}", guide.summary)


def _guide(url: str, topic: str) -> str:
    guide = guides()[topic]
    return _link(guide.title, f"{url}{ROOT}/{topic}.md", guide.summary)


def _link(title: str, address: str, description: str) -> str:
    return f"- [{title}]({address}): {description}"
