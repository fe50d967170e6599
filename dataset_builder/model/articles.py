"""All articles of a project in little memory: what many have in common is held once, paths are put together late."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, overload

from dataset_builder.model.source import ArticleInput, RecordInput, Source

__all__ = ["Articles", "Form", "Ids", "RecordForm", "Stretches"]


class RecordForm(NamedTuple):
    """What the records of one annotator in one place have in common."""

    annotator: str
    directory: str | None  # where <article>.json is; None for a packed record
    folder: str | None  # the annotator that the path names; None where the record alone does
    file: str | None = None  # the packed file
    unpacked: str | None = None  # see `Source`
    pseudonym: str | None = None  # see `RecordInput`

    @property
    def published(self) -> str:
        """The annotator, by the name that is published."""
        return self.pseudonym or self.annotator


class Form(NamedTuple):
    """What many articles have in common: where their parts are."""

    text_directory: str | None = None  # where <id>.txt is; None where the text is in a packed record, or nowhere
    metadata_directory: str | None = None
    file: str | None = None  # the packed file with the article's record
    unpacked: str | None = None
    holds_text: bool = False  # whether that record has a text
    records: tuple[RecordForm, ...] = ()  # by annotator, as published


class Stretches:
    """Stretches of packed files, by number: 16 bytes each."""

    def __init__(self) -> None:
        self._offsets, self._sizes, self._lines = array("Q"), array("I"), array("I")

    def add(self, source: Source) -> int:
        """The number of the stretch of `source`."""
        self._offsets.append(source.offset)
        self._sizes.append(source.size or 0)
        self._lines.append(source.line)
        return len(self._lines) - 1

    def source(self, number: int, file: str, unpacked: str | None) -> Source:
        """The stretch `number`, which is one of `file`."""
        return Source(file, self._offsets[number], self._sizes[number], self._lines[number], unpacked)


class Ids(Sequence[str]):
    """Many ids, their UTF-8 end to end: 8 bytes each beside its own, where a string takes 50."""

    def __init__(self, text: bytes = b"", ends: bytes = b"") -> None:
        """The ids that have these `parts`."""
        self._text, self._ends = bytearray(text), array("Q", ends or bytes(8))  # the first begins where none ends

    @property
    def parts(self) -> tuple[bytes, bytes]:
        """What all ids are made of."""
        return bytes(self._text), self._ends.tobytes()

    def append(self, id_: str) -> None:
        """Adds an id at the end."""
        self._text += id_.encode()
        self._ends.append(len(self._text))

    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> list[str]: ...

    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        if not 0 <= index < len(self):
            raise IndexError(index)
        return self._text[self._ends[index] : self._ends[index + 1]].decode()


class Articles:
    """Articles in the order of their ids. Memory: the ids, and 20 bytes an article, 20 more for each packed record."""

    def __init__(self, stretches: Stretches) -> None:
        self.ids = Ids()  # ascending
        self.record_count = 0
        self._forms: list[Form] = []
        self._described: dict[Form, str] = {}
        self._stretches = stretches
        self._numbers = array("I")  # of stretches: of the article, then of its records, as far as these are packed
        self._first = array("I")  # of each article, the index of its first number

    def add(self, id_: str, form: Form, numbers: Iterable[int]) -> None:
        """Adds an article; its id comes after all others. `numbers` are those of its packed parts."""
        self.ids.append(id_)
        self._forms.append(form)
        self._first.append(len(self._numbers))
        self._numbers.extend(numbers)
        self.record_count += len(form.records)

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[ArticleInput]:
        return map(self.__getitem__, range(len(self.ids)))

    def __getitem__(self, index: int) -> ArticleInput:
        id_, form = self.ids[index], self._forms[index]
        first = self._first[index]
        numbers = iter(self._numbers[first : first + 1 + len(form.records)])
        record = self._stretches.source(next(numbers), form.file, form.unpacked) if form.file else None
        records = tuple(
            RecordInput(
                each.annotator,
                id_,
                each.directory,
                each.folder,
                self._stretches.source(next(numbers), each.file, each.unpacked) if each.file else None,
                each.pseudonym,
            )
            for each in form.records
        )
        return ArticleInput(id_, form.text_directory, form.metadata_directory, record, form.holds_text, records)

    @property
    def annotators(self) -> frozenset[str]:
        """Who made any of the records."""
        shared = {id(form): form for form in self._forms}  # hashing each of millions would take seconds
        return frozenset(record.annotator for form in shared.values() for record in form.records)

    def publish_as(self, names: Mapping[str, str]) -> None:
        """Has annotators published by these `names`, and their records in the order of these."""
        self._described = {}
        renamed: dict[int, tuple[Form, Form, list[int]]] = {}  # by the former one's identity
        for index, form in enumerate(self._forms):
            if id(form) not in renamed:
                records = [record._replace(pseudonym=names.get(record.annotator)) for record in form.records]
                order = sorted(range(len(records)), key=lambda at: records[at].published)
                renamed[id(form)] = form, form._replace(records=tuple(records[at] for at in order)), order
            _, new, order = renamed[id(form)]
            if self._numbers:
                self._reorder(index, form, order)
            self._forms[index] = new

    def _reorder(self, index: int, form: Form, order: list[int]) -> None:
        """Puts the numbers of an article's packed records in the order of the records."""
        begin = self._first[index] + bool(form.file)
        packed = [at for at, record in enumerate(form.records) if record.file]
        numbers = dict(zip(packed, self._numbers[begin : begin + len(packed)], strict=True))
        for place, at in enumerate(at for at in order if at in numbers):
            self._numbers[begin + place] = numbers[at]

    @property
    def table(self) -> tuple[Ids, list[Form], bytes] | None:
        """All of it: the ids, the forms, and which form each has, four bytes each; None where some are packed."""
        if self._numbers:
            return None
        forms = {form: number for number, form in enumerate(dict.fromkeys(self._forms))}
        return self.ids, list(forms), array("I", map(forms.__getitem__, self._forms)).tobytes()

    @classmethod
    def of_table(cls, ids: Ids, forms: list[Form], which: bytes) -> "Articles":
        """What has that `table`."""
        articles, numbers = cls(Stretches()), array("I")
        numbers.frombytes(which)
        articles.ids, articles._forms = ids, list(map(forms.__getitem__, numbers))
        articles._first = array("I", bytes(len(which)))
        articles.record_count = sum(len(form.records) for form in articles._forms)
        return articles

    def form_of(self, index: int) -> str:
        """Where the parts of an article are, in words that are equal for equal places."""
        form = self._forms[index]
        found = self._described.get(form)
        if found is None:
            records = tuple(record._replace(unpacked=None) for record in form.records)
            found = self._described[form] = repr(form._replace(unpacked=None, records=records))
        return found

    @property
    def by_id(self) -> Mapping[str, ArticleInput]:
        """The articles by their ids. Looking one up takes O(log n)."""
        return _ById(self)


class _ById(Mapping[str, ArticleInput]):
    def __init__(self, articles: Articles) -> None:
        self._articles = articles

    def __getitem__(self, id_: str) -> ArticleInput:
        ids = self._articles.ids
        index = bisect_left(ids, id_)
        if index == len(ids) or ids[index] != id_:
            raise KeyError(id_)
        return self._articles[index]

    def __iter__(self) -> Iterator[str]:
        return iter(self._articles.ids)

    def __len__(self) -> int:
        return len(self._articles.ids)
