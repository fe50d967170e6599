"""What rules look at that only shows in all records together."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dataset_builder.model.diagnostic import Place
from dataset_builder.model.project import Project

__all__ = ["Alike", "CorpusView", "Seen", "Tie", "Twin"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One thing that a corpus-wide rule compares: its identity, and where it stands."""

    key: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """One of several articles with the same text, or with texts that are alike."""

    id: str
    split: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """Two articles of different splits whose texts are alike, but not the same."""

    first: Twin
    other: Twin
    similarity: float  # of their shingles


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """A link, as far as others may say the same or contradict it."""

    ends: str  # equal for links that have the same ends, each in the same property
    said: str  # equal for links that say just the same, whatever their ids
    labels: Mapping[str, str]  # the values of label sets, by property; none of the ends' own
    place: Place


@dataclass(frozen=True, kw_only=True)
class CorpusView:
    """What only shows in all records together. Every sequence is in the order of files."""

    project: Project
    articles: tuple[Seen, ...] = ()  # key: id; ids that occur more than once only
    annotations: tuple[Seen, ...] = ()  # key: article and annotator; those that occur more than once only
    orphans: tuple[Seen, ...] = ()  # annotations whose article does not exist; key: the article's id
    near: Mapping[str, str] = field(default_factory=dict)  # an orphan's article to the nearest known id
    links: tuple[Seen, ...] = ()  # key: id; those that occur more than once only
    ties: tuple[Tie, ...] = ()  # of links that have both ends in common with another one
    twins: tuple[tuple[Twin, ...], ...] = ()  # articles that share a text, by id
    alike: tuple[Alike, ...] = ()  # each article with the one before it that is most like it
    article_count: int = 0
    unread: frozenset[str] = frozenset()  # as a record's
