"""The strict JSON reader against the JSON parsing suite: what must be accepted, refused, and what is left to us."""

import pytest

from dataset_builder.model.source import Source
from dataset_builder.read.json import read_document

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
def conformance(shared_dir):
    """Reads the files of the suite whose names begin with a prefix: name without suffix to document."""

    def documents(prefix):
        folder = shared_dir / "conformance" / "json-parsing"
        found = {path.stem: read_document(path.read_bytes(), SOURCE) for path in sorted(folder.glob(f"{prefix}*.json"))}
        assert found, f"{folder} has no {prefix}*.json"
        return found

    return documents


def test_conformance_what_must_be_accepted_has_no_flaw(conformance):
    documents = conformance("y_")
    assert {name: " ".join(kinds(document)) for name, document in documents.items() if document.flaws} == FLAWED_JSON
    assert all(document.readable for document in documents.values())


def test_conformance_what_must_be_refused_is_flawed(conformance):
    documents = conformance("n_")
    assert [name for name, document in documents.items() if not document.flaws] == []
    assert {name for name, document in documents.items() if document.readable} == READABLE


def test_conformance_what_is_left_to_us_has_the_listed_outcome(conformance):
    documents = conformance("i_")
    assert {name: " ".join(kinds(document)) for name, document in documents.items()} == IMPLEMENTATION_DEFINED
