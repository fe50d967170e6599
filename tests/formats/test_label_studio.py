"""Label Studio, both ways: tasks, rows of JSON-MIN, files of one annotation, and the labelling configuration."""

import json
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import dataset_builder
from dataset_builder.errors import UsageError
from dataset_builder.formats.label_studio_configuration import Control, parse, render
from tests.formats.arbitrary import JSON, articles, bring_in, export, mutated, plain
from tests.formats.journey import journey
from tests.formats.mutations import comes_in

TEXT = "Ada 😀 met Bo in 𝒳.\nBo left."


def units(text, offset):
    """What a browser counts before `offset`."""
    return len(text[:offset].encode("utf-16-le")) // 2


def region(id_, quote, label="PER", text=TEXT, count=lambda text, offset: offset, **more):
    start = text.index(quote)
    value = {"start": count(text, start), "end": count(text, start + len(quote)), "text": quote, "labels": [label]}
    return {"id": id_, "from_name": "people", "to_name": "text", "type": "labels", "value": value, **more}


def said(id_, name, kind, value):
    return {"id": id_, "from_name": name, "to_name": "text", "type": kind, "value": value}


def task(*annotations, **more):
    return {"id": 1, "data": {"text": TEXT, "page": 5}, "annotations": list(annotations), **more}


def annotation(*results, by=7, **more):
    return {"id": 10, "completed_by": by, "result": list(results), "lead_time": 3.5, "was_cancelled": False, **more}


RELATION = {"type": "relation", "from_id": "a", "to_id": "b", "direction": "right", "labels": ["met"]}
FULL = task(
    annotation(
        region("a", "Ada", score=0.5, meta={"text": ["who?"]}),
        region("b", "Bo", parentID="a"),
        said("a", "sure", "choices", {"start": 0, "end": 3, "text": "Ada", "choices": ["yes"]}),
        said("w", "topic", "choices", {"choices": ["trade", "law"]}),
        said("x", "stars", "rating", {"rating": 4}),
        RELATION,
    ),
    annotation(region("a", "𝒳", "LOC"), by={"id": 8, "email": "bo@example.org"}),
    inner_id=1,
)


def written(folder, *tasks, name="export.json", **options):
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(json.dumps(list(tasks), **options), encoding="utf-8")
    return folder / name


def test_tasks_come_in_whole(tmp_path):
    way = journey(written(tmp_path, FULL), tmp_path / "project")
    assert way.result.format == "label-studio"
    assert way.findings == []
    assert way.result.annotators == {"bo@example.org": 1, "user-7": 1}
    assert +way.counts() == Counter(texts=1, people=3, relations=1, attributes=3, notes=1)
    rows = {row["annotator"]: row for row in way.load("annotations")}
    mine = rows["user-7"]
    assert [(item["quote"], (item["attributes"] or {}).get("score"), item["parent"]) for item in mine["people"]] == [
        ("Ada", 0.5, None),
        ("Bo", None, "a"),
    ]
    assert mine["people"][0]["attributes"]["sure"] == ["yes"]
    assert (mine["topic"], mine["stars"]) == (["trade", "law"], 4)
    assert [each["target"] for each in mine["relations"][0]["arguments"]] == ["a", "b"]
    assert [item["quote"] for item in rows["bo@example.org"]["people"]] == ["𝒳"]
    (article,) = way.load()
    assert (article["page"], article["text"]) == (5, TEXT)


@pytest.mark.parametrize("quotes", [["Bo in"], ["Ada", "😀 met", "𝒳"], ["left"]])
@pytest.mark.parametrize(("count", "found"), [(units, ["FMT005"]), (lambda text, offset: offset, [])])
def test_characters_outside_the_bmp_land_right_whatever_is_counted(tmp_path, quotes, count, found):
    regions = [region(str(number), quote, count=count) for number, quote in enumerate(quotes)]
    way = journey(written(tmp_path, task(annotation(*regions))), tmp_path / "project")
    assert [code for code, _, _ in way.findings] == found
    items = [item for row in way.load("annotations") for item in row["people"]]
    assert [(item["start"], item["end"], item["quote"]) for item in items] == [
        (TEXT.index(quote), TEXT.index(quote) + len(quote), quote) for quote in quotes
    ]


def test_regions_without_a_text_go_by_the_others_of_the_file(tmp_path):
    bare = region("a", "left", count=units)
    del bare["value"]["text"]
    tasks = [task(annotation(region("a", "left", count=units))), {**task(annotation(bare)), "id": 2}]
    way = journey(written(tmp_path, *tasks), tmp_path / "project")
    assert [item["quote"] for row in way.load("annotations") for item in row["people"]] == ["left", "left"]
    assert [code for code, _, _ in way.findings] == ["FMT005"]


def test_one_wrong_region_does_not_hide_what_the_others_count(tmp_path):
    wrong = region("w", "Ada", count=units)
    wrong["value"]["text"] = "Eve"
    source = written(tmp_path, task(annotation(wrong, *(region(each, each, count=units) for each in ("𝒳", "left")))))
    way = journey(source, tmp_path / "project")
    assert sorted(code for code, _, _ in way.findings) == ["FMT004", "FMT005"]
    assert [item["quote"] for row in way.load("annotations") for item in row["people"]] == ["𝒳", "left"]


CONFIGURATION = """<View>
  <Text name="text" value="$body"/>
  <Labels name="people" toName="text"><Label value="PER"/><Label value="ORG" alias="organisation"/></Labels>
  <Choices name="topic" toName="text" choice="single"><Choice value="trade"/></Choices>
</View>"""


def test_the_configuration_beside_an_export_is_read(tmp_path):
    results = [region("a", "Ada"), said("w", "topic", "choices", {"choices": ["trade"]})]
    value = {**task(annotation(*results)), "data": {"text": "no", "body": TEXT}}
    (tmp_path / "in").mkdir()
    (tmp_path / "in/config.xml").write_text(CONFIGURATION)
    written(tmp_path / "in", value)
    way = journey(tmp_path / "in", tmp_path / "project")
    assert way.findings == []
    (row,) = way.load("annotations")
    assert row["topic"] == "trade"
    schema = json.loads((tmp_path / "project/schema/annotation.schema.json").read_text())
    labels = schema["properties"]["people"]["items"]["properties"]["label"]["oneOf"]
    assert [(each["const"], each.get("title")) for each in labels] == [("ORG", "organisation"), ("PER", None)]


def test_what_the_configuration_does_not_declare_is_told(tmp_path):
    results = [region("a", "Ada", "PRS"), said("w", "topic", "choices", {"choices": ["law"]})]
    (tmp_path / "in").mkdir()
    (tmp_path / "in/config.xml").write_text(CONFIGURATION.replace("$body", "$text"))
    way = journey(written(tmp_path / "in", task(annotation(*results)), indent=1).parent, tmp_path / "project")
    lines = (tmp_path / "in/export.json").read_text().splitlines()
    assert [(code, lines[line].strip()) for code, _, line in way.findings] == [
        ("FMT010", '"id": "a",'),
        ("FMT010", '"id": "w",'),
    ]


def test_a_configuration_can_be_read_whatever_labels_are_called():
    labels = ["a\x01", "<&\"'>", "\n", "\uffff"]
    written_ = render([Control("Labels", "people", dict.fromkeys(labels))])
    assert sorted(parse(written_.decode(), "config.xml").controls["people"].values) == sorted(
        ["a\ufffd", "<&\"'>", "\n", "\ufffd"]
    )


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><View><Text name="&b;"/></View>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><View><Text name="&a;"/></View>'


@pytest.mark.parametrize("xml", [BOMB, OUTSIDE, "<View", "<View>&a;</View>"])
def test_a_hostile_configuration_is_not_read(tmp_path, xml):
    (tmp_path / "in").mkdir()
    (tmp_path / "in/config.xml").write_text(xml)
    written(tmp_path / "in", FULL)
    way = journey(tmp_path / "in", tmp_path / "project")
    assert [(code, file) for code, file, _ in way.findings] == [("FMT013", str(tmp_path / "in/config.xml"))]


ROW = {
    "text": TEXT,
    "page": 5,
    "id": 1,
    "people": [{"start": 0, "end": 3, "text": "Ada", "labels": ["PER"]}],
    "topic": "trade",
    "annotator": 7,
    "annotation_id": 10,
    "lead_time": 3.5,
}


def test_rows_of_json_min_come_in_as_tasks(tmp_path):
    source = written(tmp_path, ROW, {**ROW, "id": 2}, {**ROW, "annotator": 8, "topic": {"choices": ["a", "b"]}})
    way = journey(source, tmp_path / "project")
    assert way.findings == []
    assert way.result.annotators == {"user-7": 2, "user-8": 1}
    assert +way.counts() == Counter(texts=2, people=3)
    assert [row["topic"] for row in way.load("annotations")] == ["trade", ["a", "b"], "trade"]
    assert {row["page"] for row in way.load()} == {5}


def test_files_of_one_annotation_each_come_in_as_tasks(tmp_path):
    parts = [{**each, "task": {"id": 1, "data": FULL["data"]}} for each in FULL["annotations"]]
    (tmp_path / "in").mkdir()
    for number, part in enumerate(parts):
        (tmp_path / f"in/{number}.json").write_text(json.dumps(part))
    way = journey(tmp_path / "in", tmp_path / "project")
    assert way.findings == []
    assert +way.counts() == Counter(texts=1, people=3, relations=1, attributes=3, notes=1)


def test_older_exports_call_annotations_completions(tmp_path):
    value = {**FULL, "completions": FULL["annotations"]}
    del value["annotations"]
    way = journey(written(tmp_path, value), tmp_path / "project")
    assert way.counts()["people"] == 3


def test_predictions_are_kept_or_become_records(tmp_path):
    value = task(predictions=[{"model_version": "m1", "result": [region("a", "Ada")], "score": 0.5}])
    way = journey(written(tmp_path, value), tmp_path / "project")
    assert [code for code, _, _ in way.findings] == ["FMT011"]
    assert way.result.annotators == {}
    assert way.load()[0]["predictions"]
    way = journey(written(tmp_path, value), tmp_path / "second", options={"predictions": "annotators"})
    assert (way.findings, way.result.annotators) == ([], {"m1": 1})


WRONG = [
    ([region("a", "Ada"), {**RELATION, "to_id": "b"}], "FMT006"),
    ([{**RELATION, "to_id": None}], "FMT002"),
    ([{**region("a", "Ada"), "value": {"start": 0, "end": 99, "labels": ["PER"]}}], "FMT003"),
    ([{**region("a", "Ada"), "value": {"start": 0, "end": 3, "text": "Eve", "labels": ["PER"]}}], "FMT004"),
    ([{**region("a", "Ada"), "value": {"x": 1.5, "rectanglelabels": ["PER"]}}], "FMT011"),
    ([region("a", "Ada"), region("a", "Bo")], "FMT011"),
    ([7], "FMT011"),
    ([said("a", "people", "labels", {"labels": ["PER"]})], "FMT011"),
    ([said("a", "people", "choices", {"choices": ["PER"]})], "FMT011"),
]


@pytest.mark.parametrize(("results", "code"), WRONG)
def test_what_is_wrong_is_told_by_line(tmp_path, results, code):
    source = written(tmp_path, FULL, {**task(annotation(*results)), "id": 2}, indent=1)
    way = journey(source, tmp_path / "project")
    ((found, _, line),) = way.findings
    assert found == code
    lines = source.read_text().splitlines()
    assert line > lines.index(" {", 1)  # within the second task
    assert results[-1] == 7 or lines[line - 1].strip() in ("{", '"value": {')


def test_what_was_skipped_stands_with_the_article(tmp_path):
    value = task(annotation(by=7, was_cancelled=True), annotation(region("a", "Ada"), by=7), annotation(by=7))
    way = journey(written(tmp_path, value), tmp_path / "project")
    assert [code for code, _, _ in way.findings] == ["FMT005", "FMT011"]
    assert way.result.annotators == {"user-7": 1, "user-7-2": 1}
    assert way.load()[0]["skipped"]


STRINGS = st.sampled_from(["yes", "a b", ""])


def without_numbers(found):
    """What articles say, apart from the ids of relations, which Label Studio doesn't have."""
    numbered = []
    for article in found:
        for_each = []
        for record in article.records:
            spans = [item for item in record.items if item.fragments]
            links = sorted((item._replace(id="") for item in record.items if not item.fragments), key=repr)
            links = [item._replace(id=f"r{number}", file="", line=1) for number, item in enumerate(links)]
            for_each.append(replace(record, items=spans + sorted(links, key=lambda item: item.id)))
        numbered.append(plain(replace(article, records=for_each)))
    return numbered


@pytest.mark.parametrize("unit", ["code-points", "utf-16"])
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(articles(full=False, values=STRINGS, roles=("from", "to")))
def test_what_is_written_is_read_back(tmp_path_factory, unit, given_articles):
    folder = tmp_path_factory.mktemp("label-studio")
    assert export("label-studio", given_articles, folder, unit=unit) == []
    found, _ = bring_in("label-studio", folder, predictions="annotators", unit=unit)
    assert without_numbers(found) == without_numbers(given_articles)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(articles(full=False, values=st.lists(STRINGS, min_size=2, max_size=3), roles=("from", "to")))
def test_lists_of_choices_are_read_back(tmp_path_factory, given_articles):
    folder = tmp_path_factory.mktemp("label-studio")
    assert export("label-studio", given_articles, folder) == []
    found, _ = bring_in("label-studio", folder, predictions="annotators")
    assert without_numbers(found) == without_numbers(given_articles)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(articles(pieces=2, values=JSON))
def test_whatever_is_written_can_be_read(tmp_path_factory, given_articles):
    """Spans all come back, whatever else is told to be lost."""
    folder = tmp_path_factory.mktemp("label-studio")
    export("label-studio", given_articles, folder)
    found, _ = bring_in("label-studio", folder, predictions="annotators")
    for mine, theirs in zip(given_articles, found, strict=True):
        assert [{place for item in record.items for place in item.fragments} for record in mine.records] == [
            {place for item in record.items for place in item.fragments} for record in theirs.records
        ]


def test_a_project_goes_out_and_comes_in_again(tmp_path):
    first = journey(written(tmp_path, FULL), tmp_path / "first")
    out = dataset_builder.export_corpus(
        first.project, "label-studio", tmp_path / "out", options={"kind": "annotations"}
    )
    lost = Counter(each.code for each in out.check.diagnostics)
    assert lost == {"FMT015": 2}, [each.message for each in out.check.diagnostics]
    second = journey(tmp_path / "out", tmp_path / "second")
    assert second.findings == []
    more = Counter(relations=1, attributes=1)  # the region's parent is written as a relation, which has a direction
    assert +second.counts() == first.counts() + more
    assert second.result.annotators == first.result.annotators


def test_the_gold_goes_out_as_predictions_with_a_configuration(tmp_path):
    first = journey(written(tmp_path, task(FULL["annotations"][0])), tmp_path / "first")
    dataset_builder.export_corpus(first.project, "label-studio", tmp_path / "out", annotator="gold")
    (value,) = json.loads((tmp_path / "out/tasks-00001.json").read_text())
    assert [each["model_version"] for each in value["predictions"]] == ["gold"]
    assert '<Label value="PER" />' in (tmp_path / "out/config.xml").read_text()


@pytest.mark.parametrize("options", [{"unit": "bytes"}, {"predictions": "none"}, {"kind": "annotations"}, {"x": "y"}])
def test_an_option_that_makes_no_sense_in_importing_is_a_usage_error(tmp_path, options):
    with pytest.raises(UsageError):
        dataset_builder.import_corpus(written(tmp_path, FULL), tmp_path / "project", options=options)


@pytest.mark.parametrize("options", [{"unit": "auto"}, {"kind": "x"}, {"predictions": "extra"}])
def test_an_option_that_makes_no_sense_in_exporting_is_a_usage_error(tmp_path, options):
    first = journey(written(tmp_path, FULL), tmp_path / "first")
    with pytest.raises(UsageError):
        dataset_builder.export_corpus(first.project, "label-studio", tmp_path / "out", options=options)


@pytest.mark.parametrize("rows", [[FULL], [ROW]])
@pytest.mark.parametrize("seed", range(120))
def test_no_mutation_ends_in_a_traceback(tmp_path, seed, rows):
    (tmp_path / "in.json").write_bytes(mutated(json.dumps(rows).encode(), seed))
    comes_in(tmp_path / "in.json", tmp_path / "project", "label-studio")
