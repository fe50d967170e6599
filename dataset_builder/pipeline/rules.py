"""The rules themselves, for reports that describe them."""

from collections.abc import Mapping

from dataset_builder.check.rule import Rule
from dataset_builder.check.runner import RULES_BY_CODE

__all__ = ["rules"]


def rules() -> Mapping[str, Rule]:
    """Every rule by its code, in the order of codes."""
    return RULES_BY_CODE
