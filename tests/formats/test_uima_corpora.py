"""Files of UIMA CAS XMI, some of them odd on purpose: against `cassis`, and all the way to `load_dataset`."""

import math
import re
import warnings
from collections import Counter
from io import BytesIO
from xml.etree import ElementTree as ET

import pytest

from dataset_builder.formats.cas import Reference
from dataset_builder.formats.source import Source
from dataset_builder.formats.uima import CasReader, load_option
from tests.formats.journey import journey

cassis = pytest.importorskip("cassis", reason="absent: dkpro-cassis, the extra uima")

# Each CAS with its type system.
PAIRS = {
    "cas_has_fs_with_no_namespace": "typesystem_has_types_with_no_namespace",
    "cas_with_array_features": "typesystem_with_array_features",
    "cas_with_collections": "typesystem_with_collections",
    "cas_with_empty_array_reference": "inception_typesystem",
    "cas_with_floating_point_special_values": "typesystem_with_floating_points",
    "cas_with_inheritance": "typesystem_with_inheritance",
    "cas_with_list_features": "typesystem_with_list_features",
    "cas_with_multiple_references_allowed_string_array": "typesystem_with_multiple_references_allowed",
    "cas_with_nonindexed_fs": "inception_typesystem",
    "cas_with_references": "inception_typesystem",
    "cas_with_reserved_names": "typesystem_with_reserved_names",
    "cas_with_smileys": "inception_typesystem",
    "cas_with_two_sofas": "small_typesystem",
    "debug": "debug-typesystem",
    "empty_cas": "small_typesystem",
    "lenient_cas": "small_typesystem",
    "small_cas": "small_typesystem",
}

# What is wrong with the files, or can't be held, beside the notes on points.
FINDINGS = {
    ("cas_with_array_features.xmi", 18): {"FMT008"},  # a text that isn't there, with spans on it
    ("cas_with_list_features.xmi", 15): {"FMT008"},  # the same
    ("cas_with_floating_point_special_values.xmi", 5): {"FMT011"},  # infinities and NaN, which JSON hasn't
    ("cas_with_floating_point_special_values.xmi", 6): {"FMT011"},
    ("cas_with_floating_point_special_values.xmi", 7): {"FMT011"},
    ("cas_with_multiple_references_allowed_string_array.xmi", 9): {"FMT005"},  # one xmi:id for a text and a structure
    ("lenient_cas.xmi", 19): {"FMT010"},  # a type that the type system hasn't
    ("typesystem_with_inheritance_redefined_different.xml", 1): {"FMT013"},  # a feature redefined with another range
}


@pytest.fixture
def corpus(shared_dir):
    return shared_dir / "corpora/uima-xmi"


def as_cassis_has(value):
    """A value of a feature, structures by their ids."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return "NaN" if math.isnan(value) else value
    if isinstance(value, bytes):
        return value.hex().upper()
    if isinstance(value, list | tuple):
        return [as_cassis_has(each) for each in value]
    if getattr(value, "xmiID", None) == 0:
        return None
    return ("to", str(value.xmiID)) if hasattr(value, "xmiID") else value


def as_we_have(value):
    if isinstance(value, Reference):
        return ("to", value.id)
    if isinstance(value, list | tuple):
        return [as_we_have(each) for each in value]
    return "NaN" if isinstance(value, float) and math.isnan(value) else value


@pytest.mark.parametrize("name", sorted(PAIRS))
def test_structures_are_those_that_cassis_reads(corpus, name):
    types = corpus / f"{PAIRS[name]}.xml"
    data = (corpus / f"{name}.xmi").read_bytes()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        system = cassis.load_typesystem(types.open("rb"))
        theirs = cassis.load_cas_from_xmi(BytesIO(data), typesystem=system, lenient=True)
        known = {str(each.xmiID): each for view in theirs.views for each in view.get_all_fs()}
    source = Source(corpus / f"{name}.xmi")
    ours = CasReader(source, load_option(str(types))).cas(f"{name}.xmi")
    if ours is None:  # it has no text
        assert not any(view.sofa.sofaString for view in theirs.views)
        return
    texts = {sofa.id: sofa.text or "" for sofa in ours.sofas}
    members = {id_ for ids in ours.members.values() for id_ in ids}
    assert known
    assert members - known.keys() <= ({"16"} if name == "lenient_cas" else set())  # cassis drops what isn't declared
    for id_ in members & known.keys():
        mine, its = ours.structures[id_], known[id_]
        assert mine.type == its.type.name
        if mine.place:
            text = texts[mine.sofa].encode("utf-16-le")
            covered = text[2 * mine.begin : 2 * mine.end].decode("utf-16-le")
            assert covered == its.get_covered_text()
        for feature in its.type.all_features:
            if feature.name in {"sofa", "begin", "end"}:
                continue
            there = its.get(feature.name)
            if hasattr(there, "elements") and not isinstance(mine.features.get(feature.name), Reference):
                there = there.elements
            if "byte" in (feature.name + its.type.name).lower() and isinstance(there, list):
                there = bytes(there)
            wanted, found = as_cassis_has(there), as_we_have(mine.features.get(feature.name.rstrip("_")))
            if wanted or found:
                assert found == wanted, (id_, feature.name)


def test_every_file_comes_in_whole(corpus, tmp_path):
    way = journey(corpus, tmp_path / "project")
    found = {}
    for each in way.result.check.diagnostics:
        if each.severity.name != "NOTE":
            found.setdefault((each.place.file.removeprefix(f"{corpus}/"), each.place.line), set()).add(each.code)
    assert found == FINDINGS
    counts = way.counts()
    expected = counted(corpus)
    assert {name: counts[name] for name in expected} == expected
    assert {name for name in +counts if name not in expected} == {"attributes"}


def counted(corpus):
    """How many elements of each type there are, in files with a text, without those that have a part of their own."""
    found = Counter()
    for path in corpus.glob("*.xmi"):
        elements = [(each.tag.split("}"), each.attrib) for each in ET.parse(path).getroot()]
        sofas = [values for (_, name), values in elements if name == "Sofa"]
        if not any("sofaString" in values for values in sofas):
            continue
        found["texts"] += sum("sofaString" in values for values in sofas)
        pointing = ("parent", "type", "elements", "fses")
        called = {key for _, values in elements for name in pointing for key in values.get(name, "").split()}
        for (namespace, name), values in elements:
            id_ = values.get("{http://www.omg.org/XMI}id")
            core = "dkpro" in namespace
            if name in {
                "NULL",
                "Sofa",
                "View",
                "DocumentMetaData",
                "TagsetDescription",
                "TagDescription",
                "Sentence",
            } and (core or name != "Sentence"):
                continue
            if name in {"SemArgLink", "LinkType"} or (name == "DocumentAnnotation" and id_ not in called):
                continue
            if name == "StringArray" and "multiple" in path.name:
                continue  # the value of a feature
            if name == "Token" and core and id_ not in called and not values.get("parent"):
                continue
            layer = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
            if name == "Token" and not core:
                layer = "cassis_token"  # DKPro's came first
            point = "begin" in values and values["begin"] == values["end"]
            found[layer + "_points" * point] += 1
    return found


def test_smileys_are_where_they_should_be(corpus, tmp_path):
    """Three characters of the text are two UTF-16 units each; so each name stands up to three code points earlier."""
    way = journey(corpus / "cas_with_smileys.xmi", tmp_path / "project", options={"tokens": "layers"})
    (article,) = way.load()
    (record,) = way.load("annotations")
    text = article["text"]
    assert [item["start"] for item in record["named_entity"]] == [2, 284, 613, 685, 697]
    assert all(text[item["start"] : item["end"]] == item["quote"] for item in record["token"])
    units = [
        each.split('"') for each in (corpus / "cas_with_smileys.xmi").read_text("utf-8").split("\n") if ":Token" in each
    ]
    data = text.encode("utf-16-le")
    stated = [data[2 * int(each[5]) : 2 * int(each[7])].decode("utf-16-le") for each in units]
    assert [item["quote"] for item in record["token"]] == stated


def test_each_text_of_a_file_is_an_article(corpus, tmp_path):
    way = journey(corpus / "cas_with_two_sofas.xmi", tmp_path / "project")
    assert sorted(row["id"] for row in way.load()) == ["cas_with_two_sofas", "cas_with_two_sofas._SecondView"]


def test_a_type_system_can_be_named(corpus, tmp_path):
    options = {"types": str(corpus / "typesystem_with_inheritance.xml")}
    way = journey(corpus / "cas_with_inheritance.xmi", tmp_path / "project", options=options)
    assert way.findings == []
    (record,) = way.load("annotations")
    elements = ET.parse(corpus / "cas_with_inheritance.xmi").getroot()
    (child,) = [each.attrib for each in elements if each.tag.endswith("}Child")]
    given = record["child"][0]["attributes"]
    assert given == {name: child[name] for name in ("parentFeature", "childFeature")}
