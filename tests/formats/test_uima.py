import sys
import warnings
import zipfile
from pathlib import Path

import pytest

import dataset_builder
from dataset_builder.errors import UsageError
from dataset_builder.formats import uima_types
from dataset_builder.formats.registry import detect
from dataset_builder.formats.source import Source
from tests.formats.journey import journey
from tests.formats.mutations import mutated, taken
from tests.formats.test_webanno import FULL, laid

cassis = pytest.importorskip("cassis", reason="absent: dkpro-cassis, the extra uima")

CORE = "de.tudarmstadt.ukp.dkpro.core.api"
TOKENS = ((0, 3), (4, 5), (6, 9), (10, 12), (13, 15), (15, 16), (17, 20), (21, 24), (24, 25))
XMI = (
    '<xmi:XMI xmlns:xmi="http://www.omg.org/XMI" xmlns:cas="http:///uima/cas.ecore" xmlns:own="http:///own.ecore" '
    'xmi:version="2.0">\n{0}\n<cas:Sofa xmi:id="1" sofaNum="1" sofaID="_InitialView" mimeType="text" '
    'sofaString="Ada 😊 met Bo."/>\n<cas:View sofa="1" members="{1}"/>\n</xmi:XMI>\n'
)
TYPES = (
    '<typeSystemDescription xmlns="http://uima.apache.org/resourceSpecifier"><types>'
    "<typeDescription><name>own.Name</name><supertypeName>uima.tcas.Annotation</supertypeName><features>{}</features>"
    "</typeDescription></types></typeSystemDescription>\n"
)
FEATURE = "<featureDescription><name>{}</name><rangeTypeName>{}</rangeTypeName></featureDescription>"


def full_cas():
    """What the file of the tests of WebAnno TSV says, made by `cassis`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        types = cassis.load_dkpro_core_typesystem()
    name = types.get_type(f"{CORE}.ner.type.NamedEntity")
    link = types.create_type("webanno.custom.EventRolesLink", "uima.cas.TOP")
    types.create_feature(link, "role", "uima.cas.String")
    types.create_feature(link, "target", "uima.tcas.Annotation")
    event = types.create_type("webanno.custom.Event")
    types.create_feature(event, "roles", "uima.cas.FSArray", elementType=link)
    types.create_feature(event, "value", "uima.cas.String")
    coref = types.create_type("webanno.custom.CorefLink")
    types.create_feature(coref, "next", coref)
    for feature in ("referenceRelation", "referenceType"):
        types.create_feature(coref, feature, "uima.cas.String")
    chain = types.create_type("webanno.custom.CorefChain", "uima.cas.AnnotationBase")
    types.create_feature(chain, "first", coref)
    kin = types.create_type("webanno.custom.Kin")
    types.create_feature(kin, "value", "uima.cas.String")
    for feature in ("Governor", "Dependent"):
        types.create_feature(kin, feature, name)
    cas = cassis.Cas(types)
    cas.sofa_string = "Ada 😊 met Bo Li.\nShe won."
    cas.sofa_mime = "text/plain"
    token, sentence = (types.get_type(f"{CORE}.segmentation.type.{each}") for each in ("Token", "Sentence"))
    cas.add_all([token(begin=begin, end=end) for begin, end in TOKENS])
    cas.add_all([sentence(begin=0, end=16), sentence(begin=17, end=25)])
    ada, bo = name(begin=0, end=3, identifier="Q1", value="PER"), name(begin=10, end=15, value="PER")
    roles = types.get_type("uima.cas.FSArray")(elements=[link(role="who", target=ada), link(role="whom", target=bo)])
    she = coref(begin=17, end=20)
    first = coref(begin=0, end=3, next=she, referenceType="name")
    related = kin(begin=0, end=3, Governor=bo, Dependent=ada, value="sister")
    cas.add_all([ada, bo, event(begin=6, end=9, roles=roles, value="meeting"), first, she, chain(first=first), related])
    return cas


def put(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path.parent


def as_xmi(folder, cas):
    put(folder / "TypeSystem.xml", cas.typesystem.to_xml())
    return put(folder / "fair.xmi", cas.to_xmi())


def files(root):
    """What a project says of its articles: texts, records, the schema of annotations; metadata name their source."""
    kept = {}
    for path in sorted(Path(root).rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.is_file() and (name.startswith(("annotations/", "schema/annotation")) or name.endswith(".txt")):
            kept[name] = path.read_bytes()
    return kept


def test_tsv_xmi_and_json_give_the_same_project(tmp_path):
    cas = full_cas()
    options = {"annotators": "folder"}
    sources = {
        "tsv": laid(tmp_path / "tsv", **{"ada/fair": FULL}),
        "xmi": as_xmi(tmp_path / "xmi/ada", cas).parent,
        "json": put(tmp_path / "json/ada/fair.json", cas.to_json()).parent,
    }
    ways = {name: journey(source, tmp_path / f"project-{name}", options=options) for name, source in sources.items()}
    projects = {name: files(way.result.root) for name, way in ways.items()}
    assert set(projects["tsv"]) == {"annotations/ada/fair.json", "schema/annotation.schema.json", "seeds/fair.txt"}
    assert projects["xmi"] == projects["tsv"]
    assert projects["json"] == projects["tsv"]
    assert ways["xmi"].findings == ways["json"].findings == []
    assert {code for code, _, _ in ways["tsv"].findings} == {"FMT031"}  # what TSV doesn't say


def test_a_format_is_found_out(tmp_path):
    cas = full_cas()
    assert detect(Source(laid(tmp_path, fair=FULL))).name == "webanno"
    assert detect(Source(as_xmi(tmp_path / "xmi", cas))).name == "uima"
    assert detect(Source(put(tmp_path / "json/fair.json", cas.to_json()))).name == "uima"
    put(tmp_path / "nothing/a.json", "{}")
    with pytest.raises(UsageError, match="in no format that is known"):
        detect(Source(tmp_path / "nothing"))


def test_kinds_of_features_are_those_of_the_type_system(tmp_path):
    features = {"sure": "Boolean", "count": "Integer", "share": "Double", "called": "String", "many": "IntegerArray"}
    types = TYPES.format("".join(FEATURE.format(name, f"uima.cas.{kind}") for name, kind in features.items()))
    name = '<own:Name xmi:id="2" sofa="1" begin="7" end="10" sure="true" count="3" share="0.5" called="7" many="1 2"/>'
    put(tmp_path / "source/types.xml", types)
    source = put(tmp_path / "source/fair.xmi", XMI.format(name, "2"))
    way = journey(source, tmp_path / "project")
    (record,) = way.load("annotations")
    (item,) = record["name"]
    assert (item["start"], item["end"], item["quote"]) == (6, 9, "met")
    given = item["attributes"]
    assert {each: given[each] for each in features if each != "many"} == {
        "sure": True,
        "count": 3,
        "share": 0.5,
        "called": "7",
    }
    assert given["many"] == [1, 2]
    assert way.findings == []


BROKEN = {
    # an element, and what is found in its line
    "outside": ('<own:Name xmi:id="2" sofa="1" begin="7" end="99"/>', "FMT003"),
    "half a character": ('<own:Name xmi:id="2" sofa="1" begin="5" end="9"/>', "FMT003"),
    "backwards": ('<own:Name xmi:id="2" sofa="1" begin="9" end="7"/>', "FMT003"),
    "no numbers": ('<own:Name xmi:id="2" sofa="1" begin="a" end="7"/>', "FMT002"),
    "no place": ('<own:Name xmi:id="2" sofa="1"/>', "FMT002"),
    "no id": ('<own:Name sofa="1" begin="0" end="3"/>', "FMT002"),
    "same id": ('<own:Name xmi:id="7" sofa="1" begin="0" end="3"/><own:Name xmi:id="7" begin="0" end="3"/>', "FMT007"),
    "no number": ('<own:Name xmi:id="2" sofa="1" begin="0" end="3" count="many"/>', "FMT011"),
    "nothing there": ('<own:Name xmi:id="2" sofa="1" begin="0" end="3" other="77"/>', "FMT006"),
    "no text": ('<own:Name xmi:id="2" sofa="77" begin="0" end="3"/>', "FMT006"),
    "unknown feature": ('<own:Name xmi:id="2" sofa="1" begin="0" end="3" mood="good"/>', "FMT010"),
    "unknown type": ('<own:Place xmi:id="2" sofa="1" begin="0" end="3"/>', "FMT010"),
}


@pytest.mark.parametrize("kind", sorted(BROKEN))
def test_what_is_broken_is_found_in_its_line(tmp_path, kind):
    element, code = BROKEN[kind]
    types = TYPES.format(FEATURE.format("count", "uima.cas.Integer") + FEATURE.format("other", "own.Name"))
    put(tmp_path / "source/types.xml", types)
    good = '<own:Name xmi:id="9" sofa="1" begin="0" end="3" count="1"/>'
    source = put(tmp_path / "source/fair.xmi", XMI.format(f"{good}\n{element}", "9"))
    way = journey(source, tmp_path / "project")
    assert (code, str(source / "fair.xmi"), 3) in way.findings
    assert any(item["quote"] == "Ada" for item in way.load("annotations")[0]["name"])


ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "{}">]>'


@pytest.mark.parametrize("where", ["fair.xmi", "TypeSystem.xml"])
@pytest.mark.parametrize("kind", [ENTITIES, OUTSIDE], ids=["expansion", "external"])
def test_xml_with_a_document_type_is_refused(tmp_path, where, kind):
    secret = put(tmp_path / "secret.txt", "not to be read") / "secret.txt"
    source = as_xmi(tmp_path / "source", full_cas())
    put(source / "other.xmi", XMI.format("", ""))
    text = (source / where).read_text(encoding="utf-8")
    head, mark, rest = text.partition("?>") if text.startswith("<?xml") else ("", "", text)
    (source / where).write_text(f"{head}{mark}{kind.format(secret)}{rest}", encoding="utf-8")
    result = dataset_builder.import_corpus(source, tmp_path / "project")
    found = [each for each in result.check.diagnostics if "document type" in each.message]
    assert [each.place.file for each in found] == [str(source / where)]
    assert not any(
        b"not to be read" in each.read_bytes() for each in (tmp_path / "project").rglob("*") if each.is_file()
    )


def test_nested_elements_have_an_end(tmp_path):
    put(tmp_path / "source/deep.xmi", b"<a>" * 100_000)
    source = put(tmp_path / "source/fair.xmi", XMI.format("", ""))
    result = dataset_builder.import_corpus(source, tmp_path / "project", format="uima")
    assert [each.message for each in result.check.diagnostics if "deep" in each.place.file] == [
        "elements are nested too deep"
    ]


def test_a_type_system_that_is_none_is_a_usage_error(tmp_path):
    source = as_xmi(tmp_path / "source", full_cas())
    (tmp_path / "other.xml").write_text("<typeSystemDescription>", encoding="utf-8")
    for named in ("missing.xml", "other.xml"):
        with pytest.raises(UsageError, match=named):
            dataset_builder.import_corpus(source, tmp_path / "project", options={"types": str(tmp_path / named)})


def test_without_a_type_system_references_are_told_by_how_they_look(tmp_path):
    cas = full_cas()
    source = put(tmp_path / "source/fair.xmi", cas.to_xmi())
    way = journey(source, tmp_path / "project")
    assert {code for code, _, _ in way.findings} == {"FMT031"}
    counts = way.counts()
    assert [counts[layer] for layer in ("named_entity", "event", "coref_link", "coref_chain", "kin")] == [2, 1, 2, 1, 1]


def test_layers_of_one_name_are_told_apart(tmp_path):
    both = '<own:Name xmi:id="2" sofa="1" begin="0" end="3"/>\n<other:Name xmi:id="3" sofa="1" begin="0" end="3"/>'
    text = XMI.format(both, "2 3").replace("xmlns:own", 'xmlns:other="http:///other.ecore" xmlns:own')
    way = journey(put(tmp_path / "source/fair.xmi", text), tmp_path / "project")
    assert {"name": 1, "other_name": 1}.items() <= way.counts().items()


def test_items_with_and_without_a_place_are_told_apart(tmp_path):
    both = '<own:Name xmi:id="2" sofa="1" begin="0" end="3"/>\n<own:Name xmi:id="3" mood="good"/>'
    way = journey(put(tmp_path / "source/fair.xmi", XMI.format(both, "2 3")), tmp_path / "project")
    assert {"name": 1, "name_unplaced": 1}.items() <= way.counts().items()


def test_an_array_that_two_share_is_told_to_be_one(tmp_path):
    types = TYPES.format(
        FEATURE.format("many", "uima.cas.IntegerArray").replace(
            "</featureD", "<multipleReferencesAllowed>true</multipleReferencesAllowed></featureD"
        )
    )
    put(tmp_path / "source/types.xml", types)
    names = "".join(f'<own:Name xmi:id="{id_}" sofa="1" begin="0" end="3" many="5"/>' for id_ in (2, 3))
    text = XMI.format(f'{names}<cas:IntegerArray xmi:id="5" elements="4 7"/>', "2 3")
    way = journey(put(tmp_path / "source/fair.xmi", text), tmp_path / "project")
    items = way.load("annotations")[0]["name"]
    assert [item["attributes"]["many"] for item in items] == [[4, 7], [4, 7]]
    assert [item["extra"] for item in items] == [{"shared": {"many": "5"}}] * 2


def test_a_chain_that_bites_its_tail_ends(tmp_path):
    links = "".join(
        f'<own:TieLink xmi:id="{id_}" sofa="1" begin="0" end="{id_}" next="{after}"/>'
        for id_, after in ((2, 3), (3, 2))
    )
    text = XMI.format(f'{links}<own:TieChain xmi:id="4" first="2"/>', "2 3 4")
    way = journey(put(tmp_path / "source/fair.xmi", text), tmp_path / "project")
    (chain,) = way.load("annotations")[0]["tie_chain"]
    assert len(chain["members"]) == 2


def test_a_view_without_a_text_that_is_annotated_is_told(tmp_path):
    sofa = '<cas:Sofa xmi:id="5" sofaNum="2" sofaID="Other"/>'
    text = XMI.format(f'<own:Name xmi:id="2" sofa="5" begin="0" end="3"/>\n{sofa}', "")
    source = put(tmp_path / "source/fair.xmi", text)
    result = dataset_builder.import_corpus(source, tmp_path / "project")
    assert result.articles == 1
    assert ("FMT009", str(source / "fair.xmi"), 3) in [
        (each.code, each.place.file, each.place.line) for each in result.check.diagnostics
    ]


def test_the_ids_of_a_file_play_no_part(tmp_path):
    """A tool that saves a file gives its structures other ids, and nothing has changed."""
    names = '<own:Name xmi:id="{}" sofa="1" begin="0" end="3"/>\n<own:Name xmi:id="{}" sofa="1" begin="7" end="10"/>'
    source = put(tmp_path / "source/fair.xmi", XMI.format(names.format(2, 3), "2 3"))
    dataset_builder.import_corpus(source, tmp_path / "project")
    put(tmp_path / "source/fair.xmi", XMI.format(names.format(907, 12), "907 12"))
    assert dataset_builder.import_corpus(source, tmp_path / "project").unchanged


def test_files_that_are_no_cas_are_left_alone(tmp_path):
    source = as_xmi(tmp_path / "source", full_cas())
    put(source / "notes.json", '{"a": 1}')
    put(source / "page.xml", "<page/>")
    put(source / "broken.xmi", "<xmi:XMI")
    put(source / "other.xmi", "<other/>")
    result = dataset_builder.import_corpus(source, tmp_path / "project")
    assert result.articles == 1
    found = [(each.code, Path(each.place.file).name) for each in result.check.diagnostics]
    assert found == [("FMT002", "broken.xmi"), ("FMT002", "other.xmi")]


def test_an_archive_is_read_as_a_folder(tmp_path):
    folder = as_xmi(tmp_path / "source", full_cas())
    with zipfile.ZipFile(tmp_path / "fair.zip", "w") as archive:
        for path in folder.iterdir():
            archive.write(path, path.name)
    ways = [journey(each, tmp_path / each.name.replace(".", "-")) for each in (folder, tmp_path / "fair.zip")]
    assert files(ways[0].result.root) == files(ways[1].result.root)


@pytest.mark.parametrize("kind", ["xmi", "json"])
def test_mutated_files_give_findings_and_nothing_worse(tmp_path, kind):
    cas = full_cas()
    data = (
        cas.to_xmi().encode()
        if kind == "xmi"
        else cas.to_json(type_system_mode=cassis.typesystem.TypeSystemMode.MINIMAL).encode()
    )
    put(tmp_path / "source/TypeSystem.xml", cas.typesystem.to_xml())
    source = put(tmp_path / f"source/fair.{kind}", data)
    different = 0
    for seed in range(150):
        (source / f"fair.{kind}").write_bytes(mutated(data, seed))
        troubles, items = taken(source, "uima")
        different += bool(troubles) or len(items) != 7
    assert different > 40


def test_without_cassis_it_is_said_what_to_install(tmp_path, monkeypatch):
    source = put(tmp_path / "source/fair.xmi", XMI.format("", ""))
    monkeypatch.setitem(sys.modules, "cassis", None)
    uima_types.dkpro.cache_clear()
    with pytest.raises(UsageError, match=r"dataset-builder\[uima\]"):
        dataset_builder.import_corpus(source, tmp_path / "project")
