"""Trains a small model that finds spans, from a build alone: no network, no pretrained weights, minutes on a processor.

    python docs/examples/train_entities.py dist --layer entities --label type --rounds 20

The build's own splits are used, which keep each article whole: the score is that of articles the model hasn't seen.
"""

import argparse
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import spacy
from datasets import Dataset, DatasetDict, load_dataset
from spacy.tokens import Doc
from spacy.training import Example
from spacy.util import fix_random_seed, minibatch

from dataset_builder import to_spans, to_tokens

MODEL = {
    "@architectures": "spacy.TransitionBasedParser.v2",
    "state_type": "ner",
    "extra_state_tokens": False,
    "hidden_width": 64,
    "maxout_pieces": 2,
    "use_upper": False,
    "nO": None,
    "tok2vec": {
        "@architectures": "spacy.HashEmbedCNN.v2",
        "pretrained_vectors": None,
        "width": 64,
        "depth": 2,
        "embed_size": 2000,
        "window_size": 1,
        "maxout_pieces": 3,
        "subword_features": True,
    },
}
"""spaCy's own kind of model, with narrower layers than it has unless told otherwise, and half as many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How many spans of the test split were found: the right tokens and the right label, or not at all."""

    right: int
    found: int
    asked: int

    @property
    def precision(self) -> float:
        """How many of those found are right."""
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """How many of those asked for are found."""
        return self.right / self.asked if self.asked else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        return 2 * self.right / (self.found + self.asked) if self.found + self.asked else 0.0


def examples(nlp: Any, windows: Dataset) -> list[Example]:
    """What spaCy trains on: words with tags. A word whose label is -100 gets "-", which isn't trained on."""
    names = windows.features["labels"].feature.names
    return [
        Example.from_dict(
            Doc(nlp.vocab, words=row["tokens"]),
            {"entities": [names[code] if code >= 0 else "-" for code in row["labels"]]},
        )
        for row in windows
    ]


def trained(windows: Dataset, rounds: int, seed: int) -> Any:
    """A pipeline that has seen `windows` so many times."""
    fix_random_seed(seed)
    order = random.Random(seed)
    nlp = spacy.blank("xx")
    nlp.add_pipe("ner", config={"model": MODEL})
    known = examples(nlp, windows)
    optimizer = nlp.initialize(lambda: known)
    for number in range(rounds):
        order.shuffle(known)
        losses: dict[str, float] = {}
        for batch in minibatch(known, size=8):
            nlp.update(batch, sgd=optimizer, drop=0.2, losses=losses)
        print(f"round {number + 1}: loss {losses['ner']:,.0f}", flush=True)
    return nlp


def predicted(nlp: Any, windows: Dataset) -> Dataset:
    """The spans that the model finds."""
    codes = {name: code for code, name in enumerate(windows.features["labels"].feature.names)}
    said = []
    for doc in nlp.pipe(Doc(nlp.vocab, words=row["tokens"]) for row in windows):
        tags = [0] * len(doc)
        for span in doc.ents:
            tags[span.start : span.end] = [codes[f"I-{span.label_}"]] * len(span)
            tags[span.end - 1] = codes[f"L-{span.label_}"]
            tags[span.start] = codes[f"{'U' if len(span) == 1 else 'B'}-{span.label_}"]
        said.append(tags)
    return to_spans(windows.add_column("said", said), "said")


def train(  # noqa: PLR0913 - they are options
    dataset: DatasetDict, layer: str, *, label: str | None = None, rounds: int = 10, words: int = 200, seed: int = 0
) -> Score:
    """The score on the split `test` of a model trained on the split `train`."""
    splits = DatasetDict({name: dataset[name] for name in ("train", "test")})
    tokens = to_tokens(splits, spacy.blank("xx"), layer, label=label, scheme="BILOU", max_length=words)
    print(f"{tokens.windows.num_rows} windows; of spans that labels don't hold as they are: {tokens.summary}")
    nlp = trained(tokens.windows["train"], rounds, seed)
    test = tokens.windows["test"]
    asked, found = (
        {(row["article"], row["start"], row["end"], row["label"]) for row in spans}
        for spans in (to_spans(test, "labels"), predicted(nlp, test))
    )
    return Score(right=len(asked & found), found=len(found), asked=len(asked))


def main() -> None:
    """Trains on the build that is named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=Path)
    parser.add_argument("--layer", default="entities")
    parser.add_argument("--label")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    dataset = load_dataset(str(options.build))
    score = train(dataset, options.layer, label=options.label, rounds=options.rounds, seed=options.seed)
    print(f"precision {score.precision:.3f}, recall {score.recall:.3f}, F1 {score.f1:.3f} of {score.asked} spans")


if __name__ == "__main__":
    main()
