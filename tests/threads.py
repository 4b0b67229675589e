"""Servers on threads."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler], silence: threading.Event) -> Iterator[str]:
    """Serve on a free port; return its base URL.

    Requests that get no response wait for ``silence``, which is set at the end.
    """

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """Print nothing: the client has timed out and disconnected."""

    server = Server(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        silence.set()
        server.shutdown()
        thread.join()
        server.server_close()
