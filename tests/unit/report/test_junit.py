from dataclasses import replace
from xml.etree import ElementTree as ET

from hypothesis import given

from dataset_builder.model.result import CheckResult
from dataset_builder.report import junit
from tests.unit.report.findings import ANY_RESULT, CLEAN, EMOJI, EVERYTHING, LABEL, QUOTE, RULES

# What Jenkins' and Surefire's schemas ask of the elements that are used: required attributes, all attributes, children.
SHAPES = {
    "testsuites": ({"name"}, {"name", "time", "tests", "failures", "errors", "disabled"}, ["testsuite"]),
    "testsuite": (
        {"name", "tests", "failures", "errors", "skipped", "time"},
        {"name", "tests", "failures", "errors", "skipped", "time", "timestamp", "hostname", "id", "package"},
        ["testcase"],
    ),
    "testcase": ({"name", "classname", "time"}, {"name", "classname", "time"}, ["failure", "system-out"]),
    "failure": ({"type"}, {"type", "message"}, []),
    "system-out": (set(), set(), []),
}


def read(*found):
    return ET.fromstring(junit.render(CheckResult(diagnostics=found), rules=RULES))


def assert_shape(element):
    required, known, children = SHAPES[element.tag]
    assert required <= set(element.attrib) <= known
    assert {child.tag for child in element} <= set(children)
    if element.tag in ("testsuites", "testsuite"):
        cases = list(element.iter("testcase"))
        assert element.get("tests") == str(len(cases))
        assert element.get("failures") == str(sum(case.find("failure") is not None for case in cases))
    for child in element:
        assert_shape(child)


def test_a_suite_is_a_file_and_a_case_a_finding():
    root = ET.fromstring(junit.render(EVERYTHING, rules=RULES))
    assert_shape(root)
    assert [(suite.get("name"), len(suite)) for suite in root] == [
        ("annotations/a1/news.json", 3),
        ("annotations/a1/packed␇ ä:,%.jsonl.gz", 1),
        ("seeds", 1),
        ("seeds/news.txt", 7),
    ]


def test_an_error_fails():
    (case,) = read(QUOTE).iter("testcase")
    failure = case.find("failure")
    assert case.get("name") == "SPN003 quote-differs at 4:51"
    assert failure.attrib == {"type": "SPN003", "message": QUOTE.message}
    assert failure.text.splitlines() == [
        f"annotations/a1/news.json:4:51: error[SPN003]: {QUOTE.message}",
        f"help: {QUOTE.help.splitlines()[0]}",
        QUOTE.help.splitlines()[1],
        "fixable with --fix",
        "seeds/news.txt:2:1: the span covers this",
    ]


def test_a_warning_or_a_note_fails_nothing_and_is_said():
    root = read(LABEL, EMOJI[0])
    assert (root.get("tests"), root.get("failures")) == ("2", "0")
    assert [case.find("system-out").text.split(": ")[1] for case in root.iter("testcase")] == [
        "warning[LAB001]",
        "note[SPN001]",
    ]


def test_where_nothing_is_found_one_case_passes():
    root = ET.fromstring(junit.render(CLEAN, rules=RULES))
    assert_shape(root)
    (case,) = root.iter("testcase")
    assert case.find("system-out").text == "no findings in 3 articles, 1,234 annotations"


def test_what_xml_cannot_hold_is_spelled_out():
    message = "\0 \x1b \x0b \ufffe \uffff \ud800 <&\"'> ]]> \U0001fffe"
    failure = next(read(replace(QUOTE, message=message)).iter("failure"))
    assert failure.get("message") == ("␀ ␛ ␋ <U+FFFE> <U+FFFF> <U+D800> <&\"'> ]]> \U0001fffe")


@given(ANY_RESULT)
def test_it_is_xml_of_that_shape_whatever_is_found(result):
    root = ET.fromstring(junit.render(result, rules=RULES).encode("utf-8"))
    assert_shape(root)
    assert len(list(root.iter("testcase"))) == max(len(result.diagnostics), 1)
