"""What the card says of the dataset as a whole: what it is, how to load it, its origin, its rights, its citation."""

import keyword
import re

from dataset_builder.describe.card_columns import parts
from dataset_builder.describe.card_facts import CardFacts
from dataset_builder.describe.citation import citation, home
from dataset_builder.describe.markdown import Markdown, code, prose, table, to_markdown, words
from dataset_builder.describe.paths import walk_columns
from dataset_builder.model.location import is_remote, is_url, place_of

__all__ = ["cite", "load", "provenance", "rights", "summary", "versions"]

_RELEASES, _KINDS = 20, 8  # the newest releases; headings of a changelog that each get a column


def summary(facts: CardFacts) -> dict[str, object] | None:
    """What the dataset is, in a few figures."""
    project, statistics = facts.project, facts.statistics
    adjudicator = project.gold.annotator or ""
    annotators = {name: records for name, records in statistics.annotators.items() if name != adjudicator}
    layers = [(column.name, statistics.items.get(column.name)) for column in facts.layers if column.item]
    return {
        "text": prose(project.summary),
        "articles": statistics.total(facts.layout.articles.name),
        "characters": statistics.texts.total if statistics.texts else 0,
        "withheld": sum(statistics.withheld.values()),
        "languages": words([code(tag) for tag in project.languages]),
        "layers": words([Markdown(f"{code(name)} ({to_markdown(sum((n or {}).values()))})") for name, n in layers]),
        "annotators": len(annotators),
        "records": sum(annotators.values()),
        "adjudicated": statistics.annotators.get(adjudicator, 0) if annotators else 0,
        "links": statistics.total(facts.layout.links.name) if facts.layout.links else 0,
        "version": code(project.version),
        "license": code(project.license),
        "url": _link(project.url),
        "authors": words(project.authors) if project.authors else None,
    }


def _link(url: str | None) -> Markdown | None:
    if url is None:
        return None
    return Markdown(f"<{url}>") if re.fullmatch(r"https?://[^\s<>]+", url) else to_markdown(url)


def provenance(facts: CardFacts) -> dict[str, object] | None:
    """Who annotated, what was published of it, and what the build was made of."""
    gold = facts.project.gold
    records = facts.statistics.annotators
    inputs = [(name, code(digest)) for name, digest in facts.inputs.digests.items()]
    return {
        "tool": facts.tool,
        "articles": facts.statistics.total(facts.layout.articles.name),
        "records": sum(records.values()),
        "annotators": table(("annotator", "records"), ((code(name), n) for name, n in records.items()), numbers=[1])
        if records
        else None,
        "policy": gold.policy if facts.gold else None,
        "adjudicator": code(gold.annotator) if gold.annotator else None,
        "inputs": table(("input", "SHA-256"), inputs) if inputs else None,
    }


def rights(facts: CardFacts) -> dict[str, object] | None:
    """Licences, and what is not included."""
    licenses = facts.statistics.licenses
    rows = [(code(name), counts.included, counts.withheld) for name, counts in licenses.items()]
    return {
        "license": code(facts.project.license),
        "licenses": table(("licence", "texts included", "texts withheld"), rows, numbers=[1, 2]) if rows else None,
        "withheld": sum(facts.statistics.withheld.values()),
        "spans": facts.statistics.withheld_spans,
        "annotated": bool(facts.layers),
    }


def load(facts: CardFacts) -> dict[str, object] | None:
    """How to load each table. Values for a Python listing, which escapes nothing: literals as Python writes them."""
    project, articles = facts.project, facts.layout.articles.name
    tables = [table.name for table, _ in facts.loadable]
    if not tables:
        return None
    splits = next((list(found.splits) for table, found in facts.loadable), [])
    output = project.paths.output
    folder = output.rpartition("/")[2] if is_remote(output) else place_of("", output) if is_url(output) else output
    return {
        "source": Markdown(_literal(project.repository or folder)),
        "local": code(folder) if not project.repository else None,
        "copied": code(output) if is_remote(output) else None,
        "revision": Markdown(_literal(f"v{project.version}")) if project.repository else None,
        "others": [(Markdown(_variable(name)), Markdown(_literal(name))) for name in tables if name != articles],
        "split": Markdown(_literal(splits[0])) if splits else None,
        "labels": _label_expression(facts),
    }


def _variable(table: str) -> str:
    return f"{table}_" if keyword.iskeyword(table) else table


def _literal(text: str) -> str:
    quoted = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{quoted}"'


def _label_expression(facts: CardFacts) -> Markdown | None:
    """Python that gives the names of the first label set that lies in a layer, for a table called `articles`."""
    for path, column in walk_columns(facts.layout.articles):
        if column.labels and any(path.startswith(layer.name) for layer in facts.layers if parts(layer)):
            steps = [(name.rstrip("[]"), name.count("[]")) for name in path.split(".")]
            way = "".join(f"[{_literal(name)}]{'.feature' * lists}" for name, lists in steps)
            return Markdown(f"articles.features{way}.names")
    return None


def cite(facts: CardFacts) -> dict[str, object] | None:
    """A BibTeX entry, and the same in words."""
    return {"entry": Markdown(citation(facts.project)), "words": _in_words(facts)}


def _in_words(facts: CardFacts) -> Markdown:
    """The citation in the style of the American Psychological Association, of what the configuration says."""
    project = facts.project
    year = project.year or "n.d."
    authors = f"{words(project.authors, '&amp;')} " if project.authors else ""
    title = f"*{to_markdown(project.title)}*"
    begun = f"{authors}({year}). {title}" if authors else f"{title} ({year})"
    place = _link(home(project))
    return Markdown(f"{begun} (Version {project.version}) [Data set].{f' {place}' if place else ''}")


def versions(facts: CardFacts) -> dict[str, object] | None:
    """The releases that the data's changelog tells of, the newest first; None before there is one."""
    shown = facts.releases[:_RELEASES]
    if not shown:
        return None
    named = dict.fromkeys(kind for release in shown for kind in release.changes if kind)
    kinds = list(named) if len(named) <= _KINDS else []
    rows = [
        (
            code(each.version),
            each.date or "",
            *(each.changes.get(kind, 0) for kind in kinds),
            each.total,
        )
        for each in shown
    ]
    headers = ("version", "date", *(kind.lower() for kind in kinds), "changes")
    return {
        "table": table(headers, rows, numbers=range(2, len(headers))),
        "left_out": len(facts.releases) - len(shown),
        "changelog": code(facts.project.paths.changelog),
    }
