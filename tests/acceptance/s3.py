"""A real S3 server on loopback, and a proxy before it that counts requests and fails as networks and stores do."""

import http.client
import random
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle
from typing import Any

SLOW_DOWN = (
    b"<?xml version='1.0'?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
)
NOT_IMPLEMENTED = (
    b"<Error><Code>NotImplemented</Code><Message>A header implies what is not implemented.</Message></Error>"
)
FAULTS = ("slow down", "drop the request", "drop the answer", "truncate the answer")


@dataclass(frozen=True)
class Request:
    """What was asked for; `key` has the bucket in front."""

    method: str
    key: str
    query: str

    @property
    def writes(self) -> bool:
        return self.method not in {"GET", "HEAD"}

    @property
    def reads_object(self) -> bool:
        return self.method == "GET" and "list-type" not in self.query and "/" in self.key


class Proxy:
    """Passes requests on, one of them at a time. What `fault` names for a request happens to it."""

    def __init__(self, server: int) -> None:
        self.server = server
        self.log: list[Request] = []
        self.fault: Callable[[Request], str | None] = lambda _: None
        self.after: Callable[[Request], None] = lambda _: None  # called when a request was passed on
        self.turn = threading.Lock()

    def quiet(self) -> None:
        """From now on everything works, and nothing has been asked for."""
        self.log, self.fault, self.after = [], lambda _: None, lambda _: None

    def fail_now_and_then(self, seed: int, share: float = 0.25) -> None:
        """Fails in a share of requests, in each way in turn; alike for a seed as far as requests come in one order."""
        chance, ways = random.Random(seed), cycle(FAULTS)

        def fault(_: Request) -> str | None:
            return next(ways) if chance.random() < share else None

        self.fault = fault

    @property
    def written(self) -> list[str]:
        """The keys that were written or removed."""
        return [request.key for request in self.log if request.writes]

    @property
    def fetched(self) -> list[str]:
        """The keys that were read."""
        return [request.key for request in self.log if request.reads_object]

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        path, _, query = handler.path.partition("?")
        request = Request(handler.command, path.strip("/"), query)
        body = _body(handler)
        with self.turn:
            self.log.append(request)
            fault = self.fault(request)
            if fault == "slow down":
                _send(handler, 503, {"Content-Type": "application/xml"}, SLOW_DOWN, len(SLOW_DOWN))
                return
            if fault == "know no conditions" and {"if-match", "if-none-match"} & {
                each.lower() for each in handler.headers
            }:
                _send(handler, 501, {"Content-Type": "application/xml"}, NOT_IMPLEMENTED, len(NOT_IMPLEMENTED))
                return
            if fault == "drop the request":
                handler.close_connection = True
                return
            status, headers, data = self._pass_on(handler, body)
            self.after(request)
        length = int(headers["Content-Length"]) if handler.command == "HEAD" else len(data)
        if fault == "drop the answer":
            handler.close_connection = True
            return
        if fault == "truncate the answer":
            data, handler.close_connection = data[: len(data) // 2], True
        _send(handler, status, headers, b"" if handler.command == "HEAD" else data, length)

    def _pass_on(self, handler: BaseHTTPRequestHandler, body: bytes) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.server, timeout=20)
        try:
            skipped = ("connection", "content-length", "expect", "transfer-encoding")
            headers = {name: value for name, value in handler.headers.items() if name.lower() not in skipped}
            connection.request(handler.command, handler.path, body, {**headers, "Content-Length": str(len(body))})
            answer = connection.getresponse()
            kept = {
                name: value
                for name, value in answer.getheaders()
                if name.lower() not in ("connection", "transfer-encoding", "date", "server")
            }
            return answer.status, {"Content-Length": "0", **kept}, answer.read()
        finally:
            connection.close()


def _body(handler: BaseHTTPRequestHandler) -> bytes:
    if handler.headers.get("Expect", "").lower() == "100-continue":
        handler.send_response_only(100)
        handler.end_headers()
    if "chunked" not in handler.headers.get("Transfer-Encoding", ""):
        return handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
    data = b""
    while size := int(handler.rfile.readline().split(b";")[0], 16):
        data += handler.rfile.read(size)
        handler.rfile.readline()
    handler.rfile.readline()
    return data


def _send(handler: BaseHTTPRequestHandler, status: int, headers: dict[str, str], data: bytes, length: int) -> None:
    handler.send_response_only(status)
    for name, value in headers.items():
        if name.lower() != "content-length":
            handler.send_header(name, value)
    handler.send_header("Content-Length", str(length))
    handler.end_headers()
    handler.wfile.write(data)


@contextmanager
def running_proxy(server: int) -> Iterator[tuple[Proxy, int]]:
    """A proxy before the server on a port, and its own port."""
    proxy = Proxy(server)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *_: Any) -> None:  # noqa: A002 - its name
            pass

        def _any(self) -> None:
            proxy.answer(self)

        do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _any  # noqa: N815 - their names

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            pass  # a client that has gone

    with Server(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever, daemon=True)
        thread.start()
        yield proxy, listening.server_address[1]
        listening.shutdown()
        thread.join()


@contextmanager
def running_server(environment: dict[str, str]) -> Iterator[int]:
    """The port of an S3 server that begins empty."""
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, bufsize=1
    )
    assert process.stderr
    try:
        for line in process.stderr:
            if found := re.search(r"Running on http://127\.0\.0\.1:(\d+)", line):
                threading.Thread(target=process.stderr.read, daemon=True).start()
                yield int(found[1])
                break
        else:
            message = f"the S3 server did not start: {process.wait()}"
            raise RuntimeError(message)
    finally:
        process.terminate()
        process.wait()
        process.stderr.close()
