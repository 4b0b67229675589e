"""Insights: sentiment, intent and outcome of a conversation, in agreement with its scenario.

assumed: the pages give one example of each word; the outcomes besides ``resolved`` are those of
https://developer.exotel.com/docs/use-cases/account-lifecycle
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final, Literal, NamedTuple

from emulator.domain.calls import Call, CallStatus
from emulator.domain.scenarios import Behavior
from emulator.domain.text import words
from emulator.domain.transcripts import Speaker, Turn
from emulator.kit.world import World
from emulator.platforms.exotel.voicebots.dialogue import (
    TRANSFER,
    drawn_intent,
    intents_of_session,
    is_silent,
    scenario_of,
    wants_human,
)
from emulator.platforms.exotel.voicebots.records.sessions import Session
from emulator.platforms.exotel.voicebots.state import VoicebotState, state_of

NO_INPUT: Final = "no_input"
"""The intent of a person who said nothing that counts."""
GENERAL: Final = "general_inquiry"

_PLEASED: Final = re.compile(r"\b(?:thank|thanks|great|perfect|helpful|wonderful)\b", re.IGNORECASE)
_CROSS: Final = re.compile(
    r"\b(?:angry|terrible|awful|useless|complain\w*|ridiculous|worst|unacceptable|frustrat\w*)\b",
    re.IGNORECASE,
)

Outcome = Literal["resolved", "unanswered", "escalated_to_agent"]
Sentiment = Literal["positive", "neutral", "negative"]


class Insights(NamedTuple):
    """The insights of the page's sample."""

    sentiment: Sentiment
    intent: str
    outcome: Outcome


def insights_of(world: World, session: Session, call: Call, turns: Sequence[Turn]) -> Insights:
    """Return the insights from the turns so far; the same turns always give the same insights."""
    scenario = scenario_of(world, call)
    state = state_of(world)
    is_scripted = session.id in state.scripts
    said = [turn.text for turn in turns if turn.speaker is Speaker.PERSON]
    if scenario.behavior is Behavior.HUNG_UP:
        intent = _matched(state, session, said) if is_scripted and said else NO_INPUT
        return Insights("negative", intent, "unanswered")
    if not said or is_silent(scenario):
        return Insights("neutral", NO_INPUT, "unanswered")
    if any(map(wants_human, said)):
        return Insights(_sentiment(said), TRANSFER, "escalated_to_agent")
    draw = world.ids.draw("exotel.dialogue", call.id)
    intent = _matched(state, session, said) if is_scripted else drawn_intent(state, session, draw)
    outcome: Outcome = "unanswered" if call.status is CallStatus.FAILED else "resolved"
    return Insights(_sentiment(said), intent, outcome)


def _sentiment(said: Iterable[str]) -> Sentiment:
    everything = " ".join(said)
    if _CROSS.search(everything):
        return "negative"
    return "positive" if _PLEASED.search(everything) else "neutral"


def _matched(state: VoicebotState, session: Session, said: Iterable[str]) -> str:
    """Return the intent that shares most words with what was said, the first among equals."""
    heard = {word.removesuffix("s") for word in words(" ".join(said))}
    best, most = GENERAL, 0
    for intent in intents_of_session(state, session):
        shared = len(heard.intersection(words(intent.replace("_", " "))))
        if shared > most:
            best, most = intent, shared
    return best
