from dataclasses import replace

import pytest

from dataset_builder.model.diagnostic import Diagnostic, Place, Severity
from dataset_builder.model.result import CheckResult, Summary
from dataset_builder.report import text

RECORD = """\
{
  "article": "news",
  "entities": [
    {"id": "e1", "start": 15, "end": 22, "quote": "Greta", "type": "persom"},
    {"id": "e1", "start": 3, "end": 3, "quote": "日本語 \u202e evil", "type": "person"}
  ]
}
"""
ARTICLE = "Erste Zeile\nGretas 日本 wins\n"
FILES = {"annotations/a1/news.json": RECORD, "seeds/news.txt": ARTICLE}

QUOTE = Diagnostic(
    code="SPN003",
    severity=Severity.ERROR,
    message='the span covers "Gretas", and its quote is "Greta"',
    place=Place(file="annotations/a1/news.json", line=4, column=51, pointer="/entities/0/quote"),
    help="set the end to 17, or the quote to what the span covers;\nif the text has changed, say so in the changelog",
    related=(Place(file="seeds/news.txt", line=2, column=1, start=12, end=18, note="the span covers this"),),
)
LABEL = Diagnostic(
    code="LAB001",
    severity=Severity.WARNING,
    message='"persom" is no label: did you mean "person"?',
    place=Place(file="annotations/a1/news.json", line=4, column=68, pointer="/entities/0/type"),
)
WIDE = Diagnostic(
    code="SPN001",
    severity=Severity.NOTE,
    message="an [bold]odd[/bold] \x1b[31mone",
    place=Place(file="seeds/news.txt", line=2, column=8, start=19, end=21),
)
ELSEWHERE = Diagnostic(
    code="REF002",
    severity=Severity.ERROR,
    message="no frame for a file that can't be shown",
    place=Place(file="annotations/a1/packed\x07.jsonl.gz", line=7, column=3, pointer="/quotes/2"),
)
NOWHERE = Diagnostic(code="CFG001", severity=Severity.ERROR, message="no line at all", place=Place(file="seeds"))
SUMMARY = Summary(articles=16, annotations=48, errors=3, warnings=1, notes=1, unverified=2)


def result(*diagnostics, summary=SUMMARY):
    return CheckResult(diagnostics=diagnostics, summary=summary)


def render(found, *, color=False, width=100, sources=FILES.get, **options):
    return text.render(found, color=color, width=width, sources=sources, **options)


EVERYTHING = result(QUOTE, LABEL, ELSEWHERE, NOWHERE, WIDE)


@pytest.mark.parametrize(
    ("color", "width", "name"), [(False, 100, "plain"), (True, 100, "color"), (False, 50, "narrow")]
)
def test_golden(golden, color, width, name):
    golden(f"{name}.txt", render(EVERYTHING, color=color, width=width))


def test_findings_come_in_the_order_of_places():
    shown = render(EVERYTHING)
    assert [shown.index(f"[{code}]") for code in ("SPN003", "LAB001", "REF002", "CFG001", "SPN001")] == sorted(
        shown.index(f"[{code}]") for code in ("SPN003", "LAB001", "REF002", "CFG001", "SPN001")
    )
    assert render(result(*reversed(EVERYTHING.diagnostics))) == shown


def test_markup_and_escapes_in_data_are_shown_as_they_are():
    shown = render(EVERYTHING, color=False)
    assert "\x1b" not in shown
    assert "an [bold]odd[/bold] ␛[31mone" in shown
    assert "packed␇.jsonl.gz:7:3" in shown


def test_a_source_is_read_once():
    asked = []
    render(result(QUOTE, LABEL, QUOTE), sources=lambda file: asked.append(file) or FILES[file])
    assert sorted(asked) == sorted(FILES)


def test_a_source_that_has_fewer_lines_by_now_is_not_shown():
    assert "at /entities/0/quote" in render(result(QUOTE), sources=lambda _: "changed")


def test_what_is_past_the_limit_is_counted_and_errors_go_first():
    many = [replace(LABEL, place=Place(file=f"a{number:03d}")) for number in range(150)]
    shown = render(result(*many, NOWHERE))
    assert shown.count("[LAB001]") == 99
    assert shown.index("[LAB001]") < shown.index("[CFG001]")
    assert "\n51 more findings not shown here, but in --format json.\n" in shown
    assert render(result(*many), limit=150).count("[LAB001]") == 150


@pytest.mark.parametrize(
    ("summary", "line"),
    [
        (
            SUMMARY,
            (
                "3 errors, 1 warning, 1 note in 16 articles, 48 annotations; 2 spans unverified: "
                "their texts are not here (`dataset-builder hydrate` puts them back)"
            ),
        ),
        (Summary(articles=1, annotations=1), "no findings in 1 article, 1 annotation"),
        (Summary(errors=1), "1 error"),
        (Summary(articles=20_000, warnings=2), "2 warnings in 20,000 articles, 0 annotations"),
    ],
)
def test_summary(summary, line):
    assert text.summarize(summary) == line
    assert render(result(summary=summary)) == line + "\n"
