from hashlib import sha256

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dataset_builder.tables.fill import fill_row, fill_table
from dataset_builder.tables.rows import record_batch
from tests.unit import made
from tests.unit.schemas import table_of

TEXT, OTHER = "Ebb 🌊 and flow.", "High water."
TEXTS = {"a": TEXT, "b": OTHER}


def digest(text):
    return sha256(text.encode()).hexdigest()


def span(start, end, text=TEXT, **more):
    """A span without its quote, as builds hold those of withheld texts."""
    return {"start": start, "end": end, "quote": None, "digest": digest(text[start:end]), **more}


def article(**more):
    return {"id": "a", "text": None, "sha256": digest(TEXT), **more}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (article(), article(text=TEXT)),
        (article(id="absent"), article(id="absent")),
        (article(text="as it is"), article(text="as it is")),
        (article(names=[span(4, 5), None]), article(text=TEXT, names=[span(4, 5, quote="🌊"), None])),
        (article(deep={"in": [[span(0, 3)]]}), article(text=TEXT, deep={"in": [[span(0, 3, quote="Ebb")]]})),
        ({"article": "a", "names": [span(0, 3)]}, {"article": "a", "names": [span(0, 3, quote="Ebb")]}),
        (span(0, 3, article="a"), span(0, 3, article="a", quote="Ebb")),
        ({"article": "b", **span(0, 4, OTHER)}, {"article": "b", **span(0, 4, OTHER, quote="High")}),
        (
            {"id": "link", "one": span(0, 3, article="a"), "other": span(0, 4, OTHER, article="b")},
            {
                "id": "link",
                "one": span(0, 3, article="a", quote="Ebb"),
                "other": span(0, 4, OTHER, article="b", quote="High"),
            },
        ),
        (
            article(links=[{"article": "b", "to": span(0, 4, OTHER)}, {"article": None, "to": span(0, 3)}]),
            article(
                text=TEXT,
                links=[
                    {"article": "b", "to": span(0, 4, OTHER, quote="High")},
                    {"article": None, "to": span(0, 3, quote="Ebb")},
                ],
            ),
        ),
        (article(names=[span(4, 5)], id="b"), article(names=[span(4, 5)], id="b", text=OTHER)),
        (article(names=[span(0, 3, quote="x")]), article(text=TEXT, names=[span(0, 3, quote="x")])),
        (article(names=[{**span(0, 3), "digest": None}]), article(text=TEXT, names=[{**span(0, 3), "digest": None}])),
        ({"id": "a", "names": [span(0, 3)]}, {"id": "a", "names": [span(0, 3)]}),
    ],
    ids=[
        "a text",
        "no such text",
        "a text that is there",
        "spans",
        "spans further inside",
        "spans of a record",
        "a row that is a span",
        "a row of another article",
        "spans of a link",
        "the nearest article counts",
        "a digest that disagrees",
        "a quote that is there",
        "no digest",
        "an id that is no article's",
    ],
)
def test_what_is_filled_in(row, expected):
    before = repr(row)
    assert fill_row(row, TEXTS) == expected
    assert repr(row) == before


SPAN = pa.struct(
    [("start", pa.int64()), ("end", pa.int64()), ("quote", pa.string()), ("digest", pa.string()), ("more", pa.json_())]
)


def test_a_table_is_filled_in_row_by_row_and_keeps_its_schema():
    spans = {"start": 0, "end": 3, "quote": None, "digest": digest("Ebb")}
    rows = [article(names=[spans, None]), article(id="absent", names=None), article(id="b", names=[])]
    metadata = {"huggingface": "{}"}
    fields = [("id", pa.string()), ("text", pa.large_string()), ("sha256", pa.string()), ("names", pa.list_(SPAN))]
    schema = pa.schema(fields, metadata)
    storage = pa.struct([*list(SPAN)[:-1], ("more", pa.string())])
    names = pa.array([[{**spans, "more": "{}"}, None], None, []], pa.list_(storage)).cast(pa.list_(SPAN))
    columns = [pa.array([row[name] for row in rows], kind) for name, kind in fields[:3]]
    filled = fill_table(pa.table([*columns, names], schema=schema), TEXTS)
    assert filled.schema.equals(schema, check_metadata=True)
    filled.validate(full=True)
    assert filled.to_pylist() == [
        article(text=TEXT, names=[{**spans, "quote": "Ebb", "more": "{}"}, None]),
        article(id="absent", names=None),
        article(id="b", text=OTHER, names=[]),
    ]


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_where_nothing_is_missing_a_table_stays_as_it_is(data):
    made_up = data.draw(made.records())
    table = table_of(made_up.schema)
    rows = pa.Table.from_batches([record_batch(table, data.draw(st.lists(made_up.values, max_size=4)))], table.arrow)
    filled = fill_table(rows, TEXTS)
    filled.validate(full=True)
    assert filled.schema.equals(rows.schema, check_metadata=True)
    assert filled.to_pylist() == rows.to_pylist()
