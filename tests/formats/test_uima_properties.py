"""What holds for all texts and spans that a CAS can have."""

import tempfile
import warnings
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dataset_builder.formats.cas_items import Reading
from dataset_builder.formats.source import Source
from dataset_builder.formats.uima import CasReader
from dataset_builder.formats.uima_types import load_types

cassis = pytest.importorskip("cassis", reason="absent: dkpro-cassis, the extra uima")

LETTERS = st.sampled_from("aä \n\r\t<&\"'é漢😊𝔸\u0301")
TEXTS = st.text(LETTERS, min_size=1, max_size=40).filter(str.strip)
VALUES = st.text(LETTERS, max_size=8)


@st.composite
def cases(draw):
    text = draw(TEXTS)
    offsets = st.integers(0, len(text))
    spans = draw(
        st.lists(st.tuples(offsets, offsets, VALUES).map(lambda each: (*sorted(each[:2]), each[2])), max_size=6)
    )
    return text, spans


def made(text, spans):
    types = cassis.TypeSystem()
    name = types.create_type("own.Name")
    types.create_feature(name, "said", "uima.cas.String")
    cas = cassis.Cas(types)
    cas.sofa_string = text
    cas.sofa_mime = "text/plain"
    cas.add_all([name(begin=begin, end=end, said=said) for begin, end, said in spans])
    return cas


@given(cases(), st.sampled_from(["xmi", "json"]))
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_every_span_comes_back_at_its_code_points(case, kind):
    text, spans = case
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cas = made(text, spans)
        data = (cas.to_xmi() if kind == "xmi" else cas.to_json()).encode()
        types = load_types(cas.typesystem.to_xml().encode(), "types")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"fair.{kind}"
        path.write_bytes(data)
        found = CasReader(Source(path), types).cas(path.name)
    (article,) = Reading().articles(found, "fair", "ada")
    assert article.text == text
    assert article.troubles == []
    items = [(*item.fragments[0], item.attributes.get("said", "")) for item in article.records[0].items]
    assert sorted(items) == sorted(spans)
    assert len({item.id for item in article.records[0].items}) == len(spans)
