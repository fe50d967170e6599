"""A rule's page: what is wrong, why it matters, how to fix it, and a case that shows it."""

import inspect
from difflib import get_close_matches

from dataset_builder.check.rule import Case, Looks, Rule
from dataset_builder.check.runner import RULES_BY_CODE
from dataset_builder.errors import UsageError

__all__ = ["explain", "page"]

_LOOKS = {
    Looks.AT_FLAW: "files as they are read",
    Looks.AT_SCHEMA: "schemas",
    Looks.AT_ARTICLE: "articles",
    Looks.AT_RECORD: "annotations",
    Looks.AT_GROUP: "all annotations of an article",
    Looks.AT_LINK: "links",
    Looks.AT_CORPUS: "the corpus as a whole",
    Looks.AT_BUILD: "builds",
    Looks.AT_REBUILD: "builds that are made again",
    Looks.AT_RELEASE: "releases before they are made",
    Looks.AT_LABELS: "labels, once all records are counted",
    Looks.AT_CONFIGURATION: "the configuration",
    Looks.AT_FINDINGS: "what other rules found",
}
_MENDED = " · `check --fix` mends it where nothing leaves a doubt"
_SHOWN = 400  # characters of a file that a case shows at most


def explain(code: str) -> str:
    """The page of the rule with that code or name, as Markdown.

    Raises:
        UsageError: there is no such rule; the message names the nearest one.
    """
    wanted = code.strip()
    found = RULES_BY_CODE.get(wanted.upper()) or next(
        (rule for rule in RULES_BY_CODE.values() if rule.name == wanted.lower()), None
    )
    if found is not None:
        return page(found)
    names = [*RULES_BY_CODE, *(rule.name for rule in RULES_BY_CODE.values())]
    close = get_close_matches(wanted.upper(), names, n=1) or get_close_matches(wanted.lower(), names, n=1)
    hint = f"did you mean {close[0]}?" if close else f"codes are like {next(iter(RULES_BY_CODE))}"
    message = f"there is no rule {code!r}: {hint}"
    raise UsageError(message)


def page(rule: Rule) -> str:
    """The page of `rule`, as Markdown."""
    looked_at = ", ".join(_LOOKS[looks] for looks in Looks if looks in rule.looks)
    return "\n".join(
        (
            f"# {rule.code} {rule.name}",
            "",
            f"{rule.severity.capitalize()} · looks at {looked_at}{_MENDED if rule.fixed else ''}",
            "",
            inspect.cleandoc(rule.documentation),
            "",
            *(("## Example", "", *_example(rule.broken)) if rule.broken.at else ()),
        )
    )


def _example(case: Case) -> list[str]:
    lines = []
    for file, (old, new) in case.edits.items():
        lines += [f"In `{file}`:", "", "```diff", *_marked("-", old), *_marked("+", new), "```", ""]
    for file, content in case.files.items():
        if content is None:
            lines += [f"Without `{file}`.", ""]
        else:
            text = content.decode("utf-8", "backslashreplace") if isinstance(content, bytes) else content
            shown = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
            lines += [f"With `{file}`:", "", "```", *shown.splitlines(), "```", ""]
    lines += [line for link, target in case.symlinks.items() for line in (f"With `{link}`, a link to `{target}`.", "")]
    if case.at:
        place = ":".join(str(part) for part in case.at if part is not None)
        lines.append(f"This is reported at `{place}`.")
    return lines


def _marked(mark: str, text: str) -> list[str]:
    shown = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    return [f"{mark} {line}" for line in shown.splitlines() or [""]]
