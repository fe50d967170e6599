import json

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataset_builder.compare.decode import values_of
from dataset_builder.compare.features import common, label_columns
from dataset_builder.compare.rows import counts_of, unequal
from dataset_builder.schema.columns import storage_type
from dataset_builder.schema.features import arrow_types

NAMES = ("a", "b", "c", "d")
VALUES = {
    "string": st.text("xyß🎪", max_size=3),
    "int8": st.integers(-3, 3),
    "int64": st.integers(-3, 3),
    "float64": st.sampled_from([0.0, 0.5, 1.0, -2.0]),
    "bool": st.booleans(),
}


def plain(dtype):
    return {"dtype": dtype, "_type": "Value"}


FEATURES = st.recursive(
    st.sampled_from(
        [*(plain(dtype) for dtype in VALUES), {"names": [*NAMES], "_type": "ClassLabel"}, {"_type": "Json"}]
    ),
    lambda inner: st.one_of(
        inner.map(lambda feature: {"feature": feature, "_type": "List"}),
        st.dictionaries(st.sampled_from(["m", "n", "o"]), inner, min_size=1),
    ),
    max_leaves=5,
)


def values(feature):
    """What people mean by the values of a column."""
    kind = feature.get("_type")
    if kind is None:
        found = st.fixed_dictionaries({name: values(inner) for name, inner in feature.items()})
    elif kind == "List":
        found = st.lists(values(feature["feature"]), max_size=3)
    elif kind == "ClassLabel":
        found = st.sampled_from(feature["names"])
    elif kind == "Json":
        found = st.dictionaries(st.sampled_from("kl"), st.integers(0, 3) | st.text("x", max_size=2), max_size=2)
    else:
        found = VALUES[feature["dtype"]]
    return st.none() | found


def stored(value, feature):
    """A value as Arrow holds it."""
    if value is None:
        return None
    kind = feature.get("_type")
    if kind is None:
        return {name: stored(value[name], inner) for name, inner in feature.items()}
    if kind == "List":
        return [stored(each, feature["feature"]) for each in value]
    if kind == "ClassLabel":
        return feature["names"].index(value)
    return json.dumps(value, sort_keys=True) if kind == "Json" else value


def column(found, feature):
    kind = storage_type(arrow_types({"column": feature})["column"])
    return pa.array([stored(value, feature) for value in found], kind)


@settings(deadline=None)  # the first call loads kernels
@given(st.data())
def test_rows_differ_just_where_their_values_do(data):
    feature = data.draw(FEATURES)
    old = data.draw(st.lists(values(feature), max_size=6))
    new = [data.draw(st.just(value) | values(feature)) for value in old]
    other = feature
    if feature.get("_type") == "ClassLabel":
        other = {"names": data.draw(st.permutations(NAMES)), "_type": "ClassLabel"}
    found = unequal(column(old, feature), column(new, other), feature, other)
    expected = [stored(one, feature) != stored(two, feature) for one, two in zip(old, new, strict=True)]
    assert found.tolist() == expected


@settings(deadline=None)  # the first call loads kernels
@given(st.data())
def test_values_are_what_people_mean(data):
    feature = data.draw(FEATURES)
    found = data.draw(st.lists(values(feature), max_size=6))
    padding = data.draw(st.lists(values(feature), max_size=2))
    whole = column([*padding, *found], feature)
    assert values_of(whole.slice(len(padding)), feature) == found


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (("int8", [1, 2, None]), ("int64", [1, 3, None]), [False, True, False]),
        (("int64", [1, 2]), ("float64", [1.0, 2.5]), [False, True]),
        (("string", ["x", "y"]), ("large_string", ["x", "z"]), [False, True]),
    ],
)
def test_types_that_can_be_compared(old, new, expected):
    columns = [pa.array(found, dtype) for dtype, found in (old, new)]
    assert unequal(*columns, plain(old[0]), plain(new[0])).tolist() == expected


def test_labels_compare_with_texts():
    label = {"names": ["a", "b"], "_type": "ClassLabel"}
    found = unequal(pa.array([0, 1, None]), pa.array(["a", "a", None]), label, plain("string"))
    assert found.tolist() == [False, True, False]


def test_what_both_have_and_can_be_compared():
    old = {
        "a": plain("int64"),
        "s": {"x": plain("string"), "y": plain("bool")},
        "gone": plain("string"),
        "t": plain("bool"),
    }
    new = {
        "a": plain("int8"),
        "s": {"x": plain("string"), "y": plain("int64")},
        "new": plain("string"),
        "t": {"z": plain("bool")},
    }
    assert common(old, new) == (
        {"a": plain("int64"), "s": {"x": plain("string")}},
        {"a": plain("int8"), "s": {"x": plain("string")}},
    )


def test_labels_are_counted_at_any_depth():
    label = {"names": ["a", "b"], "_type": "ClassLabel"}
    feature = {"feature": {"in": {"of": {"feature": label, "_type": "List"}}}, "_type": "List"}
    array = column([[{"in": {"of": ["a", "b", None]}}, {"in": None}, None], None, [], [{"in": {"of": ["b"]}}]], feature)
    (found,) = label_columns({"deep": feature})
    assert (found.path, found.leaf) == ("deep[].in.of[]", "deep.list.element.in.of.list.element")
    assert counts_of(array, feature, found.members).tolist() == [1, 2]
