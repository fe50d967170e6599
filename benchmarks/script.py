"""The plain script that a user would write: `python -m benchmarks.script PROJECT OUTPUT`.

It validates with `jsonschema`, compares each span with its quote, and writes the table of articles, as our build has
it, through `datasets`. What else the build does (findings with positions, keys, references, overlap, digests, splits,
further tables, a card) it leaves out.
"""

import json
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from datasets import ClassLabel, Dataset, Features, List, Value
from jsonschema import Draft202012Validator, FormatChecker

__all__: list[str] = []

LAYERS = ("entities", "quotes", "framing")
ENVELOPE = ("article", "annotator", "text_sha256")


def layer(**properties: Any) -> List:
    """The feature of a layer: a list of spans with `properties`."""
    anchor = {"id": Value("string"), "start": Value("int64"), "end": Value("int64"), "quote": Value("string")}
    return List({**anchor, **properties})


FEATURES = Features(
    {
        "id": Value("string"),
        "title": Value("string"),
        "language": Value("string"),
        "outlet": Value("string"),
        "section": ClassLabel(names=["home", "world", "business", "science", "sport"]),
        "published": Value("timestamp[us, tz=UTC]"),
        "rights": {"license": Value("string"), "text": ClassLabel(names=["included", "withheld"])},
        "text": Value("string"),
        "sha256": Value("string"),
        "length": Value("int64"),
        "topic": ClassLabel(names=["labour", "justice", "health", "technology"]),
        "stance": ClassLabel(names=["supportive", "neutral", "critical"]),
        "entities": layer(type=ClassLabel(names=["person", "organization", "place"]), same_as=Value("string")),
        "quotes": layer(form=ClassLabel(names=["direct", "indirect", "mixed"]), speaker=Value("string")),
        "framing": layer(device=ClassLabel(names=["loaded_word", "epithet", "emphasis"]), target=Value("string")),
    }
)


def read_files(project: Path) -> Iterator[tuple[str, str, Any, Any]]:
    """Id, text, metadata and annotation of each article, where each has files of its own."""
    (annotator,) = (project / "annotations").iterdir()
    for path in sorted((project / "seeds").glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        metadata = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        annotation = json.loads((annotator / f"{path.stem}.json").read_text(encoding="utf-8"))
        yield path.stem, text, metadata, annotation


def read_packed(project: Path) -> Iterator[tuple[str, str, Any, Any]]:
    """Id, text, metadata and annotation of each article, where many share a file."""
    (annotator,) = (project / "annotations").iterdir()
    for path in sorted((project / "seeds").glob("*.jsonl")):
        with path.open(encoding="utf-8") as articles, (annotator / path.name).open(encoding="utf-8") as annotations:
            for article, annotation in zip(map(json.loads, articles), map(json.loads, annotations), strict=True):
                yield article["id"], article["text"], article, annotation


def read_rows(project: Path) -> Iterator[dict[str, Any]]:
    """The rows of the table; fails on the first article that is not as it should be."""
    schemas = {
        name: json.loads((project / f"schema/{name}.schema.json").read_text()) for name in ("article", "annotation")
    }
    validators = {
        name: Draft202012Validator(schema, format_checker=FormatChecker()) for name, schema in schemas.items()
    }
    read = read_packed if any((project / "seeds").glob("*.jsonl")) else read_files
    for identity, text, metadata, annotation in read(project):
        validators["article"].validate(metadata)
        validators["annotation"].validate(annotation)
        digest = sha256(text.encode()).hexdigest()
        if annotation["article"] != identity or digest != metadata["sha256"]:
            raise ValueError(f"{identity}: the records do not belong to this text")
        for name in LAYERS:
            for span in annotation[name]:
                if text[span["start"] : span["end"]] != span["quote"]:
                    raise ValueError(f"{identity}: {span['id']} does not cover its quote")
        labels = {name: value for name, value in annotation.items() if name not in ENVELOPE}
        yield {**metadata, **labels, "id": identity, "text": text}


def main() -> None:
    """Makes the table."""
    project, output = map(Path, sys.argv[1:])
    output.mkdir(parents=True)
    dataset = Dataset.from_generator(read_rows, features=FEATURES, gen_kwargs={"project": project})
    dataset.to_parquet(output / "articles.parquet")


if __name__ == "__main__":
    main()
