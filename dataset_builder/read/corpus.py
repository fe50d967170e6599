"""Everything that a project holds, found and joined: articles, annotations, links, what belongs nowhere."""

import re
import sys
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from itertools import count
from pathlib import Path, PurePosixPath
from typing import Any

from dataset_builder.model.articles import Articles, Form, RecordForm, Stretches
from dataset_builder.model.document import Document
from dataset_builder.model.project import Project
from dataset_builder.model.source import ArticleInput, RecordInput, Source
from dataset_builder.read.files import escaped, flawed_file, list_files, split_name, walk_folders
from dataset_builder.read.loose import MOST_NAME_BYTES, loose_articles, loose_records
from dataset_builder.read.packed import PackedReader

__all__ = ["HYDRATED", "Corpus", "read_corpus"]

HYDRATED = ".hydrated"
"""The folder beside the articles that withheld texts are put back into; git ignores what is in it."""

_HIDING = frozenset({"unreadable", "compression", "size"})  # flaws behind which packed records aren't seen
_MEANT = re.compile(r"\.(txt|jsonl?|ndjson)(\.(gz|zst|zstd|bz2|xz|zip))?", re.IGNORECASE)  # as what holds records ends
_NOTHING = Form()


@dataclass(kw_only=True)
class Corpus:
    """The inputs of a project. Everything is in the order of ids or files, whatever the file system's order is."""

    articles: Articles = field(
        default_factory=lambda: Articles(Stretches())
    )  # of several with one id, the first by file
    links: list[Source] = field(default_factory=list)
    duplicates: list[tuple[str, Source]] = field(default_factory=list)  # all articles that share an id
    doubled_records: list[tuple[str, Source]] = field(
        default_factory=list
    )  # all records that share article and annotator
    orphans: list[tuple[str, Source]] = field(default_factory=list)  # annotations whose article doesn't exist
    near: dict[str, str] = field(default_factory=dict)  # an orphan's article to the nearest id that there is
    flaws: list[Document] = field(default_factory=list)
    unread: list[tuple[str, Source]] = field(
        default_factory=list
    )  # packed lines that need the slow path; schema's name
    incomplete: frozenset[str] = frozenset()  # "article", "annotation": of these, there are more than could be read


def read_corpus(project: Project, spool: Path) -> Corpus:
    """The inputs of `project`: files are listed, packed ones read once for ids.

    Memory: what `Articles` holds when it is done, some 300 bytes an article on the way.
    """
    stretches = Stretches()
    corpus = Corpus(articles=Articles(stretches))
    packed = PackedReader(root=project.root, spool=spool, limit=project.limits.bytes, flaws=corpus.flaws)
    articles = _Articles(project, corpus, packed, stretches)
    articles.read()
    before = len(corpus.flaws)
    records = _Records(project, corpus, packed, stretches, articles.places)
    records.read()
    corpus.incomplete = frozenset(
        [
            *(kind for kind, _ in corpus.unread),
            *("article" for document in corpus.flaws[:before] if _hides_records(document)),
            *("annotation" for document in corpus.flaws[before:] if _hides_records(document)),
        ]
    )
    joined: dict[tuple[int, int], Form] = {}
    for id_ in sorted(articles.places):
        place = articles.places[id_]
        part, (known, numbers) = articles.forms[place], records.of(id_)
        form = joined.get((id(part), id(known)))  # both are shared, and stay as long as this
        if form is None:
            form = joined[id(part), id(known)] = part._replace(records=known)
        own = (articles.numbers[place],) if form.file else ()
        corpus.articles.add(id_, form, (*own, *numbers))
    for article, _ in corpus.orphans[:100]:  # nearest names cost; a corpus with more orphans has one cause
        if near := get_close_matches(article, articles.places, n=1):
            corpus.near[article] = near[0]
    corpus.links = list(_links(project, corpus, packed))
    return corpus


def _hides_records(document: Document) -> bool:
    """Whether a flaw of a packed file keeps its records, or one of them, from being seen."""
    packed = split_name(document.source.file)[1].startswith(".jsonl")
    return packed and any(flaw.kind in _HIDING for flaw in document.flaws)


class _Articles:
    """Articles as they are found, each at a place. Text and metadata of one lie in one folder, under one name."""

    def __init__(self, project: Project, corpus: Corpus, packed: PackedReader, stretches: Stretches) -> None:
        self.places: dict[str, int] = {}  # of ids
        self.forms: list[Form] = []  # by place
        self.numbers = array("I")  # by place, of packed articles: their stretches
        self._project, self._corpus, self._packed, self._stretches = project, corpus, packed, stretches
        self._others: dict[str, list[ArticleInput]] = {}  # further articles with an id that is taken

    def read(self) -> None:
        """Finds all articles; of several with one id, the first by file stands."""
        root, folder, flaws = self._project.root, self._project.paths.articles, list[Document]()
        loose = loose_articles(walk_folders(root, folder, flaws))
        if loose is None or flaws:
            self._look_at(list_files(root, folder, self._corpus.flaws))
        else:
            self.places = dict(zip(loose, count()))
            self.forms = list(loose.values())
        self._hydrate()
        for id_, others in self._others.items():
            for article in (self._article(id_), *others):
                self._corpus.duplicates.append((id_, article.text or article.metadata or Source("")))

    def _look_at(self, files: list[str]) -> None:
        for file in files:
            stem, ending = split_name(file)
            if ending.startswith(".jsonl"):
                self._add_packed(file, ending)
            elif ending in (".txt", ".json") and (stem in self.places or _good_id(stem, file, self._corpus)):
                self._add_file(stem, file.rpartition("/")[0], is_text=ending == ".txt")
            elif ending not in (".txt", ".json"):
                self._corpus.flaws += _passed_over(file, (".txt", ".json", ".jsonl"))

    def _set(self, id_: str, form: Form, number: int = 0) -> None:
        place = self.places.setdefault(id_, len(self.forms))
        if place < len(self.forms):
            self.forms[place] = form
        else:
            self.forms.append(form)
            self.numbers.append(number)

    def _form(self, id_: str) -> Form | None:
        place = self.places.get(id_)
        return None if place is None else self.forms[place]

    def _article(self, id_: str) -> ArticleInput:
        place = self.places[id_]
        form = self.forms[place]
        record = self._stretches.source(self.numbers[place], form.file, form.unpacked) if form.file else None
        return ArticleInput(id_, form.text_directory, form.metadata_directory, record, form.holds_text)

    @staticmethod
    @lru_cache(maxsize=1024)
    def _grown(known: Form, directory: str, is_text: bool) -> Form:  # noqa: FBT001 - a cache knows places alone
        return known._replace(text_directory=directory) if is_text else known._replace(metadata_directory=directory)

    def _add_file(self, id_: str, directory: str, *, is_text: bool) -> None:
        known = self._form(id_) or _NOTHING
        if known is _NOTHING or directory in (known.text_directory, known.metadata_directory):
            self._set(id_, self._grown(known, directory, is_text))
            return
        others = self._others.setdefault(id_, [])
        index = next((index for index, other in enumerate(others) if _lies_in(other, directory)), len(others))
        others[index : index + 1] = [_with_part((others[index:] or [ArticleInput(id_)])[0], directory, is_text=is_text)]

    def _add_packed(self, file: str, ending: str) -> None:
        fields = self._project.fields
        for source, value, has_text in self._packed.index(file, ending, (fields.id,), fields.text):
            id_ = value.get(fields.id) if value is not None else None
            if value is None:
                self._corpus.unread.append(("article", source))
            elif not isinstance(id_, str):
                message = f'the record has no id: its property "{fields.id}" is missing or is no string'
                self._corpus.flaws.append(flawed_file(file, "unaddressed", message, line=source.line))
            elif _good_id(id_, file, self._corpus, line=source.line):
                if id_ in self.places:
                    article = ArticleInput(id_, record=source, holds_text=has_text)
                    self._others.setdefault(id_, []).append(article)
                else:
                    self._set(id_, _packed(file, source.unpacked, has_text), self._stretches.add(source))

    def _hydrate(self) -> None:
        """Lets withheld articles have the texts that were put back."""
        folder = f"{self._project.paths.articles}/{HYDRATED}"
        for file in list_files(self._project.root, folder, self._corpus.flaws):
            stem, ending = split_name(file)
            form = self._form(stem)
            if ending == ".txt" and form and form.text_directory is None and not form.holds_text:
                self._set(stem, self._grown(form, file.rpartition("/")[0], True))  # noqa: FBT003


@lru_cache(maxsize=1024)
def _packed(file: str, unpacked: str | None, holds_text: bool) -> Form:  # noqa: FBT001 - a cache knows places alone
    return Form(file=file, unpacked=unpacked, holds_text=holds_text)


def _lies_in(article: ArticleInput, directory: str) -> bool:
    return directory in (article.text_directory, article.metadata_directory)


def _with_part(article: ArticleInput, directory: str, *, is_text: bool) -> ArticleInput:
    return article._replace(text_directory=directory) if is_text else article._replace(metadata_directory=directory)


def _good_id(id_: str, file: str, corpus: Corpus, *, line: int = 1) -> bool:
    reason = _bad_id(id_)
    if reason:
        corpus.flaws.append(flawed_file(file, "bad-id", f'the id "{escaped(id_)}" {reason}', line=line))
    return not reason


def _bad_id(id_: str) -> str | None:
    """Why `id_` can't be a file's name everywhere; None if it can."""
    if not id_:
        return "is empty"
    if id_.startswith("."):
        return "begins with a dot"
    if "/" in id_ or "\\" in id_:
        return "has a slash or backslash in it"
    if not id_.isprintable():
        return "has control characters or other characters that do not print in it"
    if len(id_.encode("utf-8", "surrogateescape")) > MOST_NAME_BYTES:
        return f"is longer than {MOST_NAME_BYTES} bytes"
    return None


class _Records:
    """The records of each article; of several by one annotator, the first by file stands.

    Those of one article are a chain of entries, in the order of files: 12 bytes a record, 4 an article.
    """

    def __init__(
        self,
        project: Project,
        corpus: Corpus,
        packed: PackedReader,
        stretches: Stretches,
        places: Mapping[str, int],
    ) -> None:
        """`places` are those of the articles."""
        self._project, self._corpus, self._packed = project, corpus, packed
        self._stretches, self._places = stretches, places
        self._loose: dict[str, tuple[RecordForm, ...]] = {}  # by article, where all could be joined in bulk
        self._first = array("I")  # by place: the article's first entry, 0 for none
        self._next = array("I", [0])  # by entry: the article's next one, 0 for none
        self._form_of = array("I", [0])  # by entry
        self._number_of = array("I", [0])  # by entry, of packed records: their stretches
        self._forms: list[RecordForm] = []
        self._numbered: dict[RecordForm, int] = {}
        self._joined: dict[tuple[int, ...], tuple[tuple[RecordForm, ...], tuple[int, ...]]] = {}

    def read(self) -> None:
        """Finds all records."""
        root, paths, flaws = self._project.root, self._project.paths, list[Document]()
        folders = walk_folders(root, paths.annotations, flaws)
        loose = loose_records(folders, paths.annotations, paths.links, self._places)
        if loose is None or flaws:
            self._look_at(list_files(root, paths.annotations, self._corpus.flaws))
        else:
            self._loose = loose

    def _look_at(self, files: list[str]) -> None:
        self._first = array("I", bytes(4 * len(self._places)))
        doubled: dict[tuple[str, str], list[Source]] = {}
        for record in _records(files, self._project, self._corpus, self._packed):
            if record.article not in self._places:
                self._corpus.orphans.append((record.article, record.source))
            elif twin := self._twin(record):
                doubled.setdefault((record.article, record.annotator), [twin]).append(record.source)
            else:
                self._keep(record)
        for (id_, annotator), sources in doubled.items():
            self._corpus.doubled_records += [(f"{annotator}'s record on {id_}", source) for source in sources]

    def of(self, id_: str) -> tuple[tuple[RecordForm, ...], tuple[int, ...]]:
        """The records of an article by annotator, and the stretches of those that are packed."""
        if not self._first:
            return _by_annotator(self._loose.get(id_, ())), ()
        entries = self._entries(id_)
        found = tuple([self._form_of[entry] for entry in entries])
        forms, packed = self._joined.get(found) or self._join(found)
        return forms, tuple([self._number_of[entries[at]] for at in packed])

    def _join(self, found: tuple[int, ...]) -> tuple[tuple[RecordForm, ...], tuple[int, ...]]:
        """The forms that an article's records have, by annotator, and which of its entries are packed, in that order.

        Held once for all articles that have the same.
        """
        order = sorted(range(len(found)), key=lambda at: self._forms[found[at]].annotator)
        forms = tuple(self._forms[found[at]] for at in order)
        packed = tuple(at for at, form in zip(order, forms, strict=True) if form.file)
        self._joined[found] = forms, packed
        return forms, packed

    def _entries(self, id_: str) -> list[int]:
        """The entries of an article, in the order of files."""
        found, entry = [], self._first[self._places[id_]]
        while entry:
            found.append(entry)
            entry = self._next[entry]
        return found

    def _twin(self, record: RecordInput) -> Source | None:
        """Another record of the same article by the same annotator, which stands."""
        for entry in self._entries(record.article):
            form = self._forms[self._form_of[entry]]
            if form.annotator == record.annotator:
                if form.file:
                    return self._stretches.source(self._number_of[entry], form.file, form.unpacked)
                return RecordInput(form.annotator, record.article, form.directory, form.folder).source
        return None

    def _keep(self, record: RecordInput) -> None:
        packed = record.packed
        form = RecordForm(record.annotator, record.directory, record.folder)
        if packed:
            form = form._replace(file=packed.file, unpacked=packed.unpacked)
        if form not in self._numbered:
            self._numbered[form] = len(self._forms)
            self._forms.append(form)
        entries, entry = self._entries(record.article), len(self._next)
        if entries:
            self._next[entries[-1]] = entry
        else:
            self._first[self._places[record.article]] = entry
        self._next.append(0)
        self._form_of.append(self._numbered[form])
        self._number_of.append(self._stretches.add(packed) if packed else 0)


@lru_cache(maxsize=1024)
def _by_annotator(forms: tuple[RecordForm, ...]) -> tuple[RecordForm, ...]:
    return tuple(sorted(forms, key=lambda form: form.annotator))


def _records(files: list[str], project: Project, corpus: Corpus, packed: PackedReader) -> Iterator[RecordInput]:
    """Every annotation that `files` hold."""
    folder = project.paths.annotations
    for file in files:
        if file.startswith(f"{project.paths.links}/"):
            continue
        stem, ending = split_name(file)
        steps = file.removeprefix(f"{folder}/").split("/")
        annotator = steps[0] if len(steps) > 1 else None
        if ending.startswith(".jsonl"):
            names = (project.fields.article, project.fields.annotator)
            for source, value, _ in packed.index(file, ending, names):
                yield from _addressed(project, corpus, source, value, annotator)
        elif ending == ".json" and annotator is not None:
            annotator = sys.intern(annotator)
            yield RecordInput(annotator, stem, sys.intern(file.rpartition("/")[0]), annotator)
        elif ending == ".json":
            message = f"the file lies in no annotator's folder: expected {folder}/<annotator>/{stem}.json"
            corpus.flaws.append(flawed_file(file, "unaddressed", message))
        else:
            corpus.flaws += _passed_over(file, (".json", ".jsonl"))


def _addressed(
    project: Project, corpus: Corpus, source: Source, value: dict[str, Any] | None, folder: str | None
) -> Iterator[RecordInput]:
    if value is None:
        corpus.unread.append(("annotation", source))
        return
    article, annotator = value.get(project.fields.article), value.get(project.fields.annotator, folder)
    for name, found in ((project.fields.article, article), (project.fields.annotator, annotator)):
        if not isinstance(found, str) or not found:
            message = f'the record belongs nowhere: its property "{name}" is missing or is no string'
            corpus.flaws.append(flawed_file(source.file, "unaddressed", message, line=source.line))
            return
    yield RecordInput(sys.intern(str(annotator)), str(article), None, folder, source)


def _links(project: Project, corpus: Corpus, packed: PackedReader) -> Iterator[Source]:
    for file in list_files(project.root, project.paths.links, corpus.flaws):
        _, ending = split_name(file)
        if ending.startswith(".jsonl"):
            for source, *_ in packed.index(file, ending):
                yield source
        elif ending == ".json":
            yield Source(file)
        else:
            corpus.flaws += _passed_over(file, (".json", ".jsonl"))


def _passed_over(file: str, endings: tuple[str, ...]) -> Iterator[Document]:
    """What is to be said of a file that nothing reads: something only where it seems to hold records."""
    ending = "".join(PurePosixPath(file).suffixes[-2:])
    found = _MEANT.search(ending)
    if found and found.end() == len(ending):
        expected = f"{', '.join(endings)}, {endings[-1]}.gz or {endings[-1]}.zst"
        yield flawed_file(file, "passed-over", f"nothing reads a file that ends with {found[0]}: expected {expected}")
