"""Processes of the emulator that begin where its modules are imported: forks of one that waits.

To start Python and to import the emulator takes most of the time that a command takes. Each worker
of the tests has one process that has done so once, and forks it for each start, with arguments, a
folder, an environment and pipes as a start has them. A test about the start itself starts anew.
"""

import atexit
import ctypes
import gc
import inspect
import json
import os
import select
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from io import BufferedReader, BufferedWriter, FileIO, TextIOWrapper
from pathlib import Path
from runpy import run_module
from signal import SIGTERM
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]
ENVIRON: Final = os.environ  # noqa: TID251  # handed on, not read
PR_SET_CHILD_SUBREAPER: Final = 36
PR_SET_PDEATHSIG: Final = 1
MAX_ORDER_BYTES: Final = 1 << 17
STREAMS: Final = 3
STDERR: Final = 2
COVERED: Final = "COVERAGE_PROCESS_CONFIG"
"""Set where coverage follows the processes that are started."""
PATH: Final = "PYTHONPATH"
AT_START: Final = ("PYTHON", "LANG", "LC_")
"""Beginnings of variables that Python reads as it starts."""
ASKING: Final = """#!{python} -IS
import json, os, socket, sys

order = dict(
    arguments=sys.argv, folder=os.getcwd(), environment=dict(os.environ), is_session=False
)
with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as caller:
    caller.connect({path!r})
    socket.send_fds(caller, [json.dumps(order).encode()], [0, 1, 2])
    code = int(caller.recv(100))
if code < 0:
    os.kill(os.getpid(), -code)
os._exit(code)
"""
"""A program that is started in a tenth of the time, and asks for a fork."""
MODULES: Final = (
    *("emulator.app", "emulator.server", "emulator.control.routes", "emulator.cli.serve"),
    *("emulator.cli.exec", "emulator.cli.demo", "emulator.persistence.data_file", "httpx"),
    *("aiohttp", "asyncio", "rich.console", "rich.progress"),
)
"""What a server or a command needs, apart from the vendors."""


def is_possible(environment: Mapping[str, str]) -> bool:
    """Return whether a process with these variables besides ours may begin as a fork."""
    is_plain = not any(name.startswith(AT_START) for name in environment.keys() - {PATH})
    return sys.platform == "linux" and is_plain and COVERED not in ENVIRON


class Fork(subprocess.Popen[str]):
    """``python -m emulator``, as a fork of the process that waits; used as what it stands for."""

    def _execute_child(self, *args: Any) -> None:
        bound = inspect.signature(subprocess.Popen._execute_child).bind(self, *args)  # type: ignore[attr-defined]
        given = bound.arguments
        ours = [given[name] for name in ("p2cread", "c2pwrite", "errwrite")]
        environment: dict[str, str] = dict(given["env"] or ENVIRON)
        order = {
            "arguments": list(given["args"])[2:],  # without python -m
            "folder": str(Path(given["cwd"] or ".").absolute()),
            "environment": environment,
            "is_session": bool(given["start_new_session"]),
        }
        waiting = waiting_process(environment.get(PATH, ""))
        files = [own if own != -1 else number for number, own in enumerate(ours)]
        socket.send_fds(waiting, [json.dumps(order).encode()], files)
        self.pid = int(waiting.recv(MAX_ORDER_BYTES))
        self._child_created = True
        ends = ("p2cread", "p2cwrite", "c2pread", "c2pwrite", "errread", "errwrite")
        self._close_pipe_fds(*(given[name] for name in ends))  # type: ignore[attr-defined]


@cache
def waiting_process(path: str) -> socket.socket:
    """Start a process that waits; its forks become children of ours, which we can wait for.

    Modules on the path may change what is imported, so each path has a process.
    """
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        number = theirs.fileno()
        process = subprocess.Popen(  # noqa: S603  # this module
            [sys.executable, "-m", __name__, str(number)],
            pass_fds=[number],
            cwd=ROOT,
            env=ENVIRON | ({PATH: path} if path else {}),
        )

    def end() -> None:
        ours.close()
        process.wait()

    atexit.register(end)
    return ours


def wait_for_orders(orders: socket.socket) -> None:
    """Fork for each order; a fork returns, and is the process that was ordered."""
    prepare()
    while True:
        message, files, _, _ = socket.recv_fds(orders, MAX_ORDER_BYTES, STREAMS)
        if not message:
            os._exit(0)
        if (between := os.fork()) == 0:
            if (fork := os.fork()) == 0:
                orders.close()
                begin(json.loads(message), files)
                return
            orders.send(str(fork).encode())
            os._exit(0)  # and the fork is the child of whom the orders come from
        os.waitpid(between, 0)
        for number in files:
            os.close(number)


def wait_for_callers(path: str) -> None:
    """Fork for each caller of a socket, and tell it the exit code; a fork returns."""
    prepare()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, SIGTERM)
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(path)
        listener.listen()
        print("ready", flush=True)  # noqa: T201  # read by command_folder
        while True:
            caller, _ = listener.accept()
            if os.fork() == 0:
                listener.close()
                message, files, _, _ = socket.recv_fds(caller, MAX_ORDER_BYTES, STREAMS)
                if (fork := os.fork()) == 0:
                    caller.close()
                    begin(json.loads(message), files)
                    return
                for number in files:
                    os.close(number)
                ended = os.pidfd_open(fork)
                ready, _, _ = select.select([ended, caller.fileno()], [], [])
                if ended not in ready:  # the caller is gone
                    os.kill(fork, SIGTERM)
                _, status = os.waitpid(fork, 0)
                with suppress(OSError):
                    caller.send(str(os.waitstatus_to_exitcode(status)).encode())
                os._exit(0)
            caller.close()
            with suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass


@contextmanager
def command_folder(folder: Path) -> Iterator[Path]:
    """Put the command into a folder, so that what starts it gets a fork.

    A shell's processes cannot be ours: they get a program that asks for a fork, and waits for it.
    """
    path = folder / "forks.socket"
    command = folder / "voicebot-emulator"
    command.write_text(ASKING.format(python=sys.executable, path=str(path)))
    command.chmod(0o755)
    with subprocess.Popen(  # noqa: S603  # this module
        [sys.executable, "-m", __name__, str(path)], cwd=ROOT, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield folder
        process.terminate()


def run_command() -> None:
    """Be the command, which is found on the path."""
    from emulator.cli import main  # noqa: PLC0415  # of the process that waits

    sys.modules["__main__"].__package__ = None  # it was no module that was started
    main()


def prepare() -> None:
    """Import what a server needs."""
    from importlib import import_module  # noqa: PLC0415  # of the process that waits

    from emulator.platforms import discover  # noqa: PLC0415  # of the process that waits

    for name in MODULES:
        import_module(name)
    for platform in discover().values():
        assert platform.hooks.operations
    gc.collect()
    gc.freeze()


def begin(order: dict[str, Any], files: list[int]) -> None:
    """Become the process that was ordered."""
    if order["is_session"]:
        os.setsid()
    for number, file in enumerate(files):
        os.dup2(file, number)
    os.closerange(STREAMS, max(files) + STREAMS)
    if order["is_session"] and os.isatty(0):
        take_terminal()
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        stream = reopened(number, getattr(sys, name))
        for each in (name, f"__{name}__"):
            setattr(sys, each, stream)
    os.chdir(order["folder"])
    ENVIRON.clear()
    ENVIRON.update(order["environment"])
    sys.argv = order["arguments"]
    sys.path[0] = order["folder"]


def take_terminal() -> None:
    """Have the terminal send us its signals."""
    import fcntl  # noqa: PLC0415  # not on every system
    import termios  # noqa: PLC0415  # not on every system

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def reopened(number: int, former: Any) -> TextIOWrapper:
    """Return a standard stream as Python makes it when it starts."""
    is_unbuffered = former.write_through and former.writable()
    raw = FileIO(number, "wb" if former.writable() else "rb", closefd=False)
    if is_unbuffered:
        buffer: Any = raw
    else:
        buffer = BufferedWriter(raw) if former.writable() else BufferedReader(raw)
    return TextIOWrapper(
        buffer,
        encoding=former.encoding,
        errors=former.errors,
        newline="\n" if former.writable() else None,
        line_buffering=number == STDERR or os.isatty(number),
        write_through=is_unbuffered,
    )


if __name__ == "__main__":
    try:
        if sys.argv[1].isdecimal():
            wait_for_orders(socket.socket(fileno=int(sys.argv[1])))
        else:
            wait_for_callers(sys.argv[1])
    except KeyboardInterrupt:
        os._exit(1)  # the tests were interrupted
    if sys.argv[0].endswith("/voicebot-emulator"):
        run_command()
    run_module("emulator", run_name="__main__", alter_sys=True)
