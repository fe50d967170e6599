"""Files changed at random: what an importer may find anything in, but never fail on.

`mutated` changes one file by a seed; `damaged` changes several by Hypothesis, with pieces that mean something there.
`nothing_worse` says what must hold of whatever comes of it, and `comes_in` that it holds all the way to a project.
"""

import random

from hypothesis import strategies as st

import dataset_builder
from dataset_builder.check.runner import RULES_BY_CODE
from dataset_builder.errors import UsageError
from dataset_builder.formats.registry import format_named, importer
from dataset_builder.formats.settle import settle
from dataset_builder.formats.source import Source

PIECES = (
    b"",
    b"\0",
    b"\xff",
    b"\t",
    b"\n",
    b'"',
    b"<",
    b">",
    b"[1]",
    b"|",
    b"*",
    b"_",
    b"99999999999999999999",
    b"-1",
    b"1-1",
    b"null",
    b"{}",
    b"[]",
)


def mutated(data, seed):
    """`data` with a few stretches taken out, doubled, or replaced; the same for the same seed."""
    chance = random.Random(seed)
    changed = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(changed) + 1)
        end = min(len(changed), at + chance.choice((0, 1, 1, 2, 5, 40)))
        piece = chance.choice((*PIECES, bytes(changed[at : at + 30]), bytes([chance.randrange(256)])))
        changed[at:end] = piece
    return bytes(changed)


@st.composite
def damaged(draw, files, pieces):
    """`files`, texts by name, as bytes in which a few stretches are taken out or replaced by one of `pieces`."""
    changed = {name: text if isinstance(text, bytes) else text.encode() for name, text in files.items()}
    for _ in range(draw(st.integers(1, 6))):
        name = draw(st.sampled_from(sorted(changed)))
        data = changed[name]
        at = draw(st.integers(0, len(data)))
        changed[name] = data[:at] + draw(st.sampled_from(pieces)) + data[at + draw(st.integers(0, 9)) :]
    return changed


def nothing_worse(articles, troubles):
    """All that is wrong has a code; what was kept are texts, spans within them, and items whose ids differ."""
    assert {trouble.kind for trouble in troubles} <= {kind for rule in RULES_BY_CODE.values() for kind in rule.kinds}
    for article in articles:
        assert isinstance(article.text, str)
        for record in article.records:
            assert len({item.id for item in record.items}) == len(record.items)
            for item in record.items:
                assert all(0 <= start <= end <= len(article.text) for start, end in item.fragments)


def comes_in(source, folder, format_):
    """What lies at `source` is imported into a project at `folder` that has no errors, or refused as a whole."""
    try:
        result = dataset_builder.import_corpus(source, folder, format=format_)
    except UsageError:
        return
    assert result.written
    assert dataset_builder.check(dataset_builder.open_project(folder), jobs=1).ok


def taken(path, format_, **options):
    """What is found in `path`, read as an import reads it: troubles and items; it ends, and nothing else is raised."""
    source = Source(path)
    try:
        reader = importer(format_named(format_), source, options)
    except UsageError:
        return [], []
    articles, troubles, items = [], [], []
    for article in reader.read(lambda *_: None):
        articles.append(article)
        troubles += article.troubles
        for record in article.records:
            troubles += settle(record, article.text)
            items += record.items
    troubles += source.troubles
    nothing_worse(articles, troubles)
    return troubles, items
