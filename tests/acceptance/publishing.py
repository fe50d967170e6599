"""Versions to publish: a small project, changed and built again."""

import json
import shutil
from pathlib import Path

import dataset_builder

BASE = Path(__file__).resolve().parents[1] / "rules/base"


class Versions:
    """A project that is built as one version after another."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        shutil.copytree(BASE, folder / "project")

    def build(self, version: str, title: str = "A title") -> Path:
        """The build of `version`, in which one article has that title, in a folder of its own."""
        project = self._folder / "project"
        path = project / "dataset.toml"
        lines = path.read_text("utf-8").splitlines()
        lines = [f'version = "{version}"' if line.startswith("version") else line for line in lines]
        path.write_text("\n".join(lines) + "\n", "utf-8")
        metadata = json.loads((project / "seeds/ferry.json").read_bytes())
        (project / "seeds/ferry.json").write_text(json.dumps({**metadata, "title": title}), "utf-8")
        output = self._folder / f"{version}-{len(list(self._folder.iterdir()))}"
        dataset_builder.build(dataset_builder.open_project(project), output=output, jobs=1)
        return output


def contents(folder: Path) -> dict[str, bytes]:
    """The files below `folder` but git's own, by path."""
    files = (path for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def titles(dataset: object) -> set[str]:
    """The titles of the articles."""
    return {title for split in dataset.values() for title in split["title"]}
