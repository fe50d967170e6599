import json
import shutil
from hashlib import sha256
from pathlib import Path

import pytest

BASE = Path(__file__).resolve().parents[2] / "rules/base"
MILL = "annotations/ada/mill.json"


@pytest.fixture
def folder(tmp_path):
    """A project with three articles, one of them withheld, and an annotator."""
    target = tmp_path / "project"
    shutil.copytree(BASE, target)
    return target


@pytest.fixture
def edit(folder):
    """Puts one stretch of a file in the place of another, which stands there once."""

    def edit(file, old, new):
        text = (folder / file).read_bytes().decode()
        assert text.count(old) == 1, f"{old!r} must stand in {file} once"
        (folder / file).write_bytes(text.replace(old, new).encode())

    return edit


@pytest.fixture
def revise(folder):
    """Gives an article another text, and lets its metadata say so."""

    def revise(text, article="mill"):
        path = folder / f"seeds/{article}.json"
        metadata = json.loads(path.read_text(encoding="utf-8"))
        metadata |= {"sha256": sha256(text.encode()).hexdigest(), "length": len(text)}
        path.write_text(json.dumps(metadata, indent=2) + "\n", encoding="utf-8")
        (folder / f"seeds/{article}.txt").write_bytes(text.encode())

    return revise


@pytest.fixture
def snapshot(folder):
    """The bytes of all files, but for the cache."""

    def snapshot():
        files = (path for path in folder.rglob("*") if path.is_file() and ".dataset-builder" not in path.parts)
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files if ".git" not in path.parts}

    return snapshot
