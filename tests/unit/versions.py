"""A small project in memory, to be changed in one respect at a time and built."""

import copy
import json
from dataclasses import dataclass, field
from hashlib import sha256

import dataset_builder

TOWNS = ("Arden", "Brook", "Calder", "Dover", "Esk", "Firth", "Garve", "Holm")
PEOPLE = ("Ada Quill", "Ben Marsh", "Cleo Rook", "Dan Frost")

PASSAGE = {
    "type": "object",
    "required": ["id", "start", "end"],
    "x-span": {"start": "start", "end": "end", "quote": "quote", "digest": "digest"},
    "properties": {
        "id": {"type": "string"},
        "start": {"type": "integer"},
        "end": {"type": "integer"},
        "quote": {"type": ["string", "null"]},
        "digest": {"type": ["string", "null"]},
    },
}

ANNOTATION = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["article", "annotator", "labels", "entities", "quotes"],
    "unevaluatedProperties": False,
    "properties": {
        "article": {"type": "string", "x-ref": "@article"},
        "annotator": {"type": "string"},
        "text_sha256": {"type": "string"},
        "finished": {"type": "string", "format": "date"},
        "labels": {
            "type": "object",
            "properties": {"topic": {"enum": ["trade", "sport", "weather"], "x-agreement": "nominal"}},
        },
        "entities": {
            "type": "array",
            "x-key": "id",
            "x-table": "entities",
            "x-agreement": "span",
            "items": {
                "allOf": [PASSAGE],
                "properties": {
                    "type": {"enum": ["person", "place"]},
                    "same_as": {"type": ["string", "null"], "x-ref": "entities"},
                },
            },
        },
        "quotes": {
            "type": "array",
            "x-key": "id",
            "items": {
                "allOf": [PASSAGE],
                "properties": {
                    "speaker": {"type": ["string", "null"], "x-ref": "entities"},
                    "tone": {"type": "string"},
                },
            },
        },
    },
}

ARTICLE = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {
        "title": {"type": "string"},
        "published": {"type": "string", "format": "date"},
        "section": {"enum": ["news", "opinion"]},
        "words": {"type": "integer"},
        "extra": {"x-column": {"type": "json"}},
        "sha256": {"type": "string"},
        "length": {"type": "integer"},
        "rights": {
            "type": "object",
            "required": ["license", "text"],
            "properties": {"license": {"type": "string"}, "text": {"enum": ["included", "withheld"]}},
        },
    },
}

LINK = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["id", "kind", "from", "to"],
    "properties": {
        "id": {"type": "string"},
        "kind": {"enum": ["same_event", "reply"]},
        "from": {"type": "object", "properties": {"article": {"type": "string", "x-ref": "@article"}}},
        "to": {"type": "object", "properties": {"article": {"type": "string", "x-ref": "@article"}}},
    },
}

CONFIGURATION = """\
name = "towns"
title = {title}
version = "1.0.0"
license = "CC-BY-4.0"
languages = ["en"]

[gold]
policy = "adjudicated"
annotator = {gold}

[annotators]
published = "names"

[splits]
shares = {{train = 0.5, validation = 0.25, test = 0.25}}
"""


@dataclass
class Version:
    """A project that can be written."""

    title: str = "Towns"
    gold: str = "ada"  # whose records are published
    texts: dict = field(default_factory=dict)  # by id
    metadata: dict = field(default_factory=dict)
    records: dict = field(default_factory=dict)  # by annotator and id
    links: dict = field(default_factory=dict)
    splits: dict = field(default_factory=dict)
    schemas: dict = field(default_factory=dict)

    def copy(self):
        return copy.deepcopy(self)

    def write(self, root):
        root.mkdir(parents=True)
        (root / "dataset.toml").write_text(
            CONFIGURATION.format(title=json.dumps(self.title), gold=json.dumps(self.gold)), "utf-8"
        )
        lock = {"version": 1, "groups": dict(sorted(self.splits.items()))}
        _dump(root / "splits.lock.json", lock)
        for name, schema in self.schemas.items():
            _dump(root / f"schema/{name}.schema.json", schema)
        for id_, text in self.texts.items():
            withheld = self.metadata[id_]["rights"]["text"] == "withheld"
            digest = {"sha256": sha256(text.encode()).hexdigest(), "length": len(text)}
            _dump(root / f"seeds/{id_}.json", {**self.metadata[id_], **digest})
            if not withheld:
                (root / f"seeds/{id_}.txt").write_bytes(text.encode())
        for annotator, id_ in self.records:
            _dump(root / f"annotations/{annotator}/{id_}.json", self.complete(annotator, id_))
        for id_, link in self.links.items():
            _dump(root / f"annotations/links/{id_}.json", {"id": id_, **link})
        return root

    def complete(self, annotator, id_):
        """The record with what follows from the text."""
        text, record = self.texts[id_], copy.deepcopy(self.records[annotator, id_])
        for item in (*record["entities"], *record["quotes"]):
            covered = text[item["start"] : item["end"]]
            if self.metadata[id_]["rights"]["text"] == "withheld":
                item["digest"] = sha256(covered.encode()).hexdigest()
            else:
                item["quote"] = covered
        return {**record, "article": id_, "annotator": annotator, "text_sha256": sha256(text.encode()).hexdigest()}

    def build(self, folder):
        """The build of this version, made in `folder`."""
        project = dataset_builder.open_project(self.write(folder / "project"))
        return dataset_builder.build(project, output=folder / "build", jobs=1).output


def _dump(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", "utf-8")


def text_of(number):
    """A text in which every phrase that is annotated occurs once."""
    town, person = TOWNS[number % len(TOWNS)], PEOPLE[number % len(PEOPLE)]
    other = PEOPLE[(number + 1) % len(PEOPLE)]
    return (
        f"The market of {town} will open again in report {number}.\n\n"
        f"“It was about time,” said {person}, who runs the mill. “We had waited long enough,” added {other}. 🎪\n"
    )


def record_of(number):
    text = text_of(number)

    def span(key, quote, **more):
        start = text.index(quote)
        return {"id": key, "start": start, "end": start + len(quote), **more}

    town, person = TOWNS[number % len(TOWNS)], PEOPLE[number % len(PEOPLE)]
    other = PEOPLE[(number + 1) % len(PEOPLE)]
    return {
        "finished": "2025-03-01",
        "labels": {"topic": ("trade", "sport", "weather")[number % 3]},
        "entities": [
            span("e1", town, type="place", same_as=None),
            span("e2", person, type="person", same_as=None),
            span("e3", other, type="person", same_as=None),
            span("e4", "the mill", type="place", same_as=None),
        ],
        "quotes": [
            span("q1", "“It was about time,”", speaker="e2", tone="pleased"),
            span("q2", "“We had waited long enough,”", speaker="e3", tone="tired"),
        ],
    }


def metadata_of(number):
    return {
        "title": f"Report {number}",
        "published": f"2025-01-{number + 1:02d}",
        "section": ("news", "opinion")[number % 2],
        "words": 30 + number,
        "extra": {"number": number},
        "rights": {"license": "CC-BY-4.0", "text": "included"},
    }


def first_version():
    """Eight articles, each annotated by ada, whose records are published, and by ben."""
    ids = [f"report-{number}" for number in range(8)]
    splits = ("train", "train", "train", "train", "validation", "validation", "test", "test")
    return Version(
        texts={id_: text_of(number) for number, id_ in enumerate(ids)},
        metadata={id_: metadata_of(number) for number, id_ in enumerate(ids)},
        records={(name, id_): record_of(number) for number, id_ in enumerate(ids) for name in ("ada", "ben")},
        links={
            f"link-{number}": {
                "kind": "same_event",
                "from": {"article": ids[number]},
                "to": {"article": ids[number + 1]},
            }
            for number in range(3)
        },
        splits=dict(zip(ids, splits, strict=True)),
        schemas={"article": ARTICLE, "annotation": ANNOTATION, "link": LINK},
    ).copy()
