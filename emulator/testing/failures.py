"""What the report of a failed test says about its world, and how to repeat the failure."""

from os.path import relpath
from shlex import quote
from typing import Final

import pytest

from emulator.testing.link import ADDRESS
from emulator.testing.worlds import EmulatedWorld

NO_SOCKET: Final = (
    "the emulator is in this process and has no socket: give your client"
    " emulator_world.transport(), or run without --emulator-in-process"
)


def report_lines(
    item: pytest.Item, test: str, world: EmulatedWorld, error: BaseException | None
) -> list[str]:
    """Return what happened in the world of a failed test, and how to reproduce it."""
    lines = [_story(world), _reproduction(item, test, world)]
    if error is not None and _had_no_socket(error, world):
        lines.insert(0, NO_SOCKET)
    return lines


def notes(world: EmulatedWorld) -> list[str]:
    """Return the faults that were never applied, and the failures that the test has not read."""
    try:
        unused, failing = world.unused_faults(), world.unread_failures()
    except Exception:  # noqa: BLE001  # the test may have ended its emulator
        return []
    failed = [f"callback failed, and the test did not look: {each.summary}" for each in failing]
    return [each.summary for each in unused] + failed


def _story(world: EmulatedWorld) -> str:
    try:
        return world.story()
    except Exception as error:  # noqa: BLE001  # nothing here may hide why the test failed
        return f"the history cannot be shown: {type(error).__name__}: {error}"


def _had_no_socket(error: BaseException, world: EmulatedWorld) -> bool:
    """Return whether a client tried to connect to an emulator that has no socket."""
    failed = any(name in type(error).__name__ for name in ("Connect", "URLError"))
    return failed and world.inbox_url.startswith(f"{ADDRESS}/")


def _reproduction(item: pytest.Item, test: str, world: EmulatedWorld) -> str:
    """Say how to reproduce a run: by its file, and by its seed, which everything follows from."""
    inside = " --emulator-in-process" if item.config.getoption("--emulator-in-process") else ""
    name = test.replace("'", "'\"'\"'")
    return (
        f"{_saved_run(item, world)}\n"
        f"seed {world.seed}: the same ids, times and (ports aside) bodies come from\n"
        f"  pytest{inside} '{name}'\n"
        f"or from @pytest.mark.emulator(seed={world.seed}), whatever the name of the test"
    )


def _saved_run(item: pytest.Item, world: EmulatedWorld) -> str:
    """Write the world's run into pytest's cache, and return the command that replays it."""
    try:
        content = world.run()
    except Exception as error:  # noqa: BLE001  # as above
        return f"there is no run to replay: {error}"
    from emulator.disk import write_file  # noqa: PLC0415  # only when a test has failed

    try:
        path = item.config.cache.mkdir("emulator") / f"{world.name}.run"
        write_file(path, content)
    except (AttributeError, OSError) as error:  # -p no:cacheprovider, or nowhere to write
        return f"the run cannot be saved: {error}"
    shown = relpath(path, item.config.invocation_params.dir)
    return f"replay its requests with\n  voicebot-emulator replay {quote(shown)}"
