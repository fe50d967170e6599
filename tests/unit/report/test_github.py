from dataclasses import replace

import pytest
from hypothesis import given

from dataset_builder.model.diagnostic import Place
from dataset_builder.model.result import CheckResult
from dataset_builder.report import github
from tests.unit.report.findings import (
    ANY_RESULT,
    ANY_SOURCES,
    EMOJI,
    EVERYTHING,
    FILES,
    LABEL,
    LINES,
    NOWHERE,
    QUOTE,
    RULES,
)


def commands(*found, sources=FILES.get, **options):
    return github.render(CheckResult(diagnostics=found), sources=sources, rules=RULES, **options).splitlines()


def test_a_finding_is_a_command():
    assert commands(QUOTE)[1] == (
        "::error file=annotations/a1/news.json,line=4,col=51,endLine=4,endColumn=58,title=SPN003 quote-differs::"
        'the span covers "Gretas", and its quote is "Greta"%0A'
        "help: set the end to 17, or the quote to what the span covers;%0A"
        "if the text has changed, say so in the changelog%0A"
        "fixable with --fix%0A"
        "the span covers this: seeds/news.txt:2:1%0A"
        "at annotations/a1/news.json:4:51"
    )


@pytest.mark.parametrize(("found", "level"), [(QUOTE, "error"), (LABEL, "warning"), (EMOJI[0], "notice")])
def test_the_level_is_that_of_the_finding(found, level):
    assert commands(found)[1].startswith(f"::{level} file=")


def test_the_summary_comes_first_so_that_it_is_among_those_shown():
    shown = github.render(EVERYTHING, rules=RULES).splitlines()
    assert shown[0].startswith("::notice title=dataset-builder::4 errors, 3 warnings, 5 notes (1 fixable with --fix)")
    assert len(shown) == 1 + len(EVERYTHING.diagnostics)


def test_what_means_something_to_github_is_escaped():
    odd = replace(LABEL, message="50%\r\n::error::x, y", place=Place(file="a:b,c%\n.json", line=1), code="A,B:C")
    assert commands(odd)[1] == (
        "::warning file=a%3Ab%2Cc%25␊.json,line=1,title=A%2CB%3AC::50%25␍%0A::error::x, y%0Aat a:b,c%25␊.json:1"
    )


def test_an_end_is_given_within_one_line_only():
    assert "endLine=" not in commands(LINES)[1]
    assert "endLine=" not in commands(QUOTE, sources=lambda _: None)[1]
    assert ",line=4,col=51," in commands(QUOTE, sources=lambda _: None)[1]


def test_a_place_is_given_as_far_as_it_is_known():
    assert commands(NOWHERE)[1] == "::error file=seeds,title=CFG001::no line at all%0Aat seeds"
    assert commands(replace(NOWHERE, place=Place(file="f", column=3)))[1].startswith("::error file=f,title=")


def test_paths_lead_from_the_workflows_folder():
    assert "file=corpora/news/seeds," in commands(NOWHERE, base="corpora/news/")[1]


@given(ANY_RESULT, ANY_SOURCES)
def test_each_line_is_one_command_and_nothing_in_it_another(result, sources):
    lines = github.render(result, sources=sources, rules=RULES).split("\n")
    assert lines.pop() == ""
    assert len(lines) == 1 + len(result.diagnostics)
    for line in lines:
        _, command, _ = line.split("::", 2)
        name, properties = command.split(" ", 1)
        assert name in {"error", "warning", "notice"}
        keys = [pair.split("=", 1)[0] for pair in properties.split(",")]
        assert set(keys) <= {"file", "line", "col", "endLine", "endColumn", "title"}
        assert len(keys) == len(set(keys))
        assert "\r" not in line
