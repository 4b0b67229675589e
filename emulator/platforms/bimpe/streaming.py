"""Streams of a conversation's messages: tickets, replay, heartbeats.

https://bimpe-docs-dev.admin.rectlabs.com/docs/api/conversations/
"""

from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import Final

from starlette.requests import Request

from emulator.kit.errors import ApiError, invalid
from emulator.kit.json import to_json
from emulator.kit.stream_response import StreamAnswer
from emulator.kit.world import World
from emulator.platforms.bimpe.access import rest_of, text_of
from emulator.platforms.bimpe.conversations import frame
from emulator.platforms.bimpe.records import Conversation, Ticket
from emulator.platforms.bimpe.schemas_conversations import StreamQuery
from emulator.platforms.bimpe.team import options_of, state_of

MOST_TICKETS: Final = 10_000
"""Tickets that wait to be used; the oldest give way."""


def new_ticket(world: World, conversation: Conversation) -> str:
    """Give the right to open one stream of this conversation, for a while."""
    state, now = state_of(world), world.clock.now()
    while (oldest := next(iter(state.tickets), None)) is not None and (
        oldest.expires_at <= now or len(state.tickets) >= MOST_TICKETS
    ):
        state.tickets.remove(oldest.id)
    ticket = state.tickets.add(
        Ticket(
            id=world.ids.hex("bimpe.ticket"),
            agent_id=conversation.agent_id,
            conversation_id=conversation.id,
            expires_at=now + timedelta(seconds=options_of(world).ticket_seconds),
        )
    )
    return text_of(world, ticket.id)


def open_stream(
    world: World, request: Request, query: StreamQuery, agent_id: str, conversation_id: str
) -> StreamAnswer:
    """Take the ticket and begin: what is asked for again, then whatever comes.

    ApiError 401 for a ticket that is none, was used, has expired or is for something else; 400
    for a place to begin that is none; 429 if too many listen. Only a success uses the ticket, and
    HEAD none.
    """
    state, options = state_of(world), options_of(world)
    ticket = state.tickets.find(rest_of(world, query.ticket))
    is_for = None if ticket is None else (ticket.agent_id, ticket.conversation_id)
    conversation = state.conversations.find(conversation_id)
    if (
        ticket is None
        or conversation is None
        or is_for != (agent_id, conversation_id)
        or ticket.expires_at <= world.clock.now()
    ):
        # assumed: the page names neither status nor code
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
    return StreamAnswer(stream, "text/event-stream", {"Cache-Control": "no-cache"})


def _missed(world: World, conversation: Conversation, after: str) -> bytes:
    """The messages after an id or a time; none without either."""
    if not after:
        return b""
    state = state_of(world)
    thread = state.threads[conversation.id]
    last = state.messages.find(after)
    if last is not None and last.conversation_id == conversation.id:
        moment = last.created_at
    else:
        last, moment = None, _moment(after)
    # the newest first, back to the one that is known already
    newer = takewhile(
        lambda each: each is not last and each.created_at >= moment,
        (state.messages.get(each) for each in reversed(thread.ids)),
    )
    missed = [each for each in newer if last is not None or each.created_at > moment]
    return b"".join(frame(each) for each in reversed(missed))


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
