"""Why the bot asked nothing, or nobody was told of a result; and where answers have led."""

from collections.abc import Iterable

from emulator.domain.batches import Batch
from emulator.domain.callbacks import Callback
from emulator.domain.calls import TERMINAL, Call
from emulator.kit.world import World
from emulator.platforms.voicebooker.bot.conversations import Conversation
from emulator.platforms.voicebooker.options import options_of
from emulator.platforms.voicebooker.outbound import CallRequest, address_of
from emulator.platforms.voicebooker.state import state_of


def why_none(world: World, about: Call | Batch) -> Iterable[str]:
    """Why the webhook was not asked anything, or not told how a call went."""
    state = state_of(world)
    has_ended = about.status in TERMINAL
    asked_for = state.call_requests.find(about.id)
    if asked_for is not None:
        return _no_result(world, asked_for, has_ended=has_ended)
    conversation = state.conversations.find(about.id)
    if conversation is None or conversation.questions:
        return ()
    when = "was never answered" if has_ended else "is not answered yet"
    return (f"it {when}; the bot asks the webhook from the answer on",)


def _no_result(world: World, asked_for: CallRequest, *, has_ended: bool) -> Iterable[str]:
    if address_of(options_of(world), asked_for) is None:
        yield (
            f"the option result_webhooks has no address for bot {asked_for.bot_id}, nor for *; "
            "no page of VoiceBooker's says where results go"
        )
    elif not has_ended:
        yield "it has not ended; the result is told then"
    elif not world.courier.log.about(asked_for.id):
        yield "there was no address for results yet when it ended"


def consequences(world: World, callback: Callback) -> Iterable[str]:
    """What the bot read in an answer, and what it did next."""
    it = state_of(world).conversations.find(callback.call_id or "")
    if it is None:
        return
    for place, each in enumerate(it.questions):
        if each.callback_id == callback.id:
            for deviation in each.deviations:
                yield f"the bot noted: {deviation}"
            if each.failure is not None:
                yield f"the bot could not use the answer: {each.failure}"
            if each.answered_at is not None:
                yield _went_on(it, place)


def _went_on(it: Conversation, place: int) -> str:
    if place + 1 < len(it.questions):
        return f"then the bot asked {it.questions[place + 1].action}"
    if it.next_action is not None:
        return f"then the bot asks {it.next_action}, once all is said"
    return f"then the conversation came to its end: {it.outcome or 'it goes on'}"
