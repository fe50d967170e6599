"""Small projects with something wrong in them. Bytes decide what: one the project, then each `EDIT` of them an edit."""

import gzip
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from dataset_builder.model.span import Lines
from dataset_builder.read.json_text import decode
from tests.fuzz.choices import Choices
from tests.fuzz.mutate import TOKENS, Mutator, changed_bytes, encoded

EDIT = 16
"""Bytes that one edit is decided by. All edits take as many, so that a change to one leaves the others as they were."""

MOST_EDITS = 6

_TESTS = Path(__file__).parents[1]
_BASES = (_TESTS / "rules" / "base", *sorted((_TESTS / "cases" / "clean").iterdir()))
_PACKED = {".gz": "gzip", ".zst": "zstd"}
_SECRET = b"what stands outside of the project"
_MOST_BYTES = 1 << 18  # of one file; edits on edits may double it each time

_CONFIGURATION = (
    "[splits]\nshares = {train = 0.5, test = 0.5}\n",
    '[splits]\nshares = {train = 1e-300, test = 1e300}\nmethod = "hash"\n',
    '[splits]\ngroup = "event"\nseed = -1\n',
    '[splits]\nfield = "portion"\n',
    '[splits]\nlock = "splits.lock.json"\n',
    '[splits]\nlock = "seeds/mill.txt"\n',
    '[gold]\npolicy = "adjudicated"\nannotator = "ada"\n',
    '[gold]\npolicy = "majority"\n',
    '[gold]\npolicy = "all"\n',
    '[gold]\npolicy = "single"\nannotator = "ada"\n',
    '[paths]\narticles = "annotations"\n',
    '[paths]\nlinks = "links"\nschema = "schema/"\n',
    '[paths]\nschema = "./seeds"\noutput = "schema"\n',
    '[paths]\narticles = "../x"\nannotations = "/etc"\n',
    '[fields]\nid = "title"\ntext = "title"\n',
    '[fields]\narticle = "topic"\nannotator = "topic"\n',
    '[fields]\nrights = ""\nlength = "words"\n',
    "[limits]\nbytes = 64\ndepth = 2\n",
    "[limits]\ndepth = 1000000\n",
    "[shards]\narticles = 1\nrow_group = 1\n",
    '[card]\nexample = "mill"\ncitation = "@x"\n',
    'languages = ["en", "en"]\ntags = [1, true, nan]\n',
    "year = 99999999999999999999\n",
)

_NAMES = (
    "seeds/new.txt",
    "seeds/new.json",
    "seeds/.hydrated/vault.txt",
    "seeds/deep/mill.txt",
    "seeds/deep/mill.json",
    "seeds/packed.jsonl",
    "seeds/packed.jsonl.gz",
    "seeds/packed.jsonl.zst",
    "seeds/\udcff.txt",
    "seeds/\u202e\n.json",
    "seeds/x" + "y" * 220 + ".txt",
    "seeds/mill",
    "annotations/ada/new.json",
    "annotations/bob/mill.json",
    "annotations/bob/all.jsonl",
    "annotations/all.jsonl.gz",
    "annotations/lost.json",
    "annotations/links/more.json",
    "annotations/links/more.jsonl",
    "annotations/links/more.jsonl.zst",
    "annotations/\udcff/mill.json",
    "schema/other.schema.json",
    "schema/deep/common.schema.json",
    "schema/annotation.schema.json",
    "schema/article.schema.json",
    "schema/link.schema.json",
    "transcripts/new.jsonl",
    "transcripts/new.txt",
    "coding/new.jsonl.gz",
    "coding/links/one.json",
    "types/link.schema.json",
    "types/roles.json",
    "pyproject.toml",
    "dataset.toml",
    "splits.lock.json",
    "DATASET_CARD.md",
)

_TARGETS = (
    "../outside/secret.json",
    "../outside/secret.txt",
    "../outside",
    "nowhere",
    "{name}",
    "/etc/passwd",
    "../project/seeds/mill.txt",
    "mill.json",
    ".",
    "..",
)


@dataclass(slots=True)
class Project:
    """A project's files, before they are laid out: bytes, the target of a link (text), or None for an empty folder."""

    files: dict[str, bytes | str | None]
    mutator: Mutator
    edits: list[str] = field(default_factory=list)  # what was done, for whoever reads of a failure

    @classmethod
    def of(cls, data: bytes) -> "Project":
        """The project that `data` decides on."""
        base = _base(data[0] % len(_BASES) if data else 0)
        project = cls(dict(base.files), base.mutator)
        for start in range(1, min(len(data), 1 + MOST_EDITS * EDIT), EDIT):
            project._edit(Choices(data[start : start + EDIT]))
        return project

    def _edit(self, choices: Choices) -> None:
        name = choices.pick(sorted(self.files))
        kinds: tuple[Callable[[Choices, str], None], ...] = (
            *[self._change_json] * 8,
            *[self._change_text] * 3,
            self._change_bytes,
            self._copy,
            self._move,
            self._remove,
            self._link,
            self._make_folder,
            self._damage_packing,
            self._gather,
            self._configure,
        )
        edit = choices.pick(kinds)
        self.edits.append(f"{edit.__name__[1:]} {name!a}")
        edit(choices, name)

    def _change_json(self, choices: Choices, name: str) -> None:
        def changed(text: str) -> str:
            if not _is_packed(name):
                return self.mutator.changed_json(choices, text)
            lines = text.split("\n")
            number = choices.below(len(lines))
            lines[number] = self.mutator.changed_json(choices, lines[number]).replace("\n", " ")
            return "\n".join(lines)

        if name.endswith(".toml"):
            return self._configure(choices, name)
        return self._change_unpacked(name, changed)

    def _change_text(self, choices: Choices, name: str) -> None:
        self._change_unpacked(name, lambda text: self.mutator.changed_text(choices, text))

    def _change_unpacked(self, name: str, change: Callable[[str], str]) -> None:
        data = self.files[name]
        if isinstance(data, bytes):
            text = unpacked(name, data).decode("utf-8", "replace")
            self._put(name, packed(name, encoded(change(text))))

    def _change_bytes(self, choices: Choices, name: str) -> None:
        data = self.files[name]
        if isinstance(data, bytes):
            self._put(name, packed(name, changed_bytes(choices, unpacked(name, data))))

    def _damage_packing(self, choices: Choices, name: str) -> None:
        packings = sorted(name for name in self.files if name.endswith(tuple(_PACKED)))
        name = choices.pick(packings or [name])
        data = self.files[name]
        if isinstance(data, bytes):
            self._put(name, changed_bytes(choices, data))

    def _copy(self, choices: Choices, name: str) -> None:
        target = choices.pick(_NAMES)
        data = self.files[name]
        if isinstance(data, bytes):
            data = packed(target, unpacked(name, data))
        self._put(target, data)

    def _move(self, choices: Choices, name: str) -> None:
        self._copy(choices, name)
        self.files.pop(name, None)

    def _remove(self, choices: Choices, name: str) -> None:
        folder = name.rpartition("/")[0]
        for other in [name] if not folder or choices.one_in(2) else list(self.files):
            if other == name or other.startswith(f"{folder}/"):
                self.files.pop(other, None)
        self.files.setdefault("dataset.toml", b"")

    def _link(self, choices: Choices, name: str) -> None:
        place = choices.pick((name, name.rpartition("/")[0] or name, choices.pick(_NAMES)))
        for other in list(self.files):
            if other.startswith(f"{place}/"):
                del self.files[other]
        self._put(place, choices.pick(_TARGETS).format(name=Path(place).name))

    def _make_folder(self, choices: Choices, name: str) -> None:
        self._put(choices.pick((name, choices.pick(_NAMES))), None)

    def _gather(self, choices: Choices, name: str) -> None:
        """Packs all files of a folder as one, line by line."""
        target = choices.pick([each for each in _NAMES if _is_packed(each)])
        folder = choices.pick(("seeds/", "annotations/ada/", "annotations/links/", "transcripts/", "coding/"))
        lines = []
        for other, data in sorted(self.files.items()):
            if other.startswith(folder) and isinstance(data, bytes):
                plain = unpacked(other, data).replace(b"\n", b" ")
                own = {"id": Path(other).stem, "text": plain.decode("utf-8", "replace")}
                lines.append(plain if other.endswith(".json") else json.dumps(own).encode())
        self._put(target, packed(target, b"\n".join(lines)))

    def _configure(self, choices: Choices, name: str) -> None:
        data = self.files.get("dataset.toml")
        if isinstance(data, bytes):
            added = choices.pick(_CONFIGURATION)
            if choices.one_in(3):
                added = self.mutator.changed_text(choices, added)
            table = added.startswith("[")
            self._put("dataset.toml", data + encoded(added) if table else encoded(added) + data)

    def _put(self, name: str, data: bytes | str | None) -> None:
        # The configuration is read wherever it lies: it is what the user names.
        if len(data) <= _MOST_BYTES if isinstance(data, bytes) else not name.endswith(".toml"):
            self.files[name] = data


@cache
def _base(number: int) -> Project:
    """A project without fault, and what changes to it may draw on."""
    folder = _BASES[number]
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    files: dict[str, Any] = {
        name: (folder / name).read_bytes() for name in names if not name.startswith(".dataset-builder")
    }
    values = []
    for name, data in files.items():
        for line in unpacked(name, data).splitlines() if _is_packed(name) else [data]:
            with suppress(ValueError):
                values.append(json.loads(line))
    schemas = [
        json.loads(path.read_bytes()) for path in sorted((_TESTS.parent / "dataset_builder").rglob("*.schema.json"))
    ]
    parts = [part for value in values for part in _parts(value)]
    words = {part for part in (*parts, *(part for schema in schemas for part in _parts(schema))) if _is_word(part)}
    return Project(files, Mutator(sorted(words), [part for part in parts if isinstance(part, (dict, list))]))


def _parts(value: Any) -> Iterator[Any]:
    yield value
    if isinstance(value, dict):
        yield from value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _parts(inner)


def _is_word(part: Any) -> bool:
    return isinstance(part, str) and len(part) <= 64 and part not in TOKENS


def _is_packed(name: str) -> bool:
    return ".jsonl" in name


def packed(name: str, data: bytes) -> bytes:
    """`data` as the file `name` holds it, by its ending."""
    match _PACKED.get(Path(name).suffix):
        case "gzip":
            return gzip.compress(data, 1, mtime=0)
        case "zstd":
            return bytes(pa.compress(data, "zstd", asbytes=True))
        case _:
            return data


def unpacked(name: str, data: bytes) -> bytes:
    """What `data`, the contents of the file `name`, holds; as it is where it can't be unpacked."""
    codec = _PACKED.get(Path(name).suffix)
    if codec is None:
        return data
    try:
        with pa.CompressedInputStream(pa.BufferReader(data), codec) as stream:
            return bytes(stream.read(4 * _MOST_BYTES))
    except (OSError, EOFError, pa.ArrowException):
        return data


@contextmanager
def laid_out(project: Project) -> Iterator[Path]:
    """The folder of `project`, for as long as it is used. Beside it lies what it must not read."""
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="fuzz-", dir=memory, ignore_cleanup_errors=True) as folder:
        place = os.path.realpath(folder)
        outside = Path(place) / "outside"
        outside.mkdir()
        for name in ("secret.json", "secret.txt"):
            (outside / name).write_bytes(b'"' + _SECRET + b'"')
        root = Path(place) / "project"
        root.mkdir()
        for name, data in project.files.items():
            with suppress(OSError):  # of two edits one may be in the other's way
                _lay(root, root / name, data)
        yield root


def _lay(root: Path, path: Path, data: bytes | str | None) -> None:
    if not Path(os.path.realpath(path.parent)).is_relative_to(root) or os.path.lexists(path):
        return  # behind a link
    path.parent.mkdir(parents=True, exist_ok=True)
    if data is None:
        path.mkdir()
    elif isinstance(data, str):
        path.symlink_to(data)
    else:
        path.write_bytes(data)


def tells_of_outside(text: str) -> bool:
    """Whether `text` holds what only a file outside of the project does."""
    return _SECRET.decode() in text


def lines_of(root: Path, name: str) -> Lines | None:
    """The lines of the project's file `name`, unpacked; None where there is no such file."""
    data = _contents(root, name)
    if data is None:
        return None
    if name.endswith(".txt"):
        return Lines(data.decode("utf-8", "replace"))
    # Each line of a packed file is a text of its own, which may be cut off or in another encoding.
    lines = data.split(b"\n") if _is_packed(name) else None
    return Lines("\n".join(decode(line).text.replace("\n", " ") for line in lines) if lines else decode(data).text)


def has_lone_returns(root: Path, name: str) -> bool:
    """Whether a CR stands within a line of a packed file, where findings don't know in which line they are."""
    data = _contents(root, name) or b""
    return _is_packed(name) and data.count(b"\r") != data.count(b"\r\n")


def _contents(root: Path, name: str) -> bytes | None:
    path = root / name
    try:
        return unpacked(name, path.read_bytes()) if path.is_file() else None
    except (OSError, ValueError):  # a name that no file can have
        return None
