"""Digests of inputs: what is published of them, and what tells whether they have changed."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset_builder.model.source import ArticleInput, RecordInput
from dataset_builder.pipeline.reading import Inputs, digest

NAME = "zoë"
WRITTEN = [b'"zo\\u00eb"', '"zoë"'.encode(), b'"annotator-1"', b'"other"', b" "]


def digests(data, name=NAME, pseudonym="annotator-1"):
    record = RecordInput(name, "a", "annotations/x", "x", pseudonym=pseudonym)
    return digest(ArticleInput("a", records=(record,)), Inputs(None, None, ((record, data),)))


DATA = st.lists(st.sampled_from(WRITTEN), max_size=4).map(b"".join)


@pytest.mark.parametrize("name", [NAME, "other"])
@pytest.mark.parametrize("pseudonym", ["annotator-1", None])
@given(one=DATA, other=DATA)
def test_other_bytes_have_another_line(name, pseudonym, one, other):
    lines = [digests(data, name, pseudonym).line for data in (one, other)]
    assert (lines[0] == lines[1]) == (one == other)


def test_what_is_published_has_the_pseudonym_for_the_name():
    for written in WRITTEN[:2]:
        assert digests(b"[" + written + b"]").records == (sha256(b'["annotator-1"]').hexdigest(),)
    assert digests(b"[]", pseudonym=None).records == (sha256(b"[]").hexdigest(),)
