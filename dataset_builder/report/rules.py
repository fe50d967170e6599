"""What reports say of the rules that findings come from."""

import re
from collections.abc import Mapping
from inspect import cleandoc
from typing import Protocol

from dataset_builder.model.diagnostic import Severity

__all__ = ["Rule", "Rules", "full", "plain", "short", "title"]


class Rule(Protocol):
    """A rule, as far as reports know rules."""

    @property
    def code(self) -> str:  # noqa: D102
        ...

    @property
    def name(self) -> str:  # noqa: D102
        ...

    @property
    def severity(self) -> Severity:  # noqa: D102
        ...

    @property
    def documentation(self) -> str:  # noqa: D102
        ...


Rules = Mapping[str, Rule]
"""Rules by their codes."""

_SENTENCE = re.compile(r"[.!?](?=\s|$)")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


def title(code: str, rules: Rules) -> str:
    """The rule's code and name; the code alone of a rule that isn't known."""
    return f"{code} {rules[code].name}" if code in rules else code


def full(rule: Rule) -> str:
    """What is wrong where the rule finds something: its page's first paragraph, on one line."""
    return " ".join(plain(rule).split("\n\n", 1)[0].split()) or rule.name


def short(rule: Rule) -> str:
    """The first sentence of what is wrong."""
    text = full(rule)
    end = _SENTENCE.search(text)
    return text[: end.end()] if end else text


def plain(rule: Rule) -> str:
    """The rule's page without what is Markdown's in it."""
    return _LINK.sub(r"\1", cleandoc(rule.documentation).replace("**", "").replace("`", ""))
