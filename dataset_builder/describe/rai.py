"""The properties of Croissant RAI 1.0: what the data tells, beside what the configuration says.

https://docs.mlcommons.org/croissant/docs/croissant-rai-spec.html. Property names are those of the specification's
vocabulary. What a person says comes first; what is computed never takes its place.
"""

import re
from collections.abc import Iterator
from typing import Any

from dataset_builder.describe.card_facts import CardFacts

__all__ = ["RAI", "responsible_ai"]

RAI = "http://mlcommons.org/croissant/RAI/1.0"

_POLICIES = {
    "single": "Each article has one record, and that is what is published as gold.",
    "adjudicated": "The gold annotation is the record of one adjudicator, {adjudicator}.",
    "majority": "The gold annotation holds what more than half of an article's annotators have.",
    "all": "The gold annotation holds what any annotator has; each item names who has it.",
}
_MEASURES = {
    "exact_f1": "F1 of exact spans",
    "overlap_f1": "F1 of overlapping spans",
    "alpha": "Krippendorff's alpha",
    "agreement": "share of equal pairs",
}


def responsible_ai(facts: CardFacts) -> dict[str, Any]:
    """The properties, by their names with prefix; those of which nothing is known are left out."""
    said: dict[str, list[str]] = {
        name: list(value) if isinstance(value, tuple) else [value] for name, value in facts.project.rai.items()
    }
    for name, sentence in _computed(facts):
        said.setdefault(name, []).append(sentence)
    return {f"rai:{_camel(name)}": _value(name, values) for name, values in sorted(said.items())}


def _value(name: str, values: list[str]) -> Any:
    """A range of days is an interval of ISO 8601; what may be said once only is one text."""
    if name == "data_collection_timeframe":
        return "/".join(values)
    return values[0] if len(values) == 1 else " ".join(values) if name in _ONE else values


_ONE = frozenset(
    {
        "annotations_per_item",
        "data_collection",
        "data_collection_missing_data",
        "data_collection_raw_data",
        "data_imputation_protocol",
        "data_manipulation_protocol",
        "data_release_maintenance_plan",
        "data_social_impact",
    }
)
"""Properties of which `mlcroissant` takes one value."""


def _camel(name: str) -> str:
    return re.sub(r"_([a-z])", lambda found: found[1].upper(), name)


def _computed(facts: CardFacts) -> Iterator[tuple[str, str]]:
    """What the data tells, as sentences of properties."""
    withheld = sum(facts.statistics.withheld.values())
    if withheld:
        articles = facts.statistics.total(facts.layout.articles.name)
        yield (
            "data_collection_missing_data",
            (
                f"The texts of {withheld} of {articles} articles are withheld; their SHA-256, lengths and annotations "
                "are published, with digests in place of quotes."
            ),
        )
    if facts.gold:
        yield "annotations_per_item", _per_item(facts)
        yield "data_annotation_analysis", _policy(facts)
        yield from (("data_annotation_analysis", sentence) for sentence in _agreement(facts))
    yield (
        "data_preprocessing_protocol",
        (
            "Texts are published as they are stored. Offsets count Unicode code points, and each was compared with the "
            "text that it covers, as far as the text was there."
        ),
    )


def _per_item(facts: CardFacts) -> str:
    records = facts.statistics.annotators
    articles = facts.statistics.total(facts.layout.articles.name)
    return f"{sum(records.values())} records by {len(records)} annotators on {articles} articles."


def _policy(facts: CardFacts) -> str:
    gold = facts.project.gold
    return _POLICIES[gold.policy].format(adjudicator=gold.annotator)


def _agreement(facts: CardFacts) -> Iterator[str]:
    for figure in facts.agreement:
        shown = [
            f"{_MEASURES[name]} {value:.3f}"
            for name, value in figure.values.items()
            if name in _MEASURES and value is not None
        ]
        if shown:
            whose = " and ".join(figure.annotators) or "all annotators"
            yield f"{figure.path}, {whose}: {', '.join(shown)} (n = {figure.n})."
