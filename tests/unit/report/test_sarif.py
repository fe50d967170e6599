import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator

from dataset_builder.model.diagnostic import Edit, Place
from dataset_builder.model.result import CheckResult
from dataset_builder.model.span import Lines
from dataset_builder.report import sarif
from tests.unit.report.findings import (
    ANY_RESULT,
    ANY_SOURCES,
    ELSEWHERE,
    EVERYTHING,
    FILES,
    LABEL,
    LINES,
    NOWHERE,
    QUOTE,
    RECORD,
    RULES,
    WIDE,
)

SCHEMA = json.loads(Path(__file__).with_name("sarif.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)
FILE = QUOTE.place.file


def run(*found, sources=FILES.get, **options):
    shown = sarif.render(CheckResult(diagnostics=found), sources=sources, rules=RULES, **options)
    log = json.loads(shown)
    VALIDATOR.validate(log)
    return log["runs"][0]


def result(found, **options):
    return run(found, **options)["results"][0]


def region(found, **options):
    return result(found, **options)["locations"][0]["physicalLocation"].get("region")


def fingerprints(*found):
    return [each["partialFingerprints"]["finding/v1"] for each in run(*found)["results"]]


def test_the_schema_is_one():
    Draft202012Validator.check_schema(SCHEMA)


def test_rules_are_described():
    run_ = run(version="1.2.3")
    assert run_["tool"]["driver"]["semanticVersion"] == "1.2.3"
    assert run_["tool"]["driver"]["rules"][0] == {
        "id": "LAB001",
        "name": "label-unknown",
        "shortDescription": {"text": "The value is no label."},
        "fullDescription": {"text": "The value is no label. See {}."},
        "help": {
            "text": "The value is no\nlabel. See {}.\n\nWhy it matters. Why.",
            "markdown": "The value is no\nlabel. See `{}`.\n\n**Why it matters.** [Why](x.md).",
        },
        "defaultConfiguration": {"level": "warning"},
    }
    assert [rule["shortDescription"]["text"] for rule in run_["tool"]["driver"]["rules"][1:]] == [
        "No full stop",
        "quote-differs",
    ]


def test_a_finding_refers_to_its_rule():
    assert (result(QUOTE)["ruleId"], result(QUOTE)["ruleIndex"]) == ("SPN003", 2)
    assert "ruleIndex" not in result(NOWHERE)


def test_the_token_and_the_passage_are_regions():
    assert region(QUOTE) == {"startLine": 4, "startColumn": 51, "endLine": 4, "endColumn": 58}
    assert region(LINES) == {"startLine": 4, "startColumn": 24, "endLine": 6, "endColumn": 9}
    assert region(QUOTE, sources=lambda _: None) == {"startLine": 4, "startColumn": 51}
    assert region(replace(QUOTE, place=Place(file="x", line=3))) == {"startLine": 3}
    assert region(NOWHERE) is None


def test_a_byte_order_mark_is_no_column():
    place = Place(file="f", line=1, column=7, pointer="/a")
    found = region(replace(NOWHERE, place=place), sources=lambda _: '\ufeff{"a": 1}')
    assert found == {"startLine": 1, "startColumn": 6, "endLine": 1, "endColumn": 7}
    second = replace(NOWHERE, place=replace(place, line=2, column=1))
    assert region(second, sources=lambda _: "\ufeff\n1")["startColumn"] == 1


def test_related_places_have_their_notes_and_pointers_their_own_place():
    found = result(QUOTE)
    assert found["locations"][0]["logicalLocations"] == [{"fullyQualifiedName": "/entities/0/quote"}]
    (related,) = found["relatedLocations"]
    assert related["message"] == {"text": "the span covers this"}
    assert related["physicalLocation"]["artifactLocation"] == {"uri": "seeds/news.txt", "uriBaseId": "%SRCROOT%"}
    assert "logicalLocations" not in related


def test_the_same_place_twice_is_two_locations():
    assert len(result(replace(QUOTE, related=QUOTE.related * 2))["relatedLocations"]) == 2


def test_paths_are_percent_encoded_and_lead_from_the_repository():
    def uri(file, base=""):
        found = result(replace(NOWHERE, place=Place(file=file)), base=base)
        return found["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]

    assert uri(ELSEWHERE.place.file) == "annotations/a1/packed%07%20%C3%A4%3A%2C%25.jsonl.gz"
    assert uri("seeds/x.txt", "my corpus/") == "my%20corpus/seeds/x.txt"
    assert uri("\udcff") == "%FF"  # as os.fsdecode gives a byte that is no UTF-8
    assert uri("\ud800") == "%3F"


def test_no_message_has_placeholders_or_links():
    assert result(LABEL)["message"]["text"].startswith(
        '"persom" is no label: did you mean {{"person"}}? [See] (https://example.org)'
    )


def test_a_fix_does_what_its_edits_say():
    (fix,) = result(QUOTE)["fixes"]
    (change,) = fix["artifactChanges"]
    text, lines = RECORD, Lines(RECORD)
    for each in reversed(change["replacements"]):
        at = each["deletedRegion"]
        start = lines.offset(at["startLine"], at["startColumn"])
        end = lines.offset(at["endLine"], at["endColumn"])
        text = text[:start] + each["insertedContent"]["text"] + text[end:]
    assert text == RECORD.replace('"start": 15, "end": 22', '"start": 12, "end": 17')
    assert change["artifactLocation"]["uri"] == FILE


@pytest.mark.parametrize(
    ("text", "shown", "kept"),
    [
        ("17", '{"a": "░░░"}', True),
        ("17", None, True),
        ('"Greta"', '{"a": "Gretas"}', True),
        ('"Greta"', '{"a": "░░░░░░"}', False),  # the record's strings are blanked: a text that is withheld
        ('"Greta"', None, False),
        ("Greta", None, False),
        ("null", None, True),
    ],
)
def test_no_fix_shows_what_must_not_be_shown(text, shown, kept):
    edit = Edit(file="f", start=(1, 7), end=(1, 12), text=text)
    assert ("fixes" in result(replace(QUOTE, fix=(QUOTE.fix[0], edit)), sources={"f": shown}.get)) is kept


def test_a_fingerprint_stays_where_lines_and_items_move():
    moved = replace(QUOTE.place, line=9, column=1, pointer="/entities/7/quote", start=0, end=6)
    assert fingerprints(QUOTE) == fingerprints(replace(QUOTE, place=moved, help="x"))


def test_a_fingerprint_tells_findings_apart():
    others = [
        replace(QUOTE, code="SPN004"),
        replace(QUOTE, message="x"),
        replace(QUOTE, place=replace(QUOTE.place, file="x")),
        replace(QUOTE, place=replace(QUOTE.place, pointer="/quotes/0/quote")),
        replace(QUOTE, place=replace(QUOTE.place, line=5)),  # the second of its kind
    ]
    found = fingerprints(QUOTE, *others)
    assert len(set(found)) == len(found)
    assert {each.split(":")[1] for each in found} == {"1", "2"}


def test_findings_come_in_the_order_of_places():
    files = [
        each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for each in run(WIDE, QUOTE)["results"]
    ]
    assert files == [FILE, "seeds/news.txt"]


def test_figures_are_there():
    log = json.loads(sarif.render(EVERYTHING, rules=RULES))
    assert log["runs"][0]["properties"] == EVERYTHING.summary.as_json()


@given(ANY_RESULT, ANY_SOURCES)
def test_it_is_valid_whatever_is_found(found, sources):
    shown = sarif.render(found, sources=sources, rules=RULES, version="1.2.3")
    assert shown.isascii()
    log = json.loads(shown)
    assert not list(VALIDATOR.iter_errors(log))
    assert len(log["runs"][0]["results"]) == len(found.diagnostics)


def test_a_file_in_a_store_is_relative_to_nothing():
    found = replace(LABEL, place=replace(LABEL.place, file="s3://bucket/a b.json"))
    location = run(found, base="sub/")["results"][0]["locations"][0]["physicalLocation"]
    assert location["artifactLocation"] == {"uri": "s3://bucket/a%20b.json"}
