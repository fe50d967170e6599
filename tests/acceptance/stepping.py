"""Runs of `release` and `publish` that are killed with SIGKILL right before the n-th thing that they do to the outside.

What they do is seen from outside of the code, by Python's audit events: files opened for writing, renamed, removed,
linked, folders made and removed, programs started, and the function of the C library that makes two folders change
places. `Steps` holds a process in which everything is imported already and forks one for each run, for a run of a whole
process would mostly import.

What a kill leaves is what lies in the files at that moment. So a run needn't be repeated up to each of its steps: one
that stops there and copies what it works on shows the same for all of them (`Steps.copies`). `test_release_stopped.py`
compares some of these copies with what runs leave that are killed indeed.
"""

import importlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, Self

__all__ = ["Run", "Steps", "every_step"]

ROOT = Path(__file__).resolve().parents[2]
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
_ASKING = re.compile(
    r"^run .* (cat-file|config|for-each-ref|ls-files|ls-tree|rev-parse|show|status|symbolic-ref|var)( |$)"
)  # programs that change nothing
_CHANGES = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate"}


class Run(NamedTuple):
    """How a run ended."""

    code: int  # as `subprocess` gives it: -9 where it was killed
    steps: list[str]  # what it did, or, at the end, was about to do
    said: str  # the error that it ended with

    @property
    def killed(self) -> bool:
        return self.code == -signal.SIGKILL

    def moments(self, begin: str, every: int = 1) -> list[int]:
        """Steps before which the outside isn't as it was before the step before them.

        From the first step that the expression `begin` matches to where at the end nothing but removing is left, one in
        `every`, and the last; of the others one in eighty. Where the same is done to several files (`_kind`), the first
        and the last of them stand for all. With DATASET_BUILDER_STEPS=all in the environment, all of the former and ten
        times as many of the latter.
        """
        many = every_step()
        first = next(at for at, step in enumerate(self.steps, 1) if re.search(begin, step))
        last = max(at for at, step in enumerate(self.steps, 1) if not step.startswith(("remove ", "rmdir "))) + 2
        changed = [at for at, step in enumerate(self.steps[:-1], 2) if not _ASKING.search(step)]
        others = [at for at in changed if not first <= at <= last]
        dense = [at for at in changed if first <= at <= last]
        if not many:
            dense = self._first_and_last(dense)
        return [*dense[:: -1 if many else -every], *others[:: 8 if many else 80]]

    def _first_and_last(self, moments: list[int]) -> list[int]:
        """Those between steps of a kind that is met for the first or for the last time."""
        kinds = {at: tuple(map(_kind, self.steps[at - 2 : at])) for at in moments}
        ends = {*{kinds[at]: at for at in moments}.values(), *{kinds[at]: at for at in reversed(moments)}.values()}
        return [at for at in moments if at in ends]


def every_step() -> bool:
    """Whether all steps are asked for, rather than a sample."""
    return os.environ.get("DATASET_BUILDER_STEPS") == "all"


def _kind(step: str) -> str:
    """What a step does, whatever it does it to: a command without its objects; a verb, and in what folder."""
    verb, _, what = step.partition(" ")
    if verb == "run":
        return " ".join(word for word in what.split() if not re.search(r"[/.]|[0-9a-f]{7}", word))
    folder, _, name = re.sub(r"(/release|\.staging-\d+)/.*/", r"\1/", what).rpartition("/")
    return " ".join((verb, folder, *re.findall(r"staging|unfinished|json$", name)))


class Steps:
    """A process that forks a run for each question."""

    def __enter__(self) -> Self:
        command = [sys.executable, "-W", "ignore", str(Path(__file__))]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def run(
        self,
        folder: Path,
        name: str,
        *arguments: str,
        before: int = 0,
        behind: str = "",
        pid: str = "",
        copies: tuple[Path, dict[int, Path]] | None = None,
    ) -> Run:
        """`dataset_builder.<name>` in `folder`, not killed where nothing says when.

        It is killed before its step number `before`, or before what follows the first step that the expression
        `behind` matches. Into the file `pid` goes the number of the process, for others to kill it. Of a folder,
        `copies` are made before steps of these numbers.
        """
        assert self._process.stdin
        assert self._process.stdout
        asked = {
            "folder": str(folder),
            "name": name,
            "arguments": arguments,
            "before": before,
            "behind": behind,
            "pid": pid,
            "copied": str(copies[0]) if copies else "",
            "copies": {at: str(path) for at, path in copies[1].items()} if copies else {},
        }
        self._process.stdin.write(json.dumps({**asked, "environment": dict(os.environ)}) + "\n")
        self._process.stdin.flush()
        return Run(**json.loads(self._process.stdout.readline()))

    def copies(
        self, of: Path, moments: list[int], folder: Path, name: str, *arguments: str
    ) -> Iterator[tuple[int, str]]:
        """What a kill before each of these steps leaves of the folder `of`, one after the other in its place.

        With the step that it was about to do. What is made of the folder in between is thrown away.
        """
        with tempfile.TemporaryDirectory(dir=of.parent) as aside:
            places = {at: Path(aside) / str(at) for at in moments}
            found = self.run(folder, name, *arguments, copies=(of, places))
            assert found.code == 0, found.said
            for at in moments:
                shutil.rmtree(of)
                places[at].rename(of)
                yield at, found.steps[at - 1]


def _serve() -> None:
    """Answers each line of the input with one."""
    sys.path.insert(0, str(ROOT))
    import dataset_builder

    dataset_builder.open_project(ROOT / "tests/rules/base")
    for late in ("build", "diff", "publish", "release", "verify"):
        importlib.import_module(f"dataset_builder.pipeline.{late}")
    for line in sys.stdin:
        asked = json.loads(line)
        with tempfile.TemporaryFile("w+") as log:
            child = os.fork()
            if child == 0:
                _run(asked, log.fileno())
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            log.seek(0)
            *steps, said = [*log.read().splitlines(), ""] if code < 0 else log.read().splitlines()
        sys.stdout.write(json.dumps({"code": code, "steps": steps, "said": said}) + "\n")
        sys.stdout.flush()


def _run(asked: dict[str, Any], log: int) -> None:
    """Does what is asked, and never comes back."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.environ.clear()
    os.environ.update(asked["environment"])
    os.chdir(asked["folder"])
    if asked["pid"]:
        Path(asked["pid"]).write_text(str(os.getpid()))
    taken, last, behind = 0, False, re.compile(asked["behind"])
    copying = False

    def step(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal taken, last, copying
        name = None if copying else _step(event, arguments)
        if name is None:
            return
        taken += 1
        os.write(log, f"{name}\n".encode("utf-8", "surrogateescape"))
        if taken == asked["before"] or last:
            os.kill(os.getpid(), signal.SIGKILL)
        if place := asked["copies"].get(str(taken)):
            copying = True
            shutil.copytree(asked["copied"], place, symlinks=True)
            copying = False
        last = bool(asked["behind"] and behind.search(name))

    said, code = "", 0
    sys.addaudithook(step)
    try:
        _do(asked["name"], asked["arguments"])
    except BaseException as error:  # noqa: BLE001 - it is told
        said, code = f"{type(error).__name__}: {error}".replace("\n", " "), 1
    os.write(log, f"{said}\n".encode("utf-8", "surrogateescape"))
    os._exit(code)


def _do(name: str, arguments: list[str]) -> None:
    import dataset_builder

    if name == "release":
        dataset_builder.release(dataset_builder.open_project(Path()), jobs=1)
    elif name == "build":
        dataset_builder.build(dataset_builder.open_project(Path()), jobs=1)
    else:
        dataset_builder.publish(*arguments)


def _step(event: str, arguments: tuple[Any, ...]) -> str | None:
    """What is about to be done; None for what changes nothing outside."""
    if event == "open":
        path, mode, flags = arguments
        if not isinstance(path, int) and (set(str(mode or "")) & set("wax+") or flags & _WRITING):
            return None if str(path) == os.devnull else f"write {_shown(path)}"
    elif event in _CHANGES:
        if event == "os.mkdir" and Path(os.fsdecode(arguments[0])).is_dir():
            return None
        return f"{event.removeprefix('os.')} {_shown(arguments[0])}"
    elif event == "subprocess.Popen":
        return f"run {' '.join(map(os.fsdecode, arguments[1]))}"
    elif event == "ctypes.dlsym":
        return f"call {arguments[1]}"
    return None


def _shown(path: Any) -> str:
    return os.fsdecode(path) if isinstance(path, (str, bytes, os.PathLike)) else str(path)


if __name__ == "__main__":
    _serve()
