import json

from dataset_builder.model.diagnostic import Diagnostic, Edit, Place, Severity
from dataset_builder.model.result import CheckResult, Summary
from dataset_builder.report import json as report

FOUND = Diagnostic(
    code="SPN003",
    severity=Severity.ERROR,
    message="\x1b[31m \x9b1m \ud800 日本",
    place=Place(file="annotations/a1/x.json", line=4, column=51, pointer="/entities/0/quote"),
    help="do this",
    related=(Place(file="seeds/x.txt"),),
    fix=(Edit(file="annotations/a1/x.json", start=(4, 51), end=(4, 52), text="9"),),
)


def test_the_shape():
    result = CheckResult(
        diagnostics=(FOUND,), summary=Summary(articles=1, annotations=2, errors=1, unverified=3, ignored=4)
    )
    shown = report.render(result)
    assert shown.isascii()
    assert shown.endswith("}\n")
    contents = json.loads(shown)
    assert contents["diagnostics"] == [
        {
            "code": "SPN003",
            "severity": "error",
            "message": FOUND.message,
            "file": "annotations/a1/x.json",
            "line": 4,
            "column": 51,
            "pointer": "/entities/0/quote",
            "help": "do this",
            "fixable": True,
        }
    ]
    assert (
        contents["summary"].items()
        >= {"articles": 1, "annotations": 2, "errors": 1, "warnings": 0, "unverified": 3, "ignored": 4}.items()
    )


def test_no_control_reaches_a_terminal():
    shown = report.render(CheckResult(diagnostics=(FOUND,)))
    assert all(character.isprintable() or character == "\n" for character in shown)
