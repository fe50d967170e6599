import json
import re
import unicodedata
from typing import get_args
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given

from dataset_builder.model.result import CheckResult, Summary
from dataset_builder.report.formats import FORMATS, FormatName, View, render
from tests.unit.report.findings import ANY_RESULT, ANY_SOURCES, CLEAN, EVERYTHING, RULES, seen

ENDINGS = {"json": "json", "github": "txt", "sarif": "json", "junit": "xml"}
OURS = re.compile(r"\x1b\[[0-9;]*m")
STEERING = {"Cc", "Cs", "Zl", "Zp"}


def test_the_registry_has_every_name():
    assert tuple(FORMATS) == get_args(FormatName)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_renders_nothing_found(name):
    shown = render(CheckResult(summary=Summary(articles=3)), name, View())
    assert "3" in shown
    assert shown.endswith("\n")


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "text"])  # which has more of them
def test_golden(golden, name):
    golden(f"{name}.{ENDINGS[name]}", render(EVERYTHING, name, seen()))
    golden(f"{name}-clean.{ENDINGS[name]}", render(CLEAN, name, seen()))


@pytest.mark.parametrize("name", FORMATS)
def test_the_order_of_findings_is_that_of_places(name):
    turned = CheckResult(diagnostics=EVERYTHING.diagnostics[::-1], summary=EVERYTHING.summary)
    if name != "json":  # which is sorted where findings are collected
        assert render(turned, name, seen()) == render(EVERYTHING, name, seen())


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "text"])
def test_formats_for_programs_hold_back_nothing(name):
    assert render(EVERYTHING, name, seen(limit=1)) == render(EVERYTHING, name, seen())


@given(ANY_RESULT, ANY_SOURCES)
def test_no_format_fails_or_lets_anything_steer_a_terminal(result, sources):
    for name in FORMATS:
        for color in (False, True):
            shown = render(result, name, View(sources=sources, rules=lambda: RULES, color=color, width=40))
            rest = OURS.sub("", shown) if color else shown
            assert {unicodedata.category(character) for character in rest if character != "\n"}.isdisjoint(STEERING)
            assert shown.endswith("\n")
            shown.encode()


# The same findings in each format: what a program reads from it.


def of_text(shown):
    pattern = r"(?m)^(.+?)(?::(\d+))?(?::(\d+))?: (?:error|warning|note)\[(\w+)\]: "
    return [(code, file, line, column) for file, line, column, code in re.findall(pattern, shown)]


def of_json(shown):
    found = json.loads(shown)["diagnostics"]
    return [(each["code"], each["file"], each["line"], each["column"]) for each in found]


def of_github(shown):
    found = []
    for line in shown.splitlines():
        properties = dict(pair.split("=", 1) for pair in line.split("::")[1].split(" ", 1)[1].split(","))
        values = {name: unquote(value) for name, value in properties.items()}
        if "file" in values:
            found.append((values["title"].split()[0], values["file"], values.get("line"), values.get("col")))
    return found


def of_sarif(shown):
    found = []
    for each in json.loads(shown)["runs"][0]["results"]:
        place = each["locations"][0]["physicalLocation"]
        region = place.get("region", {})
        file = unquote(place["artifactLocation"]["uri"])
        found.append((each["ruleId"], file, region.get("startLine"), region.get("startColumn")))
    return found


def of_junit(shown):
    pattern = re.compile(r"(\w+)[^:]*?(?: at (\d+)(?::(\d+))?)?")
    return [
        (match[1], case.get("classname"), match[2], match[3])
        for case in ET.fromstring(shown).iter("testcase")
        if (match := pattern.fullmatch(case.get("name")))
    ]


READ = {"text": of_text, "json": of_json, "github": of_github, "sarif": of_sarif, "junit": of_junit}


def normal(found):
    """With numbers as text, and controls in names as most formats show them."""
    return sorted(
        (code, file.replace("\x07", "␇"), *(str(number) if number else "" for number in numbers))
        for code, file, *numbers in found
    )


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_has_the_same_findings(name):
    expected = [(found.code, *place_of(found)) for found in EVERYTHING.diagnostics]
    assert normal(READ[name](render(EVERYTHING, name, seen()))) == normal(expected)


def place_of(found):
    return found.place.file, found.place.line, found.place.column
