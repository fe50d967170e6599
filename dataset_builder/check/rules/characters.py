"""ART020 to ART023: characters of texts that can't be seen, or can be written in other ways."""

import unicodedata
from collections.abc import Iterator
from itertools import takewhile

from dataset_builder.check.characters import CONTROL, is_normal, misleading
from dataset_builder.check.rule import Aspect, Case, Finding, Looks, rule
from dataset_builder.check.view import ArticleView
from dataset_builder.check.wording import quoted
from dataset_builder.model.diagnostic import Severity

__all__ = ["RULES"]

_TEXT = "seeds/note.txt"
_NOTE = {
    "seeds/note.json": '{"title": null, "published": "2025-03-01T08:00:00Z", "event": "note", '
    '"rights": {"license": "CC0-1.0", "text": "included"}}\n'
}
_ANCHOR = "take it out, and run `dataset-builder anchor`, which moves the spans behind it"


def _written(*lines: str) -> dict[str, str | bytes | None]:
    """A note with a text, byte for byte."""
    return {**_NOTE, _TEXT: "".join(lines).encode()}


def _more(number: int) -> str:
    return f", and {number:,} more" if number else ""


@rule(
    "ART020",
    "control-character",
    looks=Looks.AT_ARTICLE,
    aspect=Aspect.PLAIN,
    severity=Severity.WARNING,
    broken=Case(files=_written("Page one.\n", "\x0cPage two.\n"), at=(_TEXT, 2, 1)),
    clean=Case(files=_written("One\tline.\n", "Another\xa0one.\n")),
)
def control_character(view: ArticleView) -> Iterator[Finding]:
    """A text has control characters, other than tab and line feed, or the separators U+2028 and U+2029.

    **Why it matters.** They can't be seen, yet offsets count them. They are left over from a conversion as a rule: a
    page break, the remains of a terminal's colours, the C1 range of text that was Windows-1252 and was read as Latin-1.
    Some end a line for one program and none for the next: `str.splitlines` of Python cuts at U+000C, U+0085 and U+2028,
    `grep` and most editors don't.

    **How to fix it.** Take them out, or write what they stood for, and move the spans behind them with
    `dataset-builder anchor`.
    """
    found = CONTROL.findall(view.text or "")
    if view.text and found:
        start = view.text.index(found[0])
        yield Finding(
            message=f"the text has the control character {_named(found[0])}{_more(len(found) - 1)}",
            place=view.place_in_text(start, start + 1),
            help=_ANCHOR,
        )


def _named(character: str) -> str:
    name = unicodedata.name(character, "")
    return f"U+{ord(character):04X}" + (f" ({name})" if name else "")


@rule(
    "ART021",
    "direction-control",
    looks=Looks.AT_ARTICLE,
    aspect=Aspect.PLAIN,
    severity=Severity.WARNING,
    broken=Case(files=_written("Pay \u202e001\u202c euros.\n"), at=(_TEXT, 1, 5)),
    clean=Case(files=_written("She wrote \u2067\u05e9\u05dc\u2069 and left.\n")),
)
def direction_control(view: ArticleView) -> Iterator[Finding]:
    """A text overrides the direction in which it is shown, or changes it and doesn't change back within the line.

    Overrides are U+202D and U+202E; embeddings (U+202A, U+202B) and isolates (U+2066 to U+2068) that are closed are
    nothing to report, nor are the marks that right-to-left writing needs (U+200E, U+200F, U+061C).

    **Why it matters.** What is read differs from what is stored: an annotator marks words that stand elsewhere, and
    what is shown behind the text, in an editor or a report, is turned round with it.

    **How to fix it.** Take the character out unless the text is about it, or close what it opens with U+202C or U+2069;
    then move the spans behind it with `dataset-builder anchor`.
    """
    found = misleading(view.text or "")
    if view.text and found:
        yield Finding(
            message=f"the text has {_named(view.text[found[0]])}, which hides its true order{_more(len(found) - 1)}",
            place=view.place_in_text(found[0], found[0] + 1),
            help=_ANCHOR,
        )


@rule(
    "ART022",
    "carriage-return",
    looks=Looks.AT_ARTICLE,
    aspect=Aspect.PLAIN,
    severity=Severity.WARNING,
    broken=Case(files=_written("One line.\r\n", "Another one.\r\n"), at=(_TEXT, 1, 10)),
    clean=Case(files=_written("One line.\n", "Another one.\n")),
)
def carriage_return(view: ArticleView) -> Iterator[Finding]:
    """Lines of a text end with CR LF or with CR, in place of LF.

    **Why it matters.** Texts are taken as they are stored, so a CR LF counts as two characters. Editors, git
    (`core.autocrlf`) and programs that open files as text turn it into one in passing, and every offset behind it is
    off by one, and by one more with each line.

    **How to fix it.** Write LF (`dos2unix`), then move the spans with `dataset-builder anchor`. `*.txt -text` in
    `.gitattributes` keeps git from changing line ends.
    """
    text = view.text or ""
    number = text.count("\r")
    if number:
        start = text.index("\r")
        kind = "CR LF" if text[start : start + 2] == "\r\n" else "CR"
        yield Finding(
            message=f"a line of the text ends with {kind}{_more(number - 1)}",
            place=view.place_in_text(start, start + len(kind.split())),
            help="end lines with LF, and run `dataset-builder anchor`, which moves the spans",
        )


@rule(
    "ART023",
    "not-normalized",
    looks=Looks.AT_ARTICLE,
    aspect=Aspect.PLAIN,
    severity=Severity.NOTE,
    broken=Case(files=_written("The cafe\u0301 is open.\n"), at=(_TEXT, 1, 8)),
    clean=Case(files=_written("The caf\xe9 is open.\n")),
)
def not_normalized(view: ArticleView) -> Iterator[Finding]:
    """A text is not in Unicode normal form C: characters are written as several code points for which there is one.

    **Why it matters.** "é" can be one code point or two, which look the same. A search for the one doesn't find the
    other, they make different tokens, and whatever program normalizes the text shifts every offset behind.

    **How to fix it.** Store texts in form C (`unicodedata.normalize("NFC", text)` in Python), and move the spans with
    `dataset-builder anchor`. Where the text must stay as it was published, leave it.
    """
    text = view.text
    if not text or is_normal(text):
        return
    start = _first_difference(text)
    shown = "" if view.discreet else f": {quoted(text[start : start + 2])} could be written otherwise"
    yield Finding(
        message=f"the text is not in Unicode normal form C{shown}",
        place=view.place_in_text(start, min(start + 2, len(text))),
        help="normalize it, and run `dataset-builder anchor`, which moves the spans",
    )


def _first_difference(text: str) -> int:
    normal = unicodedata.normalize("NFC", text)
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(text, normal, strict=False)))
    return min(shared, len(text) - 1)


RULES = (control_character, direction_control, carriage_return, not_normalized)
