"""``exec --report``: the run of a command as JUnit XML or as JSON."""

import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from emulator.cli.exec_story import callback_line, request_line, story_lines
from emulator.cli.files import write_file

Record = dict[str, Any]


def write_report(path: Path, command: Sequence[str], code: int, stories: list[Record]) -> None:
    """Write a report; as JUnit to a file that ends in .xml, else as JSON."""
    if path.suffix == ".xml":
        content = _junit(command, code, stories)
    else:
        report = {"command": list(command), "exit_code": code, "worlds": stories}
        content = json.dumps(report, indent=2).encode() + b"\n"
    write_file(path, content)


def _junit(command: Sequence[str], code: int, stories: list[Record]) -> bytes:
    """Have one test case for the command; after a failure one for each problem, too."""
    name = "voicebot-emulator exec"
    cases: list[tuple[str, str | None]] = [
        (" ".join(command), None if code == 0 else f"exit code {code}")
    ]
    if code:
        cases += [(what, line) for story in stories for what, line in _problems(story)]
    failures = [problem for _, problem in cases if problem is not None]
    suite = ET.Element(
        "testsuite", name=name, tests=str(len(cases)), failures=str(len(failures)), errors="0"
    )
    for title, problem in cases:
        case = ET.SubElement(suite, "testcase", classname=name, name=_legal(title))
        if problem is not None:
            ET.SubElement(case, "failure", message=_legal(problem))
    ET.SubElement(suite, "system-out").text = _legal("\n".join(story_lines(stories)))
    content: bytes = ET.tostring(suite, encoding="utf-8", xml_declaration=True)
    return content


def _problems(story: Record) -> Iterator[tuple[str, str]]:
    world = story["world"]
    for each in story["failed_callbacks"]:
        yield f"{world}: callback {each['id']}", callback_line(each)
    for each in story["refused_requests"]:
        yield f"{world}: request {each['method']} {each['target']}", request_line(each)
    for each in story["unused_faults"]:
        yield f"{world}: fault rule {each['id']}", f"{each['kind']}: {each['why']}"


def _legal(text: str) -> str:
    """Return the text without signs that XML cannot hold."""
    return "".join(sign if sign.isprintable() or sign == "\n" else " " for sign in text)
