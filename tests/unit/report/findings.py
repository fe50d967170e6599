"""Findings of every kind that reports must show, with the files that they are in; and any findings at all."""

from types import SimpleNamespace

from hypothesis import strategies as st

from dataset_builder.model.diagnostic import Diagnostic, Edit, Place, Severity
from dataset_builder.model.result import CheckResult, Summary
from dataset_builder.report.formats import View

RECORD = """\
{
  "article": "news",
  "entities": [
    {"id": "e1", "start": 15, "end": 22, "quote": "Greta", "type": "persom"},
    {"id": "e1", "start": 3, "end": 3, "quote": "日本語 \u202e evil", "type": "person"},
    {"id": "e3", "start": 61, "end": 65, "quote": "שלום עולם", "type": "person"}
  ]
}
"""
ARTICLE = """\
Erste Zeile
Gretas 日本 wins
👩‍👩‍👧‍👦 and 🇩🇪, 👍🏽 and e\u0301te\u0301:
הוא אמר שלום לכולם and left.

\tThe end.
"""
FILES = {"annotations/a1/news.json": RECORD, "seeds/news.txt": ARTICLE}


def passage(text, note=None):
    start = ARTICLE.index(text)
    line, column = ARTICLE.count("\n", 0, start) + 1, start - ARTICLE.rfind("\n", 0, start)
    return Place(file="seeds/news.txt", line=line, column=column, start=start, end=start + len(text), note=note)


QUOTE = Diagnostic(
    code="SPN003",
    severity=Severity.ERROR,
    message='the span covers "Gretas", and its quote is "Greta"',
    place=Place(
        file="annotations/a1/news.json", line=4, column=51, pointer="/entities/0/quote", start=12, end=18
    ),  # the passage that the record means, not a stretch of the record
    help="set the end to 17, or the quote to what the span covers;\nif the text has changed, say so in the changelog",
    related=(passage("Gretas", note="the span covers this"),),
    fix=(
        Edit(file="annotations/a1/news.json", start=(4, 27), end=(4, 29), text="12"),
        Edit(file="annotations/a1/news.json", start=(4, 38), end=(4, 40), text="17"),
    ),
)
LABEL = Diagnostic(
    code="LAB001",
    severity=Severity.WARNING,
    message='"persom" is no label: did you mean {"person"}? [See](https://example.org) 100%, a:b',
    place=Place(file="annotations/a1/news.json", line=4, column=68, pointer="/entities/0/type"),
)
LEFTWARDS = Diagnostic(
    code="SPN003",
    severity=Severity.ERROR,
    message="right to left",
    place=Place(file="annotations/a1/news.json", line=6, column=51, pointer="/entities/2/quote"),
    related=(passage("שלום"),),
)
WIDE = Diagnostic(
    code="SPN001", severity=Severity.NOTE, message="an [bold]odd[/bold] \x1b[31mone", place=passage("日本")
)
EMOJI = tuple(
    Diagnostic(code="SPN001", severity=Severity.NOTE, message="emoji", place=passage(text))
    for text in ("👩‍👩‍👧‍👦", "🇩🇪", "👍🏽", "e\u0301te\u0301")
)
LINES = Diagnostic(
    code="SPN007", severity=Severity.WARNING, message="several lines", place=passage("left.\n\n\tThe end")
)
MANY_LINES = Diagnostic(
    code="SPN007", severity=Severity.WARNING, message="many lines", place=passage(ARTICLE[6 : ARTICLE.index("end.")])
)
ELSEWHERE = Diagnostic(
    code="REF002",
    severity=Severity.ERROR,
    message="no frame for a file that can't be shown",
    place=Place(file="annotations/a1/packed\x07 ä:,%.jsonl.gz", line=7, column=3, pointer="/quotes/2"),
)
NOWHERE = Diagnostic(code="CFG001", severity=Severity.ERROR, message="no line at all", place=Place(file="seeds"))
SUMMARY = Summary(articles=16, annotations=48, errors=4, warnings=3, notes=5, unverified=2, ignored=6)
EVERYTHING = CheckResult(
    diagnostics=(QUOTE, LABEL, LEFTWARDS, ELSEWHERE, NOWHERE, WIDE, *EMOJI, LINES, MANY_LINES), summary=SUMMARY
)
CLEAN = CheckResult(summary=Summary(articles=3, annotations=1234))

RULES = {
    code: SimpleNamespace(code=code, name=name, severity=severity, documentation=documentation)
    for code, name, severity, documentation in (
        (
            "LAB001",
            "label-unknown",
            Severity.WARNING,
            "The value is no\n    label. See `{}`.\n\n    **Why it matters.** [Why](x.md).",
        ),
        ("SPN001", "out-of-range", Severity.NOTE, "No full stop"),
        ("SPN003", "quote-differs", Severity.ERROR, ""),
    )
}


def seen(**options):
    return View(sources=FILES.get, rules=lambda: RULES, version=lambda: "1.2.3", **options)


# Any findings: any text anywhere, and places that no file has.

_TEXT = st.one_of(
    st.text(max_size=20),
    st.text(st.characters(), max_size=8),  # with lone surrogates
    st.sampled_from(
        ["\x1b]0;x\x07", "a\r\n::error::b", "%0A", "\ufffe\uffff\0", "]]>", "{0}", "[x](y)", "\u2028", "--"]
    ),
)
_NUMBER = st.none() | st.integers(-2, 12) | st.sampled_from([10**9])
_FILE = st.one_of(st.sampled_from(list(FILES)), _TEXT)
_PLACE = st.builds(
    Place,
    file=_FILE,
    line=_NUMBER,
    column=_NUMBER,
    pointer=st.none() | _TEXT,
    start=_NUMBER,
    end=_NUMBER,
    note=st.none() | _TEXT,
)
_POSITION = st.tuples(st.integers(-1, 9), st.integers(-1, 99))
_FOUND = st.builds(
    Diagnostic,
    code=st.sampled_from([*RULES, "XXX999"]) | _TEXT,
    severity=st.sampled_from(Severity),
    message=_TEXT,
    place=_PLACE,
    help=st.none() | _TEXT,
    related=st.lists(_PLACE, max_size=2).map(tuple),
    fix=st.lists(st.builds(Edit, file=_FILE, start=_POSITION, end=_POSITION, text=_TEXT), max_size=2).map(tuple),
)
ANY_RESULT = st.lists(_FOUND, max_size=4).map(
    lambda found: CheckResult(diagnostics=tuple(found), summary=Summary.of(found))
)
ANY_SOURCES = st.sampled_from([FILES.get, {}.get]) | _TEXT.map(lambda text: lambda _: text)
