"""HTTP by the byte, as cheap as it gets."""

import socket
from typing import Final

KEY: Final = "bench"
JSON: Final = "application/json"
LENGTH: Final = b"content-length: "
END: Final = b"\r\n\r\n"


def written(
    method: str, path: str, body: str = "", kind: str = JSON, credential: str = f"Bearer {KEY}"
) -> str:
    """Write a request as clients do: four headers, and the two of a body."""
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: 127.0.0.1:8080",
        "User-Agent: bench",
        "Accept: */*",
        f"Authorization: {credential}",
    ]
    if body:
        lines += [f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", body])


def is_whole(answer: bytes) -> bool:
    """Tell whether all of an answer is there, by its Content-Length."""
    end = answer.find(END)
    start = answer.find(LENGTH, 0, end) + len(LENGTH)
    if end < 0 or start < len(LENGTH):
        return False
    return len(answer) >= end + len(END) + int(answer[start : answer.index(b"\r", start)])


def exchange(connection: socket.socket, request: bytes) -> bytes:
    """Send a request and wait for its whole answer."""
    connection.sendall(request)
    answer = connection.recv(65536)
    while not is_whole(answer):
        answer += connection.recv(65536)
    return answer
