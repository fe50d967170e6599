"""A real S3 server on loopback, and a proxy before it that counts requests and fails as networks and stores do."""

import http.client
import os
import random
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

from tests.acceptance.loopback import Handler, serving

SLOW_DOWN = (
    b"<?xml version='1.0'?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
)
NOT_IMPLEMENTED = (
    b"<Error><Code>NotImplemented</Code><Message>A header implies what is not implemented.</Message></Error>"
)
SECRET = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY"
SETTINGS = {
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": SECRET,
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_MAX_ATTEMPTS": "1",  # what is tried again is tried by us
    "S3_UPLOAD_PART_MIN_SIZE": "1",
    "NO_PROXY": "127.0.0.1",
}
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

    def answer(self, handler: Handler) -> None:
        path, _, query = handler.path.partition("?")
        request = Request(handler.command, path.strip("/"), query)
        body = handler.body()
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

    def _pass_on(self, handler: Handler, body: bytes) -> tuple[int, dict[str, str], bytes]:
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


def _send(handler: Handler, status: int, headers: dict[str, str], data: bytes, length: int) -> None:
    handler.send_response_only(status)
    for name, value in headers.items():
        if name.lower() != "content-length":
            handler.send_header(name, value)
    handler.send_header("Content-Length", str(length))
    handler.end_headers()
    handler.wfile.write(data)


class Bucket:
    """What is in the server, looked at past the proxy."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def put(self, key: str, data: bytes) -> None:
        self._client.put_object(Bucket="corpus", Key=key, Body=data)

    def remove(self, key: str) -> None:
        self._client.delete_object(Bucket="corpus", Key=key)

    def keys(self, prefix: str = "") -> list[str]:
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket="corpus", Prefix=prefix)
        return [found["Key"] for page in pages for found in page.get("Contents", ())]

    def get(self, key: str) -> bytes:
        return self._client.get_object(Bucket="corpus", Key=key)["Body"].read()

    def contents(self, prefix: str = "") -> dict[str, bytes]:
        return {key.removeprefix(prefix): self.get(key) for key in self.keys(prefix)}

    def open_uploads(self) -> list[Any]:
        return self._client.list_multipart_uploads(Bucket="corpus").get("Uploads", [])

    def upload(self, folder: Path, prefix: str) -> None:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                self.put(f"{prefix}/{path.relative_to(folder).as_posix()}", path.read_bytes())


@contextmanager
def running_proxy(server: int) -> Iterator[tuple[Proxy, int]]:
    """A proxy before the server on a port, and its own port."""
    proxy = Proxy(server)

    class Passing(Handler):
        def _any(self) -> None:
            proxy.answer(self)

        do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _any  # noqa: N815 - their names

    with serving(Passing) as port:
        yield proxy, port


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
