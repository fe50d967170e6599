"""A new project: small, complete, and built at once."""

import json
import re
import unicodedata
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template

from dataset_builder.errors import OutputError, UsageError

__all__ = ["blank", "init"]

_LONGEST_NAME = 96  # characters; the Hub's limit
_FILLED_IN = ("dataset.toml", "README.md")
_DOT = "dot-"  # hidden files are named so in the template, for tools pass over hidden files


def init(directory: Path) -> Path:
    """Where the new project is, resolved: `directory`, made if need be. Its name comes from the directory's.

    Raises:
        UsageError: `directory` is no directory, or something other than `.git` is in it; nothing was written.
        OutputError: it can't be written to.
    """
    root = directory.resolve()
    try:
        if root.exists() and (not root.is_dir() or any(path.name != ".git" for path in root.iterdir())):
            raise UsageError(f"{root} is there already and not an empty folder: name a new one")
        name = _name(root.name)
        words = {"name": name, "title": re.sub(r"[._-]+", " ", name[:1].upper() + name[1:])}
        _copy(files(__package__) / "template", root, words)
    except OSError as error:
        raise OutputError(f"{root} can't be written ({error.strerror}): see to its permissions and space") from error
    return root


def blank(root: Path, title: str, license_: str, policy: str | None, gold: str | None = None) -> dict[str, bytes]:
    """The files of a project without articles and schemas, for those that come from elsewhere; by name.

    `gold` is whose records are gold, where the policy asks for one.
    """
    template = files(__package__) / "template"
    hidden = {
        f".{entry.name.removeprefix(_DOT)}": entry.read_bytes()
        for entry in template.iterdir()
        if entry.name.startswith(_DOT) and entry.is_file()
    }
    settings = (template / "dot-vscode" / "settings.json").read_bytes()
    shown = [
        f"{name} = {json.dumps(value, ensure_ascii=False)}"
        for name, value in (
            ("name", _name(root.name)),
            ("title", re.sub(r"[._-]+", " ", root.name[:1].upper() + root.name[1:]).strip() or "My dataset"),
            ("summary", f"Imported from {title}."),
            ("version", "0.1.0"),
            ("license", license_),
        )
    ]
    chosen = ["", "[gold] # articles have records of several annotators", f"policy = {json.dumps(policy)}"]
    chosen += [f"annotator = {json.dumps(gold)}"] if gold else []
    head = "# What the dataset is, and how it is built. Keys not given here keep their defaults."
    configuration = "\n".join((head, "", *shown, *(chosen if policy else ()))) + "\n"
    return {**hidden, ".vscode/settings.json": settings, "dataset.toml": configuration.encode()}


def _name(text: str) -> str:
    """`text` as the name of a dataset: ASCII letters and digits with single `.`, `_` or `-` between."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = re.findall(r"[A-Za-z0-9]+|[^A-Za-z0-9]+", plain)
    name = "".join(word if word.isalnum() else word if word in (".", "_") else "-" for word in words)
    return name.strip("-._")[:_LONGEST_NAME].strip("-._") or "my-dataset"


def _copy(template: Traversable, target: Path, words: dict[str, str]) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for entry in template.iterdir():
        path = target / (f".{entry.name.removeprefix(_DOT)}" if entry.name.startswith(_DOT) else entry.name)
        if entry.is_dir():
            _copy(entry, path, words)
        elif entry.name in _FILLED_IN:
            path.write_text(Template(entry.read_text(encoding="utf-8")).substitute(words), encoding="utf-8", newline="")
        else:
            path.write_bytes(entry.read_bytes())
