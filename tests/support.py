"""A world as tests use it: requests to its vendors, its control API and its clock."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from ssl import PROTOCOL_TLS_CLIENT, SSLContext
from typing import Any, Final

import httpx

from emulator.app import Emulator, create_app
from emulator.settings import Settings
from tests.limits import LIMIT_SECONDS

Json = Any
Step = Callable[[httpx.Response], httpx.Response]
"""What a test does after each of its requests; it returns the response."""

WORKFLOW: Final = {
    "name": "Reminder",
    "workflow_type": "ROBOCALL",
    "message": "Hello [name]",
    "include_reply": True,
    "option_one": "Yes",
    "option_two": "No",
}

DIALED_AT_ONCE: Final[Json] = {"options": {"intron": {"queue_seconds": 0}}}
"""A world in which Intron's calls do not wait before they are dialed."""
BOT: Final = "Create a customer support bot that handles order inquiries and returns"
ENDS: Final = {"from": "+919876543210", "to": "+911234567890"}


def unwrapped(response: httpx.Response) -> Json:
    """Return the data of an Exotel response, with or without an envelope."""
    body = response.json()
    return body["response"]["data"] if "response" in body else body


class World:
    """One world, used over HTTP as any user does."""

    def __init__(self, http: httpx.AsyncClient, made: Json, asked: Json = None) -> None:
        self.http = http
        self.made = made
        self.asked = asked
        self.name: str = made["name"]
        self.inbox_url: str = made["inbox_url"]
        self.key: str = made["credentials"]["intron"]["api_key"]
        self.bimpe_key: str = made["credentials"]["bimpe"]["api_key"]
        self.account: str = made["credentials"]["exotel"]["account_id"]

    @classmethod
    async def create(cls, http: httpx.AsyncClient, asked: Json) -> "World":
        """Create a world with these settings."""
        created = await http.post("/_emulator/worlds", json=asked)
        assert created.status_code == 201, created.text
        return cls(http, created.json(), asked)

    @asynccontextmanager
    async def another(self) -> AsyncIterator["World"]:
        """Create a world with the same settings, for as long as it is used."""
        world = await World.create(self.http, self.asked)
        yield world
        await world.delete()

    async def delete(self) -> None:
        """Delete the world; the test may have done so."""
        await self.http.delete(f"/_emulator/worlds/{self.name}")

    async def intron(self, method: str, path: str, **rest: Any) -> httpx.Response:
        """Make a request to Intron's API with this world's credential."""
        headers = {"Authorization": f"Bearer {self.key}"} | rest.pop("headers", {})
        return await self.http.request(method, f"/voicebot/v1{path}", headers=headers, **rest)

    async def exotel(
        self, method: str, path: str, api: str = "/voicebot/api/v2", **rest: Any
    ) -> httpx.Response:
        """Make a request to Exotel's Voicebot API about this world's account."""
        return await self.http.request(method, f"{api}/accounts/{self.account}{path}", **rest)

    async def bimpe(self, method: str, path: str, **rest: Any) -> httpx.Response:
        """Make a request to Bimpe's console API with this world's key."""
        headers = {"Authorization": f"Bearer {self.bimpe_key}"} | rest.pop("headers", {})
        return await self.http.request(method, f"/api/v1/console{path}", headers=headers, **rest)

    async def bot(self, text: str = BOT) -> str:
        """Create a bot from a text at Exotel and return its id."""
        job = await self.exotel("POST", "/bot-generation", files={"text_content": (None, text)})
        assert job.status_code == 201, job.text
        await self.advance(10)
        path = f"/bot-generation/{unwrapped(job)['id']}"
        return str(unwrapped(await self.exotel("GET", path))["bot_id"])

    async def call(self, bot_id: str, **fields: Any) -> Json:
        """Simulate a call to a bot."""
        body = {"platform": "exotel", "bot_id": bot_id} | ENDS | fields
        response = await self.control("POST", "/calls", json=body)
        assert response.status_code == 201, response.text
        return response.json()

    async def conversation(self, call: Json) -> Json:
        """Return the conversation of a call that has ended."""
        path = f"/voicebot-conversations/{call['conversation_id']}"
        response = await self.exotel("GET", path)
        assert response.status_code == 200, response.text
        return unwrapped(response)

    async def control(self, method: str, path: str, **rest: Any) -> httpx.Response:
        """Make a request to the control API about this world."""
        headers = {"X-Emulator-World": self.name} | rest.pop("headers", {})
        return await self.http.request(method, f"/_emulator{path}", headers=headers, **rest)

    async def pass_time(self, seconds: float | None = None) -> httpx.Response:
        """Advance the clock by so many seconds, or until nothing is due."""
        body = {"until": "idle"} if seconds is None else {"seconds": seconds}
        return await self.control("POST", "/clock/advance", json=body)

    async def advance(self, seconds: float | None = None) -> Json:
        """Advance the clock, and return what happened."""
        response = await self.pass_time(seconds)
        assert response.status_code == 200, response.text
        return response.json()

    async def workflow(self, **fields: Any) -> str:
        """Create a workflow at Intron and return its id."""
        response = await self.intron("POST", "/workflows", json=WORKFLOW | fields)
        assert response.status_code == 200, response.text
        return str(response.json()["data"]["id"])

    async def place(self, workflow_id: str, *numbers: str, **fields: Any) -> str:
        """Place a robocall to each number at Intron and return the batch's id."""
        body = {
            "workflow_id": workflow_id,
            "workflow_params": [
                {"phone_number": number, "workflow_variables": {"name": "Ada"}}
                for number in numbers
            ],
        }
        response = await self.intron("POST", "/call", json=body | fields)
        assert response.status_code == 200, response.text
        return str(response.json()["data"]["batch_id"])

    async def calls(self, workflow_id: str, **query: Any) -> Json:
        """Return a page of a workflow's calls at Intron."""
        response = await self.intron("GET", f"/workflows/{workflow_id}/calls", params=query)
        assert response.status_code == 200, response.text
        return response.json()["data"]

    async def options(self, **values: Any) -> None:
        """Set options of Intron in this world."""
        body = {"options": {"intron": values}}
        response = await self.control("PATCH", "/settings", json=body)
        assert response.status_code == 200, response.text

    async def behave(self, **by_number: Json) -> None:
        """Choose the scenario of each number; ``n234...`` stands for +234..."""
        rules = [
            {"match": {"number": f"+{name[1:]}"}, "scenario": scenario}
            for name, scenario in by_number.items()
        ]
        response = await self.control("PUT", "/scenarios", json={"rules": rules})
        assert response.status_code == 200, response.text

    async def inbox(self, name: str) -> Json:
        """Return the messages of an inbox."""
        return (await self.control("GET", f"/inboxes/{name}")).json()


def client_of(base_url: str) -> httpx.AsyncClient:
    """Create a client of a server on a socket."""
    return httpx.AsyncClient(
        base_url=base_url,
        verify=SSLContext(PROTOCOL_TLS_CLIENT),  # the default reads every root certificate
        trust_env=False,
        timeout=LIMIT_SECONDS,
    )


@asynccontextmanager
async def served(settings: Settings) -> AsyncIterator[tuple[Emulator, httpx.AsyncClient]]:
    """Run an emulator in process, with a client."""
    app = create_app(settings)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url=app.worlds.settings.base_url
    ) as http:
        yield app, http
    await app.worlds.stop()
