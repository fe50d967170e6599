"""Single cases of labelling, each with what it is about."""

import os
import pickle
import subprocess
import sys

import datasets
import pytest
import spacy
from datasets import ClassLabel, Dataset, DatasetDict, Features, List, Value

import dataset_builder
from dataset_builder import UsageError, to_spans, to_tokens
from dataset_builder.training.windows import KINDS
from tests.unit.training.cutters import cutter
from tests.unit.training.tables import FEATURES, table

TEXT = "Ada Lovelace met Bo in New York."


def kinds(found):
    return [(row["span"], KINDS[row["kind"]]) for row in found.report]


def spans(windows):
    return [(row["start"], row["end"], row["label"]) for row in to_spans(windows)]


def tags(row, windows, column="labels"):
    names = windows.features[column].feature.names
    return [names[code] if code >= 0 else "-" for code in row[column]]


def test_labels_are_named_and_windows_know_their_place():
    found = to_tokens(table((TEXT, [(0, 12, "PER"), (23, 31, "LOC")])), cutter("spacy"), "entities")
    [row] = found.windows
    assert row["tokens"] == ["Ada", "Lovelace", "met", "Bo", "in", "New", "York", "."]
    assert tags(row, found.windows) == ["B-PER", "I-PER", "O", "O", "O", "B-LOC", "I-LOC", "O"]
    assert (row["article"], row["window"], row["start"], row["end"]) == ("a0", 0, 0, 32)
    assert found.report.num_rows == 0
    assert found.summary == {}
    assert isinstance(found.windows.features["labels"].feature, ClassLabel)


def test_a_label_with_hyphens_and_one_that_no_span_has():
    found = to_tokens(table((TEXT, [(0, 3, "X-ray")])), cutter("spacy"), "entities", scheme="IOBES")
    assert "S-LOC" in found.windows.features["labels"].feature.names
    assert spans(found.windows) == [(0, 3, "X-ray")]


@pytest.mark.parametrize(
    ("kind", "text", "span"),
    [
        ("bytes", "a 😀𝔘 b", (2, 3)),  # an astral character is several tokens
        ("bytes", "a 😀𝔘 b", (3, 4)),
        ("bytes-prefix", "Ada met", (4, 7)),  # tokens have the blank before them
        ("bert", "cafe\u0301 x", (0, 5)),  # the accent is in no token
        ("nfc", "cafe\u0301 x", (0, 5)),  # two characters become one
        ("nfkc", "x ﬁne", (2, 5)),  # one becomes two
        ("unigram", "x ﬁne", (2, 5)),
        ("nfd", "na\u00efve x", (0, 5)),
        ("transformers", "👩\u200d🚀 x", (0, 3)),
    ],
)
def test_offsets_are_code_points_whatever_tokens_are_made_of(kind, text, span):
    found = to_tokens(table((text, [(*span, "PER")])), cutter(kind), "entities", policy="error")
    assert spans(found.windows) == [(*span, "PER")]


def test_a_character_of_several_tokens_is_labelled_in_all_of_them():
    found = to_tokens(table(("x 𝔘", [(2, 3, "PER")])), cutter("bytes"), "entities")
    [row] = found.windows
    pieces = [
        tag for tag, place in zip(tags(row, found.windows), row["offset_mapping"], strict=True) if place == [2, 3]
    ]
    assert len(pieces) > 1
    assert pieces == ["B-PER", *["I-PER"] * (len(pieces) - 1)]


def test_windows_may_differ_in_the_blank_before_their_first_word():
    found = to_tokens(table(("Ada Ada", [(4, 7, "PER")])), cutter("bytes-trimmed"), "entities", max_length=5, stride=2)
    assert found.windows.num_rows > 1
    assert (4, 7, "PER") in {*spans(found.windows), *((row["start"], row["end"], row["label"]) for row in found.report)}


def test_a_special_token_written_in_the_text_is_text():
    found = to_tokens(table(("x [SEP] y", [(2, 7, "PER")])), cutter("bytes"), "entities")
    assert spans(found.windows) == [(2, 7, "PER")]


def test_what_policies_say_of_a_part_of_a_word():
    ready = table((TEXT, [(5, 16, "PER"), (1, 2, "LOC")]))
    expanded = to_tokens(ready, cutter("spacy"), "entities")
    assert spans(expanded.windows) == [(0, 3, "LOC"), (4, 16, "PER")]
    assert [(row["new_start"], row["new_end"]) for row in expanded.report] == [(4, 16), (0, 3)]
    contracted = to_tokens(ready, cutter("spacy"), "entities", policy="contract")
    assert spans(contracted.windows) == [(13, 16, "PER")]
    assert kinds(contracted) == [("e0", "moved"), ("e1", "no-token")]
    with pytest.raises(UsageError, match=r"5\.\.16 of a0; 1\.\.2 of a0"):
        to_tokens(ready, cutter("spacy"), "entities", policy="error")


NESTED = [(0, 12, "PER"), (4, 12, "LOC"), (4, 16, "X-ray"), (0, 12, "LOC")]


@pytest.mark.parametrize(
    ("nesting", "levels", "expected", "covered"),
    [
        ("outermost", None, [["e0"]], {"e1": "e0", "e2": "e0", "e3": "e0"}),
        ("innermost", None, [["e1"]], {"e0": "e1", "e2": "e1", "e3": "e1"}),
        ("levels", None, [["e0"], ["e3"], ["e2"], ["e1"]], {}),
        ("levels", 2, [["e0"], ["e3"]], {"e1": "e3", "e2": "e3"}),
    ],
)
def test_nested_and_crossing_spans(nesting, levels, expected, covered):
    ready = table((TEXT, NESTED))
    found = to_tokens(ready, cutter("spacy"), "entities", nesting=nesting, levels=levels)
    columns = [name for name in found.windows.column_names if name.startswith("labels")]
    assert columns == ([f"labels_{level + 1}" for level in range(len(expected))] if nesting == "levels" else ["labels"])
    ids = {span: f"e{index}" for index, span in enumerate(NESTED)}
    assert [[ids[span] for span in spans_in(found.windows, column)] for column in columns] == expected
    assert {row["span"]: row["by"] for row in found.report} == covered


def spans_in(windows, column):
    return [(row["start"], row["end"], row["label"]) for row in to_spans(windows, column)]


@pytest.mark.parametrize(
    ("way", "expected"),
    [("pieces", [(0, 3, "PER"), (17, 19, "PER")]), ("whole", [(0, 19, "PER")]), ("skip", [])],
)
def test_discontinuous_spans(way, expected):
    ready = table((TEXT, [([(0, 3), (17, 19)], "PER"), ([(23, 26)], "LOC")]))
    found = to_tokens(ready, cutter("spacy"), "entities", discontinuous=way)
    assert spans(found.windows) == [*expected, (23, 26, "LOC")]
    assert kinds(found) == [("e0", "discontinuous")]


def test_a_span_that_windows_cut_is_whole_in_another_or_reported_as_unheld():
    ready = table((TEXT, [(0, 12, "PER"), (17, 31, "LOC")]))
    found = to_tokens(ready, cutter("spacy"), "entities", max_length=4, stride=2)
    assert [row["tokens"] for row in found.windows] == [
        ["Ada", "Lovelace", "met", "Bo"],
        ["met", "Bo", "in", "New"],
        ["in", "New", "York", "."],
    ]
    assert [tags(row, found.windows) for row in found.windows] == [
        ["B-PER", "I-PER", "O", "-"],
        ["O", "-", "-", "-"],
        ["-", "-", "-", "O"],
    ]
    assert [(row["span"], KINDS[row["kind"]], row["window"]) for row in found.report] == [
        ("e1", "unheld", 0), ("e1", "unheld", 1), ("e1", "unheld", 2),
    ]  # fmt: skip
    wider = to_tokens(ready, cutter("spacy"), "entities", max_length=6, stride=4)
    assert [(row["span"], KINDS[row["kind"]], row["window"]) for row in wider.report] == [("e1", "cut", 0)]
    assert spans(wider.windows) == [(0, 12, "PER"), (17, 31, "LOC")]


def test_io_says_which_spans_it_does_not_tell_apart():
    ready = table((TEXT, [(0, 3, "PER"), (4, 12, "PER"), (13, 16, "LOC")]))
    found = to_tokens(ready, cutter("spacy"), "entities", scheme="IO")
    assert [(row["span"], KINDS[row["kind"]], row["by"]) for row in found.report] == [
        ("e0", "merged", "e1"), ("e1", "merged", "e0"),
    ]  # fmt: skip


def test_what_can_not_be_labelled_is_reported():
    ready = Dataset.from_list(
        [
            {"id": "held", "text": TEXT, "entities": [
                {"id": "late", "start": 30, "end": 33, "label": "PER", "fragments": None},
                {"id": "back", "start": 3, "end": 0, "label": "PER", "fragments": None},
                {"id": "none", "start": None, "end": None, "label": "PER", "fragments": None},
                {"id": "bare", "start": 0, "end": 3, "label": None, "fragments": None},
                {"id": "blank", "start": 3, "end": 4, "label": "PER", "fragments": None},
            ]},
            {"id": "withheld", "text": None, "entities": [
                {"id": "w", "start": 0, "end": 3, "label": "PER", "fragments": None},
            ]},
            {"id": "empty", "text": None, "entities": None},
            {"id": "null", "text": TEXT, "entities": None},
        ],
        features=FEATURES,
    )  # fmt: skip
    found = to_tokens(ready, cutter("spacy"), "entities")
    assert kinds(found) == [
        ("late", "outside"), ("back", "outside"), ("none", "outside"), ("bare", "no-label"), ("blank", "no-token"),
        ("w", "no-text"), (None, "no-text"),
    ]  # fmt: skip
    assert found.windows["article"][:] == ["held", "null"]
    assert found.summary == {"no-token": 1, "no-label": 1, "outside": 3, "no-text": 2}


def test_splits_stay_splits_and_string_labels_are_counted_over_all():
    features = Features(
        {
            "id": Value("string"),
            "text": Value("string"),
            "names": List({"start": Value("int64"), "end": Value("int64"), "label": Value("string")}),
        }
    )
    rows = [
        {"id": "a", "text": TEXT, "names": [{"start": 0, "end": 3, "label": "z"}]},
        {"id": "b", "text": TEXT, "names": [{"start": 17, "end": 19, "label": "b"}]},
    ]
    splits = {
        name: Dataset.from_list([row], features=features) for name, row in zip(("train", "test"), rows, strict=True)
    }
    found = to_tokens(DatasetDict(splits), cutter("spacy"), "names")
    assert set(found.windows) == set(found.report) == {"train", "test"}
    for split in found.windows.values():
        assert split.features["labels"].feature.names == ["O", "B-b", "I-b", "B-z", "I-z"]
    decoded = to_spans(found.windows)
    assert {name: part["label"][:] for name, part in decoded.items()} == {"train": ["z"], "test": ["b"]}


def test_a_layer_without_labels_has_its_name_for_one():
    features = Features({**FEATURES, "quotes": List({"start": Value("int64"), "end": Value("int64")})})
    row = {"id": "a", "text": TEXT, "entities": [], "quotes": [{"start": 0, "end": 3}]}
    found = to_tokens(Dataset.from_list([row], features=features), cutter("spacy"), "quotes")
    assert spans(found.windows) == [(0, 3, "quotes")]


def test_a_table_without_rows_gives_windows_without_rows():
    found = to_tokens(table((TEXT, [])).select([]), cutter("spacy"), "entities", nesting="levels", levels=2)
    assert found.windows.num_rows == found.report.num_rows == 0
    assert {"labels_1", "labels_2", "tokens"} <= set(found.windows.column_names)
    assert to_spans(found.windows).num_rows == 0


@pytest.mark.parametrize("kind", ["bytes", "transformers", "spacy"])
def test_workers_and_batches_do_not_show(kind, monkeypatch):
    monkeypatch.setattr(datasets.fingerprint, "_CACHING_ENABLED", False)
    own = [(0, 12, "PER"), (4, 12, "LOC"), (5, 9, "X-ray"), (23, 31, "LOC")]
    ready = table(*[(f"{number} {TEXT}" * 3, own) for number in range(17)])
    options = {"max_length": 9, "stride": 3, "nesting": "levels"}
    found = [
        to_tokens(ready, cutter(kind), "entities", **options, **more)
        for more in ({}, {"batch_size": 1}, {"num_proc": 2}, {"num_proc": 2, "batch_size": 5})
    ]
    assert found[0].windows.num_rows > 17
    assert found[0].report.num_rows > 17
    for other in found[1:]:
        assert other.windows[:] == found[0].windows[:]
        assert other.report[:] == found[0].report[:]


def test_the_same_again_has_the_same_fingerprint():
    code = (
        "from tests.unit.training.tables import table\nfrom tests.unit.training.cutters import cutter\n"
        "import dataset_builder\n"
        "print(dataset_builder.to_tokens(table(('Ada', [(0, 3, 'PER')])), cutter('bytes'), 'entities')"
        ".windows._fingerprint)"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1


def test_the_tokenizer_is_left_as_it_was():
    tokenizer = pickle.loads(pickle.dumps(cutter("bytes")))
    tokenizer.enable_truncation(max_length=3)
    tokenizer.enable_padding(length=20)
    before = tokenizer.to_str()
    whole = to_tokens(table((TEXT, [])), tokenizer, "entities").windows[0]
    assert tokenizer.to_str() == before
    assert whole["end"] == len(TEXT)
    assert set(whole["attention_mask"]) == {1}


def test_windows_survive_parquet(tmp_path):
    found = to_tokens(table((TEXT, [(0, 12, "PER")])), cutter("bytes"), "entities")
    found.windows.to_parquet(tmp_path / "windows.parquet")
    again = Dataset.from_parquet(str(tmp_path / "windows.parquet"), cache_dir=str(tmp_path / "cache"))
    assert again.features == found.windows.features
    assert again[:] == found.windows[:]
    assert -100 in again[0]["labels"]


def test_what_a_model_says_is_read_by_the_names_of_the_labels():
    found = to_tokens(table((TEXT, [(0, 12, "PER")])), cutter("spacy"), "entities")
    said = found.windows.add_column("said", [[0, 3, 4, 0, 0, 0, 0, -100]])
    assert spans_in(said, "said") == [(4, 16, "LOC")]
    with pytest.raises(UsageError, match="other"):
        to_spans(said, "other")
    with pytest.raises(UsageError, match="'said' isn't a column of labels"):
        to_spans(said, "said", tags="said")
    with pytest.raises(UsageError, match="these are no windows"):
        to_spans(table((TEXT, [])))


class Slow:
    is_fast = False

    def __call__(self, texts, **options):
        raise NotImplementedError


class Bare:
    def __call__(self, texts, **options):
        return {"input_ids": [[1] for _ in texts]}


class Jumping:
    """Windows that skip tokens, and offsets that leave the text."""

    def __init__(self, rows):
        self.rows = rows

    def __call__(self, texts, **options):
        rows = self.rows if texts != ["a"] else [[(0, 1)]]
        return {
            "input_ids": [[start for start, _ in row] for row in rows],
            "offset_mapping": rows,
            "special_tokens_mask": [[0] * len(row) for row in rows],
            "overflow_to_sample_mapping": [0] * len(rows),
        }


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"layer": "entites"}, "there is no layer 'entites': there are entities"),
        ({"layer": "text"}, "there is no layer 'text'"),
        ({"label": "type"}, "items of 'entities' have no 'type'"),
        ({"label": "start"}, "neither a set of labels nor a string"),
        ({"scheme": "BIOS"}, "scheme is one of IO, IOB1, BIO, IOBES, BILOU"),
        ({"policy": "grow"}, "policy is one of"),
        ({"nesting": "all"}, "nesting is one of"),
        ({"discontinuous": "join"}, "discontinuous is one of"),
        ({"cut": "no"}, "cut is one of"),
        ({"levels": 2}, "levels is how many"),
        ({"nesting": "levels", "levels": 0}, "levels is how many"),
        ({"max_length": 0}, "a window has a token at least"),
        ({"max_length": 2}, "room for 0 tokens"),
        ({"max_length": 5, "stride": 3}, "room for 3 tokens"),
        ({"stride": 1}, "with a max_length"),
        ({"max_length": 5, "stride": -1}, "0 or more"),
        ({"id": "key"}, "the table has no column 'key'"),
        ({"start": "from"}, "there is no layer"),
        ({"tokenizer": "bert-base-uncased"}, "doesn't say where"),
        ({"tokenizer": Slow()}, "take a fast tokenizer"),
        ({"tokenizer": Bare()}, "gives no offset_mapping and no special_tokens_mask"),
        ({"tokenizer": len}, "isn't called as a fast tokenizer is"),
        ({"tokenizer": Jumping([[(0, 40)]])}, "leave its text"),
        ({"tokenizer": Jumping([[(0, 1), (1, 2)], [(2, 3)]]), "max_length": 2, "stride": 1}, "don't fit together"),
        ({"dataset": [1]}, "not of list"),
        ({"dataset": DatasetDict()}, "not of DatasetDict"),
        ({"dataset": table((TEXT, [])).to_iterable_dataset()}, "has to be loaded"),
    ],
)
def test_what_will_not_do_is_a_usage_error(more, said):
    given = {"dataset": table((TEXT, [])), "tokenizer": cutter("bytes"), "layer": "entities", **more}
    with pytest.raises(UsageError, match=said):
        to_tokens(given.pop("dataset"), given.pop("tokenizer"), given.pop("layer"), **given)


def test_several_label_sets_ask_for_one():
    item = {
        "start": Value("int64"),
        "end": Value("int64"),
        "type": ClassLabel(names=["a"]),
        "form": ClassLabel(names=["b"]),
    }
    features = Features({"id": Value("string"), "text": Value("string"), "names": List(item)})
    row = {"id": "a", "text": TEXT, "names": [{"start": 0, "end": 3, "type": "a", "form": "b"}]}
    ready = Dataset.from_list([row], features=features)
    with pytest.raises(UsageError, match="label=, of type, form"):
        to_tokens(ready, cutter("spacy"), "names")
    assert spans(to_tokens(ready, cutter("spacy"), "names", label="form").windows) == [(0, 3, "b")]


def test_a_pipeline_and_its_tokenizer_are_the_same():
    ready = table((TEXT, [(0, 12, "PER")]))
    pipeline = spacy.blank("de")
    one = to_tokens(ready, pipeline, "entities").windows
    assert one[:] == to_tokens(ready, pipeline.tokenizer, "entities").windows[:]


def test_the_package_is_there_without_tokenizers_and_spacy():
    code = (
        "import sys\n"
        "for name in ('tokenizers', 'transformers', 'spacy'): sys.modules[name] = None\n"
        "import dataset_builder.training.tokens, dataset_builder.training.spans, dataset_builder.cli\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    assert dataset_builder.to_tokens is to_tokens
