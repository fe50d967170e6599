"""What rules look at of the findings that a project asks for."""

from collections.abc import Mapping
from dataclasses import dataclass

from dataset_builder.model.diagnostic import Severity
from dataset_builder.model.project import CheckOptions, Choice

__all__ = ["ConfigurationView", "FindingsView"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigurationView:
    """The findings that a configuration selects and ignores, beside the rules that there are."""

    options: CheckOptions
    severities: Mapping[str, Severity]  # of all rules, by code


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingsView:
    """What a whole run found, as far as it concerns what the configuration asks for."""

    unused: tuple[Choice, ...]  # ignores under which no finding falls, in the order of the configuration
