"""Projects as spaCy documents, read back by spaCy."""

import json
import os
import subprocess
import sys
from collections import Counter

import datasets
import pytest
import spacy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.tokens import DocBin

import dataset_builder
from dataset_builder import UsageError
from dataset_builder.formats.registry import FORMATS, exporter
from dataset_builder.model.foreign import (
    Argument,
    ForeignArticle,
    ForeignRecord,
    Item,
    Note,
    Referent,
)
from tests.acceptance.conftest import copy_project

SAID = "Ada Lovelace met Bo in New York."


def documents(folder):
    """The documents that spaCy reads, by annotator, split and article."""
    vocabulary = spacy.blank("xx").vocab
    return {
        (path.parts[-3], path.parts[-2], doc.user_data["article"]): doc
        for path in sorted(folder.rglob("*.spacy"))
        for doc in DocBin().from_disk(path).get_docs(vocabulary)
    }


def written(items, text=SAID, metadata=None, **options):
    """The document of one record, and what the format couldn't hold."""
    record = ForeignRecord(annotator="a", items=items)
    article = ForeignArticle(
        name="x", text=text, file="x.txt", metadata=metadata or {"language": "en"}, records=[record]
    )
    [made] = exporter(FORMATS["spacy"], options).write([article], ["a"])
    assert made.file == "a/all/0000.spacy"
    [doc] = DocBin().from_bytes(made.data).get_docs(spacy.blank("xx").vocab)
    return doc, [(trouble.kind, trouble.message) for trouble in made.troubles]


def item(id_, *fragments, layer="entities", label="PER", **more):
    return Item(id=id_, layer=layer, label=label, fragments=fragments, file="x.json", **more)


def spans(doc, layer="entities"):
    return [(span.id_, span.start_char, span.end_char, span.label_) for span in doc.spans[layer]]


def test_the_shipped_dataset_is_read_back_with_every_span(tmp_path):
    project = dataset_builder.open_project(copy_project(tmp_path / "project"))
    result = dataset_builder.export_corpus(project, "spacy", tmp_path / "out")
    found = documents(tmp_path / "out")
    output = dataset_builder.build(project, jobs=1).output
    lost = [each for each in result.check.diagnostics if "left out" in each.message]
    expected = 0
    for path in sorted((project.root / "annotations").glob("*/*.json")):
        record = json.loads(path.read_text("utf-8"))
        text = project.root / "seeds" / f"{path.stem}.txt"
        if path.parent.name == "links" or not text.exists():
            continue
        [doc] = [doc for key, doc in found.items() if (key[0], key[2]) == (path.parent.name, path.stem)]
        assert doc.text == text.read_bytes().decode()
        for layer, items in record.items():
            if isinstance(items, list) and items and "start" in items[0]:
                assert [span.id_ for span in doc.spans[layer]] == [each["id"] for each in items]
                for span, each in zip(doc.spans[layer], items, strict=True):
                    said = doc.spans[layer].attrs.get(span.id_, {})
                    assert (said.get("start", span.start_char), said.get("end", span.end_char)) == (
                        each["start"],
                        each["end"],
                    )
                    expected += 1
    assert expected > 500
    withheld = [each for each in lost if "withheld" in each.message]
    assert len(withheld) == len(lost)
    assert {each.code for each in result.check.diagnostics} == {"FMT015"}
    splits = {
        row["id"]: split
        for split, part in datasets.load_dataset(str(output), cache_dir=str(tmp_path / "cache")).items()
        for row in part
    }
    assert {splits[name] for _, _, name in found} == {"train", "validation", "test"}
    assert all(splits[name] == split for _, split, name in found)


def test_a_real_corpus_loses_no_span(shared_dir, tmp_path):
    source = shared_dir / "corpora" / "litbank" / "entities"
    dataset_builder.import_corpus(source, tmp_path / "project")
    project = dataset_builder.open_project(tmp_path / "project")
    result = dataset_builder.export_corpus(project, "spacy", tmp_path / "out", options={"language": "en"})
    found = Counter()
    for path in source.glob("*.ann"):
        lines = path.read_text("utf-8").splitlines()
        found.update(line.split("\t")[1].split(" ")[0] for line in lines if line.startswith("T"))
    docs = documents(tmp_path / "out")
    assert len(docs) == len(list(source.glob("*.txt")))
    assert Counter(span.label_ for doc in docs.values() for span in doc.spans["entities"]) == found
    # Spans that lie in each other are in the group alone; each document that has such says how many.
    alone = sum(len(doc.spans["entities"]) - len(doc.ents) for doc in docs.values())
    said = [each.message for each in result.check.diagnostics if "ents can't overlap" in each.message]
    assert alone > 1000
    assert sum(int(message.split(": ")[1].split(" ")[0]) for message in said) == alone


def test_entities_are_spans_and_the_rest_is_outside():
    doc, troubles = written([item("e1", (0, 12)), item("e2", (23, 31), label="LOC")])
    assert troubles == []
    assert spans(doc) == [("e1", 0, 12, "PER"), ("e2", 23, 31, "LOC")]
    assert [(ent.text, ent.label_, ent.id_) for ent in doc.ents] == [
        ("Ada Lovelace", "PER", "e1"),
        ("New York", "LOC", "e2"),
    ]
    assert [token.ent_iob_ for token in doc] == ["B", "I", "O", "O", "O", "B", "I", "O"]
    assert (doc.user_data["article"], doc.user_data["annotator"], doc.user_data["split"]) == ("x", "a", None)


def test_nested_spans_are_in_the_group_alone():
    doc, troubles = written([item("e1", (0, 12)), item("e2", (4, 12))])
    assert [ent.id_ for ent in doc.ents] == ["e1"]
    assert spans(doc) == [("e1", 0, 12, "PER"), ("e2", 4, 12, "PER")]
    assert troubles == [("export-changed", "ents can't overlap: 1 spans of 2 are in the span group alone")]


@pytest.mark.parametrize(
    ("policy", "found", "kind"),
    [
        ("expand", [("e1", 4, 16, "PER")], "export-changed"),
        ("contract", [("e1", 13, 16, "PER")], "export-changed"),
        ("strict", [], "export-lost"),
    ],
)
def test_spans_inside_words(policy, found, kind):
    doc, troubles = written([item("e1", (5, 16))], policy=policy)
    assert spans(doc) == found
    assert [each for each, _ in troubles] == [kind]
    assert '"e1" of entities: 5..16' in troubles[0][1]
    if found:
        assert (doc.spans["entities"].attrs["e1"]["start"], doc.spans["entities"].attrs["e1"]["end"]) == (5, 16)


def test_what_a_span_has_no_place_for_is_in_attrs():
    doc, troubles = written([
        item(
            "e1", (0, 3), (17, 19),
            references={"same_as": "e2"}, attributes={"mood": "good"}, notes=(Note("hm"),),
            referents=(Referent("wiki", "Q7259"),), extra={"odd": [1]},
        ),
        item("e2", (23, 31)),
    ])  # fmt: skip
    said = doc.spans["entities"].attrs
    assert said.keys() == {"e1"}
    assert said["e1"]["fragments"] == [[0, 3], [17, 19]]
    assert (said["e1"]["references"], said["e1"]["attributes"]) == ({"same_as": "e2"}, {"mood": "good"})
    assert said["e1"]["notes"][0]["text"] == "hm"
    assert said["e1"]["extra"] == {"odd": [1]}
    assert doc.spans["entities"][0].kb_id_ == "Q7259"
    assert [message for _, message in troubles] == [
        '"e1" of entities: it is in several pieces: a span from the first to the last is written, the pieces in attrs'
    ]


def test_relations_and_points_are_in_the_user_data():
    doc, troubles = written(
        [
            item("e1", (0, 3)),
            item("r1", layer="relations", label="met", arguments=(Argument("who", "e1"), Argument("whom", "e1"))),
            item("p1", (3, 3), layer="entities_points"),
        ]
    )
    kept = doc.user_data["unanchored"]
    assert kept["relations"][0]["label"] == "met"
    assert kept["relations"][0]["arguments"][1] == {"role": "whom", "target": "e1"}
    assert kept["entities_points"][0] == {"id": "p1", "label": "PER", "at": 3}
    assert [kind for kind, _ in troubles] == ["export-changed"] * 2


def test_languages_without_a_tokenizer_are_cut_into_characters(monkeypatch):
    monkeypatch.setattr("dataset_builder.formats.spacy_writer.tokenizer_of", lambda language: None)
    doc, troubles = written([item("e1", (1, 3))], text="東京都 に", metadata={"language": "ja"})
    assert doc.text == "東京都 に"
    assert spans(doc) == [("e1", 1, 3, "PER")]
    assert troubles == [("export-changed", "spaCy has no tokenizer for ja here: tokens are single characters")]


@pytest.mark.parametrize(
    "language", [".", "é", "a b", "en/../de", "lex_attrs", "en.lex_attrs", "punctuation", "x" * 300]
)
def test_what_is_no_language_imports_nothing(language):
    doc, troubles = written([item("e1", (0, 3))], metadata={"language": language})
    assert len(doc) == len(SAID)
    assert "tokens are single characters" in troubles[0][1]
    with pytest.raises(UsageError, match="has no tokenizer"):
        exporter(FORMATS["spacy"], {"language": language})


@pytest.mark.parametrize(("language", "count"), [("en-GB", 8), ("", 8), (None, 8), (["en"], 8)])
def test_a_language_may_have_a_region_or_be_unknown(language, count):
    doc, troubles = written([], metadata={"language": language})
    assert (len(doc), troubles) == (count, [])


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_texts_and_spans_survive(data):
    bits = st.sampled_from(
        ["Ada", " ", "  ", "\n", "\r\n", ".", "é", "e\u0301", "😀", "東京", "don't", "\t", "\u200b", "\x00", "x-y"]
    )
    text = "".join(data.draw(st.lists(bits, min_size=1, max_size=12)))
    edges = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).filter(lambda pair: pair[0] < pair[1])
    drawn = data.draw(st.lists(st.tuples(edges, st.sampled_from(["PER", "LOC"])), max_size=5))
    items = [item(f"e{number}", span, label=label) for number, (span, label) in enumerate(drawn)]
    doc, troubles = written(items, text=text)
    assert doc.text == text
    found = {span.id_: span for span in doc.spans.get("entities", ())}
    for each in items:
        [(start, end)] = each.fragments
        told = any(f'"{each.id}" of' in message for _, message in troubles)
        if each.id not in found:
            assert told
            continue
        span = found[each.id]
        said = doc.spans["entities"].attrs.get(each.id, {})
        assert told == ((span.start_char, span.end_char) != (start, end))
        assert (said.get("start", span.start_char), said.get("end", span.end_char)) == (start, end)
        assert span.label_ == each.label
    assert all(ent.id_ in found for ent in doc.ents)


def test_large_exports_are_several_files(monkeypatch):
    monkeypatch.setattr("dataset_builder.formats.spacy_writer._FULL", 2)
    articles = [
        ForeignArticle(
            name=f"x{number}", text=SAID, file="x.txt", split=("train", "test")[number % 2],
            records=[ForeignRecord(annotator="a", items=[item("e1", (0, 3))])],
        )
        for number in range(7)
    ]  # fmt: skip
    made = list(exporter(FORMATS["spacy"], {}).write(articles, ["a"]))
    assert [each.file for each in made] == [
        "a/train/0000.spacy", "a/test/0000.spacy", "a/train/0001.spacy", "a/test/0001.spacy",
    ]  # fmt: skip
    names = [
        doc.user_data["article"]
        for each in made
        for doc in DocBin().from_bytes(each.data).get_docs(spacy.blank("xx").vocab)
    ]
    assert sorted(names) == [f"x{number}" for number in range(7)]


def test_an_article_that_nobody_annotated_is_reported():
    blank = ForeignArticle(name="y", text=SAID, file="y.txt")
    article = ForeignArticle(name="x", text=SAID, file="x.txt", records=[ForeignRecord(annotator="a")])
    [made] = exporter(FORMATS["spacy"], {}).write([blank, article], ["a"])
    assert [(trouble.kind, trouble.file) for trouble in made.troubles] == [("export-lost", "y.txt")]


def test_the_same_project_gives_the_same_bytes(tmp_path):
    project = copy_project(tmp_path / "project")
    found = []
    for seed in ("1", "2"):
        output = tmp_path / seed
        subprocess.run(
            [sys.executable, "-m", "dataset_builder", "export", "spacy", str(output), "--project", str(project)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
        )
        found.append({str(path.relative_to(output)): path.read_bytes() for path in output.rglob("*.spacy")})
    assert found[0]
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"policy": "grow"}, "policy is one of"),
        ({"language": "klingon"}, "has no tokenizer for 'klingon'"),
        ({"format": "x"}, "has no option 'format'"),
        ({"ents": "people"}, "there is no layer 'people' of spans to be ents: there are"),
    ],
)
def test_options_that_will_not_do_are_usage_errors(tmp_path, options, said):
    project = dataset_builder.open_project(copy_project(tmp_path / "project"))
    with pytest.raises(UsageError, match=said):
        dataset_builder.export_corpus(project, "spacy", tmp_path / "out", options=options)
    assert not (tmp_path / "out").exists()


def test_without_spacy_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "spacy", None)
    monkeypatch.delitem(sys.modules, "dataset_builder.formats.spacy_writer", raising=False)
    with pytest.raises(UsageError, match=r"dataset-builder\[spacy\]"):
        exporter(FORMATS["spacy"], {})


def test_it_can_not_be_imported(tmp_path):
    with pytest.raises(UsageError, match="spacy can be exported, but not imported"):
        dataset_builder.import_corpus(tmp_path, tmp_path / "project", format="spacy")
