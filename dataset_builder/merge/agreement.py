"""How far annotators agree: counts that add up in any order, and the figures made of them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations
from typing import Any, cast

from dataset_builder.merge.alpha import Coincidences, Metric, alpha, count_unit, raw_agreement, units
from dataset_builder.merge.matching import Span, exact_matches, overlap_matches
from dataset_builder.merge.units import Judged, Record, Unit, Values, layout_of
from dataset_builder.schema.plan import Measured, Plan
from dataset_builder.schema.shape import Measure, Path

__all__ = ["Agreement", "AgreementFigure", "SpanCounts", "compare", "total"]

Subject = tuple[Path, tuple[str, ...]]
"""What is compared between whom: a pair of annotators, ascending; () stands for everyone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementFigure:
    """How far `annotators` agree at `path`.

    For `span`, the values are precision, recall and F1 of exact and of overlapping matches (`exact_f1`, ...), the
    first annotator taken as the reference; F1 is the same whoever is. For other measures they are Krippendorff's
    `alpha`, and `agreement`, the share of equal pairs. What isn't defined is None.
    """

    path: str  # property names joined by dots
    measure: Measure
    annotators: tuple[str, ...]  # ascending
    n: int  # for `span`: the spans of both annotators together; else units with two values or more
    values: Mapping[str, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanCounts:
    """Spans of two annotators, and the pairs that they form."""

    first: int = 0
    second: int = 0
    exact: int = 0
    overlapping: int = 0  # exact ones among them

    def __add__(self, other: "SpanCounts") -> "SpanCounts":
        return SpanCounts(
            first=self.first + other.first,
            second=self.second + other.second,
            exact=self.exact + other.exact,
            overlapping=self.overlapping + other.overlapping,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Counts over any number of articles; `Agreement()` is those over none. Pickles.

    All are whole numbers, so the order in which they are added up never shows. To add many, use `total`.
    """

    measured: tuple[Measured, ...] = ()  # in the schema's order
    spans: Mapping[Subject, SpanCounts] = field(default_factory=dict)
    values: Mapping[Subject, Coincidences] = field(default_factory=dict)
    annotators: Mapping[Path, frozenset[str]] = field(default_factory=dict)  # who gave values that count for everyone

    def __add__(self, other: "Agreement") -> "Agreement":
        return total((self, other))

    def figures(self) -> tuple[AgreementFigure, ...]:
        """A figure for each path that is measured and has something to compare, in the schema's order.

        Spans, and values within items that annotators chose to mark, have one for each pair of annotators, by name;
        other values have one for everyone.
        """
        return tuple(figure for measured in self.measured for figure in self._figures(measured) if figure.n)

    def _figures(self, measured: Measured) -> Iterator[AgreementFigure]:
        for path, pair in sorted(subject for subject in self.spans if subject[0] == measured.path):
            yield _span_figure(measured, pair, self.spans[path, pair])
        for path, pair in sorted(subject for subject in self.values if subject[0] == measured.path):
            annotators = pair or tuple(sorted(self.annotators.get(path, ())))
            yield _value_figure(measured, annotators, self.values[path, pair])


def total(agreements: Iterable[Agreement]) -> Agreement:
    """The sum of all. Linear in their sizes, where a chain of `+` copies the sum each time."""
    measured: dict[Measured, None] = {}
    spans: dict[Subject, SpanCounts] = {}
    values: dict[Subject, Counter[tuple[int, Any, Any]]] = {}
    annotators: dict[Path, frozenset[str]] = {}
    for agreement in agreements:
        measured.update(dict.fromkeys(agreement.measured))
        for subject, counts in agreement.spans.items():
            spans[subject] = spans.get(subject, SpanCounts()) + counts
        for subject, coincidences in agreement.values.items():
            values.setdefault(subject, Counter()).update(coincidences)
        for path, names in agreement.annotators.items():
            annotators[path] = annotators.get(path, frozenset()) | names
    return Agreement(measured=tuple(measured), spans=spans, values=values, annotators=annotators)


def compare(records: Mapping[str, Mapping[str, Any]], plan: Plan) -> Agreement:
    """How far the `records` of one article, which are by annotator, agree; nothing for fewer than two.

    - `span`: the spans of each pair of annotators.
    - Another measure within spans, or within relations (items with two or more references): the values of each pair
      of annotators in the items that match exactly. Where the two have several items there, those with equal values
      match first.
    - Another measure elsewhere: the values of all annotators who gave one, in the record, in the item with the same
      key, or in an array without keys at the same place.

    Null is a missing value, and so is one that has no place on its measure's scale. The labels of an ordinal set
    rank in the schema's order. A nominal reference is compared by what it points to, a nominal list without its
    order. The records are taken to be valid.
    """
    if len(records) < 2:
        return Agreement()
    layout = layout_of(plan)
    read = {annotator: Record(records[annotator], layout) for annotator in sorted(records)}
    spans: dict[Subject, SpanCounts] = {
        (path, (first, second)): _count_spans(read[first].spans(at), read[second].spans(at))
        for path, at in layout.spans.items()
        for first, second in combinations(read, 2)
    }
    values: dict[Subject, Counter[tuple[int, Any, Any]]] = {}
    annotators: dict[Path, frozenset[str]] = {}
    for judged in layout.judged:
        for pair, units_ in _comparable(read, judged):
            for index, measured in enumerate(judged.measured):
                values[measured.path, pair], names = _count(units_, index)
                if not pair:
                    annotators[measured.path] = names
    return Agreement(measured=plan.measured, spans=spans, values=values, annotators=annotators)


def _count_spans(first: Sequence[Span], second: Sequence[Span]) -> SpanCounts:
    return SpanCounts(
        first=len(first),
        second=len(second),
        exact=exact_matches(first, second),
        overlapping=overlap_matches(first, second),
    )


def _comparable(
    read: Mapping[str, Record], judged: Judged
) -> Iterator[tuple[tuple[str, ...], list[dict[str, Values]]]]:
    """Between whom values are compared, and by unit the values that they gave."""
    given = {annotator: record.judgements(judged) for annotator, record in read.items()}
    if judged.marked:
        for first, second in combinations(read, 2):
            matched = _matched(given[first], given[second])
            yield (first, second), [{first: left, second: right} for left, right in matched]
    else:
        found = dict.fromkeys(unit for by_unit in given.values() for unit in by_unit)
        yield (), [{name: by_unit[unit][0] for name, by_unit in given.items() if unit in by_unit} for unit in found]


def _matched(
    first: Mapping[Unit, list[Values]], second: Mapping[Unit, list[Values]]
) -> Iterator[tuple[Values, Values]]:
    """The values of items that match. Where there are several: equal ones first, the order of the items never shows."""
    for unit, mine in first.items():
        theirs = second.get(unit, [])
        if len(mine) == len(theirs) == 1:
            yield mine[0], theirs[0]
            continue
        same = Counter(mine) & Counter(theirs)
        yield from ((values, values) for values in same.elements())
        left, right = (sorted((Counter(values) - same).elements(), key=repr) for values in (mine, theirs))
        yield from zip(left, right, strict=False)


def _count(units_: Iterable[Mapping[str, Values]], index: int) -> tuple[Counter[tuple[int, Any, Any]], frozenset[str]]:
    """The coincidences of the measured value number `index`, and who gave values that count."""
    counts: Counter[tuple[int, Any, Any]] = Counter()
    names: set[str] = set()
    for unit in units_:
        values = {annotator: given[index] for annotator, given in unit.items() if given[index] is not None}
        if len(values) > 1:
            counts.update(count_unit(values.values()))
            names.update(values)
    return counts, frozenset(names)


def _span_figure(measured: Measured, pair: tuple[str, ...], counts: SpanCounts) -> AgreementFigure:
    values: dict[str, float | None] = {}
    for name, matches in (("exact", counts.exact), ("overlap", counts.overlapping)):
        values[f"{name}_precision"] = _ratio(matches, counts.second)
        values[f"{name}_recall"] = _ratio(matches, counts.first)
        values[f"{name}_f1"] = _ratio(2 * matches, counts.first + counts.second)
    return AgreementFigure(
        path=_dotted(measured.path),
        measure=measured.measure,
        annotators=pair,
        n=counts.first + counts.second,
        values=values,
    )


def _value_figure(measured: Measured, annotators: tuple[str, ...], counts: Coincidences) -> AgreementFigure:
    reliability = alpha(counts, cast("Metric", measured.measure))
    share = raw_agreement(counts)
    return AgreementFigure(
        path=_dotted(measured.path),
        measure=measured.measure,
        annotators=annotators,
        n=units(counts),
        values={"alpha": _float(reliability), "agreement": _float(share)},
    )


def _dotted(path: Path) -> str:
    return ".".join(step for step in path if step is not None)


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _float(value: Fraction | None) -> float | None:
    """The nearest floating-point number: the same for the same counts, on any machine."""
    return None if value is None else float(value)
