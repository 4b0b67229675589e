"""Scenarios in requests: a name, or a description."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from difflib import get_close_matches
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, AliasChoices, BaseModel, ConfigDict, Field, model_validator

from emulator.domain.calls import Call
from emulator.domain.scenarios import SCENARIOS, Behavior, Scenario
from emulator.domain.voices import VoiceChoice
from emulator.kit.errors import ApiError, invalid
from emulator.kit.fields import Text
from emulator.kit.patterns import NAME
from emulator.kit.scenario_words import CUSTOM_PREFIX
from emulator.kit.suggestions import nearest
from emulator.kit.world import World
from emulator.voice.voices import checked_language, checked_voice
from emulator.wire.whole_numbers import WHOLE_NUMBER
from emulator.world.vendors import WorldHooks

Seconds = Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False, strict=True)]
Says = Seconds | Annotated[str, Field(min_length=1, max_length=2_000)]
Language = Annotated[str, Field(max_length=35), AfterValidator(checked_language)]
"""A language that persons can speak."""
VoiceName = Annotated[str, Field(max_length=35), AfterValidator(checked_voice)]
"""A voice that persons can have."""
ACTIONS: Final = ("say", "play", "wait", "wait_for", "press", "noise", "hang_up")
MAX_SCRIPT_STEPS: Final = 200


class PersonStep(BaseModel):
    """One step of a script: what a person does while a bot is on the line."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    say: Says | None = None
    """Speak for so many seconds, or these words: fifteen characters a second."""
    language: Language | None = None
    """The language of these words, in place of the person's."""
    voice: VoiceName | None = None
    """The voice of these words, in place of the person's."""
    play: Annotated[str, Field(pattern=NAME)] | None = None
    """Play a sound that the control API was given."""
    wait: Seconds | None = None
    """Be silent for so many seconds."""
    wait_for: Literal["speech", "quiet", "media", "mark", "clear"] | None = None
    """Be silent until the bot is heard, was heard to the end, or sends such a message."""
    timeout: Seconds | None = None
    """How long ``wait_for`` waits at most; 10 seconds unless it is given."""
    press: Annotated[str, Field(pattern="^[0-9*#]$")] | None = None
    """Press a key."""
    ms: Annotated[int, Field(ge=20, le=10_000, strict=True), WHOLE_NUMBER] | None = None
    """For how many milliseconds a key is pressed; 100 unless it is given."""
    noise: Annotated[float, Field(ge=-90, le=0, allow_inf_nan=False)] | None = None
    """From now on be in background noise of so many dBFS."""
    hang_up: Literal[True] | None = None
    """Hang up."""

    @model_validator(mode="after")
    def _does_one_thing(self) -> "PersonStep":
        actions = [each for each in ACTIONS if getattr(self, each) is not None]
        if len(actions) != 1:
            raise ValueError(f"must have exactly one of {', '.join(ACTIONS)}")
        for field, action in {"timeout": "wait_for", "ms": "press"}.items():
            if getattr(self, field) is not None and actions != [action]:
                raise ValueError(f"has {field}, which is allowed only with {action}")
        for field in ("language", "voice"):
            if getattr(self, field) is not None and not isinstance(self.say, str):
                raise ValueError(f"has {field}, which is allowed only with a text to say")
        return self


Script = Annotated[list[PersonStep], Field(max_length=MAX_SCRIPT_STEPS)]


def plain_script(script: list[PersonStep]) -> list[dict[str, Any]]:
    """Return a script as the records have it."""
    return [each.model_dump(exclude_none=True) for each in script]


class ScenarioTool(BaseModel):
    """A tool that the bot uses during the call."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    name: Text
    """The name of the tool."""
    inputs: dict[str, Any] = Field(default_factory=dict)
    """What the language model would find out: parameters whose source is ``llm``."""
    after: Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False, strict=True)] = 5.0
    """Seconds from the answer of the call; of two at the same time, the first comes first."""


class OwnScenario(BaseModel):
    """A custom scenario; fields that are left out are drawn for each call."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    behavior: Annotated[Behavior, Field(validation_alias=AliasChoices("behavior", "answer"))]
    """Also accepted by its former name, ``answer``."""
    ring_seconds: Seconds | None = None
    talk_seconds: Seconds | None = None
    keys: Annotated[str, Field(pattern="^[0-9*#]?$")] | None = None
    script: Script | None = None
    """What the person does while a bot of yours is on the line."""
    language: Language | None = None
    """The language that the person speaks, such as hi."""
    voice: VoiceName | None = None
    """The voice of the person, such as f4."""
    tools: Annotated[list[ScenarioTool], Field(max_length=50)] | None = None
    """The tools that the vendor's bot uses during the call, as far as its assistant has them."""


NO_TOOLS: Final = "bots of {} use no tools"


def unused_tools(world: World, call: Call, reason: str) -> list[str]:
    """Return a note for each tool that the scenario of a call names and no bot uses."""
    tools = world.scenarios.find(call.scenario).tools or ()
    return [f"{each['name']}, which the scenario names: {reason}" for each in tools]


def voice_of(world: World, call: Call) -> VoiceChoice:
    """Return how the person of a call speaks, by its scenario."""
    scenario = world.scenarios.find(call.scenario)
    return VoiceChoice(scenario.language, scenario.voice)


def check_sounds(world: World, path: str, script: list[PersonStep] | None) -> None:
    """Check that the sounds of a script exist; ApiError 400 names the route that takes them."""
    for index, step in enumerate(script or ()):
        if step.play is not None and not _has_sound(world, step.play):
            raise _no_sound(world, f"{path}[{index}].play", step.play)


def _has_sound(world: World, name: str) -> bool:
    return any(each.has_sound is not None and each.has_sound(world, name) for each in _used(world))


def _used(world: World) -> Iterator[WorldHooks]:
    """Yield the hooks of the vendors that the world has used."""
    return (world.contexts.vendors[platform].hooks for platform, _ in world.contexts.states())


def _check_tools(
    world: World, path: str, tools: Sequence[ScenarioTool], platform: str | None
) -> None:
    """Check that the tools exist; which of them a bot has is known once it is called."""
    vendors = world.contexts.vendors
    if tools and platform is not None and vendors[platform].hooks.has_tool is None:
        error = invalid((path, f"is not allowed: {NO_TOOLS.format(platform)}"))
        users = [name for name, each in vendors.items() if each.hooks.has_tool is not None]
        error.hint = f"bots of {' and '.join(users) or 'no vendor here'} use tools"
        raise error
    for index, tool in enumerate(tools):
        if not any(each.has_tool and each.has_tool(world, tool.name) for each in _used(world)):
            problem = f"names the tool {tool.name[:60]}, which world {world.name} does not have"
            error = invalid((f"{path}[{index}].name", problem))
            error.hint = "create the tool first, and attach it to the bot's assistant"
            raise error


def _no_sound(world: World, path: str, name: str) -> ApiError:
    error = invalid((path, f"names the sound {name}, which world {world.name} does not have"))
    vendors = world.contexts.vendors.items()
    takers = [platform for platform, each in vendors if each.hooks.has_sound is not None]
    routes = " or ".join(f"PUT /_emulator/{each}/sounds/{name}" for each in takers)
    error.hint = f"{routes or 'no vendor here'} takes it as a WAV file"
    return error


def not_a_scenario(name: str) -> str:
    """Describe a problem with the name of a scenario where it is the name of a field."""
    near = nearest(name, SCENARIOS)
    suggestion = f" (did you mean {near[0]}?)" if near else ""
    return f"is not a scenario{suggestion}; the scenarios are {', '.join(SCENARIOS)}"


def scenario_of(
    world: World, path: str, asked: str | OwnScenario, platform: str | None = None
) -> Scenario:
    """Return the scenario that a request names or describes, for calls of one platform or all.

    ApiError 400 for an unknown name, for a script with a sound that does not exist, and for tools
    that do not exist or that the platform's bots cannot use.
    """
    if isinstance(asked, str):
        if asked not in SCENARIOS:
            near = get_close_matches(asked, SCENARIOS, n=1)
            suggestion = f"; did you mean {near[0]}?" if near else ""
            problem = f"must be one of {', '.join(SCENARIOS)}, not {asked[:60]!r}{suggestion}"
            raise invalid((path[:60], problem))
        return SCENARIOS[asked]
    check_sounds(world, f"{path[:60]}.script", asked.script)
    _check_tools(world, f"{path[:60]}.tools", asked.tools or (), platform)
    ring, talk = asked.ring_seconds, asked.talk_seconds
    return Scenario(
        name=CUSTOM_PREFIX + asked.model_dump_json(exclude_none=True),
        behavior=asked.behavior,
        ring=None if ring is None else timedelta(seconds=ring),
        talk=None if talk is None else timedelta(seconds=talk),
        keys=asked.keys,
        script=None if asked.script is None else plain_script(asked.script),
        language=asked.language or "",
        voice=asked.voice or "",
        tools=None if not asked.tools else [each.model_dump() for each in asked.tools],
    )
