"""HTTP servers of the tests' own, on loopback."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

__all__ = ["Handler", "serving"]


class Handler(BaseHTTPRequestHandler):
    """Answers nothing by itself; keeps connections, and says nothing."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body of an answer go out apart, and would wait for one another
    wbufsize = -1

    def log_message(self, format: str, *_: Any) -> None:  # noqa: A002 - its name
        pass

    def body(self) -> bytes:
        """What was sent with the request."""
        if self.headers.get("Expect", "").lower() == "100-continue":
            self.send_response_only(100)
            self.end_headers()
            self.wfile.flush()
        if "chunked" not in self.headers.get("Transfer-Encoding", "").lower():
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        data = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            data += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return data


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that has gone; what else goes wrong shows in what it is answered."""


@contextmanager
def serving(handler: type[Handler]) -> Iterator[int]:
    """The port of a server that answers as `handler` does."""
    with _Server(("127.0.0.1", 0), handler) as listening:
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield listening.server_address[1]
        finally:
            listening.shutdown()
            thread.join()
