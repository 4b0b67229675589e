"""``init``: a seed file to begin with."""

import json
from pathlib import Path

import click

from emulator.cli.commands import Command
from emulator.cli.exit_codes import USAGE
from emulator.cli.files import write_file
from emulator.cli.log_lines import DEFAULT_URL
from emulator.cli.output import echo, fail


@click.command("init", cls=Command)
@click.argument(
    "path",
    type=click.Path(dir_okay=False, path_type=Path, allow_dash=True),
    default="emulator.yaml",
    required=False,
)
@click.option("--schema", is_flag=True, help="Print the JSON Schema of seed files instead.")
@click.option("--force", is_flag=True, help="Replace a file that exists.")
def init(path: Path, *, schema: bool, force: bool) -> None:
    """Write a commented seed file, the demo world: emulator.yaml, or PATH (- for standard output).

    `serve --seed-file emulator.yaml` fills worlds from it.
    """
    from emulator.vendors import discover  # noqa: PLC0415  # a Tab waits for no vendor

    if schema:
        from emulator.control.seed_file.schema import json_schema  # noqa: PLC0415  # as above

        echo(json.dumps(json_schema(discover()), indent=2))
        return
    from emulator.control.seed_file.example import example  # noqa: PLC0415  # as above

    if str(path) != "-" and path.exists() and not force:
        fail(f"{path} already exists; --force replaces it", USAGE)
    write_file(path, example(discover(), DEFAULT_URL).encode())
    if str(path) != "-":
        echo(f"wrote {path}; load it with: voicebot-emulator serve --seed-file {path}", err=True)


commands = (init,)
