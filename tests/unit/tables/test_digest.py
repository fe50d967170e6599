from datetime import UTC, date, datetime
from hashlib import sha256

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dataset_builder.tables.digest import block_digest, table_digest
from dataset_builder.tables.rows import record_batch
from tests.unit import made
from tests.unit.schemas import table_of
from tests.unit.tables import naive


@st.composite
def tables(draw):
    """A table made up at random, with a row or more."""
    made_up = draw(made.records())
    table = table_of(made_up.schema)
    rows = draw(st.lists(made_up.values, min_size=1, max_size=6))
    return pa.Table.from_batches([record_batch(table, rows)], table.arrow)


CALM = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))


@CALM
@given(tables())
def test_digests_are_those_that_the_page_specifies(table):
    assert block_digest(table) == naive.block_digest(table)


@CALM
@given(tables(), st.data())
def test_chunks_slices_and_row_groups_do_not_show(table, data):
    expected = block_digest(table)
    cut = data.draw(st.integers(0, table.num_rows))
    assert block_digest(pa.concat_tables([table.slice(0, cut), table.slice(cut)])) == expected
    twice = pa.concat_tables([table, table]).combine_chunks()
    assert block_digest(twice.slice(0, table.num_rows)) == expected
    (batch,) = twice.to_batches()
    assert block_digest(batch.slice(table.num_rows)) == expected, "an offset doesn't show"
    file = pa.BufferOutputStream()
    pq.write_table(table, file, row_group_size=data.draw(st.integers(1, 3)), compression="zstd")
    assert block_digest(pq.read_table(pa.BufferReader(file.getvalue()))) == expected


def of(values, kind, name="a"):
    return block_digest(pa.table({name: pa.array(values, kind)}))


INTS, TEXTS = pa.list_(pa.int64()), pa.list_(pa.string())
PAIR = pa.struct([("x", pa.int64()), ("y", pa.int64())])
INSTANT = pa.timestamp("us", tz="UTC")


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (pa.int64(), [[1, 2], [2, 1], [1, 3], [1, 2, 0], [1], [1, None], [None, 1], [1, 0], []]),
        (pa.bool_(), [[True], [False], [None], [True, True]]),
        (pa.float64(), [[0.0], [-0.0], [None], [1.0], [float("inf")]]),
        (
            pa.string(),
            [["ab"], ["a", "b"], ["", "ab"], ["ab", ""], ["ab", None], ["AB"], ["é"], ["e\u0301"], [None], [""]],
        ),
        (
            INTS,
            [
                [[1, 2]],
                [[1], [2]],
                [[1, 2], []],
                [[], [1, 2]],
                [[1, 2], None],
                [None, [1, 2]],
                [[1, None]],
                [[]],
                [None],
            ],
        ),
        (pa.list_(INTS), [[[[1, 2]]], [[[1], [2]]], [[[1, 2], []]], [[[]]], [[]], [[None]], [None]]),
        (TEXTS, [[["a", "b"]], [["ab"]], [["a"], ["b"]], [["a", None, "b"]]]),
        (PAIR, [[{"x": 1, "y": 2}], [{"x": 2, "y": 1}], [{"x": None, "y": None}], [None], [{"x": 0, "y": 0}]]),
        (pa.date32(), [[date(1970, 1, 1)], [None], [date(1969, 12, 31)]]),
        (INSTANT, [[datetime(1970, 1, 1, tzinfo=UTC)], [None], [datetime(1970, 1, 1, 0, 0, 0, 1, tzinfo=UTC)]]),
    ],
    ids=str,
)
def test_whatever_is_changed_changes_the_digest(kind, values):
    assert len({of(value, kind) for value in values}) == len(values)


def test_names_and_order_of_columns_count():
    one, two = pa.array([1]), pa.array([2])
    tables = [pa.table({"a": one, "b": two}), pa.table({"b": two, "a": one}), pa.table({"a": two, "b": one})]
    tables += [pa.table({"a": one}), pa.table({"A": one}), pa.table({"a": pa.array([{"b": 1}])})]
    assert len({block_digest(table) for table in tables}) == len(tables)


def test_columns_whose_paths_coincide_stay_apart():
    table = pa.table({"a.b": pa.array([1, 2]), "a": pa.array([{"b": 3}, {"b": 4}])})
    assert block_digest(table) == naive.block_digest(table)


def test_what_lies_under_a_null_does_not_count():
    mask = pa.array([False, True])
    members = [pa.array([1, 99]), pa.array(["a", "under"])]
    hidden = pa.StructArray.from_arrays(members, names=["n", "t"], mask=mask)
    plain = pa.array([{"n": 1, "t": "a"}, None], hidden.type)
    assert block_digest(pa.table({"a": hidden})) == block_digest(pa.table({"a": plain}))
    items = pa.array([1, 2, 99])
    lists = pa.ListArray.from_arrays(pa.array([0, 2, 3], pa.int32()), items, mask=mask)
    assert block_digest(pa.table({"a": lists})) == of([[1, 2], None], INTS)


def test_widths_and_storage_do_not_count():
    assert of([1, None], pa.int8()) == of([1, None], pa.uint32()) == of([1, None], pa.int64())
    assert of([0.5], pa.float32()) == of([0.5], pa.float64())
    assert of(["a", None], pa.string()) == of(["a", None], pa.large_string())
    json = pa.ExtensionArray.from_storage(pa.json_(), pa.array(["a", None]))
    assert block_digest(pa.table({"a": json})) == of(["a", None], pa.string())
    assert block_digest(pa.table({"a": pa.array([1])}).replace_schema_metadata({"k": "v"})) == of([1], pa.int64())


def test_a_digest_that_never_changes():
    """Digests are published: whoever changes this test changes the digests of every dataset that was ever built."""
    table = pa.table(
        {
            "id": pa.array(["a", "ü", None]),
            "n": pa.array([1, None, -3]),
            "spans": pa.array(
                [[{"start": 0, "quote": "x"}], [], None],
                pa.list_(pa.struct([("start", pa.int64()), ("quote", pa.string())])),
            ),
            "at": pa.array([datetime(2025, 3, 1, tzinfo=UTC), None, None], INSTANT),
        }
    )
    digest = block_digest(table)
    fixed = "44938dba51986e07622ad6778fca8c651e745846eb5c86a79e21ca8d76d46e63"
    assert table_digest([("train", [digest, digest]), ("test", [])]) == fixed


NAMES = st.text(st.characters(codec="utf-8"), max_size=5)
DIGESTS = st.lists(st.binary(min_size=32, max_size=32), max_size=3)


@given(st.lists(st.tuples(NAMES, DIGESTS), max_size=3))
def test_the_digest_of_a_table(splits):
    assert table_digest(splits) == naive.table_digest(splits)


def test_blocks_splits_and_their_order_count():
    one, two = sha256(b"1").digest(), sha256(b"2").digest()
    every = [
        [],
        [("train", [])],
        [("train", [one])],
        [("train", [one, two])],
        [("train", [two, one])],
        [("train", [one]), ("test", [two])],
        [("test", [two]), ("train", [one])],
        [("test", [one]), ("train", [two])],
    ]
    assert len({table_digest(splits) for splits in every}) == len(every)
    assert table_digest(iter([("train", iter([one]))])) == table_digest([("train", [one])])


def test_tables_that_share_a_column_may_share_what_was_hashed():
    items = pa.array([[{"n": 1, "s": "a"}], [], None, [{"n": 2, "s": None}]])
    one = pa.table({"id": ["a", "b", "c", "d"], "items": items})
    two = pa.table({"article": ["x", "y", "z", "w"], "items": items, "others": items})
    cut = pa.table({"items": items.slice(1)})
    hashed = {}
    for rows in (one, two, cut, one):
        assert block_digest(rows, hashed) == block_digest(rows)
    assert len(hashed) == 5


def test_what_was_hashed_stays_where_it_lies():
    """Memory that is let go of is given to the next array, which then would pass for the one before."""
    hashed = {}
    for number in range(200):
        rows = pa.table({"n": pa.array([number] * 9), "j": pa.array([str(number)] * 9, pa.json_())})
        assert block_digest(rows, hashed) == block_digest(rows)
