"""JUnit reports of commands that check a service: a test case for each check."""

import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

from emulator.disk import write_file


def write_junit(path: Path, command: str, shown: dict[str, Any]) -> None:
    """Write what was checked; what was not seen is skipped."""
    checks = shown["checks"]
    failures = sum(each["result"] == "fail" for each in checks)
    suite = ET.Element(
        "testsuite", name=command, tests=str(len(checks)), failures=str(failures), errors="0"
    )
    for each in checks:
        case = ET.SubElement(
            suite, "testcase", classname=f"{command}.{each['action']}", name=legal(each["check"])
        )
        reason = legal(each["reason"])
        if each["result"] == "fail":
            ET.SubElement(case, "failure", message=reason)
        elif each["result"] in {"skip", "not seen"}:
            ET.SubElement(case, "skipped", message=reason)
        else:
            ET.SubElement(case, "system-out").text = reason
    write_file(path, ET.tostring(suite, encoding="utf-8", xml_declaration=True))


def legal(text: str) -> str:
    """Return the text without signs that XML cannot hold."""
    return "".join(sign if sign.isprintable() or sign == "\n" else " " for sign in text)
