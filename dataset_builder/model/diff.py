"""What differs between two builds, an old and a new one. All counts are complete; what is shown may be limited."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, Generic, Literal, TypeVar

__all__ = [
    "AgreementChange",
    "AnnotationChange",
    "ArticleChange",
    "Bump",
    "Change",
    "Diff",
    "Drift",
    "Item",
    "LabelCount",
    "LinkChange",
    "MetadataChange",
    "Move",
    "Passage",
    "SchemaChange",
    "Section",
    "Side",
    "SplitSize",
]

Bump = Literal["major", "minor", "patch"]
Shown = TypeVar("Shown")

TEST = "test"
"""The split whose articles models must not have seen."""

_BREAKING = ("table removed", "column removed", "type changed", "label removed", "labels recoded")
_ADDING = ("table added", "column added", "label added")


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two builds that are compared."""

    name: str  # as it was asked for: a folder, a revision, or "the working tree"
    dataset: str
    version: str
    articles: int
    annotations: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Section(Generic[Shown]):
    """Changes of one sort: `counts` counts all of them by kind, and `shown` are the first, in order."""

    total: int = 0  # changes; kinds may add up to more, where one change is of several
    counts: Mapping[str, int] = field(default_factory=dict)
    shown: tuple[Shown, ...] = ()

    def of(self, *kinds: str) -> int:
        """How many changes there are of any of `kinds`."""
        return sum(self.counts.get(kind, 0) for kind in kinds)

    @property
    def hidden(self) -> int:
        """How many changes are not among those shown."""
        return self.total - len(self.shown)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A value that is another one now. Values are such as JSON has; both are None where they may not be shown."""

    path: str  # as in `labels.topic`
    old: Any
    new: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaChange:
    """A table, column or label set that changed."""

    kind: str
    table: str
    path: str = ""  # as in `entities[].type`; empty for a table
    old: str | None = None
    new: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitSize:
    """How many articles a split has; 0 where it isn't there."""

    split: str
    old: int
    new: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """An article that is in another split now."""

    article: str
    old: str
    new: str

    @property
    def kind(self) -> str:
        """`into test`, `out of test`, or `moved`."""
        if TEST in (self.old, self.new):
            return "into test" if self.new == TEST else "out of test"
        return "moved"

    @property
    def sort_key(self) -> tuple[int, str, str, str]:
        """What leaks comes first: train to test, then the other moves into test, then those out of it."""
        rank = {"into test": 1, "out of test": 2, "moved": 3}[self.kind]
        return (0 if (self.old, self.new) == ("train", TEST) else rank), self.old, self.new, self.article


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """An edit of a text with what stands around it; offsets are code points of the two texts. Long parts are cut."""

    old: int
    new: int
    before: str
    removed: str
    added: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleChange:
    """An article that was added or removed, or whose text was revised."""

    kind: Literal["added", "removed", "revised"]
    article: str
    split: str  # in the new build; of a removed one, in the old build
    lengths: tuple[int | None, int | None] = (None, None)  # code points, old and new
    edits: int | None = None  # of the text, shown or not; None where the text may not be shown
    passages: tuple[Passage, ...] = ()  # the first of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An item of a layer as it is in one build."""

    key: str | None = None
    span: tuple[int, int] | None = None  # half-open, code points
    quote: str | None = None  # None too where the text may not be shown


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotationChange:
    """An item, or the record itself, that changed; `annotator` is None for what is published as gold.

    Kinds: `added`, `removed`, `moved`, `relabelled`, `re-referenced`, `rekeyed`; of the whole record `record added` and
    `record removed`.
    """

    article: str
    annotator: str | None
    layer: str  # as in `entities`, or `turns[].pauses`; empty for the record itself
    kinds: tuple[str, ...]
    old: Item | None = None
    new: Item | None = None
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkChange:
    """A link between articles that was added, removed or changed."""

    kind: Literal["added", "removed", "changed"]
    link: str
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataChange:
    """An article whose metadata changed."""

    article: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelCount:
    """How often a label occurs in either build; None where its label set doesn't have it."""

    label: str
    old: int | None
    new: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """How the labels of one column are distributed in either build, and a test of whether that is the same.

    The test is Pearson's chi-squared test of homogeneity over the labels that occur; without two of these in both
    builds together, or without items in one build, there is none.
    """

    table: str
    path: str
    labels: tuple[LabelCount, ...]
    statistic: float | None = None
    freedom: int | None = None
    p: float | None = None
    effect: float | None = None  # Cramér's V, from 0 to 1
    sparse: bool = False  # an expected count is below 5, so that p is rough


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementChange:
    """How far annotators agree at `path`, by measure's name; None where it isn't measured or isn't defined."""

    path: str
    measure: str
    annotators: tuple[str, ...]
    n: tuple[int | None, int | None]
    values: Mapping[str, tuple[float | None, float | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Diff:
    """What differs between two builds."""

    old: Side
    new: Side
    schema: Section[SchemaChange] = field(default_factory=Section)
    documents: tuple[str, ...] = ()  # schema files that differ, or that one build alone has
    sizes: tuple[SplitSize, ...] = ()
    splits: Section[Move] = field(default_factory=Section)
    articles: Section[ArticleChange] = field(default_factory=Section)
    annotations: Section[AnnotationChange] = field(default_factory=Section)
    gold: Section[AnnotationChange] = field(default_factory=Section)
    links: Section[LinkChange] = field(default_factory=Section)
    metadata: Section[MetadataChange] = field(default_factory=Section)  # counted by field
    dataset: tuple[Change, ...] = ()  # of the dataset as a whole
    drift: tuple[Drift, ...] = ()  # of the label columns whose counts differ
    agreement: tuple[AgreementChange, ...] = ()
    uncompared: tuple[str, ...] = ()  # columns whose values can't be compared, because their types changed
    unexplained: tuple[str, ...] = ()  # tables with other digests, although nothing was found

    @property
    def differs(self) -> bool:
        """Whether there is any difference."""
        found = (self.documents, self.dataset, self.drift, self.agreement, self.uncompared, self.unexplained)
        return any(found) or any(section.total for section in self.sections.values())

    @property
    def sections(self) -> dict[str, Section[Any]]:
        """The sections by name, in the order in which they are reported."""
        return {each.name: value for each in fields(self) if isinstance(value := getattr(self, each.name), Section)}

    @property
    def bump(self) -> Bump | None:
        """By how much the version has to grow; None where nothing differs, or the version alone.

        Major where a table, column, label or article was removed, a type changed, labels stand for other integers, or
        an article moved into or out of test; minor where something was added; patch where something was corrected.
        """
        if self.schema.of(*_BREAKING) or self.splits.of("into test", "out of test") or self.articles.of("removed"):
            return "major"
        added = (self.articles.of("added"), self.annotations.of("added", "record added"), self.links.of("added"))
        if self.schema.of(*_ADDING) or any(added) or self.gold.of("added"):
            return "minor"
        beside = tuple(change for change in self.dataset if change.path != "version")
        return "patch" if beside or self._differs_within else None

    @property
    def _differs_within(self) -> bool:
        found = (self.documents, self.drift, self.agreement, self.uncompared, self.unexplained)
        return any(found) or any(section.total for section in self.sections.values())

    def as_json(self) -> dict[str, Any]:
        """The shape that `diff --format json` prints."""
        head = {"differs": self.differs, "bump": self.bump}
        return {**head, **{each.name: _plain(getattr(self, each.name)) for each in fields(self)}}


def _plain(value: Any) -> Any:
    """`value` with dataclasses as objects and tuples as lists."""
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else value
