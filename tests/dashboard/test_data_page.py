"""Data of one's own: forms for what the APIs take, and CSV files of many rows."""

from playwright.async_api import FilePayload, expect

from tests.dashboard.pages import Looker
from tests.support import World

HOURS = "mon=08:00-12:00, 13:00-17:00\nfri=08:00-14:00"
PATIENTS = "firstname,lastname,phone\n" + "".join(
    f'"Ada, {number}",Byron,+23480555{number:05}\n' for number in range(60)
)
NUMBERS = "name;Phone\r\nAda;2348055599001\r\nBen;+234 805 559 9002\r\n"
WRONG = "phone_number,name\n+2348055599001,Ada\nnobody,Ben\n+2348055599002\n"


def _file(text: str) -> FilePayload:
    return {"name": "rows.csv", "mimeType": "text/csv", "buffer": text.encode()}


async def test_every_form_is_of_an_operation(world: World) -> None:
    """Each vendor's forms name operations that its document, or that of the control API, has."""
    for platform in (await world.control("GET", "/platforms")).json():
        for form in platform["forms"]:
            name = "control" if form["is_control"] else platform["name"]
            document = (await world.control("GET", f"/openapi/{name}.json")).json()
            found = [
                operation
                for methods in document["paths"].values()
                for operation in methods.values()
                if isinstance(operation, dict) and operation.get("operationId") == form["operation"]
            ]
            (operation,) = found
            assert "application/json" in operation["requestBody"]["content"], form


async def test_business_is_created_and_changed_by_form(looker: Looker, world: World) -> None:
    """A hospital with hours, a doctor and a product is created, loaded again and renamed."""
    await looker.goto("data/voicebooker.put_business")
    fields = looker.page.locator("form .field")
    await looker.page.get_by_label("business id").fill("st-marys")
    await looker.page.get_by_label("Name").first.fill("St Mary's")
    await fields.filter(has_text="Hours").get_by_role("textbox").fill(HOURS)
    for name, value in (
        ("agents[0].id", "okafor"),
        ("agents[0].name", "Dr Okafor"),
        ("products[0].id", "checkup"),
        ("products[0].name", "Check-up"),
        ("products[0].duration", "30"),
        ("appointment_types[0].id", "visit"),
        ("appointment_types[0].name", "Visit"),
        ("appointment_types[0].agents", "okafor"),
        ("appointment_types[0].products", "checkup"),
    ):
        await looker.page.locator(f"[name='{name}']").fill(value)
    await looker.button("Save business").click()
    await looker.sees("Response")

    path = "/voicebooker/businesses/st-marys"
    made = (await world.control("GET", path)).json()
    assert made["hours"]["mon"] == [["08:00", "12:00"], ["13:00", "17:00"]]
    await looker.page.locator("[name='agents[0].name']").fill("Dr Nobody")
    await looker.button("Load what is there").click()
    await expect(looker.page.locator("[name='agents[0].name']")).to_have_value("Dr Okafor")
    await looker.page.locator("[name='name']").fill("St Mary's Hospital")
    await looker.button("Save business").click()
    await looker.sees('"St Mary\'s Hospital"')
    assert (await world.control("GET", path)).json() == made | {"name": "St Mary's Hospital"}


async def test_patients_come_from_a_csv_file(looker: Looker, world: World) -> None:
    """Each row of a file becomes a patient, with commas and quotes as they are."""
    await looker.goto("data/voicebooker.create_user")
    before = (await world.control("GET", "/voicebooker/users")).json()
    await looker.page.locator("input[type=file]").set_input_files(_file(PATIENTS))
    await looker.sees("60 rows; the first 5:", "Ada, 4")
    await looker.button("Create a patient of each row (60)").click()

    await looker.sees("60 records created.")
    after = (await world.control("GET", "/voicebooker/users?limit=1000")).json()
    assert len(after) == len(before) + 60
    assert "Ada, 59" in str(after)


async def test_batch_comes_from_a_csv_file(looker: Looker, world: World) -> None:
    """Each row is a call with its own variables; semicolons and lost plus signs are understood."""
    workflow = await world.workflow(message="Hello [name]")
    await looker.goto(f"bots/{workflow}?platform=intron")
    await looker.page.locator("input[type=file]").set_input_files(_file(NUMBERS))
    await looker.button("Place calls (2)").click()

    await expect(looker.row("+2348055599002")).to_be_visible()
    messages = [
        (await world.control("GET", f"/calls/{each['id']}")).json()["details"]["message"]
        for each in (await world.control("GET", "/calls")).json()
    ]
    assert sorted(messages) == ["Hello Ada", "Hello Ben"]


async def test_workflows_are_searched(looker: Looker, world: World) -> None:
    """A query keeps the workflows that match, and is in the address."""
    for name in ("Clinic reminder", "Laboratory"):
        await world.workflow(name=name)
    await looker.goto("bots?q=name:reminder")
    await expect(looker.page.locator(".card")).to_have_count(1)
    await looker.page.locator(".card").click()
    await looker.sees("Place calls with Clinic reminder")


async def test_errors_of_a_csv_file_name_their_lines(looker: Looker, world: World) -> None:
    """A file with wrong lines places nothing, and each of them is named with what is wrong."""
    workflow = await world.workflow(message="Hello [name]")
    await looker.goto(f"bots/{workflow}?platform=intron")
    await looker.page.locator("input[type=file]").set_input_files(_file(WRONG))

    await looker.sees('Line 3: "nobody" is not a phone number.')
    await looker.sees("Line 4: The line has 1 values; the first line names 2 columns.")
    await expect(looker.page.get_by_role("button", name="Place calls")).to_have_count(0)
    assert (await world.control("GET", "/calls")).json() == []


async def test_options_are_changed_by_form(looker: Looker, world: World) -> None:
    """A form of options shows the present ones and sends only what was changed."""
    await world.control("PATCH", "/settings", json={"options": {"voicebooker": {"most_days": 3}}})
    for screen, label, value in (
        ("voicebooker.options", "Language", "de"),
        ("settings", "Auth", "strict"),
    ):
        await looker.goto(f"data/{screen}")
        await looker.page.get_by_label(label).select_option(label=value)
        await looker.button("Save").click()
        await expect(looker.page.get_by_text(f"Saved: {label.lower()}.")).to_be_visible()

    found = (await world.control("GET", "/settings")).json()
    options = found["options"]["voicebooker"]
    assert (options["language"], options["most_days"], found["auth"]) == ("de", 3, "strict")


async def test_outcome_mix_is_changed_by_form(looker: Looker, world: World) -> None:
    """The mix is written as shares by name; a name that does not exist is refused at the field."""
    await looker.goto("data/outcomes")
    mix = looker.page.get_by_role("textbox", name="Mix")
    await mix.fill("answered_1=3\nnobody=1")
    await looker.button("Save").click()
    await expect(looker.page.locator(".wrong")).to_contain_text("nobody")
    await mix.fill("answered_1=3\nbusy=1")
    await looker.button("Save").click()

    await expect(looker.page.get_by_text("Saved: mix.")).to_be_visible()
    assert (await world.control("GET", "/scenarios")).json()["mix"] == {"answered_1": 3, "busy": 1}
