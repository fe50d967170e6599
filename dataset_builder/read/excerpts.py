"""What of a project's files may be shown in a report: all but what may hold a text that is withheld."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from dataset_builder.model.location import is_url, place_of
from dataset_builder.model.project import Project
from dataset_builder.read.corpus import HYDRATED
from dataset_builder.read.files import lies_within, list_files, split_name
from dataset_builder.read.packed import PackedReader

__all__ = ["blanked", "excerpts"]


def excerpts(project: Project) -> Callable[[str], str | None]:
    """A function from a file's path, as diagnostics give it, to its text with what is withheld left out.

    It is None where the file can't be read. Articles' texts are shown only where their rights say `included`. Of a JSON
    record that isn't proven to be about such articles alone, strings are blanked (`"░░░"`) but for short ids and
    digests; columns stay. Files that are neither articles nor annotations are shown as they are.
    """
    known = cache(lambda: _Rights(project))  # read when it is first asked for: copies of stores are made by then

    def show(file: str) -> str | None:
        folders = (project.paths.articles, project.paths.annotations, project.paths.links)
        if not any(file.startswith(f"{folder}/") for folder in folders):
            return _read(project, file)
        stem, ending = split_name(file)
        if HYDRATED in file.split("/") or ending not in (".txt", ".json", ".jsonl"):
            return None
        rights = known()
        if ending == ".txt":
            return _read(project, file) if rights.included(stem) else None
        text = _read(project, file)
        own = file.startswith(f"{project.paths.articles}/")
        if text is None or ending == ".json":
            return text and _shown(text, (stem,), rights, own=own)
        return "\n".join(_shown(line, (), rights, own=own) or "" for line in text.split("\n"))

    return show


def _read(project: Project, file: str) -> str | None:
    path = Path(place_of(str(project.root), file))
    try:
        if not _lies_within(project, file) or path.stat().st_size > project.limits.bytes:
            return None
        return path.read_bytes().decode("utf-8", errors="replace")
    except OSError:
        return None


def _lies_within(project: Project, file: str) -> bool:
    """Whether `file` lies in the project, or in the folder by whose URL it is named, once links are followed."""
    if not is_url(file):
        return lies_within(project.root, file)
    urls = (project.paths.articles, project.paths.annotations, project.paths.links)
    return any(
        lies_within(Path(place_of(str(project.root), url)).resolve(), file.removeprefix(f"{url}/"))
        for url in urls
        if is_url(url) and file.startswith(f"{url}/")
    )


class _Rights:
    """Whether texts may be published, by the ids of their articles."""

    def __init__(self, project: Project) -> None:
        self._project = project
        files = list_files(project.root, project.paths.articles, [])
        self._packed = [(file, ending) for file in files if (ending := split_name(file)[1]).startswith(".jsonl")]
        self._sidecars: dict[str, list[str]] = {}
        for file in files:
            stem, ending = split_name(file)
            if ending == ".json":
                self._sidecars.setdefault(stem, []).append(file)
        self._of_packed = cache(lambda: dict(self._read_packed()))
        self._of_sidecar = cache(self._read_sidecar)

    def included(self, id_: str) -> bool | None:
        """Whether the article's text is published; None where there is no such article."""
        stated = [self._of_sidecar(file) for file in self._sidecars.get(id_, ())]
        if id_ in self._of_packed():
            stated.append(self._of_packed()[id_])
        return all(stated) if stated else None

    def _read_sidecar(self, file: str) -> bool:
        return self.states_included(_parsed(_read(self._project, file) or ""))

    def _read_packed(self) -> Iterator[tuple[str, bool]]:
        limit = self._project.limits.bytes
        with TemporaryDirectory(prefix="dataset-builder-") as spool:
            packed = PackedReader(root=self._project.root, spool=Path(spool), limit=limit, flaws=[])
            for file, ending in self._packed:
                fields = self._project.fields
                for record in packed.index(file, ending, (fields.id, fields.rights)):
                    id_ = record.value.get(fields.id) if record.value else None
                    if isinstance(id_, str):
                        yield id_, self.states_included(record.value)

    def no_withheld_named(self, text: str) -> bool:
        """Whether no article that is withheld, or may be, is named in `text`."""
        return not any(id_ in text and not self.included(id_) for id_ in (*self._sidecars, *self._of_packed()))

    def states_included(self, metadata: Any) -> bool:
        """Whether an article's metadata says that its text is published."""
        rights = metadata.get(self._project.fields.rights) if isinstance(metadata, dict) else None
        return isinstance(rights, dict) and rights.get("text") == "included"


def _shown(text: str, ids: tuple[str, ...], rights: _Rights, *, own: bool) -> str | None:
    """A record as it may be shown; None if not at all.

    `ids` are those that its path names. With `own`, it is an article's, and states the rights itself.
    """
    value = _parsed(text)
    if value is None:
        return text if _is_open(text, ids, rights, own=own) else None
    known = {included for id_ in (*ids, *_strings(value)) if (included := rights.included(id_)) is not None}
    unnamed = own and not known and rights.states_included(value)
    return text if known == {True} or unnamed else blanked(text)


def blanked(text: str) -> str:
    """JSON text with its strings blanked, but for names of properties, short ids and digests; columns stay."""
    return _STRING.sub(_blanked, text)


def _is_open(text: str, ids: tuple[str, ...], rights: _Rights, *, own: bool) -> bool:
    """Whether what is no JSON, and so can't be judged part by part, is all about published texts."""
    if own:
        return '"included"' in text and '"withheld"' not in text
    return bool(ids) and all(rights.included(id_) for id_ in ids) and rights.no_withheld_named(text)


def _parsed(text: str) -> Any:
    try:
        return orjson.loads(text)
    except (orjson.JSONDecodeError, UnicodeEncodeError):
        return None


def _strings(value: Any) -> Iterator[str]:
    """Every string in a JSON value but for names of properties. Does not recurse."""
    rest = [value]
    while rest:
        node = rest.pop()
        if isinstance(node, str):
            yield node
        elif isinstance(node, dict | list):
            rest.extend(node.values() if isinstance(node, dict) else node)


_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"(\s*:)?')
_HARMLESS = re.compile(r"[a-z]{1,2}[0-9]+|[0-9a-f]{64}|")


def _blanked(string: re.Match[str]) -> str:
    return string[0] if string[2] or _HARMLESS.fullmatch(string[1]) else f'"{"░" * len(string[1])}"'
