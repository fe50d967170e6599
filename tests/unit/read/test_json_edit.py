import json
import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataset_builder.model.source import Source
from dataset_builder.read.json import read_document
from dataset_builder.read.json_edit import JsonEdit


def edit_of(text):
    document = read_document(text.encode(), Source("x.json"))
    assert document.flaws == ()
    return JsonEdit(document)


def edited(text, *calls):
    """`text` after calls of the methods of `JsonEdit`, each a name and its arguments."""
    edit = edit_of(text)
    for name, *arguments in calls:
        getattr(edit, name)(*arguments)
    return edit.text()


# What comes of it


@pytest.mark.parametrize(
    ("text", "calls", "expected"),
    [
        ('{"a": 1, "b": 2}\n', [("set", (), "a", None)], '{"a": null, "b": 2}\n'),
        ('{"a":1,"b":2}', [("set", (), "c", "é")], '{"a":1,"b":2,"c":"é"}'),
        ('{"a":1}', [("set", (), "b", {"c": [1, 2], "d": 3})], '{"a":1,"b":{"c":[1,2],"d":3}}'),
        ('{"a": 1}', [("set", (), "b", {"c": [1, 2], "d": 3})], '{"a": 1, "b": {"c": [1, 2], "d": 3}}'),
        ('{"a":1, "b":2}', [("set", (), "c", 3)], '{"a":1, "b":2, "c":3}'),
        ('{"a": 1,"b": 2}', [("set", (), "c", 3)], '{"a": 1,"b": 2,"c": 3}'),
        ('{ "a" : 1, "b" : 2 }', [("set", (), "c", 3)], '{ "a" : 1, "b" : 2, "c" : 3 }'),
        ('{"a:\\"":1}', [("set", (), "c", 3)], '{"a:\\"":1,"c":3}'),
        ('{"x":{}}', [("set", ("x",), "a", 1), ("set", ("x",), "b", 2)], '{"x":{"a":1,"b":2}}'),
        ('{"a":[1]}', [("set", (), "a", [1, 2])], '{"a":[1,2]}'),
        ('{\n  "a": 1\n}\n', [("set", (), "c", 2)], '{\n  "a": 1,\n  "c": 2\n}\n'),
        ('{\r\n\t"a": 1\r\n}', [("set", (), "c", 2)], '{\r\n\t"a": 1,\r\n\t"c": 2\r\n}'),
        ("{}", [("set", (), "a", 1)], '{"a": 1}'),
        ("{ \n}", [("set", (), "a", 1), ("set", (), "b", 2), ("set", (), "c", 3)], '{"a": 1, "b": 2, "c": 3}'),
        ("{}", [("set", (), "b", 1), ("set", (), "a", 2)], '{"b": 1, "a": 2}'),
        ('{"x": {}}', [("set", ("x",), "a", 1), ("set", ("x",), "b", 2)], '{"x": {"a": 1, "b": 2}}'),
        ('{"x": 1}', [("set", (), "b", 1), ("set", (), "a", 2)], '{"x": 1, "b": 1, "a": 2}'),
        ('[{"a": 1}, {"a": 2}]', [("set", (1,), "b", 3)], '[{"a": 1}, {"a": 2, "b": 3}]'),
        ('{"a" : "q" , "b":1}', [("replace", ("a",), "c", "d")], '{"c" : "d" , "b":1}'),
        ('{"a": 1, "b": 2}', [("remove", ("a",))], '{"b": 2}'),
        ('{"a": 1, "b": 2}', [("remove", ("b",))], '{"a": 1}'),
        ('{"a": 1, "b": 2, "c": 3}', [("remove", ("b",))], '{"a": 1, "c": 3}'),
        ('{\n  "a": 1,\n  "b": 2,\n  "c": 3\n}', [("remove", ("b",))], '{\n  "a": 1,\n  "c": 3\n}'),
        ('{\n  "a": 1,\n  "b": 2\n}', [("remove", ("b",))], '{\n  "a": 1\n}'),
        ('{"a": 1}', [("remove", ("a",))], "{}"),
        ('{"a": 1, "b": 2, "c": 3}', [("remove", ("a",)), ("remove", ("b",))], '{"c": 3}'),
        ('{"a": 1, "b": 2, "c": 3}', [("remove", ("b",)), ("remove", ("c",))], '{"a": 1}'),
        ('{\n  "a": 1,\n  "b": 2\n}', [("remove", ("a",)), ("remove", ("b",))], "{}"),
        ('{\n  "a": 1\n}', [("remove", ("a",)), ("set", (), "b", 2)], '{\n  "b": 2\n}'),
        ('{"a": ",", "b": "x,"}', [("remove", ("a",))], '{"b": "x,"}'),
        ('{"id": 1, "text": "t"}', [("set", (), "x", 1), ("remove", ("text",))], '{"id": 1, "x": 1}'),
        ('{"a": "\\u00e9"}', [("set", (), "b", "\u2028\x00𝄞")], '{"a": "\\u00e9", "b": "\u2028\\u0000𝄞"}'),
    ],
)
def test_edits_are_small(text, calls, expected):
    assert edited(text, *calls) == expected


def test_no_change_is_no_change():
    text = ' {"a" :\r\n 1.0e+5, "\\u0041": [ ] }\n\n'
    assert edit_of(text).text() == text


def test_edits_of_parts_of_one_text_are_merged():
    text = '[{"a": 1},\n {"a": 2}]'
    first, second = edit_of(text), edit_of(text)
    second.set((0,), "b", 1)
    first.remove((1, "a"))
    assert JsonEdit.merged([first, second]).text() == '[{"a": 1, "b": 1},\n {}]'


# Any document in any formatting, any edits

NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=4) | st.sampled_from(["a", "quote", ",", "}", '":'])
NUMBERS = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | NUMBERS | NAMES
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=15,
)
RECORDS = st.dictionaries(NAMES, VALUES, max_size=5)
DOCUMENTS = RECORDS | st.lists(RECORDS, max_size=3)
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[-+.\w]+|[^\s"]')


@st.composite
def texts(draw):
    """A JSON text with white space and escape sequences at random."""
    random = draw(st.randoms(use_true_random=False))
    tokens = TOKEN.findall(json.dumps(draw(DOCUMENTS), ensure_ascii=random.random() < 0.5))
    spaces = ("".join(random.choices(" \t\r\n", k=random.choice([0, 0, 1, 3]))) for _ in range(len(tokens) + 1))
    return next(spaces) + "".join(token + space for token, space in zip(tokens, spaces, strict=True))


class Plan:
    """Calls drawn for a document of this `value`, and what the document should say then."""

    def __init__(self, draw, value, values, *, fill=True):
        self.draw, self.values, self.fill = draw, values, fill
        self.calls, self.kept = [], []
        self.expected = self.of(value, ())

    def of(self, value, pointer):
        if isinstance(value, list):
            return [self.of(inner, (*pointer, index)) for index, inner in enumerate(value)]
        return self.of_object(value, pointer) if isinstance(value, dict) else value

    def of_object(self, members, pointer):
        result = {}
        names = [
            *members,
            *self.draw(st.lists(NAMES.filter(lambda name: name not in members), max_size=4, unique=True)),
        ]
        fresh = iter(names[len(members) :])
        for name, inner in members.items():
            way = self.draw(st.sampled_from(["keep", "keep", "set", "replace", "remove"]))
            if way == "keep":
                self.kept.append((*pointer, name))
                result[name] = self.of(inner, (*pointer, name))
            elif way == "remove":
                self.calls.append(("remove", (*pointer, name)))
            elif way == "replace" and (new := next(fresh, None)) is not None:
                result[new] = self.call("replace", (*pointer, name), new)
            else:
                result[name] = self.call("set", pointer, name)
        if members or self.fill:
            result |= {name: self.call("set", pointer, name) for name in fresh}
        return result

    def call(self, method, pointer, name):
        value = self.draw(self.values)
        self.calls.append((method, pointer, name, value))
        return value


def ordered(value):
    """`value` so that the order of members counts."""
    if isinstance(value, dict):
        return [(name, ordered(inner)) for name, inner in value.items()]
    return [ordered(inner) for inner in value] if isinstance(value, list) else value


MANY = settings(max_examples=80, deadline=None)


@MANY
@given(texts(), st.data())
def test_the_text_says_what_was_edited_and_all_else_as_it_was_written(text, data):
    document = edit_of(text).document
    plan = Plan(data.draw, document.value, VALUES)
    result = edited(text, *plan.calls)
    assert ordered(json.loads(result)) == ordered(plan.expected)
    after = edit_of(result).document
    written = Counter(stretches(after, after.keys))
    whole = [pointer for pointer in plan.kept if not any(call[1][: len(pointer)] == pointer for call in plan.calls)]
    assert not Counter(stretches(document, whole)) - written
    if not plan.calls:
        assert result == text


def stretches(document, pointers):
    return [document.text[document.keys[pointer] : document.values[pointer][1]] for pointer in pointers]


@MANY
@given(DOCUMENTS, st.data())
def test_a_text_of_one_style_keeps_it(value, data):
    indent = data.draw(st.sampled_from([None, 0, 1, 2, 4, "\t"]))
    separators = data.draw(st.sampled_from([(",", ":"), (", ", ": ")] if indent is None else [(",", ":"), (",", ": ")]))
    style = {"indent": indent, "separators": separators, "ensure_ascii": False}
    text = json.dumps(value, **style)
    fill = (
        indent is None and len(edit_of(text).document.keys) > 0
    )  # what is empty tells no style, and is filled in a line
    plan = Plan(data.draw, value, SCALARS, fill=fill)
    assert edited(text, *plan.calls) == json.dumps(plan.expected, **style)


@MANY
@given(texts(), st.data())
def test_the_order_of_calls_shows_only_in_that_of_new_members(text, data):
    calls = Plan(data.draw, edit_of(text).document.value, VALUES).calls
    mixed = data.draw(st.permutations([call for call in calls if call[0] != "set"]))
    assert edited(text, *mixed, *(call for call in calls if call[0] == "set")) == edited(text, *calls)
