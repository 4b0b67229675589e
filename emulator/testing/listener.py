"""An app of a test on a free port, for an emulator that is another process."""

import socket
import threading

import uvicorn

from emulator.testing.worlds import App


class Listening:
    """Serves an app from a thread until it is closed; no lifespan is run."""

    def __init__(self, app: App) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        config = uvicorn.Config(app, ws="none", lifespan="off", log_config=None, access_log=False)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, args=([self._listener],), name="app", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Stop serving."""
        self._server.should_exit = True
        self._thread.join()
        self._listener.close()
