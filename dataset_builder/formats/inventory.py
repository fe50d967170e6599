"""What occurs in imported records: layers, labels, attributes and their kinds; what the schema is inferred from."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dataset_builder.formats.format import Declared

__all__ = ["Facts", "Inventory", "Values", "kind_of"]

_KINDS = {type(None): "null", bool: "boolean", float: "number", str: "string"}
_MOST_VALUES = 1000  # distinct values that are counted one by one


def kind_of(value: Any) -> str:
    """The kind of a JSON value, in JSON Schema's words; lists of strings have one of their own."""
    if isinstance(value, int) and not isinstance(value, bool):
        return "integer" if -(2**63) <= value < 2**63 else "json"
    if isinstance(value, list | tuple):
        return "strings" if all(isinstance(each, str) for each in value) else "json"
    return _KINDS.get(type(value), "json")


@dataclass(slots=True)
class Values:
    """What values a property has."""

    kinds: Counter[str] = field(default_factory=Counter)
    strings: Counter[str] = field(default_factory=Counter)  # at most `_MOST_VALUES` of them, and one more
    closed: bool = False  # the source says which strings there may be

    def add(self, value: Any) -> None:
        """Counts `value`."""
        kind = kind_of(value)
        self.kinds[kind] += 1
        for string in (value,) if kind == "string" else value if kind == "strings" else ():
            if len(self.strings) <= _MOST_VALUES or string in self.strings:
                self.strings[string] += 1

    def unite(self, other: "Values") -> None:
        """Adds what `other` counted."""
        self.kinds.update(other.kinds)
        self.strings.update(other.strings)
        self.closed |= other.closed

    def forget_counts(self) -> None:
        """Lets the values stand as ones that there may be, none of them counted."""
        self.closed |= bool(self.labels)
        self.kinds = Counter(dict.fromkeys(self.kinds, 0))
        self.strings = Counter(dict.fromkeys(self.strings, 0))

    @property
    def labels(self) -> tuple[str, ...]:
        """The strings as a closed set, by name; empty where they are none: too many, or hardly one of them repeated."""
        known = {kind for kind in self.kinds if kind != "null"}
        if known not in ({"string"}, {"strings"}) or not self.strings:
            return ()
        if len(self.strings) > _MOST_VALUES or "" in self.strings:
            return ()
        distinct, total = len(self.strings), self.strings.total()
        if not self.closed and (distinct > 32 or total < 4 * distinct):
            return ()
        return tuple(sorted(self.strings))

    def as_json(self) -> dict[str, Any]:
        """What `of_json` reads."""
        return {
            "kinds": dict(sorted(self.kinds.items())),
            "strings": dict(sorted(self.strings.items())),
            "closed": self.closed,
        }

    @classmethod
    def of_json(cls, value: Mapping[str, Any]) -> "Values":
        """What has that `as_json`."""
        return cls(Counter(value["kinds"]), Counter(value["strings"]), value["closed"])


@dataclass(slots=True)
class Facts:
    """What occurs in one layer."""

    items: int = 0
    spans: int = 0  # items with fragments
    points: bool = False
    fragmented: int = 0  # items with several
    labels: Counter[str] = field(default_factory=Counter)
    titles: dict[str, str] = field(default_factory=dict)  # of labels
    references: dict[str, set[str]] = field(default_factory=dict)  # property to layers that it leads to
    many: set[str] = field(default_factory=set)  # the references that hold several ids
    roles: Counter[str] = field(default_factory=Counter)
    targets: set[str] = field(default_factory=set)  # layers that arguments lead to
    attributes: dict[str, Values] = field(default_factory=dict)
    notes: int = 0
    referents: int = 0
    extra: int = 0

    def unite(self, other: "Facts") -> None:
        """Adds what `other` counted."""
        for name in ("items", "spans", "fragmented", "notes", "referents", "extra"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.points |= other.points
        self.labels.update(other.labels)
        self.titles.update(other.titles)
        self.roles.update(other.roles)
        self.targets |= other.targets
        self.many |= other.many
        for name, layers in other.references.items():
            self.references.setdefault(name, set()).update(layers)
        for name, values in other.attributes.items():
            self.attributes.setdefault(name, Values()).unite(values)

    def forget_counts(self) -> None:
        """Lets labels, roles and values stand as what there may be, none of them counted."""
        self.items = 0
        self.labels = Counter(dict.fromkeys(self.labels, 0))
        self.roles = Counter(dict.fromkeys(self.roles, 0))
        for values in self.attributes.values():
            values.forget_counts()

    def as_json(self) -> dict[str, Any]:
        """What `of_json` reads."""
        return {
            "items": self.items,
            "spans": self.spans,
            "points": self.points,
            "fragmented": self.fragmented,
            "labels": dict(sorted(self.labels.items())),
            "titles": dict(sorted(self.titles.items())),
            "references": {name: sorted(layers) for name, layers in sorted(self.references.items())},
            "many": sorted(self.many),
            "roles": dict(sorted(self.roles.items())),
            "targets": sorted(self.targets),
            "attributes": {name: values.as_json() for name, values in sorted(self.attributes.items())},
            "notes": self.notes,
            "referents": self.referents,
            "extra": self.extra,
        }

    @classmethod
    def of_json(cls, value: Mapping[str, Any]) -> "Facts":
        """What has that `as_json`."""
        return cls(
            **{name: value[name] for name in ("items", "spans", "points", "fragmented", "notes", "referents", "extra")},
            labels=Counter(value["labels"]),
            titles=dict(value["titles"]),
            references={name: set(layers) for name, layers in value["references"].items()},
            many=set(value["many"]),
            roles=Counter(value["roles"]),
            targets=set(value["targets"]),
            attributes={name: Values.of_json(each) for name, each in value["attributes"].items()},
        )


@dataclass(slots=True)
class Inventory:
    """What occurs in one or several imports."""

    articles: int = 0
    annotators: Counter[str] = field(default_factory=Counter)  # records of each
    rivals: bool = False  # some article has records of several annotators
    layers: dict[str, Facts] = field(default_factory=dict)
    metadata: dict[str, Values] = field(default_factory=dict)  # of articles
    attributes: dict[str, Values] = field(default_factory=dict)  # of records as wholes
    extra: int = 0  # records with something that has no place elsewhere
    article_extra: int = 0

    def layer(self, name: str) -> Facts:
        """The facts of a layer."""
        found = self.layers.get(name)
        if found is None:
            found = self.layers[name] = Facts()
        return found

    def declare(self, declared: Declared) -> None:
        """Adds what a source says may occur, with a count of nothing."""
        for layer, labels in declared.labels.items():
            facts = self.layer(layer)
            for label, title in labels.items():
                facts.labels[label] += 0
                if title:
                    facts.titles[label] = title
        for layer, roles in declared.roles.items():
            self.layer(layer).roles.update(dict.fromkeys(roles, 0))
        for layer, attributes in declared.values.items():
            for name, values in attributes.items():
                known = self.layer(layer).attributes.setdefault(name, Values())
                if values is None:
                    known.kinds["boolean"] += 0
                else:
                    known.closed = True
                    known.kinds["string"] += 0
                    known.strings.update(dict.fromkeys(values, 0))

    def admit(self, other: "Inventory") -> None:
        """Lets all that occurs in `other` occur, without counting it: its articles are partly counted here."""
        other.articles, other.annotators = 0, Counter()
        for values in (*other.metadata.values(), *other.attributes.values()):
            values.forget_counts()
        for facts in other.layers.values():
            facts.forget_counts()
        self.unite([other])

    def unite(self, others: Iterable["Inventory"]) -> None:
        """Adds what `others` have."""
        for other in others:
            self.articles += other.articles
            self.annotators.update(other.annotators)
            self.rivals |= other.rivals
            self.extra += other.extra
            self.article_extra += other.article_extra
            for name, facts in other.layers.items():
                self.layer(name).unite(facts)
            for mine, theirs in ((self.metadata, other.metadata), (self.attributes, other.attributes)):
                for name, values in theirs.items():
                    mine.setdefault(name, Values()).unite(values)

    def as_json(self) -> dict[str, Any]:
        """What `of_json` reads."""
        return {
            "articles": self.articles,
            "annotators": dict(sorted(self.annotators.items())),
            "rivals": self.rivals,
            "layers": {name: facts.as_json() for name, facts in sorted(self.layers.items())},
            "metadata": {name: values.as_json() for name, values in sorted(self.metadata.items())},
            "attributes": {name: values.as_json() for name, values in sorted(self.attributes.items())},
            "extra": self.extra,
            "article_extra": self.article_extra,
        }

    @classmethod
    def of_json(cls, value: Mapping[str, Any]) -> "Inventory":
        """What has that `as_json`."""
        return cls(
            value["articles"],
            Counter(value["annotators"]),
            value["rivals"],
            {name: Facts.of_json(each) for name, each in value["layers"].items()},
            {name: Values.of_json(each) for name, each in value["metadata"].items()},
            {name: Values.of_json(each) for name, each in value["attributes"].items()},
            value["extra"],
            value["article_extra"],
        )
