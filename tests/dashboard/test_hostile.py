"""Whatever is stored is shown as text: markup in it never becomes a part of the page."""

from typing import Any

from playwright.async_api import expect

from tests.dashboard.pages import Looker
from tests.support import World

IMAGE = "<img src=x onerror=window.pwned=1>"
SCRIPT = "</script><script>window.pwned=1</script>"
TEXT = f"{IMAGE}{SCRIPT}\"'`${{7*7}}{{{{7*7}}}} javascript:window.pwned=1 \u202egnp.exe \u0000"
CLEAN = TEXT.replace("\u0000", "")


async def stored(world: World) -> list[str]:
    """Store it wherever a client's text is kept, and return the screens that show it."""
    await world.control("PUT", "/inboxes/h", json={"answers": [{"status": 500, "body": TEXT}] * 3})
    url = f"{world.inbox_url}h/{IMAGE.replace(' ', '%20')}?q={SCRIPT}"
    workflow = await world.workflow(name=CLEAN, message=f"{CLEAN} [name]", call_back_url=url)
    entry: dict[str, Any] = {
        "phone_number": "+2348000099012",
        "workflow_variables": {"name": CLEAN},
        "user_tag_identifiers": {CLEAN: CLEAN},
    }
    asked = {"workflow_id": workflow, "workflow_params": [entry]}
    placed = await world.intron("POST", "/call", json=asked, headers={"X-Hostile": IMAGE})
    assert placed.status_code == 200, placed.text
    bot = await world.bot(f'A bot called "{IMAGE}" that reminds patients')
    turns = [{"speaker": "bot", "text": CLEAN}, {"speaker": "user", "text": CLEAN}]
    await world.call(bot, transcript=turns)
    persona = {"firstname": CLEAN, "lastname": IMAGE}
    call: dict[str, Any] = {"platform": "voicebooker", "intent": "book", "persona": persona}
    await world.control("POST", "/calls", json=call)
    agents = (await world.bimpe("GET", "/agents")).json()["data"]
    await world.bimpe("PATCH", f"/agents/{agents[0]['id']}", json={"name": IMAGE})
    message = {"message": CLEAN, "channel_type": "webchat", "channel_user_id": IMAGE}
    sent = await world.control("POST", f"/bimpe/agents/{agents[0]['id']}/messages", json=message)
    await world.http.post(f"{world.inbox_url}{IMAGE.replace('/', '')}", content=TEXT.encode())
    await world.intron("GET", f"/workflows/{IMAGE}?{SCRIPT}={SCRIPT}")
    await world.advance()
    calls = (await world.control("GET", "/calls")).json()
    callbacks = (await world.control("GET", "/callbacks")).json()
    requests = (await world.control("GET", "/history?kind=exchange")).json()
    talked = f"chat/{agents[0]['id']}?conversation={sent.json()['conversation']['id']}"
    return [
        *("calls", "callbacks", "requests", "inboxes", "bookings", "chat", "bots", "worlds"),
        *(f"calls/{each['id']}" for each in calls),
        *(f"callbacks/{each['id']}" for each in callbacks[-3:]),
        *(f"requests/{each['number']}" for each in requests[-3:]),
        f"bots/{workflow}?platform=intron",
        "inboxes/h",
        "inboxes/%3Cimg%20src%3Dx%20onerror%3Dwindow.pwned%3D1%3E",
        "calls?status=%3Cimg%20src=x%20onerror=window.pwned=1%3E&number=%3Cscript%3E",
        talked,
    ]


async def test_stored_markup_never_runs(looker: Looker, world: World) -> None:
    """On no screen does it make an element or run; where it is shown, it is shown as it is."""
    shown = 0
    for path in await stored(world):
        await looker.goto(path)
        await expect(looker.page.locator("main h1, main h2").first).to_be_visible()
        assert await looker.run("window.pwned") is None, path
        assert await looker.run("document.querySelectorAll('img, script:not([src])').length") == 0
        shown += IMAGE in await looker.page.locator("main").inner_text()

    assert shown >= 6
    looker.complaints = [each for each in looker.complaints if "status of 400" not in each]
