"""Which findings a configuration asks for, and which of its ignores have nothing left to ignore."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from dataset_builder.check.rule import Looks, Rule
from dataset_builder.check.rules.configuration import unused_ignore
from dataset_builder.check.runner import RULES_BY_CODE, run
from dataset_builder.check.selection_view import ConfigurationView, FindingsView
from dataset_builder.model.diagnostic import Diagnostic, Severity
from dataset_builder.model.project import CheckOptions, Choice

__all__ = ["Selection", "is_asked_for", "matches", "refused", "select", "unused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Findings, divided by whether they are asked for. Both parts are sorted."""

    kept: tuple[Diagnostic, ...]
    ignored: tuple[Diagnostic, ...]


def select(found: Iterable[Diagnostic], options: CheckOptions, *, whole: bool, texts: bool) -> Selection:
    """What a run `found`, divided by whether `options` ask for it, and what there is to say of unused ignores.

    `whole` says that all records were looked at, `texts` that all texts were there: what was not looked at can't tell
    that an ignore is of no use, and nor can a run with errors, which hide other findings.
    """
    ordered = sorted(found, key=lambda diagnostic: diagnostic.sort_key)
    if not (options.select or options.ignore):
        return Selection(kept=tuple(ordered), ignored=())
    kept = [diagnostic for diagnostic in ordered if is_asked_for(diagnostic, options)]
    ignored = tuple(diagnostic for diagnostic in ordered if not is_asked_for(diagnostic, options))
    if whole and not any(diagnostic.severity is Severity.ERROR for diagnostic in kept):
        useless = tuple(choice for choice in unused(ordered, options) if _can_tell(choice, texts=texts))
        kept += run(Looks.AT_FINDINGS, FindingsView(unused=useless))
    return Selection(kept=tuple(sorted(kept, key=lambda diagnostic: diagnostic.sort_key)), ignored=ignored)


def is_asked_for(found: Diagnostic, options: CheckOptions) -> bool:
    """Whether `options` ask for a finding. Errors always are, and what is said of the options themselves."""
    if found.severity is Severity.ERROR or found.code == unused_ignore.code:
        return True
    return _is_selected(found, options) and not any(_means(choice, found) for choice in options.ignore)


def unused(found: Iterable[Diagnostic], options: CheckOptions) -> tuple[Choice, ...]:
    """The ignores under which none of the findings fall that they may ignore, in the order of the configuration.

    Where a finding falls under several, each is of use.
    """
    left = list(options.ignore)
    for diagnostic in found:
        if left and diagnostic.severity is not Severity.ERROR and _is_selected(diagnostic, options):
            left = [choice for choice in left if not _means(choice, diagnostic)]
    return tuple(left)


def refused(options: CheckOptions) -> Iterator[Diagnostic]:
    """Everything that is wrong with what `options` select and ignore, in no promised order."""
    severities = {code: rule.severity for code, rule in RULES_BY_CODE.items()}
    return run(Looks.AT_CONFIGURATION, ConfigurationView(options=options, severities=severities))


def matches(glob: str, file: str) -> bool:
    """Whether the path `file` is one that `glob` means.

    `*` stands for any part of a name, `?` for one character of it, and `**` for any number of folders: `a/**` means all
    that is in `a`, at any depth, and `**/b.json` every `b.json`. All else stands for itself, upper and lower case
    apart, and a name that begins with a dot is a name like any other.
    """
    return _pattern(glob).fullmatch(file) is not None


@cache
def _pattern(glob: str) -> re.Pattern[str]:
    *folders, name = glob.split("/")
    parts = ["(?:[^/]+/)*" if folder == "**" else f"{_name(folder)}/" for folder in folders]
    return re.compile("".join([*parts, ".+" if name == "**" else _name(name)]), re.DOTALL)


def _name(glob: str) -> str:
    """The pattern of one name in a path."""
    return "".join({"*": "[^/]*", "?": "[^/]"}.get(part, re.escape(part)) for part in re.split(r"([*?])", glob))


def _means(choice: Choice, found: Diagnostic) -> bool:
    return found.code.startswith(choice.code) and (
        not choice.paths or any(matches(glob, found.place.file) for glob in choice.paths)
    )


def _is_selected(found: Diagnostic, options: CheckOptions) -> bool:
    return not options.select or any(_means(choice, found) for choice in options.select)


_OF_TEXTS = frozenset(
    {
        "ART011",
        "ART013",
        "ART018",
        "ART020",
        "ART021",
        "ART022",
        "ART023",
        "SPL003",
        "SPL004",
        "SPN011",
        "SPN012",
        "SPN013",
    }
)
"""The rules with warnings or notes that find nothing where a text is absent."""


def _can_tell(choice: Choice, *, texts: bool) -> bool:
    """Whether this run looked for all that `choice` ignores: `card` has rules of its own, and some are of texts."""
    rules = [rule for rule in _ignorable_rules() if rule.code.startswith(choice.code)]
    return all(rule.broken.by == "check" and (texts or rule.code not in _OF_TEXTS) for rule in rules)


def _ignorable_rules() -> Iterator[Rule]:
    rules = RULES_BY_CODE.values()
    return (rule for rule in rules if rule.severity is not Severity.ERROR and rule.code != unused_ignore.code)
