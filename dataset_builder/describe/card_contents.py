"""The text of each generated region, from what is to be said (`card_*.py`) and how it is put (`templates/`)."""

import re
from collections.abc import Callable, Iterator
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from dataset_builder.describe.card_agreement import agreement
from dataset_builder.describe.card_composition import composition
from dataset_builder.describe.card_counts import counts, coverage, distributions
from dataset_builder.describe.card_example import example
from dataset_builder.describe.card_facts import CardFacts
from dataset_builder.describe.card_layers import fields, layers
from dataset_builder.describe.card_origin import cite, load, provenance, rights, summary, versions
from dataset_builder.describe.card_questions import QUESTIONS, placeholder
from dataset_builder.describe.card_regions import Section
from dataset_builder.describe.markdown import to_markdown
from dataset_builder.describe.plots.draw import image

__all__ = ["SECTIONS", "contents"]

_Make = Callable[[CardFacts], dict[str, object] | None]

_REGIONS: tuple[tuple[str, str | None, _Make], ...] = (
    ("summary", None, summary),
    ("load", "Loading", load),
    ("composition", "Composition", composition),
    ("fields", "Articles", fields),
    ("layers", "Annotation layers", layers),
    ("counts", "Splits and sizes", counts),
    ("coverage", "Coverage", coverage),
    ("distributions", "Label distributions", distributions),
    ("example", "Example", example),
    ("agreement", "Agreement between annotators", agreement),
    ("provenance", "Provenance", provenance),
    ("rights", "Rights", rights),
    ("versions", "Maintenance", versions),
    ("cite", "Citation", cite),
)

_MAKERS = {name: make for name, _, make in _REGIONS}


def _sections() -> Iterator[Section]:
    """The regions, each with the questions that follow it."""
    for name, heading, _ in _REGIONS:
        yield Section(name=name, part=heading)
        yield from (asked.section for asked in QUESTIONS if asked.behind == name)


SECTIONS = tuple(_sections())
"""All regions and questions with their headings, in the order of a new card."""


def contents(facts: CardFacts) -> dict[str, str]:
    """The text of each region, and what stands where a question isn't answered yet, by name; empty for nothing."""
    regions = {name: _text(name, facts) for name in _MAKERS}
    return regions | {asked.name: placeholder(asked) if asked.applies(facts) else "" for asked in QUESTIONS}


def _text(name: str, facts: CardFacts) -> str:
    values = _MAKERS[name](facts)
    if values is None:
        return ""
    rendered = _templates().get_template(f"{name}.md.j2").render(values, plot=image(facts, name))
    return re.sub(r"\n{3,}", "\n\n", rendered).strip("\n")


@cache
def _templates() -> Environment:
    """The templates; every value that they show passes through `to_markdown`, which escapes it."""
    return Environment(
        loader=PackageLoader("dataset_builder.describe"),
        finalize=to_markdown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - not HTML: `finalize` escapes Markdown and HTML alike
    )
