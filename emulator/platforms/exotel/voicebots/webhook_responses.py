"""What the responses to session_start and pre_agent_transfer change; problems are noted.

https://docs.exotel.com/intelligent-voice-agents/voicebot-webhooks
"""

from collections.abc import Callable
from typing import Any, Final

from emulator.domain.callbacks import Callback, CallbackResponse
from emulator.domain.calls import IN_PROGRESS, Call
from emulator.kit.errors import as_invalid
from emulator.kit.json import JsonError, read_json
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.world import World
from emulator.platforms.exotel.voicebots.dialogue import turns_of
from emulator.platforms.exotel.voicebots.records.endpoints import OVERRIDABLE_KINDS, WebhookEndpoint
from emulator.platforms.exotel.voicebots.records.sessions import Session
from emulator.platforms.exotel.voicebots.session_steps import schedule_next_turn, start_reporting
from emulator.platforms.exotel.voicebots.state import state_of

with on_first_use():
    import pydantic

    from emulator.platforms.exotel.voicebots.schemas import endpoints as endpoint_schemas

Json = dict[str, Any]
SUCCESS_CODES: Final = range(200, 300)


def start_session(world: World, callback: Callback, response: CallbackResponse) -> None:
    """Use the greeting, constants and endpoints of the response, then report the session."""
    session, call = _about(world, callback)
    data = _data(session, call, callback, response)
    greeting = _text_in(session, data, "greeting_message")
    constants = _constants(session, data)
    if not turns_of(world, session, call):
        session.greeting, session.constants = greeting, constants
    elif greeting or constants:
        session.note(f"{callback.event}: the response came after the bot had begun to speak")
    assistant = data.get("conversation_assistant_id")
    session.assistant_id = assistant if isinstance(assistant, str) and assistant else None
    _use_endpoints(session, data)
    state_of(world).sessions.save(session)
    if call.status is IN_PROGRESS:
        start_reporting(world, session, call)


def announce_transfer(world: World, callback: Callback, response: CallbackResponse) -> None:
    """Use the message that the bot says before a human takes over."""
    session, call = _about(world, callback)
    data = _data(session, call, callback, response)
    message = _text_in(session, data, "agent_transfer_message")
    if len(turns_of(world, session, call)) <= (session.reported or 0):
        session.transfer_message = message
    elif message:
        session.note(f"{callback.event}: the response came after the bot had begun to speak")
    state_of(world).sessions.save(session)
    if call.status is IN_PROGRESS:
        schedule_next_turn(world, session, call)


def _about(world: World, callback: Callback) -> tuple[Session, Call]:
    call = world.calls.get(callback.call_id or "")
    return state_of(world).by_call[call.id], call


def _data(session: Session, call: Call, callback: Callback, response: CallbackResponse) -> Json:
    """Return ``response.data`` of a response; empty, with a note, if it cannot be used."""
    try:
        return _read(call, callback, response)
    except ValueError as error:
        session.note(f"{callback.event}: {error}")
        return {}


def _read(call: Call, callback: Callback, response: CallbackResponse) -> Json:
    if response.status is None or response.status not in callback.accepts:
        raise ValueError(f"was not acknowledged: {response.error or f'status {response.status}'}")
    if call.status is not IN_PROGRESS:
        raise ValueError("the response came after the call had ended")
    if not response.body.strip():
        return {}
    try:
        value = read_json(response.body)
    except JsonError as error:
        raise ValueError(f"the response {error}") from None
    code = _object(value, "the response").get("http_code", 200)
    if code not in SUCCESS_CODES:
        raise ValueError(f"the response says http_code {code!r}"[:200])
    if value.get("response") is None:
        return {}
    data = _object(value["response"], "response").get("data")
    return {} if data is None else _object(data, "response.data")


def _object(value: Any, where: str) -> Json:
    if not isinstance(value, dict):
        raise ValueError(f"{where} is not an object")  # noqa: TRY004  # noted, not a mistake here
    return value


def _text_in(session: Session, data: Json, name: str) -> str | None:
    value = data.get(name)
    text = value.get("text") if isinstance(value, dict) else value
    if isinstance(text, str):
        return text if text.strip() else None
    if value is not None:
        session.note(f"{name} has no text")
    return None


def _constants(session: Session, data: Json) -> dict[str, str]:
    value = data.get("session_constants")
    if value is None:
        return {}
    if not isinstance(value, dict):
        session.note("session_constants is not an object")
        return {}
    for name in (name for name, each in value.items() if not isinstance(each, str)):
        session.note(f"session_constants.{name} is not a string"[:200])
    return {name: each for name, each in value.items() if isinstance(each, str)}


def _use_endpoints(session: Session, data: Json) -> None:
    """Use the endpoints that are valid; they hold for this session."""
    config = data.get("webhook_config")
    if config is None:
        return
    if not isinstance(config, dict):
        session.note("webhook_config is not an object")
        return
    for kind, asked in config.items():
        if kind not in OVERRIDABLE_KINDS:
            session.note(f"webhook_config.{kind} cannot be set"[:200])
        elif (endpoint := _endpoint(session, kind, asked)) is not None:
            session.overrides[kind] = endpoint


def _endpoint(session: Session, kind: str, asked: Any) -> WebhookEndpoint | None:
    if asked is None or (isinstance(asked, dict) and not asked.get("url")):
        if asked and "url" not in asked:
            session.note(f"webhook_config.{kind} has no url, but {', '.join(asked)}"[:200])
        return None
    model = endpoint_schemas.CONFIG_OF_KIND[kind]
    if isinstance(asked, dict):  # other fields are ignored
        asked = {name: asked[name] for name in model.model_fields if name in asked}
    try:
        return model.model_validate(asked).endpoint()
    except pydantic.ValidationError as error:
        session.note(f"webhook_config.{kind}: {as_invalid(error, 'it').message}"[:200])
        return None


RESPONSES: Final[dict[str, Callable[[World, Callback, CallbackResponse], None]]] = {
    "voicebots.started": start_session,
    "voicebots.transferred": announce_transfer,
}
