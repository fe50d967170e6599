import json
import tomllib
import zipfile
from io import BytesIO

import pytest

import dataset_builder
from dataset_builder.errors import UsageError
from dataset_builder.formats.registry import detect
from dataset_builder.formats.source import Source
from tests.formats.journey import journey
from tests.formats.mutations import mutated, taken
from tests.formats.test_uima import CORE, files, full_cas
from tests.formats.test_webanno import FULL

cassis = pytest.importorskip("cassis", reason="absent: dkpro-cassis, the extra uima")

TAGS = [{"tag_name": "PER", "tag_description": "A person"}, {"tag_name": "LOC", "tag_description": ""}]
PROJECT = {
    "name": "fairs",
    "source_documents": [{"name": "fair.txt", "format": "text"}, {"name": "mill.txt", "format": "text"}],
    "annotation_documents": [{"name": "fair.txt", "user": "ada", "state": "FINISHED"}],
    "tag_sets": [{"name": "Named Entity tags", "tags": TAGS}],
    "layers": [
        {
            "name": f"{CORE}.ner.type.NamedEntity",
            "type": "span",
            "features": [
                {"name": "identifier", "type": "uima.cas.String"},
                {"name": "value", "type": "uima.cas.String", "tag_set": {"name": "Named Entity tags", "tags": TAGS}},
            ],
        },
        {"name": "webanno.custom.Event", "type": "span", "features": [{"name": "sure", "type": "uima.cas.Boolean"}]},
    ],
}
TEXT = "Ada 😊 met Bo Li.\nShe won."


def packed(cas, name):
    """One annotator's file as INCEpTION packs it."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(f"{name}.xmi", cas.to_xmi())
        archive.writestr("TypeSystem.xml", cas.typesystem.to_xml())
    return stream.getvalue()


def export(made=None, project=PROJECT, texts=(("fair.txt", TEXT), ("mill.txt", "The mill."))):
    """The files of an export: two annotators and a curator of one document, and another that nobody annotated."""
    cas = full_cas()
    whole = {"exportedproject.json": json.dumps(project)}
    whole |= {f"source/{name}": text for name, text in texts}
    usual = {
        "annotation/fair.txt/ada.zip": packed(cas, "ada"),
        "annotation/fair.txt/INITIAL_CAS.zip": packed(cas, "INITIAL_CAS"),
        "annotation_ser/fair.txt/ada.ser": b"\xac\xed\0\5",
        "annotation/fair.txt/bo.zip": packed(cas, "bo"),
        "curation/fair.txt/CURATION_USER.zip": packed(cas, "CURATION_USER"),
    }
    return whole | (usual if made is None else made)


def as_zip(path, content):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return path


def as_folder(path, content):
    for name, data in content.items():
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def configuration(way):
    return tomllib.loads((way.result.root / "dataset.toml").read_text(encoding="utf-8"))


def severe(result):
    return [
        (each.code, each.place.file.rpartition("/")[2])
        for each in result.check.diagnostics
        if each.severity.name != "NOTE"
    ]


def test_annotators_are_annotators_and_curation_is_gold(tmp_path):
    source = as_zip(tmp_path / "fairs.zip", export())
    assert detect(Source(source)).name == "inception"
    way = journey(source, tmp_path / "project")
    assert way.findings == []
    assert way.result.annotators == {"ada": 1, "bo": 1, "gold": 1}
    assert configuration(way)["gold"] == {"policy": "adjudicated", "annotator": "gold"}
    articles = {row["id"]: row for row in way.load()}
    assert sorted(articles) == ["fair.txt", "mill.txt"]
    assert articles["fair.txt"]["text"] == TEXT
    assert [item["quote"] for item in articles["fair.txt"]["named_entity"]] == ["Ada", "Bo Li"]


def test_how_far_an_annotator_is_stays_with_the_record(tmp_path):
    way = journey(as_folder(tmp_path / "fairs", export()), tmp_path / "project")
    states = {row["annotator"]: row["extra"].get("state") for row in way.load("annotations")}
    assert states == {"ada": "FINISHED", "bo": None, "gold": None}


def test_tag_sets_are_closed_and_say_what_tags_mean(tmp_path):
    way = journey(as_folder(tmp_path / "fairs", export()), tmp_path / "project")
    schema = json.loads((way.result.root / "schema/annotation.schema.json").read_bytes())
    labels = schema["properties"]["named_entity"]["items"]["properties"]["label"]["oneOf"]
    assert [(each["const"], each.get("title")) for each in labels] == [("LOC", None), ("PER", "A person")]


def test_a_label_that_its_tag_set_lacks_is_found(tmp_path):
    text = json.dumps(PROJECT).replace("PER", "PERSON")
    result = dataset_builder.import_corpus(
        as_folder(tmp_path / "fairs", export(project=json.loads(text))), tmp_path / "p"
    )
    assert {each.code for each in result.check.diagnostics} == {"FMT010"}
    assert len(result.check.diagnostics) == 6  # two spans by three


@pytest.mark.parametrize("kind", ["xmi", "json", "tsv"])
def test_each_format_of_an_export_gives_the_same(tmp_path, kind):
    cas = full_cas()
    content = {"xmi": packed(cas, "ada"), "json": cas.to_json(), "tsv": FULL}[kind]
    ending = {"xmi": "zip"}.get(kind, kind)
    way = journey(
        as_folder(tmp_path / "fairs", export({f"annotation/fair.txt/ada.{ending}": content})), tmp_path / "project"
    )
    packed_way = journey(
        as_folder(tmp_path / "other", export({"annotation/fair.txt/ada.zip": packed(cas, "ada")})), tmp_path / "p"
    )
    assert files(way.result.root) == files(packed_way.result.root)
    assert way.findings == []  # TSV too: the text is there, and the project says what is a number


def test_without_a_curation_of_everything_nothing_is_gold(tmp_path):
    cas = full_cas()
    made = {
        "annotation/fair.txt/ada.zip": packed(cas, "ada"),
        "curation/fair.txt/CURATION_USER.zip": packed(cas, "CURATION_USER"),
        "annotation/mill.txt/ada.zip": packed(cas, "ada"),
    }
    way = journey(as_folder(tmp_path / "fairs", export(made)), tmp_path / "project")
    assert severe(way.result) == [("FMT013", "fairs")]
    assert configuration(way)["gold"] == {"policy": "all"}


def test_who_is_called_gold_is_not_the_curator(tmp_path):
    cas = full_cas()
    made = {
        "annotation/fair.txt/gold.zip": packed(cas, "gold"),
        "curation/fair.txt/CURATION_USER.zip": packed(cas, "CURATION_USER"),
    }
    way = journey(as_folder(tmp_path / "fairs", export(made)), tmp_path / "project")
    assert way.result.annotators == {"curation": 1, "gold": 1}
    assert configuration(way)["gold"]["annotator"] == "curation"


def test_features_of_tsv_are_what_the_project_says(tmp_path):
    made = {"annotation/fair.txt/ada.tsv": FULL.replace("_link|uima.tcas.Annotation|value", "_x|value")}
    made = {
        name: text.replace("Annotation|value", "Annotation|sure").replace("meeting", "true")
        for name, text in made.items()
    }
    way = journey(as_folder(tmp_path / "fairs", export(made)), tmp_path / "project")
    (record,) = way.load("annotations")
    assert record["event"][0]["attributes"] == {"sure": True}


def bomb():
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bo.xmi", b" " * (32 << 20))
    return stream.getvalue()


def escape():
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("../../bo.xmi", full_cas().to_xmi())
    return stream.getvalue()


def crowd():
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for number in range(200):
            archive.writestr(f"{number}.xmi", "")
    return stream.getvalue()


HARM = {
    "bomb": (bomb, "FMT001"),
    "escape": (escape, "FMT001"),
    "crowd": (crowd, "FMT001"),
    "no archive": (lambda: b"PK\3\4 and nothing", "FMT001"),
    "no annotations": (lambda: as_bytes({"readme.txt": "hello"}), "FMT002"),
    "strange types": (
        lambda: as_bytes({"TypeSystem.xml": "<typeSystemDescription>", "bo.xmi": full_cas().to_xmi()}),
        "FMT013",
    ),
}


def as_bytes(content):
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return stream.getvalue()


@pytest.mark.parametrize("kind", sorted(HARM))
def test_an_archive_that_does_harm_is_found_and_keeps_no_other_out(tmp_path, kind):
    make, code = HARM[kind]
    made = {"annotation/fair.txt/ada.zip": packed(full_cas(), "ada"), "annotation/fair.txt/bo.zip": make()}
    result = dataset_builder.import_corpus(as_folder(tmp_path / "fairs", export(made)), tmp_path / "project")
    assert severe(result) == [(code, "bo.zip")]
    assert result.annotators["ada"] == 1
    assert not (tmp_path / "bo.xmi").exists()


def test_a_document_that_is_no_text_and_that_nobody_annotated_is_told(tmp_path):
    text = json.dumps(PROJECT).replace('"mill.txt", "format": "text"', '"mill.pdf", "format": "pdf"')
    source = as_folder(
        tmp_path / "fairs", export(project=json.loads(text), texts=[("fair.txt", TEXT), ("mill.pdf", "%")])
    )
    result = dataset_builder.import_corpus(source, tmp_path / "project")
    assert severe(result) == [("FMT008", "mill.pdf")]


def test_a_folder_without_the_description_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError, match=r"no exportedproject\.json"):
        dataset_builder.import_corpus(as_folder(tmp_path / "x", {"a": "b"}), tmp_path / "project", format="inception")


def test_a_description_that_is_broken_keeps_no_annotation_out(tmp_path):
    content = export() | {"exportedproject.json": '{"layers": [{}, 3], "source_documents": "none"'}
    result = dataset_builder.import_corpus(as_folder(tmp_path / "fairs", content), tmp_path / "project")
    assert severe(result) == [("FMT013", "exportedproject.json")]
    assert result.annotators == {"ada": 1, "bo": 1, "gold": 1}


def test_mutated_exports_give_findings_and_nothing_worse(tmp_path):
    content = export()
    source = as_folder(tmp_path / "fairs", content)
    different = 0
    for seed in range(60):
        for name in ("exportedproject.json", "annotation/fair.txt/ada.zip"):
            data = content[name] if isinstance(content[name], bytes) else content[name].encode()
            (source / name).write_bytes(mutated(data, seed))
        troubles, items = taken(source, "inception")
        different += bool(troubles) or len(items) != 21
    assert different > 20
