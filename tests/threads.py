"""Servers on threads of their own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler], silence: threading.Event) -> Iterator[str]:
    """Serve on a free port; give the beginning of its addresses.

    ``silence`` is what requests that are not answered wait for: it is set in the end.
    """

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """Whoever has been waiting too long has gone: nobody to tell."""

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
