import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset_builder.check.batch import Batch
from dataset_builder.schema.plan import gather
from dataset_builder.schema.shape import ITEM

PATHS = [
    ("name",),
    ("items",),
    ("items", ITEM),
    ("items", ITEM, "id"),
    ("items", ITEM, "inner"),
    ("items", ITEM, "inner", ITEM),
    ("items", ITEM, "inner", ITEM, "id"),
]
ITEMS = st.fixed_dictionaries(
    {}, optional={"id": st.none() | st.text("ab", max_size=1), "inner": st.none() | st.lists(st.none() | st.just({}))}
)
RECORDS = st.fixed_dictionaries(
    {}, optional={"name": st.none() | st.text("xy"), "items": st.none() | st.lists(st.none() | ITEMS)}
)


@given(st.lists(RECORDS), st.permutations(PATHS))
def test_values_and_owners_are_those_of_each_record_by_itself(records, paths):
    batch = Batch(records, frozenset())
    for path in paths:
        expected = [(owner, value) for owner, record in enumerate(records) for value in gather(record, path)]
        assert list(zip(batch.owners(path), batch.values(path), strict=True)) == expected


@given(st.lists(RECORDS))
def test_keys_are_of_every_item_with_their_record(records):
    expected = {
        (owner, item.get("id")) for owner, record in enumerate(records) for item in gather(record, ("items", ITEM))
    }
    assert Batch(records, frozenset()).keys(("items",), "id") == expected


@given(st.lists(RECORDS))
def test_aligned_values_stand_beside_what_holds_them(records):
    batch = Batch(records, frozenset())
    items = batch.values(("items", ITEM))
    assert batch.aligned(("items", ITEM, "id")) == [item.get("id") for item in items]


def test_what_is_certain_is_not_looked_at():
    record = {"items": [{"id": "a"}, {"id": "b"}]}
    certain = frozenset({("items",), ("items", ITEM), ("items", ITEM, "id")})
    batch = Batch([record, record], certain)
    assert batch.values(("items", ITEM, "id")) == ["a", "b", "a", "b"]
    assert batch.owners(("items", ITEM, "id")) == [0, 0, 1, 1]


@pytest.mark.parametrize(
    ("record", "path"),
    [
        ({"a": "text"}, ("a", ITEM)),
        ({"a": {"b": 1}}, ("a", ITEM)),
        ({"a": [1]}, ("a", "b")),
        ({"a": "text"}, ("a", "b")),
        ([1], ("a",)),
    ],
)
def test_a_value_of_another_kind_than_the_path_supposes_is_not_taken_apart(record, path):
    with pytest.raises((AttributeError, TypeError)):
        Batch([record], frozenset()).values(path)
