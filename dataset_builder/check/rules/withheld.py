"""ART016 and ART017: articles without metadata, and withheld texts that show all the same."""

import hashlib
from collections.abc import Iterator
from typing import Any

from dataset_builder.check.rule import Case, Finding, Looks, rule
from dataset_builder.check.view import ArticleView, RecordView
from dataset_builder.check.wording import either, quoted
from dataset_builder.model.diagnostic import Pointer
from dataset_builder.model.document import Document

__all__ = ["RULES"]

_SHOWING = 40  # code points in a row that are no coincidence
_CELLAR = "The cellar under the mill has been dry since the spring flood.\n"
_METADATA = f"""{{
  "title": null,
  "published": "2025-03-03T08:00:00Z",
  "event": "meeting",
  "contact": "The cellar under the mill has been dry since",
  "rights": {{"license": "LicenseRef-all-rights-reserved", "text": "withheld"}},
  "sha256": "{hashlib.sha256(_CELLAR.encode()).hexdigest()}",
  "length": {len(_CELLAR)}
}}
"""


@rule(
    "ART016",
    "metadata-missing",
    looks=Looks.AT_ARTICLE,
    broken=Case(files={"seeds/ferry.json": None}, at=("seeds/ferry.txt", 1, 1)),
)
def metadata_missing(view: ArticleView) -> Iterator[Finding]:
    """An article has no metadata, and the schema requires some.

    **Why it matters.** The article would be published with null where the schema promises a value; without `rights`
    nobody knows what may be done with its text.

    **How to fix it.** Write the metadata file beside the text, under the same name.
    """
    if view.metadata is not None or view.schema.validator.is_valid({}):
        return
    required = sorted(view.schema.shape.required)
    yield Finding(
        message="the article has no metadata file"
        + (f", and the schema requires {either(required, 'and')}" if required else ""),
        place=view.place_in_text(0),
        help=f"write {view.project.paths.articles}/{view.id}.json",
    )


@rule(
    "ART017",
    "withheld-text-shows",
    looks=(Looks.AT_ARTICLE, Looks.AT_RECORD),
    broken=Case(
        files={"seeds/cellar.json": _METADATA, "seeds/.hydrated/cellar.txt": _CELLAR}, at=("seeds/cellar.json", 5, 14)
    ),
)
def withheld_text_shows(view: ArticleView | RecordView) -> Iterator[Finding]:
    """A value holds 40 characters or more in a row of a text that is withheld.

    This shows only where the text is here, put back with `hydrate`.

    **Why it matters.** What is withheld may not be published, in no other field either: headlines and summaries are
    part of a text.

    **How to fix it.** Write null, or put it in words of your own. In place of a quote, a span has a digest.
    """
    article = view if isinstance(view, ArticleView) else view.article
    if article is None or article.text is None or not article.withheld:
        return
    document = view.metadata if isinstance(view, ArticleView) else view.document
    windows = frozenset(article.text[begin : begin + _SHOWING] for begin in range(len(article.text) - _SHOWING + 1))
    own = {(article.project.fields.text,)} if document is article.metadata else _quotes(view)
    for pointer, value in _strings(document):
        if pointer not in own and _shows(value, windows):
            yield Finding(
                message=f"{_SHOWING} characters or more of the withheld text of {quoted(article.id)} stand here",
                place=document.place(pointer) if document else article.place_in_text(0),
                help="write null, or use other words",
            )


def _quotes(view: ArticleView | RecordView) -> set[Pointer]:
    """Where quotes of spans stand, of which SPN009 speaks."""
    spans = view.spans() if isinstance(view, RecordView) else ()
    return {(*span.pointer, span.anchor.keys.quote) for span in spans if span.anchor.keys.quote}


def _shows(value: str, windows: frozenset[str]) -> bool:
    return any(value[begin : begin + _SHOWING] in windows for begin in range(len(value) - _SHOWING + 1))


def _strings(document: Document | None) -> Iterator[tuple[Pointer, str]]:
    """Every string of the document with its place."""
    rest: list[tuple[Pointer, Any]] = [((), document.value if document else None)]
    while rest:
        pointer, value = rest.pop()
        if isinstance(value, str):
            yield pointer, value
        elif isinstance(value, dict):
            rest.extend(((*pointer, name), inner) for name, inner in value.items())
        elif isinstance(value, list):
            rest.extend(((*pointer, index), inner) for index, inner in enumerate(value))


RULES = (metadata_missing, withheld_text_shows)
