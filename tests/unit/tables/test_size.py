import pyarrow as pa
import pytest

from dataset_builder.tables.size import byte_size

ROWS = pa.table(
    {
        "n": pa.array([1, None, 3], pa.int64()),
        "yes": pa.array([True, None, False]),
        "text": pa.array(["äb", None, ""]),
        "json": pa.array(["{}", None, "1"], pa.json_()),
        "items": pa.array([[{"a": 1, "b": "xyz"}], None, []], pa.list_(pa.struct({"a": pa.int32(), "b": pa.string()}))),
    }
)


def test_each_value_counts_with_its_width_and_strings_and_lists_with_an_offset():
    sizes = {name: byte_size(ROWS.select([name])) for name in ROWS.column_names}
    assert sizes == {"n": 24, "yes": 3, "text": 12 + 3, "json": 12 + 3, "items": 12 + 4 + 4 + 3}
    assert byte_size(ROWS) == sum(sizes.values())


@pytest.mark.parametrize("at", [0, 1, 2])
def test_sizes_add_up_whatever_the_rows_were_cut_from(at):
    assert byte_size(ROWS.slice(0, at)) + byte_size(ROWS.slice(at)) == byte_size(ROWS)
    assert byte_size(ROWS.take([0, 1, 2])) == byte_size(ROWS)
    assert byte_size(pa.concat_tables([ROWS, ROWS])) == 2 * byte_size(ROWS)
