"""A stand-in for the Hugging Face Hub on loopback: what `huggingface_hub` and `datasets` ask of it, in memory.

It is strict: what it doesn't know, it answers with 404 and remembers in `unknown`; a commit names only large files that
were sent, whose size and SHA-256 are what was announced, and lies on the commit that it says, or isn't made.
"""

import base64
import hashlib
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from tests.acceptance.loopback import Handler, serving

WRITE, READ = "hf_writeSecretOfNobody", "hf_readSecretOfNobody"
"""Tokens that may write, and only read."""
SIGNATURE = "signature=0123456789abcdef"


@dataclass(frozen=True)
class Blob:
    data: bytes
    large: bool

    @property
    def name(self) -> str:
        data = self.pointer if self.large else self.data
        return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @property
    def pointer(self) -> bytes:
        head = "version https://git-lfs.github.com/spec/v1"
        return f"{head}\noid sha256:{self.sha256}\nsize {len(self.data)}\n".encode()


@dataclass
class Repository:
    private: bool
    commits: dict[str, dict[str, Blob]] = field(default_factory=dict)  # by name, in order
    titles: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    large: dict[str, bytes] = field(default_factory=dict)  # by SHA-256

    @property
    def head(self) -> str:
        return list(self.commits)[-1]

    def commit(self, title: str, tree: dict[str, Blob]) -> str:
        name = hashlib.sha1(f"{len(self.commits)} {title}".encode()).hexdigest()
        self.commits[name], self.titles[name] = tree, title
        return name

    def resolved(self, revision: str) -> str | None:
        name = self.head if revision == "main" else self.tags.get(revision, revision)
        return name if name in self.commits else None

    def files(self, revision: str) -> dict[str, bytes]:
        return {path: blob.data for path, blob in self.commits[self.resolved(revision)].items()}


class Refusal(Exception):  # noqa: N818 - what the Hub does
    def __init__(self, status: int, message: str, code: str = "") -> None:
        super().__init__(message)
        self.status, self.code = status, code


class Hub:
    """All repositories, what was asked for, and what goes wrong."""

    def __init__(self) -> None:
        self.repositories: dict[str, Repository] = {}
        self.log: list[str] = []  # METHOD and path
        self.unknown: list[str] = []
        self.port = 0
        self.fault: Callable[[str], int | str | None] = lambda _: None  # a status, "drop" or "drop answer"
        self.before: Callable[[str], None] = lambda _: None
        self.turn = threading.RLock()

    def quiet(self) -> None:
        self.repositories.clear()
        self.log, self.unknown = [], []
        self.fault, self.before = (lambda _: None), (lambda _: None)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def sent(self) -> list[str]:
        """The large files that were sent."""
        return [line.rpartition("/")[2] for line in self.log if line.startswith("PUT ")]

    def create(self, name: str, *, private: bool = False) -> Repository:
        found = self.repositories[name] = Repository(private)
        found.commit("initial commit", {".gitattributes": Blob(b"*.parquet filter=lfs -text\n", large=False)})
        return found


Answer = tuple[int, Any, dict[str, str]]
ROUTES: list[tuple[str, re.Pattern[str], Callable[..., Answer]]] = []


def route(method: str, pattern: str) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
    def register(answer: Callable[..., Answer]) -> Callable[..., Answer]:
        ROUTES.append((method, re.compile(pattern), answer))
        return answer

    return register


@dataclass(frozen=True)
class Asked:
    hub: Hub
    token: str | None
    body: bytes
    query: str

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def may_write(self) -> None:
        if self.token is None:
            raise Refusal(401, "Invalid username or password.")
        if self.token not in (READ, WRITE):
            raise Refusal(401, "Invalid credentials in Authorization header")
        if self.token != WRITE:
            raise Refusal(403, "You don't have the rights to write here")

    def repository(self, name: str) -> Repository:
        found = self.hub.repositories.get(name)
        if found is None or (found.private and self.token not in (READ, WRITE)):
            if self.token is None:
                raise Refusal(401, "Invalid username or password.")
            raise Refusal(404, "Repository not found", "RepoNotFound")
        return found

    def tree(self, name: str, revision: str) -> tuple[Repository, str, dict[str, Blob]]:
        found = self.repository(name)
        commit = found.resolved(unquote(revision))
        if commit is None:
            raise Refusal(404, f"Invalid rev id: {revision}", "RevisionNotFound")
        return found, commit, found.commits[commit]


REPO = r"(?P<repo>[\w.-]+/[\w.-]+)"
REV = r"(?P<rev>[^/]+)"


@route("POST", "/api/repos/create")
def create(asked: Asked) -> Answer:
    asked.may_write()
    value = asked.json
    assert value.keys() <= {"name", "organization", "type", "visibility", "private"}, value
    assert value["type"] == "dataset"
    name = f"{value['organization']}/{value['name']}"
    url = f"{asked.hub.endpoint}/datasets/{name}"
    if name in asked.hub.repositories:
        return 409, {"error": "You already created this dataset repo", "url": url}, {}
    asked.hub.create(name, private=value.get("visibility") == "private" or value.get("private") is True)
    return 200, {"url": url, "name": name}, {}


@route("GET", "/api/agent-harnesses")
def harnesses(asked: Asked) -> Answer:
    return 200, {"standardEnvVars": [], "harnesses": {}}, {}


@route("POST", "/api/validate-yaml")
def validate(asked: Asked) -> Answer:
    assert asked.json["repoType"] == "dataset"
    return 200, {"errors": [], "warnings": []}, {}


@route("GET", f"/api/datasets/{REPO}(/revision/{REV})?")
def info(asked: Asked, repo: str, rev: str | None) -> Answer:
    found, commit, tree = asked.tree(repo, rev or "main")
    siblings = [{"rfilename": path} for path in sorted(tree)]
    return 200, {"id": repo, "sha": commit, "private": found.private, "tags": [], "siblings": siblings}, {}


@route("GET", f"/api/datasets/{REPO}/refs")
def refs(asked: Asked, repo: str) -> Answer:
    found = asked.repository(repo)
    branches = [{"name": "main", "ref": "refs/heads/main", "targetCommit": found.head}]
    tags = [{"name": name, "ref": f"refs/tags/{name}", "targetCommit": to} for name, to in found.tags.items()]
    return 200, {"branches": branches, "tags": tags, "converts": []}, {}


def _entry(path: str, blob: Blob) -> dict[str, Any]:
    large = {"lfs": {"oid": blob.sha256, "size": len(blob.data), "pointerSize": len(blob.pointer)}}
    return {"type": "file", "path": path, "size": len(blob.data), "oid": blob.name, **(large if blob.large else {})}


def _listed(tree: dict[str, Blob], below: str, *, deep: bool) -> list[dict[str, Any]]:
    start = f"{below}/" if below else ""
    found, folders = [], set()
    for path, blob in sorted(tree.items()):
        if not path.startswith(start):
            continue
        parts = path[len(start) :].split("/")
        folders |= {start + "/".join(parts[:n]) for n in range(1, len(parts) if deep else min(2, len(parts)))}
        if deep or len(parts) == 1:
            found.append(_entry(path, blob))
    return [{"type": "directory", "path": name, "size": 0, "oid": "0" * 40} for name in sorted(folders)] + found


@route("GET", f"/api/datasets/{REPO}/tree/{REV}(/(?P<below>.+))?")
def tree(asked: Asked, repo: str, rev: str, below: str | None) -> Answer:
    _, _, files = asked.tree(repo, rev)
    found = _listed(files, unquote(below or ""), deep="recursive=true" in asked.query.lower())
    if below and not found:
        raise Refusal(404, f"{below} does not exist", "EntryNotFound")
    return 200, found, {}


@route("POST", f"/api/datasets/{REPO}/paths-info/{REV}")
def paths_info(asked: Asked, repo: str, rev: str) -> Answer:
    _, _, files = asked.tree(repo, rev)
    text = asked.body.decode()
    wanted = asked.json["paths"] if text.startswith("{") else re.findall(r"paths=([^&]*)", text)
    entries = {entry["path"]: entry for entry in _listed(files, "", deep=True)}
    return 200, [entries[path] for path in map(unquote, wanted) if path in entries], {}


@route("POST", f"/api/datasets/{REPO}/preupload/{REV}")
def preupload(asked: Asked, repo: str, rev: str) -> Answer:
    asked.may_write()
    _, _, files = asked.tree(repo, rev)
    modes = []
    for file in asked.json["files"]:
        assert file.keys() == {"path", "sample", "size"}
        mode = "lfs" if file["path"].endswith(".parquet") else "regular"
        oid = files[file["path"]].name if file["path"] in files else None
        modes.append({"path": file["path"], "uploadMode": mode, "shouldIgnore": False, "oid": oid})
    return 200, {"files": modes}, {}


@route("POST", rf"/datasets/{REPO}\.git/info/lfs/objects/batch")
def batch(asked: Asked, repo: str) -> Answer:
    asked.may_write()
    found, value = asked.repository(repo), asked.json
    assert (value["operation"], value["hash_algo"]) == ("upload", "sha256")
    objects = []
    for each in value["objects"]:
        upload = {"upload": {"href": f"{asked.hub.endpoint}/store/{repo}/{each['size']}/{each['oid']}?{SIGNATURE}"}}
        objects.append(each | ({} if each["oid"] in found.large else {"actions": upload}))
    return 200, {"transfer": "basic", "objects": objects}, {}


@route("PUT", rf"/store/{REPO}/(?P<size>\d+)/(?P<oid>[0-9a-f]{{64}})")
def put(asked: Asked, repo: str, size: str, oid: str) -> Answer:
    if (len(asked.body), hashlib.sha256(asked.body).hexdigest()) != (int(size), oid):
        raise Refusal(400, "not what was announced")
    if asked.query != SIGNATURE or asked.token is not None:  # a store of others, which must not see the token
        raise Refusal(403, "not signed")
    asked.hub.repositories[repo].large[oid] = asked.body
    return 200, {}, {}


@route("POST", f"/api/datasets/{REPO}/commit/main")
def commit(asked: Asked, repo: str) -> Answer:
    asked.may_write()
    found = asked.repository(repo)
    lines = [json.loads(line) for line in asked.body.splitlines()]
    assert [line["key"] == "header" for line in lines] == [True] + [False] * (len(lines) - 1)
    if lines[0]["value"].get("parentCommit", found.head) != found.head:
        raise Refusal(412, "A commit has happened since. Please refresh and try again.")
    files = dict(found.commits[found.head])
    for line in lines[1:]:
        value, path = line["value"], line["value"]["path"]
        if line["key"] == "file":
            assert value["encoding"] == "base64"
            files[path] = Blob(base64.b64decode(value["content"], validate=True), large=False)
        elif line["key"] == "lfsFile":
            data = found.large.get(value["oid"])
            if data is None or len(data) != value["size"]:
                raise Refusal(400, f"{path} was not sent")
            files[path] = Blob(data, large=True)
        elif line["key"] == "deletedFile" and path in files:
            del files[path]
        else:
            raise Refusal(400, f"{line['key']} {path} can't be done")
    name = found.commit(lines[0]["value"]["summary"], files)
    return 200, {"commitUrl": f"{asked.hub.endpoint}/datasets/{repo}/commit/{name}", "commitOid": name}, {}


@route("POST", f"/api/datasets/{REPO}/tag/{REV}")
def tag(asked: Asked, repo: str, rev: str) -> Answer:
    asked.may_write()
    found, commit, _ = asked.tree(repo, rev)
    if asked.json["tag"] in found.tags:
        raise Refusal(409, "Tag already exists")
    found.tags[asked.json["tag"]] = commit
    return 200, {}, {}


@route("GET", f"/datasets/{REPO}/resolve/{REV}/(?P<path>.+)")
def resolve(asked: Asked, repo: str, rev: str, path: str) -> Answer:
    _, name, files = asked.tree(repo, rev)
    blob = files.get(unquote(path))
    if blob is None:
        raise Refusal(404, "Entry not found", "EntryNotFound")
    etag = blob.sha256 if blob.large else blob.name
    linked = {"X-Linked-Etag": f'"{etag}"', "X-Linked-Size": str(len(blob.data))} if blob.large else {}
    return 200, blob.data, {"X-Repo-Commit": name, "ETag": f'"{etag}"', "Accept-Ranges": "bytes", **linked}


class _Answering(Handler):
    hub: Hub

    def _serve(self) -> None:
        body, url = self.body(), urlsplit(self.path)
        line = f"{self.command} {url.path}"
        self.hub.before(line)
        with self.hub.turn:
            self.hub.log.append(line)
            fault = self.hub.fault(line)
            if fault == "drop":
                self.close_connection = True
                return
            if isinstance(fault, int):
                self._send(fault, {"error": "not now"}, {"X-Error-Message": "not now"})
                return
            status, value, headers = self._answer(url.path, url.query, body)
            if fault == "drop answer":
                self.close_connection = True
                return
        self._send(status, value, headers)

    def _answer(self, path: str, query: str, body: bytes) -> Answer:
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        asked = Asked(self.hub, token if scheme == "Bearer" else None, body, query)
        for method, pattern, answer in ROUTES:
            found = pattern.fullmatch(path)
            if found and method == self.command.replace("HEAD", "GET"):
                try:
                    return answer(asked, **found.groupdict())
                except Refusal as refusal:
                    headers = {"X-Error-Message": str(refusal)} | (
                        {"X-Error-Code": refusal.code} if refusal.code else {}
                    )
                    return refusal.status, {"error": str(refusal)}, headers
                except (AssertionError, KeyError, ValueError) as error:
                    self.hub.unknown.append(f"{self.command} {path}: {error!r}")
                    return 400, {"error": "malformed"}, {}
        self.hub.unknown.append(f"{self.command} {path}")
        return 404, {"error": "no such thing"}, {}

    def _send(self, status: int, value: Any, headers: dict[str, str]) -> None:
        data = value if isinstance(value, bytes) else json.dumps(value).encode()
        found = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range") or "")
        if found and status == 200 and isinstance(value, bytes):
            start, end = int(found[1]), min(int(found[2] or len(data) - 1), len(data) - 1)
            headers = headers | {"Content-Range": f"bytes {start}-{end}/{len(data)}"}
            status, data = 206, data[start : end + 1]
        self.send_response(status)
        kind = "application/octet-stream" if isinstance(value, bytes) else "application/json"
        for name, text in {"Content-Type": kind, "Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, text)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    do_GET = do_HEAD = do_POST = do_PUT = _serve  # noqa: N815 - as http.server calls them


@contextmanager
def running_hub() -> Iterator[Hub]:
    """A Hub on a port of its own."""
    hub = Hub()
    with serving(type("Bound", (_Answering,), {"hub": hub})) as hub.port:
        yield hub
