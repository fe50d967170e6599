"""One change to a project at a time: reported in its section, and nowhere else."""

from dataclasses import dataclass, field

import pytest

import dataset_builder
from dataset_builder import UsageError
from tests.unit.facts import facts
from tests.unit.versions import first_version, metadata_of, record_of, text_of

PRIMARY = ("schema", "splits", "articles", "annotations", "links", "metadata")
ID, OTHER = "report-2", "report-5"


@dataclass
class Kind:
    """A way to change a version, and what is to be said of it."""

    change: object
    counts: dict  # by section
    bump: str
    also: set = field(default_factory=set)  # what else is said: documents, dataset


KINDS = {}


def kind(bump, *also, **counts):
    def register(change):
        KINDS[change.__name__] = Kind(change, counts, bump, set(also))
        return change

    return register


def entities(version, id_=ID, annotator="ben"):
    return version.records[annotator, id_]["entities"]


@kind("minor", articles={"added": 1})
def article_added(version):
    version.texts["report-9"] = text_of(9)
    version.metadata["report-9"] = metadata_of(9)
    version.records["ben", "report-9"] = record_of(9)
    version.records["ada", "report-9"] = record_of(9)
    version.splits["report-9"] = "train"


@kind("major", articles={"removed": 1})
def article_removed(version):
    for table in (version.texts, version.metadata, version.splits):
        del table["report-7"]
    for annotator in ("ada", "ben"):
        del version.records[annotator, "report-7"]


@kind("major", splits={"into test": 1})
def moved_into_test(version):
    version.splits[ID] = "test"


@kind("major", splits={"out of test": 1})
def moved_out_of_test(version):
    version.splits["report-6"] = "train"


@kind("patch", splits={"moved": 1})
def moved_elsewhere(version):
    version.splits[ID] = "validation"


@kind("patch", articles={"revised": 1}, annotations={"shifted": 11})
def text_revised(version):
    """A word more in front of the first quotation: all that follows moves with it."""
    old = version.texts[ID]
    version.texts[ID] = old.replace("will open again", "will surely open again")
    at = old.index("open again")
    for annotator in ("ada", "ben"):
        for layer in ("entities", "quotes"):
            for item in version.records[annotator, ID][layer]:
                if item["start"] >= at:
                    item["start"], item["end"] = item["start"] + 7, item["end"] + 7


KINDS["text_revised"].counts["annotations"] = {"shifted": 10}


@kind("patch", articles={"revised": 1})
def passage_within_a_span_revised(version):
    version.texts[ID] = version.texts[ID].replace("waited long enough", "waited far too long")
    for annotator in ("ada", "ben"):
        quote = version.records[annotator, ID]["quotes"][1]
        quote["end"] += len("far too long") - len("long enough")
        for name in ("entities",):
            for item in version.records[annotator, ID][name]:
                if item["start"] > quote["start"]:
                    item["start"], item["end"] = item["start"] + 1, item["end"] + 1


KINDS["passage_within_a_span_revised"].counts["annotations"] = {"shifted": 4}


@kind("minor", annotations={"added": 1})
def item_added(version):
    start = version.texts[ID].index("market")
    entities(version).append({"id": "e9", "start": start, "end": start + 6, "type": "place", "same_as": None})


@kind("patch", annotations={"removed": 1})
def item_removed(version):
    del entities(version)[3]


@kind("patch", annotations={"moved": 1})
def item_widened(version):
    entities(version)[0]["start"] -= 3


@kind("patch", annotations={"moved": 1})
def item_moved_far_away(version):
    start = version.texts[ID].index("report")
    entities(version)[0].update(start=start, end=start + 6)


@kind("patch", annotations={"relabelled": 1})
def item_relabelled(version):
    entities(version)[1]["type"] = "place"


@kind("patch", annotations={"relabelled": 1})
def property_changed(version):
    version.records["ben", ID]["quotes"][0]["tone"] = "relieved"


@kind("patch", annotations={"re-referenced": 1})
def reference_changed(version):
    version.records["ben", ID]["quotes"][0]["speaker"] = "e3"


@kind("patch", annotations={"rekeyed": 1})
def item_rekeyed_and_references_follow(version):
    entities(version)[1]["id"] = "e22"
    version.records["ben", ID]["quotes"][0]["speaker"] = "e22"


@kind("patch", annotations={"rekeyed": 2, "re-referenced": 2})
def keys_exchanged(version):
    """The references stayed, and so lead elsewhere."""
    entities(version)[1]["id"], entities(version)[2]["id"] = "e3", "e2"


@kind("patch", annotations={"relabelled": 1})
def label_of_the_record_changed(version):
    topic = version.records["ben", ID]["labels"]
    topic["topic"] = "sport" if topic["topic"] != "sport" else "trade"


@kind("patch", annotations={"relabelled": 1})
def date_of_the_record_changed(version):
    version.records["ben", ID]["finished"] = "2025-04-01"


@kind("patch", annotations={"relabelled": 1})
def gold_relabelled(version):
    entities(version, annotator="ada")[1]["type"] = "place"


@kind("minor", annotations={"record added": 1})
def record_added(version):
    version.records["cleo", ID] = record_of(2)


@kind("patch", annotations={"record removed": 1})
def record_removed(version):
    del version.records["ben", ID]


@kind("minor", links={"added": 1})
def link_added(version):
    version.links["link-8"] = {"kind": "reply", "from": {"article": ID}, "to": {"article": OTHER}}


@kind("patch", links={"removed": 1})
def link_removed(version):
    del version.links["link-1"]


@kind("patch", links={"changed": 1})
def link_changed(version):
    version.links["link-1"]["kind"] = "reply"


@kind("patch", metadata={"title": 1})
def title_changed(version):
    version.metadata[ID]["title"] = "Another title"


@kind("patch", metadata={"words": 1, "published": 1})
def numbers_and_dates_changed(version):
    version.metadata[ID] |= {"words": 99, "published": "2025-02-02"}


@kind("patch", metadata={"section": 1})
def label_of_the_metadata_changed(version):
    version.metadata[ID]["section"] = "opinion"


@kind("patch", metadata={"extra.number": 1})
def json_changed(version):
    version.metadata[ID]["extra"] = {"number": 77}


@kind("patch", metadata={"rights.text": 1})
def text_withheld(version):
    version.metadata[ID]["rights"]["text"] = "withheld"


@kind("patch", metadata={"rights.license": 1})
def licence_changed(version):
    version.metadata[ID]["rights"]["license"] = "CC0-1.0"


@kind("patch", "dataset")
def title_of_the_dataset_changed(version):
    version.title = "Towns and villages"


@kind("minor", "documents", schema={"column added": 1})
def column_added(version):
    version.schemas["article"]["properties"]["place"] = {"type": "string"}


@kind("major", "documents", schema={"column removed": 1})
def column_removed(version):
    del version.schemas["article"]["properties"]["words"]
    for metadata in version.metadata.values():
        del metadata["words"]


@kind("major", "documents", schema={"type changed": 1})
def type_changed(version):
    version.schemas["article"]["properties"]["words"]["type"] = "number"


@kind("minor", "documents", schema={"label added": 3})
def label_added(version):
    """The flat table of entities has it too."""
    version.schemas["annotation"]["properties"]["entities"]["items"]["properties"]["type"]["enum"].append("ship")


@kind("minor", "documents", schema={"table added": 1})
def table_added(version):
    version.schemas["annotation"]["properties"]["quotes"]["x-table"] = "quotes"


@kind("patch", "documents")
def description_changed(version):
    version.schemas["article"]["properties"]["title"]["description"] = "What stands above it."


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    return first_version().build(tmp_path_factory.mktemp("first"))


@pytest.mark.parametrize("name", KINDS)
def test_each_change_is_reported_in_its_section_and_nowhere_else(name, first, tmp_path):
    expected = KINDS[name]
    version = first_version()
    expected.change(version)
    new = version.build(tmp_path)
    found = dataset_builder.diff(first, new)
    counts = {section: dict(getattr(found, section).counts) for section in PRIMARY}
    assert {section: each for section, each in counts.items() if each} == expected.counts
    assert {
        each for each in ("documents", "dataset", "uncompared", "unexplained") if getattr(found, each)
    } == expected.also
    assert not found.gold.total
    assert (found.differs, found.bump) == (True, expected.bump)
    assert facts(dataset_builder.diff(new, first)) == facts(found, swapped=True)
    again = dataset_builder.diff(new, new)
    assert not again.differs
    assert again.bump is None


def test_gold_that_changed_without_an_annotator(tmp_path):
    """Somebody else's records are published, and what they say otherwise is a change of the gold layers alone."""
    version = first_version()
    entities(version)[1]["type"] = "place"
    old = version.build(tmp_path / "old")
    version.gold = "ben"
    found = dataset_builder.diff(old, version.build(tmp_path / "new"))
    (change,) = found.gold.shown
    assert (change.annotator, change.article, change.kinds) == (None, ID, ("relabelled",))
    assert (found.annotations.total, found.articles.total, found.bump) == (0, 0, "patch")


def test_labels_in_another_order_compare_by_name(first, tmp_path):
    version = first_version()
    version.schemas["article"]["properties"]["section"]["enum"].reverse()
    found = dataset_builder.diff(first, version.build(tmp_path))
    assert found.schema.counts == {"labels recoded": 1}
    assert not found.metadata.total
    assert found.bump == "major"


def test_a_label_that_is_called_otherwise_is_another_label(first, tmp_path):
    """The integers stay, and with them the digest of the table."""
    version = first_version()
    version.schemas["article"]["properties"]["section"]["enum"] = ["report", "opinion"]
    for metadata in version.metadata.values():
        metadata["section"] = metadata["section"].replace("news", "report")
    found = dataset_builder.diff(first, version.build(tmp_path))
    assert found.schema.counts == {"label added": 1, "label removed": 1}
    assert found.metadata.counts == {"section": 4}


def test_a_type_whose_values_can_not_be_compared(first, tmp_path):
    version = first_version()
    version.schemas["article"]["properties"]["words"] = {"type": "array", "items": {"type": "integer"}}
    for metadata in version.metadata.values():
        metadata["words"] = [metadata["words"]]
    found = dataset_builder.diff(first, version.build(tmp_path))
    assert found.uncompared == ("articles: words",)
    assert found.schema.counts == {"type changed": 1}


def test_a_schema_that_can_not_be_read_leaves_names(first, tmp_path):
    version = first_version()
    del entities(version)[3]
    new = version.build(tmp_path)
    (new / "schema/annotation.schema.json").write_text('{"$ref": "nowhere.json"}')
    found = dataset_builder.diff(first, new)
    assert found.annotations.counts == {"removed": 1}


def test_a_table_of_its_own_digest_is_not_read(first, tmp_path):
    """Equal digests prove equal tables; `verify` proves the digests."""
    new = first_version().build(tmp_path)
    for file in new.glob("data/annotations/*.parquet"):
        data = bytearray(file.read_bytes())
        data[100:200] = bytes(100)
        file.write_bytes(bytes(data))
    assert not dataset_builder.diff(first, new).differs


def test_projects_and_folders_of_projects_are_built(first, tmp_path):
    root = first_version().write(tmp_path / "project")
    for named in (root, str(root), dataset_builder.open_project(root)):
        assert not dataset_builder.diff(first, named).differs
    assert not (root / "dist").exists()
    with pytest.raises(UsageError, match="no folder"):
        dataset_builder.diff(first, tmp_path / "nowhere")
