"""The yardstick: as little as answers the same requests, ``python -m tests.bench.bare PORT``.

A call that names a StatusCallback is reported there at once, by aiohttp.
"""

import asyncio
import re
import sys
from typing import Annotated, Any, Final, Literal

import uvicorn
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import to_json
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from emulator.kit.fields import HttpUrl, Text
from emulator.kit.patterns import PHONE

PATH: Final = "/voicebot/v1/workflows"
CALLS: Final = "/v1/Accounts/{account}/Calls"
IN_FLIGHT: Final = 50
"""Callbacks that are sent at the same time."""


def _replies(value: dict[str, str] | None) -> dict[str, str] | None:
    for key in value or ():
        if not re.fullmatch("[0-9]", key, re.ASCII):
            raise ValueError(f"has the key {key[:20]}, but keys are single digits")
    return value


def _empty_is_none(value: Any) -> Any:
    return None if value == "" else value


class NewWorkflow(BaseModel):
    """The fields and the rules of Intron's model, which brings the emulator with it."""

    model_config = ConfigDict(strict=True, extra="ignore")

    name: Text
    description: str | None = None
    workflow_type: Literal["ROBOCALL", "CONVERSATION"] = "ROBOCALL"
    message: Text
    include_reply: bool = False
    option_one: str | None = None
    option_two: str | None = None
    response_options: Annotated[dict[str, str] | None, AfterValidator(_replies)] = None
    call_back_url: Annotated[HttpUrl | None, BeforeValidator(_empty_is_none)] = None


class NewCall(BaseModel):
    """What a call of two numbers needs."""

    model_config = ConfigDict(extra="ignore")

    From: Annotated[str, Field(pattern=PHONE)]
    To: Annotated[str, Field(pattern=PHONE)]
    CallerId: Annotated[str, Field(pattern=PHONE)]
    CustomField: str = ""
    StatusCallback: HttpUrl | None = None


class Sender:
    """Sends callbacks, so many at a time."""

    def __init__(self) -> None:
        self._due: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []

    def enqueue(self, url: str, content: bytes) -> None:
        """Send a callback soon."""
        self._due.put_nowait((url, content))
        if not self._tasks:
            self._tasks = [asyncio.ensure_future(self._send())]

    async def _send(self) -> None:
        import aiohttp  # noqa: PLC0415  # the application starts without it

        connector = aiohttp.TCPConnector(limit=IN_FLIGHT)
        headers = {"Content-Type": "application/json"}
        async with aiohttp.ClientSession(connector=connector, headers=headers) as session:

            async def send() -> None:
                while True:
                    url, content = await self._due.get()
                    async with session.post(url, data=content) as answer:
                        await answer.read()

            await asyncio.gather(*(send() for _ in range(IN_FLIGHT)))


_sender: Final = Sender()
_calls: Final[dict[str, dict[str, Any]]] = {}
_workflows: Final[dict[str, dict[str, Any]]] = {}


async def create(request: Request) -> Response:
    """Create a workflow."""
    try:
        asked = NewWorkflow.model_validate_json(await request.body())
    except ValidationError as error:
        return _answer({"status": "Error", "message": str(error)}, 400)
    key = f"00000000-0000-4000-8000-{len(_workflows):012x}"
    shown = {
        "id": key,
        "name": asked.name,
        "description": asked.description,
        "workflow_type": asked.workflow_type,
        "message": asked.message,
        "include_reply": asked.include_reply,
        "option_one": asked.option_one,
        "option_two": asked.option_two,
        "call_back_url": asked.call_back_url,
    }
    _workflows[key] = shown
    return _answer({"status": "Ok", "message": "workflow created successfully", "data": shown}, 200)


async def get(request: Request) -> Response:
    """Retrieve a workflow."""
    shown = _workflows.get(request.path_params["workflow_id"])
    if shown is None:
        return _answer({"status": "Error", "message": "workflow not found"}, 404)
    return _answer(
        {"status": "Ok", "message": "workflow retrieved successfully", "data": shown}, 200
    )


async def connect(request: Request) -> Response:
    """Accept a call that a form asks for, and do nothing about it."""
    form = await request.form()
    try:
        asked = NewCall.model_validate(dict(form))
    except ValidationError as error:
        return _answer({"RestException": {"Status": 400, "Message": str(error)}}, 400)
    key = f"{len(_calls):032x}"
    shown = {
        "Sid": key,
        "AccountSid": request.path_params["account"],
        "To": asked.To,
        "From": asked.From,
        "PhoneNumberSid": asked.CallerId,
        "Status": "in-progress",
        "CustomField": asked.CustomField,
    }
    _calls[key] = shown
    if asked.StatusCallback is not None:
        _sender.enqueue(asked.StatusCallback, to_json({"CallSid": key, "Status": "completed"}))
    return _answer({"Call": shown}, 200)


def _answer(body: dict[str, Any], status: int) -> Response:
    return Response(to_json(body), status, media_type="application/json")


app: Final = Starlette(
    routes=[
        Route(PATH, create, methods=["POST"]),
        Route(f"{PATH}/{{workflow_id}}", get, methods=["GET"]),
        Route(f"{CALLS}/connect.json", connect, methods=["POST"]),
    ]
)

if __name__ == "__main__":
    uvicorn.run(
        app,
        port=int(sys.argv[1]),
        loop="uvloop",
        http="httptools",
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=False,
    )
