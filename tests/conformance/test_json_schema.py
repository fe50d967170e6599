"""Validity by the JSON Schema Test Suite, for both drafts: as the fast path has it, and as the rules explain it.

Where we differ from the suite stands in a table, with the reason; a difference that is gone must leave it.
"""

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft7Validator, Draft202012Validator

from dataset_builder.check.rules.violations import LABELS, VIOLATIONS
from dataset_builder.check.view import ArticleView
from dataset_builder.model.project import Project
from dataset_builder.model.source import Source
from dataset_builder.read.json import read_document
from dataset_builder.read.schemas import read_schemas
from dataset_builder.schema.registry import SchemaSet, uri_of
from tests.conformance.suite import DRAFTS, FILE, cases, stating
from tests.unit.schema.test_contract import agree

PROJECT = Project(root=Path(), file="dataset.toml", name="notes", title="Notes", version="1.0.0", license="MIT")

ASSERTED = "formats are asserted in both drafts, where 2020-12 lets them be mere notes: a date that is none is no date"
LARGE = "an integer past 64 bits is refused by the strict reader: no column holds it"
THIRD = "it refers to a schema for 2019-09, which is refused"
CUSTOM = "it states a metaschema of its own, which is refused"
META = "it refers to the metaschema, which lies outside of the project"
REMOTE = "it refers to a document that the suite's server has, outside of the project"

FORMATS = (
    "date",
    "date-time",
    "duration",
    "email",
    "hostname",
    "idn-email",
    "idn-hostname",
    "ipv4",
    "ipv6",
    "iri",
    "iri-reference",
    "json-pointer",
    "regex",
    "relative-json-pointer",
    "time",
    "uri",
    "uri-reference",
    "uri-template",
    "uuid",
)

# Cases in which some instance is judged otherwise.
JUDGED_OTHERWISE = {("draft2020-12/format.json", f"{name} format"): ASSERTED for name in FORMATS}

# Cases whose references lead to what isn't there.
UNRESOLVED = {
    ("draft2020-12/optional/cross-draft.json", "refs to historic drafts are processed as historic drafts"): THIRD,
    ("draft7/optional/cross-draft.json", "refs to future drafts are processed as future drafts"): THIRD,
}

# Cases whose schema is refused where it alone is a project's. Nearly all that stand in refRemote.json are, too.
REFUSED = {
    **UNRESOLVED,
    **{(f"{draft}/optional/bignum.json", "maximum integer comparison"): LARGE for draft in DRAFTS},
    **{(f"{draft}/optional/bignum.json", "minimum integer comparison"): LARGE for draft in DRAFTS},
    **{(f"{draft}/ref.json", "remote ref, containing refs itself"): META for draft in DRAFTS},
    ("draft2020-12/defs.json", "validate definition against metaschema"): META,
    ("draft7/definitions.json", "validate definition against metaschema"): META,
    **{
        ("draft2020-12/dynamicRef.json", description): REMOTE
        for description in (
            "strict-tree schema, guards against misspelled properties",
            "tests for implementation dynamic anchor and reference link",
            "$ref and $dynamicAnchor are independent of order - $defs first",
            "$ref and $dynamicAnchor are independent of order - $ref first",
            "$ref to $dynamicRef finds detached $dynamicAnchor",
        )
    },
    **{
        ("draft2020-12/optional/format-assertion.json", f"schema that uses custom metaschema with {said}"): CUSTOM
        for said in ("format-assertion: false", "format-assertion: true")
    },
    ("draft2020-12/vocabulary.json", "schema that uses custom metaschema with with no validation vocabulary"): CUSTOM,
    ("draft2020-12/vocabulary.json", "ignore unrecognized optional vocabulary"): CUSTOM,
}
KINDS = {LARGE: "number-range", CUSTOM: "schema-dialect"}  # of flaws, where it isn't that a reference leads outside

# Cases some of whose instances are refused when they are read.
UNREADABLE = {
    (f"{draft}/optional/bignum.json", said): LARGE
    for draft in DRAFTS
    for said in ("integer", "number", "string", "maximum integer comparison", "minimum integer comparison")
}


# Mandatory cases in which `jsonschema` differs, which gives no verdicts here but is what they are tested against.
ESCAPES = r"it runs patterns by Python's re, which knows no \p"
IN_THE_ORACLE = {
    ("draft2020-12/pattern.json", "pattern with Unicode property escape requires unicode mode"): ESCAPES,
    ("draft2020-12/patternProperties.json", "patternProperties with Unicode property escape"): ESCAPES,
    ("draft2020-12/vocabulary.json", "schema that uses custom metaschema with with no validation vocabulary"): CUSTOM,
}


@pytest.fixture(scope="module", params=list(DRAFTS))
def suite(request, suite_at):
    found = list(cases(suite_at("json-schema-test-suite"), request.param))
    assert len(found) > 250, "this is not the whole suite"
    return request.param, found


@pytest.fixture
def resolved(suite):
    return [case for case in suite[1] if case.key not in UNRESOLVED]


def of(table, draft):
    """The part of a table of differences that is about `draft`."""
    return {key for key in table if key[0].startswith(f"{draft}/")}


def test_every_verdict_is_that_of_the_suite(suite, resolved):
    differing = {
        case.key
        for case in resolved
        for _, instance, valid in case.tests
        if case.schema.validator.is_valid(instance) != valid
    }
    assert differing == of(JUDGED_OTHERWISE, suite[0])


def test_references_resolve_for_the_oracle_too(suite):
    differing = {case.key for case in suite[1] if "/optional/" not in case.name and not oracle_agrees(case)}
    assert differing == of(IN_THE_ORACLE, suite[0])


def oracle_agrees(case):
    """Whether `jsonschema` says what the suite says, with our registry to resolve references."""
    validator_class = Draft7Validator if case.name.startswith("draft7/") else Draft202012Validator
    schemas = case.schema.schemas
    validator = validator_class(schemas.registry.contents(case.schema.uri), registry=schemas.registry)
    try:
        return all(validator.is_valid(instance) == valid for _, instance, valid in case.tests)
    except re.error:
        return False


def test_what_is_not_there_is_not_fetched(suite):
    for case in suite[1]:
        if case.key in UNRESOLVED:
            with pytest.raises(ValueError, match="localhost:1234/draft2019-09"):
                _ = case.schema.validator


def test_every_schema_is_accepted_and_compiles(suite, tmp_path):
    project = Project(root=tmp_path, file="dataset.toml", name="notes", title="Notes", version="1.0.0", license="MIT")
    (tmp_path / FILE).parent.mkdir()
    refused = {}
    for case in suite[1]:
        (tmp_path / FILE).write_text(json.dumps(case.schema.contents))
        schemas, documents = read_schemas(project)
        kinds = {flaw.kind for document in documents.values() for flaw in document.flaws}
        if kinds:
            refused[case.key] = kinds
        elif case.key not in JUDGED_OTHERWISE:
            verdicts = [(schemas.articles.validator.is_valid(instance), valid) for _, instance, valid in case.tests]
            assert [verdict for verdict in verdicts if verdict[0] != verdict[1]] == [], case.key
    remote = {key: kinds for key, kinds in refused.items() if key[0].endswith("/refRemote.json")}
    assert set(map(frozenset, remote.values())) == {frozenset({"schema-reference-outside"})}
    others = {key: kinds for key, kinds in refused.items() if key not in remote}
    assert others == {key: {KINDS.get(REFUSED[key], "schema-reference-outside")} for key in of(REFUSED, suite[0])}


def test_the_rules_report_what_is_invalid_and_only_that(suite, resolved):
    wrong, unreadable = [], {}
    for case in resolved:
        for description, instance, _ in case.tests:
            document = read_document(json.dumps(instance).encode(), Source("seeds/a.json"))
            if document.flaws:
                unreadable.setdefault(case.key, set()).update(flaw.kind for flaw in document.flaws)
            elif bool(explained(case.schema, document)) == case.schema.validator.is_valid(instance):
                wrong.append((*case.key, description))
    assert wrong == []
    assert unreadable == {key: {KINDS[UNREADABLE[key]]} for key in of(UNREADABLE, suite[0])}


def explained(schema, document):
    """What the rules on violations have to say of a value."""
    view = ArticleView(id="a", project=PROJECT, schema=schema, file="seeds/a.txt", data=b"A text.", metadata=document)
    return [found for rule in (*VIOLATIONS, *LABELS) for found in rule(view)]


def test_every_violation_has_words_of_its_own(resolved):
    vague = {
        found.message
        for case in resolved
        for _, instance, valid in case.tests
        if not valid
        for found in explained(case.schema, read_document(json.dumps(instance).encode(), Source("seeds/a.json")))
        if "doesn't satisfy the schema's" in found.message
    }
    assert vague == set()


# Where a schema of the suite refers to a metaschema from a file beside the record's, which is refused anyway, the
# validator doesn't find that of draft 7.
BEYOND = {key for key, reason in REFUSED.items() if reason == META and key[0].startswith("draft7")}


def test_what_the_fast_path_proves_no_rule_reports(suite, resolved):
    for case in resolved:
        for _, instance, _ in case.tests if case.key not in BEYOND else ():
            agree(case.schema, json.dumps(instance))
            agree(within_a_record(case.schema, suite[0]), json.dumps({"value": instance}))


def within_a_record(schema, draft):
    """The schema of records that hold what `schema` describes."""
    outer = uri_of("schema/outer.schema.json")
    contents = {
        "type": "object",
        "properties": {"value": {"$ref": "article.schema.json"}},
        "additionalProperties": False,
    }
    schemas = {**schema.schemas.contents, outer: stating(contents, DRAFTS[draft])}
    return SchemaSet(schemas, article=outer, annotation=None, link=None).articles
