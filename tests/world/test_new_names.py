"""What new worlds are called, and the slot that their names put into credentials."""

from binascii import crc32

import httpx
import pytest

from emulator.app import create_app
from emulator.ids import Ids, slot_of
from emulator.settings import Settings
from tests.cases import each_case

TOKEN = "only-for-tests"


@each_case(
    ("name", "beginning"),
    [
        pytest.param("default", "default", id="default"),
        pytest.param("demo.12", "demo", id="fork"),
        pytest.param("a.b.c", "a", id="fork-of-a-fork"),
        pytest.param("Mine_1-a", "Mine_1-a", id="without-a-dot"),
    ],
)
async def test_slot_stands_in_everything_that_is_minted(name: str, beginning: str) -> None:
    """The first four digits of each credential are the slot of the world, also in its token."""
    app = create_app(Settings(token=TOKEN))
    worlds = app.worlds
    world = worlds.named(name) or worlds.create(name=name)
    slot = f"{crc32(beginning.encode()) % 65_536:04x}"

    minted = {
        f"{platform} {field}": text
        for platform in app.platforms
        for field, text in worlds.credentials(world, platform).items()
    }
    if name != "default":
        minted["control token"] = worlds.tokens.of(world) or ""

    prefixes = ("sk_", "acct", "key", "token", "intron_", "voicebooker_", "phoneSipId", "emw-")
    assert len(minted) >= 7
    assert [
        what
        for what, text in minted.items()
        if not text.startswith(tuple(f"{each}{slot}" for each in prefixes))
    ] == []


def test_rest_of_a_secret_depends_on_the_whole_name() -> None:
    """Worlds of one slot have other credentials."""
    one, other = (Ids(0).secret("exotel", name) for name in ("a.1", "a.2"))

    assert (one[:4], len(one)) == (other[:4], 32)
    assert one[4:] != other[4:]


async def forked(http: httpx.AsyncClient, origin: str) -> str:
    """Fork a world or a snapshot without choosing a name, and return it."""
    name: str = (await http.post("/_emulator/worlds", json={"from": origin})).json()["name"]
    return name


async def test_forks_are_called_after_their_origin(http: httpx.AsyncClient) -> None:
    """A number that is free follows the name of the world, also in a fork of a snapshot."""
    await http.post("/_emulator/worlds", json={"name": "a"})
    await http.post("/_emulator/worlds", json={"name": "a.2"})
    taken = {"X-Emulator-World": "a"}
    await http.post("/_emulator/snapshots", json={"name": "before"}, headers=taken)

    names = [await forked(http, origin) for origin in ("a", "a", "before", "a.1", "default")]

    assert names == ["a.1", "a.3", "a.4", "a.1.1", "default.1"]
    await http.delete("/_emulator/worlds/a")
    await http.post("/_emulator/worlds", json={"name": "a"})
    assert await forked(http, "a") == "a.5"


async def test_fork_of_a_long_name_needs_a_name(http: httpx.AsyncClient) -> None:
    """There is no room for a number after 63 characters."""
    name = "a" * 63
    await http.post("/_emulator/worlds", json={"name": name})

    refused = await http.post("/_emulator/worlds", json={"from": name})

    assert refused.status_code == 409
    assert "give the fork a name" in refused.json()["detail"]


def same_accounts() -> tuple[str, str]:
    """Return the names of two forks of one world whose accounts at Exotel would be the same."""
    found: dict[str, str] = {}
    for number in range(1, 1_000_000):
        name = f"demo.{number}"
        digits = Ids(0).secret("exotel", name)[:10]
        if digits in found:
            return found[digits], name
        found[digits] = name
    raise AssertionError("no two have the same digits")


async def test_no_two_worlds_have_a_credential_in_common() -> None:
    """A name whose account is another world's is refused, and never made for a fork."""
    worlds = create_app().worlds
    first, second = same_accounts()
    demo = worlds.create(name="demo")
    worlds.create(name=first)

    with pytest.raises(Exception, match=f"a credential of the world {first}; choose another name"):
        worlds.create(name=second)
    worlds.names._forks["demo"] = int(second.partition(".")[2]) - 1
    assert worlds.fork(demo).name == f"demo.{int(second.partition('.')[2]) + 1}"


def test_slots_are_spread() -> None:
    """Numbered names fall on each half of the slots about as often."""
    halves = [slot_of(f"world-{number}") // 32_768 for number in range(1000)]

    assert 400 < sum(halves) < 600
