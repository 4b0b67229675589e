"""The assistant's reply: a pure function of the workflow, the message and the active flow.

In order: the flow whose trigger keywords weigh most, the closest question, the closest rule, the
next step of the active flow, a fallback. assumed: no page says how Bimpe's model replies.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from emulator.domain.text import folded, has_part, is_same, spelled_words, words
from emulator.platforms.bimpe.records.team import BimpeWorkflow

FALLBACK: Final = (
    "Thank you for your message. I cannot answer that myself, so I have asked my team to help you."
)
KEYWORD_WEIGHTS: Final = {"high": 3, "medium": 2, "low": 1}
MIN_WORD_SHARE: Final = 0.5
"""The share of a question's or trigger's words that a message must contain."""
MIN_STEM_CHARACTERS: Final = 3
_STOP_WORDS: Final = frozenset(
    words(
        "a about am an and any are ask asked asking asks at be by can client could customer "
        "customers do does for from have hello hi how i if in is it me mentions my of on or our "
        "please request requests said say says some someone tell that the their there they this "
        "to us user users want wants was we what when where which who why will with would you your"
    )
)
"""Words that do not tell what a message is about."""


@dataclass(frozen=True, slots=True)
class AssistantReply:
    """A reply, the step of a flow that it is, and whether it is the fallback."""

    text: str
    flow: str | None = None
    step: int = 0
    is_fallback: bool = False


def reply_to(
    text: str, workflow: BimpeWorkflow | None, flow: str | None, step: int
) -> AssistantReply:
    """Return the reply to a message, given the active flow and its latest step."""
    if workflow is None:
        return AssistantReply(FALLBACK, is_fallback=True)
    return (
        _flow_reply(text, workflow.flows)
        or _faq_reply(text, workflow.faq)
        or _rule_reply(text, workflow.rules)
        or _next_step(workflow.flows, flow, step)
        or AssistantReply(FALLBACK, is_fallback=True)
    )


def answerable_messages(workflow: BimpeWorkflow) -> Iterator[str]:
    """Yield messages that the workflow has a reply to."""
    for flow in _active(workflow.flows):
        for keyword in flow["trigger_keywords"][:1]:
            opener = _question(keyword["keyword"])
            if reply_to(opener, workflow, None, 0).flow == flow["name"]:
                yield opener
    yield from (each["question"] for each in workflow.faq if each["question"].strip())
    for rule in workflow.rules:
        if rule["enabled"] and (words := _content_words(rule["trigger"])):
            yield _question(" ".join(words))


def _question(about: str) -> str:
    return f"It is about: {about}."


def _flow_reply(text: str, flows: Iterable[dict[str, Any]]) -> AssistantReply | None:
    said = _spaced_stems(text)
    best: tuple[int, int] = 0, 0
    found: AssistantReply | None = None
    for flow in _active(flows):
        weight = sum(
            KEYWORD_WEIGHTS[each["weight"]]
            for each in flow["trigger_keywords"]
            if (keyword := _spaced_stems(each["keyword"])).strip() and has_part(said, keyword)
        )
        rank = weight, flow["priority"] or 0
        first = _step(flow, 0)
        if weight and first is not None and (found is None or rank > best):
            best, found = rank, first
    return found


def _faq_reply(text: str, faq: Iterable[dict[str, Any]]) -> AssistantReply | None:
    return _closest(text, ((each["question"], each["answer"]) for each in faq))


def _rule_reply(text: str, rules: Iterable[dict[str, Any]]) -> AssistantReply | None:
    """Reply by a rule as if its condition were met, as conditions are about unknown data."""
    enabled = (each for each in rules if each["enabled"])
    return _closest(text, ((each["trigger"], each["response"]) for each in enabled))


def _closest(text: str, answers: Iterable[tuple[str, str]]) -> AssistantReply | None:
    said = _content_stems(text)
    best = 0.0
    found: AssistantReply | None = None
    for asked, answer in answers:
        wanted = _content_stems(asked)
        share = (
            sum(_is_said(word, said) for word in wanted) / len(wanted)
            if wanted
            else float(is_same(_spaced_stems(asked), _spaced_stems(text)))
        )
        if share >= MIN_WORD_SHARE and share > best and answer.strip():
            best, found = share, AssistantReply(answer)
    return found


def _next_step(
    flows: Iterable[dict[str, Any]], name: str | None, step: int
) -> AssistantReply | None:
    active = next((flow for flow in _active(flows) if flow["name"] == name), None)
    return None if active is None else _step(active, step + 1)


def _step(flow: dict[str, Any], first: int) -> AssistantReply | None:
    """Return the first step from this one on that has a text."""
    for number, step in enumerate(flow["conversation_steps"][first:], first):
        said = [each for each in (step["content"], step["followup"]) if each and each.strip()]
        if said:
            return AssistantReply("\n".join(said), flow["name"], number)
    return None


def _active(flows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    return (flow for flow in flows if flow["is_active"])


def _spaced_stems(text: str) -> str:
    """Return the stems of a text's words with a space around each."""
    return f" {' '.join(map(_stem, spelled_words(text)))} "


def _content_words(text: str) -> list[str]:
    """Return the words of a text without stop words, in order."""
    return [word for word in spelled_words(text) if folded(word) not in _STOP_WORDS]


def _content_stems(text: str) -> frozenset[str]:
    return frozenset(map(_stem, _content_words(text)))


def _is_said(word: str, said: frozenset[str]) -> bool:
    """Return whether a word is among those said, compared as names are."""
    key = folded(word)
    return word in said or any(folded(each) == key and is_same(word, each) for each in said)


def _stem(word: str) -> str:
    """Return a word without a plural or verb ending."""
    for ending in ("ing", "ed", "s"):
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= MIN_STEM_CHARACTERS and not word.endswith("ss"):
            return stem
    return word
