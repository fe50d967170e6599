"""Clean projects, in memory: those that others tests have, this repository's own, and corpora made by a seed."""

import gzip
import json
import pickle
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa

from tests.mutation.project import Article, Json, Layer, Line, Packed, Plain, Project, Record
from tests.mutation.rendering import Style

ROOT = Path(__file__).parents[2]
BASE = ROOT / "tests" / "rules" / "base"
DIALOGUES = ROOT / "tests" / "cases" / "clean" / "dialogues"

_FIELDS = {name: name for name in ("id", "text", "sha256", "length", "rights", "article", "annotator", "text_sha256")}
_PATHS = {"articles": "seeds", "annotations": "annotations", "links": "annotations/links", "schema": "schema"}
_NOTES_LAYERS = [
    Layer(("entities",), overlap="nest"),
    Layer(("cues",), overlap="forbid"),
]

NAMES = ("base", "dialogues", "own", "files", "packed", "gz")
"""The clean projects. The last three are one corpus made by a seed, in three layouts."""


def clean(name: str, seed: int) -> Project:
    """The clean project of that name, its JSON written in styles that the seed chooses."""
    found: Project = pickle.loads(_pickled(name, seed))
    return found


@cache
def _pickled(name: str, seed: int) -> bytes:
    random = Random(f"{name} {seed}")
    match name:
        case "base":
            project = _read(name, BASE, "dataset.toml", _NOTES_LAYERS, {}, {}, random, traits={"notes", "withheld"})
        case "dialogues":
            fields = {
                "id": "dialogue",
                "text": "transcript",
                "sha256": "checksum",
                "article": "of",
                "annotator": "coder",
            }
            paths = {"articles": "transcripts", "annotations": "coding", "links": "coding/links", "schema": "types"}
            names = {"start": "begin", "end": "stop", "digest": None, "key": None}
            layers = [
                Layer(("turns",), quote="words", overlap="forbid", **names),
                Layer(("turns", "pauses"), quote="sound", **names),
            ]
            project = _read(name, DIALOGUES, "dataset.toml", layers, fields, paths, random, traits={"several"})
        case "own":
            project = _read(name, ROOT, "pyproject.toml", _own_layers(), {}, {}, random, traits={"several", "withheld"})
        case layout:
            project = _made(layout, random)
    return pickle.dumps(project)


def _own_layers() -> list[Layer]:
    passages = (("entities", "nest"), ("cues", "forbid"), ("quotes", "nest"), ("framing", "allow"))
    layers = [Layer((name,), overlap=overlap) for name, overlap in passages]
    return [Layer(("segments",), quote=None, overlap="forbid"), *layers]


def _read(
    name: str,
    root: Path,
    configuration: str,
    layers: list[Layer],
    fields: dict[str, str],
    paths: dict[str, str],
    random: Random,
    *,
    traits: set[str],
) -> Project:
    paths = _PATHS | paths
    project = Project(name, {}, configuration, layers, _FIELDS | fields, paths, frozenset(traits))
    folders = [root / folder for folder in dict.fromkeys((paths["articles"], paths["annotations"], paths["schema"]))]
    names = [configuration, "DATASET_CARD.md", "splits.lock.json"]
    found = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    found += (root / "figures").glob("*.svg")
    for path in sorted([*found, *(root / each for each in names if (root / each).is_file())]):
        file = path.relative_to(root).as_posix()
        if "/." not in file:
            project.files[file] = _file(file, path.read_bytes(), random)
    _join(project)
    return project


def _file(file: str, data: bytes, random: Random) -> Json | Packed | Plain:
    if file.endswith((".jsonl", ".jsonl.gz", ".jsonl.zst")):
        if file.endswith(".gz"):
            data = gzip.decompress(data)
        elif file.endswith(".zst"):
            with pa.CompressedInputStream(pa.BufferReader(data), "zstd") as stream:
                data = stream.read()
        return Packed([Line(json.loads(each), Style.of_line(random)) for each in data.splitlines()])
    if file.endswith(".json") and file != "splits.lock.json":
        return Json(Line(json.loads(data), Style.of_file(random)))
    return Plain(data.decode())


def _lines(file: Json | Packed | Plain | Any) -> list[Line]:
    return file.lines if isinstance(file, Packed) else [file.line] if isinstance(file, Json) else []


def _join(project: Project) -> None:
    """Tells articles, records and links of the files."""
    fields, paths = project.fields, project.paths
    for name, file in project.files.items():
        folder, _, last = name.rpartition("/")
        stem = last.rpartition(".")[0]
        for line in _lines(file):
            packed = isinstance(file, Packed)
            if name.startswith(paths["schema"] + "/"):
                continue
            if name.startswith(paths["links"] + "/"):
                project.links.append(Record("", "", line, name))
            elif name.startswith(paths["annotations"] + "/"):
                annotator = name.removeprefix(paths["annotations"] + "/").split("/")[0]
                article = line.value[fields["article"]] if packed else stem
                annotator = line.value.get(fields["annotator"], annotator) if packed else annotator
                project.records.append(Record(article, annotator, line, name))
            elif packed:
                id_, text = line.value[fields["id"]], line.value.get(fields["text"])
                project.articles[id_] = Article(id_, text, line, None, name)
            else:
                beside = project.files.get(f"{folder}/{stem}.txt")
                text = beside.data if isinstance(beside, Plain) and isinstance(beside.data, str) else None
                file_of_text = f"{folder}/{stem}.txt" if text is not None else None
                project.articles[stem] = Article(stem, text, line, file_of_text, name)


# Corpora made by a seed

_WORDS = (
    "Ada Boris Chloé Dvořák Ελένη Юрий walked carried river mill bridge lantern quietly garden letter market winter "
    "naïve café über straße señor harbour window between mountain summer 東京 静かな 水車小屋 "
    "🌊 👍🏽 🏽‍ 🇫🇷 👩‍🚀 𝔘𝔫𝔦 stone yellow answer engine kettle ribbon cellar"
)
_ENTITY = ("person", "place", "thing")


def _text(random: Random, number: int) -> str:
    words = [word for word in _WORDS.split() if word != "🏽\u200d"]
    lines = []
    for _ in range(random.randint(3, 6)):
        chosen = [random.choice(words) for _ in range(random.randint(6, 14))]
        lines.append(f"{' '.join(chosen)}{random.choice(['.', '!', '?'])}")
    return f"Note {number}: " + "\n".join(lines) + "\n"


def _spans(random: Random, text: str) -> dict[str, list[dict[str, Any]]]:
    """Spans over whole words of `text`: entities that nest, cues and fragments that are apart."""
    words = [(start, start + len(word)) for start, word in _tokens(text)]
    runs: list[tuple[int, int]] = []
    at = 0
    while at < len(words) - 3:
        length = random.randint(1, 3)
        runs.append((words[at][0], words[at + length - 1][1]))
        at += length + random.randint(0, 2)
    layers: dict[str, list[dict[str, Any]]] = {"entities": [], "cues": [], "fragments": []}
    for start, end in runs:
        layer = random.choice(list(layers))
        layers[layer].append({"start": start, "end": end, "quote": text[start:end]})
        if layer == "entities" and " " in text[start:end]:
            inner = start + text[start:end].index(" ")
            layers[layer].append({"start": start, "end": inner, "quote": text[start:inner]})
    while len(layers["entities"]) < 4 or len(layers["cues"]) < 2 or len(layers["fragments"]) < 3:
        return _spans(random, text)
    return layers


def _tokens(text: str) -> Iterator[tuple[int, str]]:
    at = 0
    for word in text.replace("\n", " ").split(" "):
        bare = word.rstrip(".!?:")
        if bare:
            yield at, bare
        at += len(word) + 1


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _metadata(random: Random, number: int, text: str, *, withheld: bool) -> dict[str, Any]:
    metadata: dict[str, Any] = {
        "title": random.choice([None, f"Note {number}"]),
        "published": f"2025-03-{random.randint(1, 28):02}T08:{random.randint(0, 59):02}:00Z",
        "event": random.choice(["meeting", "crossing", "harvest"]),
        "words": random.randint(1, 300),
        "tags": random.sample(["local", "river", "night", "Ünïcödé"], random.randint(0, 3)),
        "extra": random.choice([{"desk": ["north", 2]}, None, [1, 2.5, {"a:b": '"'}]]),
        "uri": f"https://example.org/{number}",
        "score": random.choice([0, 1, 0.5, 2.5e-3]),
        "rights": {
            "license": "LicenseRef-house" if withheld else random.choice(["CC-BY-4.0", "CC0-1.0", "MIT OR Apache-2.0"]),
            "text": "withheld" if withheld else "included",
        },
        "source": random.choice([{"wire": "AB"}, {"desk": "CD", "wire": "X"}, {"desk": "EF"}]),
        "sha256": _digest(text),
        "length": len(text),
    }
    return metadata


def _record(random: Random, id_: str, text: str, ids: list[str], *, withheld: bool) -> dict[str, Any]:
    layers = _spans(random, text)
    for prefix, spans in layers.items():
        for index, span in enumerate(spans, 1):
            if withheld:
                span["digest"] = _digest(span.pop("quote"))
            spans[index - 1] = {"id": f"{prefix[0]}{index}", **span}
    entities, cues = layers["entities"], layers["cues"]
    for index, entity in enumerate(entities):
        entity["type"] = random.choice(_ENTITY)
        entity["same_as"] = random.choice([None, entities[0]["id"]]) if index else None
    for cue in cues:
        cue["manner"] = random.choice([None, "neutral", "plain"])
    relations = []
    for number in range(1, random.randint(3, 5)):
        one, other = random.sample(entities, 2)
        related = random.sample([cue["id"] for cue in cues], 1)
        relations.append({"id": f"r{number}", "from": one["id"], "to": other["id"], "cues": related})
    return {
        "article": id_,
        "annotator": "ada",
        "text_sha256": _digest(text),
        "topic": random.choice(["meeting", "travel"]),
        "mood": random.randint(0, 3),
        "remarks": "Checked – twice.",
        "see": random.choice(ids),
        "entities": entities,
        "cues": cues,
        "fragments": layers["fragments"],
        "relations": relations,
    }


def _schemas() -> dict[str, Any]:
    """Those of the base project, with a few things more."""
    schemas = {path.name: json.loads(path.read_bytes()) for path in sorted((BASE / "schema").iterdir())}
    article = schemas["article.schema.json"]["properties"]
    article["id"] = article["text"] = {"type": "string"}
    article["uri"] = {"type": "string", "format": "uri"}
    article["score"] = {"type": "number", "minimum": 0, "exclusiveMaximum": 3}
    annotation = schemas["annotation.schema.json"]["properties"]
    annotation["fragments"] = {
        "type": "array",
        "minItems": 1,
        "x-key": "id",
        "x-overlap": "ordered",
        "items": {"$ref": "common.schema.json#/$defs/passage", "unevaluatedProperties": False},
    }
    return schemas


def _made(layout: str, random: Random) -> Project:
    layers = [*_NOTES_LAYERS, Layer(("fragments",), overlap="ordered")]
    traits = frozenset({"notes", "made", "withheld", layout})
    project = Project(layout, {}, "dataset.toml", layers, _FIELDS, _PATHS, traits)
    project.files["dataset.toml"] = Plain((BASE / "dataset.toml").read_text(encoding="utf-8"))
    for name, schema in _schemas().items():
        project.files[f"schema/{name}"] = Json(Line(schema, Style.of_file(random)))
    ids = [f"{random.choice(['note', 'straße', 'n.o'])}-{number}" for number in range(9)]
    articles, records = [], []
    for number, id_ in enumerate(ids):
        text, withheld = _text(random, number), number in (4, 7)
        articles.append((id_, None if withheld else text, _metadata(random, number, text, withheld=withheld)))
        records.append((id_, _record(random, id_, text, ids, withheld=withheld)))
    links = [_link(random, number, articles, dict(records)) for number in range(4)]
    if layout == "files":
        _lay_files(project, random, articles, records, links)
    else:
        _lay_packed(project, random, articles, records, links, layout)
    _join(project)
    return project


def _link(random: Random, number: int, articles: list[Any], records: dict[str, Any]) -> dict[str, Any]:
    (one, text, _), (other, _, _) = random.sample([each for each in articles if each[1]], 2)
    seen = random.choice(records[one]["entities"])
    return {
        "id": f"link-{number}",
        "kind": random.choice(["same_person", "same_event"]),
        "from": {"article": one, "entity": seen["id"]},
        "to": {"article": other, "entity": random.choice(records[other]["entities"])["id"]},
        "seen": {
            "article": one,
            "start": seen["start"],
            "end": seen["end"],
            "quote": text[seen["start"] : seen["end"]],
        },
    }


def _lay_files(project: Project, random: Random, articles: Any, records: Any, links: Any) -> None:
    for id_, text, metadata in articles:
        folder = random.choice(["seeds", "seeds/more", "seeds/other/deep"])
        project.files[f"{folder}/{id_}.json"] = Json(Line(metadata, Style.of_file(random)))
        if text is not None:
            project.files[f"{folder}/{id_}.txt"] = Plain(text)
    for id_, record in records:
        folder = random.choice(["annotations/ada", "annotations/ada/more"])
        project.files[f"{folder}/{id_}.json"] = Json(Line(record, Style.of_file(random)))
    for link in links:
        project.files[f"annotations/links/{link['id']}.json"] = Json(Line(link, Style.of_file(random)))


def _lay_packed(project: Project, random: Random, articles: Any, records: Any, links: Any, layout: str) -> None:
    endings = (".jsonl",) if layout == "packed" else (".jsonl.gz", ".jsonl.zst")
    whole = [{"id": id_, **metadata} | ({} if text is None else {"text": text}) for id_, text, metadata in articles]
    for folder, values, parts in (
        ("seeds", whole, 3),
        ("annotations", [record for _, record in records], 2),
        ("annotations/links", links, 1),
    ):
        for part in range(parts):
            lines = [Line(value, Style.of_line(random)) for value in values[part::parts]]
            project.files[f"{folder}/part-{part}{random.choice(endings)}"] = Packed(lines)
