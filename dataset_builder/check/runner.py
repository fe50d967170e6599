"""Runs the rules over what they look at."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from dataset_builder.check.rule import Looks, Rule
from dataset_builder.check.rules import RULES
from dataset_builder.check.view import FlawView
from dataset_builder.model.diagnostic import Diagnostic
from dataset_builder.model.document import Document

__all__ = ["RULES_BY_CODE", "report_flaws", "run"]

RULES_BY_CODE: Mapping[str, Rule] = {rule.code: rule for rule in sorted(RULES, key=lambda rule: rule.code)}
"""Every rule by its code, in the order of codes."""


@cache
def _rules_at(looks: Looks) -> tuple[Rule, ...]:
    return tuple(rule for rule in RULES if looks in rule.looks)


@cache
def _rules_by_kind() -> Mapping[str, Rule]:
    return {kind: rule for rule in RULES for kind in rule.kinds}


def run(looks: Looks, view: Any) -> Iterator[Diagnostic]:
    """Everything that the rules which look at `looks` find in `view`, in no promised order.

    `view` is an `ArticleView`, `RecordView`, `LinkView`, `SchemaView` or `CorpusView`, as `looks` says; flaws have
    `report_flaws`. A record that could not be read gives nothing beyond its flaws.
    """
    for rule in _rules_at(looks):
        if rule.aspect is None or rule.aspect not in view.settled:
            yield from rule(view)


def report_flaws(document: Document) -> Iterator[Diagnostic]:
    """What the readers found wrong with `document`, each flaw by the one rule that its kind belongs to."""
    rules = _rules_by_kind()
    for flaw in document.flaws:
        yield from rules[flaw.kind](FlawView(flaw=flaw, document=document))
