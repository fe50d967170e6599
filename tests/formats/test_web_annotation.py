"""W3C Web Annotations, both ways: W3C's own samples, selectors, pages, relations, embedded texts."""

import json
import re
import shutil
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings

import dataset_builder
from dataset_builder.errors import UsageError
from dataset_builder.formats.web_annotation_selectors import select
from tests.formats.arbitrary import articles, bring_in, export, mutated, plain
from tests.formats.journey import journey

CONTEXT = "http://www.w3.org/ns/anno.jsonld"


TEXT = "Ada 😀 met Bo. Bo left.\n"


def annotation(id_, selector=None, **more):
    target = {"source": "mill.html", "selector": selector} if selector else "mill"
    value = {"@context": CONTEXT, "id": f"http://x.example/{id_}", "type": "Annotation", "target": target}
    return {**value, **more}


def quoted(exact, **more):
    return {"type": "TextQuoteSelector", "exact": exact, **more}


def position(start, end, **more):
    return {"type": "TextPositionSelector", "start": start, "end": end, **more}


def written(folder, *values, text=TEXT):
    folder = folder / "in"
    folder.mkdir()
    (folder / "mill.txt").write_text(text, encoding="utf-8", newline="")
    for number, value in enumerate(values):
        (folder / f"{number}.jsonld").write_text(json.dumps(value), encoding="utf-8")
    return folder


def found_in(value):
    """The annotations in a file's value."""
    if isinstance(value, dict):
        if value.get("type") == "Annotation":
            yield {name: each for name, each in value.items() if name != "@context"}
        else:
            for each in value.values():
                yield from found_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from found_in(each)


def targets_of(value):
    """The IRIs of a target, told by a look at all its strings."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from targets_of(each)
    else:
        yield from targets_of(value.get("items", value.get("source", value.get("id"))))


def stem_of(iri):
    return re.split(r"[#?]", iri)[0].rsplit("/", 1)[1]


def beside(folder, values):
    """A text for each target of `values`, with what selectors quote from it, and long enough for all positions."""
    texts = {}
    for value in values:
        for iri in targets_of(value["target"]):
            texts.setdefault(re.sub(r"\.(html|xml)$", "", stem_of(iri)), {})
        selector = value["target"].get("selector") if isinstance(value["target"], dict) else None
        selector = selector.get("refinedBy", selector) if isinstance(selector, dict) else {}
        if "exact" in selector:
            quote = "".join(selector[name] for name in ("prefix", "exact", "suffix"))
            texts[stem_of(value["target"]["source"])][quote] = None
    for name, quotes in texts.items():
        (folder / f"{name}.txt").write_text(f"{'. '.join(quotes)}. {'Made up for a test. ' * 50}\n", encoding="utf-8")
    return texts


SELECTORS = {  # that lead to no place in a text that could be known here
    22: "it is only named",
    24: "CSS",
    25: "XPath",
    28: "bytes",
    29: "SVG",
    30: "SVG",
    31: "XPath",
    39: "it is only named",
    41: "XPointer, which a position refines",
}
PAGES = ["example41.json", "example42.json"]  # name pages that the samples don't have: the last, the second


def copies(source):
    """Where annotations stand that other files have as well: all those of the collection, and of the third example."""
    for name in ("collection1.json", "example43.json"):
        lines = (source / name).read_text().splitlines()
        yield from (
            (name, number - 1) for number, line in enumerate(lines, start=1) if re.search(r'"id": ".*/anno\d+"', line)
        )


def test_the_correct_samples_come_in_with_texts_beside_them(shared_dir, tmp_path):
    source = tmp_path / "in"
    shutil.copytree(shared_dir / "conformance/web-annotation/correct", source)
    values = [each for path in source.glob("*.json") for each in found_in(json.loads(path.read_text()))]
    texts = beside(source, values)
    distinct = {json.dumps(each, sort_keys=True): each for each in values}
    way = journey(source, tmp_path / "project")
    assert way.result.format == "web-annotation"
    found = way.counts()
    assert found["texts"] == len(texts)
    expected = Counter(len(list(targets_of(each["target"]))) for each in distinct.values())
    assert found["spans"] + found["remarks"] == sum(count * times for count, times in expected.items())
    assert found["spans"] == 3  # a position, a quote, a quote within a fragment
    names = {number: "anno41-example44" if number == 41 else f"anno{number}" for number in SELECTORS}
    expected = [("FMT011", f"{names[number]}.json", 1) for number in SELECTORS]
    expected += [("FMT005", "anno32.json", 1)]  # the fragment that its quote refines can't be followed
    expected += [("FMT017", "anno27.json", 1)]  # its position ends within a word of the made-up text
    expected += [("FMT006", name, 1) for name in PAGES]
    expected += [("FMT005", name, line) for name, line in copies(source)]
    assert sorted((code, file.rsplit("/", 1)[1], line) for code, file, line in way.findings) == sorted(expected)


def test_where_the_correct_samples_point_to(shared_dir, tmp_path):
    source = tmp_path / "in"
    shutil.copytree(shared_dir / "conformance/web-annotation/correct", source)
    values = {path.stem: json.loads(path.read_text()) for path in source.glob("anno*.json")}
    beside(source, values.values())
    way = journey(source, tmp_path / "project")
    spans = {item["id"]: item for row in way.load("annotations") for item in row["spans"]}
    position = values["anno27"]["target"]["selector"]
    assert (spans[values["anno27"]["id"]]["start"], spans[values["anno27"]["id"]]["end"]) == (
        position["start"],
        position["end"],
    )
    assert spans[values["anno26"]["id"]]["quote"] == values["anno26"]["target"]["selector"]["exact"]
    inner = values["anno32"]["target"]["selector"]["refinedBy"]
    assert spans[values["anno32"]["id"]]["quote"] == inner["exact"]


def test_the_correct_samples_as_they_are_have_texts_in_bodies_alone(shared_dir, tmp_path):
    source = shared_dir / "conformance/web-annotation/correct"
    with pytest.raises(UsageError, match="no article"):
        dataset_builder.import_corpus(source, tmp_path / "none")
    way = journey(source, tmp_path / "project", options={"texts": "bodies"})
    expected = set()
    for path in source.glob("anno*.json"):
        value = json.loads(path.read_text())
        bodies = value.get("body", []) if isinstance(value.get("body"), list) else [value.get("body", {})]
        expected |= {each["value"] for each in bodies if isinstance(each, dict) and "value" in each}
        expected |= {value["bodyValue"]} if "bodyValue" in value else set()
    assert {row["text"] for row in way.load()} == expected


ID, BESIDE = "FMT002", "FMT005"
INCORRECT = {  # findings by file; from the seventh on, all have two ids beside what they are named for
    1: [ID],  # no JSON
    2: [ID, ID, BESIDE],  # neither type nor target nor context
    3: [BESIDE],  # no context
    4: [ID],  # another context
    5: [ID],  # other contexts
    6: [BESIDE],  # an id with spaces
    7: [ID],
    8: [ID, ID],  # no type
    9: [ID, ID],  # a type that isn't known
    11: [ID, ID],  # a number as target
    **{number: [ID] for number in [10, *range(12, 26), 37]},  # a comma behind the last member: no JSON
    26: [ID, BESIDE],  # a number as creator
    27: [ID, BESIDE],  # a number as generator
    **{number: [ID, BESIDE] for number in range(28, 34)},  # times that are none, or two
    **{number: [ID, BESIDE] for number in (34, 35, 36)},  # rights, via, canonical with spaces
    38: [ID, ID, ID],  # a specific resource of nothing, and a fragment without a value
    39: [ID, ID, ID],  # the same, and a fragment with several
}
COMMAS = {10: 6, 12: 7, 17: 10, 37: 8}  # the lines of some of them


def test_each_incorrect_sample_gives_findings(shared_dir, tmp_path):
    source = tmp_path / "in"
    shutil.copytree(shared_dir / "conformance/web-annotation/incorrect", source)
    for name in ("post1", "page1", "target"):
        (source / f"{name}.txt").write_text("Made up for a test.\n")
    way = journey(source, tmp_path / "project")
    found = {number: [] for number in INCORRECT}
    for code, file, _ in way.findings:
        found[int(re.search(r"anno(\d+)\.json$", file)[1])].append(code)
    assert {number: sorted(codes) for number, codes in found.items()} == INCORRECT
    lines = {int(re.search(r"anno(\d+)", file)[1]): line for _, file, line in way.findings}
    assert {number: lines[number] for number in COMMAS} == COMMAS
    assert way.counts()["remarks"] == 2  # what is told of a life is no reason to leave out what is said


def resource(**more):
    return annotation("1", target="mill", body={"id": "http://x.example/1", **more})


FAULTS = [  # what W3C's samples are named for and their commas hide, and more
    (annotation("1", target=None), "no target"),
    (annotation("1", body="no iri"), "body is no IRI"),
    (resource(id="no iri"), "id of the body"),
    (resource(format=6), "format"),
    (resource(language=3), "language"),
    (resource(processingLanguage=["en", "de"]), "processingLanguage"),
    (resource(textDirection="sideways"), "textDirection"),
    (resource(textDirection=["ltr", "rtl"]), "textDirection"),
    (resource(type="TextualBody"), "one value"),
    (resource(type="TextualBody", value=["a", "b"]), "one value"),
    (annotation("1", body="http://x.example/1", bodyValue="a"), "not both"),
    (annotation("1", bodyValue=["a"]), "bodyValue"),
    (annotation("1", bodyValue=23), "bodyValue"),
    (resource(type=["Choice", "List"], items=["http://x.example/1"]), "items"),
    (resource(items=["http://x.example/1"]), "items"),
    (annotation("1", target={"type": "SpecificResource"}), "source"),
    (annotation("1", {"type": "TextQuoteSelector"}), "exact"),
    (annotation("1", {"type": "TextPositionSelector", "start": "0"}), "two numbers"),
]


@pytest.mark.parametrize(("value", "message"), FAULTS)
def test_each_fault_is_told(tmp_path, value, message):
    result = dataset_builder.import_corpus(written(tmp_path, value), tmp_path / "project")
    (found,) = result.check.diagnostics
    assert found.code in (ID, BESIDE)
    assert message in found.message


@pytest.mark.parametrize(("number", "message"), [(7, "one id"), (15, "no JSON")])
def test_an_incorrect_sample_alone_is_a_usage_error(shared_dir, tmp_path, number, message):
    source = shared_dir / f"conformance/web-annotation/incorrect/anno{number}.json"
    with pytest.raises(UsageError, match=message):
        dataset_builder.import_corpus(source, tmp_path / "project", format="web-annotation")


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(articles(pieces=2))
def test_what_is_written_is_read_back(tmp_path_factory, given_articles):
    folder = tmp_path_factory.mktemp("web-annotation")
    assert export("web-annotation", given_articles, folder) == []
    found, troubles = bring_in("web-annotation", folder)
    assert troubles == []
    assert [plain(article) for article in found] == [plain(article) for article in given_articles]


@pytest.mark.parametrize(
    ("selector", "place"),
    [
        (position(0, 3), (0, 3)),
        (quoted("Ada"), (0, 3)),
        (quoted("Bo", prefix="met "), (10, 12)),
        (quoted("Bo", suffix=" left"), (14, 16)),
        ([quoted("Bo"), position(14, 16)], (14, 16)),
        (position(10, 22, refinedBy=quoted("left")), (17, 21)),
        (position(10, 22, refinedBy=position(0, 2)), (10, 12)),
        ({"type": "FragmentSelector", "value": "char=4,5"}, (4, 5)),
        ({"type": "RangeSelector", "startSelector": quoted("met"), "endSelector": position(12, 13)}, (6, 12)),
        ({"type": "FragmentSelector", "value": "p1", "refinedBy": quoted("Ada")}, (0, 3)),
        (quoted("Ada", prefix="Saint "), (0, 3)),
        (quoted("Bo"), None),
        (quoted("Eve"), None),
        ({"type": "CssSelector", "value": "p"}, None),
        ({"type": "FragmentSelector", "value": "p1", "refinedBy": position(0, 3)}, None),
        ("http://x.example/selector", None),
    ],
)
def test_where_a_selector_leads(selector, place):
    found = select(TEXT, selector)
    assert found.place == place
    assert place is not None or found.wrong


def test_labels_remarks_and_creators(tmp_path):
    tag = {"type": "TextualBody", "purpose": "tagging", "value": "PER"}
    note = {"type": "TextualBody", "value": "who?", "language": "en"}
    wiki = {"type": "SpecificResource", "purpose": "identifying", "source": "http://x.example/Q7259"}
    values = [
        annotation("1", position(0, 3), body=[tag, note, wiki], creator="http://x.example/people/ada"),
        annotation("2", bodyValue="all of it", motivation="commenting", creator={"type": "Person", "name": "Bo"}),
    ]
    way = journey(written(tmp_path, *values), tmp_path / "project")
    assert way.findings == []
    assert way.result.annotators == {"ada": 1, "Bo": 1}
    rows = {row["annotator"]: row for row in way.load("annotations")}
    (item,) = rows["ada"]["spans"]
    assert (item["label"], item["quote"], [each["text"] for each in item["notes"]]) == (0, "Ada", ["who?"])
    assert [each["entry"] for each in item["referents"]] == ["http://x.example/Q7259"]
    assert item["extra"]["bodies"] == [note]
    (remark,) = rows["Bo"]["remarks"]
    assert (remark["notes"][0]["text"], remark["attributes"]["motivation"]) == ("all of it", "commenting")


def test_annotations_on_annotations_are_relations(tmp_path):
    page = {
        "@context": CONTEXT,
        "type": "AnnotationPage",
        "items": [
            annotation("r", motivation="linking", body="http://x.example/1", target="http://x.example/2"),
            annotation("1", position(0, 3)),
            annotation("2", position(10, 12)),
            annotation("lost", target="http://x.example/nothing"),
        ],
    }
    way = journey(written(tmp_path, page), tmp_path / "project")
    assert [code for code, _, _ in way.findings] == ["FMT008"]
    (row,) = way.load("annotations")
    (relation,) = row["relations"]
    assert [each["target"] for each in relation["arguments"]] == ["http://x.example/1", "http://x.example/2"]


def test_a_text_may_stand_in_the_target(tmp_path):
    source = {"type": "TextualBody", "value": TEXT}
    value = annotation("1", target={"source": source, "selector": quoted("Ada")})
    path = tmp_path / "one.jsonld"
    path.write_text(json.dumps(value))
    way = journey(path, tmp_path / "project")
    assert way.findings == []
    assert [item["quote"] for row in way.load("annotations") for item in row["spans"]] == ["Ada"]


def test_positions_in_another_unit_are_told_by_quotes(tmp_path):
    values = [annotation("1", [position(11, 13), quoted("Bo")]), annotation("2", [position(18, 22), quoted("left")])]
    way = journey(written(tmp_path, *values), tmp_path / "project")
    assert {code for code, _, _ in way.findings} == {"FMT005"}
    items = [item for row in way.load("annotations") for item in row["spans"]]
    assert sorted((item["start"], item["quote"]) for item in items) == [(10, "Bo"), (17, "left")]


def test_a_project_goes_out_and_comes_in_again(tmp_path):
    values = [
        annotation("1", position(0, 3), body={"type": "TextualBody", "purpose": "tagging", "value": "PER"}),
        annotation("2", position(10, 12), bodyValue="who?"),
        annotation("3", motivation="linking", body="http://x.example/1", target="http://x.example/2"),
    ]
    first = journey(written(tmp_path, *values), tmp_path / "first")
    out = dataset_builder.export_corpus(first.project, "web-annotation", tmp_path / "out")
    assert out.check.diagnostics == ()
    second = journey(tmp_path / "out", tmp_path / "second")
    assert second.findings == []
    rows = [way.load("annotations") for way in (first, second)]
    assert rows[0] == rows[1]


@pytest.mark.parametrize("seed", range(150))
def test_no_mutation_ends_in_a_traceback(tmp_path, seed):
    tag = {"type": "TextualBody", "purpose": "tagging", "value": "PER"}
    selector = [position(0, 3, refinedBy=quoted("Ada", prefix="")), quoted("Ada")]
    values = [
        annotation("1", selector, body=[tag, "http://x.example/a"], creator={"name": "ada"}),
        annotation("2", target={"type": "List", "items": [{"source": "mill", "selector": quoted("left")}, "mill"]}),
        annotation("3", body="http://x.example/1", target="http://x.example/2"),
        annotation("4", position(0, 3), **{"db:item": {"id": "i", "layer": "spans", "attributes": {"a": 1}}}),
    ]
    page = {
        "@context": [CONTEXT],
        "type": "AnnotationPage",
        "db:text": "mill",
        "db:metadata": {"a": 1},
        "items": values,
    }
    source = written(tmp_path, page)
    (source / "0.jsonld").write_bytes(mutated((source / "0.jsonld").read_bytes(), seed))
    result = dataset_builder.import_corpus(source, tmp_path / "project", format="web-annotation")
    assert result.written
    assert dataset_builder.check(dataset_builder.open_project(tmp_path / "project"), jobs=1).ok
