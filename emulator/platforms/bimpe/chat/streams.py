"""Streams of a conversation's messages: tickets, missed messages, heartbeats.

https://bimpe-docs-dev.admin.rectlabs.com/docs/api/conversations/
"""

from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import Final

from starlette.requests import Request

from emulator.kit.errors import ApiError, invalid
from emulator.kit.json import to_json
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.stream_response import EventStreamResponse
from emulator.kit.world import World
from emulator.platforms.bimpe.chat.conversations import message_frame
from emulator.platforms.bimpe.options import options_of
from emulator.platforms.bimpe.records.conversations import BimpeConversation, StreamTicket
from emulator.platforms.bimpe.state import state_of
from emulator.platforms.bimpe.team.keys import credential_text, rest_of

with on_first_use():
    from emulator.platforms.bimpe.schemas import conversations as conversation_schemas

MAX_PENDING_TICKETS: Final = 10_000
"""Unused tickets; the oldest are evicted beyond this."""


def issue_ticket(world: World, conversation: BimpeConversation) -> str:
    """Return a ticket that opens one stream of this conversation until it expires."""
    state, now = state_of(world), world.clock.now()
    while (oldest := next(iter(state.tickets), None)) is not None and (
        oldest.expires_at <= now or len(state.tickets) >= MAX_PENDING_TICKETS
    ):
        state.tickets.remove(oldest.id)
    ticket = state.tickets.add(
        StreamTicket(
            id=world.ids.hex("bimpe.ticket"),
            agent_id=conversation.agent_id,
            conversation_id=conversation.id,
            expires_at=now + timedelta(seconds=options_of(world).ticket_seconds),
        )
    )
    return credential_text(world, ticket.id)


def open_stream(
    world: World,
    request: Request,
    query: "conversation_schemas.StreamQuery",
    agent_id: str,
    conversation_id: str,
) -> EventStreamResponse:
    """Open a stream: first the missed messages, then new ones.

    ApiError 401 for a ticket that is unknown, used, expired or of another conversation; 400 for an
    unknown position; 429 if too many streams are open. Only a successful GET uses up the ticket.
    """
    state, options = state_of(world), options_of(world)
    ticket = state.tickets.find(rest_of(world, query.ticket))
    subject = None if ticket is None else (ticket.agent_id, ticket.conversation_id)
    conversation = state.conversations.find(conversation_id)
    if (
        ticket is None
        or conversation is None
        or subject != (agent_id, conversation_id)
        or ticket.expires_at <= world.clock.now()
    ):
        # assumed: status and code are not documented
        raise ApiError(401, "unauthorized", "Invalid or expired stream ticket.")
    missed = _missed(world, conversation, request.headers.get("last-event-id") or query.after)
    if world.streams.count(conversation.id) >= options.streams_per_conversation:
        message = "Too many concurrent streams for this subject"
        raise ApiError(429, "too_many_requests", message, headers={"Retry-After": "1"})
    if request.method != "HEAD":
        state.tickets.remove(ticket.id)
    stream = world.streams.open(
        conversation.id, beat=lambda: _heartbeat(world), every=options.heartbeat_seconds
    )
    if missed:
        stream.put(missed)
    return EventStreamResponse(stream, "text/event-stream", {"Cache-Control": "no-cache"})


def _missed(world: World, conversation: BimpeConversation, after: str) -> bytes:
    """Return the messages after an id or a time as events; none without either."""
    if not after:
        return b""
    state = state_of(world)
    thread = state.threads[conversation.id]
    last = state.messages.find(after)
    if last is not None and last.conversation_id == conversation.id:
        moment = last.created_at
    else:
        last, moment = None, _moment(after)
    # from the newest back to the last one that was received
    newer = takewhile(
        lambda each: each is not last and each.created_at >= moment,
        (state.messages.get(each) for each in reversed(thread.ids)),
    )
    missed = [each for each in newer if last is not None or each.created_at > moment]
    return b"".join(message_frame(each) for each in reversed(missed))


def _moment(after: str) -> datetime:
    written = after.replace(" ", "+") if "T" in after else after  # an unencoded +
    try:
        moment = datetime.fromisoformat(written)
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        problem = "must be the id of a message of this conversation, or an ISO-8601 time"
        raise invalid(("after", problem)) from None


def _heartbeat(world: World) -> bytes:
    # assumed: the page's sample is {"ts":1}; milliseconds since 1970 by the world's clock
    data = to_json({"ts": round(world.clock.now().timestamp() * 1000)})
    return b"event: heartbeat\ndata: %b\n\n" % data
