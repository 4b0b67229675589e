"""An endpoint in another process than the server that is killed; some requests to it hang."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

HANGING: Final = "/hang/"
"""How the paths begin whose first request gets no response."""


class Endpoint(ThreadingHTTPServer):
    """Counts the requests to each path."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.received: Counter[str] = Counter()
        self.lock = threading.Lock()
        self.is_closed = threading.Event()
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    """Responds with 200, or not at all."""

    protocol_version = "HTTP/1.1"
    server: Endpoint  # type: ignore[mutable-override]  # no other server has this handler

    def do_POST(self) -> None:
        """Take a callback."""
        self.rfile.read(int(self.headers["Content-Length"]))
        with self.server.lock:
            self.server.received[self.path] += 1
            is_first = self.server.received[self.path] == 1
        if self.path.startswith(HANGING) and is_first:
            self.server.is_closed.wait()
            self.close_connection = True
            return
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # as it is called
        """Print nothing."""


@contextmanager
def receiving() -> Iterator[Endpoint]:
    """Serve an endpoint."""
    with Endpoint() as endpoint:
        thread = threading.Thread(target=endpoint.serve_forever)
        thread.start()
        try:
            yield endpoint
        finally:
            endpoint.is_closed.set()
            endpoint.shutdown()
            thread.join()
