import pytest

DRAFT_7 = "http://json-schema.org/draft-07/schema#"
LABELS = {"oneOf": [{"const": "yes"}, {"const": "no"}]}
SPAN = {
    "type": "object",
    "required": ["start"],
    "properties": {"start": {"type": "integer"}, "quote": {"type": "string"}, "digest": {"type": "string"}},
    "anyOf": [{"required": ["quote"]}, {"required": ["digest"]}],
}
BY_KIND = {
    "anyOf": [
        {
            "title": "move",
            "properties": {"kind": {"const": "move"}, "to": {"type": "string"}},
            "required": ["kind", "to"],
        },
        {"title": "stay", "properties": {"kind": {"const": "stay"}, "days": {"type": "integer"}}, "required": ["kind"]},
    ]
}
FORMS = [{"required": [name], "properties": {name: {"minLength": 1}}} for name in ("a", "b")]


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        ({"type": "integer"}, "27", ("type", (), 'expected an integer, found the string "27"')),
        ({"type": ["null", "array"]}, 5, ("type", (), "expected an array or null, found the integer 5")),
        ({"type": "string"}, None, ("type", (), "expected a string, found null")),
        ({"type": "object"}, [1], ("type", (), "expected an object, found an array")),
        ({"required": ["title"]}, {}, ("required", (), 'the property "title" is missing')),
        (
            {"properties": {"title": True}, "additionalProperties": False},
            {"titel": 1},
            ("unexpected-property", ("titel",), 'the schema declares no property "titel" here'),
        ),
        (
            {"properties": {"old": False}},
            {"old": 1},
            ("unexpected-property", ("old",), 'the property "old" isn\'t allowed here'),
        ),
        ({"const": 1}, 2, ("fixed-value", (), "expected 1, found 2")),
        ({"enum": [1, "a"]}, 2, ("fixed-value", (), 'expected 1 or "a", found 2')),
        ({"enum": ["yes", "no"]}, "yess", ("label-unknown", (), 'unknown label "yess"')),
        ({"enum": ["yes"]}, 5, ("label-unknown", (), "expected a label, found the integer 5")),
        (LABELS, "yess", ("label-unknown", (), 'unknown label "yess"')),
        ({"anyOf": [LABELS["oneOf"][0], {"type": "null"}]}, "nope", ("label-unknown", (), 'unknown label "nope"')),
        ({"minLength": 3}, "ab", ("string-length", (), '"ab" has 2 characters, fewer than the 3 required')),
        ({"minLength": 1}, "", ("string-length", (), "the string is empty")),
        ({"maxLength": 1}, "ab", ("string-length", (), '"ab" has 2 characters, more than the 1 allowed')),
        ({"pattern": "^a$"}, "a\n", ("pattern", (), '"a\\n" doesn\'t match the pattern ^a$')),
        ({"format": "date"}, "1/2/2025", ("format", (), '"1/2/2025" is not a date like 2025-03-01')),
        ({"minimum": 3}, 1, ("number-bounds", (), "1 is less than 3, the least allowed")),
        ({"exclusiveMaximum": 3}, 3, ("number-bounds", (), "3 is not less than 3")),
        ({"multipleOf": 2}, 3, ("number-bounds", (), "3 is not a multiple of 2")),
        ({"minItems": 1}, [], ("array-items", (), "the array has 0 items, fewer than the 1 required")),
        (
            {"uniqueItems": True},
            [1, True, 1.0],
            ("array-items", (2,), "1.0 stands twice in an array whose items must differ"),
        ),
        ({"contains": {"const": 1}}, [2], ("array-items", (), "no item of the array is as the schema's contains asks")),
        (
            {"prefixItems": [True], "items": False},
            [1, 2],
            ("array-items", (1,), "the array has more items than the schema describes"),
        ),
        (
            {"maxProperties": 0},
            {"a": 1},
            ("object-properties", (), "the object has 1 property, more than the 0 allowed"),
        ),
        (
            {"propertyNames": {"pattern": "^a"}},
            {"b": 1},
            ("object-properties", ("b",), 'the property name "b" isn\'t allowed: "b" doesn\'t match the pattern ^a'),
        ),
        (
            {"dependentRequired": {"a": ["b"]}},
            {"a": 1},
            ("object-properties", (), 'the property "b" is missing, which other properties that are here call for'),
        ),
        ({"not": {"type": "string"}}, "x", ("ruled-out", (), '"x" is just what the schema rules out here')),
        (
            {"$schema": DRAFT_7, "dependencies": {"a": ["b"]}},
            {"a": 1},
            ("object-properties", (), 'the property "b" is missing, which other properties that are here call for'),
        ),
        (
            {"$schema": DRAFT_7, "items": [True], "additionalItems": False},
            [1, 2, 3],
            ("array-items", (), "the array has 2 items more than the schema describes"),
        ),
        (
            {"$schema": DRAFT_7, "items": [True], "additionalItems": {"type": "string"}},
            ["a", 2],
            ("type", (1,), "expected a string, found the integer 2"),
        ),
        ({"$schema": DRAFT_7, "contentEncoding": "base64"}, "ü", ("format", (), '"ü" holds no base64')),
        (
            {"$schema": DRAFT_7, "contentMediaType": "application/json"},
            "{",
            ("format", (), '"{" holds no application/json'),
        ),
        (SPAN, {"start": 1}, ("required", (), 'one of the properties "quote" or "digest" is missing')),
        (
            {"anyOf": [{"type": "string"}, {"type": "integer"}]},
            1.5,
            ("type", (), "expected an integer or a string, found the number 1.5"),
        ),
        (
            {"anyOf": [SPAN, {"type": "null"}]},
            {"start": "1", "quote": "a"},
            ("type", ("start",), 'expected an integer, found the string "1"'),
        ),
        (BY_KIND, {"kind": "stay", "days": "2"}, ("type", ("days",), 'expected an integer, found the string "2"')),
        (
            {"oneOf": [{"minimum": 1}, {"minimum": 2}]},
            3,
            ("combination", (), "the value fits more than one of the 2 forms of which it may have just one"),
        ),
    ],
)
def test_a_violation_in_words(judge, schema, value, expected):
    (violation,) = judge(schema, value).violations
    assert (violation.rule, violation.pointer, violation.message) == expected


@pytest.mark.parametrize(
    ("schema", "value", "part"),
    [
        ({"type": "integer"}, "27", "without quotation marks"),
        ({"type": "string"}, 27, "in quotation marks"),
        ({"type": "array"}, "a", "square brackets"),
        ({"properties": {"title": True}, "additionalProperties": False}, {"titel": 1}, 'did you mean "title"?'),
        ({"enum": ["yes", "no"]}, "yess", 'did you mean "yes"? the labels are "yes" and "no"'),
        ({"properties": {"a": {"description": "A day.", "pattern": "x"}}}, {"a": "y"}, "A day."),
        ({"not": {"type": "string"}}, "x", '{"type": "string"}'),
        ({"anyOf": [{"minLength": 9, "pattern": "z"}, {"maxLength": 1}]}, "abc", "form 2 comes closest"),
        ({"oneOf": FORMS}, {"a": ""}, "form 1 comes closest"),
        ({"oneOf": FORMS}, {"b": ""}, "form 2 comes closest"),
        ({"enum": ["yes", "no"]}, "yes ", 'did you mean "yes"?'),
        ({"enum": ["at home", "away"]}, "at hmoe", 'did you mean "at home"?'),
    ],
)
def test_the_help_says_what_to_do(judge, schema, value, part):
    (violation,) = judge(schema, value).violations
    assert part in violation.help


@pytest.mark.parametrize(
    ("value", "meant"), [("yes ", "yes"), ("yess", "yes"), ("AT HOME\n", "at home"), ("at hmoe", None)]
)
def test_what_running_text_is_like_is_not_told_where_it_is_hidden(judge, value, meant):
    (violation,) = judge({"enum": ["yes", "at home"]}, value, hidden=True).violations
    listed = 'the labels are "yes" and "at home"'
    assert violation.message == "unknown label"
    assert violation.help == (f'did you mean "{meant}"? {listed}' if meant else listed)


def test_another_violation_is_not_told_of_a_value_of_the_wrong_type(judge):
    schema = {"type": "string", "enum": ["a"], "oneOf": [{"const": "a"}]}
    assert [violation.rule for violation in judge(schema, 5).violations] == ["type"]


def test_the_same_violation_is_told_once(judge):
    schema = {"allOf": [{"required": ["a"]}, {"required": ["a"]}], "required": ["a"]}
    assert len(judge(schema, {}).violations) == 1


def test_a_declared_property_is_not_unexpected_because_another_is_wrong(judge):
    schema = {"allOf": [{"properties": {"a": {"type": "string"}, "b": True}}], "unevaluatedProperties": False}
    assert [violation.rule for violation in judge(schema, {"a": 1, "b": 2}).violations] == ["type"]


def test_what_only_follows_from_what_is_left_out_is_told(judge):
    schema = {
        "allOf": [{"properties": {"a": True}}],
        "anyOf": [{"properties": {"b": True}, "unevaluatedProperties": False}],
    }
    (violation,) = judge(schema, {"a": 1, "b": 1}).violations
    assert (violation.rule, violation.pointer) == ("unexpected-property", ("a",))


def test_a_property_that_only_another_case_has_is_unexpected(judge):
    schema = {
        "type": "object",
        "if": {"required": ["a"]},
        "then": {"properties": {"a": True, "b": True}},
        "unevaluatedProperties": False,
    }
    (violation,) = judge(schema, {"b": 1}).violations
    assert violation.message == 'the property "b" isn\'t allowed here'


def test_what_could_not_be_read_as_meant_is_not_judged(judge):
    assert judge({"properties": {"a": {"type": "number"}}}, b'{"a": NaN}').violations == ()
    assert judge({"type": "object"}, b'{"a": ').violations == ()


def test_hidden_strings_are_not_shown(judge):
    schema = {
        "pattern": "^x$",
        "maxLength": 2,
        "enum": ["a", "b"],
        "not": {"type": "string"},
        "format": "date",
        "const": "c",
    }
    found = judge(schema, "secret", hidden=True).violations
    assert len(found) == 6
    assert not [violation for violation in found if "secret" in f"{violation.message} {violation.help}"]


def test_touched_values_include_missing_ones(judge):
    judgement = judge({"required": ["a"], "properties": {"b": {"type": "string"}}}, {"b": 1})
    assert judgement.touched == {("a",), ("b",)}


def test_findings_stand_where_the_value_stands(judge):
    judgement = judge(
        {"additionalProperties": False, "properties": {"a": {"type": "string"}}}, b'{\n  "a": 1,\n  "b": 2\n}'
    )
    (wrong,) = judgement.findings("type")
    (extra,) = judgement.findings("unexpected-property")
    assert (wrong.place.line, wrong.place.column, wrong.place.pointer) == (2, 8, "/a")
    assert (extra.place.line, extra.place.column, extra.place.pointer) == (3, 3, "/b")


BASED = {
    "allOf": [{"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "string"}}}],
    "unevaluatedProperties": False,
}


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"properties": {"a": {"maximum": 3}}}, b'{"a": 99999999999999999999}'),
        ({"properties": {"a": {"type": "integer"}}}, b'{"a": NaN}'),
        ({"properties": {"a": LABELS}}, rb'{"a": "yes\ud83c"}'),
        ({"properties": {"a": {"anyOf": [SPAN, {"type": "null"}]}}}, b'{"a": {"start": 1e999, "quote": "x"}}'),
        (BY_KIND, rb'{"kind": "move\ud83c", "to": "there"}'),
        (BASED, b'{"a": NaN, "b": "x"}'),
        ({"additionalProperties": False}, rb'{"a\ud83c": 1}'),
    ],
)
def test_of_what_was_misread_nothing_is_said(judge, schema, value):
    assert judge(schema, value).violations == ()


def test_what_stands_beside_a_misread_value_is_judged(judge):
    judgement = judge({"properties": {"a": {"type": "integer"}, "b": {"type": "string"}}}, b'{"a": NaN, "b": 1}')
    assert [violation.pointer for violation in judgement.violations] == [("b",)]
    assert judgement.touched == {("a",), ("b",)}
