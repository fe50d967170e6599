"""The list of all rules, by family."""

from dataset_builder.check.rule import Rule
from dataset_builder.check.rules import (
    agreement,
    articles,
    cards,
    chains,
    characters,
    configuration,
    duplicates,
    edges,
    json,
    links,
    overlaps,
    references,
    release,
    schemas,
    spans,
    splits,
    texts,
    values,
    violations,
    vocabulary,
    withheld,
)

__all__ = ["RULES"]

RULES: tuple[Rule, ...] = (
    *configuration.RULES,
    *json.RULES,
    *schemas.FLAW_RULES,
    *schemas.COLUMN_RULES,
    *vocabulary.RULES,
    *violations.VIOLATIONS,
    *values.RULES,
    *texts.RULES,
    *characters.RULES,
    *articles.RULES,
    *withheld.RULES,
    *spans.RULES,
    *edges.RULES,
    *overlaps.RULES,
    *duplicates.RULES,
    *references.RULES,
    *chains.RULES,
    *violations.LABELS,
    *links.RULES,
    *agreement.RULES,
    *splits.RULES,
    *cards.RULES,
    *release.RELEASE_RULES,
)
