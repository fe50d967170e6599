import json

from dataset_builder.describe.croissant import render_croissant
from tests.unit.build import write_build


def test_the_description_reads_as_it_should(corpus, golden):
    golden("croissant.json", render_croissant(corpus.facts()))


def test_every_file_has_its_digest(corpus, tmp_path):
    facts = write_build(tmp_path, corpus, shards=2)
    document = json.loads((tmp_path / "croissant.json").read_text())
    stated = {
        part["contentUrl"]: part["sha256"] for part in document["distribution"] if part["@type"] == "cr:FileObject"
    }
    assert stated == {
        file.path: file.sha256 for table in facts.tables for split in table.splits.values() for file in split.files
    }


def test_what_cannot_be_read_is_named(corpus):
    document = json.loads(render_croissant(corpus.facts()))
    (articles,) = [each for each in document["recordSet"] if each["@id"] == "articles"]
    (aspects,) = [field for field in articles["field"] if field["name"] == "aspects"]
    assert "parts" not in [field["name"] for field in aspects["subField"]]
    assert aspects["description"] == (
        "Parts of the product. Not described here, for a reader of Croissant can't reach them: parts."
    )


def test_nothing_is_said_of_tables_without_files(corpus):
    document = json.loads(render_croissant(corpus.facts(tables=corpus.table_facts[:1])))
    assert {each["@id"] for each in document["recordSet"] if "/" not in each["@id"]} == {"articles", "articles-splits"}
    assert not any("links" in part["@id"] for part in document["distribution"])
