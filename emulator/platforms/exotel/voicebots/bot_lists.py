"""The dates that lists of bots and conversations show and filter by."""

from bisect import bisect_left, bisect_right
from datetime import datetime
from typing import Any, Final

from emulator.kit.lazy_imports import on_first_use
from emulator.kit.records import TaggedList
from emulator.kit.world import World
from emulator.platforms.exotel.voicebots.options import options_of
from emulator.platforms.exotel.voicebots.records.bots import Voicebot
from emulator.platforms.exotel.voicebots.state import ACTIVE, INACTIVE, state_of

with on_first_use():
    from emulator.platforms.exotel.voicebots.schemas import requests

TAGS: Final = {None: (ACTIVE, INACTIVE), "active": (ACTIVE,), "inactive": (INACTIVE,)}
"""The tags of the bots that a list shows, by the status it asks for."""


def date_shown(world: World, bot: Voicebot) -> datetime:
    """Return the date of a bot: its creation, or by option that of its shown version."""
    if options_of(world).bot_dates == "created":
        return bot.created_at
    return state_of(world).bot_versions.latest(bot.id).created_at


def bots_page(
    world: World, account: str, query: "requests.VoicebotsQuery"
) -> tuple[list[Voicebot], int]:
    """Return a page of an account's bots, newest first by the date they show, and their number."""
    state, tags = state_of(world), TAGS[query.status]
    if options_of(world).bot_dates == "created":
        bots = state.listed.of(account)
        start, stop = places_between(bots, query, "created_at")
        return bots.page(query.offset, query.limit, tags, start, stop), bots.count(
            tags, start, stop
        )
    if (dated := state.dated.get(account)) is None:
        return [], 0
    before = 0 if query.startDate is None else dated.before(query.startDate, tags)
    until = dated.count(tags)
    if query.endDate is not None:
        until = dated.before(query.endDate, tags, including=True)
    limit = max(0, min(query.limit, until - before - query.offset))
    skipped = dated.count(tags) - until + query.offset
    ids = dated.page(skipped, limit, tags, descending=True) if limit else []
    return [state.bots.by_id[bot_id] for bot_id in ids], max(0, until - before)


def places_between(
    records: TaggedList[Any], query: "requests.DatedQuery", field: str
) -> tuple[int, int]:
    """Return the places of the records from ``startDate`` to ``endDate``, both included."""
    start, stop = 0, len(records)
    if query.startDate is not None:
        start = bisect_left(records, query.startDate, key=lambda record: getattr(record, field))
    if query.endDate is not None:
        stop = bisect_right(records, query.endDate, key=lambda record: getattr(record, field))
    return start, stop
