"""The test suite of WebAnno TSV 3 with the XMI of each case, and the agreement cases, all the way to `load_dataset`."""

import json
import re
from collections import Counter, defaultdict
from xml.etree import ElementTree as ET

import pytest

from tests.formats.journey import journey

LABELS = {"value", "PosValue", "DependencyType", "referenceType"}
UNLABELLED = {"Lemma", "Stem", "SurfaceForm", "MorphologicalFeatures"}

# Cases whose TSV and XMI don't say the same, and why. Besides, many XMI have a former type of the layer.
DIFFERENT = {
    # case: what differs beside the type of the layer
    "testAnnotationWithLeadingWhitespace": {"named_entity"},  # TSV has no span of part of the space between tokens
    "testAnnotationWithLeadingWhitespaceAtStart": {"named_entity"},  # the same
    "testAnnotationWithTrailingWhitespace": {"named_entity"},  # the same
    "testAnnotationWithTrailingWhitespaceAtEnd": {"named_entity", "text"},  # and no space behind the last token
    "testZeroWidthAnnotationBeforeFirstTokenIsMovedToBeginOfFirstToken": {"named_entity_points"},  # as it says
    "testZeroWidthAnnotationBetweenTokenIsMovedToEndOfPreviousToken": {"named_entity_points"},
    "testZeroWidthAnnotationBeyondLastTokenIsMovedToEndOfLastToken": {"named_entity_points", "text"},
    "testElevatedType": {"pos"},  # TSV has not the type that is made of the tag
    "testStackedComplexSlotFeatureWithoutSlotFillers": {"complex_link_host"},  # nor an empty array
    "testSingleNonMultiTokenRelationWithMultipleFeatureValues": {"complex_relation"},  # intValue, and integerValue
    "testSingleTokenRelationWithMultipleFeatureValues": {"complex_relation"},
    "testStackedNonMultiTokenRelationWithMultipleFeatureValues": {"complex_relation"},
}

# Cases that have something twice, with the lines of the second in the TSV and in the XMI: they are there to be stacked.
DOUBLED = {
    "testMultiTokenStackedSlotFeature": ([8], [11]),
    "testMultiTokenStackedSpanWithoutFeatureValue": ([6], [11]),
    "testSingleStackedNonTokenOverlappingRelationWithoutFeatureValue": ([7, 11], [11, 13]),
    "testSingleStackedNonTokenRelationWithoutFeatureValue": ([7, 11], [11, 13]),
    "testSingleStackedNonTokenRelationWithoutFeatureValue2": ([11], [12]),
    "testSingleStackedNonTokenRelationWithoutFeatureValue3": ([7], [11]),
    "testStackedChain": ([6, 7, 8], [11, 13, 15]),  # the links of two chains over the same spans
    "testStackedComplexSlotFeatureWithoutValues": ([7], [17]),
    "testStackedSimpleSlotFeatureWithoutValues": ([7], [17]),
    "testTokenBoundedStackedSpanWithFeatureValue": ([6, 7, 8, 9, 10], [11, 13, 15, 17, 19]),
    "testZeroLengthSlotFeature1": ([9], [11]),
    "testZeroLengthStackedSpansWithoutFeatures": ([7, 12], [11, 13]),
}


def snake(name):
    return "pos" if name == "POS" else re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.split(".")[-1]).lower()


def label_of(type_, features):
    return None if type_.split(".")[-1] in UNLABELLED else next((each for each in features if each in LABELS), None)


def counted_in_tsv(source):  # noqa: C901, PLR0912 - a second reading of the format, all in one place
    """What the lines of all files say, counted by patterns."""
    found = Counter()
    for path in source.rglob("*.tsv"):
        found["texts"] += 1
        lines = path.read_text(encoding="utf-8").split("\n")
        rows = [line.split("\t") for line in lines if re.match(r"\d+-\d", line)]
        column = 3
        for head in (line for line in lines if line.startswith("#T_")):
            kind, _, rest = head[1:].partition("=")
            type_, *names = rest.split("|")
            names = [name for name in names if name]
            layer, spans = snake(type_), defaultdict(list)
            attributes = {}
            if kind == "T_RL":
                to_tokens = names[-1].endswith(("Token", "POS"))
                tokens = set()
                for row in rows:
                    targets = [each for each in row[column + len(names) - 1].split("|") if each != "_"]
                    found[layer] += len(targets)
                    tokens |= {unit for each in targets for unit in (row[0], each.split("[")[0])}
                    for at, name in enumerate(names[:-1]):
                        given = [each for each in row[column + at].split("|") if each not in ("_", "*")]
                        found["attributes"] += len(given) * (name != label_of(type_, names[:-1]))
                found["token"] += len(tokens) * to_tokens
                column += len(names)
                continue
            width = max(len(names), 1)
            slots = any(name.startswith("ROLE_") for name in names)
            for number, row in enumerate(rows):
                begin, end = map(int, row[1].split("-"))
                cells = row[column : column + width]
                for index, part in enumerate(re.split(r"(?<!\\)\|", cells[0])):
                    if kind == "T_CH":
                        links = re.search(r"->(\d+-\d+)$", part)
                        if links:
                            spans[links[1]] += [begin, end]
                        continue
                    target = re.split(r"(?<!\\)\|", cells[1])[index] if slots else "_"
                    if re.fullmatch(r"_(\[\d+\])?", part) and target == "_":
                        continue
                    tag = re.search(r"(?<!\\)\[(\d+)\]$", part)
                    key = f"[{tag[1]}]" if tag else f"{number} {index}"
                    spans[key] += [begin, end]
                    for at, name in enumerate(names if not slots else ()):
                        value = re.sub(r"(?<!\\)\[\d+\]$", "", re.split(r"(?<!\\)\|", cells[at])[index])
                        if name != label_of(type_, names) and value != "*":
                            attributes[key, name] = value
            for offsets in spans.values():
                found[layer + "_points" * (min(offsets) == max(offsets))] += 1
            if kind == "T_CH":
                found[layer.replace("link", "chain")] += len({key.split("-")[0] for key in spans})
            found["attributes"] += len(attributes)
            column += width
    return found


def counted_in_xmi(source, pattern="*.xmi"):
    """What the elements of all files say, read by another parser."""
    found = Counter()
    known = {"id", "sofa", "begin", "end", "Governor", "Dependent", "next", "first", "links"}
    for path in source.rglob(pattern):
        found["texts"] += 1
        tokens, ends = set(), set()
        for element in ET.parse(path).getroot():
            name = element.tag.split("}")[1].replace("POS_NOUN", "POS")
            values = {key.split("}")[-1]: value for key, value in element.attrib.items()}
            if name in {"NULL", "Sofa", "View", "Sentence", "DocumentMetaData"} or not values.keys() - {
                "id",
                "role",
                "target",
            }:
                continue
            if name == "Token":
                tokens.add(values["id"])
                continue
            relation = "Governor" in values
            point = not relation and "begin" in values and values["begin"] == values["end"]
            found[snake(name) + "_points" * point] += 1
            ends |= {values[end] for end in ("Governor", "Dependent") if relation}
            others = [key for key, value in values.items() if key not in known and value]
            label = label_of(name, others)
            found["attributes"] += len(others) - (label is not None)
        found["token"] += len(tokens & ends)
    return found


@pytest.fixture(scope="module")
def ways(shared_dir, tmp_path_factory):
    """The suite by either format."""
    source = shared_dir / "corpora/webanno-tsv/tsv3-suite"
    folder = tmp_path_factory.mktemp("ways")
    options = {"annotators": "file"}
    return {name: journey(source, folder / name, format=name, options=options) for name in ("webanno", "uima")}


def severe(way):
    """What isn't just noted: the code, the case, the line."""
    found = [each for each in way.result.check.diagnostics if each.severity.name != "NOTE"]
    return [(each.code, each.place.file.split("/")[-2], each.place.line) for each in found]


def doubled(which):
    return [("FMT016", case, line) for case, lines in DOUBLED.items() for line in lines[which]]


def test_the_suite_comes_in_whole_as_tsv(ways, shared_dir):
    source = shared_dir / "corpora/webanno-tsv/tsv3-suite"
    assert sorted(severe(ways["webanno"])) == sorted(doubled(0))
    assert +ways["webanno"].counts() == +counted_in_tsv(source)


def test_the_suite_comes_in_whole_as_xmi(ways, shared_dir):
    source = shared_dir / "corpora/webanno-tsv/tsv3-suite"
    assert sorted(severe(ways["uima"])) == sorted(doubled(1))
    assert +ways["uima"].counts() == +counted_in_xmi(source)


def test_what_tsv_does_not_say_is_reported_where_it_is_guessed(ways, shared_dir):
    source = shared_dir / "corpora/webanno-tsv/tsv3-suite"
    expected = set()
    for path in source.rglob("*.tsv"):
        lines = path.read_text(encoding="utf-8").split("\n")
        at = 0
        for number, line in enumerate(lines, start=1):
            if line.startswith("#Text=") and not lines[number - 2].startswith("#Text="):
                begin = int(re.match(r"[\d-]+\t(\d+)", next(each for each in lines[number:] if "\t" in each))[1])
                if begin > at:
                    expected.add((str(path), number))
                    break
            elif match := re.match(r"\d+-\d+\t\d+-(\d+)\t", line):
                at = int(match[1])
    found = {(file, line) for code, file, line in ways["webanno"].findings if code == "FMT031"}
    assert {each for each in found if each[1] > 2} == expected
    assert len(found) == len(expected) + 1  # and once, that it has no numbers


def records(way):
    found = {}
    for path in sorted((way.result.root / "annotations").rglob("*.json")):
        value = json.loads(path.read_bytes())
        value["text"] = (way.result.root / f"seeds/{path.stem}.txt").read_text(encoding="utf-8")
        found[path.stem] = value
    return found


def with_type(record):
    """`record` with spans called as those of the XMI, which were named entities when it was made."""
    text = re.sub(r'"span(_points)?"', r'"named_entity\1"', json.dumps(record))
    value = json.loads(text.replace('"span-', '"named_entity-'))
    both = json.loads(json.dumps(record).replace('"span-', '"named_entity-'))
    for layer in ("named_entity", "named_entity_points"):
        value[layer] = [*(both.get(layer) or []), *(both.get(layer.replace("named_entity", "span")) or [])]
    return value


def test_tsv_and_xmi_give_the_same_project(ways):
    ours, theirs = records(ways["webanno"]), records(ways["uima"])
    assert ours.keys() - theirs.keys() == {"sampleSlotAnnotation1", "sampleSlotAnnotation2"}  # they have no XMI
    assert not theirs.keys() - ours.keys()
    different = {}
    for case, record in theirs.items():
        mine, its = with_type(ours[case]), with_type(record)
        names = {name for name in {*mine, *its} if (mine.get(name) or None) != (its.get(name) or None)}
        if names - {"text_sha256"}:
            different[case] = names - {"text_sha256"}
    assert different == DIFFERENT


def test_annotators_of_one_text_are_told_by_their_files(shared_dir, tmp_path):
    source = shared_dir / "corpora/webanno-tsv/agreement"
    way = journey(source, tmp_path / "project", options={"annotators": "file"})
    assert way.findings == [("FMT031", str(source / "kappaarcdiff.tsv"), 2)]
    rows = way.load("annotations")
    assert sorted(row["annotator"] for row in rows) == [
        "kappaarcdiff",
        "kappaspanarcdiff",
        "kappaspandiff",
        "kappatest",
    ]
    expected = Counter(texts=1)
    for path in source.glob("*.tsv"):
        cells = [line.split("\t") for line in path.read_text(encoding="utf-8").split("\n") if re.match(r"\d+-\d", line)]
        expected["pos"] += sum(cell[2] != "_" for cell in cells)
        expected["dependency"] += sum(cell[4] != "_" for cell in cells)
        expected["token"] += len({unit for cell in cells for unit in (cell[0], cell[4])})
        record = next(row for row in rows if row["annotator"] == path.stem)
        assert [item["quote"] for item in record["pos"]] == [cell[1] for cell in cells]
    assert +way.counts() == +expected


def test_annotators_who_differ_are_compared(shared_dir, tmp_path):
    import dataset_builder

    source = shared_dir / "corpora/webanno-tsv/agreement"
    dataset_builder.import_corpus(source, tmp_path / "project", options={"annotators": "file"})
    project = dataset_builder.open_project(tmp_path / "project")
    assert dataset_builder.check(project, jobs=1).ok
    record = json.loads((tmp_path / "project/annotations/kappaspandiff/text.json").read_bytes())
    other = json.loads((tmp_path / "project/annotations/kappatest/text.json").read_bytes())
    assert [mine["label"] == its["label"] for mine, its in zip(record["pos"], other["pos"], strict=True)].count(
        False
    ) == 1
