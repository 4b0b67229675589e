"""The dialogue of a bot and a person: a pure function of bot, call, scenario and seed.

The first two turns of a bot for order inquiries are those of the page's sample.
https://developer.exotel.com/docs/voicebot-tools/voicebot-api
"""

import re
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from typing import Any, Final

from emulator.domain.calls import IN_PROGRESS, Call
from emulator.domain.scenarios import Behavior, Scenario
from emulator.domain.ticks import ticks
from emulator.domain.transcripts import (
    Line,
    Speaker,
    Turn,
    span,
    spoken,
    squeezed,
    until,
    with_reply,
)
from emulator.kit.world import World
from emulator.platforms.exotel.voicebots.drafts import VERBS, BotDraft
from emulator.platforms.exotel.voicebots.records.sessions import Session
from emulator.platforms.exotel.voicebots.records.versions import Version
from emulator.platforms.exotel.voicebots.state import VoicebotState, state_of

TRANSFER: Final = "agent_transfer"
TRANSFER_MESSAGE: Final = "Please hold while I connect you to an agent."
MAX_EXCHANGES: Final = 40
PLEASED: Final = "Thank you, that was very helpful. Goodbye."
CONTENT: Final = "Okay, that is all. Goodbye."

_WANTS_HUMAN: Final = re.compile(
    r"\b(?:speak|talk|transfer|connect|get|want|need)\b.{0,40}"
    r"\b(?:human|agent|representative|operator|real person)\b",
    re.IGNORECASE,
)
_HOLE: Final = re.compile(r"\{\{\s*([^\s{}]{1,64})\s*\}\}")
_EXCHANGES: Final = (
    ("Yes, that is right.", "Thank you. I have found it, and everything looks fine."),
    ("How long will it take?", "It usually takes about two working days."),
    ("Can you send me a confirmation?", "Of course, you will get a message in a few minutes."),
    ("Is there anything I have to do?", "No, nothing at all. I have noted your request."),
    ("Could you repeat that, please?", "Your request is noted, and you will hear from us soon."),
    ("All right, I see.", "Is there anything else I can help you with?"),
)
_SILENCE: Final = (
    "Are you still there?",
    "I am sorry, I could not hear you.",
    "I could not hear anything. Please call again. Goodbye.",
)


def turns_of(world: World, session: Session, call: Call) -> list[Turn]:
    """Return the turns so far: during the call, those that have begun."""
    if session.planned is None:
        return []
    if call.status is IN_PROGRESS and call.answered_at is not None:
        passed = ticks(world.clock.now()) - ticks(call.answered_at)
        return until(planned_turns(world, session, call), passed)
    talked = call.plan.talk if call.plan is not None else 0
    return until(planned_turns(world, session, call), talked)


def planned_turns(world: World, session: Session, call: Call) -> list[Turn]:
    """Return all turns, unless the call ends early."""
    talk = session.planned or 0
    state = state_of(world)
    if lines := state.lines_of(session):
        turns = squeezed([*_scripted_lines(state, session, lines)], talk)
    else:
        turns = spoken(_drawn_lines(world, session, call, talk), talk)
    earliest = 0
    for asked_at, text in state.replies_of(session):
        at = max(asked_at, earliest)  # not before an earlier reply that still waits
        turns = with_reply(turns, text, at, talk)
        earliest = next((turn.start + 1 for turn in turns if turn.start >= at), earliest)
    return turns


def _scripted_lines(
    state: VoicebotState, session: Session, lines: Sequence[Line]
) -> Iterator[Line]:
    if lines[0].speaker is not Speaker.BOT:
        yield Line(Speaker.BOT, greeting_of(state, session))
    elif session.greeting is not None:
        yield Line(Speaker.BOT, greeting_of(state, session))
        lines = lines[1:]
    asked = False
    for speaker, text in lines:
        yield Line(speaker, text)
        if asked := speaker is Speaker.PERSON and wants_human(text):
            break
    if asked:
        yield Line(Speaker.BOT, session.transfer_message or TRANSFER_MESSAGE)


def _drawn_lines(world: World, session: Session, call: Call, talk: int) -> Iterator[Line]:
    scenario = scenario_of(world, call)
    draw = world.ids.draw("exotel.dialogue", call.id)
    state = state_of(world)
    greeting = greeting_of(state, session)
    yield Line(Speaker.BOT, greeting)
    if scenario.behavior is Behavior.HUNG_UP:
        yield Line(Speaker.PERSON, "Sorry, not now.")
    elif is_silent(scenario):
        yield from (Line(Speaker.BOT, text) for text in _SILENCE)
    else:
        intent = drawn_intent(state, session, draw)
        ask = request_for(intent)
        yield Line(Speaker.PERSON, ask)
        if wants_human(ask):
            yield Line(Speaker.BOT, session.transfer_message or TRANSFER_MESSAGE)
        else:
            left = talk - span(greeting) - span(ask)
            yield from _help_and_goodbye(left, draw)


def _help_and_goodbye(left: int, draw: int) -> Iterator[Line]:
    """Yield exchanges for as long as there is time, then a goodbye."""
    reply = "Sure, I can help you with that. Let me check it for you."
    parting = (
        Line(Speaker.PERSON, CONTENT if draw >> 8 & 1 else PLEASED),
        Line(Speaker.BOT, "Thank you for calling. Have a nice day!"),
    )
    yield Line(Speaker.BOT, reply)
    left -= span(reply) + sum(span(text) for _, text in parting)
    exchanges = cycle(_EXCHANGES)
    for asked, answered in islice(exchanges, MAX_EXCHANGES):
        left -= span(asked) + span(answered)
        if left < 0:
            break
        yield Line(Speaker.PERSON, asked)
        yield Line(Speaker.BOT, answered)
    yield from parting


def wants_human(text: str) -> bool:
    """Check whether a person who says this asks for a human agent."""
    return _WANTS_HUMAN.search(text[:2000]) is not None


def scenario_of(world: World, call: Call) -> Scenario:
    """Return the scenario of a call."""
    return world.scenarios.find(call.scenario)


def is_silent(scenario: Scenario) -> bool:
    """Check whether the person never says a word."""
    return scenario.behavior is Behavior.ANSWERED and scenario.keys == ""


def drawn_intent(state: VoicebotState, session: Session, draw: int) -> str:
    """Draw what the person wants: one of the bot's intents."""
    intents = intents_of_session(state, session)
    return intents[draw % len(intents)]


def intents_of_session(state: VoicebotState, session: Session) -> tuple[str, ...]:
    """Return the intents of a session's bot."""
    return intents_of(state.version_of(session), state.bot_of(session).draft)


def intents_of(version: Version, draft: BotDraft) -> tuple[str, ...]:
    """Return a bot's intents, as configured or as drafted from its text."""
    return _texts(version.config.get("intents")) or draft.intents


def _texts(value: Any) -> tuple[str, ...]:
    found = value if isinstance(value, list) else []
    return tuple(each for each in found if isinstance(each, str) and each.strip())


def request_for(intent: str) -> str:
    """Return what a person with this intent says first."""
    words = intent.replace("-", "_").split("_")
    if intent == TRANSFER:
        return "I would like to speak to a human agent"
    if len(words) > 1 and words[0] in VERBS:
        return f"I would like to {words[0]} my {' '.join(words[1:])}"
    if len(words) > 1 and words[-1] == "inquiry" and words[0] != "general":
        return f"I want to check my {' '.join(words[:-1])}"
    if len(words) > 1 and words[-1] == "request":
        return f"I need help with my {' '.join(words[:-1])}"
    return "I have a question" if words[0] == "general" else f"I am calling about {' '.join(words)}"


def greeting_of(state: VoicebotState, session: Session) -> str:
    """Return the greeting, with the session's constants filled in."""
    text = (
        session.greeting
        or greeting_in(state.version_of(session))
        or state.bot_of(session).draft.greeting
    )
    return _HOLE.sub(lambda hole: session.constants.get(hole[1], hole[0]), text)


def greeting_in(version: Version) -> str | None:
    """Return the greeting that a configuration sets: a text, or an object with one."""
    value = version.config.get("greeting_message")
    if isinstance(value, dict):
        value = value.get("text")
    return value if isinstance(value, str) and value.strip() else None
