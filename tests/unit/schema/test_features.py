import pytest
from datasets import Features
from hypothesis import given
from hypothesis import strategies as st

from dataset_builder.schema.features import arrow_types, features_yaml
from tests.unit.reviews import make_corpus

DTYPES = ["string", "large_string", "bool", "int8", "uint32", "int64", "float32", "float64", "date32", "binary"]
DTYPES += ["timestamp[us, tz=UTC]", "timestamp[ms]", "timestamp[ns, tz=Europe/Berlin]"]
odd = ["list", "struct", "dtype", "name", "class_label", "names"]
letters = st.characters(exclude_characters="\0", codec="utf-8")  # Arrow cuts names at NUL
names = st.one_of(st.text(letters, min_size=1, max_size=6), st.sampled_from(odd))
leaves = st.one_of(
    st.sampled_from(DTYPES).map(lambda dtype: {"dtype": dtype, "_type": "Value"}),
    st.lists(names, min_size=1, max_size=3, unique=True).map(lambda labels: {"names": labels, "_type": "ClassLabel"}),
    st.just({"_type": "Json"}),
    st.just({"dtype": "string", "id": "x", "_type": "Value"}),
)


def nested(inner):
    return st.one_of(
        st.dictionaries(names, inner, min_size=1, max_size=3),
        inner.map(lambda feature: {"feature": feature, "_type": "List"}),
        inner.map(lambda feature: {"feature": feature, "_type": "LargeList"}),
        inner.map(lambda feature: {"feature": feature, "length": 3, "_type": "List"}),
    )


columns = st.dictionaries(names, st.recursive(leaves, nested, max_leaves=8), min_size=1, max_size=4)


@given(columns)
def test_the_yaml_is_that_of_datasets(features):
    expected = Features.from_dict(features)
    found = features_yaml(features)
    assert found == expected._to_yaml_list()
    assert Features._from_yaml_list(found) == expected


@given(columns)
def test_the_arrow_types_are_those_of_datasets(features):
    expected = Features.from_dict(features).arrow_schema
    assert arrow_types(features) == {field.name: field.type for field in expected}


def test_every_table_of_a_project_survives_the_card():
    for table in make_corpus({"train": []}).layout.tables:
        read = Features._from_yaml_list(features_yaml(table.features))
        assert read == Features.from_dict(table.features)
        assert read.arrow_schema.equals(table.arrow)
        assert arrow_types(table.features) == {field.name: field.type for field in table.arrow}


def test_kinds_that_are_never_built_have_no_arrow_type():
    with pytest.raises(ValueError, match="Audio"):
        arrow_types({"sound": {"_type": "Audio"}})
    assert features_yaml({"sound": {"sampling_rate": 8000, "_type": "Audio"}}) == [
        {"name": "sound", "dtype": {"audio": {"sampling_rate": 8000}}}
    ]
