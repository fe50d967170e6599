from datetime import UTC, date, datetime

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dataset_builder.schema.columns import column_of, columns_of, plain_column, table
from dataset_builder.tables.rows import Converted, Misfit, item_batch, record_batch, to_array
from tests.unit import made
from tests.unit.schemas import TEXT, WHOLE, array, record, shape_of, table_of

NUMBER = {"type": "number"}
INSTANT = {**TEXT, "format": "date-time"}
DATE = {**TEXT, "format": "date"}
LABEL = {"enum": ["b", "a", "ü"]}
JSON = {"x-column": {"type": "json"}}
WORDS = {"type": "object", "additionalProperties": WHOLE}
PERSON = record({"name": TEXT, "age": WHOLE})


def typed(schema, dtype):
    return {**schema, "x-column": {"type": dtype}}


@pytest.mark.parametrize(
    ("schema", "values", "expected"),
    [
        (TEXT, ["a", "", "🌊\0\n", None], ["a", "", "🌊\0\n", None]),
        (typed(TEXT, "large_string"), ["a", None], ["a", None]),
        (LABEL, ["a", "ü", None, "b"], [1, 2, None, 0]),
        (WHOLE, [0, -(2**63), 2**63 - 1, None], [0, -(2**63), 2**63 - 1, None]),
        (typed(WHOLE, "int8"), [-128, 127, None], [-128, 127, None]),
        (typed(WHOLE, "uint32"), [0, 2**32 - 1], [0, 2**32 - 1]),
        (NUMBER, [1, 0.1, -0.0, 2**53, 1e308, None], [1.0, 0.1, -0.0, 2.0**53, 1e308, None]),
        (typed(NUMBER, "float32"), [1, 0.5, 2**24, None], [1.0, 0.5, 2.0**24, None]),
        ({"type": "boolean"}, [True, False, None], [True, False, None]),
        (DATE, ["2025-03-01", "0001-01-01", "9999-12-31", None], [date(2025, 3, 1), date.min, date.max, None]),
        (
            INSTANT,
            ["2025-03-01T10:00:00+02:00", "2025-03-01T08:00:00.5Z", "1969-12-31T23:59:59.999999Z", None],
            [
                datetime(2025, 3, 1, 8, tzinfo=UTC),
                datetime(2025, 3, 1, 8, 0, 0, 500_000, tzinfo=UTC),
                datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
                None,
            ],
        ),
        (
            PERSON,
            [{"name": "Ada"}, {"age": None, "name": "Bo", "more": 1}, None, {}],
            [{"name": "Ada", "age": None}, {"name": "Bo", "age": None}, None, {"name": None, "age": None}],
        ),
        (array(WHOLE), [[1, None, 2], [], None, [3]], [[1, None, 2], [], None, [3]]),
        (array(array(TEXT)), [[["a"], [], None], None], [[["a"], [], None], None]),
        (
            WORDS,
            [{"b": 1, "B": 2, "a": None}, {}, None],
            [[{"key": "B", "value": 2}, {"key": "a", "value": None}, {"key": "b", "value": 1}], [], None],
        ),
        (
            JSON,
            [{"b": [1, 2.0, "ü"], "a": None}, 0, "", False, None],
            ['{"b":[1,2.0,"ü"],"a":null}', "0", '""', "false", None],
        ),
        (array(JSON), [[{"a": 1}, None]], [['{"a":1}', None]]),
        (array(PERSON), [[{"name": "Ada", "age": 3}, None]], [[{"name": "Ada", "age": 3}, None]]),
    ],
    ids=str,
)
def test_what_becomes_of_values(schema, values, expected):
    column = column_of("a", shape_of(schema))
    found = to_array(column, values)
    assert found.type == column.arrow
    assert found.to_pylist() == expected
    found.validate(full=True)
    assert to_array(column, []).to_pylist() == []
    assert to_array(column, [None, None]).to_pylist() == [None, None]


MISFITS = [
    (WHOLE, [2**63, -(2**63) - 1, True, 1.0, 0.5, "1"]),
    (typed(WHOLE, "int8"), [128, -129, True]),
    (typed(WHOLE, "uint8"), [256, -1, False]),
    (typed(WHOLE, "int32"), [2**31]),
    (typed(WHOLE, "uint32"), [2**32, -1]),
    (NUMBER, [2**53 + 1, -(2**53) - 1, True, "0.5"]),
    (typed(NUMBER, "float32"), [3.5e38, -1e300, 2**24 + 1, False]),
    (LABEL, ["c", "", "A", "u\u0308"]),
    (TEXT, [0, 1.5, True, [], {}]),
    ({"type": "boolean"}, [0, 1, "true"]),
    (DATE, ["2025-3-1", "2025-02-29", "1 March", "", "0000-01-01", "10000-01-01", "2025-03-01T00:00:00Z"]),
    (
        INSTANT,
        [
            "2025-03-01T12:00:00",
            "2016-12-31T23:59:60Z",
            "2025-03-01T12:00:00.1234567Z",
            "0000-01-01T00:00:00Z",
            "0001-01-01T00:00:00+01:00",
            "9999-12-31T23:59:59-01:00",
            "noon",
            "",
        ],
    ),
    (PERSON, [[], "name", 0, {"name": 1}, {"age": 1.0}]),
    (array(TEXT), ["abc", "", {"a": 1}, 0, [1], [["a"]]]),
    (array(PERSON), [["name"], [{"name": 0}], {"name": "a"}]),
    (WORDS, [["a"], "a", 0, {"a": "1"}, {"a": 1.0}]),
]


@pytest.mark.parametrize(("schema", "values"), MISFITS, ids=str)
@pytest.mark.parametrize("beside", [[], [None]], ids=["alone", "beside null"])
def test_what_does_not_fit(schema, values, beside):
    table = table_of(record({"a": schema}))
    for value in values:
        with pytest.raises(Misfit):
            to_array(table.columns[0], [*beside, value])
        with pytest.raises(Misfit):
            record_batch(table, [{"a": inner} for inner in [*beside, value]])


def test_a_batch_has_the_columns_of_its_table():
    table = table_of(
        record(
            {
                "b": TEXT,
                "hidden": {**TEXT, "x-private": True},
                "old": {**WHOLE, "x-column": {"name": "new"}},
                "deep": record({"old": {**TEXT, "x-column": {"name": "new"}}, "left": {**TEXT, "x-column": False}}),
            }
        )
    )
    rows = [{"old": 1, "hidden": "secret", "deep": {"old": "a", "left": "b"}, "new": "no column's source"}, {"b": "c"}]
    batch = record_batch(table, rows)
    assert batch.schema.equals(table.arrow, check_metadata=True)
    assert batch.to_pylist() == [{"b": None, "new": 1, "deep": {"new": "a"}}, {"b": "c", "new": None, "deep": None}]
    assert record_batch(table, []).num_rows == 0


def test_what_is_given_is_left_as_it_is():
    rows = [{"m": {"b": 1, "a": 2}, "l": [[1]], "p": None}, {"m": None, "p": {}}]
    before = repr(rows)
    record_batch(table_of(record({"m": WORDS, "l": array(array(WHOLE)), "p": PERSON})), rows)
    assert repr(rows) == before, "the order of members counts too"


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_values_come_back(data):
    made_up = data.draw(made.records())
    rows = data.draw(st.lists(made_up.values, max_size=5))
    table = table_of(made_up.schema)
    batch = record_batch(table, rows)
    batch.validate(full=True)
    assert [made.decoded(table.features, row) for row in batch.to_pylist()] == [made_up.published(row) for row in rows]
    parts = [record_batch(table, [row]) for row in rows]
    assert pa.Table.from_batches(parts, table.arrow).to_pylist() == batch.to_pylist(), (
        "rows don't depend on one another"
    )


def test_what_stands_in_no_row_is_given_beside():
    table = table_of(record({"article": TEXT, "n": WHOLE}))
    batch = record_batch(table, [{"n": 1, "article": "not this"}, {"n": 2}], {"article": ["a", "b"]})
    assert batch.to_pylist() == [{"article": "a", "n": 1}, {"article": "b", "n": 2}]
    assert record_batch(table, [], {"article": []}).num_rows == 0
    with pytest.raises(Misfit):
        record_batch(table, [{"n": 1}], {"article": [1]})


class Gathered:
    """Values of rows, gathered in plain loops."""

    def __init__(self, rows):
        self.rows = rows

    def values(self, path):
        return [value for value in self.aligned(path) if value is not None] if path else self.rows

    def aligned(self, path):
        outer = self.values(path[:-1])
        if path[-1] is None:
            return [item for value in outer for item in value]
        return [value.get(path[-1]) for value in outer]


@pytest.mark.parametrize(
    "people",
    [
        [[{"name": "Ada", "age": 36}], [], [{"name": None}, {"age": 1}]],
        [[{"name": "Ada"}], None],
        [[{"name": "Ada"}, None], [None]],
        [],
    ],
)
def test_what_is_gathered_already_gives_the_same_columns(people):
    table = table_of(record({"people": array(PERSON), "n": WHOLE}))
    rows = [{"people": each, "n": number} for number, each in enumerate(people)]
    expected = record_batch(table, rows)
    assert record_batch(table, rows, converted=Converted(Gathered(rows))).equals(expected)
    others = [{"people": [{"name": "Bo"}], "n": 0}]
    assert record_batch(table, rows, converted=Converted(Gathered(others))).equals(expected), "of other rows"


def test_a_list_that_stands_in_two_tables_is_converted_once():
    people = [[{"name": "Ada", "age": 36}], [], [{"name": "Bo"}]]
    shape = shape_of(record({"people": array(PERSON)}))
    column = columns_of(shape)[0]
    converted = Converted()
    whole = converted.array(column, people)
    assert converted.array(column, people) is whole
    assert converted.array(column, people[1:]).equals(to_array(column, people[1:]))
    assert converted.array(column, [people[2], people[0], people[2]]).to_pylist() == [
        to_array(column, [people[index]]).to_pylist()[0] for index in (2, 0, 2)
    ]
    assert converted.array(column, [[{"name": "Cy"}]]).to_pylist() == [[{"name": "Cy", "age": None}]]


def test_items_as_rows_are_those_of_the_lists():
    people = [[{"name": "Ada", "age": 36}, {"name": "Bo", "age": None}], None, [], [{"name": "Cy"}]]
    column = columns_of(shape_of(record({"people": array(PERSON)})))[0]
    owner = plain_column("of", "string", "Whose.")
    flat = table("people", (owner, *columns_of(column.item.shape)))
    found = item_batch(flat, column, people, {"of": ["a", "b", "c", "d"]}, Converted())
    rows = [person for each in people for person in each or ()]
    assert found.equals(record_batch(flat, rows, {"of": ["a", "a", "d"]}))
    assert item_batch(flat, column, [[{"name": "Ada"}, None]], {"of": ["a"]}, Converted()) is None
    assert item_batch(flat, column, [], {"of": []}, Converted()).num_rows == 0
