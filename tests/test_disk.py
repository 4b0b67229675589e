"""Files on disk: private, written whole, and never through a link that was planted."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator.disk import is_mounted, open_new, open_regular, resolve_link, write_file


@pytest.fixture(params=[0, 0o022, 0o777], ids=["none", "usual", "all"])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    """Set a umask."""
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def mode(path: Path) -> int:
    """Return the permissions of a file."""
    return path.stat().st_mode & 0o777


@pytest.mark.usefixtures("umask")
def test_new_file_is_private_whatever_the_umask(tmp_path: Path) -> None:
    """Its mode is 0600 from the first moment on."""
    file = open_new(tmp_path / "a")
    assert os.fstat(file).st_mode & 0o777 == 0o600
    os.close(file)

    write_file(tmp_path / "b", b"content")

    assert mode(tmp_path / "b") == 0o600


@pytest.mark.usefixtures("umask")
def test_written_file_keeps_its_mode(tmp_path: Path) -> None:
    """The user chose it."""
    path = tmp_path / "a"
    path.write_bytes(b"")
    path.chmod(0o640)

    write_file(path, b"content")

    assert (mode(path), path.read_bytes()) == (0o640, b"content")


def test_new_file_replaces_a_planted_link(tmp_path: Path) -> None:
    """What the link leads to is not touched."""
    victim, path = tmp_path / "victim", tmp_path / "a"
    victim.write_bytes(b"theirs")
    path.symlink_to(victim)

    os.close(open_new(path))

    assert (victim.read_bytes(), path.is_symlink()) == (b"theirs", False)


def test_link_is_written_to_where_it_leads(tmp_path: Path) -> None:
    """A link that the user names stays a link."""
    path, target = tmp_path / "a", tmp_path / "b"
    path.symlink_to("b")

    write_file(path, b"content")

    assert path.is_symlink()
    assert target.read_bytes() == b"content"
    assert {each.name for each in tmp_path.iterdir()} == {"a", "b"}


def test_links_in_a_circle_are_an_error(tmp_path: Path) -> None:
    """They lead nowhere."""
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")

    with pytest.raises(OSError, match="Too many levels"):
        resolve_link(tmp_path / "a")


def test_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """A pipe in the place of a file is refused at once."""
    os.mkfifo(tmp_path / "a")

    with pytest.raises(OSError, match="not a regular file"):
        open_regular(tmp_path / "a")


def test_link_is_not_opened_unless_it_is_to_be_followed(tmp_path: Path) -> None:
    """The error says that it is a link."""
    (tmp_path / "b").write_bytes(b"content")
    (tmp_path / "a").symlink_to("b")

    with pytest.raises(OSError, match="a symbolic link"):
        open_regular(tmp_path / "a")

    file = open_regular(tmp_path / "a", follow=True)
    assert os.read(file, 10) == b"content"
    os.close(file)


def test_device_is_written_in_place() -> None:
    """An export may go to a device."""
    write_file(Path("/dev/null"), b"content")

    assert Path("/dev/null").is_char_device()


def test_plain_file_is_not_mounted(tmp_path: Path) -> None:
    """A file and a missing one are no mount points; the root is."""
    (tmp_path / "a").write_bytes(b"")

    assert not is_mounted(tmp_path / "a")
    assert not is_mounted(tmp_path / "b")
    assert is_mounted(Path("/"))
