"""UIMA CASes: files of XMI or JSON, with their type systems beside them."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

from dataset_builder.errors import UsageError
from dataset_builder.formats.cas import Cas, short
from dataset_builder.formats.cas_documents import ANNOTATORS, documents, known_way, merged
from dataset_builder.formats.cas_items import WAYS, Reading
from dataset_builder.formats.format import Declared, Tick
from dataset_builder.formats.naming import refuse_bad_name
from dataset_builder.formats.source import Source, Unreadable
from dataset_builder.formats.uima_detection import is_cas
from dataset_builder.formats.uima_json import JsonError, features_used, loaded, read_json
from dataset_builder.formats.uima_types import Types, UnclearTypes, dkpro, fitting, is_type_system, load_types, of_json
from dataset_builder.formats.uima_values import Kinds, cas_of, used
from dataset_builder.formats.uima_xmi import read_xmi
from dataset_builder.formats.uima_xml import XmlError
from dataset_builder.model.foreign import ForeignArticle, Trouble

__all__ = ["CasReader", "importer", "load_option"]

_ANNOTATOR = "uima"
_MOST_BYTES = 64 << 20
_BESIDE = ("TypeSystem.xml", "typesystem.xml")
_ROOT = "http://www.omg.org/XMI XMI"


def importer(
    source: Source,
    annotators: str = "none",
    tokens: str = "extra",
    types: str | None = None,
    annotator: str = _ANNOTATOR,
) -> "Uima":
    """What reads the CASes in `source`.

    Raises:
        UsageError: an option is none that there is, the type system can't be read, or `cassis` isn't installed.
    """
    ways = known_way("annotators", annotators, ANNOTATORS), known_way("tokens", tokens, WAYS)
    refuse_bad_name(annotator)
    return Uima(source, *ways, annotator, load_option(types) if types else None)


def load_option(types: str) -> Types:
    """The type system in the file `types`.

    Raises:
        UsageError: it can't be read.
    """
    path = Path(types)
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise UsageError(f"{types} is larger than {_MOST_BYTES:,} bytes: name the description of a type system")
        return load_types(path.read_bytes(), types)
    except OSError as error:
        raise UsageError(f"{types} can't be read: {error.strerror}") from error
    except UnclearTypes as error:
        raise UsageError(f"{types}, line {error.line}: {error.message}") from error


class Uima:
    """Reads CASes."""

    def __init__(self, source: Source, annotators: str, tokens: str, annotator: str, types: Types | None) -> None:
        self.declared = Declared()
        self._cases = CasReader(source, types)
        self._reading = Reading(tokens)
        files = [file for file in source.files if self._cases.is_cas(file)]
        self._documents = documents(files, annotators, annotator)

    def read(self, tick: Tick) -> Iterator[ForeignArticle]:
        """The documents by name."""
        for done, (name, files) in enumerate(self._documents.items()):
            if done % 64 == 0:
                tick(done, len(self._documents))
            yield from merged(article for who, file in files for article in self._articles(file, name, who))
        tick(len(self._documents), len(self._documents))
        self._cases.say_what_is_unsaid()

    def _articles(self, file: str, name: str, annotator: str) -> Iterator[ForeignArticle]:
        cas = self._cases.cas(file)
        if cas is not None:
            yield from self._reading.articles(cas, name, annotator)


class CasReader:
    """Makes a CAS of each file, with the type system that fits it."""

    def __init__(self, source: Source, types: Types | None) -> None:
        """`types`, if given, are those of all files."""
        self._source, self._types = source, types
        self._dkpro = dkpro()
        self._unsaid: dict[tuple[str, str], tuple[str, int]] = {}

    def is_cas(self, file: str) -> bool:
        """Whether `file` is one that may be read; those in XML or JSON are looked into."""
        lower = file.lower()
        if lower.endswith(".xmi"):
            return True
        if not lower.endswith((".json", ".xml")):
            return False
        try:
            data = self._source.read(file)
        except Unreadable:
            return False
        return is_cas(lower, data)

    @cached_property
    def _systems(self) -> Mapping[str, list[Types]]:
        """The type systems of the source by their folders, those with short names first."""
        found: dict[str, list[Types]] = {}
        named = [file for file in self._source.files if file.lower().endswith(".xml")]
        for file in sorted(named, key=lambda each: (len(each), each)):
            try:
                data = self._source.read(file)
                if is_type_system(data):
                    found.setdefault(file.rpartition("/")[0], []).append(load_types(data, file))
            except Unreadable as error:
                self._source.troubles.append(error.trouble)
            except UnclearTypes as error:
                self._source.troubles.append(Trouble("import-configuration", error.message, file, error.line))
        return found

    @cached_property
    def _beside(self) -> list[Types]:
        """The type system that lies beside a source of one file."""
        if not self._source.is_file:
            return []
        for name in _BESIDE:
            path = self._source.path.parent / name
            if path.is_file() and not path.is_symlink():
                return [load_option(str(path))]
        return []

    def _near(self, file: str) -> list[Types]:
        """The type systems in the folder of `file`, or in the nearest above that has any."""
        folder = file.rpartition("/")[0]
        while True:
            if folder in self._systems:
                return self._systems[folder]
            if not folder:
                return self._beside
            folder = folder.rpartition("/")[0]

    def _kinds(self, file: str, features: set[tuple[str, str]], own: Types | None) -> Kinds:
        near = [own] if own else [self._types] if self._types else self._near(file)
        chosen = fitting(features, near)
        return Kinds([chosen, self._dkpro] if chosen else [self._dkpro], stated=chosen is not None)

    def cas(self, file: str) -> Cas | None:
        """What `file` says; None where it can't be read, which the source is told."""
        try:
            return self.cas_in(self._source.read(file), file)
        except Unreadable as error:
            self._source.troubles.append(error.trouble)
            return None

    def cas_in(self, data: bytes, file: str, types: Types | None = None) -> Cas | None:
        """What `data` says, the bytes of `file`; None where that can't be understood, which the source is told.

        `types` is the type system that lies with it, where that is none of the source's files.
        """
        try:
            cas, kinds = (
                self._json(data, file, types) if file.lower().endswith(".json") else self._xmi(data, file, types)
            )
        except (XmlError, JsonError, UnclearTypes) as error:
            self._source.troubles.append(Trouble("import-syntax", error.message, file, error.line))
            return None
        if not any(sofa.text for sofa in cas.sofas):
            line = cas.sofas[0].line if cas.sofas else 1
            self._source.troubles += cas.troubles
            self._source.troubles.append(Trouble("import-no-text", "the file has annotations, but no text", file, line))
            return None
        self._look_for_lacking(cas, kinds)
        return cas

    def _xmi(self, data: bytes, file: str, types: Types | None) -> tuple[Cas, Kinds]:
        raw = read_xmi(data)
        if raw.root != _ROOT:
            raise XmlError("the XML is not XMI", 1)
        kinds = self._kinds(file, used(raw), types)
        return cas_of(raw, file, kinds), kinds

    def _json(self, data: bytes, file: str, types: Types | None) -> tuple[Cas, Kinds]:
        value = loaded(data)
        declared = value.get("%TYPES")
        own = of_json(declared, file) if declared else types
        kinds = self._kinds(file, features_used(value), own)
        return read_json(value, data, file, kinds), kinds

    def _look_for_lacking(self, cas: Cas, kinds: Kinds) -> None:
        """Tells of types and features that a type system lacks; without one, once for all files."""
        for (type_, feature), line in kinds.lacking.items():
            if not kinds.stated:
                self._unsaid.setdefault((type_, feature), (cas.file, line))
            elif feature:
                message = f'the type system has no feature "{feature}" of {type_}: what it holds is guessed'
                cas.tell("import-undeclared", message, line)
            else:
                cas.tell(
                    "import-undeclared", f"the type system has no {type_}: what its features hold is guessed", line
                )

    def say_what_is_unsaid(self) -> None:
        """Tells the source what no type system said."""
        for (type_, feature), (file, line) in self._unsaid.items():
            called = f'the feature "{feature}" of {short(type_)}' if feature else short(type_)
            message = f"no type system declares {called}: references are told by how they look, all else are texts"
            self._source.troubles.append(Trouble("import-unsaid", message, file, line))
        self._unsaid.clear()
