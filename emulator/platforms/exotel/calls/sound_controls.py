"""Routes of the control API: sounds, which persons play in scripts."""

from re import fullmatch
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.errors import ApiError, invalid
from emulator.kit.http import content_of, json_response
from emulator.kit.operation import Operation
from emulator.kit.patterns import NAME
from emulator.kit.sounds import CONVERT, MAX_WAV_BYTES, MEDIA_TYPE, WavError, read_wav
from emulator.kit.world import World, world_of
from emulator.platforms.exotel.calls.records.sounds import PersonSound
from emulator.platforms.exotel.calls.state import state_of


def has_sound(world: World, name: str) -> bool:
    """Return whether there is a sound of this name."""
    return name in state_of(world).person_sounds


async def list_sounds(request: Request) -> Response:
    """List the sounds that persons can play, oldest first."""
    return json_response([_shown(each) for each in state_of(world_of(request)).person_sounds])


async def get_sound(request: Request) -> Response:
    """Download a sound, as it was sent."""
    sounds = state_of(world_of(request)).person_sounds
    return Response(sounds.get(request.path_params["name"]).content, media_type=MEDIA_TYPE)


async def set_sound(request: Request) -> Response:
    """Create or replace a sound: the body is a WAV file, 16 bit, mono or stereo."""
    name, content = request.path_params["name"], content_of(request)
    if not fullmatch(NAME, name):
        problem = "must have 1 to 64 letters, digits, dots, hyphens or underscores"
        raise invalid(("name", problem))
    try:
        read_wav(content)
    except WavError as error:
        refused = invalid(("the body", str(error)))
        if len(content) > MAX_WAV_BYTES:
            refused = ApiError(413, "too_large", f"the body {error}")
        refused.hint = CONVERT
        raise refused from None
    made = state_of(world_of(request)).person_sounds.add(PersonSound(id=name, content=content))
    return json_response(_shown(made))


async def delete_sound(request: Request) -> Response:
    """Delete a sound; a person whose script names it plays nothing."""
    state_of(world_of(request)).person_sounds.remove(request.path_params["name"])
    return Response(status_code=204)


def _shown(sound: PersonSound) -> dict[str, Any]:
    """Return a sound for programs."""
    wav = read_wav(sound.content)
    return {
        "name": sound.id,
        "seconds": round(wav.seconds, 3),
        "sample_rate": wav.rate,
        "channels": wav.channels,
        "bytes": len(sound.content),
    }


SOUND: Final = "/sounds/{name}"

sound_controls: Final = (
    Operation(method="GET", path="/sounds", handler=list_sounds),
    Operation(method="GET", path=SOUND, handler=get_sound, gives_as=MEDIA_TYPE),
    Operation(method="PUT", path=SOUND, handler=set_sound, takes_as=MEDIA_TYPE),
    Operation(method="DELETE", path=SOUND, handler=delete_sound, status=204),
)
