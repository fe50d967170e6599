"""What rules look at: values with positions, made only where something could not be proven clean."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from typing import Any

from dataset_builder.check.judgement import Judgement
from dataset_builder.check.misplacement import Search
from dataset_builder.check.rule import Aspect, Finding
from dataset_builder.check.wording import identifier_like
from dataset_builder.model.diagnostic import Place, Pointer
from dataset_builder.model.document import Document, Flaw
from dataset_builder.model.project import Project
from dataset_builder.model.span import Lines
from dataset_builder.schema.plan import Anchor
from dataset_builder.schema.registry import Schema, SchemaSet
from dataset_builder.schema.shape import ITEM, Path, Shape

__all__ = [
    "ArticleView",
    "FlawView",
    "GroupView",
    "LinkView",
    "RecordView",
    "SchemaView",
    "SpanView",
    "forget",
]


@dataclass(frozen=True, kw_only=True)
class FlawView:
    """A flaw that a reader found, with the document that it stands in."""

    flaw: Flaw
    document: Document

    def finding(self, *, help: str | None = None, related: tuple[Place, ...] = ()) -> Finding:  # noqa: A002 - its field
        """The flaw as the reader puts it into words, where it stands."""
        place = self.document.place_at(self.flaw.offset, self.flaw.pointer)
        return Finding(message=self.flaw.message, place=place, help=help, related=related)


@dataclass(frozen=True, kw_only=True)
class SchemaView:
    """The project's schemas, each with its document. `documents` is by schema file."""

    project: Project
    schemas: SchemaSet
    documents: Mapping[str, Document]
    gold: Shape | None = None  # the shape of a gold record, where it isn't simply an annotation without its envelope

    @property
    def gold_shape(self) -> Shape | None:
        """The shape of a gold record; None where there are no annotations."""
        if self.gold is not None or not self.schemas.annotation:
            return self.gold
        fields = self.project.fields
        envelope = {fields.article, fields.annotator, fields.text_sha256}
        shape = self.schemas.annotations.shape
        return replace(shape, properties=tuple(pair for pair in shape.properties if pair[0] not in envelope))

    @property
    def roots(self) -> tuple[Schema, ...]:
        """The schemas of records that the project has."""
        schemas = (self.schemas.articles, self.schemas.annotations, self.schemas.links)
        return tuple(schema for schema in schemas if schema.uri)

    def place(self, at: tuple[str, Pointer], *steps: str | int) -> Place:
        """The place in a schema file that a shape came from, or of a keyword in it."""
        file, pointer = at[0], (*at[1], *steps)
        return self.documents[file].place(pointer) if file in self.documents else Place(file=file)


@dataclass(frozen=True, kw_only=True)
class ArticleView:
    """An article: its text as stored and its metadata as written.

    `data` is None where there is no text; `text` is None also where the bytes are not UTF-8. `metadata` is None where
    an article has no sidecar.
    """

    id: str
    project: Project
    schema: Schema
    file: str  # where the text is (or would be), relative to the project
    data: bytes | None  # of the text
    metadata: Document | None
    packed: bool = False  # text and metadata stand in one record
    settled: frozenset[Aspect] = frozenset()  # what is proven already

    @cached_property
    def text(self) -> str | None:
        """The text, decoded with newlines and BOM untouched."""
        try:
            return None if self.data is None else self.data.decode("utf-8")
        except UnicodeDecodeError:
            return None

    @cached_property
    def sha256(self) -> str | None:
        """SHA-256 of the text: computed where it is here, else as the metadata states it."""
        return sha256(self.data).hexdigest() if self.data is not None else self.stated("sha256", str)

    @property
    def length(self) -> int | None:
        """The text's length in code points: counted where it is here, else as the metadata states it."""
        return len(self.text) if self.text is not None else self.stated("length", int)

    @property
    def withheld(self) -> bool:
        """Whether the text must not be published."""
        rights = self.stated("rights", dict) or {}
        return rights.get("text") == "withheld"

    @property
    def discreet(self) -> bool:
        """Whether messages must show nothing of the text: it is withheld, or absent, or its rights aren't clear."""
        if not self.is_described:
            return True
        rights = self.record.get(self.project.fields.rights)
        included = rights is None or (isinstance(rights, dict) and rights.get("text") == "included")
        return self.data is None or not included

    @property
    def is_described(self) -> bool:
        """Whether the metadata could be read as an object, if there is any."""
        return self.metadata is None or (self.metadata.readable and isinstance(self.metadata.value, dict))

    @property
    def record(self) -> Mapping[str, Any]:
        """The metadata as an object; an empty one where there is none."""
        value = self.metadata.value if self.metadata else None
        return value if isinstance(value, dict) else {}

    @property
    def document(self) -> Document | None:
        """The metadata."""
        return self.metadata

    @cached_property
    def judgement(self) -> Judgement:
        """What the schema says of the metadata; of a packed record less the id and text that it doesn't declare."""
        value = self.metadata.value if self.metadata else None
        if (self.packed or self._is_packed_record) and isinstance(value, dict):
            fields = self.project.fields
            undeclared = {name for name in (fields.id, fields.text) if self.schema.shape.property(name) is None}
            value = {name: inner for name, inner in value.items() if name not in undeclared}
        return Judgement(self.schema, self.metadata, self._hidden, value, valid=Aspect.VALID in self.settled)

    @property
    def _is_packed_record(self) -> bool:
        """Whether the metadata is a line of a packed file, though the text is elsewhere: withheld, or put back."""
        return self.metadata is not None and self.metadata.source.size is not None

    def _hidden(self, pointer: Pointer, text: str) -> bool:
        del pointer
        return self.discreet and not identifier_like(text)

    def stated(self, field_: str, type_: type) -> Any:
        """What the metadata says under the project's name for `field_`; None if it says nothing of that type."""
        value = self.record.get(getattr(self.project.fields, field_))
        return value if type(value) is type_ else None

    def place_of(self, *pointer: str | int) -> Place:
        """The place of a value of the metadata; of the text where there is none."""
        if self.metadata is None:
            return Place(file=self.file, line=1, column=1)
        return self.metadata.place(pointer)

    @cached_property
    def lines(self) -> Lines:
        """Line starts of the text."""
        return Lines(self.text or "")

    def place_in_text(self, start: int, end: int | None = None, note: str | None = None) -> Place:
        """The place of a passage of the text; of its record where the text stands in a packed one."""
        if self.packed and self.metadata:
            return self.metadata.place((self.project.fields.text,), note=note)
        line, column = self.lines.locate(start)
        return Place(
            file=self.file, line=line, column=column, start=start, end=end if end is not None else start, note=note
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanView:
    """A span that is well-formed enough to be looked at: integer offsets, quote and digest strings or None."""

    anchor: Anchor
    pointer: Pointer  # of the object
    start: int
    end: int
    quote: str | None
    digest: str | None
    article: "ArticleView | None"  # that it is anchored in


@dataclass(frozen=True, kw_only=True)
class RecordView:
    """One annotator's record, with the article that it is about (None where there is none)."""

    project: Project
    schema: Schema
    document: Document
    annotator: str  # by the folder, or by the record where it is packed
    article: ArticleView | None
    folder: str | None = None  # the annotator that the path names; None for packed records
    stem: str | None = None  # the article that the path names; None for packed records
    known_articles: frozenset[str] | Mapping[str, Any] = frozenset()
    unread: frozenset[str] = frozenset()  # "article", "annotation": some can't be read, so what is absent may be there
    linked: frozenset[str] = frozenset()  # arrays whose items links may name
    settled: frozenset[Aspect] = frozenset()  # what is proven already

    @property
    def value(self) -> Any:
        """The record."""
        return self.document.value

    @cached_property
    def judgement(self) -> Judgement:
        """What the schema says of the record."""
        return Judgement(self.schema, self.document, self._hidden, valid=Aspect.VALID in self.settled)

    @cached_property
    def search(self) -> Search:
        """Why spans don't lie where they say, and what mends them."""
        return Search(self)

    def _hidden(self, pointer: Pointer, text: str) -> bool:
        article = self.article_of(pointer)
        if article is not None and not article.discreet:
            return False
        return pointer[-1:] in self._quotes or not identifier_like(text)

    @cached_property
    def _quotes(self) -> frozenset[Pointer]:
        """The properties that hold a covered text, each as the last step of a pointer."""
        return frozenset((anchor.keys.quote,) for anchor in self.schema.plan.anchors if anchor.keys.quote)

    def article_of(self, pointer: Pointer) -> ArticleView | None:
        """The article that an object at `pointer` is anchored in."""
        del pointer  # one record, one article
        return self.article

    @cached_property
    def _found(self) -> dict[Path, list[tuple[Pointer, Any]]]:
        return {(): [] if self.value is None else [((), self.value)]}

    def at(self, path: Path) -> list[tuple[Pointer, Any]]:
        """All values at `path` with their pointers, as `gather_places` gives them, none misread; found once."""
        found = self._found.get(path)
        if found is None:
            outer, step = self.at(path[:-1]), path[-1]
            inner = _items(outer) if step is ITEM else _members(outer, step)
            found = self._found[path] = [place for place in inner if not self.is_misread(*place)]
        return found

    def is_misread(self, pointer: Pointer, value: Any) -> bool:
        """Whether `value` isn't what is written at `pointer`; of an object only a name is another, not its values."""
        return pointer in self.judgement.misread and not isinstance(value, dict | list)

    def hides_keys(self, layers: Iterable[str]) -> bool:
        """Whether an item of `layers` has a key that was misread: what seems to name nothing may name it."""
        keys = {(layer, self.schema.plan.key_of(layer)) for layer in layers}
        return any((pointer[0], pointer[-1]) in keys for pointer in self.judgement.misread if len(pointer) == 3)

    def keys(self, layer: str) -> list[tuple[str, Pointer]]:
        """The keys of the items of an array of the record, and where each item stands; found once."""
        found = self._keys.get(layer)
        if found is None:
            key = self.schema.plan.key_of(layer)
            named = self.at((layer, ITEM, key)) if key else []
            found = self._keys[layer] = [(name, pointer[:-1]) for pointer, name in named if isinstance(name, str)]
        return found

    @cached_property
    def _keys(self) -> dict[str, list[tuple[str, Pointer]]]:
        return {}

    def spans(self) -> tuple[SpanView, ...]:
        """Every well-formed span, in the schema's order; the others are the schema's affair."""
        return self._spans

    @cached_property
    def _spans(self) -> tuple[SpanView, ...]:
        return tuple(span for anchor in self.schema.plan.anchors for span in self.spans_of(anchor))

    def spans_of(self, anchor: Anchor) -> Iterator[SpanView]:
        """Every well-formed span of `anchor`, in the record's order."""
        keys, touched = anchor.keys, self.judgement.touched
        for pointer, value in self.at(anchor.path):
            if not isinstance(value, dict):
                continue
            start, end = value.get(keys.start), value.get(keys.end)
            if type(start) is not int or type(end) is not int:
                continue
            if not touched.isdisjoint(((*pointer, keys.start), (*pointer, keys.end))):
                continue
            quote, digest = (self._string(pointer, value, name) for name in (keys.quote, keys.digest))
            yield SpanView(
                anchor=anchor,
                pointer=pointer,
                start=start,
                end=end,
                quote=quote,
                digest=digest,
                article=self.article_of(pointer),
            )

    def _string(self, pointer: Pointer, owner: Mapping[str, Any], name: str | None) -> str | None:
        """The string that the object at `pointer` has under `name`; None where there is none as it is written."""
        value = owner.get(name) if name else None
        return value if isinstance(value, str) and not self.is_misread((*pointer, name or ""), value) else None


def _items(outer: Iterable[tuple[Pointer, Any]]) -> Iterator[tuple[Pointer, Any]]:
    for pointer, value in outer:
        if isinstance(value, list):
            yield from (((*pointer, index), item) for index, item in enumerate(value) if item is not None)


def _members(outer: Iterable[tuple[Pointer, Any]], name: str) -> Iterator[tuple[Pointer, Any]]:
    for pointer, value in outer:
        if isinstance(value, dict) and (inner := value.get(name)) is not None:
            yield (*pointer, name), inner


@dataclass(frozen=True, kw_only=True)
class GroupView:
    """The records of one article together, and the gold record that comes of them."""

    project: Project
    schema: Schema
    article: str  # id
    documents: Mapping[str, Document]  # by annotator; without values
    gold: Mapping[str, Any] | None  # with an envelope, as the schema judges it; None where the policy gives none

    @property
    def places(self) -> tuple[Place, ...]:
        """Where the records stand, by annotator."""
        return tuple(self.documents[annotator].place(()) for annotator in sorted(self.documents))

    @cached_property
    def judgement(self) -> Judgement:
        """What the schema says of the gold record. What it holds is not shown: it may be of a withheld text."""
        document = next(iter(self.documents.values()), None)
        return Judgement(self.schema, document, lambda *_: True, self.gold)


@dataclass(frozen=True, kw_only=True)
class LinkView(RecordView):
    """A link: a record whose ends lie in several articles.

    An object's article is the one that the nearest enclosing object names by an `@article` reference; its layers are
    those of that article's gold record.
    """

    articles: Mapping[str, ArticleView] = field(default_factory=dict)  # those that the link names, as far as they exist
    gold: Mapping[str, Any] = field(default_factory=dict)  # their gold records, None without one; not where errors are

    @cached_property
    def named(self) -> tuple[tuple[Pointer, str], ...]:
        """Every article that the link names, with where it does."""
        paths = self.schema.plan.article_references
        found = (place for path in paths for place in self.at(path))
        return tuple((where, value) for where, value in found if isinstance(value, str))

    @cached_property
    def _owners(self) -> Mapping[Pointer, str]:
        return {where[:-1]: value for where, value in self.named}

    def article_id_of(self, pointer: Pointer) -> str | None:
        """The id of the article that an object at `pointer` belongs to."""
        owners = (self._owners.get(pointer[:length]) for length in range(len(pointer), -1, -1))
        return next((owner for owner in owners if owner is not None), None)

    def article_of(self, pointer: Pointer) -> ArticleView | None:
        """The article that an object at `pointer` is anchored in."""
        return self.articles.get(self.article_id_of(pointer) or "")


def forget(view: ArticleView | RecordView) -> None:
    """Lets go of all that `view`, of which nothing is asked any more, has found.

    What it has found refers to it in turn. While thousands of records are explained, nobody collects such circles.
    """
    vars(view).clear()
