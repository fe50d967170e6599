"""A small project that is released in a git repository of its own, and what is done to it."""

import json
import os
import subprocess
from hashlib import sha256
from pathlib import Path

import dataset_builder
from dataset_builder.model.release import ReleaseResult

PACKAGE = Path(__file__).parents[2]
IDENTITY = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Test"), ("EMAIL", "test@example.org"))
}
ALONE = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "PYTHONPATH": str(PACKAGE)}


def git(root: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True, text=True).stdout.strip()


def commit(root: Path, message: str = "an edit") -> None:
    """Everything committed, with a card and a lock file that are true."""
    project = dataset_builder.open_project(root)
    dataset_builder.build(project, jobs=1)
    dataset_builder.card(project, jobs=1)
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", message)


def release(root: Path, **options) -> ReleaseResult:
    return dataset_builder.release(dataset_builder.open_project(root), jobs=1, **options)


def refs(root: Path) -> str:
    return git(root, "for-each-ref") + git(root, "rev-parse", "HEAD")


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1, f"{old!r} must stand in {path.name}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def repository(root: Path) -> Path:
    """The project at `root` in a repository of its own, committed."""
    (root / ".gitignore").write_text("/dist/\n/.dataset-builder/\n.hydrated/\n", encoding="utf-8")
    git(root, "init", "--quiet", "--initial-branch=main", ".")
    commit(root, "the beginning")
    return root


def retitle(root: Path) -> None:
    edit(root / "seeds/report-5.json", '"Report 5"', '"Another title"')


def relabel(root: Path) -> None:
    edit(root / "annotations/ada/report-1.json", '"topic": "sport"', '"topic": "trade"')


def add_label(root: Path) -> None:
    path = root / "schema/annotation.schema.json"
    schema = json.loads(path.read_text("utf-8"))
    schema["properties"]["entities"]["items"]["properties"]["type"]["enum"].append("river")
    path.write_text(json.dumps(schema, indent=1) + "\n", "utf-8")


def add_article(root: Path) -> None:
    text = "A ninth report.\n"
    (root / "seeds/report-9.txt").write_text(text, "utf-8")
    metadata = json.loads((root / "seeds/report-5.json").read_text("utf-8"))
    metadata |= {"title": "Ninth", "sha256": sha256(text.encode()).hexdigest(), "length": len(text)}
    (root / "seeds/report-9.json").write_text(json.dumps(metadata, indent=1) + "\n", "utf-8")


def remove_article(root: Path) -> None:
    for path in (*root.glob("seeds/report-7.*"), *root.glob("annotations/*/report-7.json")):
        path.unlink()


def write_hook(path: Path, script: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
