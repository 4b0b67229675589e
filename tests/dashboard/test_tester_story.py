"""A tester's story: why did this callback fail, who else was hit, replay them."""

from playwright.async_api import expect

from tests.dashboard.pages import Looker
from tests.platforms.voicebooker.support import finished
from tests.support import World


async def test_failed_callbacks_are_understood_and_sent_again(looker: Looker, world: World) -> None:
    """Each question takes at most four clicks: why it failed, who else was hit, replaying all."""
    answers = [{"status": 503, "json": {"error": "down for maintenance"}}] * 20
    await world.control("PUT", "/inboxes/hospital", json={"answers": answers})
    for number in range(3):
        workflow = await world.workflow(call_back_url=f"{world.inbox_url}hospital")
        await world.place(workflow, f"+234805559900{number}")
    await world.advance()
    await looker.goto("callbacks")

    await looker.follow(looker.row("failed").first)
    await looker.sees("the endpoint answered 503", "down for maintenance")
    looker.answered()

    await looker.follow(looker.page.get_by_role("link", name="Others that failed"))
    await expect(looker.row("failed")).to_have_count(3)
    looker.answered()

    await world.control("DELETE", "/inboxes/hospital")
    await looker.follow(looker.button("Resend all"), looker.page.locator("[data-name=confirm]"))
    looker.answered()
    await expect(looker.page.get_by_text("3 of 3 callbacks delivered.")).to_be_visible()
    statuses = {each["status"] for each in (await world.control("GET", "/callbacks")).json()}
    assert statuses == {"delivered"}


async def test_traffic_of_the_emulator_is_hidden_at_first(looker: Looker, world: World) -> None:
    """Requests lists those of clients; the emulator's own webhooks are there when asked for."""
    placed = await finished(world)
    await looker.goto("requests")
    await looker.sees("No requests")

    await looker.page.get_by_label("From").select_option("any")

    await expect(looker.row("bookAppointment")).to_have_count(1)
    await expect(looker.rows()).to_have_count(len(placed["details"]["webhooks"]))
    await looker.row("bookAppointment").click()
    await looker.page.get_by_role("link", name="a callback of the emulator").click()
    await looker.sees("Delivered")
