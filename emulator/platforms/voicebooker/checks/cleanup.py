"""Cancels what the checks have booked."""

from emulator.platforms.voicebooker.book.people import FIRST_NAME, LAST_NAME
from emulator.platforms.voicebooker.bot.conversations import Option
from emulator.platforms.voicebooker.bot.entries import start_text
from emulator.platforms.voicebooker.bot.personas import persona_answer
from emulator.platforms.voicebooker.bot.responses import UnusableResponseError
from emulator.platforms.voicebooker.checks.backend import MAX_CHECKED_USERS, CheckedBackend
from emulator.platforms.voicebooker.checks.personas import SECOND_PERSONA, THIRD_PERSONA


async def clean_up(backend: CheckedBackend) -> None:
    """Cancel what the checks have booked; the report lists what cannot be cancelled."""
    if backend.facts.booked is None or backend.runner.lost is not None:
        return
    left: list[str] = []
    for who in (backend.facts.persona, SECOND_PERSONA, THIRD_PERSONA):
        name = f"{persona_answer(who, FIRST_NAME)} {persona_answer(who, LAST_NAME)}"
        try:
            for user in (await backend.users(who))[:MAX_CHECKED_USERS]:
                for booking in await _made_here(backend, user):
                    await backend.cancel(booking)
                left += [
                    f"{name}, {start_text(each)}: still listed after cancelling"
                    for each in await _made_here(backend, user)
                ]
        except UnusableResponseError as error:
            left.append(f"{name}: not found again to be cancelled: {error}")
    backend.runner.report.left = left


async def _made_here(backend: CheckedBackend, user: Option) -> list[Option]:
    listed = await backend.bookings(user.id)
    return [each for each in listed if backend.local(each) in backend.facts.starts]
