"""The text of each generated region, from what is to be said (`card_*.py`) and how it is put (`templates/`)."""

import re
from collections.abc import Callable
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from dataset_builder.describe.card_agreement import agreement
from dataset_builder.describe.card_counts import counts, distributions
from dataset_builder.describe.card_example import example
from dataset_builder.describe.card_facts import CardFacts
from dataset_builder.describe.card_layers import fields, layers
from dataset_builder.describe.card_origin import cite, load, provenance, rights, summary
from dataset_builder.describe.card_regions import Section
from dataset_builder.describe.markdown import to_markdown

__all__ = ["SECTIONS", "contents"]

_REGIONS: tuple[tuple[Section, Callable[[CardFacts], dict[str, object] | None]], ...] = (
    (Section(name="summary", heading=None), summary),
    (Section(name="load", heading="Loading"), load),
    (Section(name="fields", heading="Articles"), fields),
    (Section(name="layers", heading="Annotation layers"), layers),
    (Section(name="counts", heading="Splits and sizes"), counts),
    (Section(name="distributions", heading="Label distributions"), distributions),
    (Section(name="example", heading="Example"), example),
    (Section(name="agreement", heading="Agreement between annotators"), agreement),
    (Section(name="provenance", heading="Provenance"), provenance),
    (Section(name="rights", heading="Rights"), rights),
    (Section(name="cite", heading="Citation"), cite),
)

SECTIONS = tuple(section for section, _ in _REGIONS)
"""All regions with their headings, in the order of a new card."""


def contents(facts: CardFacts) -> dict[str, str]:
    """The text of each region, by name; empty where there is nothing to say."""
    return {section.name: _text(section.name, make(facts)) for section, make in _REGIONS}


def _text(name: str, values: dict[str, object] | None) -> str:
    if values is None:
        return ""
    rendered = _templates().get_template(f"{name}.md.j2").render(values)
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
