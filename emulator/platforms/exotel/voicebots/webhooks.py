"""Webhooks and their bodies.

Documented: what kinds there are, and the fields from session_id to trigger_reason.
Observed in integrators' code: the other fields, and the events of a transcript.
assumed: what insights_events carry.
https://docs.exotel.com/intelligent-voice-agents/voicebot-webhooks
"""

import hmac
from datetime import timedelta
from typing import Any, Final, Literal

from emulator.domain.callbacks import Callback
from emulator.domain.calls import TERMINAL, Call, CallStatus, Direction
from emulator.domain.faults import EACH_ITEM, CallbackShape, StatusField
from emulator.domain.ticks import moment, ticks
from emulator.domain.transcripts import Speaker, Turn
from emulator.kit.json import to_json
from emulator.kit.world import World
from emulator.platforms.exotel.accounts import account_id
from emulator.platforms.exotel.auth import token_of
from emulator.platforms.exotel.voicebots.dialogue import turns_of
from emulator.platforms.exotel.voicebots.insights import insights_of
from emulator.platforms.exotel.voicebots.options import options_of
from emulator.platforms.exotel.voicebots.records.endpoints import (
    INSIGHTS,
    SESSION_END,
    SESSION_START,
    TRANSCRIPT,
    TRANSFER,
)
from emulator.platforms.exotel.voicebots.records.sessions import Session
from emulator.platforms.exotel.voicebots.schemas import status_word, wire_time
from emulator.platforms.exotel.voicebots.state import state_of

Json = dict[str, Any]
TriggerReason = Literal["timer", "turn_complete", "pre_agent_transfer", "start", "end"]

SIGNATURE: Final = "X-Exotel-Signature"
EXTERNAL_ID_PREFIX: Final = "CA"
NETWORK_TYPE: Final = "PSTN"  # assumed: the page gives no value
RESPONSE_OF_KIND: Final = {SESSION_START: "voicebots.started", TRANSFER: "voicebots.transferred"}
"""What acts on the response to a webhook, by its kind."""

WEBHOOK_SHAPE: Final = CallbackShape(
    fields=(
        *("session_id", "conversation_id", "start_time", "end_time", "landing_number"),
        *("contact_uri", "network_type", "external_id", "session_state", "trigger_reason"),
        *("bot_id", "bot_name", "account_id", "request_id", "metadata", "custom_parameters"),
        "events",
    ),
    statuses=(
        StatusField(
            path=("session_state",),
            earlier={"session_end": "session_in_progress"},
        ),
        StatusField(
            path=("events", EACH_ITEM, "event_data", "outcome"),
            contrary={"resolved": "unanswered", "unanswered": "resolved"},
        ),
    ),
)
"""No signature is documented; an endpoint may have static headers."""


def webhook(
    world: World,
    session: Session,
    call: Call,
    kind: str,
    reason: TriggerReason,
    *events: Json,
) -> list[Callback]:
    """Return the webhook of this kind, if the session has an endpoint for it."""
    endpoint = state_of(world).endpoint_of(session, kind)
    if endpoint is None:
        return []
    options = options_of(world)
    if kind == SESSION_END and options.session_end_body == "outcome":
        content = to_json(_outcome(world, session, call))
    else:
        content = to_json(_body(world, session, call, reason, list(events)))
    return [
        Callback(
            id=world.ids.uuid("exotel.callback"),
            platform="exotel",
            event=kind,
            url=endpoint.url,
            content=content,
            content_type="application/json",
            headers=(*endpoint.headers, *_signature(world, content)),
            call_id=call.id,
            retries=tuple(timedelta(seconds=each) for each in options.webhook_retries),
            on_response=RESPONSE_OF_KIND.get(kind),
        )
    ]


def _signature(world: World, content: bytes) -> tuple[tuple[str, str], ...]:
    """Return the signature header, if webhooks are signed.

    assumed: the key is the API token of the world's own account, the form hexadecimal.
    https://developer.exotel.com/docs/use-cases/account-lifecycle
    """
    if options_of(world).webhook_signature == "none":
        return ()
    return ((SIGNATURE, hmac.new(token_of(world).encode(), content, "sha256").hexdigest()),)


def _outcome(world: World, session: Session, call: Call) -> Json:
    """Return the body that the page about the lifecycle of an account shows."""
    found = insights_of(world, session, call, turns_of(world, session, call))
    return {
        "CallSid": call.id,
        "Status": "completed" if call.status is CallStatus.COMPLETED else "failed",
        "CustomField": session.custom_parameters.get("CustomField", ""),
        "BotSessionId": session.session_id,
        "BotOutcome": found.outcome,
    }


def _body(
    world: World, session: Session, call: Call, reason: TriggerReason, events: list[Json]
) -> Json:
    bot_number, person = ends_of(call)
    ended = call.ended_at if call.status in TERMINAL else None
    return {
        "session_id": session.session_id,
        "conversation_id": session.id,
        "start_time": None if call.answered_at is None else wire_time(call.answered_at),
        "end_time": None if ended is None else wire_time(ended),
        "landing_number": bot_number,
        "contact_uri": person,
        "network_type": NETWORK_TYPE,
        "external_id": f"{EXTERNAL_ID_PREFIX}{call.id}",
        "session_state": "session_start" if reason == "start" else status_word(call.status),
        "trigger_reason": reason,
        "bot_id": session.bot_id,
        "bot_name": state_of(world).version_of(session).config["name"],
        "account_id": account_id(world, session.account),
        "request_id": world.ids.uuid("exotel.webhook_request"),
        "metadata": {"call_sid": call.id, "stream_sid": session.stream_id},
        "custom_parameters": session.custom_parameters,
        "events": events,
    }


def ends_of(call: Call) -> tuple[str, str]:
    """Return the bot's number and the person's."""
    if call.direction is Direction.INBOUND:
        return call.to_number, call.from_number
    return call.from_number, call.to_number


def session_start(world: World, session: Session, call: Call) -> list[Callback]:
    """Report that a session opens; the response may set greeting, constants and endpoints."""
    return webhook(world, session, call, SESSION_START, "start")


def session_end(world: World, session: Session, call: Call) -> list[Callback]:
    """Report that a session has closed; insights follow in a webhook of their own."""
    return webhook(world, session, call, SESSION_END, "end")


def transfer(world: World, session: Session, call: Call) -> list[Callback]:
    """Report that a human is about to take over; the response may set the bot's last message."""
    return webhook(world, session, call, TRANSFER, "pre_agent_transfer")


def transcript(
    world: World, session: Session, call: Call, turn: Turn, sequence: int
) -> list[Callback]:
    """Report a turn that has ended."""
    if state_of(world).endpoint_of(session, TRANSCRIPT) is None:
        return []
    began = 0 if call.answered_at is None else ticks(call.answered_at)
    bot, person = options_of(world).webhook_speakers.split("/")
    segment = {
        "speaker": bot if turn.speaker is Speaker.BOT else person,
        "text": turn.text,
        "is_final": True,
        "sequence": sequence,
        "start_timestamp": wire_time(moment(began + turn.start)),
        "end_timestamp": wire_time(moment(began + turn.stop)),
    }
    event = {
        "event_type": "transcript",
        "event_id": world.ids.uuid("exotel.event"),
        "event_data": {"transcript_segments": [segment]},
    }
    return webhook(world, session, call, TRANSCRIPT, "turn_complete", event)


def insights(world: World, session: Session, call: Call) -> list[Callback]:
    """Report the insights so far, or, once the call has ended, the final ones."""
    if state_of(world).endpoint_of(session, INSIGHTS) is None:
        return []
    found = insights_of(world, session, call, turns_of(world, session, call))
    over = call.status in TERMINAL
    event = {
        "event_type": "insights",
        "event_id": world.ids.uuid("exotel.event"),
        "event_data": {
            "sentiment": {"value": found.sentiment},
            "intents": found.intent,
            "outcome": found.outcome if over else None,
        },
    }
    return webhook(world, session, call, INSIGHTS, "end" if over else "timer", event)
