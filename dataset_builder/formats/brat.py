"""brat: a folder of texts, each with its annotations beside it."""

from collections.abc import Iterator
from functools import cached_property

from dataset_builder.errors import UsageError
from dataset_builder.formats import brat_configuration
from dataset_builder.formats.brat_configuration import Configuration
from dataset_builder.formats.brat_lines import read_lines
from dataset_builder.formats.brat_writer import BratWriter
from dataset_builder.formats.format import Declared, Tick
from dataset_builder.formats.naming import refuse_bad_name
from dataset_builder.formats.source import Source, Unreadable
from dataset_builder.model.foreign import ForeignArticle, Trouble

__all__ = ["exporter", "importer"]

_ENDINGS = (".ann", ".a1", ".a2")
_ANNOTATOR = "brat"
_WAYS = ("folder", "suffix", "none")


def importer(source: Source, annotators: str | None = None, annotator: str = _ANNOTATOR) -> "Brat":
    """What reads the brat collection `source`; `annotator` made what no folder or suffix says who made.

    Raises:
        UsageError: there is no such way to tell annotators, or nobody can be called that.
    """
    refuse_bad_name(annotator)
    if annotators is not None and annotators not in _WAYS:
        raise UsageError(f"annotators are told by {', '.join(_WAYS)}, not by {annotators!r}")
    return Brat(source, annotators, annotator)


def exporter(annotators: str | None = None) -> BratWriter:
    """What writes a brat collection.

    Raises:
        UsageError: there is no such way to tell annotators.
    """
    if annotators not in (None, "folder", "none"):
        raise UsageError(f"annotators are told by folder or none, not by {annotators!r}")
    return BratWriter(annotators)


class Brat:
    """Reads a collection. Annotators are told by their folders or by suffixes of files' names, or there is one."""

    def __init__(self, source: Source, annotators: str | None, annotator: str) -> None:
        self._source, self._annotator = source, annotator
        self._stems = {file.removesuffix(".txt"): file for file in source.files if file.endswith(".txt")}
        self._way = annotators or ("folder" if self._same_in_folders() else "suffix")
        self._configurations = {
            file.rpartition("/")[0]: self._configuration(file)
            for file in source.files
            if file.rpartition("/")[2] == "annotation.conf"
        }
        self.declared = Declared()
        for folder, configuration in self._configurations.items():
            configuration.declare(self.declared, self._titles(folder))
            source.troubles += configuration.troubles

    def _configuration(self, file: str) -> Configuration:
        try:
            return brat_configuration.parse(self._source.text(file), file)
        except Unreadable as error:
            return Configuration(troubles=[error.trouble])

    def _configuration_of(self, file: str) -> Configuration | None:
        """The configuration of the nearest folder above `file` that has one."""
        folder = file
        while folder:
            folder = folder.rpartition("/")[0]
            if folder in self._configurations:
                return self._configurations[folder]
        return None

    def _titles(self, folder: str) -> dict[str, str]:
        file = f"{folder}/visual.conf".lstrip("/")
        try:
            return brat_configuration.titles(self._source.text(file)) if self._source.has(file) else {}
        except Unreadable as error:
            self._source.troubles.append(error.trouble)
            return {}

    def _same_in_folders(self) -> bool:
        """Whether all texts lie in several folders that have the same ones."""
        folders: dict[str, dict[str, str]] = {}
        for stem, file in self._stems.items():
            folder, slash, name = stem.partition("/")
            if not slash:
                return False
            folders.setdefault(folder, {})[name] = file
        first, *others = folders.values() or ({},)
        if not others or any(other.keys() != first.keys() for other in others):
            return False
        try:
            return all(
                self._source.read(other[name]) == self._source.read(file)
                for name, file in first.items()
                for other in others
            )
        except Unreadable:
            return False

    @cached_property
    def _documents(self) -> dict[str, tuple[str, dict[str, list[str]]]]:
        """By name: the text's file, and the annotation files of each annotator."""
        found: dict[str, tuple[str, dict[str, list[str]]]] = {}
        for stem, file in sorted(self._stems.items()):
            name = stem.partition("/")[2] if self._way == "folder" else stem
            found.setdefault(name, (file, {}))
        for file in self._source.files:
            stem, dot, ending = file.rpartition(".")
            if f"{dot}{ending}" in _ENDINGS:
                self._place(found, stem, file)
        return found

    def _place(self, found: dict[str, tuple[str, dict[str, list[str]]]], stem: str, file: str) -> None:
        if self._way == "folder":
            annotator, _, name = stem.partition("/")
        else:
            name, annotator = stem, self._annotator
            for between in (".", "_", "-") if self._way == "suffix" and stem not in self._stems else ():
                head, _, tail = stem.rpartition(between)
                if head in self._stems and tail.isalnum():
                    name, annotator = head, tail
                    break
        if name in found:
            found[name][1].setdefault(annotator, []).append(file)
        else:
            message = f"there is no text {name}.txt that the annotations could belong to"
            self._source.troubles.append(Trouble("import-no-text", message, file))

    def read(self, tick: Tick) -> Iterator[ForeignArticle]:
        """The documents of the collection by name."""
        documents = self._documents
        for done, (name, (file, annotators)) in enumerate(documents.items()):
            if done % 64 == 0:
                tick(done, len(documents))
            try:
                article = ForeignArticle(name=name, text=self._source.text(file), file=file)
            except Unreadable as error:
                self._source.troubles.append(error.trouble)
                continue
            for annotator, files in sorted(annotators.items()):
                self._annotate(article, annotator, files)
            yield article
        tick(len(documents), len(documents))

    def _annotate(self, article: ForeignArticle, annotator: str, files: list[str]) -> None:
        parts = []
        for file in files:
            try:
                parts.append((file, self._source.text(file)))
            except Unreadable as error:
                article.troubles.append(error.trouble)
        if parts:
            record, troubles = read_lines(parts, annotator, self._configuration_of(files[0]))
            article.records.append(record)
            article.troubles += troubles
