"""What the dashboard is for: seeing what has happened, and why."""

import re

import httpx
from playwright.async_api import Browser, expect

from emulator.cli.demo_data import seed_demo
from emulator.server import running
from emulator.settings import Settings
from tests.dashboard.pages import Looker
from tests.support import World

YES, OUT = "+2348055599001", "+2348055599011"


async def test_story_of_the_readme(looker: Looker, world: World) -> None:
    """Two robocalls are placed, their time passes, and what their endpoint was sent is there."""
    await looker.goto()
    await looker.sees("No calls yet")

    workflow = await world.workflow(call_back_url=world.inbox_url + "reminders")
    await world.place(workflow, YES, OUT)
    await expect(looker.row(YES)).to_contain_text("queued")
    await expect(looker.page).to_have_title(re.compile(r"^Calls \(2\) "))
    await looker.button("Until idle").click()

    await expect(looker.row(YES)).to_contain_text("completed")
    await expect(looker.row(OUT)).to_contain_text("no answer")
    await expect(looker.row(YES)).to_contain_text("1 delivered")
    await looker.row(YES).click()
    await expect(looker.page.locator("h1")).to_contain_text(YES)
    await looker.sees("Hello Ada", "request.completed")
    await looker.page.get_by_role("link", name="Inboxes").click()
    await looker.page.get_by_role("link", name="reminders").click()
    await expect(looker.page.locator("main pre").last).to_contain_text('"TIMEOUT"')


async def test_why_a_callback_failed_and_resending_it_take_four_clicks(browser: Browser) -> None:
    """From the calls of the demonstration to a failed callback, its reason, and resending it."""
    with running(Settings(port=0)) as app:
        url = app.worlds.settings.base_url
        async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
            made = (await client.get("/_emulator/worlds/default")).json()
            await seed_demo(client, made["credentials"], url)
        looker = await Looker.open(browser, url, "default")
        await looker.goto()
        clicks = 0
        for target in (
            looker.row("1 failed"),
            looker.page.locator('.callback[data-status="failed"]'),
            looker.button("Resend"),
        ):
            await target.first.click()
            clicks += 1
            if clicks == 2:
                await looker.sees("the endpoint answered 500", "no connection to the database")

        await expect(looker.page.locator("p.summary")).to_contain_text("Delivered")
        assert clicks <= 4
        assert looker.complaints == []
        await looker.close()


async def test_clock_is_advanced_from_any_screen(looker: Looker) -> None:
    """The buttons of the clock let time pass, and every screen shows what time it is."""
    await looker.goto("worlds")
    now = looker.page.locator("time.now")
    await expect(now).to_have_text("2026-01-01 00:00:00 UTC")

    await looker.button("+1 min").click()
    await expect(now).to_have_text("2026-01-01 00:01:00 UTC")
    await looker.button("+10 min").click()
    await expect(now).to_have_text("2026-01-01 00:11:00 UTC")
    await looker.button("+1 h").click()
    await expect(now).to_have_text("2026-01-01 01:11:00 UTC")


async def test_next_step_is_named_and_taken(looker: Looker, world: World) -> None:
    """What is due next is said beside the clock, and one button goes there and no further."""
    await looker.goto()
    await world.place(await world.workflow(), "+2348055599012")
    await expect(looker.page.locator(".due")).to_contain_text("a batch dials the next of 1 call")

    await looker.button("Next step").click()
    await expect(looker.row("ringing")).to_be_visible()
    await expect(looker.page.locator(".due")).to_contain_text("becomes busy")
    await looker.button("Next step").click()
    await expect(looker.row("busy")).to_be_visible()
    await expect(looker.page.locator(".due")).to_contain_text("Nothing is due.")


async def test_edited_copy_is_sent_as_a_callback_of_its_own(looker: Looker, world: World) -> None:
    """Editing a callback leaves it as it was, and sends the copy once."""
    await world.control("PUT", "/inboxes/done", json={"answers": [500, 500, 500]})
    workflow = await world.workflow(call_back_url=world.inbox_url + "done")
    await world.place(workflow, "+2348055599012")
    await world.advance()
    (failed,) = (await world.control("GET", "/callbacks")).json()

    await looker.goto(f"callbacks/{failed['id']}")
    await looker.button("Edit and resend").click()
    await looker.page.locator("textarea[name=body]").fill('{"edited": true}')
    await looker.button("Send the edited copy").click()

    await expect(looker.page.locator("main")).to_contain_text("Edited copy of")
    await expect(looker.page.locator("p.summary")).to_contain_text("Delivered")
    assert (await world.inbox("done"))[-1]["body"] == '{"edited": true}'
    (_, kept) = (await world.control("GET", "/callbacks")).json()
    assert kept == failed


async def test_planned_steps_are_dashed_until_they_are_taken(looker: Looker, world: World) -> None:
    """What a call is going to do is drawn, and told apart from what it has done."""
    await world.place(await world.workflow(), YES)
    await world.advance(6)
    (call,) = (await world.control("GET", "/calls")).json()

    await looker.goto(f"calls/{call['id']}")
    await expect(looker.page.locator("svg .step.planned")).to_have_count(2)
    await looker.button("Until idle").click()

    await expect(looker.page.locator("svg .step.planned")).to_have_count(0)
    await expect(looker.page.locator("svg .step")).to_have_count(4)


async def test_forms_place_calls(looker: Looker, world: World) -> None:
    """A workflow of Intron's and VoiceBooker's bot are called from their forms."""
    workflow = await world.workflow()
    await looker.goto(f"bots/{workflow}?platform=intron")
    await looker.button("Place").click()
    await expect(looker.row(YES)).to_contain_text("queued")

    await looker.goto("bots/phoneSipId12345678?platform=voicebooker")
    await looker.button("Place").click()
    await looker.sees("Conversation and callbacks")
    await looker.button("Until idle").click()
    await looker.sees("getEntityForSipId", "bookAppointment")

    await looker.goto("bookings?view=day")
    await expect(looker.page.locator(".agent .taken")).to_have_count(1)


async def test_what_the_server_refuses_is_shown_at_the_field(looker: Looker) -> None:
    """A refused form says at each field what is wrong with it, also in a nested one."""
    await looker.goto("bots/phoneSipId12345678?platform=voicebooker")
    number = looker.page.locator("input[name=from]")
    await number.fill("nobody")
    await looker.page.get_by_text("More fields").click()
    await looker.page.locator("input[name='wishes.day']").fill("someday")
    await looker.button("Place").click()

    await expect(looker.page.locator("label.wrong")).to_have_count(2)
    await expect(looker.page.locator("label.wrong").first).to_contain_text("must be a phone number")
    await expect(looker.page.locator("label.wrong").last).to_contain_text("must be")
    await number.fill("+49170555")
    await looker.page.locator("input[name='wishes.day']").fill("tomorrow")
    await looker.button("Place").click()
    await looker.sees("Conversation and callbacks")


async def test_agent_is_talked_to(looker: Looker, world: World) -> None:
    """A message is written, the answer comes on the stream once its time has come."""
    await looker.goto("chat")
    await looker.page.get_by_label("Message").fill("Hello, where is my order?")
    await looker.button("Send").click()
    await expect(looker.page.locator(".frames")).to_contain_text("the stream is open")
    await world.advance(5)

    await expect(looker.page.locator(".thread .bot")).to_contain_text("order number")
    await expect(looker.page.locator(".frames")).to_contain_text("event: message")


async def test_fault_is_added_applied_and_removed(looker: Looker, world: World) -> None:
    """A fault added by the form is applied and explained, and can be removed."""
    await looker.goto("faults")
    await looker.page.get_by_label("Kind of fault").select_option("drop")
    await looker.button("Add fault").click()
    await expect(looker.page.locator("tbody")).to_contain_text("everything")
    workflow = await world.workflow(call_back_url=world.inbox_url + "done")
    await world.place(workflow, "+2348055599012")
    await world.advance()
    (dropped,) = (await world.control("GET", "/callbacks")).json()

    await looker.goto(f"callbacks/{dropped['id']}")
    await expect(looker.page.locator("p.summary")).to_contain_text(
        "a fault kept it from being sent"
    )
    await expect(looker.page.locator(".story")).to_contain_text("drop")
    await looker.goto("faults")
    await expect(looker.page.locator("tbody")).to_contain_text("1 of 1")
    await looker.page.get_by_role("button", name="Remove", exact=True).click()
    await expect(looker.page.get_by_role("dialog")).to_contain_text("1 time")
    await looker.button("Remove fault").click()
    await looker.sees("No faults.")


async def test_call_is_explained_by_what_led_to_it(looker: Looker, world: World) -> None:
    """The page of a call leads to the request that placed it, and says what chose its end."""
    await world.place(await world.workflow(), "+2348055599012")
    await world.advance()
    (call,) = (await world.control("GET", "/calls")).json()

    await looker.goto(f"calls/{call['id']}")
    await expect(looker.page.locator(".story")).to_contain_text("99012")
    await looker.page.get_by_role("link", name="the request").click()

    await looker.sees("place calls", "documented")


async def test_operation_of_a_fault_is_chosen_from_a_list(looker: Looker, world: World) -> None:
    """The form lists operations by name, narrowed by platform; an unused rule says why."""
    await looker.goto("faults")
    await looker.page.get_by_label("Kind of fault").select_option("error")
    operation = looker.page.get_by_label("Operation")
    await expect(operation).to_contain_text("all of place_calls")
    await looker.page.get_by_label("Platform").select_option("intron")
    await expect(operation).not_to_contain_text("bimpe: create_call")
    await operation.select_option("intron place_robocalls")
    await looker.button("Add fault").click()

    await expect(looker.page.locator("tbody")).to_contain_text("place_robocalls")
    await expect(looker.page.locator("tbody")).to_contain_text("none came at all")
    (rule,) = (await world.control("GET", "/faults")).json()
    assert rule["match"] == {"platform": "intron", "operation": "place_robocalls"}


async def test_faults_are_searched(looker: Looker, world: World) -> None:
    """The query box of the faults keeps its query in the address, and says what is wrong in it."""
    for kind in ("late_regression", "slow_answer"):
        await world.control("POST", "/faults", json={"effect": kind})
    await looker.goto("faults")
    await looker.sees("Active faults (2)")
    box = looker.page.get_by_role("searchbox", name="Search faults")

    await box.fill("kind:slow_answer")
    await box.press("Enter")
    await looker.sees("Matching faults (1)")
    assert looker.page.url.endswith("faults?q=kind%3Aslow_answer")
    await box.fill("kind:nothing")
    await box.press("Enter")
    await expect(looker.page.get_by_role("alert")).to_contain_text("kind")


async def test_what_a_fault_was_applied_to_is_never_green(looker: Looker, world: World) -> None:
    """Rows of requests, calls and callbacks show the kind of fault; a late regression is odd."""
    for kind in ("late_regression", "slow_answer"):
        await world.control("POST", "/faults", json={"effect": kind})
    rule = {"effect": "accept_then_error", "match": {"operation": "place_calls"}}
    await world.control("POST", "/faults", json=rule)
    workflow = await world.workflow(call_back_url=world.inbox_url + "done")
    numbers = {"workflow_id": workflow, "workflow_params": [{"phone_number": "+2348055599001"}]}
    await world.intron("POST", "/call", json=numbers)
    await world.advance()

    await looker.goto("callbacks")
    await expect(looker.page.locator("a.badge.fault").first).to_have_text("fault: late regression")
    await expect(looker.page.locator(".row .badge.good")).to_have_count(1)  # the true attempt
    await looker.goto("calls")
    await expect(looker.page.locator("a.badge.fault")).to_have_text("fault: slow answer")
    await expect(looker.page.locator(".row").nth(1)).to_contain_text("2 late regression")
    await looker.goto("requests")
    await expect(looker.page.locator("a.badge.fault").first).to_have_text(
        "fault: accept then error"
    )


async def test_recording_of_a_call_is_seen_and_plays(looker: Looker, world: World) -> None:
    """One click fetches it; both sides are drawn, and a player stands above them."""
    scenario = {"behavior": "answered", "talk_seconds": 12}
    call = await world.call(await world.bot(), scenario=scenario)
    await world.advance()
    await looker.goto(f"calls/{call['id']}")

    await looker.button("Play the recording").click()

    player = looker.page.get_by_label("Recording of the call")
    await expect(player).to_be_visible()
    await looker.page.wait_for_function("() => document.querySelector('audio').duration === 12")
    assert await looker.page.locator(".waves path").count() == 2
    for side in ("person", "bot"):
        drawn = await looker.page.locator(f".waves path.{side}").get_attribute("d")
        assert drawn is not None
        assert len(set(re.findall(r"V([\d.]+)", drawn))) > 20
    await looker.page.locator(".waves").click(position={"x": 480, "y": 40})
    await looker.page.wait_for_function("() => document.querySelector('audio').currentTime >= 5.5")
