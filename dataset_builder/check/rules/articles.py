"""ART004 to ART010, ART014, ART015: articles, and what their metadata states of them."""

import re
from collections.abc import Iterator

from dataset_builder.check.corpus_view import CorpusView
from dataset_builder.check.rights import is_licence, is_publication
from dataset_builder.check.rule import Case, Finding, Looks, rule
from dataset_builder.check.rules.doubles import report_doubles
from dataset_builder.check.view import ArticleView, FlawView
from dataset_builder.check.wording import count, nearest, quoted
from dataset_builder.model.diagnostic import Edit

__all__ = ["RULES"]

_TEXT = "seeds/mill.txt"
_MILL = "seeds/mill.json"
_VAULT = "seeds/vault.json"
_SHA256 = re.compile(r"[0-9a-f]{64}")


@rule(
    "ART004",
    "duplicate-article",
    looks=Looks.AT_CORPUS,
    broken=Case(files={"seeds/more/mill.txt": "Another text.\n"}, at=("seeds/more/mill.txt", 1, 1)),
)
def duplicate_article(view: CorpusView) -> Iterator[Finding]:
    """Two articles have the same id.

    **Why it matters.** Annotations name their article by its id, and could belong to either.

    **How to fix it.** Rename one of the two, its annotations too; or delete one if they are copies.
    """
    yield from report_doubles(view.articles, "the article {} is there twice", "rename or delete one of the two")


@rule(
    "ART005",
    "bad-id",
    looks=Looks.AT_FLAW,
    kinds=("bad-id",),
    broken=Case(files={"seeds/more.jsonl": '{"id": "../mill", "text": "Out."}\n'}, at=("seeds/more.jsonl", 1, 1)),
)
def bad_id(view: FlawView) -> Iterator[Finding]:
    """An article's id can't be a file's name everywhere.

    An id has 1 to 200 bytes in UTF-8, doesn't begin with a dot, and has no slash, backslash or control character.

    **Why it matters.** Ids become the names of files: of annotations, of texts that are put back. With a slash in it,
    one could lead out of the project.

    **How to fix it.** Rename the article, and its annotations with it.
    """
    yield view.finding(help="rename the article, and its annotations with it")


@rule(
    "ART006",
    "text-missing",
    looks=Looks.AT_ARTICLE,
    broken=Case(
        files={
            "seeds/note.json": '{"title": null, "published": "2025-03-01T08:00:00Z", "event": "x", '
            '"rights": {"license": "MIT", "text": "included"}}\n'
        },
        at=("seeds/note.json", 1, 1),
    ),
)
def text_missing(view: ArticleView) -> Iterator[Finding]:
    """There is metadata of an article, but no text, and its rights don't say that the text is withheld.

    **Why it matters.** The article would be published without a text, which only a withheld one may be.

    **How to fix it.** Put the text beside its metadata as `<id>.txt` (in a packed record: as the property `text`).
    If it must not be published, state `"text": "withheld"` under `rights`.
    """
    rights = view.project.fields.rights
    may_be_withheld = not view.judgement.misread.isdisjoint(((rights,), (rights, "text")))
    if view.data is None and not view.withheld and view.is_described and not may_be_withheld:
        yield Finding(
            message="the article has no text, and its rights don't say that it is withheld",
            place=view.place_of(),
            help=f'put the text into {view.file}, or state "text": "withheld" under {rights}',
        )


@rule(
    "ART007",
    "text-digest",
    looks=Looks.AT_ARTICLE,
    broken=Case(
        edits={_TEXT: ("late", "soon")},
        files={"annotations/ada/mill.json": None, "annotations/links/same-day.json": None},
        at=(_MILL, 10, 13),
    ),
)
def text_digest(view: ArticleView) -> Iterator[Finding]:
    """The metadata states another SHA-256 than the text has.

    **Why it matters.** The text was changed after the metadata was written, or it is the text of another article.
    Annotations made on the one don't fit the other.

    **How to fix it.** If the change was meant, write the new SHA-256 down and check again; otherwise
    restore the text. Editors and git (`core.autocrlf`) change line ends in passing.
    """
    stated = view.stated("sha256", str)
    if view.data is not None and stated is not None and stated != view.sha256 and _is_sound(view, "sha256"):
        yield Finding(
            message=f"the text is not the one that the metadata describes: its SHA-256 is {view.sha256}",
            place=view.place_of(view.project.fields.sha256),
            help="restore the text; if the change was meant, state this SHA-256 and check again",
        )


@rule(
    "ART008",
    "text-length",
    looks=Looks.AT_ARTICLE,
    broken=Case(edits={_MILL: ('"length": 45', '"length": 46')}, at=(_MILL, 11, 13)),
    fixed={_MILL: '"length": 45'},
)
def text_length(view: ArticleView) -> Iterator[Finding]:
    """The metadata states another length than the text has. Lengths count Unicode code points.

    **Why it matters.** While a text is withheld, its length is all that offsets can be checked against.

    **How to fix it.** Write the length in code points: `len(text)` in Python, not bytes and not UTF-16 units.
    """
    stated = view.stated("length", int)
    if view.text is not None and stated is not None and stated != len(view.text) and _is_sound(view, "length"):
        yield Finding(
            message=f"the stated length is {stated:,}, but the text has {count(len(view.text), 'code point')}",
            place=view.place_of(view.project.fields.length),
            help=f"write {len(view.text)}",
            fix=_counted(view),
        )


def _counted(view: ArticleView) -> tuple[Edit, ...]:
    """The length as it is, where the SHA-256 shows that the text is the one that is described."""
    name, document = (view.project.fields.length,), view.metadata
    if document is None or document.flaws or view.text is None or view.stated("sha256", str) != view.sha256:
        return ()
    return (document.edit(*document.values[name], str(len(view.text))),)


@rule(
    "ART009",
    "withheld-without-digest",
    looks=Looks.AT_ARTICLE,
    broken=Case(edits={_VAULT: ('",\n  "length": 19\n', '"\n')}, at=(_VAULT, 1, 1)),
)
def withheld_without_digest(view: ArticleView) -> Iterator[Finding]:
    """A withheld article doesn't state the SHA-256 or the length of its text.

    **Why it matters.** The SHA-256 is how whoever holds the text can tell that it is the right one and put it back; the
    length is what offsets are checked against until then.

    **How to fix it.** State both; `dataset-builder withhold` does it when it takes a text out.
    """
    if not view.withheld:
        return
    stated = {"sha256": view.stated("sha256", str), "length": view.stated("length", int)}
    sound = {"sha256": bool(_SHA256.fullmatch(stated["sha256"] or "")), "length": (stated["length"] or 0) > 0}
    for field, what in (
        ("sha256", "SHA-256 of its text, 64 lower-case hexadecimal digits"),
        ("length", "length of its text"),
    ):
        name = getattr(view.project.fields, field)
        if not sound[field] and _is_sound(view, field):
            yield Finding(
                message=f"the article is withheld, but its metadata states no {what}",
                place=view.place_of(name),
                help=f"state it as {quoted(name)}; `dataset-builder withhold` does when it takes a text out",
            )


@rule(
    "ART010",
    "licence",
    looks=Looks.AT_ARTICLE,
    broken=Case(edits={_MILL: ('"CC-BY-4.0"', '"CC BY 4.0"')}, at=(_MILL, 9, 25)),
    clean=Case(edits={_MILL: ('"CC-BY-4.0"', '"MIT OR (Apache-2.0 AND LicenseRef-house)"')}),
)
def licence(view: ArticleView) -> Iterator[Finding]:
    """The licence of an article is no SPDX licence expression.

    **Why it matters.** Programs filter by licence, and people have to know what they may do; "CC BY" leaves open which.

    **How to fix it.** Use the identifiers of the SPDX licence list (`CC-BY-4.0`, `CC0-1.0`), joined by `AND`, `OR` and
    `WITH` if there are several. What is not on the list is named `LicenseRef-` and a name of your own, for example
    `LicenseRef-all-rights-reserved`.
    """
    rights = view.stated("rights", dict) or {}
    stated = rights.get("license")
    if not isinstance(stated, str) or (view.project.fields.rights, "license") in view.judgement.touched:
        return
    if not is_licence(stated):
        yield Finding(
            message=f"{quoted(stated)} is no SPDX licence expression",
            place=view.place_of(view.project.fields.rights, "license"),
            help='write it like "CC-BY-4.0" or "MIT OR Apache-2.0"; name what isn\'t on the SPDX list "LicenseRef-…"',
        )


@rule(
    "ART014",
    "id-mismatch",
    looks=Looks.AT_ARTICLE,
    broken=Case(
        edits={
            "schema/article.schema.json": ('"edition": {"const": 1}', '"id": {"type": "string"}'),
            _MILL: ('"words": 11', '"id": "mills"'),
        },
        at=(_MILL, 5, 9),
    ),
)
def id_mismatch(view: ArticleView) -> Iterator[Finding]:
    """The metadata states another id than the one that its file has.

    **Why it matters.** Annotations name the article by the file's name; whoever reads the metadata looks for another.

    **How to fix it.** Rename the file, or correct the id or take it out: the file's name is enough.
    """
    stated = view.stated("id", str)
    if stated is not None and stated != view.id and _is_sound(view, "id"):
        yield Finding(
            message=f"the metadata says {quoted(stated)}, but the file's name says {quoted(view.id)}",
            place=view.place_of(view.project.fields.id),
            help="take the id out, or rename the file",
        )


@rule(
    "ART015",
    "rights-unclear",
    looks=Looks.AT_ARTICLE,
    broken=Case(edits={_MILL: ('"included"', '"includes"')}, at=(_MILL, 9, 46)),
)
def rights_unclear(view: ArticleView) -> Iterator[Finding]:
    """An article's rights don't say whether its text is included or withheld.

    **Why it matters.** A misspelt `withheld` must not publish the text.

    **How to fix it.** State `"text": "included"` or `"text": "withheld"` under `rights`.
    """
    name = view.project.fields.rights
    if name not in view.record:
        return
    rights = view.record[name]
    if is_publication(rights) or {(name,), (name, "text")} & view.judgement.touched:
        return
    stated = rights.get("text") if isinstance(rights, dict) else None
    close = nearest(stated, ("included", "withheld")) if isinstance(stated, str) else None
    yield Finding(
        message="the rights don't say whether the text is included or withheld",
        place=view.place_of(name, "text"),
        help=f"did you mean {quoted(close)}?" if close else 'state "text": "included" or "text": "withheld"',
    )


def _is_sound(view: ArticleView, field: str) -> bool:
    """Whether the schema finds nothing wrong with the property; else it says so already."""
    return (getattr(view.project.fields, field),) not in view.judgement.touched


RULES = (
    duplicate_article,
    bad_id,
    text_missing,
    text_digest,
    text_length,
    withheld_without_digest,
    licence,
    id_mismatch,
    rights_unclear,
)
