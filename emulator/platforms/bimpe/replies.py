"""What the assistant says to a message: a pure function of workflow, message and flow under way.

First the flow whose trigger keywords weigh most, then the question that is asked, then a rule,
then the flow under way, then a fallback. assumed: no page says how Bimpe's model decides.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from emulator.platforms.bimpe.records import Workflow

FALLBACK: Final = (
    "Thank you for your message. I cannot answer that myself, so I have asked my team to help you."
)
WEIGHTS: Final = {"high": 3, "medium": 2, "low": 1}
ENOUGH: Final = 0.5
"""The part of a question's or a trigger's words that a message has to have."""

SHORTEST_STEM: Final = 3

_WORDS: Final = re.compile(r"\w+")
_EMPTY: Final = frozenset(
    _WORDS.findall(
        "a about am an and any are ask asked asking asks at be by can client could customer "
        "customers do does for from have hello hi how i if in is it me mentions my of on or our "
        "please request requests said say says some someone tell that the their there they this "
        "to us user users want wants was we what when where which who why will with would you your"
    )
)
"""Words that say nothing of what a message is about."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What is said, the flow it is a step of, and whether a human had better look."""

    text: str
    flow: str | None = None
    step: int = 0
    is_fallback: bool = False


def reply_to(text: str, workflow: Workflow | None, flow: str | None, step: int) -> Reply:
    """Find the answer to a message, where this step of this flow was said last."""
    if workflow is None:
        return Reply(FALLBACK, is_fallback=True)
    return (
        _of_flows(text, workflow.flows)
        or _of_faq(text, workflow.faq)
        or _of_rules(text, workflow.rules)
        or _next_step(workflow.flows, flow, step)
        or Reply(FALLBACK, is_fallback=True)
    )


def openers(workflow: Workflow) -> Iterator[str]:
    """What people may say that this workflow has an answer to."""
    for flow in _active(workflow.flows):
        for keyword in flow["trigger_keywords"][:1]:
            opener = _question(keyword["keyword"])
            if reply_to(opener, workflow, None, 0).flow == flow["name"]:
                yield opener
    yield from (each["question"] for each in workflow.faq if each["question"].strip())
    for rule in workflow.rules:
        if rule["enabled"] and (words := _meant(rule["trigger"])):
            yield _question(" ".join(words))


def _question(about: str) -> str:
    return f"It is about: {about}."


def _of_flows(text: str, flows: Iterable[dict[str, Any]]) -> Reply | None:
    said = _spaced(text)
    best: tuple[int, int] = 0, 0
    found: Reply | None = None
    for flow in _active(flows):
        weight = sum(
            WEIGHTS[each["weight"]]
            for each in flow["trigger_keywords"]
            if (keyword := _spaced(each["keyword"])).strip() and keyword in said
        )
        rank = weight, flow["priority"] or 0
        first = _step(flow, 0)
        if weight and first is not None and (found is None or rank > best):
            best, found = rank, first
    return found


def _of_faq(text: str, faq: Iterable[dict[str, Any]]) -> Reply | None:
    return _closest(text, ((each["question"], each["answer"]) for each in faq))


def _of_rules(text: str, rules: Iterable[dict[str, Any]]) -> Reply | None:
    """Rules as if their conditions were met: what they ask about is nothing we know."""
    enabled = (each for each in rules if each["enabled"])
    return _closest(text, ((each["trigger"], each["response"]) for each in enabled))


def _closest(text: str, answers: Iterable[tuple[str, str]]) -> Reply | None:
    said = _meaning(text)
    best = 0.0
    found: Reply | None = None
    for asked, answer in answers:
        words = _meaning(asked)
        share = len(words & said) / len(words) if words else float(_spaced(asked) == _spaced(text))
        if share >= ENOUGH and share > best and answer.strip():
            best, found = share, Reply(answer)
    return found


def _next_step(flows: Iterable[dict[str, Any]], name: str | None, step: int) -> Reply | None:
    under_way = next((flow for flow in _active(flows) if flow["name"] == name), None)
    return None if under_way is None else _step(under_way, step + 1)


def _step(flow: dict[str, Any], first: int) -> Reply | None:
    """The first step from this one on that says anything."""
    for number, step in enumerate(flow["conversation_steps"][first:], first):
        said = [each for each in (step["content"], step["followup"]) if each and each.strip()]
        if said:
            return Reply("\n".join(said), flow["name"], number)
    return None


def _active(flows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    return (flow for flow in flows if flow["is_active"])


def _spaced(text: str) -> str:
    """The words of a text with a space around each, whatever their endings."""
    return f" {' '.join(map(_stem, _WORDS.findall(text.casefold())))} "


def _meant(text: str) -> list[str]:
    """The words that say what a text is about, in its order."""
    return [word for word in _WORDS.findall(text.casefold()) if word not in _EMPTY]


def _meaning(text: str) -> frozenset[str]:
    return frozenset(map(_stem, _meant(text)))


def _stem(word: str) -> str:
    """A word without the endings that say how many or when."""
    for ending in ("ing", "ed", "s"):
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= SHORTEST_STEM and not word.endswith("ss"):
            return stem
    return word
