"""Runs blocks of Python, each as a program of its own, in one process; prints what each printed.

It reads a JSON list of blocks from standard input and writes a JSON list of outputs.
"""

import contextlib
import io
import json
import sys


def main() -> None:
    """Run the blocks in order; a failure ends the process with its traceback."""
    outputs = []
    for number, code in enumerate(json.load(sys.stdin)):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(code, f"<block {number}>", "exec"), {"__name__": "__main__"})  # noqa: S102  # the guide's own code
        outputs.append(printed.getvalue())
    print(json.dumps(outputs))  # noqa: T201  # what the test reads


if __name__ == "__main__":
    main()
