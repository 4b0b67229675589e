"""Serves the guides as pages under ``/_emulator/guide``: rendered, with a list of all of them.

The address of a page with ``.md`` at its end is the guide as Markdown, for programs.

The pages hold no script. What a browser may load is one style sheet of the emulator's own.
"""

import re
from functools import cache
from html import escape
from importlib.resources import files
from itertools import pairwise
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token
from starlette.responses import Response

from emulator.docs.library import Guide, UnknownGuideError, guide_about, guides
from emulator.http.exchange import READS
from emulator.kit.errors import ApiError

ROOT: Final = "/_emulator/guide"
STYLE: Final = "-/guide.css"
MARKDOWN: Final = ".md"
PICTURES: Final = "static/"
PICTURE_END: Final = ".png"
HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title} - voicebot-emulator</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="/_emulator/ui/-/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="{root}/-/guide.css">
</head>
<body>
<header><a href="{root}/">Guides</a> <a href="/_emulator/ui">Dashboard</a></header>
<nav aria-label="Guides"><ul>
{links}
</ul></nav>
<main>
{body}</main>
</body>
</html>
"""
FOR_PROGRAMS: Final = (
    '<p>For coding agents: <a href="/_emulator/llms.txt">llms.txt</a> lists base URLs, guides and'
    " OpenAPI documents.</p>\n"
)


def guide_page(method: str, path: str) -> Response:
    """Return what is at a path under ``/_emulator/guide``; ApiError 404 or 405 otherwise."""
    if method not in READS:
        raise ApiError(405, "method_not_allowed", "guides are read-only", headers={"Allow": "GET"})
    name = path.strip("/")
    if name == STYLE:
        style = files("emulator.docs") / "static" / "guide.css"
        return Response(style.read_bytes(), headers=HEADERS, media_type="text/css")
    if name.startswith(PICTURES) and (picture := _pictures().get(name.removeprefix(PICTURES))):
        return Response(picture, headers=HEADERS, media_type="image/png")
    try:
        if name.endswith(MARKDOWN):
            text = guide_about(name.removesuffix(MARKDOWN)).linked(_beside)
            return Response(text, headers=HEADERS, media_type="text/markdown")
        content = _page_of(name) if name else _index()
    except UnknownGuideError as error:
        raise ApiError(404, "no_guide", str(error), hint=f"GET {ROOT}/ lists the guides") from None
    return Response(content, headers=HEADERS, media_type="text/html")


@cache
def _pictures() -> dict[str, bytes]:
    """Return the pictures of the guides by their names."""
    folder = files("emulator.docs") / "static"
    return {
        each.name: each.read_bytes() for each in folder.iterdir() if each.name.endswith(PICTURE_END)
    }


@cache
def _page_of(topic: str) -> str:
    guide = guide_about(topic)
    return _framed(guide.title, topic, _rendered(guide))


@cache
def _index() -> str:
    entries = "".join(
        f'<dt><a href="{ROOT}/{guide.topic}">{escape(guide.title)}</a></dt>'
        f"<dd>{MarkdownIt().renderInline(guide.summary)}</dd>\n"
        for guide in guides().values()
    )
    body = f"<h1>Guides</h1>\n<dl>\n{entries}</dl>\n{FOR_PROGRAMS}"
    return _framed("Guides", "", body)


def _beside(topic: str, anchor: str) -> str:
    """Return the address of a guide as Markdown, relative to another one."""
    return f"{topic}{MARKDOWN}{anchor}"


def _framed(title: str, topic: str, body: str) -> str:
    here = ' aria-current="page"'
    links = "\n".join(
        f'<li><a href="{ROOT}/{each.topic}"{here if each.topic == topic else ""}>'
        f"{escape(each.title)}</a></li>"
        for each in guides().values()
    )
    return PAGE.format(title=escape(title), root=ROOT, links=links, body=body)


def _rendered(guide: Guide) -> str:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    text = guide.linked(lambda topic, anchor: f"{ROOT}/{topic}{anchor}")
    tokens = markdown.parse(text)
    _number_headings(tokens)
    _place_pictures(tokens)
    html: str = markdown.renderer.render(tokens, markdown.options, {})
    return html.replace("<table>", '<div class="table" tabindex="0"><table>').replace(
        "</table>", "</table></div>"
    )


def _number_headings(tokens: list[Token]) -> None:
    """Give each heading the id that a link to it names."""
    for heading, content in pairwise(tokens):
        if heading.type == "heading_open":
            heading.attrSet("id", anchor_of(content.content))


def _place_pictures(tokens: list[Token]) -> None:
    """Give each picture its address on this server."""
    for child in (child for token in tokens for child in token.children or ()):
        if child.type == "image":
            child.attrSet("src", f"{ROOT}/{child.attrs['src']}")


def anchor_of(heading: str) -> str:
    """Return the anchor of a heading, as repositories' hosts make it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
