"""How fast the bot of a stream was, in words."""

from typing import Any


def figures_of(quality: dict[str, Any] | None) -> list[str]:
    """Return what is said of the figures of a stream; nothing if it has none yet."""
    if not quality:
        return []
    first, response = quality["first_sound"], quality["response"]
    if first is None:
        return ["the bot was never heard"]
    parts = [f"the bot was heard after {first:g} s"]
    if response["each"]:
        parts.append(f"it responded in {response['median']:g} s (worst {response['worst']:g} s)")
    if response["unanswered"]:
        parts.append(_times("sentence without a response", response["unanswered"]))
    parts += [_barge_in(each) for each in quality["barge_ins"]]
    if quality["dead_air"]:
        parts.append(f"{quality['dead_air']:g} s of dead air")
    return parts


def _barge_in(each: dict[str, Any]) -> str:
    """Return what became of the person's speaking into the bot's sound."""
    cleared = each["to_clear"]
    how = "without clear" if cleared is None else f"clear came after {cleared:g} s"
    return f"interrupted at {each['at']:g} s, it was silent after {each['to_silence']:g} s ({how})"


def _times(what: str, count: int) -> str:
    return what if count == 1 else f"{what} ({count} times)"
