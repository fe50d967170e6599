"""Arbitrary neutral articles, and their way out to a format and back."""

import json
import random
from dataclasses import replace

from hypothesis import strategies as st

from dataset_builder.formats.registry import exporter, format_named, importer
from dataset_builder.formats.settle import settle
from dataset_builder.formats.source import Source
from dataset_builder.model.foreign import Argument, ForeignArticle, ForeignRecord, Item, Note, Referent

_TOLD = ("import-doubled", "import-edge", "import-point")  # of what is as it should be, and written as it is

TEXTS = st.text("ab é😀𝒳\u0301\r\n\t<&\"'", min_size=1, max_size=40).filter(str.strip)
WORDS = st.sampled_from(["PER", "a b", '<x & "y">', "名前", "😀", "1"])
NAMES = st.sampled_from(["kind", "sure", "two words", "ö"])
SHORT = st.sampled_from(["", "a", "é\n", "😀 x"])
JSON = st.sampled_from([None, True, 0, -7, 0.5, "", "é\n", "😀", [], ["a", "b"], [1, None], {}, {"a": {"b": [1]}}])


@st.composite
def fragments(draw, text, most):
    """Stretches of `text` in its order that don't touch; at most `most`."""
    count = draw(st.integers(1, most))
    edges = draw(st.lists(st.integers(0, len(text)), min_size=2 * count, max_size=2 * count, unique=True))
    edges.sort()
    return tuple(zip(edges[::2], edges[1::2], strict=True))


@st.composite
def records(draw, text, annotator, *, pieces=1, full=True, values=JSON, roles=None):
    """A record: spans in two layers, and relations between them with `roles`, or arbitrary ones."""
    found = []
    shape = [pieces] if 2 * pieces <= len(text) else [1]
    for number in range(draw(st.integers(0, 3)) if len(text) > 1 else 0):
        item = Item(
            id=f"s{number}",
            layer=draw(st.sampled_from(["spans", "entities"])),
            label=draw(st.none() | WORDS) if full else draw(WORDS),
            fragments=draw(fragments(text, *shape)),
            attributes=draw(st.dictionaries(NAMES, values, max_size=2)),
        )
        if full:
            item = item._replace(
                notes=tuple(Note(text=each) for each in draw(st.lists(SHORT, max_size=2))),
                referents=tuple(Referent("wd", each, id="N1") for each in draw(st.lists(WORDS, max_size=1))),
                extra=draw(st.dictionaries(WORDS, JSON, max_size=1)),
            )
        found.append(item)
    spans = [item.id for item in found]
    for number in range(draw(st.integers(0, 2)) if spans else 0):
        names = roles or draw(st.lists(WORDS, min_size=1, max_size=3))
        arguments = tuple(Argument(role, draw(st.sampled_from(spans))) for role in names)
        found.append(Item(id=f"r{number}", layer="relations", label=draw(WORDS), arguments=arguments))
    return ForeignRecord(annotator=annotator, items=found)


@st.composite
def articles(draw, *, metadata=JSON, **options):
    """Some articles by one or two annotators."""
    found = []
    for number in range(draw(st.integers(1, 2))):
        text = draw(TEXTS)
        article = ForeignArticle(name=f"a{number}", text=text, file=f"a{number}.txt")
        article.metadata = draw(st.dictionaries(NAMES, metadata.filter(lambda value: value is not None), max_size=2))
        article.records = [
            draw(records(text, annotator, **options)) for annotator in draw(st.sampled_from([["ada"], ["ada", "bo"]]))
        ]
        found.append(article)
    return found


def plain(article):
    """`article` without what says where it was read."""
    return (
        article.name,
        article.text,
        article.metadata,
        [replace(record, items=[_plain(item) for item in _sorted(record.items)]) for record in article.records],
    )


def _sorted(items):
    return sorted(items, key=lambda item: (item.layer, item.id))


def _plain(item):
    return item._replace(quote=None, file="", line=1, attributes=dict(item.attributes), extra=dict(item.extra))


def export(format_, given, folder, **options):
    """Writes `given` into `folder`; what the format couldn't hold."""
    names = sorted({record.annotator for article in given for record in article.records})
    troubles = []
    for written in exporter(format_named(format_), options).write(iter(given), names):
        path = folder / written.file
        path.parent.mkdir(parents=True, exist_ok=True)
        assert not path.exists(), written.file
        path.write_bytes(written.data)
        troubles += written.troubles
    return troubles


def bring_in(format_, folder, **options):
    """The settled articles of a source, and all that was wrong."""
    source = Source(folder)
    reader = importer(format_named(format_), source, options)
    found, troubles = [], []
    for article in reader.read(lambda done, total: None):
        troubles += article.troubles
        for record in article.records:
            troubles += (each for each in settle(record, article.text) if each.kind not in _TOLD)
        found.append(article)
    return found, troubles + source.troubles


def mutated(data, seed):
    """`data`, JSON or lines of it, with some values changed for others, or some bytes."""
    chance = random.Random(seed)
    if chance.random() < 0.3:
        raw = bytearray(data)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(raw))
            raw[at : at + chance.randint(0, 3)] = bytes([chance.randrange(256)] * chance.randint(0, 2))
        return bytes(raw)
    text = data.decode()
    lines = [text] if text.lstrip().startswith("[") or "\n  " in text else text.splitlines()
    changed = [json.dumps(_changed(json.loads(line), chance)) for line in lines]
    return "\n".join(changed).encode()


_WRONG = [None, True, 0, -1, 7, 1.5, 10**30, "", "x", "\ud83d", "../..", [], [[]], [None], {}, {"a": {}}, [{"id": 1}]]


def _changed(value, chance):
    """`value` with one of its parts, however deep, changed, taken away or doubled."""
    parts = list(_parts(value))
    if not parts:
        return chance.choice(_WRONG)
    for _ in range(chance.randint(1, 3)):
        holder, key = chance.choice(parts)
        if key not in (range(len(holder)) if isinstance(holder, list) else holder):
            continue
        match chance.randrange(4):
            case 0:
                del holder[key]
            case 1 if isinstance(holder, list):
                holder.append(holder[key])
            case _:
                holder[key] = chance.choice(_WRONG)
    return value


def _parts(value):
    pending = [value]
    while pending:
        holder = pending.pop()
        for key in list(holder) if isinstance(holder, dict) else range(len(holder)):
            yield holder, key
            if isinstance(holder[key], dict | list):
                pending.append(holder[key])
