"""Bots at ``wss://`` with certificates of their own."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
import trustme
from click.testing import CliRunner

from emulator.app import create_app
from emulator.cli import main
from emulator.clock import ClockMode
from emulator.settings import Settings
from tests.bots import Bot, echo, serving
from tests.platforms.exotel.test_stream_calls import LOCKSTEP, follow, streams, talk
from tests.platforms.exotel.test_voice_calls import Voice
from tests.support import World

REASON: Final = "no secure connection: unable to get local issuer certificate"


@asynccontextmanager
async def emulated(**settings: Any) -> AsyncIterator[Voice]:
    """Run an emulator with these settings, whose way out is a real one."""
    app = create_app(Settings(clock=ClockMode.FROZEN, **settings))
    transport = httpx.ASGITransport(app=app)
    base_url = app.worlds.settings.base_url
    async with httpx.AsyncClient(transport=transport, base_url=base_url) as client:
        world = World(client, (await client.get("/_emulator/worlds/default")).json())
        await world.control("PATCH", "/settings", json={"options": {"exotel": LOCKSTEP}})
        try:
            yield Voice(world)
        finally:
            await app.worlds.stop()


@asynccontextmanager
async def secure_bot(folder: Path) -> AsyncIterator[Bot]:
    """Serve an echo with a certificate whose authority is in ``ca.pem``."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    async with serving(Bot(echo), context) as bot:
        yield bot


async def test_unknown_certificate_is_refused_with_its_reason(tmp_path: Path) -> None:
    """The stream says it, and so do the history and the explanation of the call."""
    async with secure_bot(tmp_path) as bot, emulated() as voice:
        await follow(voice, {"say": 0.2}, {"hang_up": True})
        call = await talk(voice, bot.url)
        (stream,) = await streams(voice)
        history = (await voice.world.control("GET", "/history?kind=stream")).text
        story = (await voice.world.control("GET", f"/explain/{call['Sid']}")).text

    assert stream["status"] == "failed"
    assert stream["error"] == f"3009 failed to establish ws conn: {REASON}"
    assert REASON in history
    assert REASON in story


@pytest.mark.parametrize("flag", ["callback_ca", "insecure_streams"])
async def test_certificate_is_accepted_by_its_authority_or_without_a_check(
    tmp_path: Path, flag: str
) -> None:
    """``--callback-ca`` trusts the authority, ``--insecure-streams`` any certificate."""
    async with secure_bot(tmp_path) as bot:
        value = tmp_path / "ca.pem" if flag == "callback_ca" else True
        async with emulated(**{flag: value}) as voice:
            await follow(voice, {"say": 0.2}, {"hang_up": True})
            await talk(voice, bot.url)
            (stream,) = await streams(voice)

    assert (stream["status"], stream["error"]) == ("cancelled", None)


async def test_callbacks_have_a_flag_of_their_own(tmp_path: Path) -> None:
    """``--insecure-callbacks`` is not for streams."""
    async with secure_bot(tmp_path) as bot, emulated(insecure_callbacks=True) as voice:
        await follow(voice, {"say": 0.2}, {"hang_up": True})
        await talk(voice, bot.url)
        (stream,) = await streams(voice)

    assert stream["status"] == "failed"


async def test_check_has_a_flag_for_any_certificate(tmp_path: Path) -> None:
    """``check-bot`` cannot reach a bot that it does not trust, and reaches it with the flag."""
    async with secure_bot(tmp_path) as bot:
        bot.answers = [404] * 2
        check = CliRunner().invoke
        arguments = ["check-bot", bot.url, "--json"]
        refused = await asyncio.to_thread(check, main, arguments)
        reached = await asyncio.to_thread(check, main, [*arguments, "--insecure"])

    assert (refused.exit_code, reached.exit_code) == (4, 1)
    assert REASON in refused.output
    assert "404" in reached.output
