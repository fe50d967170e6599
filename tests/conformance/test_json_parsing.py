"""The readers of JSON against the JSON parsing suite: what must be accepted, refused, and what is left to us."""

import orjson
import pytest

from dataset_builder.model.source import Source
from dataset_builder.read.json import read_document
from tests.unit.schema.test_contract import is_proven
from tests.unit.schemas import record, schema_of

SOURCE = Source(file="annotations/ada/mill.json")

# RFC 8259 leaves it to the reader what becomes of these.
IMPLEMENTATION_DEFINED = {
    "i_number_double_huge_neg_exp": "number-range",
    "i_number_huge_exp": "number-range",
    "i_number_neg_int_huge_exp": "number-range",
    "i_number_pos_double_huge_exp": "number-range",
    "i_number_real_neg_overflow": "number-range",
    "i_number_real_pos_overflow": "number-range",
    "i_number_real_underflow": "number-range",
    "i_number_too_big_neg_int": "number-range",
    "i_number_too_big_pos_int": "number-range",
    "i_number_very_big_negative_int": "number-range",
    "i_object_key_lone_2nd_surrogate": "lone-surrogate",
    "i_string_1st_surrogate_but_2nd_missing": "lone-surrogate",
    "i_string_1st_valid_surrogate_2nd_invalid": "lone-surrogate",
    "i_string_UTF-16LE_with_BOM": "encoding",
    "i_string_UTF-8_invalid_sequence": "encoding",
    "i_string_UTF8_surrogate_U+D800": "encoding",
    "i_string_incomplete_surrogate_and_escape_valid": "lone-surrogate",
    "i_string_incomplete_surrogate_pair": "lone-surrogate",
    "i_string_incomplete_surrogates_escape_valid": "lone-surrogate lone-surrogate",
    "i_string_invalid_lonely_surrogate": "lone-surrogate",
    "i_string_invalid_surrogate": "lone-surrogate",
    "i_string_invalid_utf-8": "encoding",
    "i_string_inverted_surrogates_U+1D11E": "lone-surrogate lone-surrogate",
    "i_string_iso_latin_1": "encoding",
    "i_string_lone_second_surrogate": "lone-surrogate",
    "i_string_lone_utf8_continuation_byte": "encoding",
    "i_string_not_in_unicode_range": "encoding",
    "i_string_overlong_sequence_2_bytes": "encoding",
    "i_string_overlong_sequence_6_bytes": "encoding",
    "i_string_overlong_sequence_6_bytes_null": "encoding",
    "i_string_truncated-utf-8": "encoding",
    "i_string_utf16BE_no_BOM": "encoding",
    "i_string_utf16LE_no_BOM": "encoding",
    "i_structure_500_nested_arrays": "depth",
    "i_structure_UTF-8_BOM_empty_object": "bom",
}

# JSON to the letter, and still nothing that a record may hold.
FLAWED_JSON = {
    "y_object_duplicated_key": "duplicate-key",
    "y_object_duplicated_key_and_value": "duplicate-key",
}

# No JSON, but read on behind.
READABLE = {"n_number_NaN", "n_number_infinity", "n_number_minus_infinity"}


def kinds(document):
    return [flaw.kind for flaw in document.flaws]


@pytest.fixture
def suite(suite_at):
    """The files of the suite whose names begin with a prefix, each with its bytes."""

    def files(prefix):
        folder = suite_at("json-parsing")
        found = {path.stem: path.read_bytes() for path in sorted(folder.glob(f"{prefix}*.json"))}
        assert found, f"{folder} has no {prefix}*.json"
        return found

    return files


@pytest.fixture
def documents(suite):
    """Those files as the strict reader reads them."""
    return lambda prefix: {name: read_document(data, SOURCE) for name, data in suite(prefix).items()}


def test_what_must_be_accepted_has_no_flaw(documents):
    found = documents("y_")
    assert {name: " ".join(kinds(document)) for name, document in found.items() if document.flaws} == FLAWED_JSON
    assert all(document.readable for document in found.values())


def test_what_must_be_refused_is_flawed(documents):
    found = documents("n_")
    assert [name for name, document in found.items() if not document.flaws] == []
    assert {name for name, document in found.items() if document.readable} == READABLE


def test_what_is_left_to_us_has_the_listed_outcome(documents):
    found = documents("i_")
    assert {name: " ".join(kinds(document)) for name, document in found.items()} == IMPLEMENTATION_DEFINED


# As a record itself, as a value in one that keeps it as JSON, and as a value that the schema says nothing of.
RECORDS = (
    (schema_of(record({"a": {"x-column": {"type": "json"}}, "b": {"x-private": True}, "": {}})), b"%b"),
    (schema_of(record({"a": {"x-column": {"type": "json"}}})), b'{"a": %b}'),
    (schema_of(record({"a": {}})), b'{"a":%b}'),
    (schema_of(record({"a": {"type": "array"}, "b": {"type": "number"}})), b'{"a": %b, "b": 0}'),
)


@pytest.mark.parametrize(("schema", "around"), RECORDS)
def test_the_fast_path_proves_nothing_that_the_strict_reader_flags(suite, schema, around):
    proven = 0
    for name, text in suite("").items():
        data = around % text
        document = read_document(data, SOURCE)
        try:
            value = orjson.loads(data)
        except orjson.JSONDecodeError:
            assert document.flaws, f"{name}: the strict reader refuses at least what the fast one does"
            continue
        if isinstance(value, dict) and is_proven(schema, value, data):
            proven += 1
            assert kinds(document) == [], name
            assert document.value == value, name
    assert proven > 3, "the fast path must prove something"
