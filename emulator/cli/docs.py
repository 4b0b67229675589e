"""``docs``: print the guides."""

import click

from emulator.cli.commands import Command
from emulator.cli.output import echo, show
from emulator.docs.library import UnknownGuideError, guide_about, guides


@click.command(cls=Command)
@click.argument("topic", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def docs(*, topic: str | None, as_json: bool) -> None:
    """Print the guide about TOPIC, or list the guides.

    The same guides are pages of a running emulator, under /_emulator/guide/.
    """
    if topic is None:
        rows = [{"topic": each.topic, "title": each.title} for each in guides().values()]
        show(rows, as_json=as_json, columns=("topic", "title"))
        return
    try:
        guide = guide_about(topic)
    except UnknownGuideError as error:
        raise click.UsageError(f"{error}\n`voicebot-emulator docs` lists the guides") from None
    text = guide.linked(lambda topic, _: f"voicebot-emulator docs {topic}")
    if as_json:
        show({"topic": guide.topic, "title": guide.title, "text": text}, as_json=True)
    else:
        echo(text, nl=False)


commands = (docs,)
