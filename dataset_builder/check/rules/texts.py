"""ART001 to ART003, ART011 to ART013: texts."""

from collections.abc import Iterator

from dataset_builder.check.rule import Case, Finding, Looks, rule
from dataset_builder.check.view import ArticleView
from dataset_builder.check.wording import count
from dataset_builder.model.diagnostic import Place, Severity
from dataset_builder.model.span import Lines

__all__ = ["RULES"]

_HIDDEN_FOLDER = "/.hydrated/"  # where withheld texts are put back; git ignores it
_NOTE = {
    "seeds/note.json": '{"title": null, "published": "2025-03-01T08:00:00Z", "event": "note", '
    '"rights": {"license": "CC0-1.0", "text": "included"}}\n'
}


@rule(
    "ART001",
    "text-encoding",
    looks=Looks.AT_ARTICLE,
    broken=Case(files=_NOTE | {"seeds/note.txt": b"One line.\nA caf\xe9.\n"}, at=("seeds/note.txt", 2, 6)),
)
def text_encoding(view: ArticleView) -> Iterator[Finding]:
    """A text is not UTF-8.

    **Why it matters.** Offsets count code points; where bytes can't be decoded there are none, and guessing an encoding
    would move every offset behind the guess.

    **How to fix it.** Open the file in the encoding that it was written in and save it as UTF-8.
    """
    if view.data is None or view.text is not None:
        return
    try:
        view.data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = view.data[: error.start].decode("utf-8")
        line, column = Lines(before).locate(len(before))
        yield Finding(
            message=f"byte {error.start + 1:,} of the text, 0x{view.data[error.start]:02X}, isn't UTF-8",
            place=Place(file=view.file, line=line, column=column),
            help="save the text as UTF-8",
        )


@rule(
    "ART002",
    "text-empty",
    looks=Looks.AT_ARTICLE,
    broken=Case(files=_NOTE | {"seeds/note.txt": ""}, at=("seeds/note.txt", 1, 1)),
)
def text_empty(view: ArticleView) -> Iterator[Finding]:
    """A text has no characters at all.

    **Why it matters.** An article without a text can't be annotated; as a rule fetching or saving it failed.

    **How to fix it.** Put the text in, or delete the article.
    """
    if view.text == "":
        yield Finding(
            message="the text is empty", place=view.place_in_text(0), help="put the text in, or delete the article"
        )


@rule(
    "ART003",
    "text-blank",
    looks=Looks.AT_ARTICLE,
    broken=Case(files=_NOTE | {"seeds/note.txt": "\n \n"}, at=("seeds/note.txt", 1, 1)),
    clean=Case(files=_NOTE | {"seeds/note.txt": "\n.\n"}),
)
def text_blank(view: ArticleView) -> Iterator[Finding]:
    """A text consists of white space alone.

    **Why it matters.** There is nothing in it to annotate; as a rule extracting the text from a page failed.

    **How to fix it.** Put the text in, or delete the article.
    """
    if view.text and not view.text.removeprefix("\ufeff").strip():
        yield Finding(
            message=f"the text is blank: {count(len(view.text), 'character')}, all of them white space",
            place=view.place_in_text(0),
            help="put the text in, or delete the article",
        )


@rule(
    "ART011",
    "text-bom",
    looks=Looks.AT_ARTICLE,
    severity=Severity.WARNING,
    broken=Case(files=_NOTE | {"seeds/note.txt": b"\xef\xbb\xbfA note.\n"}, at=("seeds/note.txt", 1, 1)),
)
def text_bom(view: ArticleView) -> Iterator[Finding]:
    """A text begins with a byte order mark (U+FEFF).

    **Why it matters.** The mark can't be seen, yet it is a character of the text and offsets count it. A tool that
    drops it shifts every offset by one.

    **How to fix it.** Save the text as "UTF-8" rather than "UTF-8 with BOM", and take one off every offset into it.
    """
    if view.text and view.text.startswith("\ufeff"):
        yield Finding(
            message="the text begins with a byte order mark (U+FEFF), which offsets count as a character",
            place=view.place_in_text(0, 1),
            help="save it without one, and take one off every offset into it",
        )


@rule(
    "ART012",
    "text-size",
    looks=Looks.AT_ARTICLE,
    broken=Case(
        edits={"dataset.toml": ('languages = ["en"]\n', "[limits]\nbytes = 3000\n")},
        files=_NOTE | {"seeds/note.txt": "A note. " * 400},
        at=("seeds/note.txt", 1, 1),
    ),
)
def text_size(view: ArticleView) -> Iterator[Finding]:
    """A text is larger than the project allows.

    **Why it matters.** An article is held in memory as a whole, on every worker and by everyone who loads the dataset.

    **How to fix it.** Split the text; if it is meant, raise `limits.bytes` in the configuration.
    """
    limit = view.project.limits.bytes
    if view.data is not None and len(view.data) > limit:
        yield Finding(
            message=f"the text has {len(view.data):,} bytes, more than the limit of {limit:,}",
            place=view.place_in_text(0),
            help="split it; if it is meant, raise limits.bytes in the configuration",
        )


@rule(
    "ART013",
    "withheld-text-stored",
    looks=Looks.AT_ARTICLE,
    severity=Severity.WARNING,
    broken=Case(files={"seeds/vault.txt": "Dee keeps the key.\n"}, at=("seeds/vault.txt", 1, 1)),
    clean=Case(files={"seeds/.hydrated/vault.txt": "Dee keeps the key.\n"}),
)
def withheld_text_stored(view: ArticleView) -> Iterator[Finding]:
    """A withheld text lies where git takes it along.

    **Why it matters.** The build leaves the text out, but a commit publishes it, and what was once pushed can't be
    taken back.

    **How to fix it.** Run `dataset-builder withhold <id>`, which moves the text to where git ignores it. If it was
    committed before, its history has to be rewritten.
    """
    if view.withheld and view.data is not None and _HIDDEN_FOLDER not in f"/{view.file}":
        yield Finding(
            message="the text is withheld, but lies where git would publish it",
            place=view.place_in_text(0),
            help=f"run `dataset-builder withhold {view.id}`",
        )


RULES = (
    text_encoding,
    text_empty,
    text_blank,
    text_bom,
    text_size,
    withheld_text_stored,
)
