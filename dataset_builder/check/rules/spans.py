"""SPN: spans, and whether they lie where they say."""

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256

from dataset_builder.check.misplacement import REVISED
from dataset_builder.check.rule import Aspect, Case, Finding, Looks, rule
from dataset_builder.check.view import RecordView, SpanView
from dataset_builder.check.wording import contrast, count, quoted
from dataset_builder.model.diagnostic import Edit, Place, Severity

__all__ = ["RULES"]

_ANCHORED = (Looks.AT_RECORD, Looks.AT_LINK)
_MILL = "annotations/ada/mill.json"
_VAULT = "annotations/ada/vault.json"


def _place(view: RecordView, span: SpanView, role: str) -> Place:
    """Where the property of `span` that has a role stands; it names the passage too, as far as that is one."""
    name = getattr(span.anchor.keys, role)
    place = view.document.place((*span.pointer, name))
    length = span.article.length if span.article else None
    if length is None or not 0 <= span.start < span.end <= length:
        return place
    return replace(place, start=span.start, end=span.end)


def _covered(span: SpanView) -> str | None:
    """The text that `span` covers; None where the text is absent, or there is no such passage."""
    text = span.article.text if span.article else None
    if text is None or not 0 <= span.start < span.end <= len(text):
        return None
    return text[span.start : span.end]


@rule(
    "SPN001",
    "out-of-range",
    looks=_ANCHORED,
    aspect=Aspect.RANGED,
    broken=Case(edits={_MILL: ('"end": 31', '"end": 310')}, at=(_MILL, 16, 38)),
    fixed={_MILL: '"start": 27, "end": 31, "quote": "said"'},
    clean=Case(edits={_VAULT: ('"end": 3,', '"end": 19,')}),
)
def out_of_range(view: RecordView) -> Iterator[Finding]:
    """A span begins before the text does, or ends behind its end.

    **Why it matters.** A slice past the end is cut off in silence, and a negative offset counts from the end: either
    way the passage is another one.

    **How to fix it.** Correct the offset, or look whether the record belongs to another text. Offsets that grow too
    large step by step were counted in bytes or UTF-16 units.
    """
    for span in view.spans():
        length = span.article.length if span.article else None
        if min(span.start, span.end) < 0:
            role = "start" if span.start < 0 else "end"
            message = f"the span's {role} is {min(span.start, span.end):,}, before the text begins"
            help_ = "offsets count from 0"
            yield Finding(message=message, place=_place(view, span, role), help=help_, fix=view.search.fix(span))
        elif length is not None and max(span.start, span.end) > length:
            role = "end" if span.end > length else "start"
            message = f"the span's {role} is {getattr(span, role):,}, but the text has {count(length, 'code point')}"
            ahead = "offsets that run ahead of the text were counted in bytes or UTF-16 units"
            yield Finding(
                message=message,
                place=_place(view, span, role),
                help=REVISED if view.search.revised else ahead,
                fix=view.search.fix(span),
            )


@rule(
    "SPN002",
    "empty-or-reversed",
    looks=_ANCHORED,
    aspect=Aspect.RANGED,
    broken=Case(edits={_MILL: ('"start": 27, "end": 31', '"start": 31, "end": 27')}, at=(_MILL, 16, 38)),
    fixed={_MILL: '"start": 27, "end": 31, "quote": "said"'},
)
def empty_or_reversed(view: RecordView) -> Iterator[Finding]:
    """A span covers nothing: it ends where it begins, or before.

    **Why it matters.** Spans are half-open: `[start, end)` covers `end - start` code points, of which there must be one
    at least.

    **How to fix it.** Exchange the two, or correct them. A tool that counts the last character in gives an `end` that
    is one too small.
    """
    for span in view.spans():
        if span.start >= span.end:
            said = (
                "is empty: it ends where it begins"
                if span.start == span.end
                else "is reversed: it ends before it begins"
            )
            yield Finding(
                message=f"the span {said}, {span.start:,} to {span.end:,}",
                place=_place(view, span, "end"),
                help="the end is the offset behind the last character",
                fix=view.search.fix(span),
            )


@rule(
    "SPN003",
    "quote-differs",
    looks=_ANCHORED,
    aspect=Aspect.QUOTED,
    broken=Case(edits={_MILL: ('"start": 27, "end": 31', '"start": 28, "end": 32')}, at=(_MILL, 16, 51)),
    fixed={_MILL: '"start": 27, "end": 31, "quote": "said"'},
)
def quote_differs(view: RecordView) -> Iterator[Finding]:
    """The quote is not what the span covers.

    **Why it matters.** One of the two is wrong, and nobody can tell from the record which: the quote is there so that
    offsets which shifted are noticed.

    **How to fix it.** Where the quote stands elsewhere in the text, the finding says where: write those offsets.
    Offsets count Unicode code points of the text as stored: JavaScript and Java count an emoji as two, programs that
    count bytes count "é" as two.
    """
    for span in view.spans():
        covered = _covered(span)
        if covered is None or span.quote is None or span.quote == covered:
            continue
        article = span.article
        if article is None or article.text is None:
            continue
        message = "the quote is not what the span covers"
        if not article.discreet:
            quote, passage = contrast(span.quote, covered)
            message = f"the quote is {quote}, but the span covers {passage}"
        related: tuple[Place, ...] = ()
        hint = view.search.explain(span, article.text, covered)
        if not article.packed:
            note = "the span covers this"
            related = (article.place_in_text(span.start, span.end, note),)
        yield Finding(
            message=message,
            place=_place(view, span, "quote"),
            help=hint,
            related=related,
            fix=view.search.fix(span),
        )


@rule(
    "SPN004",
    "digest-differs",
    looks=_ANCHORED,
    aspect=Aspect.QUOTED,
    broken=Case(
        edits={_MILL: ('"start": 27, "end": 31, "quote": "said"', f'"start": 27, "end": 31, "digest": "{"0" * 64}"')},
        at=(_MILL, 16, 52),
    ),
    clean=Case(
        edits={
            _MILL: (
                '"end": 31, "quote": "said"',
                '"end": 31, "digest": "fb46c79b7eb7af175f493755b491afa9b25574a9230b8822c629f224a2df4e58"',
            )
        }
    ),
)
def digest_differs(view: RecordView) -> Iterator[Finding]:
    """The digest is not the SHA-256 of what the span covers.

    **Why it matters.** Where a text is withheld, the digest is all that tells whether a span still fits the text.

    **How to fix it.** Correct the offsets, or write the SHA-256 of the passage in UTF-8, in lower-case hexadecimal
    digits. `dataset-builder withhold` writes digests from quotes.
    """
    for span in view.spans():
        covered = _covered(span)
        if covered is None or span.digest is None:
            continue
        found = sha256(covered.encode("utf-8")).hexdigest()
        if found != span.digest:
            upper = found == span.digest.lower()
            yield Finding(
                message="the digest is not that of what the span covers",
                place=_place(view, span, "digest"),
                help="write the digest in lower case" if upper else f"the passage's SHA-256 is {found}",
                fix=(_written(view, span, found),) if upper else view.search.fix(span),
            )


def _written(view: RecordView, span: SpanView, digest: str) -> Edit:
    """`digest` in the place of the one that `span` states."""
    start, end = view.document.values[(*span.pointer, span.anchor.keys.digest or "")]
    return view.document.edit(start, end, f'"{digest}"')


@rule(
    "SPN007",
    "unanchored",
    looks=_ANCHORED,
    aspect=Aspect.QUOTED,
    broken=Case(edits={_MILL: ('"end": 31, "quote": "said"', '"end": 31')}, at=(_MILL, 16, 5)),
)
def unanchored(view: RecordView) -> Iterator[Finding]:
    """A span has neither a quote nor a digest, though its schema has a place for them.

    **Why it matters.** When the text is revised, such a span drifts to other words and nothing shows it.

    **How to fix it.** Write the covered text down as the quote, or its SHA-256 as the digest where the text is
    withheld.
    """
    for span in view.spans():
        keys = span.anchor.keys
        names = [name for name in (keys.quote, keys.digest) if name]
        pointers = {(*span.pointer, name) for name in names}
        if names and span.quote is None and span.digest is None and not pointers & view.judgement.touched:
            covered = _covered(span)
            shown = covered is not None and keys.quote and span.article is not None and not span.article.discreet
            yield Finding(
                message=f"the span has no {' and no '.join(names)}, so nothing shows whether it still fits the text",
                place=view.document.place(span.pointer),
                help=f"it covers {quoted(covered)}" if shown else "state the SHA-256 of what it covers",
            )


@rule(
    "SPN008",
    "revision",
    looks=Looks.AT_RECORD,
    broken=Case(
        edits={_MILL: ("49abbdac11aa28bc52e7b3a404dc453597a47d64f47aa408d78eb8d979513ecb", "0" * 64)}, at=(_MILL, 4, 18)
    ),
)
def revision(view: RecordView) -> Iterator[Finding]:
    """The annotation was made on another revision of the text.

    The SHA-256 that it states of the annotated text is not that of the article's text.

    **Why it matters.** Spans may have shifted, and what was judged may have changed with the words.

    **How to fix it.** Restore the text that was annotated. Or run `dataset-builder anchor`, which moves each span to
    where its text went, says which ones changed or are lost, and states the new SHA-256.
    """
    name = view.project.fields.text_sha256
    stated = view.value.get(name) if isinstance(view.value, dict) else None
    if not isinstance(stated, str) or view.article is None or (name,) in view.judgement.touched:
        return
    found = view.article.sha256
    if found is not None and stated != found:
        yield Finding(
            message="the annotation was made on another revision of the text",
            place=view.document.place((name,)),
            help="restore that text, or run `dataset-builder anchor`, which moves spans to where their text went",
        )


@rule(
    "SPN009",
    "withheld-quote",
    looks=_ANCHORED,
    severity=Severity.WARNING,
    broken=Case(
        edits={
            _VAULT: (
                '"end": 3, "digest": "cdf02b27b16e175786c14aaa8b36c01666d0abc7361a5d5bb5fd92fa2b0b0955"',
                '"end": 3, "quote": "Dee"',
            )
        },
        at=(_VAULT, 9, 49),
    ),
)
def withheld_quote(view: RecordView) -> Iterator[Finding]:
    """A span of a withheld article quotes its text.

    **Why it matters.** The build puts a digest in its place, but the file that is committed publishes the words.

    **How to fix it.** Run `dataset-builder withhold <id>`: it writes the SHA-256 of each quote in the quote's place.
    """
    for span in view.spans():
        article = span.article
        if article is not None and article.withheld and span.quote is not None:
            name = span.anchor.keys.quote or ""
            yield Finding(
                message=f"the text of {quoted(article.id)} is withheld, but the span quotes it",
                place=view.document.place((*span.pointer, name)),
                help=f"run `dataset-builder withhold {article.id}`, which writes digests in the place of quotes",
            )


RULES = (
    out_of_range,
    empty_or_reversed,
    quote_differs,
    digest_differs,
    unanchored,
    revision,
    withheld_quote,
)
