"""The vendors' commands as their files spell them: a completion cannot wait for their imports."""

import ast
import re
from pathlib import Path
from typing import Any, Final

import click

from emulator.cli.durations import Duration

COMMAND: Final = re.compile(r'^    command="([\w-]+)",$', re.MULTILINE)
"""The line of a vendor's check that names its command."""
COMMON: Final = (
    click.Option(
        ["--timeout"],
        type=Duration(),
        default="10s",
        help="Time that the endpoint has to respond.  [10s]",
    ),
    click.Option(
        ["--now"],
        help="Time at the endpoint, if it is not the present, such as 2026-01-01T00:00:00Z.",
    ),
    click.Option(
        ["--allow-public-callbacks"], is_flag=True, help="Allow requests to public hosts."
    ),
    click.Option(["--insecure"], is_flag=True, help="Accept any certificate."),
    click.Option(["--quiet"], is_flag=True, help="Print only what did not pass."),
    click.Option(["--require-all"], is_flag=True, help="Fail if a check was not seen."),
    click.Option(
        ["--junit"], type=click.Path(dir_okay=False), help="Write a JUnit report to this file."
    ),
    click.Option(["--json", "as_json"], is_flag=True, help="Print JSON."),
)
"""The flags of every check of an endpoint."""


def names() -> list[str]:
    """Return the names of the vendors' commands."""
    return list(_texts())


def outline(name: str) -> click.Command | None:
    """Return a command with the flags of a vendor's, which does nothing; None for another name."""
    text = _texts().get(name)
    if text is None:
        return None
    # the fields of the one model in the module are the flags
    models = (each for each in ast.parse(text).body if isinstance(each, ast.ClassDef))
    fields = [each for each in next(models).body if isinstance(each, ast.AnnAssign)]
    return click.Command(name, params=[click.Argument(["url"]), *map(_flag, fields), *COMMON])


def _texts() -> dict[str, str]:
    """Return the text of each vendor's module ``endpoint_check``, by the command's name."""
    files = (Path(__file__).parents[1] / "platforms").glob("*/endpoint_check.py")
    texts = (file.read_text("utf-8") for file in files)
    return {name: text for text in texts for name in COMMAND.findall(text)}


def _flag(field: ast.AnnAssign) -> click.Option:
    """Make a flag of a field; one without a value, if its default is true or false."""
    flag = f"--{ast.unparse(field.target).replace('_', '-')}"
    keywords = (each for each in ast.walk(field) if isinstance(each, ast.keyword))
    described: Any = next((each.value for each in keywords if each.arg == "description"), None)
    is_flag = isinstance(field.value, ast.Constant) and isinstance(field.value.value, bool)
    return click.Option(
        [flag],
        is_flag=is_flag,
        multiple=isinstance(field.value, ast.Dict),
        help=getattr(described, "value", None),
    )
