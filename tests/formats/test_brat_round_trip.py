"""What a project says goes to brat and comes back the same; what brat's files say comes in and goes out the same."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import dataset_builder
from dataset_builder.check.rule import Case
from tests.rules.test_rules import lay

# Letters of several scripts, what takes two UTF-16 units, combines, or is white space that no line ends with.
LETTERS = st.sampled_from("abAé水🌊𝄞\u0301\u200d\u2028\x85 ,.\n")
TEXTS = st.text(LETTERS, min_size=1, max_size=40).filter(lambda text: text.strip())
NAMES = st.sampled_from(["PER", "Part-of", "is_a", "Ort", "人"])
WORDS = st.sampled_from(["yes", "Likely", "3", "ä:b"])


@st.composite
def collections(draw):
    """A text and annotation lines on it, in any order that brat could have written."""
    text = draw(TEXTS)
    spans, lines = [], []
    for number in range(1, draw(st.integers(0, 5)) + 1):
        bounds = sorted(draw(st.sets(st.integers(0, len(text)), min_size=2, max_size=4)))
        pairs = list(zip(bounds[::2], bounds[1::2], strict=False))
        covered = " ".join(text[start:end] for start, end in pairs).translate(str.maketrans("\n", " "))
        places = ";".join(f"{start} {end}" for start, end in pairs)
        spans.append(f"T{number * draw(st.sampled_from([1, 10]))}")
        lines.append(f"{spans[-1]}\t{draw(NAMES)} {places}\t{covered}")
    spans = list(dict.fromkeys(spans))
    lines = list({line.split("\t")[0]: line for line in lines}.values())
    if not spans:
        return text, lines
    any_span = st.sampled_from(spans)
    targets = list(spans)
    for number in range(1, draw(st.integers(0, 3)) + 1):
        arguments = draw(st.lists(st.tuples(NAMES, st.sampled_from(targets)), max_size=3))
        said = " ".join(f"{role}:{target}" for role, target in arguments)
        lines.append(f"E{number}\t{draw(NAMES)}:{draw(any_span)} {said}".rstrip() + draw(st.sampled_from(["", " "])))
        targets.append(f"E{number}")
    any_target = st.sampled_from(targets)
    for number in range(1, draw(st.integers(0, 3)) + 1):
        lines.append(f"R{number}\t{draw(NAMES)} Arg1:{draw(any_target)} Arg2:{draw(any_target)}")
    for _ in range(draw(st.integers(0, 2))):
        lines.append(f"*\tEquiv {draw(any_span)} {draw(any_span)}")
    for number in range(1, draw(st.integers(0, 4)) + 1):
        value = draw(st.sampled_from(["", " "])) and f" {draw(WORDS)}"
        lines.append(f"A{number}\t{draw(NAMES)} {draw(any_target)}{value}")
    for number in range(1, draw(st.integers(0, 2)) + 1):
        lines.append(f"N{number}\tReference {draw(any_target)} Wiki:{draw(WORDS)}\t{draw(WORDS)}")
    for number in range(1, draw(st.integers(0, 3)) + 1):
        lines.append(f"#{number}\tAnnotatorNotes {draw(any_target)}\t{draw(WORDS)} {draw(WORDS)}")
    return text, draw(st.permutations(lines))


def said(record):
    """What a record says: layers that are empty say nothing."""
    return {name: value for name, value in record.items() if value != []}


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(collections())
def test_a_collection_goes_out_as_it_came_in(collection):
    text, lines = collection
    with TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "in").mkdir()
        (home / "in/a.txt").write_bytes(text.encode())
        (home / "in/a.ann").write_bytes("".join(f"{line}\n" for line in lines).encode())
        result = dataset_builder.import_corpus(home / "in", home / "project", format="brat")
        assert result.refused == 0, result.check.diagnostics
        project = dataset_builder.open_project(home / "project")
        exported = dataset_builder.export_corpus(project, "brat", home / "out")
        assert exported.check.diagnostics == ()
        assert (home / "out/a.txt").read_bytes() == (home / "in/a.txt").read_bytes()
        assert (home / "out/a.ann").read_text(encoding="utf-8") == (home / "in/a.ann").read_text(encoding="utf-8")
        again = dataset_builder.import_corpus(home / "out", home / "second", format="brat")
        assert again.refused == 0
        records = [home / name / "annotations/brat/a.json" for name in ("project", "second")]
        first, second = (json.loads(path.read_bytes()) for path in records)
        assert said(first) == said(second)


def test_what_brat_cannot_hold_is_listed(tmp_path):
    project = dataset_builder.init(tmp_path / "project")
    result = dataset_builder.export_corpus(project, "brat", tmp_path / "out")
    assert {found.code for found in result.check.diagnostics} == {"FMT015"}
    messages = sorted(found.message for found in result.check.diagnostics)
    assert [message for message in messages if "topic" in message] == [
        'brat has no place for what is said of a text as a whole: "topic" is left out'
    ] * 2
    assert [message for message in messages if "layers" in message] == [
        'brat has no layers: items of "quotes" stand among the others'
    ]
    assert sum("is written as the relation" in message for message in messages) == 3  # of four quotes
    lines = (tmp_path / "out/bakery-reopens.ann").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "T1\tplace 18 32\tHarbour Street"
    assert [line for line in lines if line.startswith("R")] == [
        "R1\tspeaker Arg1:T5 Arg2:T3",
        "R2\tspeaker Arg1:T6 Arg2:T4",
    ]
    assert "speaker\tArg1:<ANY>, Arg2:<ANY>" in (tmp_path / "out/annotation.conf").read_text(encoding="utf-8")


def test_what_is_tied_to_two_others_is_a_relation(tmp_path):
    lay(Case(), tmp_path / "project")
    project = dataset_builder.open_project(tmp_path / "project")
    result = dataset_builder.export_corpus(project, "brat", tmp_path / "out")
    lines = (tmp_path / "out/mill.ann").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith("R")] == [
        "R1\trelations from:T1 to:T2",
        "R2\trelations from:T2 to:T3",
    ]
    lost = [found.message for found in result.check.diagnostics if "r1" in found.message]
    assert lost == ['"r1" of relations: brat ties spans and events, not relations or equivalences: "cues" is left out']


def test_an_export_is_read_back_with_its_configuration(tmp_path):
    project = dataset_builder.init(tmp_path / "project")
    dataset_builder.export_corpus(project, "brat", tmp_path / "out", annotator="gold")
    result = dataset_builder.import_corpus(tmp_path / "out", tmp_path / "again")
    assert [found.code for found in result.check.diagnostics] == []
    assert {name: each.items for name, each in result.layers.items()} == {"entities": 12, "relations": 3}


@pytest.fixture
def two(tmp_path):
    """A project of two annotators."""
    for name, line in (("ann", "T1\tPER 0 3\tAda\n"), ("bob", "T1\tORG 0 3\tAda\n")):
        (tmp_path / "in" / name).mkdir(parents=True)
        (tmp_path / "in" / name / "a.txt").write_text("Ada\n", encoding="utf-8")
        (tmp_path / "in" / name / "a.ann").write_text(line, encoding="utf-8")
    dataset_builder.import_corpus(tmp_path / "in", tmp_path / "project")
    return dataset_builder.open_project(tmp_path / "project")


def test_annotators_have_folders_of_their_own(two, tmp_path):
    dataset_builder.export_corpus(two, "brat", tmp_path / "out")
    files = {
        path.relative_to(tmp_path / "out").as_posix(): path.read_text() for path in (tmp_path / "out").rglob("*.ann")
    }
    assert files == {"ann/a.ann": "T1\tPER 0 3\tAda\n", "bob/a.ann": "T1\tORG 0 3\tAda\n"}


def test_one_annotator_can_be_chosen(two, tmp_path):
    dataset_builder.export_corpus(two, "brat", tmp_path / "out", annotator="bob")
    assert (tmp_path / "out/a.ann").read_text(encoding="utf-8") == "T1\tORG 0 3\tAda\n"
    with pytest.raises(dataset_builder.UsageError, match="nothing by eve that could be exported"):
        dataset_builder.export_corpus(two, "brat", tmp_path / "none", annotator="eve")
    assert not (tmp_path / "none").exists()


def test_beside_one_text_goes_one_record(two, tmp_path):
    result = dataset_builder.export_corpus(two, "brat", tmp_path / "out", options={"annotators": "none"})
    assert [found.message for found in result.check.diagnostics] == [
        "only one record goes beside a text: what bob say is left out"
    ]


def test_a_withheld_text_is_never_written(two, tmp_path):
    dataset_builder.withhold(two, ["a"])
    assert not list((two.root / "seeds").glob("*.txt"))
    with pytest.raises(dataset_builder.UsageError, match="nothing"):
        dataset_builder.export_corpus(two, "brat", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_what_is_private_is_never_written(tmp_path):
    project = dataset_builder.init(tmp_path / "project")
    path = project.root / "schema/annotation.schema.json"
    schema = json.loads(path.read_bytes())
    schema["properties"]["topic"]["x-private"] = True
    quotes = schema["properties"]["quotes"]["items"]["properties"]
    quotes["speaker"]["x-private"] = True
    schema["properties"]["entities"]["items"]["properties"]["type"]["x-private"] = True
    path.write_text(json.dumps(schema) + "\n", encoding="utf-8")
    result = dataset_builder.export_corpus(project, "brat", tmp_path / "out")
    assert not [found for found in result.check.diagnostics if "topic" in found.message or "speaker" in found.message]
    written = "".join(
        file.read_text(encoding="utf-8") for file in (tmp_path / "out").iterdir() if file.suffix != ".txt"
    )
    assert not [word for word in ("speaker", "transport", "person", "place") if word in written]
    assert "T1\tentities 18 32\tHarbour Street" in written


def test_a_project_with_errors_is_not_exported(two, tmp_path):
    path = two.root / "annotations/ann/a.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"end":3', '"end":2'), encoding="utf-8")
    with pytest.raises(dataset_builder.FindingsError) as caught:
        dataset_builder.export_corpus(two, "brat", tmp_path / "out")
    assert [found.code for found in caught.value.result.diagnostics] == ["SPN003"]
    assert list(tmp_path.glob("*out*")) == []


def test_a_folder_with_something_in_it_is_left_alone(two, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(dataset_builder.UsageError, match="not an empty folder"):
        dataset_builder.export_corpus(two, "brat", tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine.txt"]
