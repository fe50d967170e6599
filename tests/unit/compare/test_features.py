import pytest

from dataset_builder.compare.features import schema_changes, uncompared

TEXT, NUMBER = {"dtype": "string", "_type": "Value"}, {"dtype": "int64", "_type": "Value"}


def label(*names):
    return {"names": list(names), "_type": "ClassLabel"}


def many(feature):
    return {"feature": feature, "_type": "List"}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"a": TEXT}, {"a": TEXT}, []),
        ({"a": TEXT}, {"a": TEXT, "b": many({"c": TEXT})}, [("column added", "b", None, "list")]),
        ({"a": TEXT, "b": TEXT}, {"b": TEXT}, [("column removed", "a", "string", None)]),
        ({"a": TEXT}, {"a": NUMBER}, [("type changed", "a", "string", "int64")]),
        ({"a": TEXT}, {"a": label("x")}, [("type changed", "a", "string", "label")]),
        ({"a": TEXT}, {"a": many(TEXT)}, [("type changed", "a", "string", "list")]),
        ({"a": many(TEXT)}, {"a": many(NUMBER)}, [("type changed", "a[]", "string", "int64")]),
        (
            {"a": many({"b": {"c": TEXT}})},
            {"a": many({"b": {"d": TEXT}})},
            [("column removed", "a[].b.c", "string", None), ("column added", "a[].b.d", None, "string")],
        ),
        ({"a": label("x", "y")}, {"a": label("x", "y", "z")}, [("label added", "a", None, "z")]),
        ({"a": label("x", "y")}, {"a": label("x")}, [("label removed", "a", "y", None)]),
        ({"a": label("x", "y")}, {"a": label("y", "x")}, [("labels recoded", "a", "x, y", "y, x")]),
        (
            {"a": label("x", "y")},
            {"a": label("w", "x", "y")},
            [("label added", "a", None, "w"), ("labels recoded", "a", "x, y", "w, x, y")],
        ),
        ({"a": TEXT, "b": TEXT}, {"b": TEXT, "a": TEXT}, [("columns reordered", "", "a, b", "b, a")]),
    ],
)
def test_what_changed(old, new, expected):
    assert [(each.kind, each.path, each.old, each.new) for each in schema_changes("t", old, new)] == expected


def test_what_can_not_be_compared():
    old = {"a": TEXT, "b": many({"c": TEXT, "d": NUMBER}), "e": label("x"), "f": {"g": NUMBER}}
    new = {"a": many(TEXT), "b": many({"c": NUMBER, "d": {**NUMBER, "dtype": "float64"}}), "e": TEXT, "f": {"g": TEXT}}
    assert list(uncompared("t", old, new)) == ["t: a", "t: b[].c", "t: f.g"]
