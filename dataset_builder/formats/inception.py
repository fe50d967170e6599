"""INCEpTION: the export of a project, with what each annotator and the curator made of each document."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from dataset_builder.errors import UsageError
from dataset_builder.formats.cas import Cas
from dataset_builder.formats.cas_documents import annotator_name, known_way, merged
from dataset_builder.formats.cas_items import WAYS, Reading
from dataset_builder.formats.format import Declared, Tick
from dataset_builder.formats.inception_project import ProjectSays, read_project
from dataset_builder.formats.nested import unpacked
from dataset_builder.formats.source import Source, Unreadable
from dataset_builder.formats.uima import CasReader
from dataset_builder.formats.uima_types import Types, UnclearTypes, is_type_system, load_types
from dataset_builder.formats.webanno import read_file
from dataset_builder.model.foreign import ForeignArticle, Trouble
from dataset_builder.model.unit import UTF_16

__all__ = ["importer"]

_CURATOR = "CURATION_USER"
_NOBODY = "INITIAL_CAS"  # how a document was before anyone annotated it
_GOLD = ("gold", "curation", "curator")  # what the curator is called, the first that no annotator is
_TEXTS = ("text", "textlines", "plaintext", "pubannotation-text")  # formats of documents that are texts and no more
_READ = (".xmi", ".json", ".tsv", ".zip")


def importer(source: Source, tokens: str = "extra") -> "Inception":
    """What reads the exported project `source`.

    Raises:
        UsageError: an option is none that there is, it is no exported project, or `cassis` isn't installed.
    """
    return Inception(source, known_way("tokens", tokens, WAYS))


@dataclass(slots=True)
class _Document:
    """The files of a document."""

    made: dict[str, list[str]] = field(default_factory=dict)  # annotator to files, the curator under the name of gold
    text: str | None = None  # the file that it was made of


class Inception:
    """Reads an exported project. Offsets and structures are those of UIMA, or of WebAnno TSV."""

    def __init__(self, source: Source, tokens: str) -> None:
        self._source = source
        described = [file for file in source.files if file.rpartition("/")[2].startswith("exportedproject")]
        if not described:
            raise UsageError(f"{source.path} has no exportedproject.json: name the export of a project, or its folder")
        self._base = described[0].rpartition("/")[0]
        self._says = self._project(described[0])
        self._reading, self._cases = Reading(tokens), CasReader(source, None)
        self.declared = Declared()
        self._closed = self._says.declare(self.declared, self._reading)
        self._documents = self._found()
        self._ungolden: list[str] = []

    def _project(self, file: str) -> ProjectSays:
        try:
            found = read_project(self._source.read(file), file)
        except Unreadable as error:
            found = ProjectSays(troubles=[error.trouble])
        self._source.troubles += found.troubles
        return found

    def _below(self, folder: str) -> Iterator[tuple[str, str, str]]:
        """The files of a folder of the project: document, name, file."""
        start = f"{self._base}/{folder}/" if self._base else f"{folder}/"
        for file in self._source.files:
            if file.startswith(start):
                document, _, name = file.removeprefix(start).rpartition("/")
                yield document, name, file

    def _found(self) -> dict[str, _Document]:
        documents: dict[str, _Document] = {name: _Document() for name in self._says.documents}
        made = [each for folder in ("annotation", "curation") for each in self._below(folder)]
        users = {annotator_name(_stem(name)) for _, name, _ in made if _stem(name) != _CURATOR}
        self._gold = next((name for name in _GOLD if name not in users), "INCEpTION curation")
        for document, name, file in made:
            who = _stem(name)
            if not document or who == _NOBODY or not name.lower().endswith(_READ):
                continue
            called = self._gold if who == _CURATOR else annotator_name(who)
            documents.setdefault(document, _Document()).made.setdefault(called, []).append(file)
        for folder, name, file in self._below("source"):
            called = f"{folder}/{name}" if folder else name
            if called in documents:
                documents[called].text = file
        return dict(sorted(documents.items()))

    def read(self, tick: Tick) -> Iterator[ForeignArticle]:
        """The documents by name."""
        curated = False
        for done, (name, document) in enumerate(self._documents.items()):
            if done % 16 == 0:
                tick(done, len(self._documents))
            articles = merged(self._articles(name, document)) or self._bare(name, document)
            for article in articles:
                who = {record.annotator for record in article.records}
                curated |= self._gold in who
                if who and self._gold not in who:
                    self._ungolden.append(name)
                self._look_at_labels(article)
                yield article
        tick(len(self._documents), len(self._documents))
        self._cases.say_what_is_unsaid()
        self._choose_gold(curated=curated)

    def _choose_gold(self, *, curated: bool) -> None:
        if curated and not self._ungolden:
            self.declared.gold = self._gold
        elif curated:
            message = (
                f"{len(self._ungolden):,} documents are annotated and not curated, {self._ungolden[0][:80]!r} for one: "
                f'so the records of "{self._gold}" are not gold'
            )
            self._source.troubles.append(Trouble("import-configuration", message, self._base or self._source.path.name))

    def _articles(self, name: str, document: _Document) -> Iterator[ForeignArticle]:
        for annotator, files in sorted(document.made.items()):
            first, *others = sorted(files, key=lambda each: (_READ.index(_ending(each)), each))
            cas = self._cas(first, document)
            state = self._says.states.get((name, _stem(first.rpartition("/")[2])))
            for article in self._reading.articles(cas, name, annotator) if cas is not None else ():
                if state:
                    article.records[0].extra["state"] = state
                yield article
            for file in others:
                message = f"{first} is the same annotator's, and was read: this file was left out"
                self._source.troubles.append(Trouble("import-duplicate-id", message, file))

    def _cas(self, file: str, document: _Document) -> Cas | None:
        try:
            data = self._source.read(file)
            if file.lower().endswith(".zip"):
                return self._packed(data, file, document)
            return self._tsv(data, file, document) if file.lower().endswith(".tsv") else self._cases.cas_in(data, file)
        except Unreadable as error:
            self._source.troubles.append(error.trouble)
            return None

    def _packed(self, data: bytes, file: str, document: _Document) -> Cas | None:
        """What an archive says: a file of annotations, and mostly a type system."""
        types: Types | None = None
        chosen: tuple[str, bytes] | None = None
        for name, content in sorted(unpacked(data, file).items()):
            if name.lower().endswith(".xml") and is_type_system(content):
                try:
                    types = load_types(content, name)
                except UnclearTypes as error:
                    self._source.troubles.append(Trouble("import-configuration", f"{name}: {error.message}", file))
            elif name.lower().endswith((".xmi", ".json", ".tsv")):
                chosen = chosen or (name, content)
        if chosen is None:
            self._source.troubles.append(Trouble("import-syntax", "the archive has no annotations that are read", file))
            return None
        name, content = chosen
        inner = f"{file}/{name}"
        if name.lower().endswith(".tsv"):
            return self._tsv(content, inner, document)
        return self._cases.cas_in(content, inner, types)

    def _tsv(self, data: bytes, file: str, document: _Document) -> Cas | None:
        try:
            found = read_file(data.decode("utf-8"), file)
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise Unreadable(Trouble("import-unreadable", "the file is not UTF-8", file, line)) from error
        if found is None:
            message = "the file has no head as those of WebAnno TSV have one: it was left out"
            self._source.troubles.append(Trouble("import-syntax", message, file))
            return None
        self._says.give_kinds(found.cas)
        self._take_text(found.cas, document)
        return found.cas

    def _take_text(self, cas: Cas, document: _Document) -> None:
        """Puts the text that was annotated in the place of the one made of sentences, if their tokens are the same."""
        text = self._plain_text(document)
        made = cas.sofas[0].text or ""
        if text is None:
            return
        places = [each.place for each in cas.structures.values() if each.place]
        offsets = [offset for place in places for offset in place]
        ours, theirs = UTF_16.code_points(made, offsets), UTF_16.code_points(text, offsets)
        if all(_same(made, text, ours, theirs, place) for place in places):
            cas.sofas[0].text = text
            cas.troubles[:] = [trouble for trouble in cas.troubles if trouble.kind != "import-unsaid"]

    def _plain_text(self, document: _Document) -> str | None:
        if document.text is None or self._says.documents.get(document.text.rpartition("/")[2], "") not in _TEXTS:
            return None
        try:
            return self._source.text(document.text)
        except Unreadable as error:
            self._source.troubles.append(error.trouble)
            return None

    def _bare(self, name: str, document: _Document) -> list[ForeignArticle]:
        """A document that nobody has annotated: its text, where that is plain."""
        if document.made:
            return []
        text = self._plain_text(document)
        if text is not None and document.text is not None:
            return [ForeignArticle(name=name, text=text, file=document.text)]
        message = f"{name[:80]!r} has no annotations, and its text isn't a plain one that is read: it was left out"
        file = document.text or self._base or self._source.path.name
        self._source.troubles.append(Trouble("import-no-text", message, file))
        return []

    def _look_at_labels(self, article: ForeignArticle) -> None:
        for record in article.records:
            for item in record.items:
                tags = self._closed.get(item.layer)
                if tags and item.label is not None and item.label not in tags:
                    message = f'the tag set of {item.layer} has no "{item.label[:60]}", which "{item.id}" has'
                    article.troubles.append(Trouble("import-undeclared", message, item.file, item.line))


def _same(
    ours: str, theirs: str, at: dict[int, int | None], there: dict[int, int | None], place: tuple[int, int]
) -> bool:
    """Whether both texts have the same at a place, but for white space."""
    start, end, first, last = at[place[0]], at[place[1]], there[place[0]], there[place[1]]
    if start is None or end is None or first is None or last is None:
        return start is None and first is None
    return ours[start:end].split() == theirs[first:last].split()


def _stem(name: str) -> str:
    return name[: -len(_ending(name))] if _ending(name) else name


def _ending(name: str) -> str:
    return next((ending for ending in _READ if name.lower().endswith(ending)), "")
