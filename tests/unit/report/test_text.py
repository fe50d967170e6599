import re
from dataclasses import replace

import pytest

from dataset_builder.model.diagnostic import Edit, Place
from dataset_builder.model.result import CheckResult, Summary
from dataset_builder.report import text
from tests.unit.report.findings import (
    ELSEWHERE,
    EVERYTHING,
    FILES,
    LABEL,
    LEFTWARDS,
    LINES,
    MANY_LINES,
    NOWHERE,
    QUOTE,
    SUMMARY,
    WIDE,
)

SGR = re.compile(r"\x1b\[[0-9;]*m")


def result(*diagnostics, summary=SUMMARY):
    return CheckResult(diagnostics=diagnostics, summary=summary)


def render(found, *, color=False, width=100, sources=FILES.get, **options):
    return text.render(found, color=color, width=width, sources=sources, **options)


@pytest.mark.parametrize(
    ("color", "width", "name"), [(False, 100, "plain"), (True, 100, "color"), (False, 50, "narrow")]
)
def test_golden(golden, color, width, name):
    golden(f"{name}.txt", render(EVERYTHING, color=color, width=width))


def test_color_changes_nothing_but_color():
    assert SGR.sub("", render(EVERYTHING, color=True)) == render(EVERYTHING)


def test_findings_come_in_the_order_of_places():
    shown = render(EVERYTHING)
    places = [shown.index(f"\n{place}: ") for place in ("annotations/a1/news.json:4:51", "seeds", "seeds/news.txt:2:8")]
    assert places == sorted(places)
    assert render(result(*reversed(EVERYTHING.diagnostics))) == shown


def test_each_of_several_files_has_a_heading_that_counts():
    shown = render(EVERYTHING)
    assert shown.startswith("== annotations/a1/news.json: 2 errors, 1 warning (1 fixable with --fix)\n\n")
    assert [line for line in shown.splitlines() if line.startswith("== ")][1:] == [
        "== annotations/a1/packed␇ ä:,%.jsonl.gz: 1 error",
        "== seeds: 1 error",
        "== seeds/news.txt: 2 warnings, 5 notes",
    ]


def test_one_file_needs_no_heading_nor_do_files_of_one_finding_each():
    assert "==" not in render(result(QUOTE, LABEL))
    assert "==" not in render(result(QUOTE, WIDE, NOWHERE))


def test_a_heading_counts_what_is_not_shown_too():
    shown = render(result(QUOTE, LABEL, WIDE), limit=1)
    assert shown.startswith("== annotations/a1/news.json: 1 error, 1 warning (1 fixable with --fix)\n")
    assert "seeds/news.txt: 1 note" not in shown  # nothing of it is shown


def test_markup_and_escapes_in_data_are_shown_as_they_are():
    shown = render(EVERYTHING, color=False)
    assert "\x1b" not in shown
    assert "an [bold]odd[/bold] ␛[31mone" in shown
    assert "packed␇ ä:,%.jsonl.gz:7:3" in shown


def test_the_record_and_the_passage_are_both_underlined():
    assert render(result(QUOTE)).splitlines()[:10] == [
        'annotations/a1/news.json:4:51: error[SPN003]: the span covers "Gretas", and its quote is "Greta"',
        "   |",
        ' 4 |     {"id": "e1", "start": 15, "end": 22, "quote": "Greta", "type": "persom"},',
        "   |                                                   ^^^^^^^",
        "  help: set the end to 17, or the quote to what the span covers;",
        "        if the text has changed, say so in the changelog",
        "  fixable with --fix",
        "  seeds/news.txt:2:1: note: the span covers this",
        "   |",
        " 2 | Gretas 日本 wins",
    ]


def test_a_passage_of_several_lines_is_underlined_in_each():
    assert render(result(LINES)).splitlines()[1:6] == [
        "   |",
        " 4 | הוא אמר שלום לכולם and left.",
        "   |                        ^^^^^ left.",
        " 6 |     The end.",
        "   | ^^^^^^^^^^^",
    ]


def test_of_a_long_passage_the_middle_is_left_out():
    shown = render(result(MANY_LINES)).splitlines()
    assert [line.split("|")[0].strip() for line in shown[1:9]] == ["", "1", "", "2", "", "…", "6", ""]


def test_what_is_meant_stands_behind_its_carets_where_a_terminal_may_turn_the_line_round():
    shown = render(result(LEFTWARDS))
    assert ' ^^^^^^^^^^^ "שלום עולם"\n' in shown
    assert " ^^^^ שלום\n" in shown
    assert render(result(LEFTWARDS), color=True).count("\x1b[1;31m") == 3  # kind, passage, carets


def test_a_source_is_read_once():
    asked = []
    render(result(QUOTE, LABEL, QUOTE), sources=lambda file: asked.append(file) or FILES[file])
    assert sorted(asked) == sorted(FILES)


def test_a_source_that_has_fewer_lines_by_now_is_not_shown():
    assert "at /entities/0/quote" in render(result(QUOTE), sources=lambda _: "changed")
    assert "\n\n" in render(result(WIDE), sources=lambda _: "changed")


def test_what_is_past_the_limit_is_counted_and_errors_go_first():
    many = [replace(LABEL, place=Place(file=f"a{number:03d}")) for number in range(150)]
    shown = render(result(*many, NOWHERE))
    assert shown.count("[LAB001]") == 99
    assert shown.index("[LAB001]") < shown.index("[CFG001]")
    assert "\n51 more findings not shown here, but in --format json.\n" in shown
    assert render(result(*many), limit=150).count("[LAB001]") == 150
    assert render(result(*many), limit=0).startswith("150 more findings not shown here")


@pytest.mark.parametrize(
    ("summary", "fixable", "line"),
    [
        (
            SUMMARY,
            1,
            (
                "4 errors, 3 warnings, 5 notes (1 fixable with --fix) in 16 articles, 48 annotations; "
                "6 ignored by configuration; "
                "2 spans unverified: their texts are not here (`dataset-builder hydrate` puts them back)"
            ),
        ),
        (Summary(articles=1, annotations=1), 0, "no findings in 1 article, 1 annotation"),
        (Summary(errors=1), 0, "1 error"),
        (Summary(ignored=1_200), 0, "no findings; 1,200 ignored by configuration"),
        (Summary(articles=20_000, warnings=2), 0, "2 warnings in 20,000 articles, 0 annotations"),
        (Summary(errors=1_500), 1_200, "1,500 errors (1,200 fixable with --fix)"),
    ],
)
def test_summary(summary, fixable, line):
    assert text.summarize(summary, fixable=fixable) == line


def test_the_summary_counts_what_is_fixable_shown_or_not():
    edit = Edit(file="f", start=(1, 1), end=(1, 1), text="")
    found = result(
        replace(NOWHERE, fix=(edit,)), replace(ELSEWHERE, fix=(edit, edit)), LABEL, summary=Summary(errors=3)
    )
    assert render(found, limit=1).endswith("\n3 errors (2 fixable with --fix)\n")


def test_a_place_is_written_as_far_as_it_is_known():
    assert text.located(Place(file="a\nb", line=3, column=4)) == "a␊b:3:4"
    assert text.located(Place(file="a", line=3)) == "a:3"
    assert text.located(Place(file="a", column=4)) == "a"
